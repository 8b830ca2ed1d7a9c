"""hadronic-width: the double-exponential rule in s between the knots of R(s) (`hadronic_curve`)."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks.hadronic_curve import curve_points

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-7


def check(label: str, x: Array) -> tuple[Array, float]:
    """K = 2 int ds/m_N^2 (1-s/m_N^2)^2 (1+2s/m_N^2) R(s)/(1-s/m_Zp^2)^2 [1] at x = (m_N, m_Zp) [GeV]."""
    rows = []
    for m_N, m_Zp in x.tolist():
        s, weight, ratio = curve_points(m_N**2)
        share = s / m_N**2
        rows.append([2.0 * np.sum(weight * (1.0 - share) ** 2 * (1.0 + 2.0 * share) * ratio / (1.0 - s / m_Zp**2) ** 2) / m_N**2])
    return np.array(rows), ACCURACY
