"""Branching ratio of a decay that produces a heavy neutral lepton, per unit |U_aN|^2."""

from __future__ import annotations

import numpy as np
from gloam.lookup.vocabulary import Quantity
from gloam.tables.physics.neutral_leptons.production import PROCESSES, production_branching_ratio
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [1] at x = (m_N,) for choices = (process,)."""
    out[0] = production_branching_ratio(choices[0], x[0])
    out[1] = 1e-8 * out[0]
    return 0


QUANTITY = Quantity(
    name="production-hnl",
    title="Branching ratio of a decay that produces a heavy neutral lepton N",
    inputs=(Input("m_N", "GeV", 1e-3, 2.0, "mass of N"),),
    choices={"process": PROCESSES},
    unit="1",
    references=("10.1103/PhysRevD.24.1232", "arXiv:1805.08567"),
    description="""BR/|U_aN|^2 = measured branching ratio of the decay to a massless neutrino x ratio of the decays to N and to
a massless neutrino (`physics/neutral_leptons/production.py`). k_mu_n is K+ -> mu+ N,
kl_pi_e_n is K_L -> pi e N (both charges), mu_e_n is
mu -> e N nu with N in the place of either neutrino.""",
    evaluate=evaluate,
)
