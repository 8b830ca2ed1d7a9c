"""NA62: peak of N in K+ -> mu+ N.

U2 over the published limit, see `lookup/events/peak_searches.py`: 200 to 384 MeV, lifetimes above 50 ns.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import peak_searches
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import SILENT, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CONSTANTS = peak_searches.numbers_of("mu-na62")
SHORTEST_AT = len(CONSTANTS)


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = U2 over its limit [1], error 0. Returns 0 or SILENT."""
    out[0], error[0] = peak_searches.peak_ratio(slots, options, 0, options[SHORTEST_AT]), 0.0
    return SILENT if math.isnan(out[0]) else 0


SEARCH = Search(
    name="na62-kmu",
    title="NA62: peak of N in K+ -> mu+ N",
    reads=peak_searches.READS,
    options=peak_searches.gate(peak_searches.ESCAPES, "as published"),
    constants=CONSTANTS,
    unit=peak_searches.UNIT,
    bins=peak_searches.BINS,
    limit=peak_searches.LIMIT,
    statistic="as published, 90 %: U2 above the curve is excluded where N lives longer than tau_min",
    confidence=peak_searches.CONFIDENCE,
    no_information="published for masses of 0.2 to 0.384 GeV",
    references=("arXiv:2101.12304",),
    predict=predict,
)
