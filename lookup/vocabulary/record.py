"""A record: the quantities of one particle in which models and searches meet, each with its unit and meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gloam.lookup.errors import DoesNotFit


class Kind(Enum):
    """What a slot holds; data behind widths move WIDTH, LENGTH and FRACTION, and an error has no error of its own."""

    MASS = "mass"
    COUPLING = "coupling"
    WIDTH = "width"
    LENGTH = "decay length"
    FRACTION = "branching ratio"
    NUMBER = "number"
    ERROR = "bound of an absolute error"
    RELATIVE_ERROR = "bound of a relative error"


@dataclass(frozen=True)
class Slot:
    """One quantity.

    Attributes
    ----------
    name, unit, meaning : str
        The unit of a pure number is "1".
    kind : Kind
    state : str
        Slot of the mass of the state that it belongs to: without this state (NaN) it says nothing. Empty where it always does.
    decays : bool
        Filled only where decays are asked for.
    """

    name: str
    unit: str
    kind: Kind
    meaning: str
    state: str = ""
    decays: bool = False


class Record:
    """Slots of one particle in their order.

    Raises
    ------
    DoesNotFit
        When two slots have one name, or one belongs to a state that has no slot.
    """

    def __init__(self, *slots: Slot) -> None:
        self.slots = slots
        self.names = tuple(slot.name for slot in slots)
        for slot in slots:
            if self.names.count(slot.name) > 1:
                msg = f"record: slot {slot.name} is there twice; names are different"
                raise DoesNotFit(msg)
            if slot.state and slot.state not in self.names:
                msg = f"record: slot {slot.name} belongs to {slot.state}, which is no slot of the same record"
                raise DoesNotFit(msg)

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots)


def length(name: str, meaning: str, state: str = "", decays: bool = True) -> Slot:
    """A proper decay length."""
    return Slot(name, "m", Kind.LENGTH, meaning, state, decays)


def width(name: str, meaning: str) -> Slot:
    """A width."""
    return Slot(name, "GeV", Kind.WIDTH, meaning, decays=True)


def fraction(name: str, meaning: str, state: str = "", decays: bool = True) -> Slot:
    """A branching ratio."""
    return Slot(name, "1", Kind.FRACTION, meaning, state, decays)
