"""stopped-pion-recoils: the fold with the spectra in the energy of the neutrino, double-exponential; Bessel functions of
scipy.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.tables.constants import CHARGED_PION_MASS, FERMI_CONSTANT, HBAR_C, MUON_MASS
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI
from gloam.tables.recipes.neutrinos.stopped_pion_recoils import reaction
from scipy.special import spherical_jn

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-10


def top_of(flux: int) -> float:
    """Highest energy of a flux [GeV]."""
    return 0.5 * CHARGED_PION_MASS * (1.0 - (MUON_MASS / CHARGED_PION_MASS) ** 2) if flux == 0 else 0.5 * MUON_MASS


def end_of(nucleus: str, flux: int, full: bool) -> float:
    """Largest recoil [GeV]."""
    return 2.0 * top_of(flux) ** 2 / (NUCLEI[nucleus].mass + 2.0 * top_of(flux) * full)


def averaged(nucleus: str, flux: int, full: bool, share: float) -> float:
    """dsigma/dE_R over Q^2/4 [cm^2/GeV]."""
    target = NUCLEI[nucleus]
    mass, fm, top = target.mass, 1e15 * HBAR_C, top_of(flux)  # [GeV], [GeV fm], [GeV]
    recoil = share**2 * end_of(nucleus, flux, full)
    least = 0.5 * (recoil + math.sqrt(recoil**2 + 2.0 * mass * recoil)) if full else math.sqrt(0.5 * mass * recoil)

    def bracket(energy: Array) -> Array:
        found: Array = 1.0 - full * recoil / energy - 0.5 * mass * recoil / energy**2
        return found

    if flux == 0:
        folded = float(bracket(np.array([top]))[0])
    else:
        energy, weight = pieces([least, max(top, least)])
        y = 2.0 * energy / MUON_MASS
        shape = 4.0 * y**2 * (1.5 - y) if flux == 1 else 12.0 * y**2 * (1.0 - y)
        folded = float(np.sum(weight * 2.0 / MUON_MASS * shape * bracket(energy)))
    a = target.nucleons
    radius = math.sqrt((1.23 * a ** (1.0 / 3.0) - 0.6) ** 2 + 7.0 * (math.pi * 0.52) ** 2 / 3.0 - 5.0 * 0.9**2)
    momentum = math.sqrt(2.0 * mass * recoil) / fm  # [1/fm]
    form = 3.0 * spherical_jn(1, momentum * radius) / (momentum * radius) * math.exp(-0.5 * (0.9 * momentum) ** 2)
    return float((HBAR_C * 100.0 * FERMI_CONSTANT * form) ** 2 * mass / math.pi * folded)


def check(label: str, x: Array) -> tuple[Array, float]:
    """dsigma/dE_R over Q^2/4 [cm^2/GeV] at x = (share,), of the reaction ``label``."""
    return np.array([[averaged(*reaction(label), share)] for share in x[:, 0].tolist()]), ACCURACY
