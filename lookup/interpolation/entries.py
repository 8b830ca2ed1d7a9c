"""Compiled entry points of a table: one point, one component, many points, derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.interpolation import spline
from gloam.lookup.interpolation.arrays import answer_arrays_alone, is_row, is_written_row, length, reals_of, spoil
from gloam.lookup.interpolation.batch import BLOCK, slopes_of_block, values_of_block
from gloam.lookup.interpolation.compiled import entry, lean_entry
from gloam.lookup.interpolation.curvature import hessian_at
from gloam.lookup.interpolation.scalars import float_of
from gloam.lookup.interpolation.spline import AXES, WORK
from gloam.tables import layout
from gloam.tables.numerics.memory import pointer, reals, scratch, shifted
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@njit
def at(blob: Vector, offset: int, x: Vector, out: Vector) -> int:
    """Physical values of all components at the inputs ``x``, inside your own compiled code.

    Parameters
    ----------
    blob : float64, 1-D
        A table's array (``table.blob``), or a longer one that holds it.
    offset : int
        Where the table begins in ``blob`` (``table.offset(label)``).
    x : float64, shape (inputs,), contiguous
        Physical inputs in the stated units.
    out : float64, shape (components,), contiguous
        Filled with the values; NaN when the answer is not 0.

    Returns
    -------
    int
        0, or 1 + i when input i is outside the box or not a number. -1 when no table begins at ``offset``, or when an array is
        shorter than it must be, not contiguous, of another type, or shares memory with ``out``, or when ``out`` is read-only (and
        stays as it is).
    """
    usable = is_row(blob) & is_row(x) & is_written_row(out, x, blob)
    status = _at(usable, reals_of(blob), length(blob), offset, (reals_of(x), length(x)), (reals_of(out), length(out)))
    spoil(status == -1, out, blob)
    return status


@njit
def _at(usable: bool, table: Vector, size: int, offset: int, x: tuple[Any, int], out: tuple[Any, int]) -> int:
    """:func:`at` of pointers with the numbers behind them, so that no reference to an array is counted."""
    if not (usable and _begins_at(table, size, offset)):
        return -1
    if x[1] < table[offset + layout.DIMENSIONS] or out[1] < table[offset + layout.COMPONENTS]:
        return -1
    row = out[0]
    status = spline.values_at(table, offset, x[0], scratch(WORK), row)
    if status != 0:
        for c in range(int(table[offset + layout.COMPONENTS])):
            row[c] = math.nan
    return status


answer_arrays_alone(at, 4, whole=(1,))


@njit
def _begins_at(blob: Vector, size: int, offset: int) -> bool:
    """Whether a table begins at ``offset`` of ``blob``, ``size`` numbers long: it lies inside, and its header fits itself."""
    return (
        0 <= offset <= size - layout.HEADER
        and layout.HEADER <= blob[offset + layout.SIZE] <= size - offset
        and blob[offset + layout.PARAMETERS] == layout.HEADER
        and 1.0 <= blob[offset + layout.DIMENSIONS] <= AXES
        and layout.HEADER <= blob[offset + layout.ERRORS] <= blob[offset + layout.COEFFICIENTS] <= blob[offset + layout.SIZE]
    )


@entry
def fill_values(blob: Vector, offset: int, x: Matrix, out: Matrix, error: Matrix) -> tuple[int, int, int]:
    """Fill values and, unless it is empty, absolute error bounds: (points outside, the first of them, its bad input)."""
    table, bad = pointer(blob), scratch(BLOCK)
    count, first, wrong = 0, -1, -1
    for start in range(0, x.shape[0], BLOCK):
        points = min(BLOCK, x.shape[0] - start)
        rows, bounds = shifted(out, start * out.shape[1]), shifted(error, start * error.shape[1])
        values_of_block(table, offset, shifted(x, start * x.shape[1]), points, rows, bounds, error.size > 0, bad)
        for p in range(points):
            if bad[p] != 0.0:
                if count == 0:
                    first, wrong = start + p, int(bad[p]) - 1
                count += 1
    return count, first, wrong


@entry
def fill_slopes(blob: Vector, offset: int, x: Matrix, out: Any) -> tuple[int, int, int]:
    """Values and derivatives ``out`` (points, 1 + D, components), NaN outside; returns as :func:`fill_values`."""
    table, bad, size = pointer(blob), scratch(BLOCK), out.shape[1] * out.shape[2]
    count, first, wrong = 0, -1, -1
    for start in range(0, x.shape[0], BLOCK):
        points = min(BLOCK, x.shape[0] - start)
        slopes_of_block(table, offset, shifted(x, start * x.shape[1]), points, shifted(out, start * size), bad)
        for p in range(points):
            if bad[p] != 0.0:
                if count == 0:
                    first, wrong = start + p, int(bad[p]) - 1
                count += 1
    return count, first, wrong


@entry
def fill_hessians(blob: Vector, offset: int, x: Matrix, out: Any) -> tuple[int, int, int]:
    """Second derivatives ``out`` (points, D, D, components), NaN outside; returns as :func:`fill_values`."""
    table, work, size = pointer(blob), scratch(WORK), out.shape[1] * out.shape[2] * out.shape[3]
    rows = np.empty((1 + x.shape[1] + out.shape[1] * (out.shape[1] + 1) // 2) * out.shape[3])
    count, first, wrong = 0, -1, -1
    for p in range(x.shape[0]):
        answer = shifted(out, p * size)
        status = hessian_at(table, offset, shifted(x, p * x.shape[1]), work, pointer(rows), answer)
        if status != 0:
            if count == 0:
                first, wrong = p, status - 1
            count += 1
            for c in range(size):
                answer[c] = math.nan
    rows[0] = 0.0  # keeps the array alive to here
    return count, first, wrong


@lean_entry
def fill_row(blob: int, offset: int, x: tuple[Any, ...], out: Vector) -> int:
    """All components at one point, a tuple of :class:`Real`; ``blob`` is the address of the table's array."""
    inputs = scratch(AXES)
    for i in range(len(x)):
        inputs[i] = float_of(x[i])
    return spline.values_at(reals(blob), offset, inputs, scratch(WORK), pointer(out))


@njit
def _one(blob: int, offset: int, component: int, x: tuple[Any, ...]) -> float:
    """One component; ``blob`` is the address of the table's array."""
    inputs, work, out = scratch(AXES), scratch(WORK), scratch(1)
    for i in range(len(x)):
        inputs[i] = float_of(x[i])
    if spline.value_at(reals(blob), offset, inputs, work, component, out) != 0:
        return math.nan
    return out[0]


@lean_entry
def _scalar1(blob: int, offset: int, component: int, a: Any) -> float:
    return _one(blob, offset, component, (a,))


@lean_entry
def _scalar2(blob: int, offset: int, component: int, a: Any, b: Any) -> float:
    return _one(blob, offset, component, (a, b))


@lean_entry
def _scalar3(blob: int, offset: int, component: int, a: Any, b: Any, c: Any) -> float:
    return _one(blob, offset, component, (a, b, c))


@lean_entry
def _scalar4(blob: int, offset: int, component: int, a: Any, b: Any, c: Any, d: Any) -> float:
    return _one(blob, offset, component, (a, b, c, d))


@lean_entry
def _scalar5(blob: int, offset: int, component: int, a: Any, b: Any, c: Any, d: Any, e: Any) -> float:
    return _one(blob, offset, component, (a, b, c, d, e))


SCALARS = (_scalar1, _scalar2, _scalar3, _scalar4, _scalar5)  # by the number of inputs; flat arguments are the leanest
