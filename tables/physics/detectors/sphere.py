"""Probability that a particle produced at a uniform point of a sphere, in any direction, decays inside it.

The distance s from such a point to the surface has the density (3/(4R)) (1 - s^2/(4 R^2)) on 0 < s < 2R:
chords along a fixed direction have length c with density c/(2 R^2) (a disc of impact parameters) and mean
4R/3, hold points in proportion to their length, and the point is uniform on its chord, so f(s) = int_s^2R
(c/(2 R^2)) (c/(4R/3)) dc/c. The average of 1 - exp(-s/lambda) follows by elementary integration.
"""

from __future__ import annotations

import math

from numba import njit

SERIES_END = 0.5  # [1] the closed form loses digits below


@njit
def decay_probability(y: float) -> float:
    """P = 1 - 3/(2y) + (3/y^3) [1 - (1+y) e^-y] [1]; y = 2R/lambda [1] is the diameter over the decay length.

    P = 3y/8 - y^2/10 + ... for small y, 1 - 3/(2y) + 3/y^3 for large y; P(0) = 0 and P(inf) = 1.
    """
    if y < SERIES_END:
        total, term = 0.0, y / 8.0  # 3 y^(n-3)/n! at n = 4
        for n in range(4, 18):
            total += (n - 1) * term
            term *= -y / (n + 1)
        return total
    inverse = 1.0 / y
    return 1.0 - 1.5 * inverse + 3.0 * inverse * inverse * (inverse - (inverse + 1.0) * math.exp(-y))
