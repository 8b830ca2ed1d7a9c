"""Points that the command line is given: ``name=value`` arguments, and rows of a CSV file or of standard input."""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from gloam.lookup.errors import BadParameter

STANDARD_INPUT = "-"
NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE)
MARKS = (  # of encodings, the longer first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


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
    return float(text) if NUMBER.fullmatch(text.strip()) else text


def rows(path: str | None) -> Iterator[tuple[int, dict[str, str], str]]:
    """(number from 1, cells by name, what is wrong with it) of every row of the CSV file ``path``; without one an empty row 0.

    Lines that are empty count as rows, except at the end of the file.

    Raises
    ------
    BadParameter
        What cannot be read as a table of points at all.
    """
    if path is None:
        yield 0, {}, ""
        return
    source = "standard input" if path == STANDARD_INPUT else path
    try:
        with contextlib.ExitStack() as files:
            yield from _table(source, csv.reader(_text(path, files), skipinitialspace=True, strict=True))
    except UnicodeDecodeError as error:
        msg = f"{source} is no text in UTF-8 (byte {error.object[error.start]:#04x}): save it as UTF-8"
        raise BadParameter(msg) from error
    except csv.Error as error:
        msg = f"{source} is no table of points ({error}): one line per point, cells separated by commas"
        raise BadParameter(msg) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        msg = f"{source} is damaged ({error}): compress it again"
        raise BadParameter(msg) from error


def _text(path: str, files: contextlib.ExitStack) -> io.TextIOWrapper:
    """The text of a file or of standard input (``-``): UTF-8, marked UTF-16 and UTF-32, also gzipped; ``files`` closes them."""
    if path == STANDARD_INPUT and sys.stdin is None:
        msg = "standard input is closed: give a file to --points, or rows on standard input"
        raise BadParameter(msg)
    raw: Any = io.BufferedReader(sys.stdin.buffer) if path == STANDARD_INPUT else files.enter_context(Path(path).open("rb"))
    if raw.peek(2).startswith(GZIP):
        raw = io.BufferedReader(files.enter_context(gzip.GzipFile(fileobj=raw)))
    start = raw.peek(4)
    if start.startswith(ZIP):
        msg = f"{path} is a ZIP archive or a spreadsheet: save the points as CSV"
        raise BadParameter(msg)
    encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8-sig")
    return files.enter_context(io.TextIOWrapper(raw, encoding, newline=""))


def _table(source: str, lines: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str], str]]:
    names: list[str] = []
    count = empty = 0
    for line in lines:
        cells = [cell.strip() for cell in line]
        if not any(cells) and len(cells) < 2:
            empty += bool(names)
            continue
        if not names:
            names = _header(source, cells)
            continue
        for _ in range(empty):
            count += 1
            yield count, dict.fromkeys(names, ""), "the line is empty"
        count, empty = count + 1, 0
        yield count, dict(zip(names, cells, strict=False)), _misfit(names, cells)
    if count == 0:
        msg = f"{source} has no rows below a header of names"
        raise BadParameter(msg)


def _header(source: str, names: list[str]) -> list[str]:
    why = ""
    if "\0" in "".join(names):
        why = "holds NUL: it is no text in UTF-8"
    elif len(names) == 1 and re.search(r"[;\t]", names[0]):
        why = "has one name only: separate the columns by commas"
    elif all(NUMBER.fullmatch(name) for name in names):
        why = "holds numbers: the first line names the columns"
    elif "" in names:
        why = f"has no name for column {names.index('') + 1}"
    elif twice := [name for name in names if names.count(name) > 1]:
        why = f"has {twice[0]} twice"
    if why:
        msg = f"the header of {source} {why}"
        raise BadParameter(msg)
    return names


def _misfit(names: list[str], cells: list[str]) -> str:
    if len(cells) > len(names):
        return f"more cells than names in the header: {len(cells) - len(names)} too many"
    if len(cells) < len(names):
        return f"no cell for {', '.join(names[len(cells) :])}: {len(cells)} of {len(names)} cells"
    return ""


def values(row: dict[str, str], wrong: str, given: Container[str]) -> dict[str, Any]:
    """Numbers and words of a row of ``--points``; ``given`` are the names on the command line.

    Raises
    ------
    BadParameter
        What is ``wrong`` with the row, or given twice.
    """
    if wrong:
        raise BadParameter(wrong)
    for name in row:
        if name in given:
            msg = f"{name} is given twice, in the file and on the command line"
            raise BadParameter(msg)
    return {name: number(text) for name, text in row.items()}
