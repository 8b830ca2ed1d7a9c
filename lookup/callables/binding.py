"""What bound code reads: numbers of its own, tables that all of a process share, and the addresses that lead to them.

What crosses the border to compiled code is one float64 and one int64 array, a few hundred numbers; coefficients lie where the
table holds them, once per store, label and process, and are never written. A model or a search still sees one array: it begins
at the lowest of its tables and reaches over all of them, and its offsets count from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from gloam.lookup.callables.table import Table

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

WIDTH = 8  # bytes of a number


class _Memory:
    """Numbers at an address for :func:`numpy.asarray`, whose array keeps alive what is ``kept``."""

    def __init__(self, place: int, size: int, kept: Any) -> None:
        self.__array_interface__ = {"data": (place, False), "shape": (size,), "typestr": "<f8", "version": 3}
        self.kept = kept


class Reach(NamedTuple):
    """Where blocks lie: the lowest address, the numbers from there to the end of the highest, and where each begins."""

    base: int
    span: int
    offsets: tuple[int, ...]


def reach(blocks: Sequence[Vector]) -> Reach:
    """The :class:`Reach` of arrays that stay where they are; for as long as somebody keeps them."""
    places = [block.ctypes.data for block in blocks]
    if not places:
        return Reach(0, 0, ())
    base = min(places)
    end = max(place + block.nbytes for place, block in zip(places, blocks, strict=True))
    return Reach(base, (end - base) // WIDTH, tuple((place - base) // WIDTH for place in places))


def blocks_of(tables: Iterable[tuple[Table, str]]) -> list[Vector]:
    """The block of every (table, label); each store is read once."""
    wanted: dict[Table, list[str]] = {}
    pairs = list(tables)
    for table, label in pairs:
        wanted.setdefault(table, []).append(label)
    for table, labels in wanted.items():
        table.blocks.hold(labels)
    return [table.block(label) for table, label in pairs]


class Binding:
    """Numbers, and a plan with the addresses of functions and tables.

    Attributes
    ----------
    numbers : float64 array
        Owned by this binding; it keeps alive what the plan leads to, also without the binding.
    plan : int64 array
    data : tuple
        Both, as compiled code takes them.
    """

    def __init__(self, numbers: Vector, plan: Offsets, kept: Any) -> None:
        self._kept = kept
        self.numbers: Vector = np.asarray(_Memory(numbers.ctypes.data, numbers.size, (numbers, kept)))
        self.plan = plan
        self.data = self.numbers, self.plan

    def with_number(self, place: int, value: float) -> Binding:
        """The same with another number at one place; tables are shared."""
        numbers = self.numbers.copy()
        numbers[place] = value
        return Binding(numbers, self.plan, self._kept)

    def with_entry(self, place: int, value: int) -> Binding:
        """The same with another entry of the plan; tables are shared."""
        plan = self.plan.copy()
        plan[place] = value
        return Binding(self.numbers, plan, self._kept)


def seen(found: Reach, kept: Any) -> Vector:
    """The one array that a model or search sees of its tables; what lies between blocks is not theirs to read."""
    array: Vector = np.asarray(_Memory(found.base, found.span, kept)) if found.span else np.empty(0)
    return array
