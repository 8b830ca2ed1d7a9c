"""Probability that BaBar's single-photon search misses A' -> psi_1 psi_2 or psi_2 psi_2, psi_2 -> psi_1 l+ l-."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import decay_paths
from gloam.lookup.events.cascade import CHANNELS, ELECTRONS, EVENTS, MUONS, SCRAMBLES, collect_missed, missed_at
from gloam.lookup.events.missed_pairs import SCRATCH, inside, missed_from_table
from gloam.lookup.interpolation.spline import WORK
from gloam.lookup.vocabulary import Quantity
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from gloam.tables.experiments.babar import BARREL, ENERGY, REFERENCES, TRACK_THRESHOLDS
from gloam.tables.experiments.babar import TRACK_LABELS as LABELS
from gloam.tables.physics.dark_photons.missed_grid import LENGTH_COUNT, VERTICES
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

PAIRS = ("ee", "mumu", "emu")
CUTS = len(LABELS)
THRESHOLDS = np.array([1e-3 * value for value in TRACK_THRESHOLDS])
LOG2_EVENTS = EVENTS["fine"]
CLOSED, STABLE, ONE_PAIR = 1000, 1001, 1002


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(P_missed, absolute error bound) [1] at x = (m_Ap, r, Delta, c_tau), or a key of REFUSALS."""
    mass, lower = x[0], x[0] * x[1]
    upper = lower * (1.0 + x[2])
    two, pairs, cut = choices[0] == 1, choices[1], choices[3]
    if not (upper if two else lower) + upper < mass:
        return CLOSED
    if not upper - lower > 2.0 * (MUON_MASS if pairs > 0 else ELECTRON_MASS):
        return STABLE
    if pairs == 2 and not two:
        return ONE_PAIR
    if pairs == 0:
        block, first = offsets[CUTS + cut if two else cut], LENGTH_COUNT * choices[2]
        place, work, scratch = np.empty(3), np.empty(WORK), np.empty(SCRATCH)
        if inside(blob, block, mass, lower, upper, place, work):
            length = x[3] * ENERGY / (4.0 * upper)
            out[0], out[1] = missed_from_table(blob, block, work, first, length, 0.0, scratch)
            return 0
    shares, light_shares, nature, masses = np.zeros(CHANNELS), np.zeros(CHANNELS), np.zeros(3), np.zeros(3)
    shares[MUONS if pairs > 0 else ELECTRONS] = 1.0
    light_shares[MUONS if pairs == 1 else ELECTRONS] = 1.0
    masses[0], masses[1], nature[0] = lower, upper, choices[2]
    grids = np.empty((SCRAMBLES, decay_paths.SIZE))
    collect_missed(
        BARREL,
        (2 if two else 1, 2),
        mass,
        masses,
        np.array([1.0, 0.0]),
        nature,
        shares,
        light_shares,
        THRESHOLDS[cut],
        LOG2_EVENTS,
        grids,
    )
    out[0], out[1] = missed_at(grids, 1.0 / x[3] if x[3] > 0.0 else math.inf)
    return 0


QUANTITY = Quantity(
    name="babar-missed",
    title="Probability that BaBar's single-photon search misses A' -> psi_1 psi_2 or psi_2 psi_2",
    inputs=(
        Input("m_Ap", "GeV", 1e-3, 9.0, "mass of the dark photon"),
        Input("r", "1", 1e-3, 0.5, "m_1/m_Ap"),
        Input("Delta", "1", 1e-4, 20.0, "(m_2 - m_1)/m_1"),
        Input("c_tau", "m", 0.0, math.inf, "proper decay length of psi_2"),
    ),
    choices={
        "state": ("psi1psi2", "psi2psi2"),
        "pairs": PAIRS,
        "transition": VERTICES,
        "track_threshold": LABELS,
    },
    unit="1",
    tables=tuple((f"babar-missed-{state}-electrons", label) for state in ("12", "22") for label in LABELS),
    references=REFERENCES,
    description="""Share of A' -> psi_1 psi_2 (psi1psi2) or psi_2 psi_2 (psi2psi2) beside a photon of |cos theta*| < 0.6 in
which no track is seen, every psi_2 decaying to psi_1 and the named pair (emu: one psi_2 to e+e-, the other to mu+mu-).
With e+e- from tables; where they do not reach, and with muons, by the fine quadrature of
`babar-monophoton` (20 to 80 ms; its error is 95 % of the statistics). A track is seen above the threshold at polar angles of
17 to 142 degrees; two closer than 10 degrees are one with the sum of their energies (muons: momentum of the sum), seen if
either polar angle is accepted (asking for the angle of the sum changes P by 2 to 3 % of itself at m_Ap of 3 to 7 GeV). Volume:
a cylinder of 1.375 m, from -1.5 to 2.3 m, `tables/experiments/babar.py`.""",
    unphysical=(CLOSED, STABLE),
    refusals={
        CLOSED: "A' is lighter than the two states: choose a smaller r or Delta",
        STABLE: "m_2 - m_1 is below the mass of the pair: psi_2 does not decay to it",
        ONE_PAIR: "psi_1 psi_2 has one pair: choose ee or mumu",
    },
    evaluate=evaluate,
)
