"""Mapped Gauss-Legendre quadrature over Q = Q^2 of a vector integrand with form factor and propagator.

The variable is v = ln(Q + shift) where a propagator varies, then steps linear in q = sqrt(Q) where a nuclear form factor
oscillates. A panel is compared with the sum of its halves; each half is halved again until they agree. An integrand is a
compiled function ``integrand(q2, numbers, data, values)`` that fills ``values`` (float64[n]); it must be smooth inside the
range: integrals over a function with kinks end at them. An integral that does not converge is NaN, which the builder
refuses by table, component and point.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.tables.numerics.quadrature import gauss_legendre
from gloam.tables.physics.nuclei.formfactors import NUCLEUS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NODES, WEIGHTS = gauss_legendre(6)
SHIFT = 0.2  # [GeV^2] largest shift of the logarithmic variable: the scale of the nucleon form factor
MOST_HALVINGS = 24  # of one panel


@njit
def panel_point(low: float, high: float, linear: bool, shift: float, fraction: float) -> float:
    """Q [GeV^2] at a fraction of the panel, in the panel's variable."""
    if linear:
        return (math.sqrt(low) + (math.sqrt(high) - math.sqrt(low)) * fraction) ** 2
    return low + (low + shift) * math.expm1(math.log1p((high - low) / (low + shift)) * fraction)


@njit
def add_panel(
    integrand: Any, low: float, high: float, linear: bool, shift: float, numbers: Vector, data: Vector, out: Vector
) -> None:
    """Add one Gauss panel between two values of Q [GeV^2] to ``out``."""
    values = np.empty(out.size)
    width = math.sqrt(high) - math.sqrt(low) if linear else math.log1p((high - low) / (low + shift))
    for i in range(NODES.size):
        q2 = panel_point(low, high, linear, shift, NODES[i])
        integrand(q2, numbers, data, values)
        factor = WEIGHTS[i] * width * (2.0 * math.sqrt(q2) if linear else q2 + shift)
        for k in range(out.size):
            out[k] += factor * values[k]


@njit
def add_converged(
    integrand: Any,
    low: float,
    high: float,
    linear: bool,
    shift: float,
    tolerance: float,
    numbers: Vector,
    data: Vector,
    out: Vector,
) -> bool:
    """Add a panel, halved wherever a piece and its halves differ by more than ``tolerance`` of the integral so far.

    Returns False, with ``out`` unfinished, where ``MOST_HALVINGS`` are not enough.
    """
    whole, left, right = np.zeros((MOST_HALVINGS + 1, out.size)), np.empty(out.size), np.empty(out.size)
    ends, halvings = np.empty(MOST_HALVINGS + 1), np.empty(MOST_HALVINGS + 1, dtype=np.int64)
    add_panel(integrand, low, high, linear, shift, numbers, data, whole[0])
    start, waiting, ends[0], halvings[0] = low, 0, high, 0
    while waiting >= 0:
        stop = ends[waiting]
        middle = panel_point(start, stop, linear, shift, 0.5)
        left[:] = 0.0
        right[:] = 0.0
        add_panel(integrand, start, middle, linear, shift, numbers, data, left)
        add_panel(integrand, middle, stop, linear, shift, numbers, data, right)
        agree = True
        for k in range(out.size):
            both = left[k] + right[k]
            agree = agree and abs(both - whole[waiting, k]) <= tolerance * (abs(out[k]) + abs(both))
        if agree:
            out += left + right
            start = stop
            waiting -= 1
        elif halvings[waiting] == MOST_HALVINGS:
            return False
        else:
            halvings[waiting] += 1
            halvings[waiting + 1] = halvings[waiting]
            whole[waiting], whole[waiting + 1] = right, left
            ends[waiting + 1] = middle
            waiting += 1
    return True


@njit
def add_integral(
    integrand: Any,
    low: float,
    high: float,
    shift: float,
    shape: Vector,
    tolerance: float,
    numbers: Vector,
    data: Vector,
    out: Vector,
) -> None:
    """Add the integral over low <= Q <= high [GeV^2] of ``integrand`` to ``out``; ``shape`` is the form factor inside.

    ``out`` is NaN where the integral does not converge.
    """
    nuclear = int(shape[0]) == NUCLEUS
    end = min(high, (0.6 / shape[1]) ** 2) if nuclear else high
    start, converged = low, True
    while start < end and converged:
        stop = min((start + shift) * math.e - shift, end)
        if end - stop < 1e-12 * end:
            stop = end
        converged = add_converged(integrand, start, stop, False, shift, tolerance, numbers, data, out)
        start = stop
    if nuclear and high > start:
        root = math.sqrt(start)
        panels = math.ceil((math.sqrt(high) - root) * shape[1] / 2.0)
        width = (math.sqrt(high) - root) / panels
        for j in range(panels):
            stop = high if j == panels - 1 else (root + width * (j + 1)) ** 2
            converged = converged and add_converged(integrand, start, stop, True, shift, tolerance, numbers, data, out)
            start = stop
    if not converged:
        out[:] = math.nan
