"""DARWIN or XLZD, nuclear recoils: solar neutrinos of 8B and hep in xenon above a threshold, a projection in one bin.

Efficiency 1 above 1 keV, 200 tonne years, no background, and an error of 12 % of the flux of 8B, unless options say
otherwise. The error of the flux decides: without it couplings three times smaller are seen.
"""

from __future__ import annotations

from gloam.lookup.events.neutrino_recoils import ANGLE, LOOPS, ONE_PARAMETER_90, READS, STANDARD
from gloam.lookup.events.solar_counts import FLUX, OSCILLATION, PHASE, above, counting
from gloam.lookup.vocabulary import Search
from gloam.tables.experiments.solar import FLUXES, MATTER, REFERENCES
from gloam.tables.recipes.neutrinos.solar_xenon_recoils import SOURCES, end_of


def _constants() -> tuple[float, ...]:
    return tuple(end_of(source) for source in SOURCES)


SEARCH = Search(
    name="darwin-nr",
    title="DARWIN or XLZD, nuclear recoils: solar neutrinos, projected counts",
    tables=tuple(("solar-xenon-recoils", f"{source}-{matter}") for source in SOURCES for matter in MATTER),
    reads=READS,
    options={
        **ANGLE,
        **FLUX,
        **PHASE,
        "systematic": (0.0, 1.0, FLUXES["8B"][1], "relative error of the signal"),
        "threshold": (0.01, 6.0, 1.0, "[keV] recoil energy from which on events count"),
        "exposure": (1e-3, 1e5, 200.0, "[tonne years]"),
    },
    choices=(OSCILLATION, LOOPS),
    constants=_constants,
    unit="events",
    bins=("recoils",),
    limit=ONE_PARAMETER_90,
    statistic="sensitivity: Standard Model expected, excluded if chi^2 rises by 2.71 with a common error of the signal",
    confidence=0.9,
    references=("arXiv:1606.07001", *REFERENCES),
    predict=above,
    likelihood=counting,
    standard=STANDARD,
)
