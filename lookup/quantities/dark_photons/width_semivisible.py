"""Width of psi_j -> psi_i + (e+e-, mu+mu-, tau+tau-, hadrons) through an off-shell dark photon, per unit couplings."""

from __future__ import annotations

import numpy as np
from gloam.lookup.decays.dark_photon_decays import (
    LARGEST_SPLITTING,
    NEAR_SHELL,
    R_UNCERTAINTY,
    REDUCED,
    TABLES,
    add_transition,
    fill_reduced,
)
from gloam.lookup.vocabulary import PARTNERS, Quantity
from gloam.tables.constants import ALPHA
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

WRONG_ORDER = 1002
REFUSALS = {
    NEAR_SHELL: "m_j - m_i is above 0.8 m_Ap: with A' (nearly) on shell the width of A' enters, which these inputs do not fix; "
    "a model knows it (gloam query dark-hnl ...)",
    WRONG_ORDER: "m_i is above m_j: psi_j is the heavier state",
}


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [GeV] at x = (m_j, m_i, m_Ap) for choices = (final, transition), or a key of REFUSALS."""
    if not x[1] <= x[0]:
        return WRONG_ORDER
    if not x[0] - x[1] <= LARGEST_SPLITTING * x[2]:
        return NEAR_SHELL
    reduced, widths = np.empty(REDUCED), np.zeros(len(PARTNERS))
    fill_reduced((x[0], x[1], x[2]), choices[1] == 1, blob, offsets, reduced)
    total, error = add_transition(reduced, (ALPHA, 1.0), widths, 0)
    out[0] = widths[choices[0]]
    out[1] = error * out[0] / total if choices[0] < 3 and total > 0.0 else min(error, out[0])
    return 0


QUANTITY = Quantity(
    name="width-semivisible",
    title="Width of psi_j -> psi_i + X through an off-shell dark photon",
    inputs=(
        Input("m_j", "GeV", 1e-6, 100.0, "mass of psi_j"),
        Input("m_i", "GeV", 0.0, 100.0, "mass of psi_i, at most m_j"),
        Input("m_Ap", "GeV", 1e-3, 10.0, f"mass of the dark photon; m_j - m_i stays below {LARGEST_SPLITTING} m_Ap"),
    ),
    choices={"final": PARTNERS, "transition": ("vector", "axial")},
    unit="GeV",
    tables=TABLES,
    references=("arXiv:1911.03176", "arXiv:2302.05410", "10.1093/ptep/ptaa104"),
    description="""Gamma/(eps^2 alpha_D V^2) for a vertex g_D V, exact at leading order, Dirac or Majorana alike:

    Gamma = eps^2 alpha alpha_D V^2/(12 pi m_j^3) int dq^2 H(q^2) F(q^2)/(q^2 - m_Ap^2)^2 up to delta^2 = (m_j - m_i)^2,

H of a vector or axial transition as in `physics/semivisible.py`, F = (1 + 2 m_l^2/q^2) sqrt(1 - 4 m_l^2/q^2) or R(q^2).
c_tau [m] = 1.973269804e-16/Gamma [GeV].""",
    uncertain={"hadrons": R_UNCERTAINTY},
    unphysical=(WRONG_ORDER,),
    refusals=REFUSALS,
    evaluate=evaluate,
)
