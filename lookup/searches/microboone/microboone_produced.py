"""Number of N produced by upscattering in MicroBooNE's 170 t of argon: before any decay or selection."""

from __future__ import annotations

from gloam.lookup.events.production import READS as READS
from gloam.lookup.events.production import TABLES as RATE_TABLES
from gloam.lookup.events.production import target_numbers
from gloam.lookup.events.yields import all_produced as predict
from gloam.tables.experiments.microboone import CRYOSTAT

NAME = "microboone-produced"
TITLE = "N produced in MicroBooNE's 170 t of argon (the cryostat), before decay and selection"
TABLES = tuple((name, "microboone") for name in RATE_TABLES)
OPTIONS: dict[str, tuple[float, float, float, str]] = {}
CONSTANTS = target_numbers(CRYOSTAT, "Ar40")
UNIT = "N"
BINS = ("produced",)
NO_LIMIT = "it counts N produced in the detector, before any decay or selection, and nothing of that was observed"
REFERENCES = ("arXiv:2110.13978", "arXiv:2207.04137")

__all__ = ["predict"]
