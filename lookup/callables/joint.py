"""Compiled code of a likelihood: several searches of one model at a point, and signal nuisances.

The model is asked once for all searches (once more where some of them read decays and others do not).

What crosses the border to Python is one float64 and one int64 array. The second holds the addresses of the data of the rates,
so that no coefficient is copied; the likelihood that made them keeps them alive.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import DECAYS, LIMIT, MODEL_STATUS, SEARCH_STATUS, rates_of, slots_of, threshold
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import call
from gloam.lookup.vocabulary import SILENT, SLOTS
from gloam.tables.numerics.memory import integers, pointer, reals, shifted
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
NOT_ASKED = -1  # the model, for the searches of one kind
FIRST_STEP = 3e-4  # relative step of differences, the widest
DOUBLINGS, HALVINGS, PRECISE = 60, 80, 1e-13  # of the pull of a signal [sigma]
SLOT_COUNT = len(SLOTS)


# what a point needs of memory
POINT, SLOTS_OF, RATES, STATUS, PULLED, SLOPE, SPREAD = range(7)


@njit
def row_of(plan: Offsets, k: int) -> Offsets:
    """The part of the plan about the k-th search."""
    return plan[HEAD + k * ROW : HEAD + (k + 1) * ROW]


@njit
def workspace(plan: Offsets) -> Any:
    """Memory for a point: parameters; slots without and with decays; rates and errors, then status, per search (and, last, of the
    slots); pulls; slopes; spread.
    """
    count, widest, pulls = plan[SEARCHES], 1, 1
    for k in range(count):
        row = row_of(plan, k)
        widest, pulls = max(widest, row[BINS_OF]), max(pulls, row[PULLS])
    return (
        np.empty(plan[PARAMETERS]),
        np.empty((2, SLOT_COUNT)),
        np.empty((count, 2 * widest)),
        np.empty(count + 2, dtype=np.int64),
        np.empty(pulls),
        np.empty(widest + pulls + 1),
        np.empty(widest),
    )


@njit
def begin(plan: Offsets, space: Any) -> None:
    """Forget the slots of the model, for another ``space[POINT]``."""
    space[STATUS][plan[SEARCHES]], space[STATUS][plan[SEARCHES] + 1] = NOT_ASKED, NOT_ASKED


@njit
def observe(numbers: Vector, plan: Offsets, k: int, space: Any) -> int:
    """Rates and errors of the k-th search at ``space[POINT]``, over the excluded rate for a curve: their status, SILENT included.

    The rates are 0 where the coupling is: without signal a search has nothing to refuse. Slots that hold decays serve searches
    that read none, where the model has an answer.
    """
    parameters, slots, rates, statuses, coupling = space[POINT], space[SLOTS_OF], space[RATES], space[STATUS], plan[COUPLING]
    row, count, off = row_of(plan, k), plan[SEARCHES], coupling >= 0 and parameters[coupling] == 0.0
    blob, inner, bins, out = reals(row[BLOB]), integers(row[PLAN]), row[BINS_OF], rates[k]
    own = 1 if inner[DECAYS] != 0 or statuses[count + 1] == 0 else 0
    if off:
        parameters[coupling] = blob[2 * coupling]
    if statuses[count + own] == NOT_ASKED:
        statuses[count + own] = slots_of(blob, inner, pointer(parameters), shifted(slots, own * SLOT_COUNT), SLOT_COUNT)
    status = rates_of(blob, inner, shifted(slots, own * SLOT_COUNT), SLOT_COUNT, statuses[count + own], pointer(out))
    scale = numbers[row[NUMBERS] + SCALE]
    if status == 0 and row[CURVE] == 1 and inner[LIMIT] != 0:
        scale = threshold(carray(blob, row[BLOB_SIZE]), carray(inner, row[PLAN_SIZE]), slots[own])
        if math.isnan(scale):
            status = SEARCH_STATUS + SILENT
    if off:
        parameters[coupling] = 0.0
        if status >= MODEL_STATUS and status != SEARCH_STATUS + SILENT:
            status = 0
        if status == 0:
            out[: 2 * bins] = 0.0
    elif status == 0 and row[CURVE] == 1:
        for i in range(2 * bins):
            out[i] /= scale
    statuses[k] = status
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
def log_likelihood(numbers: Vector, plan: Offsets, k: int, space: Any) -> float:
    """ln L of the k-th search from ``space[RATES]``; ``space[SLOPE]`` by its rates, its own pulls and that of the signal."""
    row, parameters, slope = row_of(plan, k), space[POINT], space[SLOPE]
    bins, first, out, spread = row[BINS_OF], row[NUMBERS], space[RATES][k], space[SPREAD][: row[BINS_OF]]
    own = numbers[first + OWN : first + OWN + row[NUMBERS_SIZE]]
    rates, pulls, tables = out[:bins], space[PULLED][: row[PULLS]], numbers[first + TABLES] == 1.0
    for j in range(row[PULLS]):
        pulls[j] = parameters[row[PULL_AT] + j] if row[PULL_AT] >= 0 else math.nan
    slope[bins + row[PULLS]] = 0.0
    any_spread = numbers[first + RELATIVE] > 0.0
    for i in range(bins if tables or any_spread else 0):
        table = out[bins + i] / rates[i] if tables and rates[i] > 0.0 else 0.0
        spread[i] = math.hypot(numbers[first + RELATIVE], table)
        any_spread |= spread[i] > 0.0
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
def values_at(numbers: Vector, plan: Offsets, parameters: Vector, out: Vector, status: Offsets, space: Any) -> int:
    """:func:`kernel` in memory that was made before."""
    count = plan[SEARCHES]
    space[POINT][:] = parameters[: plan[PARAMETERS]]
    begin(plan, space)
    for k in range(count):
        observe(numbers, plan, k, space)
    out[0], wrong, silent = 0.0, 0, 0
    for k in range(count):
        status[k] = space[STATUS][k]
        out[1 + k] = math.nan
        if status[k] == 0:
            out[1 + k] = log_likelihood(numbers, plan, k, space) + 0.0  # never -0
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
def kernel(numbers: Vector, plan: Offsets, parameters: Vector, out: Vector, status: Offsets) -> int:
    """``out[0]`` = ln L, ``out[1 + k]`` that of the k-th search, ``status[k]`` its status; for your own compiled code.

    Returns 0; 1 + k of the first search without an answer (ln L is then NaN, the others are answered); -1 when no search has
    information; -2 when an array is too short, and nothing is written. A search without information counts 0.
    """
    if parameters.size < plan[PARAMETERS] or out.size < 1 + plan[SEARCHES] or status.size < plan[SEARCHES]:
        return TOO_SHORT
    return values_at(numbers, plan, parameters, out, status, workspace(plan))


@entry
def batch(numbers: Vector, plan: Offsets, points: Any, out: Any, status: Any, codes: Offsets) -> None:
    """:func:`kernel` of every row of ``points``."""
    if points.shape[1] < plan[PARAMETERS] or out.shape[1] < 1 + plan[SEARCHES] or status.shape[1] < plan[SEARCHES]:
        codes[:] = TOO_SHORT
        return
    space = workspace(plan)
    for i in range(points.shape[0]):
        codes[i] = values_at(numbers, plan, points[i], out[i], status[i], space)
