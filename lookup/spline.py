"""Tensor-product not-a-knot cubic B-spline on the flat block of :mod:`gloam.tables.layout`.

A query locates the cell and its weights once (:func:`locate`) and contracts the 4^D coefficients of any contiguous
range of components (:func:`contract`). ``work`` is a float64 scratch array of at least ``WORK`` numbers owned by the
caller: nothing is allocated per point and no state is kept.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables import layout
from gloam.tables.coordinates import prefactor, to_box
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

WEIGHTS = layout.MAX_AXES  # box coordinates come first, then 4 weights per axis
CELLS = WEIGHTS + 4 * layout.MAX_AXES
BASE = CELLS + layout.MAX_AXES
WORK = BASE + 1
EDGE = 1e-9  # a point this close to the edge, in cells, is inside: rounding of the coordinate map [1]


@njit(inline="always")
def cubic_weights(t: float, work: Vector, start: int) -> None:
    """Uniform cubic B-spline weights at the fraction t of a cell [1]."""
    s = 1.0 - t
    work[start] = s * s * s / 6.0
    work[start + 1] = (t * t * (3.0 * t - 6.0) + 4.0) / 6.0
    work[start + 2] = (s * s * (3.0 * s - 6.0) + 4.0) / 6.0
    work[start + 3] = t * t * t / 6.0


@njit(inline="always")
def slope_weights(t: float, scale: float, work: Vector, start: int) -> None:
    """Derivatives of :func:`cubic_weights`, times ``scale`` (the inverse step)."""
    s = 1.0 - t
    work[start] = -0.5 * s * s * scale
    work[start + 1] = 0.5 * t * (3.0 * t - 4.0) * scale
    work[start + 2] = -0.5 * s * (3.0 * s - 4.0) * scale
    work[start + 3] = 0.5 * t * t * scale


@njit
def locate(blob: Vector, block: int, x: Vector, work: Vector) -> int:
    """Cell and weights of the physical inputs ``x``: 0, or 1 + i when input i is outside or NaN."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    for i in range(dimensions):
        bound = block + layout.BOUNDS + 2 * i
        if not (blob[bound] <= x[i] <= blob[bound + 1]):
            return 1 + i
    to_box(int(blob[block + layout.COORDINATES]), blob, block + int(blob[block + layout.PARAMETERS]),
           x[:dimensions], work)
    base = block + int(blob[block + layout.COEFFICIENTS])
    for i in range(dimensions):
        axis = block + layout.AXES + layout.AXIS_FIELDS * i
        cells = int(blob[axis + layout.AXIS_CELLS])
        position = (work[i] - blob[axis + layout.AXIS_LOW]) * blob[axis + layout.AXIS_INVERSE_STEP]
        if not (-EDGE <= position <= cells + EDGE):
            return 1 + i
        cell = min(max(int(position), 0), cells - 1)
        cubic_weights(position - cell, work, WEIGHTS + 4 * i)
        work[CELLS + i] = cell
        base += cell * int(blob[axis + layout.AXIS_STRIDE])
    work[BASE] = base
    return 0


@njit(fastmath={"contract", "reassoc", "nsz"})
def contract(blob: Vector, block: int, work: Vector, first: int, out: Vector) -> None:
    """Spline values of the components first, first+1, ... (``out.size`` of them) at the located point."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    components = int(blob[block + layout.COMPONENTS])
    count = out.size
    last = WEIGHTS + 4 * (dimensions - 1)
    for c in range(count):
        out[c] = 0.0
    for row in range(4 ** (dimensions - 1)):
        weight = 1.0
        address = int(work[BASE]) + first
        digits = row
        for i in range(dimensions - 1):
            digit = digits & 3
            digits >>= 2
            weight *= work[WEIGHTS + 4 * i + digit]
            axis = block + layout.AXES + layout.AXIS_FIELDS * i
            address += digit * int(blob[axis + layout.AXIS_STRIDE])
        for j in range(4):
            factor = weight * work[last + j]
            at = address + j * components
            for c in range(count):
                out[c] += factor * blob[at + c]


@njit
def values_at(blob: Vector, block: int, x: Vector, work: Vector, out: Vector) -> int:
    """Physical values of all components at ``x`` (float64[D]) into ``out``: 0, or 1 + i for a bad input i."""
    status = locate(blob, block, x, work)
    if status != 0:
        return status
    dimensions = int(blob[block + layout.DIMENSIONS])
    components = int(blob[block + layout.COMPONENTS])
    contract(blob, block, work, 0, out[:components])
    name = int(blob[block + layout.PREFACTOR])
    if blob[block + layout.TRANSFORM] == 1.0:
        for c in range(components):
            out[c] = math.exp(out[c])
    if name != 0:
        scale = np.empty(components)
        prefactor(name, blob, block + int(blob[block + layout.PARAMETERS]), x[:dimensions], scale)
        for c in range(components):
            out[c] *= scale[c]
    return 0


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
