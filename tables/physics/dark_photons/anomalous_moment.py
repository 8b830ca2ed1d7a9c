"""Anomalous magnetic moment of the muon from a dark photon at one loop.

a_mu = (eps^2 alpha/2 pi) F(R), F = int_0^1 dz 2 z (1-z)^2/[(1-z)^2 + R z], R = (m_A'/m_mu)^2: F -> 1 for a light and
2/(3 R) for a heavy A'. M. Pospelov, arXiv:0811.1030.
"""

from __future__ import annotations

import math

from gloam.tables.constants import ALPHA, MUON_MASS
from gloam.tables.numerics.quadrature import NODES_32, WEIGHTS_32
from numba import njit


@njit
def loop_function(ratio: float) -> float:
    """F(R) [1] at R = (m_A'/m_mu)^2 > 0 by 32-point Gauss-Legendre quadrature, 1e-12.

    R < 1: 1 - z = sqrt(R) sinh(t); R > 1: R z = exp(t) - 1; both resolve the layer where the two terms are equal.
    """
    total = 0.0
    if ratio < 1.0:
        scale = math.sqrt(ratio)
        end = math.asinh(1.0 / scale)
        for k in range(NODES_32.size):
            t = end * NODES_32[k]
            y = scale * math.sinh(t)
            jacobian = end * scale * math.cosh(t)
            total += WEIGHTS_32[k] * jacobian * 2.0 * (1.0 - y) * y * y / (y * y + ratio * (1.0 - y))
        return total
    end = math.log1p(ratio)
    for k in range(NODES_32.size):
        t = end * NODES_32[k]
        z = math.expm1(t) / ratio
        y2 = (1.0 - z) ** 2
        total += WEIGHTS_32[k] * end * math.exp(t) / ratio * 2.0 * z * y2 / (y2 + ratio * z)
    return total


@njit
def muon_moment(m_Ap: float, eps: float) -> float:
    """a_mu [1] of a dark photon of mass m_Ap [GeV] and kinetic mixing eps [1]."""
    return eps * eps * ALPHA / (2.0 * math.pi) * loop_function((m_Ap / MUON_MASS) ** 2)
