"""N -> nu hadrons through a virtual photon, for a transition magnetic moment, relative to N -> nu gamma.

Gamma(nu hadrons)/Gamma(nu gamma) = (alpha/3 pi) int ds/s (1-x)^2 (1 + x/2) R(s) from 4 m_pi^2 to m_N^2, x = s/m_N^2,
with R(s) of `physics/hadrons.py` (measured e+e- -> hadrons, 5 % external uncertainty).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import CHARGED_PION_MASS, named
from gloam.tables.physics.hadrons.r_ratio import FILE, FIRST_MASS, KNOTS, RATIOS, dipole_hadron_integral
from gloam.tables.physics.neutral_leptons.dipole_widths import hadron_ratio
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = (FILE,)
HEAVIEST = 2.0  # [GeV]
POWER = 9.0  # [1] of the pion velocity at threshold

TABLE = TableSpec(
    name="dipole-hadronic-width",
    version=1,
    title="N -> nu hadrons through a virtual photon, relative to N -> nu gamma",
    inputs=(Input("m_N", "GeV", FIRST_MASS, HEAVIEST, "mass of N"),),
    axes=(Axis("ln(m_N)", math.log(FIRST_MASS), math.log(HEAVIEST), 512),),
    coordinates="log",
    prefactor="threshold",
    parameters=((CHARGED_PION_MASS, POWER),),
    unit="1",
    rtol=2e-6,
    dtype="float64",
    constants=named("alpha", "m_pi"),
    references=("arXiv:1803.03262", "10.1093/ptep/ptaa104"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Ratio of the widths at x = (m_N [GeV],); data = knots s [GeV^2], then R there [1]."""
    half = data.size // 2
    out[0] = hadron_ratio(dipole_hadron_integral(x[0], data[:half], data[half:]))


def data(label: str) -> Vector:
    """Knots [GeV^2] of the R(s) curve, then its values [1]."""
    return np.concatenate([KNOTS, RATIOS])
