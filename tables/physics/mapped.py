"""Mapped Gauss-Legendre quadrature over Q = Q^2 of a vector integrand with form factor and propagator.

The variable is v = ln(Q + shift) where a propagator varies, then steps linear in q = sqrt(Q) where a nuclear form factor
oscillates. Every panel is evaluated with n and 2n points and halved until the two agree. An integrand is a compiled
function ``integrand(q2, numbers, data, values)`` that fills ``values`` (float64[n]).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.tables.physics.formfactors import NUCLEUS
from gloam.tables.physics.quadrature import gauss_legendre
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NODES, WEIGHTS = gauss_legendre(10)
SHIFT = 0.2  # [GeV^2] largest shift of the logarithmic variable: the scale of the nucleon form factor
MOST_PIECES = 64


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
) -> None:
    """Add a panel, halved until n and 2n points agree to ``tolerance`` of the integral so far."""
    coarse = np.zeros(out.size)
    add_panel(integrand, low, high, linear, shift, numbers, data, coarse)
    pieces = 2
    while True:
        fine = np.zeros(out.size)
        start = low
        for j in range(1, pieces + 1):
            stop = high if j == pieces else panel_point(low, high, linear, shift, j / pieces)
            add_panel(integrand, start, stop, linear, shift, numbers, data, fine)
            start = stop
        worst = 0.0
        for k in range(out.size):
            worst = max(worst, abs(fine[k] - coarse[k]) - tolerance * (abs(out[k]) + abs(fine[k])))
        if worst <= 0.0 or pieces >= MOST_PIECES:
            break
        coarse = fine
        pieces *= 2
    for k in range(out.size):
        out[k] += fine[k]


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
    """Add the integral over low <= Q <= high [GeV^2] of ``integrand`` to ``out``; ``shape`` is the form factor inside."""
    nuclear = int(shape[0]) == NUCLEUS
    end = min(high, (0.6 / shape[1]) ** 2) if nuclear else high
    start = low
    while start < end:
        stop = min((start + shift) * math.e - shift, end)
        if end - stop < 1e-12 * end:
            stop = end
        add_converged(integrand, start, stop, False, shift, tolerance, numbers, data, out)
        start = stop
    if nuclear and high > start:
        root = math.sqrt(start)
        panels = math.ceil((math.sqrt(high) - root) * shape[1] / 2.0)
        width = (math.sqrt(high) - root) / panels
        for j in range(panels):
            stop = high if j == panels - 1 else (root + width * (j + 1)) ** 2
            add_converged(integrand, start, stop, True, shift, tolerance, numbers, data, out)
            start = stop
