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
    parameters, slots = bound.named(point), np.full(len(SLOTS), math.nan)
    sources: dict[str, None] = {}

    def size(value: float) -> float:
        found = bound.rate.external(**{**parameters, bound.coupling: value})
        sources.update(dict.fromkeys(filter(None, found.get("external_source", "").split("; "))))
        return float(found.get("external", 0.0))

    def shift(edge: float | None, error: float | None) -> float | None:
        if edge is None or error is None:
            return None
        relative = size(edge)
        slope = bound.slope(point, abs(edge), slots) * abs(edge) if relative > 0.0 else 1.0
        return relative / slope if slope > 0.0 else math.inf

    stays = []
    for interval in known.intervals:
        low, high = (end if edge is None else edge for edge, end in zip(interval, known.scanned, strict=True))
        inside = np.geomspace(low, high, REFINED)
        found = bound.excess_and_code({**parameters, bound.coupling: inside})[0]
        surest = np.argsort(np.where(np.isnan(found), math.inf, -found))  # most often the first one decides
        stays.append(any(found[k] > -math.log(max(1.0 - size(float(inside[k])), TINY)) for k in surest))
    shifts = tuple(
        (shift(low, below), shift(high, above)) for (low, high), (below, above) in zip(known.intervals, known.errors, strict=True)
    )
    return {"external": shifts, "external_source": "; ".join(sources), "robust": tuple(stays)}
