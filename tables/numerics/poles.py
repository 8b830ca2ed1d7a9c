"""Weights on few points for integrals of a fixed density times any smooth function of ln E: int n(E) f(E) dE = sum_k h_k
W(theta_k) f(E_k).

    ln E = m + l cos(theta),   theta_k = pi k/n,   h_k = 1/2 at both ends, else 1,
    W(theta) = (2/n) sum''_j c_j cos(j theta),   c_j = int n(E) T_j((ln E - m)/l) dE,

sum'' with half of the first and the last term, j = 0 ... n: the density may jump and bend as it likes, since only f is
interpolated (polynomials on Chebyshev points: L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM 2013,
chapters 3 and 19). For f = (m^2/(m^2 + 2 M E))^p the error falls as rho^-n, rho = pi/(2 l) + sqrt(1 + (pi/(2 l))^2) or better,
whatever m is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Poles:
    """Points between two energies: ``count`` = n + 1."""

    low: float
    high: float
    count: int

    @property
    def degree(self) -> int:
        return self.count - 1

    @property
    def angles(self) -> Array:
        """theta_k, shape (count,)."""
        return math.pi * np.arange(self.count) / self.degree

    @property
    def energies(self) -> Array:
        """E_k in the unit of the ends, falling, shape (count,)."""
        middle, half = 0.5 * math.log(self.high * self.low), 0.5 * math.log(self.high / self.low)
        return np.exp(middle + half * np.cos(self.angles))

    def coefficients(self, energy: Array, density: Array) -> Array:
        """c_j of densities times quadrature weights, shape (count, densities), from both at ``energy``, (points, densities)."""
        middle, half = 0.5 * math.log(self.high * self.low), 0.5 * math.log(self.high / self.low)
        angle = np.arccos(np.clip((np.log(energy) - middle) / half, -1.0, 1.0))
        found: Array = np.cos(np.outer(np.arange(self.count), angle)) @ density
        return found


@njit
def fill_weights(theta: float, count: int, coefficients: Array, out: Array) -> None:
    """W(theta) of all densities from their c_j, row by row in the flat array ``coefficients``."""
    degree, columns = count - 1, out.size
    out[:] = 0.0
    for j in range(count):
        factor = 2.0 / degree * math.cos(j * theta)
        if j == 0 or j == degree:
            factor *= 0.5
        for b in range(columns):
            out[b] += factor * coefficients[j * columns + b]


def projection(theta: Array, count: int, position: Array) -> Array:
    """W(theta) of densities that are points at cos(``position``), in closed form, shape (thetas, points)."""
    degree = count - 1
    found = np.zeros((theta.size, position.size))
    for sign in (-1.0, 1.0):
        distance = theta[:, np.newaxis] + sign * position
        small = np.abs(np.sin(0.5 * distance)) < 1e-9
        safe = np.where(small, 1.0, distance)
        found += np.where(small, degree, 0.5 * np.sin(degree * safe) / np.tan(0.5 * safe)) / degree
    return found


def pieces_of(edges: Array, order: int = 8) -> tuple[Array, Array]:
    """Points and weights of Gauss-Legendre quadrature of ``order`` between neighbouring ``edges``, shape (pieces x order,)."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    low, width = edges[:-1, np.newaxis], np.diff(edges)[:, np.newaxis]
    return (low + 0.5 * width * (nodes + 1.0)).ravel(), (0.5 * width * weights).ravel()
