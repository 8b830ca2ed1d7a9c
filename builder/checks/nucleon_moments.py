"""nucleon-moments: the double-exponential rule in q (`form_moments`)."""

from __future__ import annotations

import numpy as np
from gloam.builder.checks import form_moments

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def check(label: str, x: Array) -> tuple[Array, float]:
    """Moments [GeV^(2k-2)] at x = (q, m_mediator) [GeV], heads then tails."""
    rows = [np.concatenate(form_moments.cumulative(label, q, range(5), m * m, 2)) for q, m in x.tolist()]
    return np.array(rows), form_moments.ACCURACY
