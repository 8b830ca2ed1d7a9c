"""Unitarity of the mixing matrix of the light neutrinos: limits on U2_e, U2_mu, U2_tau of a heavy neutral lepton above m_tau.

U2 over the published limit of every flavour (global fit of arXiv:2306.01040, 90 %), from 1.777 GeV on, where N is too heavy
for all decays that enter the fit. Whatever N decays to; each flavour at 90 % by itself.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import peak_searches
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import FLAVOURS, SILENT, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[a] = U2_a over its limit [1], error 0. Returns 0 or SILENT."""
    for flavour in range(3):
        out[flavour], error[flavour] = peak_searches.peak_ratio(slots, options, flavour, 0.0), 0.0
        if math.isnan(out[flavour]):
            return SILENT
    return 0


SEARCH = Search(
    name="unitarity-hnl",
    title="unitarity of the mixing of light neutrinos",
    reads=peak_searches.READS,
    constants=peak_searches.numbers_of(*(f"{flavour}-pmns-unitarity" for flavour in FLAVOURS)),
    unit="1",
    bins=tuple(f"U2_{flavour}/limit" for flavour in FLAVOURS),
    limit=1.0,
    statistic="as published, 90 % of each flavour by itself: excluded if any mixing is above its curve",
    confidence=0.9,
    no_information="published from 1.777 GeV on",
    references=("arXiv:2306.01040",),
    predict=predict,
)
