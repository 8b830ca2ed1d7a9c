"""E949: peak of N in K+ -> mu+ N at rest.

U2 over the published limit, see `lookup/events/peak_searches.py`: 178 to 299 MeV; no least lifetime was
found stated, so that tau_min is 0.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import peak_searches
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import SILENT, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CONSTANTS = peak_searches.numbers_of("mu-e949")
SHORTEST_AT = len(CONSTANTS)


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = U2 over its limit [1], error 0. Returns 0 or SILENT."""
    out[0], error[0] = peak_searches.peak_ratio(slots, options, 0, options[SHORTEST_AT]), 0.0
    return SILENT if math.isnan(out[0]) else 0


SEARCH = Search(
    name="e949",
    title="E949: peak of N in K+ -> mu+ N at rest",
    reads=peak_searches.READS,
    options=peak_searches.gate(0.0, "none was found stated"),
    constants=CONSTANTS,
    unit=peak_searches.UNIT,
    bins=peak_searches.BINS,
    limit=peak_searches.LIMIT,
    statistic="as published, 90 %: U2 above the curve is excluded where N lives longer than tau_min",
    confidence=peak_searches.CONFIDENCE,
    no_information="published for masses of 0.178 to 0.299 GeV",
    references=("arXiv:1411.3963",),
    predict=predict,
)
