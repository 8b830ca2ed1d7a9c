"""semivisible-hadrons: the double-exponential rule in q^2 (`hadronic_curve`), Lagrange polynomials as plain products."""

from __future__ import annotations

import math

import numpy as np
from gloam.builder.checks.hadronic_curve import THRESHOLD, curve_points
from gloam.tables.physics.dark_photons.semivisible import HADRON_NODES

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-7
POWERS = {"vector": 1.5, "axial": 0.5}


def check(label: str, x: Array) -> tuple[Array, float]:
    """Weights w_k [1] at x = (delta [GeV],) for a vector or axial transition."""
    nodes = 0.5 - 0.5 * np.cos((np.arange(HADRON_NODES) + 0.5) * math.pi / HADRON_NODES)
    power = POWERS[label]
    out = np.empty((len(x), HADRON_NODES))
    for row, delta in zip(out, x[:, 0].tolist(), strict=True):
        q2, weight, ratio = curve_points(delta**2)
        z = (q2 - THRESHOLD) / (delta**2 - THRESHOLD)
        measure = weight * ratio * np.maximum(1.0 - q2 / delta**2, 0.0) ** power / delta**2
        for k in range(HADRON_NODES):
            others = np.delete(nodes, k)
            row[k] = np.sum(measure * np.prod((z[:, np.newaxis] - others) / (nodes[k] - others), axis=1))
    return out, ACCURACY
