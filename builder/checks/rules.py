"""Quadrature rules of the checks. Kernels take Gauss-Legendre points everywhere; here only the fold with a flux does."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

REACH = 3.2  # of the double-exponential variable: the last weights are below 1e-16
STEPS = 28  # of it on either side


@functools.cache
def gauss_legendre(order: int) -> tuple[Array, Array]:
    """Points [1] and weights [1] on (0, 1), shape (order,)."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return 0.5 * (nodes + 1.0), 0.5 * weights


@functools.cache
def clenshaw_curtis(order: int) -> tuple[Array, Array]:
    """Points [1] and weights [1] on (0, 1), shape (order + 1,), from the cosine series of the weights; ``order`` is even."""
    angle = math.pi * np.arange(order + 1) / order
    weight = np.ones(order + 1)
    for k in range(1, order // 2 + 1):
        weight -= (1.0 if 2 * k == order else 2.0) * np.cos(2.0 * k * angle) / (4.0 * k * k - 1.0)
    weight[[0, -1]] *= 0.5
    return 0.5 * (1.0 - np.cos(angle)), weight / order


@functools.cache
def double_exponential() -> tuple[Array, Array]:
    """Distances [1] from 0 and weights [1] of the tanh-sinh rule on (0, 1/2), to be used from either end of an interval.

    H. Takahasi, M. Mori, Publ. RIMS 9 (1974) 721: x = 1/(1 + exp(pi sinh(u))), trapezoidal in u.
    """
    u = REACH * np.arange(STEPS + 1) / STEPS
    x = 1.0 / (1.0 + np.exp(math.pi * np.sinh(u)))
    weight = REACH / STEPS * math.pi * np.cosh(u) * x * (1.0 - x)
    weight[0] *= 0.5
    return x, weight


def pieces(edges: ArrayLike) -> tuple[Array, Array]:
    """Points and weights, shape (points,) each, of the double-exponential rule between neighbouring ``edges``.

    Integrable powers at the edges do no harm.
    """
    ends = np.asarray(edges, dtype=np.float64)
    low, width = ends[:-1, np.newaxis], np.diff(ends)[:, np.newaxis]
    x, weight = double_exponential()
    points = np.concatenate([low + width * x, low + width - width * x], axis=1)
    return points.ravel(), np.concatenate([width * weight] * 2, axis=1).ravel()
