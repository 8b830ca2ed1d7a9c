"""Momentum of N produced by vector-Z interference in MiniBooNE (neutrino mode): Gauss rules.

For every projectile and target the average of a function of the laboratory momentum p over flux and cross
section, with exact recoil, is

    <f> = sum_i w_i f(p_i),   p_i = m_N exp(u_i),

stored as u_1 < ... < u_7 and ln w_i with sum w = 1. The vector-vector and
vector-axial parts of nucleons are separate, as in the rates.
See ``physics/momentum.py`` for the measure.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.physics.fluxaverage import INTERFERENCE, WEAK_CHARGE, beam_data
from gloam.tables.physics.momentum import ALL_PARTS, probability_error, rule_components, write_rules
from gloam.tables.spec import Axis, Constant, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FILES = ("charge_densities.csv", "nuclear_masses.csv", "flux_miniboone_fhc.csv")

TABLE = TableSpec(
    name="momentum-interference",
    version=1,
    title="Momentum of N from interference of a vector mediator with the Z",
    inputs=(
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("ln(m_N) + m_N/0.15", float(mass_coordinate(0.005)), float(mass_coordinate(2.0)), 96),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 16),
    ),
    coordinates="mass-mediator",
    components=rule_components(ALL_PARTS),
    unit="1",
    transform="linear",
    rtol=3e-3,  # of <P>, see `judge`; 99 % of them are below 1e-3
    constants=(
        Constant("m_Z", Z_MASS, "GeV", "PDG"),
        Constant("1/2 - 2 sin^2(theta_W)", WEAK_CHARGE, "1", "MS-bar at m_Z, PDG"),
    ),
    references=("arXiv:0806.1449", "arXiv:2207.04137", "doi:10.2307/2004418"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Gauss rules at x = (m_N, m_mediator) [GeV] for all projectiles and targets."""
    write_rules(INTERFERENCE, ALL_PARTS, (x[0], x[1], Z_MASS), data, out)


def data(label: str) -> Vector:
    """Flux and target of the neutrino-mode beam."""
    return beam_data(*BEAMS["miniboone-fhc"])


def judge(found: Matrix, direct: Matrix) -> Matrix:
    """Error of this table: that of the decay probabilities that follow from its rules [1]."""
    return probability_error(found, direct)
