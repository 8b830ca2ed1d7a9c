"""psi_j -> psi_i hadrons: weights of the rule in q^2 that stands for R(s) up to the splitting delta = m_j - m_i.

    int_{4 m_pi^2}^{delta^2} dq^2 R(q^2) (delta^2 - q^2)^p f(q^2) = delta^(2p+2) sum_k w_k f(q_k^2),

p = 3/2 for a vector and 1/2 for an axial transition, q_k^2 = 4 m_pi^2 + (delta^2 - 4 m_pi^2) z_k with the 12 Chebyshev
points z_k of (0, 1) (`physics/semivisible.py`, hadron_weights). The rest of the integrand, with S = m_i + m_j and the
propagator of A', is smooth and is evaluated at these points: one axis serves all masses. R(s) of `physics/hadrons.py`
(measured e+e- -> hadrons, 5 % external uncertainty). The steps in delta follow the phi (4.2 MeV).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import CHARGED_PION_MASS, named
from gloam.tables.physics.dark_photons.semivisible import HADRON_NODES, hadron_weights
from gloam.tables.physics.hadrons.r_ratio import FILE, FIRST_MASS, KNOTS, RATIOS
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = (FILE,)
LARGEST = 8.0  # [GeV]
POWERS = (8.0, 6.0)  # [1] of the pion velocity at threshold, vector and axial
TRANSITIONS = ("vector", "axial")

TABLE = TableSpec(
    name="semivisible-hadrons",
    version=2,
    title="weights of R(s) in psi_j -> psi_i hadrons",
    inputs=(Input("delta", "GeV", FIRST_MASS, LARGEST, "splitting m_j - m_i of the dark states"),),
    axes=(Axis("ln(delta)", math.log(FIRST_MASS), math.log(LARGEST), 6144),),
    coordinates="log",
    components=tuple(f"w{k}" for k in range(HADRON_NODES)),
    choice=Choice("transition", TRANSITIONS),
    transform="linear",
    prefactor="threshold",
    parameters=tuple((CHARGED_PION_MASS, power) for power in POWERS),
    unit="1",
    rtol=1e-4,
    dtype="float32",
    constants=named("m_pi"),
    references=("10.1093/ptep/ptaa104", "arXiv:hep-ph/0312114"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Weights at x = (delta [GeV],); data = 0 vector or 1 axial, then knots s [GeV^2], then R there [1]."""
    half = (data.size - 1) // 2
    hadron_weights(x[0], data[0] == 1.0, data[1 : 1 + half], data[1 + half :], out)


def data(label: str) -> Vector:
    """0 (vector) or 1 (axial), knots [GeV^2] of the R(s) curve, and its values [1]."""
    return np.concatenate([[float(TRANSITIONS.index(label))], KNOTS, RATIOS])
