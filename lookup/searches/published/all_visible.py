"""Every published limit on dark photons at once, recast as in `published-visible`: excluded where any curve excludes.

One bin per curve. A curve that says nothing at the mass, or looks for invisible decays of a boson that has none, has no events;
where no curve says anything there is no information. The levels of the curves differ, and no correction is made for looking at
many.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import recast
from gloam.lookup.events.recast import CLOSED, REFERENCE, couplings_of, events_ratio, fill_reference, photon_widths
from gloam.lookup.events.scan_memory import same
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.searches.published import published_visible
from gloam.lookup.vocabulary import M_X, SILENT, SLOTS, Search
from gloam.tables.experiments.dark_photon_curves import CURVES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

COUNT = len(CURVES)
CONSTANTS = published_visible.CONSTANTS
DISPLACED_AT = len(CONSTANTS)
ERROR = published_visible.ERROR


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[k] = events over those at the published edge of curve k [1], error[k] its bound. Returns 0 or SILENT."""
    size = COUNT * REFERENCE
    references = slots[len(SLOTS) + 1 : len(SLOTS) + 1 + size] if slots.size > len(SLOTS) else np.empty(size)
    if slots.size == len(SLOTS) or not same(slots[M_X : M_X + 1], slots[len(SLOTS) :], 1):
        widths, spectrum = photon_widths(slots[M_X]), options[DISPLACED_AT] == 0.0
        for k in range(COUNT):
            reference = references[k * REFERENCE : (k + 1) * REFERENCE]
            fill_reference(k, slots[M_X], spectrum, widths, options, blob, offsets, reference)
        if slots.size > len(SLOTS):
            slots[len(SLOTS)] = slots[M_X]
    couplings = np.empty(6)
    couplings_of(slots, couplings)
    status = SILENT
    for k in range(COUNT):
        reference = references[k * REFERENCE : (k + 1) * REFERENCE]
        if reference[0] != CLOSED:
            status = 0
        out[k] = events_ratio(k, slots, couplings, reference, options, blob, offsets)
        error[k] = ERROR * out[k]
    return status


SEARCH = Search(
    name="all-visible",
    title="all published limits on dark photons recast to any charges",
    tables=recast.TABLES,
    reads=recast.READS,
    choices=(recast.DISPLACED,),
    constants=CONSTANTS,
    unit=published_visible.UNIT,
    bins=tuple(CURVES),
    limit=published_visible.LIMIT,
    statistic="excluded where any published curve excludes, each at its own level (most at 90 %, some at 95 %)",
    confidence=0.9,
    no_information="no published curve reaches this m_X",
    references=published_visible.REFERENCES,
    external=published_visible.EXTERNAL,
    predict=predict,
    lowest=published_visible.lowest,
)
