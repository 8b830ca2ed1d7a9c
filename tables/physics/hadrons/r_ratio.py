"""R(s) = sigma(e+e- -> hadrons)/(4 pi alpha^2/3s) as one curve, and the decay integrals over it.

How the overlapping measurements of ``r_ratio.csv`` become one curve. (1) The error of a point is its statistical
error (mean of up and down) and its systematic error in quadrature. (2) Points are collected in the bins of sqrt(s)
of ``BINS``: 0.5-1 MeV at the omega and the phi, so that both resonances are resolved, wider elsewhere. (3) In a bin R
and sqrt(s) are averaged with the weights 1/error^2. (4) Between the averages R is a straight line in s. (5) From
s = 4 m_pi^2 to the first average, R = R_1 (beta/beta_1)^3 with the pion velocity beta^2 = 1 - 4 m_pi^2/s: the
threshold power of a pion pair in a P wave. (6) Below 4 m_pi^2 R = 0: pi0 gamma is not included.

Beyond the last average (10.5 GeV) there is no information. The narrow psi and Upsilon peaks and tau pairs are not in
the data. External uncertainty: 5 % (compilations differ by 3-10 %); it is not part of any interpolation error.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import CHARGED_PION_MASS
from gloam.tables.datafile import read
from gloam.tables.numerics.quadrature import NODES_6, NODES_16, WEIGHTS_6, WEIGHTS_16
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILE = "r_ratio.csv"
HADRON_THRESHOLD = 2.0 * CHARGED_PION_MASS  # [GeV]
FIRST_MASS = HADRON_THRESHOLD * (1.0 + 1e-7)  # [GeV] where one-dimensional tables of hadronic widths begin
BINS = (  # (from, to, width) of sqrt(s), all in GeV
    (0.295, 0.60, 0.010),
    (0.60, 0.76, 0.005),
    (0.76, 0.80, 0.001),
    (0.80, 1.00, 0.010),
    (1.00, 1.01, 0.001),
    (1.01, 1.03, 0.0005),
    (1.03, 1.06, 0.002),
    (1.06, 2.00, 0.020),
    (2.00, 3.70, 0.100),
    (3.70, 4.60, 0.020),
    (4.60, 10.60, 0.200),
)


def combined_ratio(energy: Vector, ratio: Vector, error: Vector) -> tuple[Vector, Vector]:
    """Average sqrt(s) [GeV] and R [1] of the measurements in each bin that has any, weights 1/error^2."""
    edges = np.concatenate([np.linspace(a, b, round((b - a) / w), endpoint=False) for a, b, w in BINS])
    inside = (energy >= edges[0]) & (energy < BINS[-1][1])
    bins = np.searchsorted(edges, energy[inside], side="right")
    weight = 1.0 / error[inside] ** 2
    total = np.bincount(bins, weight)
    filled = total > 0.0
    mean_energy = np.bincount(bins, weight * energy[inside])[filled] / total[filled]
    mean_ratio = np.bincount(bins, weight * ratio[inside])[filled] / total[filled]
    return mean_energy, mean_ratio


def published_curve() -> tuple[Vector, Vector]:
    """Knots s [GeV^2], shape (n,), and R there [1], shape (n,), of the curve described above."""
    data = read(FILE)
    statistical = 0.5 * (data["stat_up"] + data["stat_down"])
    error = np.hypot(statistical, 0.01 * data["syst_percent"] * data["R"])
    energy, ratio = combined_ratio(data["sqrt_s"], data["R"], error)
    return energy**2, ratio


KNOTS, RATIOS = published_curve()
LAST_ENERGY = math.sqrt(KNOTS[-1])  # [GeV]


@njit
def pion_velocity(s: float) -> float:
    """Velocity [1] of each pion of a pair of squared mass s [GeV^2]; 0 below threshold."""
    return math.sqrt(max(1.0 - HADRON_THRESHOLD**2 / s, 0.0))


@njit
def r_ratio(s: float, knots: Vector, ratios: Vector) -> float:
    """R(s) [1] of the curve (knots [GeV^2], ratios); 0 below 2 m_pi, NaN beyond the last knot."""
    if s < knots[0]:
        return ratios[0] * (pion_velocity(s) / pion_velocity(knots[0])) ** 3
    if s > knots[-1]:
        return math.nan
    i = min(int(np.searchsorted(knots, s, side="right")) - 1, knots.size - 2)
    return ratios[i] + (ratios[i + 1] - ratios[i]) * (s - knots[i]) / (knots[i + 1] - knots[i])


@njit
def dipole_hadron_integral(m_N: float, knots: Vector, ratios: Vector) -> float:
    """int ds/s (1-x)^2 (1 + x/2) R(s) from 4 m_pi^2 to m_N^2, x = s/m_N^2 [1]; m_N [GeV].

    Times alpha/(3 pi) it is Gamma(N -> nu gamma* -> nu hadrons)/Gamma(N -> nu gamma): the lepton formula of
    `dipole_widths` with (1 + 2 m_l^2/s) beta_l replaced by R(s).
    """
    m2 = m_N * m_N
    total = 0.0
    threshold = HADRON_THRESHOLD**2
    length = min(m2, knots[0]) - threshold
    if length <= 0.0:
        return 0.0
    for k in range(NODES_16.size):
        v, weight = NODES_16[k], WEIGHTS_16[k]
        s = threshold + length * v * v
        total += weight * 2.0 * v * length * dipole_weight(s / m2) / s * r_ratio(s, knots, ratios)
    for i in range(knots.size - 1):
        if knots[i] >= m2:
            break
        width = knots[i + 1] - knots[i]
        length = min(m2, knots[i + 1]) - knots[i]
        for k in range(NODES_6.size):
            v, weight = NODES_6[k], WEIGHTS_6[k]
            s = knots[i] + length * v
            ratio = ratios[i] + (ratios[i + 1] - ratios[i]) * length * v / width
            total += weight * length * dipole_weight(s / m2) / s * ratio
    return total


@njit
def dipole_weight(x: float) -> float:
    """(1-x)^2 (1 + x/2) [1]: a virtual photon of squared mass x m_N^2 against a real one."""
    return (1.0 - x) ** 2 * (1.0 + 0.5 * x)
