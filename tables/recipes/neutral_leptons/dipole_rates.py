"""Flux-averaged cross sections of nu + target -> N + target through a transition dipole, per mu_tr^2 and POT.

Photon exchange, helicity summed, unit charge on the nucleus (multiply by Z^2), Sachs form factors on nucleons;
mu_tr = 2 d in L = d nubar_L sigma F N + h.c.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import FLUX_SCALE, mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.beams import FILES as FILES
from gloam.tables.experiments.experiment import PROJECTILES, Experiment
from gloam.tables.physics.neutral_leptons.fluxaverage import DIPOLE, REGIMES, beam_data, flux_average
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

EDGES = (float(mass_coordinate(0.005, FLUX_SCALE)), float(mass_coordinate(2.0, FLUX_SCALE)))


def components(projectiles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what :func:`kernel` fills for a flux of these projectiles."""
    return tuple(f"{projectile}/{regime}" for projectile in projectiles for regime in REGIMES)


COMPONENTS = components(PROJECTILES)

TABLE = TableSpec(
    name="dipole-rates",
    version=2,
    title="Flux-averaged upscattering through a transition dipole",
    inputs=(Input("m_N", "GeV", 0.005, 2.0, "mass of N"),),
    axes=(Axis("ln(m_N) + m_N/0.07", *EDGES, 768),),
    coordinates="flux",
    choice=Choice("beam", tuple(BEAMS)),
    components=COMPONENTS,
    unit="GeV^2/POT",
    prefactor="none",
    parameters=((),) * len(BEAMS),
    rtol=1e-4,
    references=("arXiv:0806.1449", "arXiv:1803.03262"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Flux averages at x = (m_N) [GeV] for all projectiles and targets."""
    for regime in range(3):
        average = flux_average(DIPOLE, regime, x[0], 1.0, Z_MASS**2, data)
        for p in range(average.size // 2):
            out[3 * p + regime] = average[2 * p]


def data(label: str) -> Vector:
    """Flux and target of the beam ``label``."""
    return beam_data(*BEAMS[label])


def experiment_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flux and target of an experiment of which a member is built."""
    return beam_data(experiment, nucleus)
