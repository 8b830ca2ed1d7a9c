"""Partial widths of a vector boson X from its vector couplings g_f (arXiv:1801.04847).

X -> f fbar: g_f^2 m_X/(12 pi) (1 + 2r) sqrt(1 - 4r), r = (m_f/m_X)^2; a left-handed neutrino g^2 m_X/(24 pi), twice that for a
Dirac neutrino with a light right-handed partner; hadrons of `hadronic_channels`. Below 2 m_e X -> 3 gamma through the electron
loop: Gamma = 17 alpha^3 (g_e^2/4 pi) m_X^9/(2^7 3^6 5^3 pi^3 m_e^8) (arXiv:0807.3279, quoted from memory), the limit of a small
mass, below the exact width as m_X comes near 2 m_e.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ALPHA, ELECTRON_MASS, MUON_MASS, TAU_MASS_2024
from gloam.tables.physics.gauge_bosons.charges import ELECTRIC, FERMIONS, NU_E, C, D, E, S, U
from gloam.tables.physics.gauge_bosons.hadronic_channels import CHANNELS, fill_channels
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LEPTONS = np.array([ELECTRON_MASS, MUON_MASS, TAU_MASS_2024])  # [GeV]
# places of the partial widths
ELECTRONS, MUONS, TAUS, NEUTRINOS, PHOTONS, FIRST_HADRONS = range(6)
WIDTHS = FIRST_HADRONS + CHANNELS
PHOTON_COUPLINGS = -ELECTRIC  # g_f of a dark photon with eps e = 1
NEUTRINOS_OF = len(FERMIONS) - NU_E


@njit
def lepton_factor(mass: float, lepton: float) -> float:
    """(1 + 2r) sqrt(1 - 4r) [1] of X of ``mass`` to a pair of leptons [GeV]; 0 where closed."""
    r = (lepton / mass) ** 2
    return (1.0 + 2.0 * r) * math.sqrt(1.0 - 4.0 * r) if r < 0.25 else 0.0


@njit
def three_photon_width(mass: float, coupling: float) -> float:
    """Width [GeV] of X -> 3 gamma for the coupling g_e, below 2 m_e; 0 above, where it does not matter."""
    if mass >= 2.0 * ELECTRON_MASS:
        return 0.0
    scale = 17.0 * ALPHA**3 * coupling**2 / (4.0 * math.pi) / (2.0**7 * 3.0**6 * 5.0**3 * math.pi**3)
    return scale * mass * (mass / ELECTRON_MASS) ** 8


@njit
def fill_widths(mass: float, couplings: Vector, neutrino: float, hadrons: float, out: Vector) -> float:
    """Partial widths [GeV] into ``out``, shape (WIDTHS,), and their sum.

    Parameters
    ----------
    mass : float
        [GeV], up to 10.5.
    couplings : float64, shape (12,)
        |g_f| or g_f [1] in the order of FERMIONS.
    neutrino : float
        1 for left-handed neutrinos, 2 for Dirac neutrinos.
    hadrons : float
        Factor [1] on the hadronic width.
    """
    unit = mass / (12.0 * math.pi)
    total = 0.0
    for i in range(3):
        out[i] = unit * couplings[E + i] ** 2 * lepton_factor(mass, LEPTONS[i])
        total += out[i]
    out[NEUTRINOS] = 0.0
    for i in range(NEUTRINOS_OF):
        out[NEUTRINOS] += 0.5 * unit * neutrino * couplings[NU_E + i] ** 2
    out[PHOTONS] = three_photon_width(mass, couplings[E])
    total += out[NEUTRINOS] + out[PHOTONS]
    fill_channels(mass, (couplings[U], couplings[D], couplings[S], couplings[C]), out[FIRST_HADRONS:])
    for i in range(FIRST_HADRONS, WIDTHS):
        out[i] *= unit * hadrons
        total += out[i]
    return total
