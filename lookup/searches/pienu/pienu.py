"""PIENU: peaks of N in pi+ -> e+ N (2017) and pi+ -> mu+ N (2019) at rest.

U2 over the published limit (tables of HEPData), see `lookup/events/peak_searches.py`: lepton=e 62 to 135 MeV; lepton=mu 15.7
to 33.8
MeV, from two analyses above and below a kinetic energy of the muon of 1.2 MeV, the stronger one where both were published. No
least lifetime was found stated, so that tau_min is 0.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import peak_searches
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import SILENT, Option, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CONSTANTS = peak_searches.numbers_of("e-hepdata-pienu-2017", "mu-hepdata-pienu-2019-hight", "mu-hepdata-pienu-2019-lowt")
SHORTEST_AT = len(CONSTANTS)
LEPTON_AT = SHORTEST_AT + 1


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = U2 over its limit [1], error 0. Returns 0 or SILENT."""
    shortest = options[SHORTEST_AT]
    if options[LEPTON_AT] == 0.0:
        found = peak_searches.peak_ratio(slots, options, 0, shortest)
    else:
        found = peak_searches.peak_ratio(slots, options, 1, shortest)
        other = peak_searches.peak_ratio(slots, options, 2, shortest)
        if math.isnan(found) or other > found:
            found = other
    out[0], error[0] = found, 0.0
    return SILENT if math.isnan(found) else 0


SEARCH = Search(
    name="pienu",
    title="PIENU: peaks of N in pi+ -> e+ N and pi+ -> mu+ N at rest",
    reads=peak_searches.READS,
    options=peak_searches.gate(0.0, "none was found stated"),
    choices=(Option("lepton", ("e", "mu"), None, "of the pion's decay, whose mixing is limited"),),
    constants=CONSTANTS,
    unit=peak_searches.UNIT,
    bins=peak_searches.BINS,
    limit=peak_searches.LIMIT,
    statistic="as published, 90 %: U2 above the curve is excluded where N lives longer than tau_min",
    confidence=peak_searches.CONFIDENCE,
    no_information="published for masses of 0.0620 to 0.1353 GeV (lepton=e), 0.0157 to 0.0290 and 0.0282 to 0.0338 GeV (mu)",
    references=("arXiv:1712.03275", "arXiv:1904.03269"),
    predict=predict,
)
