"""Command line of the builder, ``gloam-build``: an action for every command."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gloam import tables
from gloam.builder import chunks, journal, lock, plan, signals, source, status, workspace
from gloam.builder.arguments import parser as arguments_of
from gloam.builder.settings import joined, settings_of
from gloam.lookup.callables.store import read_manifest
from gloam.lookup.errors import BadParameter, DoesNotFit, GloamError, UnknownName
from gloam.tables.folders import BadEntries

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from concurrent.futures import Executor

    from gloam.builder.crew import Crew
    from gloam.builder.settings import Settings
    from gloam.builder.workspace import Chunk, Workspace

DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns 0 done, 1 a check or the build failed, 2 bad usage, 130 Ctrl-C, 143 SIGTERM."""
    options = arguments_of(ACTIONS).parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # it was closed: whatever is said there goes nowhere
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s", force=True)
    try:
        if getattr(options, "experiment", None):
            options.name = _member(options)
        with signals.heard() as heard:
            code: int = options.action(options)
            heard.check()
        return code
    except (UnknownName, BadParameter, DoesNotFit, BadEntries) as error:
        return _complain(error, USAGE)
    except GloamError as error:
        return _complain(error, FAILED)
    except KeyboardInterrupt as interrupted:
        return _complain(f"interrupted{_resume(options)}", 128 + getattr(interrupted, "number", signal.SIGINT))
    except OSError as error:
        path = error.filename or getattr(options, "out", "")
        remedy = "make room there or make it writable, or choose another --out"
        return _complain(f"cannot use {path}: {error.strerror or error}; {remedy}", FAILED)


def _member(options: argparse.Namespace) -> str:
    """Name of the table for an experiment of the user."""
    if not options.name:
        msg = "--experiment asks for one table: name it, for example vector-rates"
        raise BadParameter(msg)
    if not options.experiment.endswith(".toml"):
        msg = f"--experiment {options.experiment}: give the path of a TOML file, FILE.toml"
        raise BadParameter(msg)
    return f"{options.name}@{options.experiment}"


def _complain(message: object, code: int) -> int:
    sys.stderr.write(f"gloam-build: {message}\n")
    return code


def _resume(options: argparse.Namespace) -> str:
    if options.command not in ("run", "finalize"):
        return ""
    shard = f" --shard {options.shard}" if getattr(options, "shard", None) else ""
    return f"; finished chunks are kept, resume with `{_place(options).command()}{shard}`"


def _place(options: argparse.Namespace) -> Workspace:
    recipe = source.load(options.name, options.shrink)
    return workspace.workspace_in(recipe, options.out.absolute())


class Unprinted(GloamError):
    """Standard output that takes nothing."""


def _print(text: str) -> None:
    if sys.stdout is None:
        msg = "standard output is closed, so the result is not printed; redirect it to a file"
        raise Unprinted(msg)
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        sys.stdout = Path(os.devnull).open("w")  # or what is left would fail again at exit
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        msg = f"the result cannot be printed: standard output takes nothing ({why})"
        raise Unprinted(msg) from error


def _positive(options: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(options, name) < 1:
            msg = f"--{name} {getattr(options, name)}: give a whole number of at least 1"
            raise BadParameter(msg)


def list_recipes(options: argparse.Namespace) -> int:
    """Print all recipes."""
    directory = options.out.absolute()
    _print(f"{status.recipe_table(directory)}\n\n{status.places(directory)}")
    return DONE


def _chunk(options: argparse.Namespace, place: Workspace) -> Chunk | None:
    return chunks.parse_chunk(options.chunk, place.recipe) if options.chunk else None


def show_plan(options: argparse.Namespace) -> int:
    """Print what a build costs, and the script for a batch system if one is asked for."""
    from gloam.builder import jobscript

    place, settings = _place(options), settings_of(options)
    if options.shards < 0:
        msg = f"--shards {options.shards}: give a whole number of at least 1"
        raise BadParameter(msg)
    made = plan.estimate(place.recipe, _chunk(options, place), settings.batch_seconds)
    wanted = options.shards or settings.executor in ("slurm", "mpi")
    script = jobscript.script(place, made, settings, options.shards) if wanted else ""
    if options.json:
        _print(json.dumps(made.as_dict() | {"job_script": script}))
    else:
        _print(made.text() + (f"\n\n{script}" if script else ""))
    return DONE


def begin(options: argparse.Namespace) -> int:
    """Lay out an empty build."""
    from gloam.builder import run

    place = _place(options)
    with lock.exclusive(place):
        todo = run.prepare(place, _chunk(options, place), options.restart)
    _print(f"{place.building}: {len(todo)} chunks to integrate; do so with `{place.command()}`")
    return DONE


def show_status(options: argparse.Namespace) -> int:
    """Print how far builds are."""
    names, directory = [options.name] if options.name else tables.names(), options.out.absolute()
    rows = [status.status_here_or_found(source.load(name, options.shrink), directory) for name in names]
    if options.json:
        _print(json.dumps([row.as_dict() for row in rows]))
    else:
        _print(f"{status.status_table(rows)}\n\n{status.places(directory, options.shrink)}")
    return DONE


def build_table(options: argparse.Namespace) -> int:
    """Integrate missing chunks, then finalize and verify; one shard only integrates its own."""
    _positive(options, "points")
    settings = settings_of(options)
    if options.shard:
        return _run_shard(options, settings)
    return _at_root(settings, lambda ranks: _build(options, settings, ranks))


def _at_root(settings: Settings, work: Callable[[Executor | None], int]) -> int:
    """Do ``work`` with the other ranks of MPI where that is the executor, else with None."""
    from gloam.builder import pools

    return pools.at_root(work) if settings.executor == "mpi" else work(None)


def _crew(place: Workspace, settings: Settings, ranks: Executor | None = None) -> Crew:
    from gloam.builder.crew import Crew

    return Crew(place.recipe, settings, str(place.jobs), ranks)


def _build(options: argparse.Namespace, settings: Settings, ranks: Executor | None) -> int:
    from gloam.builder import run

    place = _place(options)
    with lock.exclusive(place), _crew(place, settings, ranks) as crew:
        if place.is_finished and not options.restart and not workspace.replacing(place):
            return _already_built(place)
        todo = run.prepare(place, _chunk(options, place), options.restart)
        run.integrate(place, todo, crew)
        _report_cost(place)
        if options.no_finalize:
            _print(f"all chunks are integrated; finish with `{place.command('finalize')}`")
            return DONE
        return _finish(place, crew, options)


def _already_built(place: Workspace) -> int:
    workspace.check_finished(place)
    workspace.discard(place.building)
    _print(f"{place.finished} is already built")
    return DONE


def _run_shard(options: argparse.Namespace, settings: Settings) -> int:
    from gloam.builder import run

    shard = chunks.parse_shard(options.shard)
    place = _place(options)
    if options.restart:
        msg = f"--shard cannot --restart what others work on: first `{place.command('begin')} --restart`"
        raise BadParameter(msg)
    if settings.executor not in ("threads", "processes"):
        msg = f"--shard runs on one host: --executor {settings.executor} divides the work itself; give one of them"
        raise BadParameter(msg)
    with lock.shared(place, shard), _crew(place, settings) as crew:
        if place.is_finished and not workspace.replacing(place):
            workspace.check_finished(place)
            _print(f"{place.finished} is already built")
            return DONE
        todo = run.prepare(place, _chunk(options, place), restart=False, shard=shard)
        run.integrate(place, todo, crew, shard)
        _print(f"shard {options.shard} is integrated; after all shards finish with `{place.command('finalize')}`")
    return DONE


def _report_cost(place: Workspace) -> None:
    spent = journal.totals(place)
    logging.getLogger(__name__).info(
        "%s of CPU time, peak memory of a worker %.0f MiB",
        plan.duration(spent["core_seconds"]),
        spent["peak_bytes"] / 2**20,
    )


def _finish(place: Workspace, crew: Crew, options: argparse.Namespace) -> int:
    from gloam.builder import finalize

    report = finalize.publish(place, crew, options.points, options.keep_values)
    _print(report.text())
    if report.failures:
        _print(f"{'kept':<14} all chunks in {place.building}; {place.finished} was not made")
        return FAILED
    _print(f"{'content':<14} {read_manifest(place.finished)['content_digest']}")
    return DONE


def finish_table(options: argparse.Namespace) -> int:
    """Finalize and verify a build whose chunks are all integrated."""
    _positive(options, "points")
    place, settings = _place(options), settings_of(options)

    def finish(ranks: Executor | None) -> int:
        with lock.exclusive(place), _crew(place, settings, ranks) as crew:
            if place.is_finished and not workspace.replacing(place):
                return _already_built(place)
            return _finish(place, crew, options)

    return _at_root(settings, finish)


def verify_table(options: argparse.Namespace) -> int:
    """Check a finished store."""
    from gloam.builder import verify
    from gloam.builder.crew import Crew

    _positive(options, "points")
    recipe, settings = source.load(options.name), settings_of(options)
    path = verify.locate(recipe.spec.name, options.store)

    def check(ranks: Executor | None) -> int:
        with Crew(recipe, settings, ranks=ranks) as crew:
            report = verify.check_store(path, recipe, crew, options.points, options.seed)
        _print(json.dumps(report.as_dict()) if options.json else report.text())
        return FAILED if report.failures else DONE

    return _at_root(settings, check)


def show_difference(options: argparse.Namespace) -> int:
    """Compare two stores."""
    from gloam.builder import difference

    found = difference.compare(difference.find(options.first), difference.find(options.second))
    _print(json.dumps(found.as_dict()) if options.json else found.text())
    return DONE if found.same else FAILED


def restamp_stores(options: argparse.Namespace) -> int:
    """Give finished stores today's source digest, where their self-test points are as before; the others are told."""
    from gloam.builder import restamp

    directory = options.out.absolute()
    places = [workspace.workspace_in(source.load(name), directory) for name in options.names or tables.names()]
    done, failed = [], []
    for place in places if options.names else [place for place in places if place.is_finished]:
        try:
            done.append(restamp.restamp(place, options.keep_values))
        except GloamError as error:
            failed.append(_complain(error, FAILED))
        else:
            if not options.json:
                _print(done[-1].text())
    if options.json:
        _print(json.dumps([stamp.as_dict() for stamp in done]))
    return FAILED if failed else DONE


def export_table(options: argparse.Namespace) -> int:
    """Write a finished store to an HDF5 file."""
    from gloam.builder import difference, exchange

    content = exchange.export_store(difference.find(options.store), options.file)
    _print(f"{options.file}: content {content}")
    return DONE


def import_table(options: argparse.Namespace) -> int:
    """Make a store from an HDF5 file."""
    from gloam.builder import exchange

    path = exchange.import_store(options.file, options.out.absolute())
    _print(f"{path}: content {read_manifest(path)['content_digest']}")
    return DONE


ACTIONS = {
    "list": list_recipes,
    "plan": show_plan,
    "begin": begin,
    "run": build_table,
    "status": show_status,
    "finalize": finish_table,
    "verify": verify_table,
    "diff": show_difference,
    "restamp": restamp_stores,
    "export": export_table,
    "import": import_table,
}


if __name__ == "__main__":
    sys.exit(main())
