"""``gloam export``: libraries and data for processes without Python."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from gloam.lookup.cli.points import pairs
from gloam.lookup.cli.replies import DONE
from gloam.lookup.errors import BadParameter


def add_export(verbs: Any, verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    item = verb(verbs, "export", "write a C library and data of searches, or C source and data of tables", _export)
    item.add_argument("language", choices=("c",))
    item.add_argument("inputs", nargs="*", metavar="SEARCH", help="searches, and options k=v of the model and of them")
    item.add_argument("--model")
    item.add_argument("--table", action="append", default=[], metavar="NAME", help="a table, as portable C99 and its data")
    item.add_argument("-o", "--out", required=True, metavar="DIR")


def _export(options: argparse.Namespace) -> int:
    from gloam.lookup.export import tables
    from gloam.lookup.export.process import in_process

    searches = [text for text in options.inputs if "=" not in text]
    chosen = pairs([text for text in options.inputs if "=" in text])
    if bool(searches) != (options.model is not None):
        msg = "name searches and their model, SEARCH ... --model MODEL, or tables alone, --table NAME"
        raise BadParameter(msg)
    if not searches and not options.table:
        msg = "nothing to export: name searches, SEARCH ... --model MODEL, or tables, --table NAME"
        raise BadParameter(msg)
    paths = []
    if searches:
        paths += in_process("c", searches=searches, model=options.model, options=chosen, directory=options.out)
    if options.table:
        paths += tables.write_tables(options.table, options.out)
    sys.stdout.write("".join(f"{path}: {path.stat().st_size / 1e6:.3g} MB\n" for path in paths))
    return DONE
