"""Coherent elastic scattering of neutrinos off nuclei, CEvNS: cross section without its charge, form factor, targets.

    dsigma/dE_R = (Q^2/4) (G_F^2 M/pi) F^2(q) (1 - [E_R/E] - M E_R/(2 E^2)),   q^2 = 2 M E_R,

M the mass of the nucleus, E that of the neutrino; the term in brackets belongs to the full kinematics, with E_R <= 2 E^2/(M + 2
E), and is left out in most papers, with E_R <= 2 E^2/M. Q is the vector charge: Q_w = N - (1 - 4 s_W^2) Z for Z exchange (D. Z.
Freedman, Phys. Rev. D 9 (1974) 1389), Q_w - 2 [Z (2 eps^u + eps^d) + N (eps^u + 2 eps^d)] with contact interactions.

F: R. H. Helm, Phys. Rev. 104 (1956) 1466, in the parametrisation of J. D. Lewin, P. F. Smith, Astropart. Phys. 6 (1996) 87:
F = 3 j_1(qR)/(qR) exp(-q^2 s^2/2), R^2 = c^2 + 7/3 pi^2 a^2 - 5 s^2, c = 1.23 A^(1/3) - 0.60 fm, a = 0.52 fm, s = 0.9 fm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gloam.tables.constants import ATOMIC_MASS_UNIT, AVOGADRO, ELECTRON_MASS, FERMI_CONSTANT
from numba import njit

CM2 = 3.893793721e-28  # [cm^2 GeV^2] (hbar c)^2
HBAR_C_FM = 0.1973269804  # [GeV fm] CODATA 2018
SKIN, DIFFUSENESS = 0.9 / HBAR_C_FM, 0.52 / HBAR_C_FM  # [1/GeV] s and a
SMALL = 0.3  # [1] qR below which the series of j_1 replaces the closed form


@dataclass(frozen=True)
class Nucleus:
    """A target: numbers of protons and nucleons, mass of the neutral atom [u]."""

    protons: int
    nucleons: float
    atomic: float

    @property
    def neutrons(self) -> float:
        return self.nucleons - self.protons

    @property
    def mass(self) -> float:
        """Mass of the nucleus [GeV]; the binding of its electrons is left out (1e-6)."""
        return self.atomic * ATOMIC_MASS_UNIT - self.protons * ELECTRON_MASS

    @property
    def radius(self) -> float:
        """R of the form factor [1/GeV]."""
        core = (1.23 * self.nucleons ** (1.0 / 3.0) - 0.60) / HBAR_C_FM
        return math.sqrt(core**2 + 7.0 / 3.0 * math.pi**2 * DIFFUSENESS**2 - 5.0 * SKIN**2)


NUCLEI = {  # atomic masses: AME2020, M. Wang et al., Chin. Phys. C 45 (2021) 030003
    "Ar40": Nucleus(18, 40, 39.9623831237),
    "Cs133": Nucleus(55, 133, 132.905451961),
    "I127": Nucleus(53, 127, 126.9044719),
    "Xe": Nucleus(54, 131.293, 131.293),  # natural xenon as one nucleus of its mean mass, IUPAC 2018
}


def atoms_per_kg(*molar: float) -> float:
    """Molecules in a kilogram whose atoms have the masses ``molar`` [u]."""
    return 1e3 * AVOGADRO / sum(molar)


@njit
def helm2(momentum: float, radius: float) -> float:
    """F^2 [1] at q = ``momentum`` [GeV] for R = ``radius`` [1/GeV]."""
    x = momentum * radius
    if x < SMALL:
        shape = 1.0 - x * x / 10.0 * (1.0 - x * x / 28.0 * (1.0 - x * x / 54.0))
    else:
        shape = 3.0 * (math.sin(x) - x * math.cos(x)) / x**3
    return shape * shape * math.exp(-((momentum * SKIN) ** 2))


@njit
def cross_section_factor(recoil: float, mass: float, radius: float) -> float:
    """(G_F^2 M/pi) F^2 [cm^2/GeV] at the recoil energy [GeV] of a nucleus of ``mass`` [GeV]."""
    return CM2 * FERMI_CONSTANT**2 * mass / math.pi * helm2(math.sqrt(2.0 * mass * recoil), radius)


@njit
def least_energy(recoil: float, mass: float, full: bool) -> float:
    """Energy [GeV] of the neutrino from which on a recoil is possible."""
    if full:
        return 0.5 * (recoil + math.sqrt(recoil * recoil + 2.0 * mass * recoil))
    return math.sqrt(0.5 * mass * recoil)


@njit
def largest_recoil(energy: float, mass: float, full: bool) -> float:
    """Largest recoil energy [GeV] that a neutrino of ``energy`` [GeV] can give."""
    return 2.0 * energy * energy / (mass + 2.0 * energy if full else mass)


@njit
def recoil_bracket(recoil: float, mass: float, full: bool, m0: float, m1: float, m2: float) -> float:
    """The bracket of the cross section folded with a flux of moments m_n = int flux E^-n dE [flux GeV^-n] above the least
    energy.
    """
    return m0 - (recoil * m1 if full else 0.0) - 0.5 * mass * recoil * m2
