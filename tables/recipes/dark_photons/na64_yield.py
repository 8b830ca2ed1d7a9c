"""Dark photons made by electrons of 100 GeV in thick lead (NA64), per electron and eps^2, in bins of a Gauss rule in x.

    int_{1/2}^{x_max} dN/dx g(x) dx = sum_k w_k(m_A') g(x_k(m_A'))

with dN/dx of `physics/bremsstrahlung.py` (radiative energy loss in 40 radiation lengths, improved
Weizsaecker-Williams) and the 16 points x_k of its spectrum_point; their sum is the yield of E_A' > 50 GeV. The rule is
good to 1e-4 of the yield.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import named
from gloam.tables.experiments.na64 import BEAM_ENERGY, LOWEST_FRACTION, REFERENCES, TARGET, TARGET_DEPTH
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES, spectrum, spectrum_point
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ()
LIGHTEST, HEAVIEST = 1e-3, 10.0  # [GeV]

TABLE = TableSpec(
    name="na64-yield",
    version=2,
    title="dark photons of more than 50 GeV from 100 GeV electrons in lead",
    inputs=(Input("m_Ap", "GeV", LIGHTEST, HEAVIEST, "mass of the dark photon"),),
    axes=(Axis("ln(m_Ap)", math.log(LIGHTEST), math.log(HEAVIEST), 192),),
    coordinates="log",
    components=tuple(f"x{k}" for k in range(SPECTRUM_NODES)),
    unit="1",
    rtol=1e-5,
    dtype="float64",
    constants=named("alpha", "m_e", "m_p", "N_A"),
    references=REFERENCES,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """w_k [1] at x = (m_Ap [GeV],)."""
    for k in range(SPECTRUM_NODES):
        fraction, weight = spectrum_point(x[0], BEAM_ENERGY, LOWEST_FRACTION, k)
        out[k] = weight * spectrum(x[0], BEAM_ENERGY, fraction, TARGET_DEPTH, TARGET)


def data(label: str) -> Vector:
    """No data."""
    return np.empty(0)
