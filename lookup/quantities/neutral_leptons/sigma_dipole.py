"""Upscattering cross section through the transition magnetic moment."""

from __future__ import annotations

import numpy as np
from gloam.lookup.quantities.neutral_leptons.cross_section import ALL_TARGETS, HELICITIES, cross_section, target_blocks
from gloam.lookup.vocabulary import Quantity
from gloam.tables.physics.neutral_leptons.fluxaverage import DIPOLE
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [cm^2 GeV^2] at x = (E_nu, m_N) for choices = (target, helicity).

    ``offsets`` are the places in ``blob`` of ``TABLES`` and then of the target blocks ``BLOCKS()``.
    """
    target = choices[0]
    blocks = np.zeros((3, 2))
    blocks[0, 0] = offsets[target]
    return cross_section(DIPOLE, x, choices[1], 1.0, blob, blocks, offsets[9 + target], out)


QUANTITY = Quantity(
    name="sigma-dipole",
    title="Upscattering cross section through the transition magnetic moment",
    inputs=(
        Input("E_nu", "GeV", 0.05, 20.0, "neutrino energy in the rest frame of the target"),
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
    ),
    choices={"target": ALL_TARGETS, "helicity": HELICITIES},
    unit="cm^2 GeV^2",
    tables=(*(("dipole-moments", target) for target in ALL_TARGETS),),
    references=("arXiv:1803.03262", "arXiv:2207.04137"),
    description="""sigma per mu_tr^2 and unit charge, including alpha, for nu + target -> N + target through
a photon, mu_tr = 2 d:

    d sigma/dQ^2 = alpha {G_M^2 Y + R [2K - Y]} / (4 x^2 Q^4),   Y = Q^2 (m^2+Q^2)(2m^2-Q^2),
    K = Q^2 [2x(x-Q^2) + m^4 - m^2(2s-Q^2)] - 2 M^2 m^4,   x = 2 M E, s = M^2 + x.

Multiply by mu_tr^2 [GeV^-2], and a nucleus by Z^2 (R = G_M^2 = F^2 there). For antineutrinos the same numbers hold.""",
    blocks=target_blocks,
    evaluate=evaluate,
)
