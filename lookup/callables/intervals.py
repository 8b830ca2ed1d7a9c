"""Excluded intervals of a coupling, and the gaps where a search has no answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Gap:
    """Values of a coupling, ``low`` to ``high``, at which there is no answer, and why: neither excluded nor allowed."""

    low: float
    high: float
    reason: str

    def in_words(self, coupling: str, unit: str, scanned: tuple[float, float]) -> str:
        """One sentence: where, and why."""
        unit = "" if unit == "1" else " " + unit
        if (self.low, self.high) == scanned:
            where = "at any"
        elif self.low == scanned[0]:
            where = f"below {coupling} = {self.high:.6g}{unit}"
        elif self.high == scanned[1]:
            where = f"above {coupling} = {self.low:.6g}{unit}"
        else:
            where = f"from {coupling} = {self.low:.6g} to {self.high:.6g}{unit}"
        return f"no answer {where if where != 'at any' else f'at any {coupling}'}, because {self.reason}"


@dataclass(frozen=True)
class Intervals:
    """Excluded values of a coupling.

    Attributes
    ----------
    coupling, unit : str
    intervals : tuple of (low, high)
        Excluded; None for an end that reaches the end of the scanned range. An end that reaches a gap is the end of the gap.
    errors : tuple of (low, high)
        Absolute error of every edge: bounds of the tables and, where the search draws events, 95 % of their statistics. None for
        an end that is no edge, at the end of the range or at a gap.
    scanned : (low, high)
        Range that was searched; where a search knows below which value nothing can be excluded, that part is not evaluated.
    statistic : str
    confidence : float
    gaps : tuple of Gap
        Where the search has no answer between points of the scan that have one, or from one to the end of the range.
    expected : tuple of tuples of (low, high)
        Excluded intervals that were expected without signal, at -2, -1, 0, 1 and 2 sigma of the background, where asked for:
        68 and 95 % of experiments lie between the second and fourth, and the first and fifth.
    """

    coupling: str
    unit: str
    intervals: tuple[tuple[float | None, float | None], ...]
    errors: tuple[tuple[float | None, float | None], ...]
    scanned: tuple[float, float]
    statistic: str
    confidence: float
    gaps: tuple[Gap, ...] = ()
    expected: tuple[tuple[tuple[float | None, float | None], ...], ...] = ()

    @property
    def gaps_significant(self) -> tuple[bool, ...]:
        """Whether what lies between neighbouring intervals is wider than the errors of its two ends."""
        pairs = list(zip(self.intervals, self.errors, strict=True))
        return tuple(
            (above[0] or 0.0) - (below[1] or 0.0) >= (before[1] or 0.0) + (after[0] or 0.0)
            for (below, before), (above, after) in pairwise(pairs)
        )

    @property
    def significant(self) -> tuple[bool, ...]:
        """Whether every interval is wider than its errors: statistics of events may make one out of nothing."""
        return tuple(
            low is None or high is None or high - low >= sum(error or 0.0 for error in errors)
            for (low, high), errors in zip(self.intervals, self.errors, strict=True)
        )
