"""NA64, invisible dark photons: missing energy, with every decay of A' to dark states taken as unseen.

The reference for semi-visible models: what would be excluded if psi_2 and psi_3 never decayed in the detector. For a
dark photon with a stable dark state it is the search itself. An A' that decays visibly counts where it flies beyond the hadron
calorimeter. One-sided Poisson limit, 2.3 events at 90 % CL for no event
and no background. External uncertainty: the Weizsaecker-Williams yield; the efficiency is quoted from memory.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import missing_energy
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import BR_AP_11, Search
from gloam.tables.experiments import na64
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = selected events [1], error[0] its bound. Returns 0, 1 outside the table, SILENT without information."""
    weights = np.empty(SPECTRUM_NODES)
    status, relative = missing_energy.produced(slots, options, blob, offsets[0], weights)
    if status != 0:
        return status
    dark = 0.0
    for pair in range(6):
        dark += slots[BR_AP_11 + pair]
    out[0] = dark * weights.sum() + missing_energy.escaped(slots, options, weights)
    error[0] = relative * out[0]
    return 0


SEARCH = Search(
    name="na64-invisible",
    title="NA64: missing energy, all dark decays taken as invisible",
    tables=missing_energy.TABLES,
    reads=("m_Ap", "eps", *missing_energy.MEDIATOR, *(f"br_Ap_{pair}" for pair in ("11", "12", "13", "22", "23", "33"))),
    options=missing_energy.OPTIONS,
    choices=(missing_energy.EXPOSURE, missing_energy.YIELD),
    constants=missing_energy.CONSTANTS,
    unit="events",
    bins=("missing energy",),
    limit=na64.LIMIT_90,
    statistic="no event, no background: excluded if N > 2.3, Poisson",
    confidence=0.9,
    data=missing_energy.DATA,
    no_information=missing_energy.NO_INFORMATION,
    references=na64.REFERENCES,
    external=na64.EXTERNAL,
    predict=predict,
    likelihood=missing_energy.likelihood,
)
