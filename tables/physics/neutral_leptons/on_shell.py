"""psi_j -> psi_i A' with A' on shell, for m_j - m_i > m_A'.

With delta = m_j - m_i and S = m_j + m_i, for a vertex g_D V and Dirac or Majorana states alike,

    Gamma = alpha_D V^2/(4 m_j^3 m_A'^2) (delta^2-m_A'^2)^(3/2) (S^2-m_A'^2)^(1/2) (S^2 + 2 m_A'^2);   axial: delta <-> S.

It is the pole of the off-shell width of `semivisible`: H(m_A'^2) there times pi/(m_A' Gamma_A') for the propagator squared.
"""

from __future__ import annotations

import math

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
