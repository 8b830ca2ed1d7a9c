"""The errors a user can meet: each names the thing, the value, the unit, what is allowed and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 80  # characters of a value that are shown
WIDE = 3.0  # [1] factor by which a value is beyond a bound, and its thousandth inside, before MeV are suspected
LEAST_LIKENESS, ALIKE = 0.5, 0.02  # difflib's ratio of a name worth suggesting, and of names that are equally near


class GloamError(Exception):
    """Base of all gloam errors."""


def closest(name: str, known: list[str]) -> list[str]:
    """The names of ``known`` most like ``name``, whatever their case: none, one, or several that are alike."""
    folded = {item.casefold(): item for item in known}
    near = difflib.get_close_matches(name.casefold(), folded, 3, LEAST_LIKENESS)
    likeness = [difflib.SequenceMatcher(None, item, name.casefold()).ratio() for item in near]
    return [folded[item] for item, ratio in zip(near, likeness, strict=True) if ratio > likeness[0] - ALIKE]


def shown(value: object) -> str:
    """A value as it was given, on one line and not too long, whatever it is."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a repr may do anything
        return f"a {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


class UnknownName(GloamError, KeyError):
    """A table, model, search, parameter, option or label that does not exist; ``known`` are those that do, in their order."""

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        self.known = sorted(known) if isinstance(known, set) else list(known)
        text = f"{name:g}" if isinstance(name, float) else name if isinstance(name, str) else shown(name)
        near = " or ".join(map(repr, closest(text[:LONGEST], self.known)))
        hint = f"did you mean {near}? " if near else ""
        self.message = f"unknown {kind} {shown(text)}: {hint}known: {', '.join(self.known) or 'none'}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


def distinct(value: float, *bounds: float) -> list[str]:
    """Texts of a value and its bounds: six digits, or all of them where the value would read like a bound that it is not."""
    texts = [f"{number:.6g}" for number in (value, *bounds)]
    return texts if value in bounds or texts[0] not in texts[1:] else [repr(float(number)) for number in (value, *bounds)]


def in_gev(value: float, unit: str, low: float, high: float) -> str:
    """A hint for an energy that was given in MeV: it is far too large, and in GeV it would be well inside."""
    likely = unit.strip() == "GeV" and value >= WIDE * high and WIDE * low <= 1e-3 * value <= high / WIDE
    return f" (GeV, not MeV: {value:.6g} MeV are {1e-3 * value:.6g} GeV)" if likely else ""


class BadParameter(GloamError, ValueError):
    """A missing, surplus or unphysical parameter."""


class OutOfRange(GloamError, ValueError):
    """Points outside the box of a table: names table, input, value, unit, bounds and how many points.

    ``condition`` is what a table asks of its inputs together, for a point whose single inputs are in their ranges.
    """

    def __init__(
        self, table: str, bound: tuple[str, str, float, float], value: float, count: int = 1, condition: str = ""
    ) -> None:
        name, unit, low, high = bound
        unit = "" if unit == "1" else " " + unit
        points = f"({count} point{'s' if count > 1 else ''} outside)"
        shown, lowest, highest = distinct(value, low, high)
        if low <= value <= high and condition:
            self.message = (
                f"{table}: {name} = {shown}{unit} is in its range, but not with these other inputs: the table "
                f"covers {condition} {points}. Nothing is extrapolated: choose a point inside"
            )
        else:
            what = "is not a number" if value != value else "is outside"
            self.message = (
                f"{table}: {name} = {shown}{unit} {what}; the table covers {lowest} to {highest}{unit} "
                f"{points}. Nothing is extrapolated: choose a value inside{in_gev(value, unit, low, high)}"
            )
        super().__init__(self.message)


class DoesNotFit(GloamError, TypeError):
    """A model that does not provide what a search reads, or a question that a search cannot answer."""


class NoInformation(GloamError, ValueError):
    """A question outside what was published: neither excluded nor allowed, and no number is made up."""


class StoreError(GloamError, OSError):
    """A store that is missing, damaged or of another format."""
