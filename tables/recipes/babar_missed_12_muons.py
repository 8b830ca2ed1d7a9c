"""Probability that BaBar misses A' -> psi_1 psi_2, psi_2 -> psi_1 mu+ mu-, beside the photon of e+e- -> gamma A'.

P_missed = < 1 - f [1 - exp(-b sqrt(s)/(4 p lambda))] > over photon, A' decay and pair (`physics/monophoton.py`,
`physics/pair_visibility.py`; selection and volume: `experiments/babar.py`). Smooth in g(m_A') = ln m + m/(5 GeV) between
the mass at which m_2 - m_1 reaches 2.2 m_mu and 9 GeV, in the root of the logarithm of m_2 - m_1 and in the part of
rho = (m_1 + m_2)/m_A' that it leaves. The track threshold is one on the momentum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.tables.constants import MUON_MASS, named
from gloam.tables.experiments.babar import REFERENCES
from gloam.tables.physics import missed_grid
from gloam.tables.physics.missed_grid import one_leg
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LOG2_NODES, LOG2_REFERENCE = 12, 13
WORTH = 1e-2  # [1] P_missed above which the accuracy is promised
LEGS = 1
NUMBERS = 3 + 3 * LEGS  # that make one event
EVENTS = 2**LOG2_NODES * NUMBERS  # numbers of the nodes' points
PAIR = 2.2 * MUON_MASS  # [GeV] least m_2 - m_1: closer to 2 m_mu the muons of one psi_2 have one momentum each, and P kinks
HEAVIEST = 9.0  # [GeV] m_A'
LARGEST_DELTA = 2.0  # [1]
LIGHTEST = PAIR * (2.0 + LARGEST_DELTA) / LARGEST_DELTA  # [GeV] m_A' below which m_2 - m_1 stays under PAIR

TABLE = TableSpec(
    name="babar-missed-12-muons",
    version=1,
    title="Probability (plus 1e-4) that BaBar's single-photon search misses A' -> psi_1 psi_2, psi_2 -> psi_1 mu+ mu-",
    inputs=(
        Input("m_Ap", "GeV", LIGHTEST, HEAVIEST, "mass of the dark photon"),
        Input("r", "1", PAIR / (HEAVIEST * LARGEST_DELTA), 0.5, "m_1/m_Ap"),
        Input("Delta", "1", PAIR / (0.5 * HEAVIEST), LARGEST_DELTA, "(m_2 - m_1)/m_1"),
    ),
    axes=(
        Axis("(g-g_low)/(g_high-g_low)", 0.0, 1.0, 25),
        Axis("sqrt(ln[(m_2-m_1)/2.2m_mu]/its largest)", 0.0, 1.0, 9),
        Axis("(rho-rho_low)/(1-rho_low)", 0.0, 1.0, 9),
    ),
    coordinates="semivisible-pair",
    choice=Choice("cut", missed_grid.ALL_CUTS),
    parameters=tuple(
        (1.0, PAIR, LARGEST_DELTA, HEAVIEST, *missed_grid.cut_parameters(label, MUON_MASS, on_momentum=True))
        for label in missed_grid.ALL_CUTS
    ),
    components=missed_grid.length_labels(),
    unit="1",
    rtol=0.1,
    constants=named("m_mu"),
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
