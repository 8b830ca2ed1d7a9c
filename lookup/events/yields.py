"""The prediction that the searches of produced N share."""

from __future__ import annotations

import numpy as np
from gloam.lookup.events.production import NUMBERS, produced
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK
from gloam.tables.numerics.memory import pointer, scratch

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@entry
def all_produced(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = number of N produced, error[0] its bound; ``options`` are the target numbers.

    Returns 0, or 16 * table + 1 + input where a table does not reach.
    """
    work, values = scratch(WORK), scratch(NUMBERS)
    vertices, numbers, tables = pointer(slots), pointer(options), pointer(blob)
    total, uncertain = 0.0, 0.0
    for kind in range(4):
        for pair in range(2):
            status = produced(kind, pair, vertices, numbers, tables, offsets[kind], work, values)
            if status != 0:
                return 16 * kind + status
            for i in range(10):
                total += values[i]
                uncertain += values[10 + i]
    out[0] = total
    error[0] = uncertain
    return 0
