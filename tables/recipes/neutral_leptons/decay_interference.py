"""Probability that N made through interference of a vector mediator with the Z decays inside MiniBooNE (neutrino mode).

For each flavour and target <P> is the average of the probability to decay in the sphere over flux and cross section,
with exact recoil, stored as logit <P> - t, t = ln[(2R/c_tau) m_N/(m_N + 0.25 GeV)], at even steps of a variable that has
all lifetimes between 0 and 1 (``physics/momentum.py``). The vector-vector and vector-axial parts of nucleons are
separate, as in the rates.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.experiment import Experiment
from gloam.tables.physics.neutral_leptons.fluxaverage import INTERFERENCE, WEAK_CHARGE
from gloam.tables.physics.neutral_leptons.momentum import (
    ALL_PARTS,
    flavour_beam,
    logit_components,
    probability_error,
    species_beam,
    write_logits,
)
from gloam.tables.spec import Axis, Constant, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FILES = ("charge_densities.csv", "nuclear_masses.csv", "flux_miniboone_fhc.csv")

TABLE = TableSpec(
    name="decay-interference",
    version=1,
    title="Decay inside MiniBooNE of N made by vector-Z interference: logit of the probability over the lifetime",
    inputs=(
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("ln(m_N) + m_N/0.15", float(mass_coordinate(0.005)), float(mass_coordinate(2.0)), 192),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 20),
    ),
    coordinates="mass-mediator",
    components=logit_components(ALL_PARTS),
    unit="1",
    transform="linear",
    rtol=1e-4,  # of <P>, see `judge`
    constants=(
        Constant("m_Z", Z_MASS, "GeV", "PDG"),
        Constant("1/2 - 2 sin^2(theta_W)", WEAK_CHARGE, "1", "MS-bar at m_Z, PDG"),
    ),
    references=("arXiv:0806.1449", "arXiv:2207.04137"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Logits at x = (m_N, m_mediator) [GeV] for the flavours and targets."""
    write_logits(INTERFERENCE, ALL_PARTS, (x[0], x[1], Z_MASS), data, out)


def data(label: str) -> Vector:
    """Flux and target of the neutrino-mode beam."""
    return flavour_beam(*BEAMS["miniboone-fhc"])


def judge(found: Matrix, direct: Matrix) -> Matrix:
    """Error of this table: that of the probability which follows from its logits, relative [1]."""
    return probability_error(found, direct)


def components(projectiles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what :func:`kernel` fills for an experiment with a flux of these projectiles."""
    return logit_components(ALL_PARTS, projectiles)


def experiment_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flux and target of an experiment of which a member is built: probabilities in a sphere, species by species."""
    return species_beam(experiment, nucleus)
