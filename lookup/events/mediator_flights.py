"""Flight of an A' made beside a photon, out of the volume of a detector (block: `experiments/collider.py`)."""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments.collider import BOOST, ENERGY, GAMMA
from gloam.tables.numerics.elementary import numeric
from gloam.tables.numerics.quadrature import NODES_16, WEIGHTS_16
from gloam.tables.physics.dark_photons.monophoton import photon_cosine
from gloam.tables.physics.detectors.barrel import path_length, shortest_path

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@numeric
def mediator_flight(detector: Vector, mediator: float, u: float) -> tuple[float, float]:
    """Momentum over mass [1] and polar cosine in the laboratory of A' of mass ``mediator`` [GeV], at the fraction u of the
    photon's distribution.
    """
    energy = detector[ENERGY]
    s = energy * energy
    c = -photon_cosine(detector, mediator * mediator / s, u)
    drift, total = (s - mediator * mediator) / (2.0 * energy), (s + mediator * mediator) / (2.0 * energy)
    axis, across = detector[GAMMA] * (drift * c + detector[BOOST] * total), drift * math.sqrt(1.0 - c * c)
    size = math.sqrt(axis * axis + across * across)
    return size / mediator, axis / size


@numeric
def fastest(detector: Vector, mediator: float) -> float:
    """Largest momentum over mass [1] that A' of mass ``mediator`` [GeV] can have in the laboratory."""
    energy = detector[ENERGY]
    s = energy * energy
    total, drift = (s + mediator * mediator) / (2.0 * energy), (s - mediator * mediator) / (2.0 * energy)
    return detector[GAMMA] * (drift + detector[BOOST] * total) / mediator


@numeric
def mediator_escapes(detector: Vector, mediator: float, length: float) -> float:
    """Probability [1] that A' of c_tau ``length`` [m] leaves the volume before it decays visibly."""
    if length * fastest(detector, mediator) < shortest_path(detector) / 40.0:
        return 0.0  # below e^-40
    escaped = 0.0
    for k in range(NODES_16.size):
        boost, cosine = mediator_flight(detector, mediator, NODES_16[k])
        escaped += WEIGHTS_16[k] * math.exp(-path_length(detector, cosine) / (boost * length))
    return escaped
