"""Second derivatives of a table: exact for the spline, differences of the closed-form slopes of its map and prefactor."""

from __future__ import annotations

import numpy as np
from gloam.lookup.interpolation.contraction import contraction
from gloam.lookup.interpolation.spline import AXES, SQUARE, contract_with, locate, position_slopes
from gloam.tables import layout
from gloam.tables.coordinates import prefactor, prefactor_slope
from gloam.tables.numerics.elementary import exp
from gloam.tables.numerics.memory import scratch
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

STEP = 1e-6  # of the differences, relative to the input [1]
_single, _several = contraction(2, single=True), contraction(2, single=False)


@njit
def _pair(i: int, j: int, dimensions: int) -> int:
    """Place of the second derivative (i, j) among the rows of the contraction."""
    first, second = min(i, j), max(i, j)
    return 1 + dimensions + first * dimensions - first * (first - 1) // 2 + second - first


@njit
def hessian_at(blob: Vector, block: int, x: Vector, work: Vector, rows: Vector, out: Vector) -> int:
    """Second derivatives (D, D, components) of the physical values with respect to the inputs ``x``; pointers.

    ``rows`` is scratch of (1 + D + D (D + 1)/2) components numbers. Returns 0, or 1 + i for a bad input i.
    """
    status = locate(blob, block, x, work)
    if status != 0:
        return status
    d, components = int(blob[block + layout.DIMENSIONS]), int(blob[block + layout.COMPONENTS])
    if components == 1:
        contract_with(_single, blob, block, work, 0, rows, 0, 1)
    else:
        contract_with(_several, blob, block, work, 0, rows, 0, components)
    name, parameters = int(blob[block + layout.PREFACTOR]), block + int(blob[block + layout.PARAMETERS])
    turn, up, down, moved = scratch(SQUARE), scratch(SQUARE), scratch(SQUARE), scratch(AXES)
    position_slopes(blob, block, x, turn)
    logarithmic = blob[block + layout.TRANSFORM] == 1.0
    for j in range(d):
        step = STEP * abs(x[j])
        for i in range(d):
            moved[i] = x[i]
        moved[j] = x[j] + step
        position_slopes(blob, block, moved, up)
        moved[j] = x[j] - step
        position_slopes(blob, block, moved, down)
        for c in range(components):
            spline = rows[c]
            factor = prefactor(name, blob, parameters, x, components, c) * (exp(spline) if logarithmic else 1.0)
            for i in range(d):
                slope_i, slope_j, second = 0.0, 0.0, 0.0
                for a in range(d):
                    slope = rows[(1 + a) * components + c]
                    slope_i += slope * turn[a * d + i]
                    slope_j += slope * turn[a * d + j]
                    if step > 0.0:
                        second += slope * (up[a * d + i] - down[a * d + i]) / (2.0 * step)
                    for b in range(d):
                        second += rows[_pair(a, b, d) * components + c] * turn[a * d + i] * turn[b * d + j]
                log_i = prefactor_slope(name, blob, parameters, x, components, c, i)
                log_j = prefactor_slope(name, blob, parameters, x, components, c, j)
                log_second = 0.0
                if name != 0 and step > 0.0:
                    moved[j] = x[j] + step
                    log_second += prefactor_slope(name, blob, parameters, moved, components, c, i) / (2.0 * step)
                    moved[j] = x[j] - step
                    log_second -= prefactor_slope(name, blob, parameters, moved, components, c, i) / (2.0 * step)
                if logarithmic:
                    total = second + log_second + (slope_i + log_i) * (slope_j + log_j)
                else:
                    total = second + slope_i * log_j + slope_j * log_i + spline * (log_second + log_i * log_j)
                out[(i * d + j) * components + c] = factor * total
    return 0
