"""Momentum of N produced through a transition dipole in MiniBooNE (neutrino mode): Gauss rules.

For every projectile and target the average of a function of the laboratory momentum p over flux and cross
section, with exact recoil, is

    <f> = sum_i w_i f(p_i),   p_i = m_N exp(u_i),

stored as u_1 < ... < u_7 and ln w_i with sum w = 1. Targets: nucleus, proton, neutron.
See ``physics/momentum.py`` for the measure.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.physics.fluxaverage import DIPOLE, beam_data
from gloam.tables.physics.momentum import VECTOR_PARTS, probability_error, rule_components, write_rules
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FILES = ("charge_densities.csv", "nuclear_masses.csv", "flux_miniboone_fhc.csv")

TABLE = TableSpec(
    name="momentum-dipole",
    version=1,
    title="Momentum of N from upscattering through a transition dipole",
    inputs=(
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
    ),
    axes=(
        Axis("ln(m_N) + m_N/0.15", float(mass_coordinate(0.005)), float(mass_coordinate(2.0)), 192),
    ),
    coordinates="mass",
    components=rule_components(VECTOR_PARTS),
    unit="1",
    transform="linear",
    rtol=1e-3,  # of <P>, see `judge`
    references=("arXiv:0806.1449", "arXiv:1803.03262", "doi:10.2307/2004418"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Gauss rules at x = (m_N) [GeV] for all projectiles and targets."""
    write_rules(DIPOLE, VECTOR_PARTS, (x[0], 1.0, Z_MASS), data, out)


def data(label: str) -> Vector:
    """Flux and target of the neutrino-mode beam."""
    return beam_data(*BEAMS["miniboone-fhc"])


def judge(found: Matrix, direct: Matrix) -> Matrix:
    """Error of this table: that of the decay probabilities that follow from its rules [1]."""
    return probability_error(found, direct)
