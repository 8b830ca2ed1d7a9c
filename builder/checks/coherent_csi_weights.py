"""coherent-csi-weights: response by scipy's incomplete gamma functions between fine steps, double-exponential rule, closed
projection.
"""

from __future__ import annotations

import functools
import math
from itertools import pairwise

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.builder.checks.stopped_pion_recoils import averaged, end_of
from gloam.tables.numerics.poles import projection
from gloam.tables.recipes.neutrinos.coherent_csi_weights import POLES, reaction
from scipy.stats import gamma

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 2e-5  # the efficiency in steps
STEPS = 200  # of the light in every bin
EDGES = (8.0, 12.0, 16.0, 20.0, 24.0, 32.0, 40.0, 50.0, 60.0)


def shares(recoil: Array) -> Array:
    """Share of recoils [GeV] in every bin of light, shape (points, bins)."""
    x = 1e3 * recoil[:, np.newaxis]
    seen = 1e3 * (0.0554628 * x + 4.30681 * x**2 - 111.707 * x**3 + 840.384 * x**4)  # [keV]
    found = []
    for low, high in pairwise(EDGES):
        edges = np.linspace(low, high, STEPS + 1)
        below = gamma.cdf(edges, 1.0 + 9.56 * seen, scale=13.35 * seen / (1.0 + 9.56 * seen))
        middle = 0.5 * (edges[1:] + edges[:-1])
        kept = np.maximum(1.32045 / (1.0 + np.exp(-0.285979 * (middle - 10.8646))) - 0.333322, 0.0)
        found.append(np.diff(below, axis=1) @ kept)
    return np.stack(found, axis=1)


@functools.cache
def folded(label: str) -> tuple[Array, Array]:
    """Angles of quadrature points, and weights times density, shape (points, 3 fluxes x bins)."""
    nucleus, full = reaction(label)
    ends = sorted({min(end_of(nucleus, flux, full), POLES.high) for flux in range(3)})
    logarithm, weight = pieces(np.log([POLES.low, 1.5e-6, 4e-6, 8e-6, *ends]))
    recoil = np.exp(logarithm)
    response, columns = shares(recoil), []
    for flux in range(3):
        end = end_of(nucleus, flux, full)
        spectrum = [averaged(nucleus, flux, full, math.sqrt(e / end)) if e < end else 0.0 for e in recoil.tolist()]
        columns.append(response * (weight * recoil * np.array(spectrum))[:, np.newaxis])
    middle, half = 0.5 * math.log(POLES.low * POLES.high), 0.5 * math.log(POLES.high / POLES.low)
    return np.arccos((logarithm - middle) / half), np.concatenate(columns, axis=1)


def check(label: str, x: Array) -> tuple[Array, float]:
    """Weights [cm^2] at x = (angle,) for the reaction ``label``."""
    position, density = folded(label)
    return projection(x[:, 0], POLES.count, position) @ density, ACCURACY
