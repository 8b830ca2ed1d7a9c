"""psi_3 -> psi_a psi_a psi_b through an off-shell A' for Majorana states: order alpha_D^2, without eps.

Two diagrams, A'* -> psi_a psi_b with either psi_a, relative sign minus, unitary-gauge propagator (-g + q q/m_A'^2). A
transition of axial nature is a vector one with the sign of a mass reversed (psi -> gamma5 psi), so that vector traces with
signed masses M, m_a, m_b serve all cases. With invariant masses m_23 of psi_a psi_b and m_13 (Particle Data Group, Kinematics),

    Gamma = (4 pi alpha_D V_3a V_ab)^2/(256 pi^3 M^3) 1/2 int dm_23^2 dm_13^2 [sum |M_1|^2 - Re sum M_1 M_2^*].

The currents are not conserved: the q q terms contribute (M - m_a)(m_a - m_b)/m_A'^2. The tests repeat the sums with explicit
Dirac matrices.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.quadrature import NODES_12, NODES_16, WEIGHTS_12, WEIGHTS_16
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@njit
def squared_diagram(masses: tuple[float, float, float], dots: Vector, m2: float) -> float:
    """Sum over spins of |M_1|^2 (q^2 - m_A'^2)^2 [GeV^4] for signed masses (M, m_a, m_b) [GeV], m2 = m_A'^2.

    dots [GeV^2]: P k1, P k2, P k3, k1 k2, k1 k3, k2 k3 with psi_a(k1), psi_a(k2) psi_b(k3) from A'*.
    """
    M, a, b = masses
    p1, p2, p3, k12, k13, k23 = dots[0], dots[1], dots[2], dots[3], dots[4], dots[5]
    lost = (M - a) * (a - b) / m2
    total = 16.0 * (2.0 * k12 * p3 + 2.0 * k13 * p2 + 2.0 * a * b * p1 - 2.0 * a * M * k23 - 4.0 * a * a * M * b)
    total -= 32.0 * lost * (a * a * p3 - a * b * p2 + M * a * k13 - M * b * k12)
    return total + 16.0 * lost * lost * (p1 + a * M) * (k23 - a * b)


@njit
def interference(masses: tuple[float, float, float], dots: Vector, m2: float) -> float:
    """Sum over spins of M_1 M_2^* (m_23^2 - m_A'^2)(m_13^2 - m_A'^2) [GeV^4], see :func:`squared_diagram`."""
    M, a, b = masses
    p1, p2, p3, k12, k13, k23 = dots[0], dots[1], dots[2], dots[3], dots[4], dots[5]
    lost = (M - a) * (a - b) / m2
    total = -32.0 * p3 * k12 - 16.0 * a * b * p2 + 16.0 * M * (a * k23 - b * k12)
    total += 16.0 * a * (a * p3 - b * p1) + 16.0 * M * a * k13 + 32.0 * M * a * a * b
    first = 16.0 * (p2 + M * a) * (k13 - a * b) - 8.0 * a * (a * p3 - b * p1) - 8.0 * M * (a * k23 - b * k12)
    second = 16.0 * (p1 + a * M) * (k23 - a * b) + 8.0 * b * (M * k12 + a * p2) - 8.0 * a * (M * k13 + a * p3)
    total -= lost * (first + second)
    both = p1 * k23 - k12 * p3 + k13 * p2 - a * b * p1 - M * b * k12 + M * a * k13 - a * b * p2 + a * a * p3 + a * M * k23
    return total + 4.0 * lost * lost * (both - a * a * M * b)


@njit
def dark_three_body_width(m_3: float, m_a: float, m_b: float, m_Ap: float, axial_3a: bool, axial_ab: bool) -> float:
    """Gamma(psi_3 -> psi_a psi_a psi_b)/(alpha_D^2 V_3a^2 V_ab^2) [GeV]; masses [GeV], 0 where closed.

    16 points in m_23^2 (square roots at both ends removed) and 12 in the angle; m_3 - m_a stays below m_A'.
    """
    if m_3 <= 2.0 * m_a + m_b:
        return 0.0
    a = -m_a if axial_3a else m_a
    b = m_b if axial_3a == axial_ab else -m_b
    masses = (m_3, a, b)
    m2, dots = m_Ap * m_Ap, np.empty(6)
    low, high = (m_a + m_b) ** 2, (m_3 - m_a) ** 2
    total = 0.0
    for i in range(NODES_16.size):
        angle = math.pi * NODES_16[i]
        s23 = low + (high - low) * 0.5 * (1.0 - math.cos(angle))
        root = math.sqrt(s23)
        e_2, e_1 = 0.5 * (s23 + m_a * m_a - m_b * m_b) / root, 0.5 * (m_3 * m_3 - s23 - m_a * m_a) / root
        p_2, p_1 = math.sqrt(max(e_2 * e_2 - m_a * m_a, 0.0)), math.sqrt(max(e_1 * e_1 - m_a * m_a, 0.0))
        jacobian = WEIGHTS_16[i] * math.pi * 0.5 * (high - low) * math.sin(angle) * 4.0 * p_1 * p_2
        for k in range(NODES_12.size):
            k12 = e_1 * e_2 - p_1 * p_2 * (2.0 * NODES_12[k] - 1.0)
            s12 = 2.0 * (m_a * m_a + k12)
            s13 = m_3 * m_3 + 2.0 * m_a * m_a + m_b * m_b - s12 - s23
            dots[3], dots[4], dots[5] = k12, 0.5 * (s13 - m_a**2 - m_b**2), 0.5 * (s23 - m_a**2 - m_b**2)
            dots[0], dots[1] = m_a**2 + k12 + dots[4], m_a**2 + k12 + dots[5]
            dots[2] = m_b**2 + dots[4] + dots[5]
            first, second = s23 - m2, s13 - m2
            value = squared_diagram(masses, dots, m2) / first - interference(masses, dots, m2) / second
            total += WEIGHTS_12[k] * jacobian * value / first
    return (4.0 * math.pi) ** 2 / (512.0 * math.pi**3 * m_3**3) * total
