"""Width of a heavy neutral lepton to one exclusive channel through one mixing, per unit |U_aN|^2."""

from __future__ import annotations

import numpy as np
from gloam.lookup.vocabulary import FLAVOURS, Quantity
from gloam.tables.constants import SIN2_THETA_W_MSBAR
from gloam.tables.physics.neutral_leptons.exclusive_widths import CHANNELS, COUNT, exclusive_widths
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [GeV] at x = (m_N,) for choices = (channel, flavour, nature)."""
    widths = np.empty(COUNT)
    exclusive_widths(x[0], choices[1], SIN2_THETA_W_MSBAR, widths)
    value = widths.sum() if choices[0] == COUNT else widths[choices[0]]
    out[0], out[1] = value * (1.0 + choices[2]), 1e-8 * value
    return 0


QUANTITY = Quantity(
    name="width-hnl",
    title="Width of a heavy neutral lepton N to one channel through one mixing",
    inputs=(Input("m_N", "GeV", 1e-3, 2.0, "mass of N"),),
    choices={"channel": (*CHANNELS, "total"), "flavour": FLAVOURS, "nature": ("dirac", "majorana")},
    unit="GeV",
    references=("arXiv:1805.08567", "arXiv:2007.03701", "arXiv:0901.3589"),
    description="""Gamma/|U_aN|^2 for the flavour a, tree level, massless neutrinos, in closed form or one quadrature
(`physics/neutral_leptons/exclusive_widths.py`); Majorana: both charge states, twice the Dirac width. nu_emu, nu_etau,
nu_mutau are l_a l_b nu_b in both orders. total: their sum; c_tau [m] = 1.973269804e-16/(U2 Gamma [GeV]).""",
    evaluate=evaluate,
)
