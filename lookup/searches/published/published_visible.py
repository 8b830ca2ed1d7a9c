"""One published limit on dark photons, recast to the charges of a vector boson: ratio of events to those at the published edge.

How events scale is written in `lookup/events/recast.py`; `gloam list curves` names the curves. Nothing is known at masses that
a curve
vetoes (resonances) or does not reach. A curve of invisible decays needs an invisible width. Where the published region is
closed above, so is the recast one. External uncertainty: 4 % for points read off figures; for dumps the recast with one
momentum is too strong by 0 to 10 % in the coupling where the branching ratio is above 0.1, more near the tip of a region, below
0.01 and for E141 and E774 (20-40 %).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.events import recast
from gloam.lookup.events.recast import CLOSED, REFERENCE, couplings_of, events_ratio, fill_reference, photon_widths
from gloam.lookup.events.scan_memory import same
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import BR_X_DARK, BR_X_NEUTRINOS, M_X, SILENT, SLOTS, WIDTH_X, Option, Search
from gloam.tables.experiments.dark_photon_curves import CURVES, DECAY, DECAYS, FLAT, HEADER

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CONSTANTS = tuple(FLAT.tolist())
CURVE_AT = len(CONSTANTS)
DISPLACED_AT = CURVE_AT + 1
UNIT = "1"
LIMIT = 1.0
STATISTIC = "excluded where there are more events than a dark photon at the published edge has"
NOT_INVISIBLE = 1000
COMPILATION = "arXiv:1801.04847"
REFERENCES = (COMPILATION, *dict.fromkeys(curve.reference for curve in CURVES.values()))
EXTERNAL = (0.04, "points of the curve read off a figure")
INVISIBLE_BITS = 2.0 ** DECAYS.index("invisible")
LOWEST = 1e-12  # [1]
ERROR = 1e-9  # [1] relative, of the arithmetic


def lowest(coupling: str, parameters: dict[str, float]) -> float:
    """Value of a coupling below which nothing is excluded, whatever the charges: a thousandth of the lowest published edge."""
    return LOWEST


def sources(options: dict[str, Any]) -> tuple[str, ...]:
    """The compilation, and the publication of the chosen curve."""
    return COMPILATION, CURVES[options["curve"]].reference


def statement(options: dict[str, Any]) -> tuple[str, float]:
    """The statistic in words and the level of the chosen curve, NaN where it is not known."""
    curve = CURVES[options["curve"]]
    words = f"{STATISTIC} ({options['curve']}: {curve.reference}, {curve.year})"
    return words, curve.confidence or float("nan")


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = events over those at the published edge [1], error[0] its bound. Returns 0, SILENT or NOT_INVISIBLE."""
    curve = int(options[CURVE_AT])
    reference = slots[len(SLOTS) + 1 : len(SLOTS) + 1 + REFERENCE] if slots.size > len(SLOTS) else np.empty(REFERENCE)
    if slots.size == len(SLOTS) or not same(slots[M_X : M_X + 1], slots[len(SLOTS) :], 1):
        widths = photon_widths(slots[M_X])
        fill_reference(curve, slots[M_X], options[DISPLACED_AT] == 0.0, widths, options, blob, offsets, reference)
        if slots.size > len(SLOTS):
            slots[len(SLOTS)] = slots[M_X]
    if reference[0] == CLOSED:
        return SILENT
    unseen = slots[BR_X_NEUTRINOS] + slots[BR_X_DARK]
    if options[curve * HEADER + DECAY] == INVISIBLE_BITS and slots[WIDTH_X] > 0.0 and unseen == 0.0:
        return NOT_INVISIBLE
    couplings = np.empty(6)
    couplings_of(slots, couplings)
    out[0] = events_ratio(curve, slots, couplings, reference, options, blob, offsets)
    error[0] = ERROR * out[0]
    return 0


SEARCH = Search(
    name="published-visible",
    title="published limits on dark photons recast to any charges, one curve at a time",
    tables=recast.TABLES,
    reads=recast.READS,
    choices=(Option("curve", tuple(CURVES), None, "the published limit, as `gloam list curves` describes it"), recast.DISPLACED),
    constants=CONSTANTS,
    unit=UNIT,
    bins=("events over those at the published edge",),
    limit=LIMIT,
    statistic=STATISTIC,
    confidence=0.9,
    no_information="this curve says nothing at this m_X: it does not reach, or a resonance is vetoed (`gloam list curves`)",
    refusals={
        NOT_INVISIBLE: "a limit on invisible decays, and the boson has none: no neutrino couples to it and width_dark is 0",
    },
    references=REFERENCES,
    external=EXTERNAL,
    curves=CURVES,
    predict=predict,
    statement=statement,
    sources=sources,
    lowest=lowest,
)
