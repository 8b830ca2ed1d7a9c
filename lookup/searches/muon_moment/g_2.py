"""Muon g-2: the one-loop contribution of a vector boson against the room that a dated comparison leaves.

a_mu in closed form (`physics/anomalous_moment.py`). Excluded is what exceeds Delta a_mu + 2 sigma ("two-sigma", 164e-11 for the
2025 set) or Delta a_mu + 1.645 sigma ("one-sided-95", 142e-11): both are in use as "95 %". Decays of
the boson do not matter.
The band of width 2 sigma around Delta a_mu is what the boson would have to give to explain the difference; it
reaches zero in the 2025 set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics import Measurement, Statistic
from gloam.lookup.vocabulary import G_MU, M_X, Option, Search
from gloam.tables.constants import ELECTRIC_CHARGE
from gloam.tables.experiments.muon_moment import COMPARISONS, ONE_SIDED_95
from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CHOICES = (
    Option("set", tuple(COMPARISONS), "2025", "year of measurement and prediction"),
    Option("convention", ("two-sigma", "one-sided-95"), "two-sigma", "largest contribution allowed: 2 or 1.645 sigma"),
    Option(
        "sided",
        ("one", "two"),
        "one",
        "of a likelihood: less than the measured difference counts nothing against a point (one), or as much as more does (two)",
    ),
)
CONSTANTS = tuple(number for item in COMPARISONS.values() for number in (item.difference, item.sigma))
SET_AT = len(CONSTANTS)
CONVENTION_AT = SET_AT + 1
MOMENT = "arXiv:0811.1030"


def sources(options: dict[str, Any]) -> tuple[str, ...]:
    """The moment of a boson, and the chosen set."""
    return MOMENT, *COMPARISONS[options["set"]].references


def likelihood(options: dict[str, Any]) -> Statistic:
    """Gaussian of the chosen set, measured minus predicted [1e-11]."""
    chosen = COMPARISONS[options["set"]]
    return Measurement(chosen.difference, chosen.sigma, options["sided"] == "one")


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = a_mu of the boson [1e-11], error[0] its bound."""
    out[0] = 1e11 * muon_moment(slots[M_X], slots[G_MU] / ELECTRIC_CHARGE)
    error[0] = 1e-12 * out[0]
    return 0


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """Largest contribution [1e-11] that the chosen set and convention allow."""
    first = 2 * int(options[SET_AT])
    sigmas = 2.0 if options[CONVENTION_AT] == 0.0 else ONE_SIDED_95
    return options[first] + sigmas * options[first + 1]


@entry
def favoured(slots: Vector, options: Vector) -> float:
    """Lower end [1e-11] of the band Delta a_mu +- 2 sigma, 0 where the band includes no contribution."""
    first = 2 * int(options[SET_AT])
    return max(options[first] - 2.0 * options[first + 1], 0.0)


SEARCH = Search(
    name="g-2",
    title="muon g-2: contribution of a vector boson against measurement minus Standard Model",
    reads=("m_X", "g_mu"),
    choices=CHOICES,
    constants=CONSTANTS,
    unit="1e-11",
    bins=("a_mu",),
    statistic="a_mu of the boson above measured minus predicted by 2 sigma (two-sigma) or 1.645 sigma (one-sided-95) is excluded",
    confidence=0.95,
    data="muon g-2",
    references=(MOMENT, *dict.fromkeys(ref for item in COMPARISONS.values() for ref in item.references)),
    predict=predict,
    threshold=threshold,
    favoured=favoured,
    likelihood=likelihood,
    sources=sources,
)
