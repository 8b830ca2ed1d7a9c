"""N -> nu l+ l- through an off-shell mediator, relative to the contact interaction with massless leptons.

With r = m_l/m_N, R = (m_N/m_Zp)^2, x = m_ll^2/m_N^2 and F = (1 + 2 r^2/x) sqrt(1 - 4 r^2/x):

  square  K = 2 int_{4 r^2}^1 dx (1-x)^2 (1+2x) F/(1-Rx)^2:    Gamma = V^2 g_l^2 m_N^5/(768 pi^3 m_Zp^4) K   (Dirac N)
  first   J/(1 - 4 r^2 R), J = 2 int dx (1-x)^2 (1+2x) F/(1-Rx): interference with Z and W exchange,
          Gamma = 2 V g_l c_V m_N^5/(768 pi^3 m_Zp^2) J for a contact vector amplitude c_V.

Coordinates S = ln(m_N/2m_l), L = ln[(m_Zp^2 - 4 m_l^2)/(m_Zp^2 - m_N^2)]. L <= 5: closer to m_N = m_Zp than
m_Zp/m_N - 1 = 0.0034 the width of the mediator matters, and no table in two masses can hold it.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS, named
from gloam.tables.physics.neutral_leptons.three_body import three_body_integrals
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

HEAVIEST = 2.0  # [GeV]
POWER = 7.0  # [1] of the lepton velocity at threshold

TABLE = TableSpec(
    name="three-body-width",
    version=1,
    title="N -> nu l+ l- through an off-shell mediator, relative to the contact interaction",
    inputs=(
        Input("m_N", "GeV", 2.0 * ELECTRON_MASS, HEAVIEST, "mass of N, above 2 m_l"),
        Input("m_Zp", "GeV", 2.0 * ELECTRON_MASS, 10.0, "mass of the mediator, above m_N"),
    ),
    axes=(
        Axis("ln(m_N/2m_l)", 0.0, math.log(HEAVIEST / (2.0 * ELECTRON_MASS)), 112),
        Axis("ln[(m_Zp^2-4m_l^2)/(m_Zp^2-m_N^2)]", 0.0, 5.0, 56),
    ),
    coordinates="three-body",
    prefactor="three-body",
    parameters=((ELECTRON_MASS, POWER), (MUON_MASS, POWER)),
    choice=Choice("lepton", ("electron", "muon")),
    components=("square", "first"),
    unit="1",
    rtol=1e-6,
    dtype="float64",
    constants=named("m_e", "m_mu"),
    references=("arXiv:1903.07589", "arXiv:2207.04137"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """(K, J/(1 - 4 r^2 R)) at x = (m_N, m_Zp) [GeV] for the lepton mass parameters[0] [GeV]."""
    square, first = three_body_integrals(x[0], x[1], parameters[0])
    pair = 2.0 * parameters[0]
    out[0] = square
    out[1] = first / ((x[1] - pair) * (x[1] + pair) / (x[1] * x[1]))


def data(label: str) -> Vector:
    """Nothing: the lepton mass is a parameter."""
    return np.empty(0)
