"""Recoil spectra of xenon with solar neutrinos: dsigma/dE_R over Q^2/4 folded with the spectra of 8B and hep, per unit of flux.

    (G_F^2 M/pi) F^2 [M_0 - M E_R M_2/2],   M_n = int phi E^-n (1 or <cos 2 theta_m>) dE

(`physics/neutrinos/solar.py`), over sqrt(E_R/E_R,max). The rate of flavour a is A_a of the first and B_a of the second component.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import named
from gloam.tables.experiments.solar import MATTER
from gloam.tables.physics.neutrinos import solar
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, largest_recoil
from gloam.tables.physics.neutrinos.solar import flux_block, recoil_pieces, spectrum
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = solar.FILES
SOURCES = ("8B", "hep")
LABELS = tuple(f"{source}-{label}" for source in SOURCES for label in MATTER)

TABLE = TableSpec(
    name="solar-xenon-recoils",
    version=1,
    title="recoil spectrum of xenon with solar neutrinos, per Q^2/4 and unit of flux",
    inputs=(Input("share", "1", 0.0, 1.0, "momentum transfer over its largest, sqrt(E_R/E_R,max)"),),
    axes=(Axis("share", 0.0, 1.0, 400),),
    coordinates="linear",
    transform="linear",
    unit="cm^2/GeV",
    rtol=1e-5,
    components=("plain", "mixing"),
    choice=Choice("source", LABELS),
    parameters=((),) * len(LABELS),
    dtype="float64",
    constants=named("G_F", "m_e", "u"),
    references=("arXiv:1611.09867", "10.1103/PhysRevC.54.411", "10.1103/PhysRevD.9.1389"),
)


def end_of(source: str) -> float:
    """Largest recoil of xenon [GeV]."""
    return largest_recoil(float(spectrum(source)[0][-1]), NUCLEI["Xe"].mass, False)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Both components [cm^2/GeV] at x = (share,); data = largest recoil [GeV], then the source."""
    recoil_pieces(x[0] * x[0] * data[0], data[1:], out)


def data(label: str) -> Vector:
    """The source for :func:`kernel`."""
    source, matter = label.split("-")
    nucleus = NUCLEI["Xe"]
    return np.concatenate([[end_of(source)], flux_block(source, matter, nucleus.mass, nucleus.radius)])
