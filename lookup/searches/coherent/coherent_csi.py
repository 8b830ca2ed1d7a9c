"""COHERENT, CsI[Na], full exposure (2021): events in 8 bins of light and 18 of time against CEvNS, steady-state background and
neutrons.

The rates are CEvNS events in 8 to 60 photoelectrons and 0 to 6 us, prompt (nu_mu) and delayed (nubar_mu, nu_e). Times: decays of
pions and muons after a Gaussian proton pulse, with the efficiency in time. Steady-state background: light of the events before
the beam, exponential in time. Nuisances: signal 13 %, steady 2.1 %, neutrons 25 %, induced 36 %. The release's file of the flux
in energy and time is not at hand, the exposure is quoted from memory, and the published error of the fitted number, 20 events,
is not reproduced (32).
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np
from gloam.lookup.events import coherent_counts
from gloam.lookup.statistics import PoissonTemplates, Statistic
from gloam.tables.constants import CHARGED_PION_LIFETIME, MUON_LIFETIME
from gloam.tables.datafile import read
from gloam.tables.experiments import coherent
from gloam.tables.experiments.coherent import CSI_LIGHT_EDGES, CSI_TIMES
from gloam.tables.recipes.neutrinos.coherent_csi_weights import BINS as LIGHT
from gloam.tables.recipes.neutrinos.coherent_csi_weights import LABELS, POLES
from numpy.typing import NDArray

Array = NDArray[np.float64]

FINE = 400  # steps of time in a bin, for the efficiency


@functools.cache
def _time_shares() -> tuple[Array, Array]:
    """Share of prompt and of delayed neutrinos in every bin of time that is kept, shape (bins,) each."""
    rows = read("coherent_csi_2021.csv")
    edges = np.append(rows["t_low"][:CSI_TIMES], rows["t_high"][CSI_TIMES - 1])
    fine = np.concatenate([np.linspace(a, b, FINE, endpoint=False) for a, b in pairwise(edges)])
    fine = np.append(fine, edges[-1])
    middle = 0.5 * (fine[1:] + fine[:-1])
    kept = np.exp(-coherent.CSI_LOSS * np.maximum(middle - coherent.CSI_LATE, 0.0))
    found = [
        (np.diff(before) * kept).reshape(CSI_TIMES, FINE).sum(axis=1)
        for before in coherent.arrivals(fine, 1e6 * CHARGED_PION_LIFETIME, 1e6 * MUON_LIFETIME)
    ]
    return found[0], found[1]


EXPOSURE = (coherent.CSI_MASS, coherent.CSI_DISTANCE, coherent.CSI_PROTONS, coherent.CSI_YIELD)
BINS = tuple(f"{low:g}-{high:g} PE, {time}" for time in ("prompt", "delayed") for low, high in pairwise(CSI_LIGHT_EDGES))


def _constants() -> tuple[float, ...]:
    prompt, delayed = _time_shares()
    shares = (float(prompt.sum()), float(delayed.sum()))
    return coherent_counts.constants(("Cs133", "I127"), LIGHT, POLES, EXPOSURE, shares)


def templates(options: dict[str, Any], standard: tuple[float, ...]) -> Statistic:
    """Templates of the 144 bins with their pulls; ``standard`` are the rates of the Standard Model [events]."""
    rows = read("coherent_csi_2021.csv")
    shapes = [
        (LIGHT * side + e, CSI_TIMES * e + t, float(share[t] / share.sum()))
        for side, share in enumerate(_time_shares())
        for e in range(LIGHT)
        for t in range(CSI_TIMES)
    ]
    before = rows["anticoincident"].reshape(LIGHT, CSI_TIMES).sum(axis=1)
    decay = np.exp(-coherent.CSI_STEADY_SLOPE * np.append(rows["t_low"][:CSI_TIMES], rows["t_high"][CSI_TIMES - 1]))
    steady = np.outer(before, -np.diff(decay) / (decay[0] - decay[-1])).ravel()
    given = {"steady": steady, "neutrons": rows["neutrons"], "induced": rows["induced"]}
    backgrounds = {name: (tuple(row.tolist()), coherent.CSI_ERRORS[name]) for name, row in given.items()}
    observed = tuple(rows["observed"].tolist())
    return PoissonTemplates(observed, tuple(shapes), len(BINS), backgrounds, options["systematic"])


SEARCH = coherent_counts.release(
    templates,
    _constants,
    coherent.CSI_SIGNAL_ERROR,
    name="coherent-csi",
    title="COHERENT CsI[Na] (2021): coherent scattering in bins of light and time",
    tables=tuple(("coherent-csi-weights", label) for label in LABELS),
    bins=BINS,
    statistic="Poisson likelihood of 144 bins with pulls: excluded if 2 ln L is 2.71 below that of the Standard Model",
    data="COHERENT CsI of 2021",
    approximation="time profile of the flux from formulas, exposure quoted from memory",
    references=coherent.CSI_REFERENCES,
)
