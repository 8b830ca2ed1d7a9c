"""Points that the command line is given: ``name=value`` arguments, and rows of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gloam.lookup.errors import BadParameter


def pairs(texts: list[str]) -> dict[str, Any]:
    """``k=v`` arguments as numbers where they are numbers, else words."""
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            msg = f"{text!r} is not of the form name=value"
            raise BadParameter(msg)
        if name in found:
            msg = f"{name} is given twice"
            raise BadParameter(msg)
        found[name] = number(value)
    return found


def number(text: str) -> Any:
    """A float, or the word itself: whether a word will do is for those to say who know the name."""
    try:
        return float(text)
    except ValueError:
        return text


def rows(path: str | None) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Rows of the CSV file of ``--points``, numbered from 1, or one empty row."""
    if path is None:
        yield 0, {}
        return
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        yield from enumerate(csv.DictReader(file, skipinitialspace=True), start=1)


def cells(row: dict[Any, Any], given: Iterable[str]) -> dict[str, Any]:
    """Numbers and words of a row of ``--points``; ``given`` are the names on the command line."""
    if None in row:
        msg = f"more cells than names in the header: {len(row[None])} too many"
        raise BadParameter(msg)
    missing = [name for name, value in row.items() if value is None]
    if missing:
        msg = f"no cell for {', '.join(missing)}: {len(row) - len(missing)} of {len(row)} cells"
        raise BadParameter(msg)
    for name in row:
        if name in given:
            msg = f"{name} is given twice, in the file and on the command line"
            raise BadParameter(msg)
    return {name: number(value) for name, value in row.items()}
