"""Numbers of N produced by upscattering, per kind of exchange, projectile and target, from the flux-averaged tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from gloam.lookup.interpolation.spline import contract, error_address, locate
from gloam.lookup.vocabulary import (
    DIPOLE2_E,
    INTERFERENCE_E,
    M_MEDIATOR,
    M_N,
    VECTOR2_E,
    Z2_E,
)
from gloam.tables import layout
from gloam.tables.constants import FERMI_CONSTANT, Z_MASS
from gloam.tables.coordinates import multiply_prefactor
from gloam.tables.numerics.elementary import exponentiate
from gloam.tables.numerics.memory import scratch
from gloam.tables.physics.neutral_leptons.fluxaverage import WEAK_CHARGE
from numba import njit

if TYPE_CHECKING:
    from gloam.tables.experiments.experiment import Experiment, Target

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

VECTOR, INTERFERENCE, Z_EXCHANGE, DIPOLE = range(4)
TABLES = ("vector-rates", "interference-rates", "z-rates", "dipole-rates")  # in the order of the kinds
NUMBERS = 20  # what `produced` fills
COUPLINGS = np.array([VECTOR2_E, INTERFERENCE_E, Z2_E, DIPOLE2_E])
MUON, ELECTRON = 0, 1  # pairs of projectiles (nu, nubar) in the order of the tables' components
WEAK_COUPLING = math.sqrt(math.sqrt(2.0) * FERMI_CONSTANT) * Z_MASS  # [1] w = g/(2 cos theta_W), G_F/sqrt2 = w^2/(2 m_Z^2)

READS = (
    "m_N",
    "m_mediator",
    *(f"{kind}_{flavour}" for kind in ("vector2", "interference", "z2", "dipole2") for flavour in ("e", "mu", "tau")),
)


def target_numbers(experiment: Experiment, nucleus: str) -> tuple[float, ...]:
    """Exposure times targets [POT], with the charges: what multiplies a tabulated rate, per kind and target.

    Twelve numbers, kinds (vector, interference, Z, dipole) by targets (nucleus, protons, neutrons): vector Z^2,
    interference 2 w Z C_had, Z w^2 C_had^2, dipole Z^2, with C_had = Z (1/2 - 2 s_W^2) - N/2 for the nucleus.
    """
    target = next(item for item in experiment.targets if item.name == nucleus)
    counts = (experiment.target_count(nucleus), experiment.proton_count, experiment.neutron_count)
    return exchange_numbers(experiment.exposure, target, counts)


def exchange_numbers(exposure: float, target: Target, counts: tuple[float, float, float]) -> tuple[float, ...]:
    """The twelve numbers of :func:`target_numbers` for ``counts`` of a nucleus, protons and neutrons."""
    charge, weak = target.protons, WEAK_CHARGE * target.protons - 0.5 * target.neutrons
    w = WEAK_COUPLING
    factors = (
        (charge**2, 1.0, 1.0),
        (2.0 * w * charge * weak, 2.0 * w, 2.0 * w),
        (w**2 * weak**2, w**2, w**2),
        (charge**2, 1.0, 1.0),
    )
    return tuple(exposure * count * factor for row in factors for count, factor in zip(counts, row, strict=True))


@njit
def part_count(kind: int) -> int:
    """Parts of the rate tables of one kind: targets, and their vector-axial pieces where the Z takes part."""
    return 5 if kind == INTERFERENCE or kind == Z_EXCHANGE else 3


@njit
def produced(kind: int, pair: int, slots: Vector, numbers: Vector, blob: Vector, block: int, work: Vector, out: Vector) -> int:
    """Numbers of N for one kind and flavour by (projectile, part): out[0:10], and their absolute error bounds out[10:20].

    All arrays may be pointers; ``work`` is scratch of WORK numbers. Returns 0, or 1 + i when input i of the table is
    outside.
    """
    for i in range(NUMBERS):
        out[i] = 0.0
    coupling = slots[COUPLINGS[kind] + 1 - pair]
    if coupling == 0.0:
        return 0
    x = scratch(2)
    x[0], x[1] = slots[M_N], slots[M_MEDIATOR]
    status = locate(blob, block, x, work)
    if status != 0:
        return status
    parts = part_count(kind)
    first = 2 * parts * pair
    contract(blob, block, work, first, out, 0, 2 * parts)
    exponentiate(out, 0, 2 * parts)
    multiply_prefactor(int(blob[block + layout.PREFACTOR]), blob, block, x, 2 * parts, out)
    bounds = error_address(blob, block, work) + first
    for c in range(2 * parts):
        part = c % parts
        target = part if parts == 3 else (part + 1) // 2
        number = coupling * numbers[3 * kind + target] * out[c]
        out[10 + c] = abs(number) * blob[bounds + c]
        if c >= parts and parts == 5 and part > 0 and part % 2 == 0:
            number = -number
        out[c] = number
    return 0
