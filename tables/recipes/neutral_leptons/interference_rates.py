"""Flux-averaged interference of a vector mediator with Z exchange, per unit couplings and POT.

Half of the cross term, per (V_aN V_had)(C_aN C_had) with unit charges; nucleons: V_had = 1, C_had = 1 with the weak form
factors (F1(0) = 1/2 - 2 s_W^2, -1/2). All parts are positive; the signs are those of the charges, and the vector-axial
part is subtracted for antineutrinos.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.constants import Z_MASS
from gloam.tables.coordinates import FLUX_SCALE, mass_coordinate
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.beams import FILES as FILES
from gloam.tables.experiments.experiment import PROJECTILES, Experiment
from gloam.tables.physics.neutral_leptons.fluxaverage import INTERFERENCE, WEAK_CHARGE, beam_data, flux_average
from gloam.tables.spec import Axis, Choice, Constant, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

PARTS = ("nucleus", "proton", "proton vector-axial", "neutron", "neutron vector-axial")
EDGES = (float(mass_coordinate(0.005, FLUX_SCALE)), float(mass_coordinate(2.0, FLUX_SCALE)))


def components(projectiles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what :func:`kernel` fills for a flux of these projectiles."""
    return tuple(f"{projectile}/{part}" for projectile in projectiles for part in PARTS)


COMPONENTS = components(PROJECTILES)

TABLE = TableSpec(
    name="interference-rates",
    version=2,
    title="Flux-averaged interference of a vector mediator with the Z",
    inputs=(
        Input("m_N", "GeV", 0.005, 2.0, "mass of N"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("ln(m_N) + m_N/0.07", *EDGES, 460),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 30),
    ),
    coordinates="flux-mediator",
    choice=Choice("beam", tuple(BEAMS)),
    components=COMPONENTS,
    unit="1/POT",
    prefactor="none",
    parameters=((),) * len(BEAMS),
    rtol=1e-4,
    constants=(Constant("m_Z", Z_MASS, "GeV", "PDG"), Constant("1/2 - 2 sin^2(theta_W)", WEAK_CHARGE, "1", "MS-bar at m_Z, PDG")),
    references=("arXiv:0806.1449", "arXiv:2207.04137"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Flux averages at x = (m_N, m_mediator) [GeV] for all projectiles and targets."""
    for regime in range(3):
        average = flux_average(INTERFERENCE, regime, x[0], x[1] * x[1], Z_MASS**2, data)
        for p in range(average.size // 2):
            if regime == 0:
                out[5 * p] = average[2 * p]
            else:
                out[5 * p + 2 * regime - 1] = average[2 * p]
                out[5 * p + 2 * regime] = average[2 * p + 1]


def data(label: str) -> Vector:
    """Flux and target of the beam ``label``."""
    return beam_data(*BEAMS[label])


def experiment_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flux and target of an experiment of which a member is built."""
    return beam_data(experiment, nucleus)
