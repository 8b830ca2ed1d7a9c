"""What a limit compares with: the rates of a search without new physics and their likelihood, or a threshold of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.callables.plan import THRESHOLD
from gloam.lookup.interpolation.addresses import address
from gloam.lookup.statistics.statistic import Statistic, flat
from gloam.lookup.vocabulary import SLOTS, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


def without_new_physics(
    search: Search, options: dict[str, Any], numbers: Vector, blob: Vector, offsets: Offsets
) -> tuple[Vector | None, Statistic | None]:
    """Rates of a search that has them without new physics too, and its statistic; None for all others."""
    if search.standard is None or search.likelihood is None:
        return None, None
    slots, bins = np.zeros(len(SLOTS)), len(search.bins)
    for name, value in search.standard.items():
        slots[SLOTS.index(name)] = value
    found, error = np.empty(bins), np.empty(bins)
    search.predict(slots, numbers, blob, offsets, found, error)
    return found, search.likelihood(options, tuple(found.tolist()))


def reference(standard: Vector | None, statistic: Statistic | None) -> Vector:
    """What a limit by the likelihood needs: ln L without new physics, number of pulls, numbers of the statistic."""
    if statistic is None or standard is None:
        return np.empty(0)
    value, _ = statistic.value_and_slope(standard)
    return flat(value, len(statistic.nuisances), statistic.numbers)


def threshold_of(search: Search) -> int:
    """Address of the threshold that a search computes itself, 0 without one."""
    return 0 if search.threshold is None else address(search.threshold, THRESHOLD)
