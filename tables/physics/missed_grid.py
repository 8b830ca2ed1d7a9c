"""What the tables of missed semi-visible decays share: lifetimes, cuts, points, and their kernel.

A table holds P_missed + ``FLOOR`` for A' -> psi_1 psi_2 ("12") or psi_2 psi_2 ("22"), psi_2 -> psi_1 l+ l-, in
components of lambda = c_tau sqrt(s)/(4 m_2): evenly spaced in log10(lambda/m) because one set of events serves every
lifetime. Below the first the answer is that of the first (a decay inside for certain: P differs by less than 1e-4 of
P + FLOOR), above the last 1 - P = K_1/lambda + K_2/lambda^2 through the last two (1e-5).

Nodes are averages over one scrambled Sobol set common to all of them; errors are measured against another scramble with
more points.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from gloam.tables.experiments.babar import TRACK_THRESHOLDS
from gloam.tables.physics.monophoton import PRODUCTION, missed_one, missed_two
from gloam.tables.physics.pair_visibility import DECAY, describe_decay
from gloam.tables.physics.sobol import sobol_points
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FLOOR = 1e-4  # [1] added to P, so that its logarithm is smooth where P runs out
FIRST_LENGTH, LAST_LENGTH, LENGTH_COUNT = -1.2, 2.0, 29  # log10(lambda/m) of the components
LENGTHS = np.logspace(FIRST_LENGTH, LAST_LENGTH, LENGTH_COUNT)  # [m]
SEED_NODES, SEED_REFERENCE = 1, 2  # of the scrambles

VERTICES = ("vector", "axial")
PILOT = 2**10  # events that decide where the accuracy is promised
ALL_CUTS = tuple(f"{vertex}-{threshold}MeV" for vertex in VERTICES for threshold in TRACK_THRESHOLDS)
VECTOR_CUTS = ALL_CUTS[: len(TRACK_THRESHOLDS)]

# parameters of a row behind those of the coordinates
COORDINATES = 4
VERTEX, TRACK, LEPTON, ON_MOMENTUM = range(COORDINATES, COORDINATES + 4)


def cut_parameters(label: str, lepton: float, on_momentum: bool) -> tuple[float, ...]:
    """Vertex, track threshold [GeV], lepton mass [GeV] and whether the threshold is on momentum, of a label."""
    vertex, threshold = label.split("-")
    return float(VERTICES.index(vertex)), 1e-3 * float(threshold.removesuffix("MeV")), lepton, float(on_momentum)


def length_labels(prefix: str = "") -> tuple[str, ...]:
    """Labels of the components, one per lambda."""
    return tuple(f"{prefix}lambda={length:.4g}m" for length in LENGTHS)


@functools.lru_cache(maxsize=4)
def event_points(log2_nodes: int, log2_reference: int, legs: int) -> Vector:
    """Points of the nodes, then those of the reference, one after the other."""
    dimensions = PRODUCTION + 3 * legs
    nodes = sobol_points(log2_nodes, dimensions, SEED_NODES)
    return np.concatenate([nodes.ravel(), sobol_points(log2_reference, dimensions, SEED_REFERENCE).ravel()])


@njit
def _evaluate(integrand: Any, x: Any, parameters: Vector, points: Vector, out: Any) -> None:
    for i in range(x.shape[0]):
        integrand(x[i], parameters, points, out[i])


def missed_above(
    least: float, integrand: Any, parameters: tuple[float, ...], points: Vector, x: Any, components: int
) -> Any:
    """Whether P_missed of every component exceeds ``least`` at ``x`` (points, 3), by ``integrand`` over ``points``."""
    out = np.empty((len(x), components))
    _evaluate(integrand, x, np.array(parameters), points, out)
    return out > least + FLOOR


@njit
def describe(x: Vector, parameters: Vector, decay: Vector) -> None:
    """Decay psi_2 -> psi_1 l l at x = (m_A' [GeV], r, Delta)."""
    lower = x[0] * x[1]
    describe_decay(
        int(parameters[VERTEX]), lower * (1.0 + x[2]), lower, x[0], parameters[LEPTON], parameters[TRACK],
        parameters[ON_MOMENTUM] == 1.0, decay,
    )


@njit
def one_leg(x: Vector, parameters: Vector, points: Vector, out: Vector) -> None:
    """P_missed + FLOOR of A' -> psi_1 psi_2 at x = (m_A' [GeV], r, Delta) for every lambda."""
    decay = np.empty(DECAY)
    describe(x, parameters, decay)
    lower = x[0] * x[1]
    events = points.reshape((points.size // (PRODUCTION + 3), PRODUCTION + 3))
    missed_one(x[0], lower * (1.0 + x[2]), lower, decay, events, LENGTHS, out)
    for k in range(out.size):
        out[k] += FLOOR


@njit
def two_legs(x: Vector, parameters: Vector, points: Vector, out: Vector) -> None:
    """P_missed + FLOOR of A' -> psi_2 psi_2 at x = (m_A' [GeV], r, Delta) for every lambda, both with the same lepton."""
    lower = x[0] * x[1]
    events = points.reshape((points.size // (PRODUCTION + 6), PRODUCTION + 6))
    decays, missed = np.empty((1, DECAY)), np.empty((LENGTHS.size, 3))
    describe(x, parameters, decays[0])
    missed_two(x[0], lower * (1.0 + x[2]), decays, events, LENGTHS, missed)
    for k in range(LENGTHS.size):
        out[k] = missed[k, 0] + FLOOR
