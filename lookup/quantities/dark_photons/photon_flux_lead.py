"""Effective photon flux chi of lead for dark bremsstrahlung."""

from __future__ import annotations

import numpy as np
from gloam.lookup.vocabulary import Quantity
from gloam.tables.experiments.materials import LEAD_CHARGE, LEAD_WEIGHT
from gloam.tables.physics.dark_photons.bremsstrahlung import photon_flux
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [1] at x = (m_Ap, E_0) for choices = (bracket,)."""
    out[0] = photon_flux(x[0], x[1], LEAD_CHARGE, LEAD_WEIGHT, choices[0] == 1)
    out[1] = 1e-9 * out[0]
    return 0


QUANTITY = Quantity(
    name="photon-flux-lead",
    title="Effective photon flux chi of lead for dark bremsstrahlung",
    inputs=(
        Input("m_Ap", "GeV", 1e-3, 10.0, "mass of the dark photon"),
        Input("E_0", "GeV", 1.0, 1000.0, "energy of the electron"),
    ),
    choices={"bracket": ("unsquared", "squared")},
    unit="1",
    references=("arXiv:0906.0580", "arXiv:2409.12748"),
    description="""chi = int dt (t - t_min)/t^2 [G2el(t) + G2in(t)] from t_min = (m_Ap^2/2 E_0)^2 to m_Ap^2, elastic and inelastic
form factors of lead; "squared" squares the whole ratio [1 + t (mu_p^2-1)/(4 m_p^2)]/(1 + t/0.71 GeV^2)^4 of G2in, as
0906.0580 prints it. 48 points in ln t, 1e-9.""",
    evaluate=evaluate,
)
