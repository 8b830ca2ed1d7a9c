"""Decay widths of N through a transition magnetic moment: nu gamma, nu l l and nu hadrons.

L = (mu_tr/2) nubar_L sigma_{mu nu} F^{mu nu} N + h.c. Dirac N, massless neutrinos; a Majorana N has twice every width.
Source of the two-body width: G. Magill, R. Plestid, M. Pospelov, Y.-D. Tsai, arXiv:1803.03262 (d = mu_tr/2).
"""

from __future__ import annotations

import math

from gloam.tables.constants import ALPHA
from gloam.tables.numerics.quadrature import NODES_48, WEIGHTS_48
from gloam.tables.physics.hadrons.r_ratio import dipole_weight
from numba import njit


@njit
def neutrino_photon_width(m_N: float) -> float:
    """Gamma(N -> nu gamma)/mu_tr^2 [GeV^3] for m_N [GeV]: m_N^3/(16 pi)."""
    return m_N**3 / (16.0 * math.pi)


@njit
def lepton_pair_ratio(m_N: float, m_l: float) -> float:
    """Gamma(N -> nu l+ l-)/Gamma(N -> nu gamma) [1] through a virtual photon; masses [GeV].

    (alpha/3 pi) int_{4 r^2}^1 dx/x (1-x)^2 (1 + x/2) sqrt(1 - 4 r^2/x) (1 + 2 r^2/x), r = m_l/m_N, x = m_ll^2/m_N^2.
    For r -> 0 it tends to (alpha/3 pi)(2 ln(1/r) - 3). x = 4 r^2 cosh^2(eta), eta = eta_max (1 - v^2).
    """
    if m_N <= 2.0 * m_l:
        return 0.0
    r = m_l / m_N
    eta_max = math.acosh(0.5 / r)
    total = 0.0
    for k in range(NODES_48.size):
        v, weight = NODES_48[k], WEIGHTS_48[k]
        growth = math.exp(eta_max * (1.0 - v * v))
        twice_cosine = growth + 1.0 / growth
        velocity = (growth - 1.0 / growth) / twice_cosine
        x = (r * twice_cosine) ** 2
        pair = velocity * (1.0 + 2.0 / twice_cosine**2)
        total += weight * 4.0 * v * eta_max * velocity * dipole_weight(x) * pair
    return ALPHA / (3.0 * math.pi) * total


@njit
def hadron_ratio(integral: float) -> float:
    """Gamma(N -> nu hadrons)/Gamma(N -> nu gamma) [1] from `dipole_hadron_integral`: alpha/(3 pi) times it."""
    return ALPHA / (3.0 * math.pi) * integral
