"""What a composed quantity is: ``QUANTITY = Quantity(...)`` of a file in ``lookup/quantities``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from gloam.lookup.vocabulary.checks import (
    check_callable,
    check_compiled,
    check_name,
    check_names,
    check_refusals,
    check_tables,
    check_text,
    check_uncertainty,
    complete,
    refuse,
)
from gloam.tables.spec import Input

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

ALWAYS = ""  # key in `uncertain` of a composed quantity: its uncertain data enter whatever is chosen


@complete
@dataclass(frozen=True, kw_only=True, eq=False)
class Quantity:
    """A quantity that answers like a table and is composed of small tables, or of none, at query time.

    Attributes
    ----------
    name, title : str
        The name is that of the file, with dashes.
    inputs : tuple of Input
    unit : str
    evaluate : compiled (x, choices, blob, offsets, out) -> int
        Fills the value and the bound of its error; returns 0 or a status.
    references : tuple of str
    description : str
        What ``gloam show`` prints: formula and source.
    choices : {name: labels}
    tables : tuple of (table, label)
        In the order of ``offsets``.
    blocks : () -> sequence of arrays, optional
        Further numbers, behind the tables in ``offsets``.
    uncertain : {label, or ALWAYS: (relative size, source)}
    refusals, unphysical : {status: reason}, tuple of int
        Statuses from 1000 on, and those at which no such point exists.

    Raises
    ------
    DoesNotFit
        One sentence that names the field, its value and what is allowed.
    """

    name: str
    title: str
    inputs: tuple[Input, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str
    tables: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...]
    description: str
    uncertain: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    unphysical: tuple[int, ...] = ()
    refusals: Mapping[int, str] = field(default_factory=dict)
    blocks: Callable[[], Sequence[Vector]] | None = None
    evaluate: Callable[[Vector, Integers, Vector, Integers, Vector], int]

    def __post_init__(self) -> None:
        owner = check_name("quantity", self.name)
        check_text(owner, title=self.title, unit=self.unit, description=self.description)
        check_names(owner, "references", self.references)
        check_names(owner, "names of inputs and choices", (*(item.name for item in self.inputs), *self.choices))
        for item in self.inputs:
            check_text(owner, **{f"unit of input {item.name}": item.unit, f"meaning of {item.name}": item.description})
            if not item.low < item.high:
                refuse(owner, f"range of input {item.name}", (item.low, item.high), "low < high")
        for name, labels in self.choices.items():
            check_names(owner, f"choice {name}", labels)
        check_tables(owner, self.tables)
        check_refusals(owner, self.refusals, self.unphysical)
        for item_name, value in self.uncertain.items():
            check_uncertainty(owner, f"uncertain {item_name}", value)
        check_callable(owner, "blocks", self.blocks, ())
        check_compiled(owner, "evaluate", self.evaluate, ("x", "choices", "blob", "offsets", "out"))
