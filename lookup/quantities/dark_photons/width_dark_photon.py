"""Width of a dark photon to Standard Model particles per eps^2."""

from __future__ import annotations

import numpy as np
from gloam.lookup.decays.dark_photon_decays import R_UNCERTAINTY, fill_visible
from gloam.lookup.vocabulary import BR_AP_ELECTRONS, PARTNERS, SLOTS, Quantity
from gloam.tables.constants import ELECTRIC_CHARGE
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

DESCRIPTION = """Gamma/eps^2 = alpha m_Ap/3 (1 + 2 m_l^2/m_Ap^2) sqrt(1 - 4 m_l^2/m_Ap^2), or alpha m_Ap/3 R(m_Ap^2) for hadrons,
R(s) = sigma(e+e- -> hadrons)/(4 pi alpha^2/3s) of `physics/hadrons.py` (5 % external uncertainty). Exact, no table."""


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [GeV] at x = (m_Ap,) for choices = (final,)."""
    slots = np.zeros(len(SLOTS))
    fill_visible(x[0], ELECTRIC_CHARGE**2, 1.0, slots)
    out[0], out[1] = slots[BR_AP_ELECTRONS + choices[0]], 0.0
    return 0


QUANTITY = Quantity(
    name="width-dark-photon",
    title="Width of a dark photon to Standard Model particles",
    inputs=(Input("m_Ap", "GeV", 1e-3, 10.0, "mass of the dark photon"),),
    choices={"final": PARTNERS},
    unit="GeV",
    references=("arXiv:1801.04847", "10.1093/ptep/ptaa104"),
    description=DESCRIPTION,
    uncertain={"hadrons": R_UNCERTAINTY},
    evaluate=evaluate,
)
