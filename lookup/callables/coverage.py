"""Where searches have answers: explanations of a point, the nearest covered point, and ranges cut where tables end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import LIMIT as LIMIT_AT
from gloam.lookup.callables.plan import MODEL_STATUS, PARAMETER_STATUS, SEARCH_STATUS, evaluate, threshold
from gloam.lookup.callables.rates import Rate
from gloam.lookup.vocabulary import SILENT, SLOTS, Parameter

REACH = 24  # values tried to each side of a parameter, out to the end of its range
HALVINGS = 40
CLOSE = 1e-6  # relative distance from the end of a table at which it is tried
REFUSAL = 1000  # statuses of tables are below


@dataclass(frozen=True)
class Part:
    """What one search says at a point.

    Attributes
    ----------
    kind : "informs", "silent" (no information: counts 0) or "refuses"
    value : float
        ln L; NaN where it refuses.
    change : float
        ln L minus that without any signal.
    reason : str
        Why it is silent or refuses.
    approximation : str
        What must be said about its likelihood.
    nearest : (parameter, value) or None
        The change of one parameter that leads to the nearest point with an answer.
    """

    search: str
    kind: str
    value: float
    change: float
    reason: str
    approximation: str
    nearest: tuple[str, float] | None


@dataclass(frozen=True)
class Explanation:
    """ln L of a point (NaN without an answer) and what every search says."""

    value: float
    parts: tuple[Part, ...]

    @property
    def driver(self) -> str | None:
        """The search whose ln L the signal changes most; None where it changes none."""
        informing = [part for part in self.parts if part.kind == "informs" and part.change != 0.0]
        return max(informing, key=lambda part: abs(part.change)).search if informing else None

    def __str__(self) -> str:
        lines = [f"ln L = {self.value:.6g}" + (f", driven by {self.driver}" if self.driver else "")]
        for part in self.parts:
            text = f"{part.value:.6g} ({part.change:+.6g} by the signal)" if part.kind == "informs" else part.kind
            lines.append(f"  {part.search}: {text}" + (f": {part.reason}" if part.reason else ""))
            if part.nearest:
                lines.append(f"    nearest point with an answer: {part.nearest[0]} = {part.nearest[1]:.6g}")
            if part.approximation:
                lines.append(f"    {part.approximation}")
        return "\n".join(lines)


def status_at(rate: Rate, point: Any) -> int:
    """Status of a rate and, where it has a published curve, of this curve."""
    slots, out = np.full(len(SLOTS), math.nan), np.empty(2 * len(rate.bins))
    status = int(evaluate(*rate.data, np.ascontiguousarray(point), slots, out))
    if status == 0 and rate.data[1][LIMIT_AT] != 0 and math.isnan(threshold(*rate.data, slots)):
        return SEARCH_STATUS + SILENT
    return status


def _steps(item: Parameter, value: float, end: float) -> Any:
    """Values from ``value`` to the ``end`` of a range, in the logarithm where both are positive."""
    if value > 0.0 and end > 0.0:
        return np.clip(np.geomspace(value, end, REACH + 1)[1:], item.low, item.high)
    return np.linspace(value, end, REACH + 1)[1:]


def _distance(item: Parameter, value: float, other: float) -> float:
    if value > 0.0 and other > 0.0:
        return abs(math.log(other / value))
    return abs(other - value) / (item.high - item.low)


def nearest_covered(rate: Rate, point: Any, coupling: int) -> tuple[str, float] | None:
    """The parameter and its value that lead to the nearest point with an answer; None where no single parameter does.

    The distance is that of logarithms. ``coupling`` is the place of a coupling that may be 0, which is left alone there.
    """
    found: tuple[float, str, float] | None = None
    for i, item in enumerate(rate.parameters):
        start = float(point[i])
        if (i == coupling and start == 0.0) or math.isnan(start):
            continue
        for end in (item.low, item.high):
            trial, last = point.copy(), start
            for value in _steps(item, start, end):
                trial[i] = value
                if status_at(rate, trial) == 0:
                    edge = _edge(rate, trial, i, last, float(value))
                    if found is None or _distance(item, start, edge) < found[0]:
                        found = _distance(item, start, edge), item.name, edge
                    break
                last = float(value)
    return found[1:] if found else None


def _edge(rate: Rate, trial: Any, i: int, outside: float, inside: float) -> float:
    """The first covered value between one without an answer and one with."""
    for _ in range(HALVINGS):
        middle = 0.5 * (outside + inside)
        trial[i] = middle
        if status_at(rate, trial) == 0:
            inside = middle
        else:
            outside = middle
    return inside


def _middle(item: Parameter) -> float:
    if item.default is not None:
        return item.default
    return math.sqrt(item.low * item.high) if item.low > 0.0 else 0.5 * (item.low + item.high)


def bounds_of(rates: tuple[Rate, ...]) -> dict[str, tuple[float, float]]:
    """Ranges of the model's parameters, cut where a table ends and a search then refuses with the others in mid-range."""
    found = {item.name: (item.low, item.high) for item in rates[0].parameters}
    for rate in rates:
        middle = np.array([_middle(item) for item in rate.parameters])
        names = [item.name for item in rate.parameters]
        for table, _ in rate._tables:
            for axis in table.spec.inputs:
                name = {"m_mediator": "m_Zp"}.get(axis.name, axis.name)
                if name in names:
                    found[name] = _cut(rate, middle, names.index(name), (axis.low, axis.high), found[name])
    return found


def _cut(rate: Rate, middle: Any, i: int, ends: tuple[float, float], known: tuple[float, float]) -> tuple[float, float]:
    """``known`` without what lies beyond the ``ends`` of a table where the search then refuses."""
    low, high = known
    for end, beyond in ((ends[0], ends[0] * (1.0 - CLOSE)), (ends[1], ends[1] * (1.0 + CLOSE))):
        trial = middle.copy()
        trial[i] = beyond
        if not low < beyond < high:
            continue
        status = status_at(rate, trial)
        if status >= MODEL_STATUS and status % PARAMETER_STATUS < REFUSAL:
            low, high = (end, high) if end == ends[0] else (low, end)
    return low, high
