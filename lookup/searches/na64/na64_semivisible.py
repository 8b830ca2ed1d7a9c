"""NA64, semi-visible dark photons: missing energy when every unstable dark state decays behind the hadron calorimeter.

Events with E_A' > 50 GeV in which all psi_2 and psi_3, or an A' that decays visibly, fly beyond the end of the hadron calorimeter
(6.5 m). States that decay before are vetoed. One-sided Poisson limit, 2.3 events at 90 % CL for no event and no background.
External uncertainty: the Weizsaecker-Williams yield; efficiency and lengths are quoted from memory.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import missing_energy
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import Search
from gloam.tables.experiments import na64
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

READS = (
    "m_Ap",
    "eps",
    "m_1",
    "m_2",
    "m_3",
    "c_tau_2",
    "c_tau_3",
    "error_2",
    "error_3",
    "br_3_211",
    "br_3_221",
    *missing_energy.MEDIATOR,
    *(f"br_Ap_{pair}" for pair in ("11", "12", "13", "22", "23", "33")),
)


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = selected events [1], error[0] its bound. Returns 0, 1 outside the table, SILENT without information, CASCADE."""
    weights = np.empty(SPECTRUM_NODES)
    status, relative = missing_energy.produced(slots, options, blob, offsets[0], weights)
    if missing_energy.dark_chain(slots):
        return missing_energy.CASCADE
    if status != 0:
        return status
    out[0], error[0] = missing_energy.missed(slots, options, weights)
    out[0] += missing_energy.escaped(slots, options, weights)
    error[0] += relative * out[0]
    return 0


SEARCH = Search(
    name="na64-semivisible",
    title="NA64: missing energy, dark states that decay beyond the hadron calorimeter",
    tables=missing_energy.TABLES,
    reads=READS,
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
    refusals=missing_energy.REFUSALS,
    references=na64.REFERENCES,
    external=na64.EXTERNAL,
    predict=predict,
    likelihood=missing_energy.likelihood,
)
