"""Crossings of ln(rate/limit) through zero along one coupling: a scan, extrema between its points, and roots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import (
    BINS,
    LIKELIHOOD_AT,
    LIKELIHOOD_SIZE,
    LIMIT,
    OWN,
    PULLS,
    REFERENCE,
    SEARCH_STATUS,
    evaluate,
    threshold,
)
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import call
from gloam.lookup.vocabulary import MEMO, MODEL_MEMO, SILENT, SLOTS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

# what happens at an edge, by rising modulus: excluded values begin or end, answers begin (not excluded or excluded) or end
ENTERS, LEAVES, BEGINS, BEGINS_EXCLUDED, ENDS = 1.0, -1.0, 2.0, 3.0, -2.0
PARABOLAS = 4  # steps towards an extremum between points of the scan
PRECISION = 1e-10  # relative width at which a bracket is closed


@njit
def _fall(blob: Vector, plan: Offsets, out: Vector, allowed: float) -> float:
    """ln of the fall of 2 ln L from where there is no new physics over what is ``allowed``; -inf where it rises."""
    at, bins = plan[LIKELIHOOD_AT], plan[BINS]
    pulls = np.full(int(blob[at + PULLS]), math.nan)
    slope = np.empty(bins + pulls.size)
    value = call(plan[LIMIT], out[:bins], math.nan, pulls, blob[at + OWN : at + plan[LIKELIHOOD_SIZE]], slope)
    fall = 2.0 * (blob[at + REFERENCE] - value)
    return math.log(fall / allowed) if fall > 0.0 else -math.inf


@njit
def decisive(blob: Vector, plan: Offsets, slots: Vector, out: Vector, limits: Vector) -> tuple[float, int]:
    """Largest ln(rate/limit) of any bin (of the fall of the likelihood, where that excludes), from what :func:`evaluate` left,
    and which bin this is; NaN without information.
    """
    if plan[LIKELIHOOD_AT] != 0:
        return _fall(blob, plan, out, limits[0]), 0
    if plan[LIMIT] != 0:
        limit = threshold(blob, plan, slots) * limits[0]
        if math.isnan(limit):
            return math.nan, 0
        return (math.log(out[0] / limit) if out[0] > 0.0 else -math.inf), 0
    largest, place = -math.inf, 0
    for k in range(limits.size):
        excess = math.log(out[k] / limits[k]) if out[k] > 0.0 else -math.inf
        if excess > largest:
            largest, place = excess, k
    return largest, place


@njit
def excess_and_status(
    blob: Vector, plan: Offsets, point: Vector, index: int, coupling: float, limits: Vector, slots: Vector
) -> tuple[float, int]:
    """ln(rate/limit) of the decisive bin at a modulus of the coupling, and 0; NaN and the status where there is no answer.

    The sign of ``point[index]`` is kept.
    """
    out = np.empty(2 * plan[BINS])
    point[index] = math.copysign(coupling, point[index])
    status = evaluate(blob, plan, point, slots, out)
    if status != 0:
        return math.nan, status
    excess = decisive(blob, plan, slots, out, limits)[0]
    return excess, SEARCH_STATUS + SILENT if math.isnan(excess) else 0


@entry
def fresh_slots() -> Vector:
    """Slots of a scan: search and model may keep what they need again behind them."""
    return np.full(len(SLOTS) + MEMO + MODEL_MEMO, math.nan)


@entry
def plane(blob: Vector, plan: Offsets, points: Any, limits: Vector, out: Vector, status: Any) -> None:
    work, slots = np.empty(2 * plan[BINS]), fresh_slots()
    for i in range(points.shape[0]):
        status[i] = evaluate(blob, plan, points[i], slots, work)
        out[i] = decisive(blob, plan, slots, work, limits)[0] if status[i] == 0 else math.nan
        if status[i] == 0 and math.isnan(out[i]):
            status[i] = SEARCH_STATUS + SILENT


@entry
def excess_at(blob: Vector, plan: Offsets, point: Vector, index: int, coupling: float, limits: Vector, slots: Vector) -> float:
    """The excess of :func:`excess_and_status`."""
    return excess_and_status(blob, plan, point, index, coupling, limits, slots)[0]


@entry
def boundary(
    blob: Vector, plan: Offsets, point: Vector, index: int, bracket: tuple[float, float, float], limits: Vector, slots: Vector
) -> tuple[float, float]:
    """Last coupling with an answer on the way from one that has it to one that has none, and the excess there.

    bracket = (coupling with an answer, without one, excess at the first); halved until it is as narrow as PRECISION.
    """
    inside, outside, value = math.log(bracket[0]), math.log(bracket[1]), bracket[2]
    place = bracket[0]
    while abs(outside - inside) > PRECISION:
        middle = 0.5 * (inside + outside)
        found = excess_at(blob, plan, point, index, math.exp(middle), limits, slots)
        if math.isnan(found):
            outside = middle
        else:
            inside, value, place = middle, found, math.exp(middle)
    return place, value


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
    Ends when the bracket, or the distance to the root that the secant predicts, is below PRECISION. Minus a coupling
    that has no answer, where one is met.
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
        if math.isnan(f):
            return -math.exp(middle)
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
        if math.isnan(value) or (value > 0.0) != (f[1] > 0.0):
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
def answer_turns(
    blob: Vector,
    plan: Offsets,
    point: Vector,
    index: int,
    bracket: tuple[float, float, float, float],
    limits: Vector,
    slots: Vector,
    edges: Any,
) -> int:
    """Write the end of the answer between two couplings, bracket as for :func:`root`, and a crossing beside it; their number."""
    low, high, before, here = bracket
    begins, count = math.isnan(before), 0
    start = (high, low, here) if begins else (low, high, before)
    place, there = boundary(blob, plan, point, index, start, limits, slots)
    if begins:
        edges[0, 0], edges[0, 1] = place, BEGINS_EXCLUDED if there > 0.0 else BEGINS
        count = 1
    if (there > 0.0) != (start[2] > 0.0):
        ends = (place, high, there, here) if begins else (low, place, before, there)
        edges[count, 0] = root(blob, plan, point, index, ends, limits, slots)
        edges[count, 1] = ENTERS if ends[3] > 0.0 else LEAVES
        count += 1
    if not begins:
        edges[count, 0], edges[count, 1] = place, ENDS
        count += 1
    return count


@entry
def crossings(
    blob: Vector,
    plan: Offsets,
    point: Vector,
    index: int,
    grid: Vector,
    limits: Vector,
    slots: Vector,
    edges: Any,
    statuses: Offsets,
) -> int:
    """Write (coupling, kind) of every crossing and end of an answer into ``edges``, two rows per value of ``grid``; their number.

    Kinds as named above; ``statuses`` are those on the grid. Between points of the grid an extremum may cross and return: where
    three neighbours have one, it is looked for. -1, and the coupling in edges[0, 0], where one between two neighbours that have
    an answer is found without it: it belongs on the grid.
    """
    count = 0
    last = before = math.nan
    for i in range(grid.size):
        here, statuses[i] = excess_and_status(blob, plan, point, index, grid[i], limits, slots)
        if i > 0 and math.isnan(here) != math.isnan(before):
            count += answer_turns(blob, plan, point, index, (grid[i - 1], grid[i], before, here), limits, slots, edges[count:])
            last = math.nan
        elif i > 0 and (before > 0.0) != (here > 0.0):
            edges[count, 0] = root(blob, plan, point, index, (grid[i - 1], grid[i], before, here), limits, slots)
            edges[count, 1] = ENTERS if here > 0.0 else LEAVES
            count += 1
            last = before
        elif not math.isnan(last) and abs(before) <= min(abs(last), abs(here)) < math.inf and (last > 0.0) == (here > 0.0):
            place, value = extremum(blob, plan, point, index, grid[i - 2 : i + 1], (last, before, here), limits, slots)
            if math.isnan(value):
                edges[0, 0] = place
                return -1
            if (value > 0.0) != (here > 0.0):
                low, f_low = (grid[i - 2], last) if place < grid[i - 1] else (grid[i - 1], before)
                high, f_high = (grid[i - 1], before) if place < grid[i - 1] else (grid[i], here)
                edges[count, 0] = root(blob, plan, point, index, (low, place, f_low, value), limits, slots)
                edges[count + 1, 0] = root(blob, plan, point, index, (place, high, value, f_high), limits, slots)
                edges[count, 1] = ENTERS if value > 0.0 else LEAVES
                edges[count + 1, 1] = -edges[count, 1]
                count += 2
            last = before
        else:
            last = before
        before = here
    for k in range(count):
        if edges[k, 0] < 0.0:
            edges[0, 0] = -edges[k, 0]
            return -1
    return count
