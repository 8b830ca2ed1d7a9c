"""What a data file holds of a rate: its numbers, tables and plan without addresses, and what its statuses mean in words."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Any

import numpy as np
from gloam.lookup.callables import plan
from gloam.lookup.callables.binding import blocks_of
from gloam.lookup.callables.statuses import Status, status_of
from gloam.lookup.interpolation import library
from gloam.lookup.vocabulary import SILENT
from gloam.tables.numerics.elementary import LANES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

MARK = "\x01"  # in a sentence: the next character less 1 is the parameter whose value stands there
LARGEST_INPUTS = 16  # of a table, in a status


@dataclass(frozen=True)
class Bound:
    """The arrays of a rate as they go into a file.

    Attributes
    ----------
    numbers, tables : float64[...]
        What the kernel takes, and the tables that it finds by their address.
    plan : int64[...]
        With 0 for every address.
    functions : {place in the plan: symbol}
    tables_at : int
        Place in the plan of the address of ``tables``.
    """

    numbers: Vector
    tables: Vector
    plan: Offsets
    functions: dict[int, str]
    tables_at: int


def bound_data(rate: Any) -> Bound:
    """The arrays of a rate, every table once, and the functions that its plan calls."""
    numbers, addresses = rate.data
    functions = {
        plan.MODEL: library.symbol(rate.model.quantities, plan.QUANTITIES),
        plan.SEARCH: library.symbol(rate.search.predict, plan.PREDICT),
    }
    blocks = blocks_of(rate._tables)
    places: dict[int, int] = {}  # of a block in `tables`, by its address
    position = 0
    for block in blocks:
        if block.ctypes.data not in places:
            places[block.ctypes.data] = position
            position += block.size
    once = {block.ctypes.data: block for block in blocks}
    tables = np.concatenate([*once.values(), np.zeros(LANES)])  # whole vectors are read, of the last numbers too
    offsets = addresses.copy()
    offsets[[*functions, plan.LIMIT]] = 0  # rates need no limit
    offsets[plan.BASE], offsets[plan.SPAN] = 0, tables.size
    offsets[plan.FIRST :] = [places[block.ctypes.data] for block in blocks]
    return Bound(numbers, tables, offsets, functions, plan.BASE)


def sentences(rate: Any) -> list[tuple[int, Status, str]]:
    """(status, meaning, sentence) of every status that a rate can have; MARK stands before the number of a parameter."""
    model, search, point = rate.model, rate.search, _point(rate)
    found = [(plan.PARAMETER_STATUS + i, _range(model.name, item, i)) for i, item in enumerate(rate.parameters)]
    for base, owner in ((plan.MODEL_STATUS, model), (plan.SEARCH_STATUS, search)):
        for code, reason in owner.refusals.items():
            text = _filled(rate, reason) if owner is model else f"{reason} ({model.name}: {point})"
            found.append((base + code, f"{owner.name}: {text}" + (f" ({point})" if owner is model else "")))
    if search.no_information:
        found.append((plan.SEARCH_STATUS + SILENT, f"{search.name}: {search.no_information}"))
    count = len(model.tables)
    for t, table in enumerate(rate.tables):
        base = plan.MODEL_STATUS + LARGEST_INPUTS * t if t < count else plan.SEARCH_STATUS + LARGEST_INPUTS * (t - count)
        found += [(base + 1 + i, _outside(table, i, point)) for i in range(len(table.spec.inputs))]
    found.append((plan.NOT_FILLED, f"{search.name}: its predict left a rate or an error unfilled"))
    return [(status, status_of(status, rate.unphysical), text) for status, text in found]


def _marked(i: int) -> str:
    return MARK + chr(i + 1)


def _point(rate: Any) -> str:
    return ", ".join(f"{item.name} = {_marked(i)}" for i, item in enumerate(rate.parameters))


def _unit(item: Any) -> str:
    return "" if item.unit == "1" else f" {item.unit}"


def _range(owner: str, item: Any, i: int) -> str:
    unit = _unit(item)
    return (
        f"{owner}: {item.name} = {_marked(i)}{unit} is not allowed: {item.low:.6g} to {item.high:.6g}{unit} ({item.description})"
    )


def _outside(table: Any, i: int, point: str) -> str:
    item = table.spec.inputs[i]
    unit = _unit(item)
    return (
        f"{table.name}: {item.name} is outside, or not with these other inputs; the table covers {item.low:.6g} to "
        f"{item.high:.6g}{unit}. Nothing is extrapolated: choose another point ({point})"
    )


def _filled(rate: Any, reason: str) -> str:
    """A reason of a model, whose fields {name:.6g} are parameters."""
    places = {item.name: i for i, item in enumerate(rate.parameters)}
    pieces = []
    for text, name, _, _ in string.Formatter().parse(reason):
        pieces.append(text + ("" if name is None else _marked(places[re.split(r"[.\[]", name)[0]])))
    return "".join(pieces)
