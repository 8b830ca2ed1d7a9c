"""nuclear-moments: the double-exponential rule in q (`form_moments`)."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks import form_moments
from gloam.tables.recipes.neutral_leptons.nuclear_moments import promised

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def check(label: str, x: Matrix) -> tuple[Array, float]:
    """Moments [GeV^(2k-2)] at x = (q, m_mediator) [GeV], heads then tails; tails are left out beyond where they are promised."""
    rows = [np.concatenate(form_moments.cumulative(label, q, range(4), m * m, 2)) for q, m in x.tolist()]
    return np.where(promised(label, x), np.array(rows), np.nan), form_moments.ACCURACY
