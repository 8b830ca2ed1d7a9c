"""The arguments of ``gloam-build``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam.builder import settings
from gloam.lookup.callables.store import user_directory
from gloam.version import VersionOption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POINTS = 10000


def _parent(**options: dict[str, Any]) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(add_help=False)
    for name, keywords in options.items():
        made.add_argument(f"--{name.replace('_', '-')}", **keywords)
    return made


OUT: dict[str, Any] = {
    "type": Path,
    "default": user_directory(),
    "metavar": "DIR",
    "help": "directory of the stores (default: %(default)s)",
}
SHRINK: dict[str, Any] = {
    "type": int,
    "default": 1,
    "metavar": "K",
    "help": "a coarse trial build: node counts divided by K, promised accuracy loosened by K^4",
}
FRESH: dict[str, Any] = {
    "type": int,
    "default": POINTS,
    "metavar": "N",
    "help": "fresh points compared with direct integration, at least one in every region (default: %(default)s)",
}
EXPERIMENT: dict[str, Any] = {
    "metavar": "FILE.toml",
    "help": "an experiment of your own (docs/experiments.md): its member of the table, a store of its own",
}
KEEP: dict[str, Any] = {
    "action": "store_true",
    "help": "keep the values at the nodes in the finished store, beside the coefficients that lookups read",
}
RESTART: dict[str, Any] = {
    "action": "store_true",
    "help": "discard an unfinished build, and replace a finished store of this version",
}


def parser(actions: Mapping[str, Callable[[argparse.Namespace], int]]) -> argparse.ArgumentParser:
    """The parser; ``actions`` has a function for every command."""
    top = argparse.ArgumentParser(prog="gloam-build", description="Build, check and inspect gloam's tables.")
    top.add_argument("--version", action=VersionOption)
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    out = _parent(out=OUT)
    build = _parent(out=OUT, shrink=SHRINK)
    build.add_argument("name", metavar="NAME", help="table, as shown by `gloam-build list`")
    build.add_argument("--experiment", **EXPERIMENT)
    as_json = _parent(json={"action": "store_true", "help": "print JSON"})
    points = _parent(points=FRESH)
    kept = _parent(keep_values=KEEP)
    chunk = _parent(chunk={"metavar": "N,N,...", "help": "grid points of a chunk along every axis"})
    cluster = argparse.ArgumentParser(add_help=False)
    settings.add_flags(cluster)

    def verb(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, parents=list(parents), help=text, description=text)
        added.set_defaults(action=actions[name])
        return added

    verb("list", "list all recipes and whether they are built", out)
    planner = verb("plan", "show what a build costs, from a timed sample", build, chunk, cluster, as_json)
    planner.add_argument("--shards", type=int, default=0, metavar="N", help="print the script of a job array of N shards")
    beginner = verb("begin", "lay out an empty build; `run` does so when it has to", build, chunk)
    beginner.add_argument("--restart", **RESTART)
    runner = verb(
        "run",
        "build a table, or resume: only missing chunks are integrated; then finalize and verify",
        build,
        chunk,
        points,
        kept,
        cluster,
    )
    runner.add_argument("--shard", metavar="I/N", help="integrate the I-th of N shares of the chunks, and stop")
    runner.add_argument("--no-finalize", action="store_true", help="stop when all chunks are integrated")
    runner.add_argument("--restart", **RESTART)
    states = verb("status", "show how far builds are, from any machine that sees the directory", out, as_json)
    states.add_argument("name", nargs="?", metavar="NAME", help="one table (default: all)")
    states.add_argument("--shrink", **SHRINK)
    states.add_argument("--experiment", **EXPERIMENT)
    verb("finalize", "finish a build whose chunks are all integrated", build, points, kept, cluster)
    checker = verb("verify", "check a finished store against direct integration", points, cluster, as_json)
    checker.add_argument("name", metavar="NAME", help="table")
    checker.add_argument("--experiment", **EXPERIMENT)
    checker.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="directory of stores, or one store (default: where lookups find it)",
    )
    checker.add_argument("--seed", type=int, default=1, metavar="S", help="of the fresh points (default: %(default)s)")
    differ = verb("diff", "compare two stores of a table at every node of the first", as_json)
    for which, metavar in (("first", "A"), ("second", "B")):
        differ.add_argument(which, metavar=metavar, help="a store, the directory of a table, or the name of a table")
    stamper = verb(
        "restamp",
        "after an edit that moves no number: prove it at the self-test points, then note today's source in finished stores; "
        "values at the nodes are left out",
        out,
        kept,
        as_json,
    )
    stamper.add_argument("names", nargs="*", metavar="NAME", help="tables (default: all that are finished in --out)")
    exporter = verb("export", "write a finished store to one HDF5 file")
    exporter.add_argument("store", metavar="STORE", help="a store, the directory of a table, or the name of a table")
    exporter.add_argument("file", type=Path, metavar="FILE.h5", help="HDF5 file to write")
    importer = verb("import", "make a store from an exported HDF5 file", out)
    importer.add_argument("file", type=Path, metavar="FILE.h5", help="HDF5 file to read")
    return top
