"""Derivatives of a likelihood by the parameters of its model: one step each, one verification of all, else control of the step.

Where a rate is smooth, a difference to one side with a relative step of 3e-8 is good to about 1e-7 of rate/parameter: half of
the second derivative times the step, and rounding. All of them are verified by one more point, with every parameter moved to its
other side at once: it tells curvature, kinks at the point and rounding together, and what it misses is the error of each.
Where that is too much, at zero and at the edges of ranges, and where a search draws events, a derivative is a difference of two
steps, central and one-sided, which shrink until all agree.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.callables.joint import (
    BINS_OF,
    BLOB,
    DIFFERENCE,
    FIRST_STEP,
    NUMBERS,
    PLAN,
    POINT,
    PULL_AT,
    PULLS,
    RATES,
    SEARCHES,
    SIGNAL_AT,
    SLOPE,
    USELESS,
    Offsets,
    Vector,
    begin,
    log_likelihood,
    observe,
    row_of,
    values_at,
    workspace,
)
from gloam.lookup.callables.plan import PARAMETERS as RATE_PARAMETERS
from gloam.lookup.interpolation.compiled import entry
from gloam.tables.numerics.memory import integers, reals
from numba import njit

STEP = 2.0**-25  # [1] relative, of one step each
TRUSTED = 1e-5  # [1] error of such a derivative over the larger of it and rate/parameter, up to which it stands
ROUNDING = 8.0 * 2.0**-52  # [1] of a rate
ROUNDS, SHRINK, GOOD, GOOD_OF_EVENTS = 6, 8.0, 1e-7, 1e-3  # of control: steps tried, their ratio, relative errors that are enough
FROM_ZERO = 1e-7  # step of a parameter that is 0, over the end of its range


@njit
def _smooth(numbers: Vector, plan: Offsets, k: int) -> bool:
    """Whether a search draws no events."""
    return numbers[row_of(plan, k)[NUMBERS] + DIFFERENCE] == FIRST_STEP


@njit
def _answered(numbers: Vector, plan: Offsets, status: Offsets, space: Any) -> bool:
    """Ask the searches without drawn events that answered at the point itself; whether they all do here."""
    begin(plan, space)
    for k in range(plan[SEARCHES]):
        if status[k] == 0 and _smooth(numbers, plan, k) and observe(numbers, plan, k, space) != 0:
            return False
    return True


@njit
def _one_step_each(
    numbers: Vector, plan: Offsets, count: int, here: Any, status: Offsets, steps: Vector, slopes: Any, space: Any
) -> None:
    """Fill ``slopes`` (parameters, searches, bins) and their ``steps``: 0 where none can be taken both ways."""
    point, blob = space[POINT], reals(row_of(plan, 0)[BLOB])
    for i in range(count):
        centre, steps[i] = point[i], 0.0
        step = (centre + STEP * abs(centre)) - centre
        if step == 0.0 or centre + step > blob[2 * i + 1] or centre - step < blob[2 * i]:
            continue
        point[i] = centre + step
        if _answered(numbers, plan, status, space):
            steps[i] = step
            for k in range(plan[SEARCHES]):
                for b in range(row_of(plan, k)[BINS_OF]):
                    slopes[i, k, b] = (space[RATES][k, b] - here[k, b]) / step
        point[i] = centre


@njit
def _verified(
    numbers: Vector, plan: Offsets, count: int, here: Any, status: Offsets, steps: Vector, slopes: Any, misses: Any, space: Any
) -> bool:
    """Fill ``misses`` (searches, bins): what the slopes miss with all parameters moved to the other side, and rounding."""
    point = space[POINT]
    for i in range(count):
        point[i] -= steps[i]
    found = _answered(numbers, plan, status, space)
    for k in range(plan[SEARCHES] if found else 0):
        for b in range(row_of(plan, k)[BINS_OF]):
            expected = here[k, b]
            for i in range(count):
                if steps[i] != 0.0:
                    expected -= steps[i] * slopes[i, k, b]
            misses[k, b] = abs(space[RATES][k, b] - expected) + ROUNDING * abs(here[k, b])
    return found


@njit
def _trusted(centre: float, step: float, here: Vector, slope: Vector, miss: Vector, bins: int) -> bool:
    """Whether derivatives of one step may stand."""
    for b in range(bins):
        if not miss[b] <= TRUSTED * max(abs(slope[b] * step), abs(here[b] * step / centre)):
            return False
    return True


@njit
def _moved(numbers: Vector, plan: Offsets, k: int, i: int, step: float, space: Any, out: Vector) -> bool:
    """Rates of the k-th search with the i-th parameter moved; False where there is no answer."""
    centre = space[POINT][i]
    space[POINT][i] = centre + step
    begin(plan, space)
    status = observe(numbers, plan, k, space)
    space[POINT][i] = centre
    out[:] = space[RATES][k, : out.size]
    return status == 0


@njit
def _two_orders(numbers: Vector, plan: Offsets, k: int, i: int, step: float, space: Any, work: Any, slope: Vector) -> bool:
    """Differences of steps ``step`` and half of it, combined, in ``slope[:bins]``, and their error behind it.

    The error is what both differ by and, so that a kink at the point itself is seen, what differences to one side differ by.
    """
    bins, here = row_of(plan, k)[BINS_OF], work[0]
    ends = (step, -step, 0.5 * step, -0.5 * step)
    central = True
    for n in range(4):
        central = central and _moved(numbers, plan, k, i, ends[n], space, work[1 + n])
    if central:
        for b in range(bins):
            wide = (work[1, b] - work[2, b]) / (2.0 * step)
            narrow = (work[3, b] - work[4, b]) / step
            above = (4.0 * work[3, b] - 3.0 * here[b] - work[1, b]) / step
            below = (3.0 * here[b] - 4.0 * work[4, b] + work[2, b]) / step
            found = (4.0 * narrow - wide) / 3.0
            slope[b], slope[bins + b] = found, max(abs(narrow - wide), abs(above - found), abs(below - found))
        return True
    for sign in (1.0, -1.0):
        side = sign * step
        places = (2.0 * side, side, 0.5 * side)
        answered = True
        for n in range(3):
            answered = answered and _moved(numbers, plan, k, i, places[n], space, work[1 + n])
        if answered:
            for b in range(bins):
                wide = (4.0 * work[2, b] - 3.0 * here[b] - work[1, b]) / (2.0 * side)
                narrow = (4.0 * work[3, b] - 3.0 * here[b] - work[2, b]) / side
                slope[b], slope[bins + b] = (4.0 * narrow - wide) / 3.0, abs(narrow - wide)
            return True
    return False


@njit
def _controlled(numbers: Vector, plan: Offsets, k: int, i: int, space: Any, work: Any, slope: Vector) -> None:
    """Derivatives of the rates of the k-th search by the i-th parameter and their errors: the step shrinks
    while orders come closer.

    NaN where the parameter can be moved to neither side, or no step gives an error that is small enough.
    """
    row, parameters = row_of(plan, k), space[POINT]
    bins, blob, trial = row[BINS_OF], reals(row[BLOB]), np.empty(2 * row[BINS_OF])
    good = GOOD if _smooth(numbers, plan, k) else GOOD_OF_EVENTS
    relative = numbers[row[NUMBERS] + DIFFERENCE]
    step = relative * abs(parameters[i]) if parameters[i] != 0.0 else FROM_ZERO * blob[2 * i + 1]
    slope[: 2 * bins] = math.nan
    best = math.inf
    for _ in range(ROUNDS):
        if _two_orders(numbers, plan, k, i, step, space, work, trial):
            error, size = 0.0, 0.0
            for b in range(bins):
                error, size = error + trial[bins + b], size + abs(trial[b])
            if error >= best:
                break
            best = error
            slope[: 2 * bins] = trial
            if error <= good * size:
                break
        step /= SHRINK
    useless, reach = numbers[row[NUMBERS] + USELESS], parameters[i] if parameters[i] != 0.0 else blob[2 * i + 1]
    for b in range(bins):
        if not slope[bins + b] <= useless * max(abs(slope[b]), abs(work[0, b] / reach)):
            slope[b], slope[bins + b] = math.nan, math.nan


@entry
def value_and_slopes(
    numbers: Vector, plan: Offsets, parameters: Vector, out: Vector, status: Offsets, slopes: Vector, errors: Vector
) -> int:
    """As :func:`gloam.lookup.callables.joint.kernel`, and the derivatives of ln L by all parameters with their errors; NaN: no
    difference can be taken.
    """
    space = workspace(plan)
    code = values_at(numbers, plan, parameters, out, status, space)
    slopes[:], errors[:] = 0.0, 0.0
    if code != 0:
        slopes[:], errors[:] = math.nan, math.nan
        return code
    searches, count = plan[SEARCHES], integers(row_of(plan, 0)[PLAN])[RATE_PARAMETERS]
    here, point, widest = space[RATES].copy(), space[POINT].copy(), space[RATES].shape[1] // 2
    steps, quick, misses = np.empty(count), np.empty((count, searches, widest)), np.empty((searches, widest))
    _one_step_each(numbers, plan, count, here, status, steps, quick, space)
    verified = _verified(numbers, plan, count, here, status, steps, quick, misses, space)
    space[POINT][:] = point
    for k in range(searches):
        if status[k] != 0:
            continue
        row, slope = row_of(plan, k), space[SLOPE]
        bins, pulls = row[BINS_OF], row[PULLS]
        work, change = np.empty((5, 2 * bins)), np.empty(2 * bins)
        space[RATES][k], work[0] = here[k], here[k, : 2 * bins]
        log_likelihood(numbers, plan, k, space)
        for i in range(count):
            one = verified and steps[i] != 0.0 and _smooth(numbers, plan, k)
            if one and _trusted(point[i], steps[i], here[k], quick[i, k], misses[k], bins):
                for b in range(bins):
                    change[b], change[bins + b] = quick[i, k, b], misses[k, b] / steps[i]
            else:
                _controlled(numbers, plan, k, i, space, work, change)
            for b in range(bins):
                if slope[b] != 0.0:
                    slopes[i] += slope[b] * change[b]
                    errors[i] += abs(slope[b]) * change[bins + b]
        for j in range(pulls):
            if row[PULL_AT] >= 0:
                slopes[row[PULL_AT] + j] += slope[bins + j]
        if row[SIGNAL_AT] >= 0:
            slopes[row[SIGNAL_AT]] += slope[bins + pulls]
    return 0


@entry
def batch_slopes(numbers: Vector, plan: Offsets, points: Any, values: Vector, slopes: Any, codes: Offsets) -> None:
    """ln L and its derivatives at every row of ``points``; NaN without an answer, and its code."""
    out, status, errors = np.empty(1 + plan[SEARCHES]), np.empty(plan[SEARCHES], dtype=np.int64), np.empty(points.shape[1])
    for i in range(points.shape[0]):
        codes[i] = value_and_slopes(numbers, plan, points[i], out, status, slopes[i], errors)
        values[i] = out[0]
