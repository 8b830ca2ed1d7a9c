"""dipole-hadronic-width: the double-exponential rule in s between the knots of R(s) (`hadronic_curve`)."""

from __future__ import annotations

import math

import numpy as np
from gloam.builder.checks.hadronic_curve import curve_points
from gloam.tables.constants import ALPHA

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-7


def check(label: str, x: Array) -> tuple[Array, float]:
    """(alpha/3 pi) int ds/s (1-s/m_N^2)^2 (1 + s/(2 m_N^2)) R(s) [1] at x = (m_N [GeV],)."""
    rows = []
    for m2 in (x[:, 0] ** 2).tolist():
        s, weight, ratio = curve_points(m2)
        rows.append([ALPHA / (3.0 * math.pi) * np.sum(weight * (1.0 - s / m2) ** 2 * (1.0 + 0.5 * s / m2) * ratio / s)])
    return np.array(rows), ACCURACY
