"""Searches for e+e- behind a dump of electrons: they differ in the facts of the experiment only."""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import beam_dump
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import G_E, Search
from gloam.tables.experiments.electron_dumps import DUMPS, REFERENCES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = events [1], error[0] its bound. Returns 0 or SILENT."""
    out[0], relative, status = beam_dump.events(slots[G_E] ** 2, slots, options, blob, offsets[0])
    error[0] = relative * out[0]
    return status


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """The option ``events``."""
    return options[int(options[beam_dump.SIZE_AT]) + 2]


def search(dump: str, title: str, statistic: str, *references: str) -> Search:
    """The search of one of the electron dumps; ``references`` beside those of all of them."""
    facts = DUMPS[dump]
    return Search(
        name=f"{dump}-visible",
        title=title,
        tables=(("electron-dumps", dump),),
        reads=("m_X", "g_e", "width_X", "c_tau_X", "br_X_electrons"),
        options={
            "electrons": (1.0, 1e25, facts.electrons, "electrons on target"),
            "acceptance": (0.0, 1.0, 1.0, "seen share of the decays, with calibration=none"),
            "events": (0.1, 1e6, facts.events, "largest number of events that is not excluded"),
        },
        choices=(beam_dump.CALIBRATION,),
        constants=beam_dump.constants_of(dump),
        unit="events",
        bins=("decays to electrons",),
        statistic=statistic,
        confidence=0.95,
        no_information=beam_dump.NO_INFORMATION,
        references=(*references, *REFERENCES),
        external=(0.1, "Weizsaecker-Williams spectrum and thick target; digitised curve"),
        predict=predict,
        threshold=threshold,
    )
