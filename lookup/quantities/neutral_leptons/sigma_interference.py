"""Upscattering cross section of a vector mediator interfering with the Z."""

from __future__ import annotations

import numpy as np
from gloam.lookup.quantities.neutral_leptons.cross_section import (
    ALL_TARGETS,
    HELICITIES,
    PROJECTILES,
    cross_section,
    target_blocks,
)
from gloam.lookup.vocabulary import Quantity
from gloam.tables.physics.neutral_leptons.fluxaverage import INTERFERENCE
from gloam.tables.recipes.neutral_leptons.nuclear_moments import TARGETS
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [cm^2] at x = (E_nu, m_N, m_Zp) for choices = (target, helicity, projectile).

    ``offsets`` are the places in ``blob`` of ``TABLES`` and then of the target blocks ``BLOCKS()``.
    """
    target = choices[0]
    blocks = np.zeros((3, 2))
    blocks[0, 0], blocks[0, 1] = offsets[target], offsets[10 + target]
    blocks[1, 0], blocks[1, 1] = offsets[9], offsets[19]
    return cross_section(INTERFERENCE, x, choices[1], 1.0 if choices[2] == 0 else -1.0, blob, blocks, offsets[20 + target], out)


QUANTITY = Quantity(
    name="sigma-interference",
    title="Interference of a vector mediator with Z exchange",
    inputs=(
        Input("E_nu", "GeV", 0.05, 20.0, "neutrino energy in the rest frame of the target"),
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_Zp", "GeV", 0.005, 10.0, "mass of the vector mediator"),
    ),
    choices={"target": ALL_TARGETS, "helicity": HELICITIES, "projectile": PROJECTILES},
    unit="cm^2",
    tables=(
        *(("nuclear-moments", target) for target in TARGETS),
        *(("nucleon-moments", weight) for weight in ("proton", "neutron", "mixed")),
        *(("z-moments", weight) for weight in (*ALL_TARGETS, "mixed")),
    ),
    references=("arXiv:2207.04137", "10.1016/0092-640X(87)90013-1"),
    description="""Half of the cross term between a vector mediator and the Z, per V_aN V_had C_aN C_had:

    sigma = (V_aN V_had)^2 sigma-vector + 2 V_aN V_had C_aN C_had sigma-interference + (C_aN C_had)^2 sigma-z.

Charges as in the other two: a nucleus has V_had = Z e eps, C_had = Z c_p + N c_n and one form factor; a free nucleon
V_had = e eps, C_had = w = g/(2 cos theta_W) with its weak form factors. The value can be negative: its error
is about 1e-5 of sqrt(sigma-vector sigma-z), also where it crosses zero. The vector-axial term changes sign for
antineutrinos.""",
    blocks=target_blocks,
    evaluate=evaluate,
)
