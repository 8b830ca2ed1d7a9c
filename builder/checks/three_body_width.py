"""three-body-width: QUADPACK (adaptive Gauss-Kronrod) in ln(x/4r^2), split where the propagator has risen to half its end."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from scipy.integrate import quad

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-8
MASSES = {"electron": ELECTRON_MASS, "muon": MUON_MASS}


def integral(m_N: float, m_Zp: float, m_l: float, power: int) -> float:
    """2 int dx (1-x)^2 (1+2x) (1 + 2 r^2/x) sqrt(1 - 4 r^2/x)/(1 - Rx)^power [1] for masses [GeV]."""
    threshold = (2.0 * m_l / m_N) ** 2
    end = math.log1p((m_N - 2.0 * m_l) * (m_N + 2.0 * m_l) / (4.0 * m_l * m_l))
    gap = (m_Zp - m_N) * (m_Zp + m_N) / m_N**2

    def integrand(log: float) -> float:
        below = -math.expm1(log - end)  # 1 - x
        x = threshold * math.exp(log)
        pair = (1.0 + 0.5 * math.exp(-log)) * math.sqrt(-math.expm1(-log))
        propagator = (gap + below) / (1.0 + gap)
        return x * below**2 * (1.0 + 2.0 * x) * pair / propagator**power

    edges = [0.0, *(end - step for step in (3.0, gap) if 0.0 < step < end), end]
    parts = [quad(integrand, low, high, epsabs=0.0, epsrel=1e-9, limit=200)[0] for low, high in pairwise(sorted(edges))]
    return 2.0 * math.fsum(parts)


def check(label: str, x: Array) -> tuple[Array, float]:
    """(K, J/(1 - 4 r^2 R)) [1] at x = (m_N, m_Zp) [GeV] for the lepton ``label``."""
    m_l = MASSES[label]
    rows = []
    for m_N, m_Zp in x.tolist():
        square, first = (integral(m_N, m_Zp, m_l, power) for power in (2, 1))
        rows.append((square, first / (1.0 - (2.0 * m_l / m_Zp) ** 2)))
    return np.array(rows), ACCURACY
