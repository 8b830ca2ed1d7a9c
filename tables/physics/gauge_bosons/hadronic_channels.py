"""Hadronic decays of a vector boson with any quark couplings, by vector-meson dominance.

    Gamma_F = (m_X/12 pi) R_F(m_X) |sum_V c_V a_V|^2/|sum_V c_V(photon) a_V|^2,

R_F that of a dark photon (`hadronic_channels.csv`, arXiv:2201.01788), c_rho = g_u - g_d, c_omega = 3 (g_u + g_d), c_phi = 3
g_s, which are (1, 1, -1) e eps for a dark photon: 2 Tr(T_rho Q_X), 6 Tr(T_omega Q_X), 3 sqrt(2) Tr(T_phi Q_X) of
arXiv:1801.04847. Channels of one meson have one a_V; the others have Breit-Wigner amplitudes with the couplings of the quark
model:

| channel | a_rho : a_omega : a_phi |
|---|---|
| pi0 gamma | 1 : 1 : 0.082 (phi -> pi0 gamma from its width) |
| eta gamma | 1/2 : 1/18 : 1/9 |
| 3 pi | 0 : 1 : 0.067 (from both peaks and a rho pi phase space) |
| K Kbar | 1/2 : 1/6 : 1/3 charged, -1/2 : 1/6 : 1/3 neutral, each times its velocity cubed |

pi0 gamma below 0.6 GeV has the closed form of the chiral anomaly with the same amplitudes, R = alpha m_X^2 (1 - m_pi0^2/m_X^2)^3
|sum_V c_V a_V|^2/(64 pi^3 f_pi^2) with f_pi = 130 MeV (arXiv:1404.4370), which the data meet to 0.3 % there: near threshold the
tabulated channel is smaller by up to seven times and not a P wave.

Excited states share the flavour of the ground state in these ratios. rho-omega mixing is part of the measured pion pairs and
counts as rho, so that a baryonic boson has no decay to pion pairs. K K pi and K K pi pi count as phi; nucleon pairs as rho and
omega in equal parts. Above 2 GeV R(s) of `physics/hadrons.py` follows the quarks: u, d, s up to 2.2 (three flavours with the
first QCD correction), charm the rest. The narrow psi and Upsilon states are in no data set. External uncertainty 5 %.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import (
    ALPHA,
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    NEUTRAL_KAON_MASS,
    NEUTRAL_PION_MASS,
    OMEGA_MASS,
    PHI_MASS,
    PION_DECAY_CONSTANT,
    RHO_MASS,
)
from gloam.tables.datafile import read
from gloam.tables.physics.hadrons.r_ratio import KNOTS, RATIOS, r_ratio
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILE = "hadronic_channels.csv"
COLUMNS = (
    "pi0_gamma",
    "eta_gamma",
    "two_pi",
    "three_pi",
    "four_pi",
    "KK",
    "isovector",
    "omega_like",
    "phi_like",
    "nucleons",
    "continuum",
)
PI0_GAMMA, ETA_GAMMA, TWO_PI, THREE_PI, FOUR_PI, KK, ISOVECTOR, OMEGA_LIKE, PHI_LIKE, NUCLEONS, CONTINUUM = range(len(COLUMNS))
CHANNELS = len(COLUMNS)
_DATA = read(FILE)
MASSES = np.array(_DATA["m_Ap"])  # [GeV]
RATIO_ROWS = np.column_stack([_DATA[name] for name in COLUMNS])  # [1] shape (rows, CHANNELS)
EXCLUSIVE_END = float(MASSES[-1])  # [GeV]
ANOMALY_END = 0.6  # [GeV]
LIGHT_RATIO = 2.2  # [1] R of u, d, s: 2 (1 + alpha_s/pi) near 3 GeV
RHO_WIDTH, OMEGA_WIDTH, PHI_WIDTH = 0.1491, 0.00868, 0.004249  # [GeV] Particle Data Group 2022
PHI_TO_PI_GAMMA = 0.082  # [1] a_phi/a_omega: sqrt(2) [Gamma q^-3 of phi -> pi0 gamma over that of omega]^(1/2)
PHI_TO_THREE_PI = 0.067  # [1] a_phi/a_omega from R = 7.7 and 11.1 at the peaks and 21.9 for the ratio of rho pi phase spaces


@njit
def breit_wigner(mass: float, width: float, s: float) -> complex:
    """m^2/(m^2 - s - i m Gamma) [1]; masses and width [GeV], s [GeV^2]."""
    return mass * mass / complex(mass * mass - s, -mass * width)


@njit
def rho_propagator(s: float) -> complex:
    """As :func:`breit_wigner` for the rho, whose width grows with the cube of the pion momentum."""
    threshold = 4.0 * CHARGED_PION_MASS**2
    velocity = (s - threshold) / (RHO_MASS**2 - threshold)
    width = RHO_WIDTH * velocity**1.5 * RHO_MASS / math.sqrt(s) if velocity > 0.0 else 0.0
    return RHO_MASS**2 / complex(RHO_MASS**2 - s, -math.sqrt(s) * width)


@njit
def power(rho: complex, omega: complex, phi: complex, couplings: tuple[float, float, float]) -> float:
    """|sum_V c_V a_V|^2/|sum_V c_V(photon) a_V|^2, in the units of the couplings squared."""
    return abs(couplings[0] * rho + couplings[1] * omega + couplings[2] * phi) ** 2 / abs(rho + omega - phi) ** 2


@njit
def kaon_power(s: float, rho: complex, omega: complex, phi: complex, couplings: tuple[float, float, float]) -> float:
    """As :func:`power` for charged and neutral kaon pairs together."""
    charged = max(1.0 - 4.0 * CHARGED_KAON_MASS**2 / s, 0.0) ** 1.5
    neutral = max(1.0 - 4.0 * NEUTRAL_KAON_MASS**2 / s, 0.0) ** 1.5
    photon = charged * abs(rho + omega - phi) ** 2 + neutral * abs(-rho + omega - phi) ** 2
    first, second = couplings[1] * omega + couplings[2] * phi, couplings[0] * rho
    return (charged * abs(first + second) ** 2 + neutral * abs(first - second) ** 2) / photon if photon > 0.0 else 0.0


@njit
def anomaly_form(mass: float, rho: complex, omega: complex, phi: complex, couplings: tuple[float, float, float]) -> float:
    """R [1] of pi0 gamma by the chiral anomaly; phi is its amplitude, the relative coupling included. 0 below threshold."""
    phase_space = max(1.0 - (NEUTRAL_PION_MASS / mass) ** 2, 0.0) ** 3
    amplitude = abs(couplings[0] * rho + couplings[1] * omega + couplings[2] * phi) ** 2
    return ALPHA * mass * mass * phase_space * amplitude / (64.0 * math.pi**3 * PION_DECAY_CONSTANT**2)


@njit
def amplitudes(s: float) -> tuple[complex, complex, complex]:
    """Propagators [1] of rho, omega and phi at s [GeV^2]."""
    return rho_propagator(s), breit_wigner(OMEGA_MASS, OMEGA_WIDTH, s), breit_wigner(PHI_MASS, PHI_WIDTH, s)


def _join() -> float:
    """Data over anomaly [1] of pi0 gamma at ANOMALY_END for a photon."""
    rho, omega, phi = amplitudes(ANOMALY_END**2)
    measured = float(np.interp(ANOMALY_END, MASSES, RATIO_ROWS[:, PI0_GAMMA]))
    return measured / anomaly_form(ANOMALY_END, rho, omega, PHI_TO_PI_GAMMA * phi, (1.0, 1.0, -1.0))


JOIN = _join()


@njit
def fill_channels(mass: float, quarks: tuple[float, float, float, float], out: Vector) -> float:
    """12 pi Gamma_F/m_X [1] of every channel into ``out``, shape (CHANNELS,), and their sum; zero below m_pi0.

    ``quarks`` are g_u, g_d, g_s, g_c [1], mass [GeV]. NaN above 10.5 GeV, where R(s) ends.
    """
    up, down, strange, charm = quarks
    out[:CHANNELS] = 0.0
    if mass < NEUTRAL_PION_MASS:
        return 0.0
    light = 1.5 * (up * up + down * down + strange * strange)  # 1 for a photon of unit charge
    if mass > EXCLUSIVE_END:
        ratio = r_ratio(mass * mass, KNOTS, RATIOS)
        uds = min(ratio, LIGHT_RATIO) if mass > 3.73 else ratio
        out[CONTINUUM] = uds * light + (ratio - uds) * 2.25 * charm * charm
        return out[CONTINUUM]
    i = min(max(int(np.searchsorted(MASSES, mass, side="right")) - 1, 0), MASSES.size - 2)
    part = max(mass - MASSES[i], 0.0) / (MASSES[i + 1] - MASSES[i])
    for k in range(CHANNELS):
        out[k] = RATIO_ROWS[i, k] + part * (RATIO_ROWS[i + 1, k] - RATIO_ROWS[i, k])
    s = mass * mass
    couplings = (up - down, 3.0 * (up + down), 3.0 * strange)
    rho, omega, phi = amplitudes(s)
    isovector, omega_like, phi_like = couplings[0] ** 2, couplings[1] ** 2, couplings[2] ** 2
    if mass < ANOMALY_END:
        out[PI0_GAMMA] = JOIN * anomaly_form(mass, rho, omega, PHI_TO_PI_GAMMA * phi, couplings)
    else:
        out[PI0_GAMMA] *= power(rho, omega, PHI_TO_PI_GAMMA * phi, couplings)
    out[ETA_GAMMA] *= power(0.5 * rho, omega / 18.0, phi / 9.0, couplings)
    out[THREE_PI] *= power(0.0j, omega, PHI_TO_THREE_PI * phi, couplings)
    if out[KK] > 0.0:
        out[KK] *= kaon_power(s, 0.5 * rho, omega / 6.0, phi / 3.0, couplings)
    for channel in (TWO_PI, FOUR_PI, ISOVECTOR):
        out[channel] *= isovector
    out[OMEGA_LIKE] *= omega_like
    out[PHI_LIKE] *= phi_like
    out[NUCLEONS] *= 0.5 * (isovector + omega_like)
    out[CONTINUUM] *= light
    return float(out[:CHANNELS].sum())
