"""NA64mu: missing momentum of muons that radiate a vector boson which escapes.

    N = muons efficiency (rho N_A/A) L g_mu^2 [C(x_low) - C(x_high)] [BR_invisible + BR_visible exp(-L_det m_X Gamma/(hbar c
    x_low E_0))]

with the cumulative spectrum C of table na64mu-yield; muon pairs above 2 m_mu and other visible decays count only where even the
slowest boson of the window flies beyond the detector, which no reachable coupling allows above 2 m_mu. One-sided Poisson limit,
2.3 events at 90 % CL. The window of 2024 is x > 0.5 (scattered muon below 80 GeV); earlier projections take 0.375 to 0.9375.
The efficiency is not sourced.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import BR_X_DARK, BR_X_NEUTRINOS, G_MU, M_X, WIDTH_X, Search
from gloam.tables.constants import AVOGADRO, HBAR_C, MUON_MASS
from gloam.tables.experiments import na64mu
from gloam.tables.recipes.gauge_bosons.na64mu_yield import HIGHEST_ODDS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

MUONS_AT, EFFICIENCY_AT, LOW_AT, HIGH_AT, LENGTH_AT = range(5)
NUCLEI = na64mu.LEAD_DENSITY * AVOGADRO / na64mu.LEAD_WEIGHT * na64mu.TARGET_LENGTH  # [1/cm^2]
EMPTY_WINDOW = 1000


@njit
def above(mass: float, fraction: float, blob: Vector, block: int) -> tuple[float, float, int]:
    """C [cm^2] above a fraction, its bound, and a status: 0, or 1 + the input that is outside the table."""
    odds = fraction / (1.0 - fraction) if fraction < 1.0 else math.inf
    if odds >= HIGHEST_ODDS:
        return 0.0, 0.0, 0
    x, work, value = np.empty(2), np.empty(WORK), np.empty(1)
    x[0], x[1] = mass, odds
    status = values_at(blob, block, x, work, value)
    if status != 0:
        return 0.0, 0.0, status
    scale = 1.0 / ((mass * mass + 0.3 * MUON_MASS**2) * (1.0 + odds))
    return value[0] * scale, error_of(blob, block, work, 0) * scale, 0


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = selected events [1], error[0] its bound. Returns 0, a status of the table, or EMPTY_WINDOW."""
    mass, width = slots[M_X], slots[WIDTH_X]
    if options[LOW_AT] >= options[HIGH_AT]:
        return EMPTY_WINDOW
    lower, first, status = above(mass, options[LOW_AT], blob, offsets[0])
    if status != 0:
        return status
    upper, second, status = above(mass, options[HIGH_AT], blob, offsets[0])
    if status != 0:
        return status
    unseen = slots[BR_X_NEUTRINOS] + slots[BR_X_DARK] if width > 0.0 else 1.0
    exponent = options[LENGTH_AT] * mass * width / (HBAR_C * options[LOW_AT] * na64mu.BEAM_ENERGY)
    unseen += (1.0 - unseen) * math.exp(-exponent)
    scale = options[MUONS_AT] * options[EFFICIENCY_AT] * NUCLEI * slots[G_MU] ** 2 * unseen
    out[0], error[0] = scale * (lower - upper), scale * (first + second)
    return 0


SEARCH = Search(
    name="na64mu",
    title="NA64mu: missing momentum of muons",
    tables=(("na64mu-yield", ""),),
    reads=("m_X", "g_mu", "width_X", "c_tau_X", "br_X_neutrinos", "br_X_dark"),
    options={
        "muons": (1.0, 1e16, na64mu.MUONS, "muons on target"),
        "efficiency": (0.0, 1.0, na64mu.EFFICIENCY, "selected share of the events in the window; 0.1 is not sourced"),
        "x_low": (0.05, 0.99, na64mu.LOWEST_FRACTION, "lowest fraction of the beam energy in X"),
        "x_high": (0.06, 1.0, 1.0, "highest fraction of the beam energy in X"),
        "length": (0.1, 1000.0, na64mu.DETECTOR_LENGTH, "length behind the target in which a visible decay is a veto [m]"),
    },
    unit="events",
    bins=("missing momentum",),
    limit=na64mu.LIMIT_90,
    statistic="no event, no background: excluded if N > 2.3, Poisson",
    confidence=0.9,
    refusals={EMPTY_WINDOW: "the window is empty: x_low must be below x_high"},
    references=(*na64mu.REFERENCES, "arXiv:2107.13297"),
    external=na64mu.EXTERNAL,
    predict=predict,
)
