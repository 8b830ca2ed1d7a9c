"""Kinetic mixing with the photon from charged-lepton loops.

    eps(q^2) = (e g/2 pi^2) sum_l Q'_l F(m_l, q^2),   F = int_0^1 dx x (1-x) ln[(m^2 - x (1-x) q^2 - i0)/GeV^2],

finite, and independent of the unit of mass, where sum N_c Q Q' = 0 over all fermions: L_i - L_j. With g > 0 and L_mu - L_tau
eps(0) is negative, -g/69.29. The sign belongs to g_f = g Q'_f - eps e Q_f of `charges`. arXiv:2104.03297.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRIC_CHARGE, ELECTRON_MASS, MUON_MASS, TAU_MASS_2024
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

MASSES = np.array([ELECTRON_MASS, MUON_MASS, TAU_MASS_2024])  # [GeV]
SMALL = 1e-2  # [1] |q^2|/m^2 below which the expansion replaces the closed form, which loses digits there


@njit
def vacuum_function(mass: float, q2: float) -> complex:
    """F(m, q^2) [1] for a mass [GeV] and q^2 [GeV^2] of either sign: 1e-10."""
    m2 = mass * mass
    ratio = q2 / m2
    if abs(ratio) < SMALL:
        series = ratio / 30.0 + ratio**2 / 280.0 + ratio**3 / 1890.0 + ratio**4 / 11088.0
        return complex(math.log(m2) / 6.0 - series, 0.0)
    w = 4.0 / ratio
    if q2 < 0.0:
        b = math.sqrt(1.0 - w)
        log = complex(b * math.log((b + 1.0) / (b - 1.0)), 0.0)
    elif w > 1.0:
        b = math.sqrt(w - 1.0)
        log = complex(2.0 * b * math.atan(1.0 / b), 0.0)
    else:
        b = math.sqrt(1.0 - w)
        log = b * complex(math.log((1.0 + b) / (1.0 - b)) if b < 1.0 else math.inf, -math.pi)
    return math.log(m2) / 6.0 - 5.0 / 18.0 - w / 6.0 + (1.0 + 0.5 * w) * log / 6.0


@njit
def loop_mixing(coupling: float, charges: Vector, q2: float) -> complex:
    """eps(q^2) [1] for the coupling g [1] and the charges of e, mu, tau, shape (3,), at q^2 [GeV^2]."""
    total = 0.0 + 0.0j
    for i in range(3):
        if charges[i] != 0.0:
            total += charges[i] * vacuum_function(MASSES[i], q2)
    return ELECTRIC_CHARGE * coupling / (2.0 * math.pi**2) * total
