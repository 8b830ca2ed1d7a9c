"""Number of N produced by upscattering in MiniBooNE's fiducial mass, antineutrino mode: before any decay or selection."""

from __future__ import annotations

from gloam.lookup.events.production import READS as READS
from gloam.lookup.events.production import TABLES as RATE_TABLES
from gloam.lookup.events.production import target_numbers
from gloam.lookup.events.yields import all_produced as predict
from gloam.tables.experiments.miniboone import RHC

NAME = "miniboone-rhc-produced"
TITLE = "N produced in MiniBooNE's 818 t of CH2, antineutrino mode, before decay and selection"
TABLES = tuple((name, "miniboone-rhc") for name in RATE_TABLES)
OPTIONS: dict[str, tuple[float, float, float, str]] = {}
CONSTANTS = target_numbers(RHC, "C12")
UNIT = "N"
BINS = ("produced",)
NO_LIMIT = "it counts N produced in the detector, before any decay or selection, and nothing of that was observed"
REFERENCES = ("arXiv:0806.1449", "arXiv:2006.16883", "arXiv:2207.04137")

__all__ = ["predict"]
