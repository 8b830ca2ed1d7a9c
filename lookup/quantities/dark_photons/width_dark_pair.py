"""Width of a dark photon to two distinguishable dark fermions per alpha_D V^2."""

from __future__ import annotations

import numpy as np
from gloam.lookup.vocabulary import Quantity
from gloam.tables.physics.dark_photons.semivisible import pair_width
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [GeV] at x = (m_Ap, m_i, m_j) for choices = (transition,)."""
    out[0], out[1] = pair_width(x[0], x[1], x[2], choices[0] == 1), 0.0
    return 0


QUANTITY = Quantity(
    name="width-dark-pair",
    title="Width of a dark photon to two dark fermions",
    inputs=(
        Input("m_Ap", "GeV", 1e-3, 100.0, "mass of the dark photon"),
        Input("m_i", "GeV", 0.0, 100.0, "mass of one fermion"),
        Input("m_j", "GeV", 0.0, 100.0, "mass of the other"),
    ),
    choices={"transition": ("vector", "axial")},
    unit="GeV",
    references=("arXiv:1911.03176", "arXiv:2302.05410"),
    description="""Gamma/(alpha_D V^2) = m_Ap/3 (1-d^2)^(3/2) (1-s^2)^(1/2) (1 + s^2/2), d = (m_j - m_i)/m_Ap and
s = (m_i + m_j)/m_Ap (vector); axial: d and s exchanged. For one distinguishable state: Dirac psi_i psi_j has
twice this (both orders), identical Majorana states half of the axial one.""",
    evaluate=evaluate,
)
