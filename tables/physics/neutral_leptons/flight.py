"""Flight of a heavy neutral lepton N from parallel parents to a small, distant detector, and its decay there.

Parents P -> l N of spectrum n(p) [1/GeV] move along the beam; the detector of length d stands at distance L under the angle
alpha. With E0, p* the energy and momentum of N in the frame of P and p = (M p*/(m sin alpha)) sin u (which removes the
caustic where both solutions meet), N of momentum k± [GeV] arrive per solid angle

  dN/dOmega = sum_± int du M/(4 pi m sin alpha p*) n(p) k±^2,
  k± = (M E0 p cos alpha ± E_P M p* cos u)/(E_P^2 - p^2 cos^2 alpha).

The number of decays is K = A y delta exp(-y h), y = L m/c_tau [GeV], delta = d/L, A = <1/k> the sum over N of 1/k, and

  exp(-y h) = <1/k e^{-y/k} (1 - e^{-y delta/k})/(y delta/k)>/A:

h [1/GeV] is smooth between (1 + delta/2) <1/k^2>/<1/k> at y -> 0 and 1/k_max at y -> inf. m and M are the masses of N and P.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.quadrature import gauss_legendre
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NODES, WEIGHTS = gauss_legendre(64)
MOST = 3 * NODES.size  # arrivals: k+ below the angle, k+ and k- above
HIGHEST = 40.0  # [GeV] end of the spectrum of parents
STEEPEST = -2.0  # [1] least fall of ln n with ln p where the tail begins
LEAST = 1e-3  # [1] below it 1 - (1 - e^-x)/x comes from its series


def spline_block(x: FloatArray, y: FloatArray) -> FloatArray:
    """Natural cubic spline through (x, y) as :func:`spline_value` reads it: [knots, x, y, second derivatives]."""
    n = len(x)
    step = np.diff(x)
    matrix, right = np.eye(n), np.zeros(n)
    for i in range(1, n - 1):
        matrix[i, i - 1 : i + 2] = step[i - 1] / 6.0, (step[i - 1] + step[i]) / 3.0, step[i] / 6.0
        right[i] = (y[i + 1] - y[i]) / step[i] - (y[i] - y[i - 1]) / step[i - 1]
    return np.concatenate([[float(n)], x, y, np.linalg.solve(matrix, right)])


@njit
def spline_between(block: Vector, offset: int, i: int, x: float) -> tuple[float, float]:
    """(value, slope) at ``x``, between the knots i and i + 1, of the spline at ``block[offset:]``."""
    n = int(block[offset])
    at = offset + 1 + i
    step = block[at + 1] - block[at]
    b = (x - block[at]) / step
    a = 1.0 - b
    y0, y1 = block[at + n], block[at + n + 1]
    z0, z1 = block[at + 2 * n], block[at + 2 * n + 1]
    value = a * y0 + b * y1 + ((a * a - 1.0) * a * z0 + (b * b - 1.0) * b * z1) * step * step / 6.0
    return value, (y1 - y0) / step + ((3.0 * b * b - 1.0) * z1 - (3.0 * a * a - 1.0) * z0) * step / 6.0


@njit
def spline_value(block: Vector, offset: int, x: float) -> tuple[float, float]:
    """(value, slope) at ``x`` of the spline at ``block[offset:]``, a straight line beyond its ends."""
    n = int(block[offset])
    first = offset + 1
    inside = min(max(x, block[first]), block[first + n - 1])
    i = min(max(int(np.searchsorted(block[first : first + n], inside)) - 1, 0), n - 2)
    value, slope = spline_between(block, offset, i, inside)
    return value + slope * (x - inside), slope


@njit
def spectrum(block: Vector, p: float) -> float:
    """n(p) [1/GeV] at p [GeV] from a spline of ln n in ln p; beyond the last knot it falls exponentially with the slope there."""
    n = int(block[0])
    last = block[n]
    value, slope = spline_value(block, 0, min(math.log(p), last))
    beyond = p / math.exp(last) - 1.0
    return math.exp(value + min(slope, STEEPEST) * beyond) if beyond > 0.0 else math.exp(value)


@njit
def mass_from_boost(boost: float, M: float, m_l: float) -> float:
    """m_N [GeV] at which m_N/p* = ``boost`` [1] in M -> l N (masses [GeV]).

    p*^2 = lambda(M^2, m_l^2, m^2)/(4 M^2) makes m^2 the smaller root X of
    X^2 - 2 X (M^2 + m_l^2 + 2 M^2/boost^2) + (M^2 - m_l^2)^2 = 0.
    """
    half = M * M + m_l * m_l + 2.0 * M * M / (boost * boost)
    product = ((M - m_l) * (M + m_l)) ** 2
    return math.sqrt(product / (half + math.sqrt(half * half - product)))


@njit
def arrivals(M: float, m_l: float, m_N: float, angle: float, parents: Vector, momenta: Vector, weights: Vector) -> int:
    """Momenta [GeV] of arriving N and their weights dN/dOmega [1/sr], shape (MOST,) each; returns how many there are.

    k- is positive from sin u = sin(angle) on, where the parent is as fast as N in its frame: both solutions in ln u from
    there, k+ alone below.
    """
    p_star = math.sqrt((M - m_l - m_N) * (M + m_l + m_N) * (M - m_l + m_N) * (M + m_l - m_N)) / (2.0 * M)
    energy = M * math.hypot(p_star, m_N)
    cosine, sine = math.cos(angle), math.sin(angle)
    top = M * p_star / (m_N * sine)
    end = max(math.asin(min(1.0, HIGHEST / top)), angle)
    span = math.log(end / angle)
    count = 0
    for i in range(3 * NODES.size):
        branch, node = i // NODES.size, i % NODES.size
        u = angle * (NODES[node] if branch == 0 else math.exp(span * NODES[node]))
        step = WEIGHTS[node] * (angle if branch == 0 else span * u)
        p = top * math.sin(u)
        E_P = math.hypot(p, M)
        root = E_P * M * p_star * math.cos(u)
        k = (energy * p * cosine + (-root if branch == 2 else root)) / (E_P * E_P - (p * cosine) ** 2)
        if k > 0.0:
            momenta[count] = k
            weights[count] = step * top * spectrum(parents, p) / (4.0 * math.pi * p_star * p_star) * k * k
            count += 1
    return count


@njit
def _not_decayed(x: float) -> float:
    """1 - (1 - e^-x)/x."""
    return x * (0.5 - x * (1.0 / 6.0 - x / 24.0)) if x < LEAST else 1.0 + math.expm1(-x) / x


@njit
def flight(momenta: Vector, weights: Vector, count: int, y: float, delta: float) -> tuple[float, float]:
    """(A [1/GeV/sr], h [1/GeV]) of the module docstring from arriving N, at y [GeV] and delta [1]."""
    fastest = 0.0
    total = 0.0
    for i in range(count):
        fastest = max(fastest, momenta[i])
        total += weights[i] / momenta[i]
    lost = left = 0.0  # 1 - mean, and mean times e^{y/k_max}
    for i in range(count):
        share = weights[i] / momenta[i] / total
        spread = _not_decayed(y * delta / momenta[i])
        lost += share * (-math.expm1(-y / momenta[i]) * (1.0 - spread) + spread)
        left += share * math.exp(-y * (1.0 / momenta[i] - 1.0 / fastest)) * (1.0 - spread)
    if lost < 0.5:
        return total, -math.log1p(-lost) / y
    return total, 1.0 / fastest - math.log(left) / y
