"""P_missed of A' -> psi_1 psi_2 and psi_2 psi_2 at BaBar from the stored tables, at any lifetime, with its error bound."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.spline import contract, error_address, locate
from gloam.tables.physics.missed_grid import FIRST_LENGTH, FLOOR, LAST_LENGTH, LENGTH_COUNT, LENGTHS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

ORDER = 6  # points of the polynomial in log10 lambda; the middle four give the estimate of its error
SCRATCH = ORDER  # doubles
SIX = np.array([1.0 / ((-1) ** (5 - i) * math.factorial(i) * math.factorial(5 - i)) for i in range(6)])
FOUR = np.array([1.0 / ((-1) ** (3 - i) * math.factorial(i) * math.factorial(3 - i)) for i in range(4)])
PER_STEP = (LENGTH_COUNT - 1) / (LAST_LENGTH - FIRST_LENGTH)  # [1] components per unit of log10 lambda
PROMPT_ERROR = 2e-4  # [1] of P + FLOOR, below the first lambda
TAIL_ERROR = 1e-4  # [1] of 1 - P, above the last


@njit
def polynomial(values: Vector, at: float, denominators: Vector) -> float:
    """Lagrange polynomial through ``values`` at 0, 1, 2, ..., at ``at``; ``denominators`` as their number has them."""
    total = 0.0
    for i in range(values.size):
        weight = 1.0
        for j in range(values.size):
            if j != i:
                weight *= at - j
        total += weight * values[i] * denominators[i]
    return total


@njit
def interpolated(values: Vector, at: float) -> tuple[float, float]:
    """exp of the polynomial through the ``ORDER`` logarithms ``values`` at ``at`` (counted from the first), and the estimate
    of its error: what the middle four give instead.
    """
    value = math.exp(polynomial(values, at, SIX))
    inner = min(max(int(at) - 1, 0), ORDER - 4)
    return value, abs(math.exp(polynomial(values[inner : inner + 4], at - inner, FOUR)) - value)


@njit
def lost_beyond(lost_short: float, lost_long: float, short: float, long: float, length: float) -> float:
    """1 - P = K_1/lambda + K_2/lambda^2 at ``length``, from its values at two shorter lengths [all m]."""
    second = (lost_short * short - lost_long * long) / (1.0 / short - 1.0 / long)
    return (lost_long * long - second / long + second / length) / length


@njit
def missed_from_table(
    blob: Vector, block: int, work: Vector, first: int, length: float, uncertain: float, scratch: Vector
) -> tuple[float, float]:
    """P_missed [1] and its absolute bound at the located point of a table.

    Parameters
    ----------
    blob, block, work
        Block of a table and the point located in it (:func:`gloam.lookup.spline.locate`).
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
    position = (math.log10(length) - FIRST_LENGTH) * PER_STEP if length > 0.0 else -1.0
    if position <= 0.0:
        contract(blob, block, work, first, scratch, 0, 1)
        value = math.exp(scratch[0])
        return min(max(value - FLOOR, 0.0), 1.0), value * (blob[bounds] + PROMPT_ERROR)
    last = LENGTH_COUNT - 1
    if position >= last:
        contract(blob, block, work, first + last - 1, scratch, 0, 2)
        short, long = LENGTHS[last - 1], LENGTHS[last]
        lost_short = max(1.0 + FLOOR - math.exp(scratch[0]), 0.0)
        lost_long = max(1.0 + FLOOR - math.exp(scratch[1]), 0.0)
        lost = lost_beyond(lost_short, lost_long, short, long, length)
        error = max(blob[bounds + last - 1], blob[bounds + last]) * (long / length) * 3.0
        return min(max(1.0 - lost, 0.0), 1.0), error + (TAIL_ERROR + uncertain) * abs(lost)
    start = min(max(int(position) - ORDER // 2 + 1, 0), LENGTH_COUNT - ORDER)
    contract(blob, block, work, first + start, scratch, 0, ORDER)
    value, rough = interpolated(scratch[:ORDER], position - start)
    bound = 0.0
    for i in range(ORDER):
        weight = SIX[i]
        for j in range(ORDER):
            if j != i:
                weight *= position - start - j
        bound += abs(weight) * blob[bounds + start + i]
    error = bound * value + rough
    if uncertain > 0.0:
        moved = position + PER_STEP * math.log10(1.0 + uncertain)
        error += abs(math.exp(polynomial(scratch[:ORDER], moved - start, SIX)) - value)
    return min(max(value - FLOOR, 0.0), 1.0), error


@njit
def inside(blob: Vector, block: int, mass: float, lower: float, upper: float, x: Vector, work: Vector) -> bool:
    """Locate A' of ``mass`` and psi_1, psi_2 of masses ``lower``, ``upper`` [GeV] in a table; whether they are in its box."""
    x[0], x[1], x[2] = mass, lower / mass, (upper - lower) / lower
    return locate(blob, block, x, work) == 0
