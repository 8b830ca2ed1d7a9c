"""What no table knows does to the edges of a limit, and which intervals stay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.lookup.callables.intervals import Intervals
from gloam.lookup.errors import BadParameter, shown
from gloam.lookup.vocabulary import SLOTS

if TYPE_CHECKING:
    from gloam.lookup.callables.limits import Limit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

REFINED = 33  # values of the coupling in one interval, or between three neighbours of a scan
TINY = 1e-300  # [1]


def external_of(bound: Limit, known: Intervals, point: Vector) -> dict[str, Any]:
    """:meth:`gloam.lookup.callables.limits.Limit.external` at one point."""
    if not isinstance(known, Intervals):
        msg = f"external: {shown(known)} is no answer of this limit: give what it returned, or nothing"
        raise BadParameter(msg)
    sources: dict[str, None] = {}

    def sizes(couplings: Any) -> Vector:
        found = bound.rate.external_at(_along(bound, point, couplings))
        sources.update((name, None) for _, names in found for source in names for name in source.split("; "))
        return np.array([size for size, _ in found])

    inside = [_within(interval, known.scanned) for interval in known.intervals]
    excess = bound.excess_of_rows(_along(bound, point, np.concatenate([np.empty(0), *inside])))[0].reshape(-1, REFINED)
    surest = np.argsort(np.where(np.isnan(excess), math.inf, -excess), axis=1)  # most often the first one decides
    edges = [edge for pair, errors in _pairs(known) for edge, error in zip(pair, errors, strict=True) if error is not None]
    first = [float(row[order[0]]) for row, order in zip(inside, surest, strict=True)]
    found = sizes(np.array([*first, *edges])) if first else np.empty(0)
    stays = []
    for row, values, order, size in zip(inside, excess, surest, found, strict=False):
        others = [k for k in order[1:] if not math.isnan(values[k])]
        stays.append(bool(values[order[0]] > _needed(size)) or bool((values[others] > _needed(sizes(row[others]))).any()))
    shifts = dict(zip(edges, _shifts(bound, point, edges, found[len(first) :]), strict=True))
    told = tuple(
        tuple(None if e is None else shifts[x] for x, e in zip(pair, errors, strict=True)) for pair, errors in _pairs(known)
    )
    return {"external": told, "external_source": "; ".join(sources), "robust": tuple(stays)}


def _along(bound: Limit, point: Vector, couplings: Vector) -> Any:
    """Rows of parameters as at ``point``, with these values of the coupling."""
    rows = np.repeat(point[np.newaxis], couplings.size, axis=0)
    rows[:, bound._index] = couplings
    return rows


def _pairs(known: Intervals) -> Any:
    """(edges, errors) of every interval; no error where an end is open."""
    return zip(known.intervals, known.errors, strict=True)


def _within(interval: tuple[float | None, float | None], scanned: tuple[float, float]) -> Vector:
    low, high = (end if edge is None else edge for edge, end in zip(interval, scanned, strict=True))
    return np.geomspace(low, high, REFINED)


def _needed(size: Any) -> Any:
    """ln(rate/limit) that stays above 0 when the rate is lower by the relative ``size``."""
    return -np.log(np.maximum(1.0 - size, TINY))


def _shifts(bound: Limit, point: Vector, edges: list[float], sizes: Vector) -> list[float]:
    """Relative shifts of edges by the relative changes of the rate there."""
    slots, shifts = np.full(len(SLOTS), math.nan), []
    for edge, size in zip(edges, sizes.tolist(), strict=True):
        slope = bound.slope(point, abs(edge), slots) * abs(edge) if size > 0.0 else 1.0
        shifts.append(size / slope if slope > 0.0 else math.inf)
    return shifts
