"""Crossings of ln(rate/limit) through zero along one coupling: a scan, extrema between its points, and roots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.compiled import entry
from gloam.lookup.plan import BINS, LIMIT, evaluate, threshold
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PARABOLAS = 4  # steps towards an extremum between points of the scan
PRECISION = 1e-10  # relative width at which a bracket is closed


@njit
def decisive(blob: Vector, plan: Offsets, slots: Vector, out: Vector, limits: Vector) -> tuple[float, int]:
    """Largest ln(rate/limit) of any bin, from what :func:`evaluate` left, and which bin this is; NaN without information."""
    if plan[LIMIT] != 0:
        limit = threshold(blob, plan, slots)
        if math.isnan(limit):
            return math.nan, 0
        return (math.log(out[0] / limit) if out[0] > 0.0 else -math.inf), 0
    largest, place = -math.inf, 0
    for k in range(limits.size):
        excess = math.log(out[k] / limits[k]) if out[k] > 0.0 else -math.inf
        if excess > largest:
            largest, place = excess, k
    return largest, place


@entry
def excess_at(blob: Vector, plan: Offsets, point: Vector, index: int, coupling: float, limits: Vector, slots: Vector) -> float:
    """ln(rate/limit) of the decisive bin at a modulus of the coupling; the sign of ``point[index]`` is kept."""
    out = np.empty(2 * plan[BINS])
    point[index] = math.copysign(coupling, point[index])
    if evaluate(blob, plan, point, slots, out) != 0:
        return math.nan
    return decisive(blob, plan, slots, out, limits)[0]


@entry
def root(
    blob: Vector,
    plan: Offsets,
    point: Vector,
    index: int,
    bracket: tuple[float, float, float, float],
    limits: Vector,
    slots: Vector,
) -> float:
    """Coupling between two of opposite sign, bracket = (low, high, excess there): secant steps that keep the bracket.

    Illinois: the value at an end that stays twice is halved; a step of half the bracket where an end has no rate at all.
    Ends when the bracket, or the distance to the root that the secant predicts, is below PRECISION.
    """
    low, high = math.log(bracket[0]), math.log(bracket[1])
    f_low, f_high = bracket[2], bracket[3]
    side = 0
    middle = 0.5 * (low + high)
    for _ in range(100 if low < high else 0):
        middle = 0.5 * (low + high)
        slope = (f_high - f_low) / (high - low)
        if math.isfinite(slope):
            middle = min(max(low - f_low / slope, low + 1e-3 * PRECISION), high - 1e-3 * PRECISION)
        f = excess_at(blob, plan, point, index, math.exp(middle), limits, slots)
        if high - low < PRECISION or (math.isfinite(slope) and abs(f) < PRECISION * abs(slope)):
            break
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = middle, f
            f_low = 0.5 * f_low if side == 1 else f_low
            side = 1
        else:
            low, f_low = middle, f
            f_high = 0.5 * f_high if side == -1 else f_high
            side = -1
    return math.exp(middle)


@entry
def extremum(
    blob: Vector,
    plan: Offsets,
    point: Vector,
    index: int,
    around: Vector,
    excess: tuple[float, float, float],
    limits: Vector,
    slots: Vector,
) -> tuple[float, float]:
    """Coupling of the extremum of the excess near the second of three couplings ``around``, and the excess there.

    A parabola in the logarithm through three points, drawn again through the three best ones; ends early at a change of sign.
    """
    x = (math.log(around[0]), math.log(around[1]), math.log(around[2]))
    f = excess
    for _ in range(PARABOLAS):
        if not x[0] < x[1] < x[2]:  # neighbours that differ by less than their logarithms can tell
            break
        left, right = (f[1] - f[0]) / (x[1] - x[0]), (f[2] - f[1]) / (x[2] - x[1])
        bend = (right - left) / (x[2] - x[0])
        if bend == 0.0:
            break
        place = 0.5 * (x[0] + x[1] - left / bend)
        if not x[0] < place < x[2] or place == x[1]:
            break
        value = excess_at(blob, plan, point, index, math.exp(place), limits, slots)
        if (value > 0.0) != (f[1] > 0.0):
            return math.exp(place), value
        better, below = abs(value) < abs(f[1]), place < x[1]
        if better and below:
            x, f = (x[0], place, x[1]), (f[0], value, f[1])
        elif better:
            x, f = (x[1], place, x[2]), (f[1], value, f[2])
        elif below:
            x, f = (place, x[1], x[2]), (value, f[1], f[2])
        else:
            x, f = (x[0], x[1], place), (f[0], f[1], value)
    return math.exp(x[1]), f[1]


@entry
def crossings(
    blob: Vector, plan: Offsets, point: Vector, index: int, grid: Vector, limits: Vector, slots: Vector, edges: Any
) -> int:
    """Write (edge, side) of every crossing into ``edges``; side +1 enters the excluded region. Returns their number.

    Between points of the grid an extremum may cross and return: where three neighbours have one, it is looked for.
    -1 when the rate cannot be computed somewhere on the grid.
    """
    count = 0
    last = before = math.nan
    for i in range(grid.size):
        here = excess_at(blob, plan, point, index, grid[i], limits, slots)
        if math.isnan(here):
            return -1
        if i > 0 and (before > 0.0) != (here > 0.0):
            edges[count, 0] = root(blob, plan, point, index, (grid[i - 1], grid[i], before, here), limits, slots)
            edges[count, 1] = 1.0 if here > 0.0 else -1.0
            count += 1
        elif i > 1 and (last > 0.0) == (here > 0.0) and abs(before) <= min(abs(last), abs(here)) < math.inf:
            place, value = extremum(blob, plan, point, index, grid[i - 2 : i + 1], (last, before, here), limits, slots)
            if (value > 0.0) != (here > 0.0):
                low, f_low = (grid[i - 2], last) if place < grid[i - 1] else (grid[i - 1], before)
                high, f_high = (grid[i - 1], before) if place < grid[i - 1] else (grid[i], here)
                edges[count, 0] = root(blob, plan, point, index, (low, place, f_low, value), limits, slots)
                edges[count + 1, 0] = root(blob, plan, point, index, (place, high, value, f_high), limits, slots)
                edges[count, 1] = 1.0 if value > 0.0 else -1.0
                edges[count + 1, 1] = -edges[count, 1]
                count += 2
        last, before = before, here
    return count
