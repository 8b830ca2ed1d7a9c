"""z-moments: the double-exponential rule in q (`form_moments`)."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks import form_moments
from gloam.tables.constants import Z_MASS
from gloam.tables.recipes.neutral_leptons.z_moments import promised

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def check(label: str, x: Matrix) -> tuple[Array, float]:
    """Moments [GeV^(2k-2)] at x = (q [GeV],), heads then tails; NaN where a nucleus promises nothing."""
    rows = [np.concatenate(form_moments.cumulative(label, q, range(5), Z_MASS**2, 2)) for q in x[:, 0].tolist()]
    return np.where(promised(label, x), np.array(rows), np.nan), form_moments.ACCURACY
