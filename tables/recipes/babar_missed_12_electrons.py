"""Probability that BaBar misses A' -> psi_1 psi_2, psi_2 -> psi_1 e+ e-, beside the photon of e+e- -> gamma A'.

P_missed = < 1 - f [1 - exp(-b sqrt(s)/(4 p lambda))] > over photon, A' decay and pair (`physics/monophoton.py`,
`physics/pair_visibility.py`; selection and volume: `experiments/babar.py`). Smooth in g(m_A') = ln m + m/(5 GeV) between
the mass at which m_2 - m_1 = 8 m_e and 9 GeV, in rho = (m_1 + m_2)/m_A' and in ln Delta. Closer to the threshold of
the pair P falls to zero with a kink.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, named
from gloam.tables.experiments.babar import REFERENCES
from gloam.tables.physics import missed_grid
from gloam.tables.physics.missed_grid import one_leg
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LOG2_NODES, LOG2_REFERENCE = 15, 16
WORTH = 1e-3  # [1] P_missed above which the accuracy is promised
LEGS = 1
NUMBERS = 3 + 3 * LEGS  # that make one event
EVENTS = 2**LOG2_NODES * NUMBERS  # numbers of the nodes' points
LIGHTEST = 8.0 * ELECTRON_MASS  # [GeV] m_2 - m_1 at the lower end of m_A'
HEAVIEST = 9.0  # [GeV] m_A'
LEAST_RHO = 0.1  # [1]
LEAST_DELTA, LARGEST_DELTA = 0.02, 2.0  # [1]

TABLE = TableSpec(
    name="babar-missed-12-electrons",
    version=1,
    title="Probability (plus 1e-4) that BaBar's single-photon search misses A' -> psi_1 psi_2, psi_2 -> psi_1 e+ e-",
    inputs=(
        Input("m_Ap", "GeV", LIGHTEST * (2.0 + LARGEST_DELTA) / LARGEST_DELTA, HEAVIEST, "mass of the dark photon"),
        Input("r", "1", LEAST_RHO / (2.0 + LARGEST_DELTA), 1.0 / (2.0 + LEAST_DELTA), "m_1/m_Ap"),
        Input("Delta", "1", LEAST_DELTA, LARGEST_DELTA, "(m_2 - m_1)/m_1"),
    ),
    axes=(
        Axis("(g-g_low)/(g_high-g_low)", 0.0, 1.0, 21),
        Axis("rho", LEAST_RHO, 1.0, 11),
        Axis("ln(Delta)", math.log(LEAST_DELTA), math.log(LARGEST_DELTA), 15),
    ),
    coordinates="semivisible",
    choice=Choice("cut", missed_grid.ALL_CUTS),
    parameters=tuple(
        (1.0, LIGHTEST, HEAVIEST, HEAVIEST, *missed_grid.cut_parameters(label, ELECTRON_MASS, on_momentum=False))
        for label in missed_grid.ALL_CUTS
    ),
    components=missed_grid.length_labels(),
    unit="1",
    rtol=0.05,
    constants=named("m_e"),
    references=REFERENCES,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """P_missed + FLOOR at x = (m_Ap [GeV], r, Delta) for every lambda, over the points of the nodes."""
    one_leg(x, parameters, data[:EVENTS], out)


@njit
def reference(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """The same over other points, twice as many."""
    one_leg(x, parameters, data[EVENTS:], out)


def data(label: str) -> Vector:
    """Points of the nodes, then of the reference."""
    return missed_grid.event_points(LOG2_NODES, LOG2_REFERENCE, LEGS)


def promised(label: str, x: Any) -> Any:
    """Where the accuracy is promised."""
    row = TABLE.parameters[TABLE.labels.index(label)]
    pilot = data(label)[: missed_grid.PILOT * NUMBERS]
    return missed_grid.missed_above(WORTH, one_leg, row, pilot, x, len(TABLE.components))
