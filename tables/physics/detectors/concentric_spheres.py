"""Probability that a particle made at a uniform point of a sphere, in any direction, decays inside a smaller concentric one.

On a chord at the distance b from the centre, with half lengths L_i = sqrt(R_i^2 - b^2) in the two spheres and the decay length L,

    P = 3/(4 R_1^3) int_0^R_2 2 b db [2 L_2 - L e^(-(L_1 - L_2)/L) (1 - e^(-2 L_2/L))].

With L_2 = R_2 c it is a smooth integral over c from 0 to 1. P = (R_2/R_1)^3 for L -> 0 and C/L for L -> inf, where C is the mean
of the remaining way in R_2. Derived here; the limits and R_1 = R_2 (``sphere.py``) test it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

GAUSS = 64  # points in c


def decay_probability(length: Any, outer: float, inner: float) -> Any:
    """P [1] for decay lengths ``length`` > 0 [m], any shape; radii of production and decay volume [m], outer >= inner."""
    x, weight = np.polynomial.legendre.leggauss(GAUSS)
    c, weight = 0.5 * (1.0 + x), 0.5 * weight
    scale = np.asarray(length, dtype=np.float64)[..., None]
    inside = inner * c
    ahead = np.sqrt((outer - inner) * (outer + inner) + inside * inside) - inside
    way = 2.0 * inside / scale
    with np.errstate(under="ignore"):
        before = np.exp(-ahead / scale) * -np.expm1(-way)
    # 2 L_2 - L before = 2 L_2 (1 - e^-ahead/L) + L e^-ahead/L (way - 1 + e^-way): no cancellation for long L
    small = way < 1e-3
    rest = np.where(small, way * way * (0.5 - way / 6.0 + way * way / 24.0), way + np.expm1(-way))
    bracket = np.where(
        scale > inner,
        2.0 * inside * -np.expm1(-ahead / scale) + scale * np.exp(-ahead / scale) * rest,
        2.0 * inside - scale * before,
    )
    return 1.5 * inner**2 / outer**3 * np.sum(weight * c * bracket, axis=-1)
