"""Reads the published numbers in ``tables/data`` and identifies the files by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

WORDS = "# Words:"  # begins the header line that names columns of text


class Columns(Mapping[str, FloatArray]):
    """The numbers of one data file: column name -> read-only float64 array, shape (rows,).

    Attributes
    ----------
    labels : tuple of str
        Entries of the text column ``name``, one per row; empty where the file has none.
    words : dict of str to tuple of str
        Entries of the further text columns, those that the header names after "# Words:".
    header : str
        The comment lines: columns, units, publication, conversion.
    """

    def __init__(
        self, file: str, header: str, texts: tuple[tuple[str, ...], dict[str, tuple[str, ...]]], columns: dict[str, FloatArray]
    ) -> None:
        self.file = file
        self.header = header
        self.labels, self.words = texts
        self._columns = columns

    def __getitem__(self, column: str) -> FloatArray:
        if column not in self._columns:
            msg = f"{self.file} has no column {column!r}; its columns: {', '.join(self._columns)}"
            raise KeyError(msg)
        return self._columns[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def row(self, label: str) -> dict[str, float]:
        """Return the numbers of the row called ``label``, column name -> value.

        Raises
        ------
        KeyError
            When no row has that label; the message lists the known ones.
        """
        if label not in self.labels:
            known = ", ".join(self.labels) or "none, its rows have no names"
            msg = f"{self.file} has no row {label!r}; its rows: {known}"
            raise KeyError(msg)
        index = self.labels.index(label)
        return {column: float(values[index]) for column, values in self._columns.items()}

    def matrix(self) -> FloatArray:
        """Return all columns side by side, shape (rows, columns)."""
        return np.column_stack(list(self._columns.values()))


def names() -> tuple[str, ...]:
    """Names of the data files that :func:`read` knows."""
    found = (entry.name for entry in (files("gloam.tables") / "data").iterdir())
    return tuple(sorted(name for name in found if name.endswith(".csv")))


def sha256(name: str) -> str:
    """SHA-256 of the bytes of the data file ``name``, hexadecimal.

    Raises
    ------
    FileNotFoundError
        When there is no such file; the message lists the known ones.
    """
    return hashlib.sha256(_content(name)).hexdigest()


@cache
def read(name: str) -> Columns:
    """Return the columns of the data file ``name``, for example ``read("r_ratio.csv")["R"]`` [1].

    Units are stated in the file's header, ``read(name).header``.

    Raises
    ------
    FileNotFoundError
        When there is no such file; the message lists the known ones.
    ValueError
        When a row does not have one number per column.
    """
    lines = _content(name).decode("utf-8").splitlines()
    header = "\n".join(line for line in lines if line.startswith("#"))
    titles, *rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    for number, row in enumerate(rows, 1):
        if len(row) != len(titles):
            msg = f"{name}, row {number}: {len(row)} entries for {len(titles)} columns"
            raise ValueError(msg)
    texts = dict(zip(titles, zip(*rows, strict=True), strict=True))
    labels = texts.pop("name", ())
    worded = [title.strip() for line in header.splitlines() if line.startswith(WORDS) for title in line[len(WORDS) :].split(",")]
    words = {title: texts.pop(title) for title in worded}
    columns = {title: np.array(text, dtype=np.float64) for title, text in texts.items()}
    for values in columns.values():
        values.flags.writeable = False
    return Columns(name, header, (labels, words), columns)


def _content(name: str) -> bytes:
    if name not in names():
        msg = f"no data file {name!r}; known files: {', '.join(names())}"
        raise FileNotFoundError(msg)
    return (files("gloam.tables") / "data" / name).read_bytes()
