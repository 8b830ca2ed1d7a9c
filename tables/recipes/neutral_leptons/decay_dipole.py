"""Probability that N made through a transition dipole decays inside MiniBooNE (neutrino mode).

For each flavour and target <P> is the average of the probability to decay in the sphere over flux and cross section,
with exact recoil, stored as logit <P> - t, t = ln[(2R/c_tau) m_N/(m_N + 0.25 GeV)], at even steps of a variable that has
all lifetimes between 0 and 1 (``physics/momentum.py``). Targets: nucleus, proton, neutron.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.experiment import Experiment
from gloam.tables.physics.neutral_leptons.fluxaverage import DIPOLE
from gloam.tables.physics.neutral_leptons.momentum import (
    VECTOR_PARTS,
    flavour_beam,
    logit_components,
    probability_error,
    species_beam,
    write_logits,
)
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FILES = ("charge_densities.csv", "nuclear_masses.csv", "flux_miniboone_fhc.csv")

TABLE = TableSpec(
    name="decay-dipole",
    version=1,
    title="Decay inside MiniBooNE of N made through a transition dipole: logit of the probability over the lifetime",
    inputs=(Input("m_N", "GeV", 0.005, 2.0, "mass of N"),),
    axes=(Axis("ln(m_N) + m_N/0.15", float(mass_coordinate(0.005)), float(mass_coordinate(2.0)), 192),),
    coordinates="mass",
    components=logit_components(VECTOR_PARTS),
    unit="1",
    transform="linear",
    rtol=1e-4,  # of <P>, see `judge`
    references=("arXiv:0806.1449", "arXiv:1803.03262"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Logits at x = (m_N) [GeV] for the flavours and targets."""
    write_logits(DIPOLE, VECTOR_PARTS, (x[0], 1.0, Z_MASS), data, out)


def data(label: str) -> Vector:
    """Flux and target of the neutrino-mode beam."""
    return flavour_beam(*BEAMS["miniboone-fhc"])


def judge(found: Matrix, direct: Matrix) -> Matrix:
    """Error of this table: that of the probability which follows from its logits, relative [1]."""
    return probability_error(found, direct)


def components(projectiles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what :func:`kernel` fills for an experiment with a flux of these projectiles."""
    return logit_components(VECTOR_PARTS, projectiles)


def experiment_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flux and target of an experiment of which a member is built: probabilities in a sphere, species by species."""
    return species_beam(experiment, nucleus)
