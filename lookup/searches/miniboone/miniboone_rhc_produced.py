"""Number of N produced by upscattering in MiniBooNE's fiducial mass, antineutrino mode: before any decay or selection."""

from __future__ import annotations

from gloam.lookup.events.production import READS, target_numbers
from gloam.lookup.events.production import TABLES as RATE_TABLES
from gloam.lookup.events.yields import all_produced
from gloam.lookup.vocabulary import Search
from gloam.tables.experiments.miniboone import RHC

SEARCH = Search(
    name="miniboone-rhc-produced",
    title="N produced in MiniBooNE's 818 t of CH2, antineutrino mode, before decay and selection",
    tables=tuple((name, "miniboone-rhc") for name in RATE_TABLES),
    reads=READS,
    constants=target_numbers(RHC, "C12"),
    unit="N",
    bins=("produced",),
    no_limit="it counts N produced in the detector, before any decay or selection, and nothing of that was observed",
    references=("arXiv:0806.1449", "arXiv:2006.16883", "arXiv:2207.04137"),
    predict=all_produced,
)
