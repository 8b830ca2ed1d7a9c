"""psi_j -> psi_i A' with A' on shell, for m_j - m_i > m_A', and how far the narrow-width approximation carries.

With delta = m_j - m_i and S = m_j + m_i, for a vertex g_D V and Dirac or Majorana states alike,

    Gamma = alpha_D V^2/(4 m_j^3 m_A'^2) (delta^2-m_A'^2)^(3/2) (S^2-m_A'^2)^(1/2) (S^2 + 2 m_A'^2);   axial: delta <-> S.

It is the pole of the off-shell width of `semivisible`: H(m_A'^2) there times pi/(m_A' Gamma_A') for the propagator squared.
"""

from __future__ import annotations

import math

from gloam.tables.physics.quadrature import NODES_48, WEIGHTS_48
from numba import njit


@njit
def transition_strength(q2: float, delta2: float, sum2: float, axial: bool) -> float:
    """H(q^2) [GeV^6] of `semivisible`; squared masses [GeV^2], 0 beyond the end point."""
    if q2 >= delta2:
        return 0.0
    if axial:
        return math.sqrt(delta2 - q2) * (sum2 - q2) ** 1.5 * (delta2 + 2.0 * q2)
    return (delta2 - q2) ** 1.5 * math.sqrt(sum2 - q2) * (sum2 + 2.0 * q2)


@njit
def two_body_width(m_j: float, m_i: float, m_Ap: float, axial: bool) -> float:
    """Gamma(psi_j -> psi_i A')/(alpha_D V^2) [GeV]; masses [GeV], 0 where closed."""
    strength = transition_strength(m_Ap * m_Ap, (m_j - m_i) ** 2, (m_j + m_i) ** 2, axial)
    return strength / (4.0 * m_j**3 * m_Ap**2)


@njit
def resonance_share(m_j: float, m_i: float, m_Ap: float, width_Ap: float, axial: bool) -> float:
    """Integral over the Breit-Wigner of A' of constant width [GeV] in the narrow-width one [1], for massless decay products.

    (1/pi) int dq^2 m_A' Gamma/[(q^2 - m_A'^2)^2 + m_A'^2 Gamma^2] H(q^2)/H(m_A'^2), 48 points in the arc tangent.
    """
    m2, delta2, sum2 = m_Ap * m_Ap, (m_j - m_i) ** 2, (m_j + m_i) ** 2
    spread = m_Ap * width_Ap
    first, last = math.atan2(-m2, spread), math.atan2(delta2 - m2, spread)
    total = 0.0
    for k in range(NODES_48.size):
        q2 = m2 + spread * math.tan(first + (last - first) * NODES_48[k])
        total += WEIGHTS_48[k] * transition_strength(q2, delta2, sum2, axial)
    return (last - first) / math.pi * total / transition_strength(m2, delta2, sum2, axial)
