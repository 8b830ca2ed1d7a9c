"""Neutrinos of pions and muons that decay at rest, one of each flavour per stopped pi+, and their recoil spectra.

    nu_mu: a line at (m_pi^2 - m_mu^2)/(2 m_pi) = 29.79 MeV,
    nubar_mu: (64 E^2/m_mu^3)(3/4 - E/m_mu),   nu_e: (192 E^2/m_mu^3)(1/2 - E/m_mu),   E < m_mu/2

(L. Michel, Proc. Phys. Soc. A 63 (1950) 514; the mass of the electron neglected). Moments are polynomials.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import CHARGED_PION_MASS, MUON_MASS
from gloam.tables.physics.neutrinos.nuclear_scattering import (
    cross_section_factor,
    largest_recoil,
    least_energy,
    recoil_bracket,
)
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FLUXES = ("numu", "numubar", "nue")
NUMU, NUMUBAR, NUE = range(3)
FLAVOUR_OF = (1, 1, 0)  # of every flux among e, mu, tau
LINE = (CHARGED_PION_MASS**2 - MUON_MASS**2) / (2.0 * CHARGED_PION_MASS)  # [GeV]
END = 0.5 * MUON_MASS  # [GeV]


@njit
def highest_energy(flux: int) -> float:
    """End of a flux [GeV]."""
    return LINE if flux == NUMU else END


@njit
def moment(flux: int, n: int, least: float) -> float:
    """int_least phi E^-n dE [GeV^-n], n = 0, 1, 2, of a flux that is 1 in all."""
    if flux == NUMU:
        return LINE ** (-n) if least <= LINE else 0.0
    norm, pivot = (64.0, 0.75) if flux == NUMUBAR else (192.0, 0.5)
    y, end = min(least / MUON_MASS, 0.5), 0.5
    first = pivot * (end ** (3 - n) - y ** (3 - n)) / (3 - n)
    return norm * (first - (end ** (4 - n) - y ** (4 - n)) / (4 - n)) / MUON_MASS**n


@njit
def flux_averaged(flux: int, recoil: float, mass: float, radius: float, full: bool) -> float:
    """dsigma/dE_R over Q^2/4 [cm^2/GeV], averaged over a flux; 0 above its end."""
    if recoil > largest_recoil(highest_energy(flux), mass, full):
        return 0.0
    least = least_energy(recoil, mass, full) if flux != NUMU else 0.0
    m0, m1, m2 = moment(flux, 0, least), moment(flux, 1, least), moment(flux, 2, least)
    return cross_section_factor(recoil, mass, radius) * recoil_bracket(recoil, mass, full, m0, m1, m2)
