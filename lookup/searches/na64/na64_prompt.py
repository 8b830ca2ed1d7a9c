"""NA64, prompt semi-visible dark photons: sensitivity of missing energy when e+e- pairs are absorbed in the target.

Dark states that decay to e+e- inside the electromagnetic calorimeter add their pair energy to it; the event still counts while
the sum stays below 50 GeV. States that fly beyond the hadron calorimeter count as in ``na64-semivisible``; decays between, and
decays with muons or hadrons, do not. A sensitivity, not a limit: it assumes that the selection keeps such events with
the efficiency of invisible ones and without background (arXiv:2302.05414). 2.3 events. The average over decays is a quadrature
good to 2 %; external uncertainty: the Weizsaecker-Williams yield.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import missing_energy, prompt_energy
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.searches.na64.na64_semivisible import READS as DECAYS
from gloam.lookup.vocabulary import Search
from gloam.tables.experiments import na64
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

QUADRATURE_ERROR = 0.02  # [1] of the average over decays


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = counted events [1], error[0] its bound. Returns 0, 1 outside the table, SILENT without information, CASCADE."""
    weights = np.empty(SPECTRUM_NODES)
    status, relative = missing_energy.produced(slots, options, blob, offsets[0], weights)
    if missing_energy.dark_chain(slots):
        return missing_energy.CASCADE
    if status != 0:
        return status
    out[0] = prompt_energy.counted(slots, options, weights) + missing_energy.escaped(slots, options, weights)
    error[0] = (relative + QUADRATURE_ERROR) * out[0]
    return 0


SEARCH = Search(
    name="na64-prompt",
    title="NA64: missing energy with e+e- pairs absorbed in the target (sensitivity)",
    tables=missing_energy.TABLES,
    reads=(
        *DECAYS,
        "br_21_electrons",
        "br_31_electrons",
        "br_32_electrons",
        "axial_21",
        "axial_31",
        "axial_32",
    ),
    options=missing_energy.OPTIONS,
    choices=(missing_energy.EXPOSURE, missing_energy.YIELD),
    constants=missing_energy.CONSTANTS,
    unit="events",
    bins=("missing energy",),
    limit=na64.LIMIT_90,
    statistic="sensitivity, not a limit: N > 2.3 for no event and no background, Poisson",
    confidence=0.9,
    data=missing_energy.DATA,
    approximation="a sensitivity: the selection was never made for such events",
    no_information=missing_energy.NO_INFORMATION,
    refusals=missing_energy.REFUSALS,
    references=(*na64.REFERENCES, "arXiv:2302.05414"),
    external=na64.EXTERNAL,
    predict=predict,
    likelihood=missing_energy.likelihood,
)
