"""E137 (SLAC): 20 GeV electrons on aluminium, a hill of 179 m and 204 m of open decay volume.

Electrons make X by bremsstrahlung in a thick target, 179 m of shield; decays to e+e- count. How events follow from the table,
and what A(m_X) is, is written in `lookup/events/beam_dump.py`. No event was seen.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import beam_dump
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import G_E, Search
from gloam.tables.experiments.electron_dumps import REFERENCES as SOURCES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CONSTANTS = beam_dump.constants_of("e137")
SIZE = len(CONSTANTS)


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = events [1], error[0] its bound. Returns 0 or SILENT."""
    out[0], relative, status = beam_dump.events(slots[G_E] ** 2, slots, options, SIZE, blob, offsets[0])
    error[0] = relative * out[0]
    return status


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """The option ``events``."""
    return options[SIZE + 2]


SEARCH = Search(
    name="e137-visible",
    title="E137: 20 GeV electrons, 179 m of shield",
    tables=(("electron-dumps", "e137"),),
    reads=beam_dump.READS,
    options=beam_dump.options_of("e137"),
    choices=(beam_dump.CALIBRATION,),
    constants=CONSTANTS,
    unit="events",
    bins=("decays to electrons",),
    statistic="no event: excluded if N > 3, Poisson",
    confidence=0.95,
    no_information=beam_dump.NO_INFORMATION,
    references=SOURCES,
    external=beam_dump.EXTERNAL,
    predict=predict,
    threshold=threshold,
)
