"""Upscattering cross section through a scalar mediator."""

from __future__ import annotations

import numpy as np
from gloam.lookup.quantities.neutral_leptons.cross_section import ALL_TARGETS, HELICITIES, cross_section, target_blocks
from gloam.lookup.vocabulary import Quantity
from gloam.tables.physics.neutral_leptons.fluxaverage import SCALAR
from gloam.tables.recipes.neutral_leptons.nuclear_moments import TARGETS
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [cm^2] at x = (E_nu, m_N, m_S) for choices = (target, helicity).

    ``offsets`` are the places in ``blob`` of ``TABLES`` and then of the target blocks ``BLOCKS()``.
    """
    target = choices[0]
    blocks = np.zeros((3, 2))
    blocks[0, 0] = offsets[target]
    return cross_section(SCALAR, x, choices[1], 1.0, blob, blocks, offsets[9 + target], out)


QUANTITY = Quantity(
    name="sigma-scalar",
    title="Upscattering cross section through a scalar mediator",
    inputs=(
        Input("E_nu", "GeV", 0.05, 20.0, "neutrino energy in the rest frame of the target"),
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_S", "GeV", 0.005, 10.0, "mass of the scalar mediator"),
    ),
    choices={"target": ALL_TARGETS, "helicity": HELICITIES},
    unit="cm^2",
    tables=(
        *(("nuclear-moments", target) for target in TARGETS),
        *(("nucleon-moments", weight) for weight in ("proton", "neutron")),
    ),
    references=("arXiv:2207.04137", "10.1016/0092-640X(87)90013-1"),
    description="""sigma per (S_aN S_had)^2 for nu + target -> N + target, one initial helicity, target spins averaged:

    d sigma/dQ^2 = F^2 (4M^2+Q^2)(m^2+Q^2) / [16 pi x^2 (m_S^2+Q^2)^2],   x = 2 M E.

S_had is the coupling of the whole target with form factor 1 at Q^2 = 0: for a coupling s per nucleon multiply a nucleus
of A nucleons by (A s)^2 and a nucleon, whose F is the dipole of 0.843 GeV, by s^2. For antineutrinos the same.""",
    blocks=target_blocks,
    evaluate=evaluate,
)
