"""Compiled code of a likelihood: several searches of one model at a point, signal nuisances, and slopes with their errors.

What crosses the border to Python is one float64 and one int64 array. The second holds the addresses of the data of the rates,
so that no coefficient is copied; the likelihood that made them keeps them alive.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import LIMIT, MODEL_STATUS, SEARCH_STATUS, evaluate, threshold
from gloam.lookup.callables.plan import PARAMETERS as RATE_PARAMETERS
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import call
from gloam.lookup.vocabulary import SILENT, SLOTS
from gloam.tables.numerics.memory import integers, reals
from numba import carray, njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

# head of the plan, then one row per search
SEARCHES, PARAMETERS, COUPLING, HEAD = range(4)  # COUPLING: the parameter whose 0 switches all off, below its range; or -1
(
    BLOB,
    BLOB_SIZE,
    PLAN,
    PLAN_SIZE,
    BINS_OF,
    STATISTIC,
    NUMBERS,  # place in the float64 array of the five numbers below
    NUMBERS_SIZE,  # of the statistic, behind these
    PULLS,
    PULL_AT,  # place of the first explicit pull of the statistic among the parameters, or -1: profiled
    SIGNAL_AT,  # the same of the pull of the signal
    CURVE,  # 1 where the rate is divided by what a published curve excludes
    ROW,
) = range(13)
# relative error of the signal, whether errors of tables count, the excluded rate, the step and the largest error of differences
RELATIVE, TABLES, SCALE, DIFFERENCE, USELESS, OWN = range(6)
NO_SEARCH_INFORMS = -1
TOO_SHORT = -2
ROUNDS, SHRINK, GOOD = 6, 8.0, 1e-7  # of differences: steps tried, their ratio, and the relative error that is enough
FIRST_STEP, FROM_ZERO = 3e-4, 1e-7  # relative step of a parameter; of one that is 0, over the end of its range
DOUBLINGS, HALVINGS, PRECISE = 60, 80, 1e-13  # of the pull of a signal [sigma]
SLOT_COUNT = len(SLOTS)


@njit
def _observe(row: Offsets, numbers: Vector, parameters: Vector, coupling: int, slots: Vector, out: Vector) -> int:
    """Rates and their errors of one search, over the excluded rate for a curve; its status, SILENT included.

    The rates are 0 where the coupling is: without signal a search has nothing to refuse.
    """
    blob, plan = carray(reals(row[BLOB]), row[BLOB_SIZE]), carray(integers(row[PLAN]), row[PLAN_SIZE])
    off = coupling >= 0 and parameters[coupling] == 0.0
    if off:
        parameters[coupling] = blob[2 * coupling]
    status = evaluate(blob, plan, parameters, slots, out)
    scale = numbers[row[NUMBERS] + SCALE]
    if status == 0 and row[CURVE] == 1 and plan[LIMIT] != 0:
        scale = threshold(blob, plan, slots)
        if math.isnan(scale):
            status = SEARCH_STATUS + SILENT
    if off:
        parameters[coupling] = 0.0
        if status >= MODEL_STATUS and status != SEARCH_STATUS + SILENT:
            status = 0
        if status == 0:
            out[:] = 0.0
    elif status == 0 and row[CURVE] == 1:
        for i in range(out.size):
            out[i] /= scale
    return status


@njit
def _shifted_value(where: int, rates: Vector, spread: Vector, pull: float, pulls: Vector, own: Vector, slope: Vector) -> Any:
    """ln L and its derivative by the pull of the signal, every rate times exp(spread x pull); ``slope`` is by these rates."""
    moved = rates * np.exp(spread * pull)
    value, change = call(where, moved, 1.0, pulls, own, slope), 0.0
    for i in range(rates.size):
        if moved[i] != 0.0:
            change += slope[i] * moved[i] * spread[i]
    return value, change


@njit
def _best_pull(where: int, rates: Vector, spread: Vector, pulls: Vector, own: Vector, slope: Vector) -> float:
    """The pull nearest to 0 with a maximum of ln L - pull^2/2."""
    start = _shifted_value(where, rates, spread, 0.0, pulls, own, slope)[1]
    if start == 0.0 or not math.isfinite(start):
        return 0.0
    side = 1.0 if start > 0.0 else -1.0
    low, high = 0.0, side * min(abs(start), 0.5)
    for _ in range(DOUBLINGS):
        if side * (_shifted_value(where, rates, spread, high, pulls, own, slope)[1] - high) <= 0.0:
            break
        low, high = high, high + side * abs(high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if side * (_shifted_value(where, rates, spread, middle, pulls, own, slope)[1] - middle) > 0.0:
            low = middle
        else:
            high = middle
        if abs(high - low) < PRECISE:
            break
    return 0.5 * (low + high)


@njit
def _log_likelihood(row: Offsets, numbers: Vector, parameters: Vector, out: Vector, slope: Vector) -> float:
    """ln L of one search from its rates and errors ``out``; ``slope`` by the rates, its own pulls and that of the signal."""
    bins, first = row[BINS_OF], row[NUMBERS]
    own = numbers[first + OWN : first + OWN + row[NUMBERS_SIZE]]
    rates, pulls = out[:bins], np.full(row[PULLS], math.nan)
    if row[PULL_AT] >= 0:
        pulls[:] = parameters[row[PULL_AT] : row[PULL_AT] + row[PULLS]]
    spread, any_spread = np.empty(bins), False
    for i in range(bins):
        table = out[bins + i] / rates[i] if numbers[first + TABLES] == 1.0 and rates[i] > 0.0 else 0.0
        spread[i] = math.hypot(numbers[first + RELATIVE], table)
        any_spread |= spread[i] > 0.0
    slope[bins + row[PULLS]] = 0.0
    if not any_spread:
        return call(row[STATISTIC], rates, 1.0, pulls, own, slope)
    if row[SIGNAL_AT] >= 0:
        pull = parameters[row[SIGNAL_AT]]
        value, change = _shifted_value(row[STATISTIC], rates, spread, pull, pulls, own, slope)
        slope[bins + row[PULLS]] = change
    else:
        pull = _best_pull(row[STATISTIC], rates, spread, pulls, own, slope)
        value = _shifted_value(row[STATISTIC], rates, spread, pull, pulls, own, slope)[0] - 0.5 * pull * pull
    for i in range(bins):
        slope[i] *= math.exp(spread[i] * pull)
    return value


@njit
def _row(plan: Offsets, k: int) -> Offsets:
    return plan[HEAD + k * ROW : HEAD + (k + 1) * ROW]


@entry
def kernel(numbers: Vector, plan: Offsets, parameters: Vector, out: Vector, status: Offsets) -> int:
    """``out[0]`` = ln L, ``out[1 + k]`` that of the k-th search, ``status[k]`` its status; for your own compiled code.

    Returns 0; 1 + k of the first search without an answer (ln L is then NaN, the others are answered); -1 when no search has
    information; -2 when an array is too short, and nothing is written. A search without information counts 0.
    """
    count = plan[SEARCHES]
    if parameters.size < plan[PARAMETERS] or out.size < 1 + count or status.size < count:
        return TOO_SHORT
    slots, point = np.empty(SLOT_COUNT), parameters.copy()  # of which a coupling may be moved for a moment
    out[0], wrong, silent = 0.0, 0, 0
    for k in range(count):
        row = _row(plan, k)
        work, slope = np.empty(2 * row[BINS_OF]), np.empty(row[BINS_OF] + row[PULLS] + 1)
        status[k] = _observe(row, numbers, point, plan[COUPLING], slots, work)
        out[1 + k] = math.nan
        if status[k] == 0:
            out[1 + k] = _log_likelihood(row, numbers, point, work, slope) + 0.0  # never -0
        elif status[k] == SEARCH_STATUS + SILENT:
            out[1 + k] = 0.0
            silent += 1
        elif wrong == 0:
            wrong = 1 + k
        out[0] += out[1 + k]
    if wrong == 0 and silent == count:
        out[0] = math.nan
        return NO_SEARCH_INFORMS
    return wrong


@entry
def batch(numbers: Vector, plan: Offsets, points: Any, out: Any, status: Any, codes: Offsets) -> None:
    """:func:`kernel` of every row of ``points``."""
    for i in range(points.shape[0]):
        codes[i] = kernel(numbers, plan, points[i], out[i], status[i])


@njit
def _moved(
    row: Offsets, numbers: Vector, parameters: Vector, coupling: int, i: int, step: float, slots: Vector, out: Vector
) -> bool:
    """Rates with the i-th parameter moved; False where there is no answer."""
    centre = parameters[i]
    parameters[i] = centre + step
    status = _observe(row, numbers, parameters, coupling, slots, out)
    parameters[i] = centre
    return status == 0


@njit
def _two_orders(
    row: Offsets,
    numbers: Vector,
    parameters: Vector,
    coupling: int,
    i: int,
    step: float,
    slots: Vector,
    work: Any,
    slope: Vector,
) -> bool:
    """Differences of steps ``step`` and half of it, combined, in ``slope[:bins]``, and their error behind it.

    The error is what both differ by and, so that a kink at the point itself is seen, what differences to one side differ by.
    """
    bins = row[BINS_OF]
    here = work[0]
    ends = (step, -step, 0.5 * step, -0.5 * step)
    central = True
    for k in range(4):
        central = central and _moved(row, numbers, parameters, coupling, i, ends[k], slots, work[1 + k])
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
        for k in range(3):
            answered = answered and _moved(row, numbers, parameters, coupling, i, places[k], slots, work[1 + k])
        if answered:
            for b in range(bins):
                wide = (4.0 * work[2, b] - 3.0 * here[b] - work[1, b]) / (2.0 * side)
                narrow = (4.0 * work[3, b] - 3.0 * here[b] - work[2, b]) / side
                slope[b], slope[bins + b] = (4.0 * narrow - wide) / 3.0, abs(narrow - wide)
            return True
    return False


@njit
def _controlled(
    row: Offsets, numbers: Vector, parameters: Vector, coupling: int, i: int, slots: Vector, work: Any, slope: Vector
) -> None:
    """Derivatives of the rates by the i-th parameter and their errors: the step shrinks while orders come closer.

    NaN where the parameter can be moved to neither side, or no step gives an error that is small enough.
    """
    bins, blob = row[BINS_OF], carray(reals(row[BLOB]), row[BLOB_SIZE])
    trial = np.empty(2 * bins)
    relative = numbers[row[NUMBERS] + DIFFERENCE]
    step = relative * abs(parameters[i]) if parameters[i] != 0.0 else FROM_ZERO * blob[2 * i + 1]
    slope[: 2 * bins] = math.nan
    best = math.inf
    for _ in range(ROUNDS):
        if _two_orders(row, numbers, parameters, coupling, i, step, slots, work, trial):
            error, size = 0.0, 0.0
            for b in range(bins):
                error, size = error + trial[bins + b], size + abs(trial[b])
            if error >= best:
                break
            best = error
            slope[: 2 * bins] = trial
            if error <= GOOD * size:
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
    """As :func:`kernel`, and the derivatives of ln L by all parameters with their errors; NaN: no difference can be taken."""
    code = kernel(numbers, plan, parameters, out, status)
    slopes[:], errors[:] = 0.0, 0.0
    if code != 0:
        slopes[:], errors[:] = math.nan, math.nan
        return code
    slots, point = np.empty(SLOT_COUNT), parameters.copy()
    for k in range(plan[SEARCHES]):
        if status[k] != 0:
            continue
        row = _row(plan, k)
        bins, pulls = row[BINS_OF], row[PULLS]
        work, slope, change = np.empty((5, 2 * bins)), np.empty(bins + pulls + 1), np.empty(2 * bins)
        _observe(row, numbers, point, plan[COUPLING], slots, work[0])
        _log_likelihood(row, numbers, point, work[0], slope)
        blob_plan = carray(integers(row[PLAN]), row[PLAN_SIZE])
        for i in range(blob_plan[RATE_PARAMETERS]):
            _controlled(row, numbers, point, plan[COUPLING], i, slots, work, change)
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
