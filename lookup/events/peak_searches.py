"""Peak searches: a peak at m_N in the missing mass of P -> l N, published as a limit on U2_l, gated by the lifetime of N.

Nothing but U2_l counts (not the nature, not the other mixings), as long as N leaves the detector unseen. What was published is a
step: lifetimes above tau_min [s]. A shorter-lived N counts as no signal here; a gate that fades with the length of the veto
was not published. Rates are U2_l over the limit, straight in (ln m, ln U2) between the published points.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.vocabulary import C_TAU, M_N, U2_E
from gloam.tables.constants import SPEED_OF_LIGHT
from gloam.tables.experiments.hnl_curves import CURVES, polyline
from gloam.tables.numerics.memory import pointer
from gloam.tables.numerics.polyline import excess_over_polyline
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

READS = ("m_N", "c_tau", "U2_e", "U2_mu", "U2_tau")
UNIT = "1"
BINS = ("U2/limit",)
LIMIT = 1.0
CONFIDENCE = 0.9
ESCAPES = 50e-9  # [s] lifetimes that NA62 states for its limits


def gate(shortest: float, why: str) -> dict[str, tuple[float, float, float, str]]:
    """The option tau_min with its default [s], and where that comes from."""
    return {"tau_min": (0.0, 1.0, shortest, f"[s] shortest lifetime with which N escapes: {why}")}


def numbers_of(*names: str) -> tuple[float, ...]:
    """CONSTANTS of a search: for every curve its flavour and place, then the curves."""
    rows: list[float] = []
    lines: list[float] = []
    for name in names:
        rows += [CURVES[name].flavour, 2.0 * len(names) + len(lines)]
        lines += polyline(name).tolist()
    return (*rows, *lines)


@njit
def peak_ratio(slots: Vector, options: Vector, curve: int, shortest: float) -> float:
    """U2_l over the limit [1] of that curve of `numbers_of`, 0 below a lifetime of ``shortest`` [s], NaN if unknown."""
    mixing = slots[U2_E + int(options[2 * curve])]
    ln_U2 = math.log(mixing) if mixing > 0.0 else -math.inf
    excess = excess_over_polyline(pointer(options), int(options[2 * curve + 1]), math.log(slots[M_N]), ln_U2, ln_U2)
    if math.isnan(excess):
        return math.nan
    return math.exp(excess) if slots[C_TAU] >= shortest * SPEED_OF_LIGHT else 0.0
