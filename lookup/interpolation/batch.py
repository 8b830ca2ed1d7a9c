"""Many points of one table at once, in blocks: coordinates, cells, sums and transforms each in a loop of its own.

A block of inputs lies axis by axis on the stack, so that the logarithms, the cells and the exponentials of
neighbouring points share vector instructions; the sums are those of ``spline``, bit for bit. No state,
nothing on the heap.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.interpolation.contraction import contraction
from gloam.lookup.interpolation.spline import AXES, CELLS, EDGE, SEVERAL, SINGLE, WORK, chain_rule, error_address
from gloam.tables import layout
from gloam.tables.coordinates import (
    FLUX,
    FLUX_MEDIATOR,
    FLUX_SCALE,
    LINEAR,
    LOG,
    MASS,
    MASS_MEDIATOR,
    MASS_SCALE,
    multiply_prefactor,
    to_box,
)
from gloam.tables.numerics.elementary import exp, exponentiate, log
from gloam.tables.numerics.memory import scratch, shifted
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

BLOCK = 64  # points
COLUMNS = BLOCK * AXES
ROUND = 2.0**52  # adding and taking it away rounds a number in [0, 2^51] to the nearest integer

_single_slopes, _several_slopes = contraction(1, single=True), contraction(1, single=False)


@njit
def _gather(blob: Vector, block: int, x: Vector, points: int, columns: Vector, bad: Vector) -> None:
    """Copy ``points`` rows of inputs into columns; bad[p] = 0, or 1 + the first input outside its bounds."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    for p in range(points):
        bad[p] = 0.0
    for i in range(dimensions - 1, -1, -1):
        low, high = blob[block + layout.BOUNDS + 2 * i], blob[block + layout.BOUNDS + 2 * i + 1]
        for p in range(points):
            value = x[p * dimensions + i]
            columns[i * BLOCK + p] = value
            bad[p] = bad[p] if low <= value <= high else 1.0 + i


@njit
def _boxes(blob: Vector, block: int, points: int, columns: Vector, bad: Vector) -> None:
    """Replace the inputs in ``columns`` by their box coordinates, as :func:`gloam.tables.coordinates.to_box` does."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    name = int(blob[block + layout.COORDINATES])
    if name == LINEAR:
        return
    mass = name == MASS or name == MASS_MEDIATOR
    if name == LOG or mass or name == FLUX or name == FLUX_MEDIATOR:
        scale = math.inf if name == LOG else (MASS_SCALE if mass else FLUX_SCALE)
        for p in range(points):
            columns[p] = log(columns[p]) + columns[p] / scale
        for i in range(1, dimensions):
            for p in range(points):
                columns[i * BLOCK + p] = log(columns[i * BLOCK + p])
        return
    parameters = block + int(blob[block + layout.PARAMETERS])
    inputs, box = scratch(AXES), scratch(AXES)
    for p in range(points):
        for i in range(dimensions):
            inputs[i] = columns[i * BLOCK + p]
            box[i] = inputs[i]
        if bad[p] == 0.0:
            to_box(name, blob, parameters, inputs, dimensions, box)
        for i in range(dimensions):
            columns[i * BLOCK + p] = box[i]


@njit
def _cells(blob: Vector, block: int, points: int, columns: Vector, begins: Vector, cells: Vector, bad: Vector) -> None:
    """Replace box coordinates by fractions of a cell; ``begins`` [doubles] and ``cells`` say which. Bad points get cell 0."""
    for p in range(points):
        begins[p] = block + blob[block + layout.COEFFICIENTS]
    for i in range(int(blob[block + layout.DIMENSIONS])):
        axis = block + layout.AXES + layout.AXIS_FIELDS * i
        low, inverse = blob[axis + layout.AXIS_LOW], blob[axis + layout.AXIS_INVERSE_STEP]
        count, stride = blob[axis + layout.AXIS_CELLS], blob[axis + layout.AXIS_STRIDE]
        for p in range(points):
            position = (columns[i * BLOCK + p] - low) * inverse
            inside = -EDGE <= position <= count + EDGE
            bad[p] = 1.0 + i if (not inside and bad[p] == 0.0) else bad[p]
            position = position if bad[p] == 0.0 else 0.0
            cell = min(max(position, 0.0), count - 1.0)
            below = (cell + ROUND) - ROUND
            cell = below - 1.0 if below > cell else below
            columns[i * BLOCK + p] = position - cell
            cells[i * BLOCK + p] = cell
            begins[p] += cell * stride


@njit
def _sums(
    kernel: Any, blob: Vector, block: int, points: int, begins: Vector, t: Vector, components: int, rows: int, out: Vector
) -> None:
    """Contract every point of a block; ``rows`` are those of ``out`` for one point (value, then derivatives)."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    stride, size = block + layout.AXES + layout.AXIS_STRIDE, rows * components
    s0 = int(blob[stride])
    if dimensions == 1:
        for p in range(points):
            kernel(blob, int(begins[p]), (s0,), (t[p],), out, p * size, components)
        return
    s1 = int(blob[stride + layout.AXIS_FIELDS])
    if dimensions == 2:
        for p in range(points):
            kernel(blob, int(begins[p]), (s0, s1), (t[p], t[BLOCK + p]), out, p * size, components)
        return
    s2 = int(blob[stride + 2 * layout.AXIS_FIELDS])
    if dimensions == 3:
        for p in range(points):
            three = (t[p], t[BLOCK + p], t[2 * BLOCK + p])
            kernel(blob, int(begins[p]), (s0, s1, s2), three, out, p * size, components)
        return
    s3 = int(blob[stride + 3 * layout.AXIS_FIELDS])
    if dimensions == 4:
        for p in range(points):
            four = (t[p], t[BLOCK + p], t[2 * BLOCK + p], t[3 * BLOCK + p])
            kernel(blob, int(begins[p]), (s0, s1, s2, s3), four, out, p * size, components)
        return
    s4 = int(blob[stride + 4 * layout.AXIS_FIELDS])
    for p in range(points):
        five = (t[p], t[BLOCK + p], t[2 * BLOCK + p], t[3 * BLOCK + p], t[4 * BLOCK + p])
        kernel(blob, int(begins[p]), (s0, s1, s2, s3, s4), five, out, p * size, components)


@njit
def _errors(blob: Vector, block: int, points: int, cells: Vector, bad: Vector, out: Vector, error: Vector) -> None:
    """Absolute error bounds of the values ``out`` of a block."""
    work, components = scratch(WORK), int(blob[block + layout.COMPONENTS])
    relative = blob[block + layout.TRANSFORM] == 1.0
    for p in range(points):
        for i in range(int(blob[block + layout.DIMENSIONS])):
            work[CELLS + i] = cells[i * BLOCK + p]
        bounds = error_address(blob, block, work)
        for c in range(components):
            scale = abs(out[p * components + c]) if relative else 1.0
            error[p * components + c] = blob[bounds + c] * scale if bad[p] == 0.0 else math.nan


@njit
def values_of_block(
    blob: Vector, block: int, x: Vector, points: int, out: Vector, error: Vector, with_error: bool, bad: Vector
) -> None:
    """Values (points, components) of up to BLOCK rows of inputs, all pointers; NaN where bad[p] is 1 + a bad input."""
    columns, cells, begins = scratch(COLUMNS), scratch(COLUMNS), scratch(BLOCK)
    dimensions, components = int(blob[block + layout.DIMENSIONS]), int(blob[block + layout.COMPONENTS])
    _gather(blob, block, x, points, columns, bad)
    _boxes(blob, block, points, columns, bad)
    _cells(blob, block, points, columns, begins, cells, bad)
    if components == 1:
        _sums(SINGLE, blob, block, points, begins, columns, 1, 1, out)
    else:
        _sums(SEVERAL, blob, block, points, begins, columns, components, 1, out)
    if blob[block + layout.TRANSFORM] == 1.0:
        exponentiate(out, 0, points * components)
    name, parameters = int(blob[block + layout.PREFACTOR]), block + int(blob[block + layout.PARAMETERS])
    for p in range(points):
        row = shifted(out, p * components)
        if bad[p] != 0.0:
            for c in range(components):
                row[c] = math.nan
        elif name != 0:
            multiply_prefactor(name, blob, parameters, shifted(x, p * dimensions), components, row)
    if with_error:
        _errors(blob, block, points, cells, bad, out, error)


@njit
def slopes_of_block(blob: Vector, block: int, x: Vector, points: int, out: Vector, bad: Vector) -> None:
    """Values and derivatives (points, 1 + D, components) of up to BLOCK rows of inputs, as :func:`values_of_block`."""
    columns, cells, begins = scratch(COLUMNS), scratch(COLUMNS), scratch(BLOCK)
    dimensions, components = int(blob[block + layout.DIMENSIONS]), int(blob[block + layout.COMPONENTS])
    _gather(blob, block, x, points, columns, bad)
    _boxes(blob, block, points, columns, bad)
    _cells(blob, block, points, columns, begins, cells, bad)
    size = (1 + dimensions) * components
    if components == 1:
        _sums(_single_slopes, blob, block, points, begins, columns, 1, 1 + dimensions, out)
    else:
        _sums(_several_slopes, blob, block, points, begins, columns, components, 1 + dimensions, out)
    simple = blob[block + layout.PREFACTOR] == 0.0 and _turns(blob, block, x, points, columns)
    relative = blob[block + layout.TRANSFORM] == 1.0
    for p in range(points):
        row = shifted(out, p * size)
        if bad[p] != 0.0:
            for c in range(size):
                row[c] = math.nan
        elif simple:
            for c in range(components):
                value = exp(row[c]) if relative else row[c]
                for i in range(dimensions):
                    row[(1 + i) * components + c] *= columns[i * BLOCK + p] * (value if relative else 1.0)
                row[c] = value
        else:
            chain_rule(blob, block, shifted(x, p * dimensions), row)


@njit
def _turns(blob: Vector, block: int, x: Vector, points: int, columns: Vector) -> bool:
    """Write d position_i / d x_i, positions in cells, for maps that take every input by itself; else return False."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    name = int(blob[block + layout.COORDINATES])
    mass = name == MASS or name == MASS_MEDIATOR
    if not (name == LINEAR or name == LOG or mass or name == FLUX or name == FLUX_MEDIATOR):
        return False
    for i in range(dimensions):
        inverse = blob[block + layout.AXES + layout.AXIS_FIELDS * i + layout.AXIS_INVERSE_STEP]
        shift = 1.0 / (MASS_SCALE if mass else FLUX_SCALE) if i == 0 and name != LOG else 0.0
        for p in range(points):
            columns[i * BLOCK + p] = inverse * (1.0 if name == LINEAR else 1.0 / x[p * dimensions + i] + shift)
    return True
