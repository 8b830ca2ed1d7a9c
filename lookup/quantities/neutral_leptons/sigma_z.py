"""Upscattering cross section through Z exchange."""

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
from gloam.tables.physics.neutral_leptons.fluxaverage import Z_EXCHANGE
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [cm^2] at x = (E_nu, m_N) for choices = (target, helicity, projectile).

    ``offsets`` are the places in ``blob`` of ``TABLES`` and then of the target blocks ``BLOCKS()``.
    """
    target = choices[0]
    blocks = np.zeros((3, 2))
    blocks[0, 1], blocks[1, 1], blocks[2, 1] = offsets[target], offsets[9], offsets[10]
    return cross_section(Z_EXCHANGE, x, choices[1], 1.0 if choices[2] == 0 else -1.0, blob, blocks, offsets[11 + target], out)


QUANTITY = Quantity(
    name="sigma-z",
    title="Upscattering cross section through Z exchange",
    inputs=(
        Input("E_nu", "GeV", 0.05, 20.0, "neutrino energy in the rest frame of the target"),
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
    ),
    choices={"target": ALL_TARGETS, "helicity": HELICITIES, "projectile": PROJECTILES},
    unit="cm^2",
    tables=(*(("z-moments", weight) for weight in (*ALL_TARGETS, "mixed", "axial")),),
    references=("arXiv:2207.04137", "10.1016/0092-640X(87)90013-1"),
    description="""sigma per (C_aN C_had)^2 for nu + target -> N + target through the Z, target spins
averaged. A nucleus has the
vector current alone with the charge form factor, as in sigma-vector with m_Z: C_had = Z c_p + N c_n, with
c_p = w (1/2 - 2 sin^2 theta_W) and c_n = -w/2. A free nucleon has F1, F2 and G_A (dipole, 1.26/2 at Q^2 =
0), already in
units of w = g/(2 cos theta_W): C_had = w. The vector-axial term changes sign for antineutrinos.""",
    blocks=target_blocks,
    evaluate=evaluate,
)
