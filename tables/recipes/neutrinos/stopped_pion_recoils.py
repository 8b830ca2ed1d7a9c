"""Recoil spectra of CEvNS with neutrinos of stopped pions: dsigma/dE_R over Q^2/4, averaged over a flux.

    (G_F^2 M/pi) F^2 [m_0 - (E_R m_1) - M E_R m_2/2],   m_n = int phi E^-n dE

(`physics/neutrinos`), over q/q_max = sqrt(E_R/E_R,max), in which it is smooth to both ends. Charges and mediators are outside:
with a vector of mass m_X a count is sum_k w_k (Q_w/2 - N/(1 + 2 M E_k/m_X^2))^2 over points E_k, exact for every m_X, sign and
number of mediators.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import named
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, largest_recoil
from gloam.tables.physics.neutrinos.stopped_pions import FLUXES, flux_averaged, highest_energy
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

TARGETS = ("Ar40", "Cs133", "I127")
LABELS = tuple(f"{nucleus}-{flux}{kind}" for nucleus in TARGETS for flux in FLUXES for kind in ("", "-full"))

TABLE = TableSpec(
    name="stopped-pion-recoils",
    version=1,
    title="recoil spectrum of coherent scattering, flux of stopped pions, per Q^2/4",
    inputs=(Input("share", "1", 0.0, 1.0, "momentum transfer over its largest, sqrt(E_R/E_R,max)"),),
    axes=(Axis("share", 0.0, 1.0, 128),),
    coordinates="linear",
    transform="linear",
    unit="cm^2/GeV",
    rtol=1e-7,
    choice=Choice("reaction", LABELS),
    parameters=((),) * len(LABELS),
    dtype="float64",
    constants=named("G_F", "m_mu", "m_pi", "m_e", "u"),
    references=("10.1103/PhysRevD.9.1389", "10.1016/S0927-6505(96)00047-3", "arXiv:1803.09183"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """dsigma/dE_R over Q^2/4 [cm^2/GeV] at x = (share,); data = flux, mass [GeV], R [1/GeV], full, largest recoil [GeV]."""
    out[0] = flux_averaged(int(data[0]), x[0] * x[0] * data[4], data[1], data[2], data[3] == 1.0)


def reaction(label: str) -> tuple[str, int, bool]:
    """Nucleus, number of the flux, and whether the kinematics are full."""
    nucleus, flux, *kind = label.split("-")
    return nucleus, FLUXES.index(flux), bool(kind)


def data(label: str) -> Vector:
    """The reaction for :func:`kernel`."""
    name, flux, full = reaction(label)
    nucleus = NUCLEI[name]
    end = largest_recoil(highest_energy(flux), nucleus.mass, full)
    return np.array([flux, nucleus.mass, nucleus.radius, float(full), end])
