"""Widths of A' -> psi_i psi_j and of psi_j -> psi_i + (e+e-, mu+mu-, tau+tau-, hadrons) through an off-shell A'.

L = - eps e A'.J_em - g_D V psibar_i gamma psi_j A' (axial: gamma gamma5), g_D^2 = 4 pi alpha_D, m_j > m_i. With
delta = m_j - m_i and S = m_j + m_i, exact at leading order and the same for Dirac and Majorana states of vertex g_D V,

    Gamma(psi_j -> psi_i X) = eps^2 alpha alpha_D V^2/(12 pi m_j^3) int dq^2 H(q^2) F(q^2)/(q^2 - m_A'^2)^2,

    vector H = (delta^2-q^2)^(3/2) (S^2-q^2)^(1/2) (S^2+2q^2),   axial H = (delta^2-q^2)^(1/2) (S^2-q^2)^(3/2) (delta^2+2q^2),

F = (1 + 2 m_l^2/q^2) sqrt(1 - 4 m_l^2/q^2) for leptons and R(q^2) for hadrons, up to q^2 = delta^2. For
delta << m_i, m_A' and m_l = 0 this is 4 eps^2 alpha alpha_D V^2 delta^5/(15 pi m_A'^4), axial three times as much. The
propagator has no width: delta must stay below m_A' (it does wherever A' -> psi_i psi_j is open). Widths of A': M. Duerr,
T. Ferber, C. Hearty, F. Kahlhoefer, K. Schmidt-Hoberg, P. Tunney, arXiv:1911.03176; A. Abdullahi, M. Hostert,
D. Massaro, S. Pascoli, arXiv:2302.05410.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.elementary import exponentiate, numeric
from gloam.tables.numerics.memory import scratch
from gloam.tables.numerics.quadrature import NODES_16, NODES_48, WEIGHTS_16, WEIGHTS_48
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NODES = NODES_16.size
HADRON_NODES = 12  # [1] points of the rule in q^2 that stands for R(s)
# Chebyshev points of the first kind on (0, 1) and their barycentric weights
FRACTIONS = 0.5 - 0.5 * np.cos((np.arange(HADRON_NODES) + 0.5) * math.pi / HADRON_NODES)
BARYCENTRIC = (-1.0) ** np.arange(HADRON_NODES) * np.sin((np.arange(HADRON_NODES) + 0.5) * math.pi / HADRON_NODES)


@njit
def pair_width(m_Ap: float, m_i: float, m_j: float, axial: bool) -> float:
    """Gamma(A' -> psibar_i psi_j)/(alpha_D V^2) [GeV] for two distinguishable states; masses [GeV], 0 where closed.

    m_A'/3 (1-d^2)^(3/2) (1-s^2)^(1/2) (1 + s^2/2) with d = (m_j - m_i)/m_A', s = (m_i + m_j)/m_A'; axial: d <-> s.
    """
    s2 = ((m_i + m_j) / m_Ap) ** 2
    d2 = ((m_i - m_j) / m_Ap) ** 2
    if s2 >= 1.0:
        return 0.0
    if axial:
        return m_Ap / 3.0 * (1.0 - s2) ** 1.5 * math.sqrt(1.0 - d2) * (1.0 + 0.5 * d2)
    return m_Ap / 3.0 * (1.0 - d2) ** 1.5 * math.sqrt(1.0 - s2) * (1.0 + 0.5 * s2)


@njit
def contact_limit(delta: float, m_Ap: float) -> float:
    """Gamma/(eps^2 alpha alpha_D V^2) [GeV] of a vector transition for delta << m_i, m_A', m_l = 0; [GeV]."""
    return 4.0 * delta**5 / (15.0 * math.pi * m_Ap**4)


@numeric
def smooth_part(q2: float, delta2: float, sum2: float, mediator2: float, axial: bool) -> float:
    """H(q^2)/(q^2 - m_A'^2)^2 without its power of delta^2 - q^2; squared masses [GeV^2]."""
    rest = sum2 - q2
    gap = mediator2 - q2
    if axial:
        return rest * math.sqrt(rest) * (delta2 + 2.0 * q2) / (gap * gap)
    return math.sqrt(rest) * (sum2 + 2.0 * q2) / (gap * gap)


@numeric
def lepton_width(m_j: float, m_i: float, m_Ap: float, m_l: float, axial: bool) -> float:
    """Gamma(psi_j -> psi_i l+ l-)/(eps^2 alpha alpha_D V^2) [GeV]; masses [GeV], 0 below threshold.

    q^2 = 4 m_l^2 cosh^2(eta), eta = eta_max (1 - v^2), 16-point Gauss-Legendre in v: both square roots are removed.
    """
    delta = m_j - m_i
    if delta <= 2.0 * m_l:
        return 0.0
    end = math.acosh(delta / (2.0 * m_l))
    top = math.exp(end)
    delta2, sum2, mediator2, scale = delta * delta, (m_j + m_i) ** 2, m_Ap * m_Ap, m_l * m_l
    growths, terms = scratch(NODES), scratch(NODES)  # all at once for the vector units
    for k in range(NODES):
        growths[k] = end * (1.0 - NODES_16[k] * NODES_16[k])
    exponentiate(growths, 0, NODES)
    for k in range(NODES):
        growth = growths[k]
        cosh2 = growth + 1.0 / growth  # 2 cosh(eta)
        sinh2 = growth - 1.0 / growth
        below = scale * (top / growth - growth / top) * (top * growth - 1.0 / (top * growth))  # delta^2 - q^2
        q2 = scale * cosh2 * cosh2
        pair = (1.0 + 2.0 * scale / q2) * sinh2 / cosh2
        power = math.sqrt(below) if axial else below * math.sqrt(below)
        jacobian = 4.0 * NODES_16[k] * end * scale * sinh2 * cosh2
        terms[k] = WEIGHTS_16[k] * jacobian * power * pair * smooth_part(q2, delta2, sum2, mediator2, axial)
    total = 0.0
    for k in range(NODES):
        total += terms[k]
    return total / (12.0 * math.pi * m_j**3)


@njit
def add_hadron_panel(
    low: float, high: float, power: float, curve: tuple[float, float, float], limits: tuple[float, float], out: Vector
) -> None:
    """Add int R(q^2) (delta^2-q^2)^power l_k(q^2) dq^2 over one linear piece of R, from low to high [GeV^2].

    curve = (q^2, R, slope) of the piece, limits = (4 m_pi^2, delta^2); l_k = Lagrange polynomials of FRACTIONS. In the
    variable y = sqrt(delta^2 - q^2) the integrand is a polynomial of degree 28 or less, for which 16 points are exact.
    """
    delta2 = limits[1]
    first, last = math.sqrt(delta2 - high), math.sqrt(delta2 - low)
    for n in range(NODES_16.size):
        y = first + (last - first) * NODES_16[n]
        q2 = delta2 - y * y
        ratio = curve[1] + curve[2] * (q2 - curve[0])
        add_point(q2, limits, WEIGHTS_16[n] * (last - first) * 2.0 * y ** (1.0 + 2.0 * power) * ratio, out)


@njit
def add_point(q2: float, limits: tuple[float, float], weight: float, out: Vector) -> None:
    """Add ``weight`` times every Lagrange polynomial at q^2 [GeV^2] to ``out``."""
    z = (q2 - limits[0]) / (limits[1] - limits[0])
    terms = np.empty(HADRON_NODES)
    total = 0.0
    for k in range(HADRON_NODES):
        gap = z - FRACTIONS[k]
        if gap == 0.0:
            out[k] += weight
            return
        terms[k] = BARYCENTRIC[k] / gap
        total += terms[k]
    for k in range(HADRON_NODES):
        out[k] += weight * terms[k] / total


@njit
def hadron_weights(delta: float, axial: bool, knots: Vector, ratios: Vector, out: Vector) -> None:
    """Weights w_k [1] with int dq^2 R(q^2) (delta^2-q^2)^p f(q^2) = delta^(2p+2) sum_k w_k f(q_k^2), into ``out``.

    p = 3/2 (vector) or 1/2 (axial), q_k^2 = 4 m_pi^2 + (delta^2 - 4 m_pi^2) FRACTIONS_k; exact for polynomials f below
    degree HADRON_NODES. R is the curve (knots [GeV^2], ratios) of `hadrons`; delta [GeV] above 2 m_pi.
    """
    out[:] = 0.0
    power = 0.5 if axial else 1.5
    threshold2, delta2 = HADRON_THRESHOLD**2, delta * delta
    limits = (threshold2, delta2)
    upper = min(delta2, knots[0])
    end = math.acosh(math.sqrt(upper) / HADRON_THRESHOLD)
    first_velocity2 = 1.0 - threshold2 / knots[0]
    for k in range(NODES_48.size):
        v = NODES_48[k]
        eta = end * (1.0 - v * v)
        sine = math.sinh(eta)
        cosine = math.cosh(eta)
        below = upper - threshold2 * cosine * cosine
        if upper == delta2:
            below = threshold2 * math.sinh(end - eta) * math.sinh(end + eta)
        else:
            below += delta2 - upper
        ratio = ratios[0] * ((sine / cosine) ** 2 / first_velocity2) ** 1.5
        weight = WEIGHTS_48[k] * 4.0 * v * end * threshold2 * sine * cosine * below**power * ratio
        add_point(threshold2 * cosine * cosine, limits, weight, out)
    for i in range(knots.size - 1):
        if knots[i] >= delta2:
            break
        slope = (ratios[i + 1] - ratios[i]) / (knots[i + 1] - knots[i])
        add_hadron_panel(knots[i], min(knots[i + 1], delta2), power, (knots[i], ratios[i], slope), limits, out)
    for k in range(HADRON_NODES):
        out[k] /= delta ** (2.0 * power + 2.0)


@njit
def hadron_width(m_j: float, m_i: float, m_Ap: float, axial: bool, weights: Vector) -> float:
    """Gamma(psi_j -> psi_i hadrons)/(eps^2 alpha alpha_D V^2) [GeV] from the weights of :func:`hadron_weights`."""
    delta = m_j - m_i
    delta2, sum2, mediator2, threshold2 = delta * delta, (m_j + m_i) ** 2, m_Ap * m_Ap, HADRON_THRESHOLD**2
    total = 0.0
    for k in range(HADRON_NODES):
        q2 = threshold2 + (delta2 - threshold2) * FRACTIONS[k]
        total += weights[k] * smooth_part(q2, delta2, sum2, mediator2, axial)
    scale = delta2 * delta if axial else delta2 * delta2 * delta
    return scale * total / (12.0 * math.pi * m_j**3)
