"""What the tables of missed semi-visible decays share: description, lifetimes, points, and their kernel.

A table holds P_missed + ``FLOOR`` for A' -> psi_1 psi_2 ("12") or psi_2 psi_2 ("22"), psi_2 -> psi_1 e+ e-, in
components: vertex and lambda = c_tau sqrt(s)/(4 m_2). One set of events
serves both vertices and every lifetime. P depends on the lifetime through exp(-b/lambda), so lambda^(-1/2) is evenly
spaced: ln(P + FLOOR) is a polynomial in it to 0.4 %, known at lambda = inf. Below the first lambda the answer is that of
the first (a decay inside for certain: P differs by less than 1e-3 of P + FLOOR). A last, far component fixes the slope
of 1 - P at long lifetimes.

The detector is a block of numbers (`experiments/collider.py`): the tables of another one differ in nothing else.
Nodes are averages over one scrambled Sobol set common to all of them; errors are measured against another scramble.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, named
from gloam.tables.coordinates import closeness
from gloam.tables.numerics.sobol import sobol_points
from gloam.tables.physics.dark_photons.monophoton import PRODUCTION, missed_one, missed_two
from gloam.tables.physics.dark_photons.pair_visibility import BOTH, DECAY, DRAWS, describe_decay
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FLOOR = 1e-4  # [1] added to P, so that its logarithm is smooth where P runs out
STEPS, STEP = 16, 0.25  # of lambda^(-1/2) [m^(-1/2)], from lambda = inf, which is not stored
FARTHEST = 100.0  # [m] the last lambda
LENGTHS = np.array([*((STEP * k) ** -2.0 for k in range(STEPS, 0, -1)), FARTHEST])  # [m] of the components
LENGTH_COUNT = len(LENGTHS)
WORTH = 1e-3  # [1] P_missed above which the accuracy is promised
WORTH_MASS = 8.0  # [GeV] m_A' up to which it is: the published limit (arXiv:1702.03327) ends there
PILOT = 2**10  # events that decide where that is

VERTICES = ("vector", "axial")
LIGHTEST = 8.0 * ELECTRON_MASS  # [GeV] m_2 - m_1 at the lower end of m_A'
HEAVIEST = 9.0  # [GeV] m_A'
LEAST_RHO = 0.1  # [1] (sum of the daughters' masses)/m_A'
LEAST_DELTA, LARGEST_DELTA = 0.02, 2.0  # [1] (m_2 - m_1)/m_1
REGIONS = (8, 6, 4)  # of the error, along every axis: what limits it is local

# parameters of a row: those of the coordinates, then the track threshold [GeV]
UNSTABLE, LEAST_SPLITTING, LARGEST, TRACK = range(4)


def specification(
    name: str,
    decay: str,
    unstable: int,
    nodes: tuple[int, int, int],
    rtol: float,
    searched: tuple[str, tuple[int, ...], tuple[str, ...]],
    version: int = 1,
) -> TableSpec:
    """Description of a table.

    Parameters
    ----------
    name, decay : str
        Name of the table, and the decay in words.
    unstable : int
        Number of psi_2 that A' decays to.
    nodes : tuple of int
        Nodes along the axes.
    rtol : float
        Accuracy promised where P_missed exceeds ``WORTH`` [1] and m_A' does not exceed ``WORTH_MASS``.
    searched : (str, tuple of int, tuple of str)
        Whose search it is, in words, track thresholds [MeV] and references.
    version : int
    """
    most = unstable * LARGEST_DELTA + 2.0
    least = unstable * LEAST_DELTA + 2.0
    whose, thresholds, references = searched
    return TableSpec(
        name=name,
        version=version,
        title=f"Probability (plus 1e-4) that {whose} single-photon search misses {decay}",
        inputs=(
            Input("m_Ap", "GeV", LIGHTEST * most / LARGEST_DELTA, HEAVIEST, "mass of the dark photon"),
            Input("r", "1", LEAST_RHO / most, 1.0 / least, "m_1/m_Ap"),
            Input("Delta", "1", LEAST_DELTA, LARGEST_DELTA, "(m_2 - m_1)/m_1"),
        ),
        axes=(
            Axis("(g-g_low)/(g_high-g_low)", 0.0, 1.0, nodes[0]),
            Axis("-artanh(.85 sqrt(1-rho))", closeness(LEAST_RHO), 0.0, nodes[1]),
            Axis("ln(Delta)", math.log(LEAST_DELTA), math.log(LARGEST_DELTA), nodes[2]),
        ),
        coordinates="semivisible",
        choice=Choice("track_threshold", tuple(f"{threshold}MeV" for threshold in thresholds)),
        parameters=tuple((float(unstable), LIGHTEST, HEAVIEST, 1e-3 * threshold) for threshold in thresholds),
        components=tuple(f"{vertex} lambda={length:.4g}m" for vertex in VERTICES for length in LENGTHS),
        unit="1",
        rtol=rtol,
        dtype="int16",
        constants=named("m_e"),
        references=references,
        regions=REGIONS,
    )


@functools.lru_cache(maxsize=4)
def event_points(unstable: int, log2_nodes: int, log2_reference: int, seeds: tuple[int, int]) -> Vector:
    """Points of the nodes, then those of the reference, one after the other."""
    sets = zip((log2_nodes, log2_reference), seeds, strict=True)
    return np.concatenate([sobol_points(log2, numbers_of(unstable), seed).ravel() for log2, seed in sets])


def numbers_of(unstable: int) -> int:
    """How many numbers make one event."""
    return PRODUCTION + DRAWS * unstable


@njit
def _evaluate(integrand: Any, detector: Vector, x: Any, parameters: Vector, points: Vector, out: Any) -> None:
    for i in range(x.shape[0]):
        integrand(detector, x[i], parameters, points, out[i])


def worth(integrand: Any, detector: Vector, spec: TableSpec, label: str, points: Vector, x: Any) -> Any:
    """Whether P_missed of a component exceeds ``WORTH`` at ``x`` (points, 3), by the first of ``points``, up to WORTH_MASS."""
    row = spec.parameters[spec.labels.index(label)]
    out = np.empty((len(x), len(spec.components)))
    _evaluate(integrand, detector, x, np.array(row), points[: PILOT * numbers_of(int(row[UNSTABLE]))], out)
    return (out > WORTH + FLOOR) & (x[:, :1] <= WORTH_MASS)


@njit
def describe(detector: Vector, x: Vector, parameters: Vector, decay: Vector) -> None:
    """Decay psi_2 -> psi_1 e e at x = (m_A' [GeV], r, Delta), for both vertices."""
    lower = x[0] * x[1]
    describe_decay(BOTH, lower * (1.0 + x[2]), lower, x[0], ELECTRON_MASS, parameters[TRACK], False, detector, decay)


@njit
def one_leg(detector: Vector, x: Vector, parameters: Vector, points: Vector, out: Vector) -> None:
    """P_missed + FLOOR of A' -> psi_1 psi_2 at x = (m_A' [GeV], r, Delta) for vector, then axial, and every lambda."""
    decay, missed = np.empty(DECAY), np.empty((2, LENGTHS.size))
    describe(detector, x, parameters, decay)
    lower, numbers = x[0] * x[1], PRODUCTION + DRAWS
    events = points.reshape((points.size // numbers, numbers))
    missed_one(detector, x[0], lower * (1.0 + x[2]), lower, decay, events, LENGTHS, missed)
    out[:] = missed.ravel() + FLOOR


@njit
def two_legs(detector: Vector, x: Vector, parameters: Vector, points: Vector, out: Vector) -> None:
    """P_missed + FLOOR of A' -> psi_2 psi_2 at x = (m_A' [GeV], r, Delta) for vector, then axial, and every lambda."""
    decay, missed = np.empty(DECAY), np.empty((2, LENGTHS.size))
    describe(detector, x, parameters, decay)
    lower, numbers = x[0] * x[1], PRODUCTION + 2 * DRAWS
    events = points.reshape((points.size // numbers, numbers))
    missed_two(detector, x[0], lower * (1.0 + x[2]), decay, events, LENGTHS, missed)
    out[:] = missed.ravel() + FLOOR
