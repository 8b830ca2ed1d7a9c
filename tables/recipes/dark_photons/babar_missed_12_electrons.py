"""Probability that BaBar misses A' -> psi_1 psi_2, psi_2 -> psi_1 e+ e-, beside the photon of e+e- -> gamma A'.

P_missed = < 1 - f [1 - exp(-b sqrt(s)/(4 p lambda))] > over photon, A' decay and pair
(`physics/monophoton.py`, `physics/pair_visibility.py`; selection and volume: `experiments/babar.py`; components:
`physics/missed_grid.py`). Smooth in g(m_A') = ln m + m/(5 GeV) between the mass at which m_2 - m_1 = 8 m_e and 9 GeV, in
sqrt(1 - rho), rho = (m_1 + m_2)/m_A', and in ln Delta. Closer to the threshold of the pair P falls to zero with a kink.
Two tracks that merge (10 degrees) are seen by the sum of their energies if the polar angle of either is accepted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.tables.experiments.babar import BARREL, REFERENCES, TRACK_THRESHOLDS
from gloam.tables.physics.dark_photons.missed_grid import event_points, numbers_of, one_leg, specification, worth
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LEGS = 1
LOG2_NODES, LOG2_REFERENCE = 16, 16
SEEDS = (3, 1)  # of 16, those that deviate least from the mean of all at 80 points where P is 1e-3 to 8e-3
EVENTS = 2**LOG2_NODES * numbers_of(LEGS)  # numbers of the nodes' points

TABLE = specification(
    "babar-missed-12-electrons",
    "A' -> psi_1 psi_2, psi_2 -> psi_1 e+ e-",
    LEGS,
    nodes=(31, 21, 17),
    rtol=0.03,
    searched=("BaBar's", TRACK_THRESHOLDS, REFERENCES),
    version=4,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """P_missed + FLOOR at x = (m_Ap [GeV], r, Delta) for every component, over the points of the nodes."""
    one_leg(BARREL, x, parameters, data[:EVENTS], out)


@njit
def reference(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """The same over the points of the reference."""
    one_leg(BARREL, x, parameters, data[EVENTS:], out)


def data(label: str) -> Vector:
    """Points of the nodes, then of the reference."""
    return event_points(LEGS, LOG2_NODES, LOG2_REFERENCE, SEEDS)


def promised(label: str, x: Any) -> Any:
    """Where the accuracy is promised."""
    return worth(one_leg, BARREL, TABLE, label, data(label), x)
