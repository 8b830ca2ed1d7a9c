"""N -> nu hadrons through an off-shell mediator that couples to the electromagnetic current.

With R_NZ = (m_N/m_Zp)^2, x = s/m_N^2 and R(s) of `physics/hadrons.py` (measured e+e- -> hadrons, 5 % external
uncertainty): K = 2 int dx (1-x)^2 (1+2x) R(s)/(1 - R_NZ x)^2 from 4 m_pi^2/m_N^2 to 1, and
Gamma = V^2 (e eps)^2 m_N^5/(768 pi^3 m_Zp^4) K for a Dirac N.

Coordinates S = ln(m_N/2m_pi), L = ln[(m_Zp^2 - 4 m_pi^2)/(m_Zp^2 - m_N^2)]; the steps in m_N follow the width of the
omega (8.7 MeV) and the phi (4.2 MeV), which the integral smears only by its recoil weight. L <= 4 reaches
m_Zp/m_N - 1 = 0.0093.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import CHARGED_PION_MASS, named
from gloam.tables.physics.hadrons.r_ratio import FILE, HADRON_THRESHOLD, KNOTS, RATIOS
from gloam.tables.physics.hadrons.resonance import hadron_integral
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = (FILE,)
HEAVIEST = 2.0  # [GeV]
POWER = 9.0  # [1] of the pion velocity at threshold

TABLE = TableSpec(
    name="hadronic-width",
    version=1,
    title="N -> nu hadrons through an off-shell mediator, relative to the contact interaction with one massless lepton",
    inputs=(
        Input("m_N", "GeV", HADRON_THRESHOLD, HEAVIEST, "mass of N"),
        Input("m_Zp", "GeV", HADRON_THRESHOLD, 10.0, "mass of the mediator, above m_N"),
    ),
    axes=(
        Axis("ln(m_N/2m_pi)", 0.0, math.log(HEAVIEST / HADRON_THRESHOLD), 768),
        Axis("ln[(m_Zp^2-4m_pi^2)/(m_Zp^2-m_N^2)]", 0.0, 4.0, 48),
    ),
    coordinates="three-body",
    prefactor="three-body",
    parameters=((CHARGED_PION_MASS, POWER),),
    unit="1",
    rtol=1e-4,
    constants=named("m_pi"),
    references=("10.1093/ptep/ptaa104", "arXiv:hep-ph/0312114"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """K at x = (m_N, m_Zp) [GeV]; data = knots s [GeV^2], then R there [1]."""
    half = data.size // 2
    out[0] = hadron_integral(x[0], x[1], 0.0, data[:half], data[half:])


def data(label: str) -> Vector:
    """Knots [GeV^2] of the R(s) curve, then its values [1]."""
    return np.concatenate([KNOTS, RATIOS])
