"""Effective number of neutrinos with a light particle X that was in thermal equilibrium with neutrinos or with electrons.

The two-temperature solution of `physics/relics/decoupling.py` at every mass. Equilibrium with the neutrinos of all flavours at
one temperature, or with electrons and photons, through decays and inverse decays; who has both couplings keeps both sides
together and is not here.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import named
from gloam.tables.physics.relics import decoupling
from gloam.tables.physics.relics.decoupling import BOSON, FERMION, TOWARDS_ELECTRONS, TOWARDS_NEUTRINOS, data_of, n_eff
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = decoupling.FILES
LIGHTEST, HEAVIEST = 1e-4, 6e-2  # [GeV]
GASES = {  # degrees of freedom, statistics, side
    "vector-neutrinos": (3.0, BOSON, TOWARDS_NEUTRINOS),
    "scalar-neutrinos": (1.0, BOSON, TOWARDS_NEUTRINOS),
    "majorana-neutrinos": (2.0, FERMION, TOWARDS_NEUTRINOS),
    "dirac-neutrinos": (4.0, FERMION, TOWARDS_NEUTRINOS),
    "vector-electrons": (3.0, BOSON, TOWARDS_ELECTRONS),
    "scalar-electrons": (1.0, BOSON, TOWARDS_ELECTRONS),
    "complex-scalar-electrons": (2.0, BOSON, TOWARDS_ELECTRONS),
    "majorana-electrons": (2.0, FERMION, TOWARDS_ELECTRONS),
    "dirac-electrons": (4.0, FERMION, TOWARDS_ELECTRONS),
}

TABLE = TableSpec(
    name="neutrino-decoupling",
    version=1,
    title="effective number of neutrinos with a light particle in thermal equilibrium",
    inputs=(Input("mass", "GeV", LIGHTEST, HEAVIEST, "mass of the particle"),),
    axes=(Axis("ln(mass)", math.log(LIGHTEST), math.log(HEAVIEST), 96),),
    coordinates="log",
    transform="linear",
    unit="1",
    rtol=1e-5,
    choice=Choice("gas", tuple(GASES)),
    parameters=((),) * len(GASES),
    dtype="float64",
    constants=named("m_e", "G_F"),
    references=("arXiv:2001.04466", "arXiv:1812.05605", "arXiv:1911.04504"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """N_eff [1] at x = (mass [GeV],)."""
    out[0] = n_eff(1e3 * x[0], data)


def data(label: str) -> Vector:
    """Thermal functions and rates for one gas."""
    return data_of(*GASES[label])
