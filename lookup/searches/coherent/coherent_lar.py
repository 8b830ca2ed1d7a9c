"""COHERENT, liquid argon CENNS-10 (2020), analysis A: events in 12 bins of energy, 8 of pulse shape and 10 of time.

The rates are CEvNS events in five bins of 10 keV (energy of electrons of equal light), prompt (nu_mu) and delayed (nubar_mu,
nu_e) in a window of 5 us, from first principles: 124 for the Standard Model. In the likelihood they scale the template of the
release (128 events), every bin of energy by its own prompt and delayed ratio to the Standard Model, so that pulse shape and
efficiencies stay those of the release. Nuisances: signal 13 % (17 of 128), steady-state background 25 of 3154, prompt neutrons
160 of 497, delayed ones 33 of 33.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from gloam.lookup.events import coherent_counts
from gloam.lookup.statistics import PoissonTemplates, Statistic
from gloam.tables.constants import CHARGED_PION_LIFETIME, MUON_LIFETIME
from gloam.tables.datafile import read
from gloam.tables.experiments import coherent
from gloam.tables.experiments.coherent import LAR_ENERGIES, LAR_SHAPES, LAR_TIMES
from gloam.tables.recipes.neutrinos.coherent_lar_weights import POLES
from numpy.typing import NDArray

Array = NDArray[np.float64]


@functools.cache
def _time_shares() -> tuple[Array, Array]:
    """Share of prompt and of delayed neutrinos in every bin of time, shape (bins,) each."""
    edges: Array = coherent.LAR_FIRST_TIME + coherent.LAR_TIME_BIN * np.arange(LAR_TIMES + 1.0)
    prompt, delayed = coherent.arrivals(edges, 1e6 * CHARGED_PION_LIFETIME, 1e6 * MUON_LIFETIME)
    return np.diff(prompt), np.diff(delayed)


EXPOSURE = (coherent.LAR_MASS, coherent.LAR_DISTANCE, coherent.LAR_PROTONS, coherent.LAR_YIELD)
BINS = tuple(f"{10 * e}-{10 * e + 10} keVee, {time}" for time in ("prompt", "delayed") for e in range(LAR_ENERGIES))


def _constants() -> tuple[float, ...]:
    prompt, delayed = _time_shares()
    return coherent_counts.constants(("Ar40",), LAR_ENERGIES, POLES, EXPOSURE, (float(prompt.sum()), float(delayed.sum())))


def _shapes(standard: tuple[float, ...]) -> tuple[tuple[int, int, float], ...]:
    """What one event of every rate gives to every bin of the template."""
    template = read("coherent_lar_2020.csv")["cevns"].reshape(-1, LAR_SHAPES, LAR_TIMES)
    shapes = []
    for e in range(LAR_ENERGIES):
        sides = [standard[side * LAR_ENERGIES + e] * share / share.sum() for side, share in enumerate(_time_shares())]
        for side in range(2):
            rate = side * LAR_ENERGIES + e
            given = template[e] * (sides[side] / (sides[0] + sides[1]) / standard[rate])
            first = e * LAR_SHAPES * LAR_TIMES
            shapes += [(rate, first + place, value) for place, value in enumerate(given.ravel().tolist()) if value > 0.0]
    return tuple(shapes)


def templates(options: dict[str, Any], standard: tuple[float, ...]) -> Statistic:
    """Templates of the 960 bins with their pulls; ``standard`` are the rates of the Standard Model [events]."""
    rows = read("coherent_lar_2020.csv")
    backgrounds = {}
    for name, (number, error) in coherent.LAR_ERRORS.items():
        scaled = rows[name] * (number / rows[name].sum())
        backgrounds[name] = (tuple(scaled.tolist()), error / number)
    observed = tuple(rows["observed"].tolist())
    return PoissonTemplates(observed, _shapes(standard), len(BINS), backgrounds, options["systematic"])


SEARCH = coherent_counts.release(
    templates,
    _constants,
    coherent.LAR_PREDICTED_ERROR / coherent.LAR_PREDICTED,
    name="coherent-lar",
    title="COHERENT liquid argon (2020): coherent scattering in bins of energy, pulse shape and time",
    tables=(("coherent-lar-weights", "approximate"), ("coherent-lar-weights", "full")),
    bins=BINS,
    statistic="Poisson likelihood of 960 bins with pulls: excluded if 2 ln L is 2.71 below that of the Standard Model",
    data="COHERENT argon of 2020",
    approximation="systematic changes of the templates' shapes are left out",
    references=coherent.LAR_REFERENCES,
)
