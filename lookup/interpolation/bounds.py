"""Bounds of inputs and parameters: what misses one by rounding counts as the bound, in Python and in compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

ROUNDING = 2.0**-24  # [1] relative; half a unit in the last place of single precision


def at_bounds(found: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """``found`` with what misses a bound by no more than :data:`ROUNDING` put on this bound."""
    if found.size and (np.fmin.reduce(found, axis=None) < low or np.fmax.reduce(found, axis=None) > high):
        for bound, outside in ((low, found < low), (high, found > high)):
            near = outside & (np.abs(found - bound) <= ROUNDING * abs(bound))
            found = np.where(near, bound, found) if near.any() else found
    return found


@njit
def put_on_bounds(bounds: Any, x: Any, count: int, moved: Any) -> bool:
    """:func:`at_bounds` of ``count`` numbers into ``moved``, ``bounds`` being (low, high) of each: was it needed and enough."""
    needed = False
    for i in range(count):
        low, high, value = bounds[2 * i], bounds[2 * i + 1], x[i]
        if value < low and low - value <= ROUNDING * abs(low):
            value, needed = low, True
        elif value > high and value - high <= ROUNDING * abs(high):
            value, needed = high, True
        if not (low <= value <= high):
            return False
        moved[i] = value
    return needed
