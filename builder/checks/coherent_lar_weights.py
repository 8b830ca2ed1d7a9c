"""coherent-lar-weights: the same fold in ln E_R by the double-exponential rule, resolution by scipy, projection in closed
form.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.builder.checks.stopped_pion_recoils import averaged, end_of
from gloam.tables.datafile import read
from gloam.tables.numerics.poles import projection
from gloam.tables.recipes.neutrinos.coherent_lar_weights import POLES
from scipy.stats import norm

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-7


@functools.cache
def folded(full: bool) -> tuple[Array, Array]:
    """Angles of quadrature points, and weights times density, shape (points, 3 fluxes x bins)."""
    rows = read("coherent_lar_2020_efficiency.csv")
    ends = sorted({end_of("Ar40", flux, full) for flux in range(3)})
    edges = np.unique([*(1e-6 * rows["E_nr"]).tolist(), *ends])
    logarithm, weight = pieces(np.log(edges))
    recoil = np.exp(logarithm)
    energy = 1e6 * recoil
    seen = energy * (0.246 + 0.00078 * energy)
    bins = 10.0 * np.arange(6)
    distance = (bins - seen[:, np.newaxis]) / (0.58 * np.sqrt(seen)[:, np.newaxis])
    inside = np.where(distance[:, :-1] > 0.0, -np.diff(norm.sf(distance), axis=1), np.diff(norm.cdf(distance), axis=1))
    response = inside * np.interp(energy, rows["E_nr"], rows["efficiency"])[:, np.newaxis]
    columns = []
    for flux in range(3):
        end = end_of("Ar40", flux, full)
        spectrum = [averaged("Ar40", flux, full, math.sqrt(e / end)) if e < end else 0.0 for e in recoil.tolist()]
        columns.append(response * (weight * recoil * np.array(spectrum))[:, np.newaxis])
    middle, half = 0.5 * math.log(POLES.low * POLES.high), 0.5 * math.log(POLES.high / POLES.low)
    return np.arccos(np.clip((logarithm - middle) / half, -1.0, 1.0)), np.concatenate(columns, axis=1)


def check(label: str, x: Array) -> tuple[Array, float]:
    """Weights [cm^2] at x = (angle,) for the kinematics ``label``."""
    position, density = folded(label == "full")
    return projection(x[:, 0], POLES.count, position) @ density, ACCURACY
