"""Command line of the builder: ``gloam-build list | plan | run | status | finalize | verify``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam import tables
from gloam.builder import chunks, plan, source, status, workspace
from gloam.lookup.errors import BadParameter, GloamError, UnknownName
from gloam.lookup.store import user_directory

if TYPE_CHECKING:
    from gloam.builder.workspace import Workspace

POINTS = 10000
DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns 0 done, 1 a check or the build failed, 2 bad usage."""
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s", force=True)
    try:
        code: int = options.action(options)
        return code
    except (UnknownName, BadParameter) as error:
        return _complain(error, USAGE)
    except GloamError as error:
        return _complain(error, FAILED)
    except KeyboardInterrupt:
        return _complain(f"interrupted; finished chunks are kept, resume with `{_resume(options)}`", FAILED)
    except OSError as error:
        path = error.filename or getattr(options, "out", "")
        remedy = "make room there or make it writable, or choose another --out"
        return _complain(f"cannot use {path}: {error.strerror or error}; {remedy}", FAILED)


def _complain(message: object, code: int) -> int:
    sys.stderr.write(f"gloam-build: {message}\n")
    return code


def _resume(options: argparse.Namespace) -> str:
    if options.command not in ("run", "finalize"):
        return f"gloam-build {options.command}"
    return _place(options).command()


def parser() -> argparse.ArgumentParser:
    """The argument parser of ``gloam-build``."""
    top = argparse.ArgumentParser(prog="gloam-build", description="Build, check and inspect gloam's tables.")
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    out = argparse.ArgumentParser(add_help=False)
    out.add_argument(
        "--out",
        type=Path,
        default=user_directory(),
        metavar="DIR",
        help="directory of the stores (default: %(default)s)",
    )
    build = argparse.ArgumentParser(add_help=False, parents=[out])
    build.add_argument("name", metavar="NAME", help="table, as shown by `gloam-build list`")
    build.add_argument(
        "--shrink",
        type=int,
        default=1,
        metavar="K",
        help="a coarse trial build: node counts divided by K, promised accuracy loosened by K^4",
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON")
    points = argparse.ArgumentParser(add_help=False)
    points.add_argument(
        "--points",
        type=int,
        default=POINTS,
        metavar="N",
        help="fresh points compared with direct integration (default: %(default)s)",
    )
    chunk = argparse.ArgumentParser(add_help=False)
    chunk.add_argument("--chunk", metavar="N,N,...", help="grid points of a chunk along every axis")

    def verb(
        name: str, action: Any, parents: list[argparse.ArgumentParser], text: str
    ) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, parents=parents, help=text, description=text)
        added.set_defaults(action=action)
        return added

    verb("list", list_recipes, [out], "list all recipes and whether they are built")
    verb("plan", show_plan, [build, chunk, as_json], "show what a build costs, from a timed sample")
    runner = verb(
        "run",
        build_table,
        [build, chunk, points],
        "build a table, or resume: only missing chunks are integrated; then finalize and verify",
    )
    runner.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="default: %(default)s"
    )
    runner.add_argument(
        "--executor", choices=("threads", "processes"), default="threads", help="default: %(default)s"
    )
    runner.add_argument("--no-finalize", action="store_true", help="stop when all chunks are integrated")
    runner.add_argument(
        "--restart",
        action="store_true",
        help="discard an unfinished build, and replace a finished store of this version",
    )
    states = verb("status", show_status, [out, as_json], "show how far builds are")
    states.add_argument("name", nargs="?", metavar="NAME", help="one table (default: all)")
    states.add_argument(
        "--shrink", type=int, default=1, metavar="K", help="the coarse trial build of `run --shrink K`"
    )
    verb("finalize", finish_table, [build, points], "finish a build whose chunks are all integrated")
    checker = verb(
        "verify", verify_table, [points, as_json], "check a finished store against direct integration"
    )
    checker.add_argument("name", metavar="NAME", help="table")
    checker.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="directory of stores, or one store (default: where lookups find it)",
    )
    checker.add_argument(
        "--seed", type=int, default=1, metavar="S", help="of the fresh points (default: %(default)s)"
    )
    return top


def _place(options: argparse.Namespace) -> Workspace:
    recipe = source.load(options.name, options.shrink)
    return workspace.workspace_in(recipe, options.out.absolute())


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _positive(options: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(options, name) < 1:
            msg = f"--{name} {getattr(options, name)}: give a whole number of at least 1"
            raise BadParameter(msg)


def list_recipes(options: argparse.Namespace) -> int:
    """Print all recipes."""
    _print(status.recipe_table(options.out.absolute()))
    return DONE


def show_plan(options: argparse.Namespace) -> int:
    """Print what a build costs."""
    recipe = source.load(options.name, options.shrink)
    chunk = chunks.parse_chunk(options.chunk, recipe) if options.chunk else None
    made = plan.estimate(recipe, chunk)
    _print(json.dumps(made.as_dict()) if options.json else made.text())
    return DONE


def show_status(options: argparse.Namespace) -> int:
    """Print how far builds are."""
    names = [options.name] if options.name else tables.names()
    places = [workspace.workspace_in(source.load(n, options.shrink), options.out.absolute()) for n in names]
    rows = [status.status_of(place) for place in places]
    _print(json.dumps([row.as_dict() for row in rows]) if options.json else status.status_table(rows))
    return DONE


def build_table(options: argparse.Namespace) -> int:
    """Integrate missing chunks, then finalize and verify."""
    from gloam.builder import run

    _positive(options, "workers", "points")
    place = _place(options)
    chunk = chunks.parse_chunk(options.chunk, place.recipe) if options.chunk else None
    with workspace.exclusive(place):
        if place.is_finished and not options.restart and not workspace.replacing(place):
            workspace.check_finished(place)
            workspace.discard(place.building)
            _print(f"{place.finished} is already built")
            return DONE
        todo = run.prepare(place, chunk, options.restart)
        run.integrate(place, todo, run.Workers(options.executor, options.workers))
        _report_cost(place)
        if options.no_finalize:
            _print(f"all chunks are integrated; finish with `{place.command('finalize')}`")
            return DONE
        return _finish(place, options.points)


def _report_cost(place: Workspace) -> None:
    spent = workspace.totals(place)
    logging.getLogger(__name__).info(
        "%s of CPU time, peak memory of a worker %.0f MiB",
        plan.duration(spent["core_seconds"]),
        spent["peak_bytes"] / 2**20,
    )


def _finish(place: Workspace, points: int) -> int:
    from gloam.builder import finalize, verify

    digest = finalize.publish(place, points)
    report = verify.check_store(place.finished, place.recipe, points)
    _print(report.text())
    _print(f"{'content':<14} {digest}")
    return FAILED if report.failures else DONE


def finish_table(options: argparse.Namespace) -> int:
    """Finalize and verify a build whose chunks are all integrated."""
    _positive(options, "points")
    place = _place(options)
    with workspace.exclusive(place):
        return _finish(place, options.points)


def verify_table(options: argparse.Namespace) -> int:
    """Check a finished store."""
    from gloam.builder import verify

    _positive(options, "points")
    path = verify.locate(options.name, options.store)
    report = verify.check_store(path, source.load(options.name), options.points, options.seed)
    _print(json.dumps(report.as_dict()) if options.json else report.text())
    return FAILED if report.failures else DONE


if __name__ == "__main__":
    sys.exit(main())
