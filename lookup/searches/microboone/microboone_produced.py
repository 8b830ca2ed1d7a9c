"""Number of N produced by upscattering in MicroBooNE's 170 t of argon: before any decay or selection."""

from __future__ import annotations

from gloam.lookup.events.production import READS, target_numbers
from gloam.lookup.events.production import TABLES as RATE_TABLES
from gloam.lookup.events.yields import all_produced
from gloam.lookup.vocabulary import Search
from gloam.tables.experiments.microboone import CRYOSTAT

SEARCH = Search(
    name="microboone-produced",
    title="N produced in MicroBooNE's 170 t of argon (the cryostat), before decay and selection",
    tables=tuple((name, "microboone") for name in RATE_TABLES),
    reads=READS,
    constants=target_numbers(CRYOSTAT, "Ar40"),
    unit="N",
    bins=("produced",),
    no_limit="it counts N produced in the detector, before any decay or selection, and nothing of that was observed",
    references=("arXiv:2110.13978", "arXiv:2207.04137"),
    predict=all_produced,
)
