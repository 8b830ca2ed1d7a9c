"""Moments of a form-factor weight between two values of Q = Q^2: all that a cross section needs to know of a target.

moment_i = int_low^high W(Q) Q^(first + i) / (Q + a)^exponent dQ.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.physics.nuclei.formfactors import NUCLEUS, weight
from gloam.tables.physics.nuclei.mapped import SHIFT, add_integral
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

TOLERANCE = 1e-9  # agreement of a panel and its halves, relative to the whole moment
NUCLEAR_END = 36.0  # [GeV^2] Fourier-Bessel densities are integrated to q = 6 GeV
NUCLEON_END = 1e6  # [GeV^2] where the dipole tails are below 1e-12


@njit
def moment_integrand(q2: float, numbers: Vector, data: Vector, values: Vector) -> None:
    """W Q^(first + i)/(Q + a)^exponent for numbers = (first, a, exponent)."""
    term = weight(q2, data) * q2 ** numbers[0] / (q2 + numbers[1]) ** numbers[2]
    for i in range(values.size):
        values[i] = term
        term *= q2


@njit
def add_moments(low: float, high: float, first: int, mediator2: float, exponent: int, shape: Vector, out: Vector) -> None:
    """Add the moments over low <= Q <= high [GeV^2] to ``out``, one per power first, first + 1, ..."""
    numbers = np.array([float(first), mediator2, float(exponent)])
    add_integral(moment_integrand, low, high, min(mediator2, SHIFT), shape, TOLERANCE, numbers, shape, out)


@njit
def end_of_range(shape: Vector) -> float:
    """Largest Q [GeV^2] of the tails: 36 for nuclei (q = 6 GeV), 1e6 for nucleons."""
    return NUCLEAR_END if int(shape[0]) == NUCLEUS else NUCLEON_END
