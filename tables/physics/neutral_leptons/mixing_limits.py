"""Largest expected events that are compatible with none observed, when their normalisation is uncertain, by statistic.

No event is seen, so that backgrounds drop out and only the total N of expected signal events counts. Its relative
uncertainty sigma multiplies N by 1 + sigma g, g Gaussian.

Profile likelihood: -2 ln L = 2 N - sigma^2 N^2 while sigma^2 N < 1, and 1/sigma^2 beyond; excluded above c = 2 ln 10 (N < 2.303
without uncertainty: 90 % of a Poisson count, and of two parameters together) or 4.88 (N < 2.44, the interval of Feldman and
Cousins for no event and no background, Phys. Rev. D 57 (1998) 3873).

Bayesian, flat in the mixing U with N ~ U^2 and 1 + sigma g > 0: E[erf(U t)/t]/E[1/t] = 0.9, t^2 = 1 + sigma g; N < 1.353
without uncertainty.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.quadrature import gauss_legendre
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

POISSON, FELDMAN_COUSINS = 2.0 * math.log(10.0), 2.0 * 2.44  # [1] of -2 ln L
NEVER = 1e300  # [1] events: no number is excluded
LEVEL = 0.9
SPACING, SIGMAS = 0.02, 36  # of the tabulated Bayesian limits
_ROOTS, _WEIGHTS = gauss_legendre(96)


@njit
def profile_limit(sigma: float, drop: float) -> float:
    """Number of expected events [1] at which -2 ln L of the profile reaches ``drop``, for a relative uncertainty sigma [1]."""
    squared = sigma * sigma * drop
    if squared >= 1.0:
        return NEVER
    return drop / (1.0 + math.sqrt(1.0 - squared))


def bayesian_limit(sigma: float) -> float:
    """Number of expected events [1] below which 90 % of a posterior lies that is flat in the mixing, by Newton's method."""
    low, high = math.sqrt(max(1.0 - 7.0 * sigma, 0.0)), math.sqrt(1.0 + 7.0 * sigma)
    roots = low + (high - low) * _ROOTS if sigma > 0.0 else np.ones(1)
    weights = _WEIGHTS * np.exp(-0.5 * ((roots**2 - 1.0) / sigma) ** 2) if sigma > 0.0 else np.ones(1)  # dg/t = 2 dt
    weights = weights / weights.sum()
    U = 1.163
    for _ in range(8):
        found = sum(weight * math.erf(U * root) for weight, root in zip(weights, roots, strict=True))
        slope = float(np.sum(weights * roots * np.exp(-((U * roots) ** 2)))) * 2.0 / math.sqrt(math.pi)
        U -= (found - LEVEL) / slope
    return U * U


def bayesian_limits() -> FloatArray:
    """:func:`bayesian_limit` at sigma = 0, 0.02, ..., shape (SIGMAS,)."""
    return np.array([bayesian_limit(SPACING * k) for k in range(SIGMAS)])


@njit
def limit_between(limits: FloatArray, sigma: float) -> float:
    """Bayesian limit at sigma [1] from :func:`bayesian_limits`, straight between its values; NEVER beyond them."""
    place = sigma / SPACING
    i = int(place)
    if i >= SIGMAS - 1:
        return NEVER
    return limits[i] + (place - i) * (limits[i + 1] - limits[i])
