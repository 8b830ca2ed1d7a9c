"""P_missed of A' -> psi_1 psi_2 and psi_2 psi_2 at BaBar from the stored tables, at any lifetime, with its error bound."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.spline import contract, error_address, locate
from gloam.tables.numerics.elementary import exp
from gloam.tables.numerics.memory import shifted
from gloam.tables.physics.dark_photons.missed_grid import FLOOR, LENGTH_COUNT, LENGTHS, STEP, STEPS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

ORDER = 6  # points of the polynomial in lambda^(-1/2); the middle four give an estimate of its error
SCRATCH = ORDER  # doubles
SIX = np.array([1.0 / ((-1) ** (5 - i) * math.factorial(i) * math.factorial(5 - i)) for i in range(6)])
FOUR = np.array([1.0 / ((-1) ** (3 - i) * math.factorial(i) * math.factorial(3 - i)) for i in range(4)])
STABLE = math.log1p(FLOOR)  # what a component at lambda = inf would hold
LENGTH_ERROR = 6e-3  # [1] of P + FLOOR, most that the polynomial in lambda^(-1/2) is off: 4.3e-3 seen
PROMPT_ERROR = 1e-3  # [1] of P + FLOOR, below the first lambda: 7.5e-4 seen
TAIL = 4  # last components, from which 1 - P of longer lifetimes is taken
TAIL_ERROR = 4e-3  # [1] of 1 - P there: 2.1e-3 seen


@njit
def polynomial(values: Vector, at: float, denominators: Vector) -> float:
    """Lagrange polynomial through ``values`` at 0, 1, 2, ..., at ``at``; ``denominators`` as their number has them."""
    total = 0.0
    for i in range(denominators.size):
        weight = denominators[i]
        for j in range(denominators.size):
            if j != i:
                weight *= at - j
        total += weight * values[i]
    return total


@njit
def interpolated(values: Vector, at: float) -> tuple[float, float]:
    """exp of the polynomial through the ``ORDER`` logarithms ``values`` at ``at`` (counted from the first), and the estimate
    of its error: what the middle four give instead.
    """
    value = exp(polynomial(values, at, SIX))
    inner = min(max(int(at) - 1, 0), ORDER - 4)
    return value, abs(exp(polynomial(shifted(values, inner), at - inner, FOUR)) - value)


@njit
def beyond_table(tail: Vector, bounds: Vector, length: float) -> tuple[float, float]:
    """1 - P at a lambda = ``length`` [m] above the evenly spaced ones, and its bound without that of the polynomial.

    lambda (1 - P) is a polynomial in 1/lambda through the last TAIL components, ``tail`` = ln(P + FLOOR), of which
    ``bounds`` are the relative errors.
    """
    lost, error = 0.0, 0.0
    for i in range(TAIL):
        own = LENGTHS[LENGTH_COUNT - TAIL + i]
        weight = own / length
        for j in range(TAIL):
            if j != i:
                other = LENGTHS[LENGTH_COUNT - TAIL + j]
                weight *= (1.0 / length - 1.0 / other) / (1.0 / own - 1.0 / other)
        value = math.exp(tail[i])
        lost += weight * (1.0 + FLOOR - value)
        error += abs(weight) * value * bounds[i]
    return lost, error


@njit
def missed_from_table(
    blob: Vector, block: int, work: Vector, first: int, length: float, uncertain: float, scratch: Vector
) -> tuple[float, float]:
    """P_missed [1] and its absolute bound at the located point of a table.

    Parameters
    ----------
    blob, block, work
        Block of a table and the point located in it (:func:`gloam.lookup.interpolation.spline.locate`).
    first : int
        First of the LENGTH_COUNT components to use.
    length, uncertain : float
        lambda = c_tau sqrt(s)/(4 m_2) [m], from 0 to inf, and the bound of its relative error [1].
    scratch : float64[SCRATCH]
        Overwritten.
    """
    if length == math.inf:
        return 1.0, 0.0
    bounds = error_address(blob, block, work) + first
    if length <= LENGTHS[0]:
        contract(blob, block, work, first, scratch, 0, 1)
        value = math.exp(scratch[0])
        return min(max(value - FLOOR, 0.0), 1.0), value * (blob[bounds] + PROMPT_ERROR)
    if length >= LENGTHS[STEPS - 1]:
        last = LENGTH_COUNT - TAIL
        contract(blob, block, work, first + last, scratch, 0, TAIL)
        lost, error = beyond_table(scratch, blob[bounds + last : bounds + last + TAIL], length)
        return min(max(1.0 - lost, 0.0), 1.0), error + (TAIL_ERROR + uncertain) * abs(lost)
    position = STEPS - 1.0 / (STEP * math.sqrt(length))  # counted from the first lambda
    start = min(max(int(position) - ORDER // 2 + 1, 0), STEPS + 1 - ORDER)
    stored = min(STEPS - start, ORDER)
    contract(blob, block, work, first + start, scratch, 0, stored)
    if stored < ORDER:
        scratch[stored] = STABLE
    value, rough = interpolated(scratch[:ORDER], position - start)
    bound = 0.0
    for i in range(stored):
        weight = SIX[i]
        for j in range(ORDER):
            if j != i:
                weight *= position - start - j
        bound += abs(weight) * blob[bounds + start + i]
    error = bound * value + min(rough, LENGTH_ERROR * value)
    if uncertain > 0.0:
        moved = STEPS - (STEPS - position) / math.sqrt(1.0 + uncertain)
        error += abs(math.exp(polynomial(scratch[:ORDER], moved - start, SIX)) - value)
    return min(max(value - FLOOR, 0.0), 1.0), error


@njit
def inside(blob: Vector, block: int, mass: float, lower: float, upper: float, x: Vector, work: Vector) -> bool:
    """Locate A' of ``mass`` and psi_1, psi_2 of masses ``lower``, ``upper`` [GeV] in a table; whether they are in its box."""
    x[0], x[1], x[2] = mass, lower / mass, (upper - lower) / lower
    return locate(blob, block, x, work) == 0
