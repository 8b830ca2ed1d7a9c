"""How a model or a search describes the parameters and the options that it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """A continuous parameter: name, unit ("1" if none), allowed range, default (None if required), meaning, TeX of the name."""

    name: str
    unit: str
    low: float
    high: float
    default: float | None
    description: str
    tex: str = ""

    @property
    def label(self) -> str:
        """How plots call it."""
        return f"${self.tex}$" if self.tex else self.name


@dataclass(frozen=True)
class Option:
    """A discrete choice bound when a rate is made; ``default`` None means that it must be given."""

    name: str
    choices: tuple[str, ...]
    default: str | None
    description: str
