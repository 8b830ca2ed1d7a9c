"""The plan of a bound rate, and the compiled code that follows it: model, then search, from one array of numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.interpolation.addresses import caller
from gloam.lookup.interpolation.arrays import (
    answer_arrays_alone,
    integers_of,
    is_row,
    is_whole_row,
    is_written_row,
    length,
    reals_of,
    spoil,
)
from gloam.lookup.interpolation.bounds import put_on_bounds
from gloam.lookup.interpolation.compiled import entry, lean_entry
from gloam.lookup.interpolation.scalars import float_of
from gloam.lookup.vocabulary import ALL_DECAYS, C_TAU, DECAYS_MET, NO_DECAYS, SLOTS
from gloam.tables.numerics.memory import integers, pointer, reals, scratch, shifted
from numba import carray, njit, types

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

_REALS, _INTEGERS = types.float64[::1], types.int64[::1]
QUANTITIES = types.int64(_REALS, _REALS, _REALS, _INTEGERS, _REALS)
PREDICT = types.int64(_REALS, _REALS, _REALS, _INTEGERS, _REALS, _REALS)
THRESHOLD = types.float64(_REALS, _REALS)
ANSWER_AT = types.int64(types.int64, types.int64, types.int64, types.int64)
MOST_PARAMETERS = 64  # of any model
FEW_NUMBERS = 64  # rates and errors of a search that are kept on the stack
SLOT_COUNT = len(SLOTS)

# layout of the plan: addresses, counts, then where the tables of both begin, counted from BASE; NUMBERS is the size of the blob,
# which holds the bounds of the parameters, the options of the model, and constants and options of the search
(
    MODEL,
    SEARCH,
    PARAMETERS,
    MODEL_OPTIONS,
    SEARCH_OPTIONS,
    MODEL_TABLES,
    SEARCH_TABLES,
    BINS,
    DECAYS,
    NUMBERS,
    LIMIT,
    BASE,  # lowest address of the tables
    SPAN,  # numbers from there to the end of the highest
    LIKELIHOOD_AT,  # place among the numbers of what a search that excludes by its likelihood needs, 0 for all others
    LIKELIHOOD_SIZE,
    FIRST,
) = range(16)
REFERENCE, PULLS, OWN = range(3)  # there: ln L without new physics, number of pulls, then the numbers of the statistic
PARAMETER_STATUS, MODEL_STATUS, SEARCH_STATUS = 10_000, 20_000, 30_000
TOO_SHORT, UNUSABLE = 9_999, 9_998  # an array given to `kernel`; one that it cannot read or write
NOT_FILLED = 9_997  # a search that leaves a rate or an error as it found it


_call_quantities = caller(QUANTITIES)
_call_predict = caller(PREDICT)
_call_threshold = caller(THRESHOLD)


@entry
def kernel(blob: Vector, plan: Offsets, parameters: Vector, out: Vector) -> int:
    """Rates per bin in ``out[0:bins]`` and their absolute error bounds in ``out[bins:2*bins]``.

    For your own compiled code: ``rate.kernel(*rate.data, parameters, out)`` with ``parameters`` in the order of
    ``rate.parameters``, both contiguous. Returns 0, or a status that :meth:`Rate.explain` turns into words; ``out`` is then NaN:
    TOO_SHORT when an array is shorter than it must be, UNUSABLE when one is not contiguous, of another type, or shares memory
    with ``out``, or when ``out`` is read-only (and stays as it is).
    """
    numbers, offsets = reals_of(blob), integers_of(plan)
    if not (is_row(blob) and is_whole_row(plan) and is_row(parameters) and is_written_row(out, parameters, blob)):
        spoil(True, out, blob)
        return UNUSABLE
    if (
        length(plan) < FIRST
        or length(blob) != offsets[NUMBERS]
        or length(parameters) < offsets[PARAMETERS]
        or length(out) < 2 * offsets[BINS]
    ):
        spoil(True, out, blob)
        return TOO_SHORT
    return _answer(numbers, offsets, reals_of(parameters), scratch(SLOT_COUNT), SLOT_COUNT, reals_of(out))


answer_arrays_alone(kernel, 4)


@entry
def evaluate(blob: Vector, plan: Offsets, parameters: Vector, slots: Vector, out: Vector) -> int:
    """As :func:`kernel`, and the quantities of the model in ``slots``, shape (len(SLOTS),), in a scan MEMO + MODEL_MEMO more."""
    if parameters.size < plan[PARAMETERS] or slots.size < SLOT_COUNT or out.size < 2 * plan[BINS]:
        return TOO_SHORT
    return _answer(pointer(blob), pointer(plan), pointer(parameters), pointer(slots), slots.size, pointer(out))


@entry
def threshold(blob: Vector, plan: Offsets, slots: Vector) -> float:
    """Rate above which a point is excluded, for a search that has a ``threshold`` of its own; NaN: no information."""
    options = shifted(blob, 2 * plan[PARAMETERS] + plan[MODEL_OPTIONS])
    return _call_threshold(plan[LIMIT], slots, carray(options, plan[SEARCH_OPTIONS]))


@njit
def _answer(blob: Vector, plan: Offsets, parameters: Vector, slots: Vector, size: int, out: Vector) -> int:
    """:func:`kernel` on pointers; the first SLOT_COUNT of the ``size`` numbers of ``slots`` are overwritten."""
    return rates_of(blob, plan, slots, size, slots_of(blob, plan, parameters, slots, size), out)


@njit
def slots_of(blob: Vector, plan: Offsets, parameters: Vector, slots: Vector, size: int) -> int:
    """Fill ``slots`` with what the search of this plan reads of its model: 0 or a status; all by pointers."""
    status = _allowed(blob, plan, parameters)
    if status != 0:
        moved = scratch(MOST_PARAMETERS)
        if put_on_bounds(blob, parameters, plan[PARAMETERS], moved):
            parameters, status = moved, 0
    if status == 0:
        slots[C_TAU] = DECAYS_MET if plan[DECAYS] else NO_DECAYS
        status = _quantities(blob, plan, parameters, slots, size)
    return status


@njit
def rates_of(blob: Vector, plan: Offsets, slots: Vector, size: int, status: int, out: Vector) -> int:
    """Rates and errors from ``slots`` that were filled with ``status``: the status of both, NaN unless it is 0."""
    bins = plan[BINS]
    for i in range(2 * bins):
        out[i] = math.nan
    if status == 0:
        options = shifted(blob, 2 * plan[PARAMETERS] + plan[MODEL_OPTIONS])
        offsets = shifted(plan, FIRST + plan[MODEL_TABLES])
        status = _call_predict(
            plan[SEARCH],
            carray(slots, size),
            carray(options, plan[SEARCH_OPTIONS]),
            carray(reals(plan[BASE]), plan[SPAN]),
            carray(offsets, plan[SEARCH_TABLES]),
            carray(out, bins),
            carray(shifted(out, bins), bins),
        )
        if status != 0:
            status += SEARCH_STATUS
        for i in range(2 * bins if status == 0 else 0):
            if math.isnan(out[i]):
                status = NOT_FILLED
        if status != 0:
            for i in range(2 * bins):
                out[i] = math.nan
    return status


@njit
def _allowed(blob: Vector, plan: Offsets, parameters: Vector) -> int:
    """0, or the status of the first parameter outside its bounds."""
    for i in range(plan[PARAMETERS]):
        if not (blob[2 * i] <= parameters[i] <= blob[2 * i + 1]):
            return PARAMETER_STATUS + i
    return 0


@njit
def _quantities(blob: Vector, plan: Offsets, parameters: Vector, slots: Vector, size: int) -> int:
    """Fill the model's ``slots``, ``size`` numbers: 0, or the status of a table that does not reach."""
    options = carray(shifted(blob, 2 * plan[PARAMETERS]), plan[MODEL_OPTIONS])
    offsets = carray(shifted(plan, FIRST), plan[MODEL_TABLES])
    status = _call_quantities(
        plan[MODEL],
        carray(parameters, plan[PARAMETERS]),
        options,
        carray(reals(plan[BASE]), plan[SPAN]),
        offsets,
        carray(slots, size),
    )
    return status + MODEL_STATUS if status != 0 else 0


@entry
def quantities_at(place: int, parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """The ``quantities`` of the model whose compiled code is at ``place``."""
    return _call_quantities(place, parameters, options, blob, offsets, slots)


@entry
def model_slots(blob: Vector, plan: Offsets, parameters: Vector, slots: Vector) -> int:
    if parameters.size < plan[PARAMETERS] or slots.size < SLOT_COUNT:
        return TOO_SHORT
    slots[C_TAU] = ALL_DECAYS
    point, moved = pointer(parameters), scratch(MOST_PARAMETERS)
    status = _allowed(pointer(blob), pointer(plan), point)
    if status != 0:
        if not put_on_bounds(pointer(blob), point, plan[PARAMETERS], moved):
            return status
        point = moved
    return _quantities(pointer(blob), pointer(plan), point, pointer(slots), SLOT_COUNT)


@lean_entry
def first_bin(blob: int, plan: int, values: tuple[Any, ...]) -> float:
    """Rate of the first bin; ``blob`` and ``plan`` are the addresses of a rate's data, ``values`` at most MOST_PARAMETERS
    :class:`Real`."""
    parameters, out, plan_of = scratch(MOST_PARAMETERS), scratch(FEW_NUMBERS), integers(plan)
    for i in range(len(values)):
        parameters[i] = float_of(values[i])
    if 2 * plan_of[BINS] > FEW_NUMBERS:
        return _first_of_many(reals(blob), plan_of, parameters)
    _answer(reals(blob), plan_of, parameters, scratch(SLOT_COUNT), SLOT_COUNT, out)
    return out[0]


@njit
def answer_at(blob: int, plan: int, parameters: int, out: int) -> int:
    """:func:`kernel` on the addresses of arrays of the right lengths, for other languages."""
    return _answer(reals(blob), integers(plan), reals(parameters), scratch(SLOT_COUNT), SLOT_COUNT, reals(out))


@njit(no_cpython_wrapper=True)
def _first_of_many(blob: Vector, plan: Offsets, parameters: Vector) -> float:
    """As :func:`first_bin`, for a search with more bins than the stack keeps."""
    out = np.empty(2 * plan[BINS])
    _answer(blob, plan, parameters, scratch(SLOT_COUNT), SLOT_COUNT, pointer(out))
    return out[0]


@entry
def batch(blob: Vector, plan: Offsets, parameters: Any, out: Any, status: Any) -> None:
    if parameters.shape[1] < plan[PARAMETERS] or out.shape[1] < 2 * plan[BINS] or out.shape[0] < parameters.shape[0]:
        status[:] = TOO_SHORT
        return
    for i in range(parameters.shape[0]):
        status[i] = _answer(
            pointer(blob),
            pointer(plan),
            shifted(pointer(parameters), i * parameters.shape[1]),
            scratch(SLOT_COUNT),
            SLOT_COUNT,
            shifted(pointer(out), i * out.shape[1]),
        )
