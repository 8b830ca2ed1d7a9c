"""What a model is: ``MODEL = Model(...)`` of a file in ``lookup/models``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gloam.lookup.vocabulary.checks import (
    check_callable,
    check_compiled,
    check_name,
    check_names,
    check_options,
    check_parameters,
    check_refusals,
    check_slots,
    check_tables,
    check_text,
    check_uncertainty,
    complete,
    refuse,
)
from gloam.lookup.vocabulary.parameter import Option, Parameter
from gloam.lookup.vocabulary.record import Slot
from gloam.lookup.vocabulary.slots import SLOT
from gloam.tables.spec import Constant

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

QUANTITIES = ("parameters", "options", "blob", "offsets", "slots")


@complete
@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A model: its parameters, and the slots that it fills.

    Attributes
    ----------
    name, title : str
        The name is that of the file, with dashes.
    parameters : tuple of Parameter
    provides : tuple of str
        Slots that it fills, all of them.
    quantities : compiled (parameters, options, blob, offsets, slots) -> int
        Fills the slots; returns 0 or a status.
    references : tuple of str
    options : tuple of Option
        Discrete; their indices stand first in ``options``, then a factor for each of ``uncertain``.
    tables : tuple of (table, label)
        In the order of ``offsets``.
    couplings : tuple of str
        Parameters that ``limit`` may solve for.
    constants : tuple of Constant
        Those of `tables/constants.py` that enter.
    refusals, unphysical : {status: reason}, tuple of int
        Statuses from 1000 on, and those at which no such point exists (unitarity).
    uncertain : tuple of (relative size, source)
        Data behind the widths whose uncertainty counts as external.
    external : (parameters) -> (relative size, source), optional
        Uncertainty of the vertices.
    highest : (coupling, parameters) -> float, optional
        Largest value of a coupling that the others allow.
    benchmarks : {name: {parameter or option: value}}
    derived : tuple of Slot
        Quantities that no search reads, which ``derive`` fills from the slots.
    derive : compiled (slots, out) -> None

    Raises
    ------
    DoesNotFit
        One sentence that names the field, its value and what is allowed.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    options: tuple[Option, ...] = ()
    benchmarks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tables: tuple[tuple[str, str], ...] = ()
    provides: tuple[str, ...]
    derived: tuple[Slot, ...] = ()
    couplings: tuple[str, ...]
    constants: tuple[Constant, ...] = ()
    references: tuple[str, ...]
    unphysical: tuple[int, ...] = ()
    refusals: Mapping[int, str] = field(default_factory=dict)
    uncertain: tuple[tuple[float, str], ...] = ()
    quantities: Callable[[Vector, Vector, Vector, Offsets, Vector], int]
    derive: Callable[[Vector, Vector], None] | None = None
    highest: Callable[[str, dict[str, float]], float] | None = None
    external: Callable[[dict[str, float]], tuple[float, str]] | None = None

    def __post_init__(self) -> None:
        owner = check_name("model", self.name)
        check_text(owner, title=self.title)
        check_names(owner, "references", self.references)
        check_parameters(owner, self.parameters)
        check_options(owner, "options", self.options)
        names = (*(item.name for item in self.parameters), *(item.name for item in self.options))
        check_names(owner, "names of parameters and options", names)
        check_slots(owner, "provides", self.provides)
        check_tables(owner, self.tables)
        self._check_couplings(owner)
        check_refusals(owner, self.refusals, self.unphysical)
        for item in self.uncertain:
            check_uncertainty(owner, "uncertain", item)
        for benchmark, point in self.benchmarks.items():
            for name in point:
                if name not in names:
                    refuse(owner, f"benchmark {benchmark}", name, f"parameters and options: {', '.join(names)}")
        check_compiled(owner, "quantities", self.quantities, QUANTITIES)
        if not isinstance(self.derived, tuple) or not all(isinstance(item, Slot) for item in self.derived):
            refuse(owner, "derived", self.derived, "a tuple of Slot")
        if bool(self.derived) != (self.derive is not None):
            refuse(owner, "derived", self.derived, "slots together with a compiled `derive` that fills them, or neither")
        if self.derive is not None:
            check_compiled(owner, "derive", self.derive, ("slots", "out"))
        check_callable(owner, "highest", self.highest, ("coupling", "parameters"))
        check_callable(owner, "external", self.external, ("parameters",))

    def _check_couplings(self, owner: str) -> None:
        check_names(owner, "couplings", self.couplings)
        named = {item.name: item for item in self.parameters}
        for coupling in self.couplings:
            if coupling not in named:
                refuse(owner, "couplings", coupling, f"one of its parameters: {', '.join(named)}")
            if not named[coupling].high > 0.0:
                refuse(owner, f"range of coupling {coupling}", named[coupling].high, "an upper end above 0")

    def described(self) -> dict[str, Slot]:
        """All quantities that it answers, provided and derived, by their names."""
        return {**{name: SLOT[name] for name in self.provides}, **{slot.name: slot for slot in self.derived}}
