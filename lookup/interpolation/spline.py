"""Tensor-product not-a-knot cubic B-spline on the flat block of :mod:`gloam.tables.layout`.

A query locates the cell and its weights once (:func:`locate`) and contracts the 4^D coefficients of any contiguous
range of components (:func:`contract`). ``work`` is a float64 scratch array of at least ``WORK`` numbers owned by the
caller: nothing is allocated per point and no state is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.interpolation.bounds import put_on_bounds
from gloam.lookup.interpolation.contraction import contraction
from gloam.tables import layout
from gloam.tables.coordinates import map_slopes, multiply_prefactor, prefactor, prefactor_slope, to_box
from gloam.tables.numerics.elementary import exp, exponentiate
from gloam.tables.numerics.memory import pointer, scratch, shifted
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FRACTIONS = layout.MAX_AXES  # box coordinates come first, then the fraction of a cell per axis
CELLS = FRACTIONS + layout.MAX_AXES
BASE = CELLS + layout.MAX_AXES
WORK = BASE + 1
AXES = layout.MAX_AXES
SQUARE = AXES**2
SINGLE, SEVERAL = contraction(0, single=True), contraction(0, single=False)
EDGE = 1e-9  # a point this close to the edge, in cells, is inside: rounding of the coordinate map [1]


@njit
def locate(blob: Vector, block: int, x: Vector, work: Vector) -> int:
    """Cell and fractions of the physical inputs ``x``: 0, or 1 + i when input i is outside or NaN."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    for i in range(dimensions):
        bound = block + layout.BOUNDS + 2 * i
        if not (blob[bound] <= x[i] <= blob[bound + 1]):
            return 1 + i
    to_box(int(blob[block + layout.COORDINATES]), blob, block + int(blob[block + layout.PARAMETERS]), x, dimensions, work)
    base = block + int(blob[block + layout.COEFFICIENTS])
    for i in range(dimensions):
        axis = block + layout.AXES + layout.AXIS_FIELDS * i
        cells = blob[axis + layout.AXIS_CELLS]
        position = (work[i] - blob[axis + layout.AXIS_LOW]) * blob[axis + layout.AXIS_INVERSE_STEP]
        if not (-EDGE <= position <= cells + EDGE):
            return 1 + i
        cell = float(int(min(max(position, 0.0), cells - 1.0)))
        work[FRACTIONS + i] = position - cell
        work[CELLS + i] = cell
        base += int(cell * blob[axis + layout.AXIS_STRIDE])
    work[BASE] = base
    return 0


@njit
def locate_or_move(blob: Vector, block: int, x: Vector, work: Vector, moved: Vector) -> tuple[int, Any]:
    """As :func:`locate`, and a pointer to the inputs: ``x``, or ``moved`` where these missed bounds by rounding."""
    inputs, status = pointer(x), 0
    for _ in range(2):
        status = locate(blob, block, inputs, work)
        if status == 0:
            break
        bounds, count = shifted(blob, block + layout.BOUNDS), int(blob[block + layout.DIMENSIONS])
        if not put_on_bounds(bounds, inputs, count, moved):
            break
        inputs = moved
    return status, inputs


@njit
def contract_with(kernel: Any, blob: Vector, block: int, work: Vector, first: int, out: Vector, start: int, count: int) -> None:
    """Call ``kernel`` with the strides and the fractions of as many axes as the table has."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    begin = int(work[BASE]) + first
    stride = block + layout.AXES + layout.AXIS_STRIDE
    s0, t0 = int(blob[stride]), work[FRACTIONS]
    if dimensions == 1:
        kernel(blob, begin, (s0,), (t0,), out, start, count)
        return
    s1, t1 = int(blob[stride + layout.AXIS_FIELDS]), work[FRACTIONS + 1]
    if dimensions == 2:
        kernel(blob, begin, (s0, s1), (t0, t1), out, start, count)
        return
    s2, t2 = int(blob[stride + 2 * layout.AXIS_FIELDS]), work[FRACTIONS + 2]
    if dimensions == 3:
        kernel(blob, begin, (s0, s1, s2), (t0, t1, t2), out, start, count)
        return
    s3, t3 = int(blob[stride + 3 * layout.AXIS_FIELDS]), work[FRACTIONS + 3]
    if dimensions == 4:
        kernel(blob, begin, (s0, s1, s2, s3), (t0, t1, t2, t3), out, start, count)
        return
    s4, t4 = int(blob[stride + 4 * layout.AXIS_FIELDS]), work[FRACTIONS + 4]
    kernel(blob, begin, (s0, s1, s2, s3, s4), (t0, t1, t2, t3, t4), out, start, count)


@njit
def contract(blob: Vector, block: int, work: Vector, first: int, out: Vector, start: int, count: int) -> None:
    """Spline values of ``count`` components from ``first`` on at the located point, into ``out`` from ``start`` on."""
    if blob[block + layout.COMPONENTS] == 1.0:
        contract_with(SINGLE, blob, block, work, first, out, start, count)
    else:
        contract_with(SEVERAL, blob, block, work, first, out, start, count)


@njit
def values_at(blob: Vector, block: int, x: Vector, work: Vector, out: Vector) -> int:
    """Physical values of all components at ``x`` (float64[D]) into ``out``: 0, or 1 + i for a bad input i."""
    status, x = locate_or_move(blob, block, x, work, scratch(AXES))
    if status != 0:
        return status
    components = int(blob[block + layout.COMPONENTS])
    contract(blob, block, work, 0, out, 0, components)
    if blob[block + layout.TRANSFORM] == 1.0:
        exponentiate(out, 0, components)
    name = int(blob[block + layout.PREFACTOR])
    multiply_prefactor(name, blob, block + int(blob[block + layout.PARAMETERS]), x, components, out)
    return 0


@njit
def value_at(blob: Vector, block: int, x: Vector, work: Vector, component: int, out: Vector) -> int:
    """Physical value of one component at ``x`` into ``out[0]``: 0, or 1 + i for a bad input i."""
    status, x = locate_or_move(blob, block, x, work, scratch(AXES))
    if status != 0:
        return status
    contract(blob, block, work, component, out, 0, 1)
    if blob[block + layout.TRANSFORM] == 1.0:
        out[0] = exp(out[0])
    components = int(blob[block + layout.COMPONENTS])
    name, parameters = int(blob[block + layout.PREFACTOR]), block + int(blob[block + layout.PARAMETERS])
    out[0] *= prefactor(name, blob, parameters, x, components, component)
    return 0


@njit
def position_slopes(blob: Vector, block: int, x: Vector, turn: Vector) -> None:
    """d position_a / d x_i at turn[a D + i], positions in cells."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    parameters = block + int(blob[block + layout.PARAMETERS])
    map_slopes(int(blob[block + layout.COORDINATES]), blob, parameters, x, dimensions, turn)
    for a in range(dimensions):
        inverse = blob[block + layout.AXES + layout.AXIS_FIELDS * a + layout.AXIS_INVERSE_STEP]
        for i in range(dimensions):
            turn[a * dimensions + i] *= inverse


@njit
def chain_rule(blob: Vector, block: int, x: Vector, out: Vector) -> None:
    """Turn spline values and their derivatives per cell, ``out`` (1 + D, components), into physical ones at ``x``."""
    dimensions, components = int(blob[block + layout.DIMENSIONS]), int(blob[block + layout.COMPONENTS])
    name, parameters = int(blob[block + layout.PREFACTOR]), block + int(blob[block + layout.PARAMETERS])
    turn, slopes = scratch(SQUARE), scratch(AXES)
    position_slopes(blob, block, x, turn)
    logarithmic = blob[block + layout.TRANSFORM] == 1.0
    for c in range(components):
        for i in range(dimensions):
            slopes[i] = out[(1 + i) * components + c]
        spline = out[c]
        factor = exp(spline) if logarithmic else 1.0
        if name != 0:
            factor *= prefactor(name, blob, parameters, x, components, c)
        for j in range(dimensions):
            slope = 0.0
            for i in range(dimensions):
                slope += slopes[i] * turn[i * dimensions + j]
            if name != 0:
                relative = prefactor_slope(name, blob, parameters, x, components, c, j)
                slope += relative if logarithmic else spline * relative
            out[(1 + j) * components + c] = factor * slope
        out[c] = factor if logarithmic else factor * spline


@njit
def error_address(blob: Vector, block: int, work: Vector) -> int:
    """Where in ``blob`` the error bounds of the located region begin, one per component."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    address = block + int(blob[block + layout.ERRORS])
    for i in range(dimensions):
        axis = block + layout.AXES + layout.AXIS_FIELDS * i
        regions = int(blob[axis + layout.AXIS_REGIONS])
        cells = int(blob[axis + layout.AXIS_CELLS])
        region = int(work[CELLS + i]) * regions // cells
        address += region * int(blob[axis + layout.AXIS_ERROR_STRIDE])
    return address


@njit
def error_of(blob: Vector, block: int, work: Vector, component: int) -> float:
    """Bound of the interpolation error of one component in the located region (relative for log tables)."""
    return blob[error_address(blob, block, work) + component]
