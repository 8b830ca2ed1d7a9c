"""Slow, plain twins of the compiled kernels, written to be read; tests hold the two together at 1e-12."""

from __future__ import annotations

import itertools

import numpy as np
from gloam.tables import layout

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def not_a_knot_coefficients(values: Array, axes: int) -> Array:
    """Uniform B-spline coefficients of ``values`` along its first ``axes`` dimensions.

    Shape (n_1, ..., n_axes, components) becomes (n_1 + 2, ..., n_axes + 2, components). The two conditions beyond
    interpolation are that the third derivative is continuous at the second and the last but one node
    (C. de Boor, A Practical Guide to Splines, chapter IV).
    """
    out = np.asarray(values, dtype=np.float64)
    for axis in range(axes):
        n = out.shape[axis]
        matrix = np.zeros((n + 2, n + 2))
        for i in range(n):
            matrix[i, i : i + 3] = (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0)
        matrix[n, :5] = matrix[n + 1, -5:] = (1.0, -4.0, 6.0, -4.0, 1.0)
        moved = np.moveaxis(out, axis, 0)
        right = np.concatenate([moved, np.zeros((2, *moved.shape[1:]))])
        solved = np.linalg.solve(matrix, right.reshape(n + 2, -1)).reshape(right.shape)
        out = np.moveaxis(solved, 0, axis)
    return np.ascontiguousarray(out)


def node_values(coefficients: Array, axes: int) -> Array:
    """Values of the splines at their nodes, the inverse of :func:`not_a_knot_coefficients`: sums (1, 4, 1)/6 of neighbours."""
    out = coefficients
    for axis in range(axes):
        c = np.moveaxis(out, axis, 0)
        out = np.moveaxis((c[:-2] + 4.0 * c[1:-1] + c[2:]) / 6.0, 0, axis)
    return np.ascontiguousarray(out)


def spline_value(blob: Array, block: int, box: Array, component: int) -> float:
    """Spline of one component at box coordinates ``box`` by the defining sum over 4^D coefficients."""
    dimensions = int(blob[block + layout.DIMENSIONS])
    cells, weights = [], []
    for i in range(dimensions):
        axis = block + layout.AXES + layout.AXIS_FIELDS * i
        position = (box[i] - blob[axis]) * blob[axis + layout.AXIS_INVERSE_STEP]
        cell = min(max(int(position), 0), int(blob[axis + layout.AXIS_CELLS]) - 1)
        t = position - cell
        cells.append(cell)
        weights.append(((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (3 * (1 - t) ** 3 - 6 * (1 - t) ** 2 + 4) / 6, t**3 / 6))
    total = 0.0
    for corner in itertools.product(range(4), repeat=dimensions):
        address = block + int(blob[block + layout.COEFFICIENTS]) + component
        weight = 1.0
        for i, j in enumerate(corner):
            weight *= weights[i][j]
            stride = int(blob[block + layout.AXES + layout.AXIS_FIELDS * i + layout.AXIS_STRIDE])
            address += (cells[i] + j) * stride
        total += weight * blob[address]
    return total
