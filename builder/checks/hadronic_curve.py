"""Integrals over the curve R(s) by the double-exponential rule between its knots, for all checks of hadronic widths."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.tables.constants import CHARGED_PION_MASS
from gloam.tables.physics.hadrons.r_ratio import KNOTS, RATIOS

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

THRESHOLD = 4.0 * CHARGED_PION_MASS**2  # [GeV^2]


def curve_points(end: float) -> tuple[Array, Array, Array]:
    """s [GeV^2], weights [GeV^2] and R [1] for integrals from 4 m_pi^2 to ``end`` [GeV^2]."""
    s, weight = pieces([THRESHOLD, *KNOTS[KNOTS < end], end])
    rising = RATIOS[0] * ((1.0 - THRESHOLD / s) / (1.0 - THRESHOLD / KNOTS[0])).clip(0.0) ** 1.5
    return s, weight, np.where(s < KNOTS[0], rising, np.interp(s, KNOTS, RATIOS))
