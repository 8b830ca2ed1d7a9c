"""dipole-moments: the double-exponential rule in q (`form_moments`)."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks import form_moments
from gloam.tables.recipes.neutral_leptons.dipole_moments import promised

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def check(label: str, x: Matrix) -> tuple[Array, float]:
    """Moments [GeV^(2k-2)] at x = (q [GeV],): tails of Q^-2 ... Q^2, heads of Q^0 ... Q^2; NaN where none is promised."""
    rows = []
    for q in x[:, 0].tolist():
        _, tails = form_moments.cumulative(label, q, range(-2, 3), 0.0, 0)
        rows.append(np.concatenate([tails, form_moments.moments(label, 0.0, q, range(3), 0.0, 0)]))
    return np.where(promised(label, x), np.array(rows), np.nan), form_moments.ACCURACY
