"""Flux-averaged cross sections of nu + target -> N + target through a vector mediator, per unit coupling^2 and POT.

    R = int phi(E) sigma(E; m_N, m_mediator) dE,   sigma per (V_aN V_had)^2 with unit charge on every target,

helicity summed: a nucleus with its charge form factor, a free proton and neutron with F1 and F2. All energies from
threshold to the end of the flux. See ``physics/fluxaverage.py`` for the formula.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import FLUX_SCALE, mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.beams import FILES as FILES
from gloam.tables.experiments.experiment import PROJECTILES, Experiment
from gloam.tables.physics.neutral_leptons.fluxaverage import REGIMES, VECTOR, beam_data, flux_average
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

EDGES = (float(mass_coordinate(0.005, FLUX_SCALE)), float(mass_coordinate(2.0, FLUX_SCALE)))


def components(projectiles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what :func:`kernel` fills for a flux of these projectiles."""
    return tuple(f"{projectile}/{regime}" for projectile in projectiles for regime in REGIMES)


COMPONENTS = components(PROJECTILES)

TABLE = TableSpec(
    name="vector-rates",
    version=2,
    title="Flux-averaged upscattering through a vector mediator",
    inputs=(
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("ln(m_N) + m_N/0.07", *EDGES, 432),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 48),
    ),
    coordinates="flux-mediator",
    choice=Choice("beam", tuple(BEAMS)),
    components=COMPONENTS,
    unit="1/POT",
    prefactor="mediator-rate",
    parameters=((),) * len(BEAMS),
    rtol=1e-4,
    references=("arXiv:0806.1449", "arXiv:2207.04137"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Flux averages at x = (m_N, m_mediator) [GeV] for all projectiles and targets."""
    for regime in range(3):
        average = flux_average(VECTOR, regime, x[0], x[1] * x[1], Z_MASS**2, data)
        for p in range(average.size // 2):
            out[3 * p + regime] = average[2 * p]


def data(label: str) -> Vector:
    """Flux and target of the beam ``label``."""
    return beam_data(*BEAMS[label])


def experiment_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flux and target of an experiment of which a member is built."""
    return beam_data(experiment, nucleus)
