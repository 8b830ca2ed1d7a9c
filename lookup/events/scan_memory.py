"""What a scan over one coupling keeps behind the slots belongs to a key: numbers that do not change in the scan."""

from __future__ import annotations

import numpy as np
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SAME = 1e-9  # [1] relative difference of numbers that are the same up to rounding


@njit
def same(key: Vector, stored: Vector, count: int) -> bool:
    """Whether the first ``count`` numbers of two keys agree up to rounding; NaN never does."""
    for i in range(count):
        if not (key[i] == stored[i] or abs(key[i] - stored[i]) <= SAME * abs(key[i])):
            return False
    return True
