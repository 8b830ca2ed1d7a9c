"""Tables of a TOML file with the facts of an experiment: numbers with units, words, and sentences about what is wrong."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

QUANTITY: Final = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]+)\s*")
POT: Final = {"POT": 1.0}
MASSES: Final = {"t": 1.0, "kg": 1e-3, "g": 1e-6, "kt": 1e3}  # [t]
LENGTHS: Final = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "km": 1e3}  # [m]
ENERGIES: Final = {"GeV": 1.0, "MeV": 1e-3, "TeV": 1e3}  # [GeV]
LEAST_LIKENESS, MISSPELT = 0.5, 0.75  # [1] of a name worth suggesting, and of a key that stands for one that is missing


class BadExperiment(ValueError):
    """What is wrong with the experiment of a user, in one sentence."""


def quantity(text: str, units: Mapping[str, float]) -> float | None:
    """The number of ``"170 t"`` in the unit of factor 1; None where it is not of this form or has another unit."""
    found = QUANTITY.fullmatch(text)
    return float(found[1]) * units[found[2]] if found and found[2] in units else None


def nearest(name: str, known: Iterable[str], likeness: float = LEAST_LIKENESS) -> str:
    """``did you mean 'exposure'? `` where a known name is like ``name``, else nothing."""
    folded = {item.casefold(): item for item in known}
    near = difflib.get_close_matches(name.casefold(), folded, 1, likeness)
    return f"did you mean {folded[near[0]]!r}? " if near else ""


@dataclass
class Facts:
    """One table of the file; what is asked of it is what is allowed in it (:meth:`finish`)."""

    file: Path
    given: dict[str, Any]
    name: str = ""
    asked: list[str] = field(default_factory=list)

    def refuse(self, why: str) -> NoReturn:
        """Raise what is wrong, with the file and the table."""
        place = f"[{self.name}] " if self.name else ""
        msg = f"{self.file}: {place}{why}"
        raise BadExperiment(msg)

    def _get(self, key: str, example: str) -> Any:
        self.asked.append(key)
        if key not in self.given:
            self.finish(complete=False)
            self.refuse(f"{key} is missing: give {key} = {example}")
        return self.given[key]

    def finish(self, *, complete: bool = True) -> None:
        """Refuse keys that nobody asked for; with ``complete`` False only those that look like one that is missing."""
        for key in self.given:
            known = [name for name in self.asked if complete or name not in self.given]
            hint = nearest(key, known, LEAST_LIKENESS if complete else MISSPELT)
            if key not in self.asked and (complete or hint):
                self.refuse(f"unknown key {key!r}: {hint}known: {', '.join(self.asked)}")

    def table(self, key: str, *, required: bool = True) -> Facts:
        """A table of this one; empty where it is not required and missing."""
        self.asked.append(key)
        if key not in self.given and required:
            self.finish(complete=False)
            self.refuse(f"the table [{key}] is missing: docs/experiments.md has an example")
        found = self.given.get(key, {})
        if not isinstance(found, dict):
            self.refuse(f"{key} = {found!r} is no table: begin it with [{key}]")
        return Facts(self.file, found, key)

    def names(self, known: Iterable[str]) -> tuple[str, ...]:
        """All keys, which must be among ``known``."""
        allowed = list(known)
        for key in self.given:
            if key not in allowed:
                self.refuse(f"unknown key {key!r}: {nearest(key, allowed)}known: {', '.join(allowed)}")
        return tuple(self.given)

    def word(self, key: str, default: str | None = None) -> str:
        """A text."""
        if default is not None and key not in self.given:
            self.asked.append(key)
            return default
        found = self._get(key, '"..."')
        if not isinstance(found, str) or not found.strip() or not found.isprintable():
            self.refuse(f"{key} = {found!r}: give one line of text in quotes")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is missing."""
        self.asked.append(key)
        found = self.given.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            self.refuse(f'{key} = {found!r}: give a list of texts, for example ["arXiv:0806.1449"]')
        return tuple(found)

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        """One of the ``known`` words."""
        found = self._get(key, " or ".join(f'"{item}"' for item in known))
        if found not in known:
            self.refuse(f"{key} = {found!r}: {nearest(str(found), known)}give {' or '.join(known)}")
        return str(found)

    def positive(self, key: str, units: Mapping[str, float]) -> float:
        """A positive number with one of the ``units``, in the unit of factor 1."""
        some = " or ".join(f'"1.5 {unit}"' for unit in list(units)[:2])
        found = self._get(key, some)
        if isinstance(found, int | float) and not isinstance(found, bool):
            self.refuse(f"{key} = {found!r} has no unit: give number and unit in quotes, for example {some}")
        value = quantity(found, units) if isinstance(found, str) else None
        if value is None:
            self.refuse(f"{key} = {found!r}: give number and unit in quotes, for example {some}; units: {', '.join(units)}")
        if not 0.0 < value < math.inf:
            self.refuse(f"{key} = {found!r} is not positive: give a number above 0, for example {some}")
        return value

    def share(self, key: str, default: float) -> float:
        """A number from 0 to 1 [1]."""
        self.asked.append(key)
        found = self.given.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0.0 <= found <= 1.0:
            self.refuse(f"{key} = {found!r}: give a number from 0 to 1")
        return float(found)
