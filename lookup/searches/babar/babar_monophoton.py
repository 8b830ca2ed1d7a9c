"""BaBar, single photon and nothing else: e+e- -> gamma A' with an A' whose decay is not seen.

    N = L sigma(e+e- -> gamma A') [ BR_11 + sum_ij BR_ij P_ij(c_tau) + BR_SM P_escape(c_tau_A') ],   sigma ~ eps^2,

signal events before efficiency, photon inside |cos theta*| < 0.6. P_ij is the probability that every visible decay of
psi_i psi_j is missed: outside the volume, below the track threshold, or in the polar holes; any seen track vetoes
(`tables/physics/dark_photons/pair_visibility.py`). Tracks are seen at polar angles of 17 to 142 degrees, that of the momentum,
as if from
the origin. Two tracks closer than 10 degrees count as one with the sum of their energies (muons: momentum of the sum), which
is seen if either of the two polar angles is accepted; to ask for that of the sum instead changes P by 2 to 3 % of itself at
m_A' of 3 to 7 GeV. Psi_1 psi_2 and psi_2 psi_2 with e+e- pairs come from tables; where those do not reach,
for muons and hadrons, and for psi_3, whose cascades have two lifetimes, P comes from a quadrature (`lookup/events/cascade.py`),
with as many events as the option `quadrature` says. Hadrons and taus count as muon
pairs. The limit solves sum = (eps_inv/eps)^2 with the published limit eps_inv for an invisible A' (arXiv:1702.03327): it
assumes the efficiency of that search, whatever its background; outside the published masses there is no information.
Below P of about 1e-3 the truth depends on cracks of the detector: `floor` is the least P of a pair with a psi that decays.
A' itself decays at once, or the search refuses.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.decays.dark_photon_decays import unstable_share
from gloam.lookup.events.cascade import EVENTS
from gloam.lookup.events.mediator_flights import fastest, mediator_escapes
from gloam.lookup.events.missed_cascade import missed_by_quadrature
from gloam.lookup.events.missed_pairs import SCRATCH, inside, missed_from_table
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK
from gloam.lookup.statistics import PublishedCurve, Statistic
from gloam.lookup.vocabulary import (
    AXIAL_21,
    BR_3_211,
    BR_3_221,
    BR_21_ELECTRONS,
    BR_AP_11,
    BR_AP_12,
    BR_AP_13,
    BR_AP_22,
    BR_AP_23,
    BR_AP_33,
    BR_AP_ELECTRONS,
    C_TAU_2,
    C_TAU_AP,
    EPS,
    ERROR_2,
    M_1,
    M_AP,
    PAIRS,
    PARTNERS,
    Option,
    Search,
)
from gloam.tables.experiments import babar
from gloam.tables.experiments.invisible_limits import BABAR_2017
from gloam.tables.numerics.curve import curve_value
from gloam.tables.physics.dark_photons.missed_grid import LENGTH_COUNT
from gloam.tables.physics.dark_photons.monophoton import production_cross_section
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CUTS = len(babar.TRACK_LABELS)
OPTIONS = {
    "floor": (0.0, 1.0, 0.0, "least P_missed of A' -> psi_i psi_j with a psi that decays: cracks and inefficiency of the veto"),
}
INVISIBLE = BABAR_2017.flat()
CURVE = tuple(INVISIBLE.tolist())
CONSTANTS = (*CURVE, *(1e-3 * value for value in babar.TRACK_THRESHOLDS), *map(float, EVENTS.values()))
THRESHOLDS_AT = len(CURVE)
EVENTS_AT = THRESHOLDS_AT + CUTS
FLOOR_AT = len(CONSTANTS)
SELECTION_AT, CUT_AT, QUADRATURE_AT = FLOOR_AT + 1, FLOOR_AT + 2, FLOOR_AT + 3
STATISTIC = (
    "published limit on an invisible A': excluded if eps^2 (BR_11 + sum BR_ij P_ij) exceeds eps_inv^2(m_Ap) of arXiv:1702.03327"
)
CONFIDENCE = 0.9
LONG_LIVED, THREE_DARK = 1000, 1001
LONGEST_FLIGHT = 0.01  # [m]
GRADIENT_STEP = 5e-3  # [1] relative, of gradients: single events enter and leave ranges of their integrals between closer points
FINEST = len(EVENTS) - 1  # of the quadratures
BOTH_LEGS = 0.03  # [1] a second leg that decays is missed about as often, where limits end
BOTH_CASCADE = 0.015  # [1] the same of pairs with a psi_3, whose events take twice the time
MOST_HALVINGS = 3  # of the number of events of a small part
CROWD = 1.4  # [1] parts of full size: where there are more, all have half as many events
FEWEST = 8  # binary logarithm of the events that are not halved so: fewer say too little about their own spread
ROUNDING = 1.0 + 1e-9  # keeps a ratio of exactly 1/2, 1/8, ... on one side in a scan


def likelihood(options: dict[str, Any]) -> Statistic:
    """The published curve as half a Gaussian: arXiv:1702.03327 gives neither counts nor a likelihood."""
    return PublishedCurve(CONFIDENCE)


@entry
def published(mass: float) -> float:
    """eps_inv [1] at m_A' = ``mass`` [GeV]; NaN where nothing is published."""
    return curve_value(INVISIBLE, 0, mass)


def lowest(coupling: str, parameters: dict[str, float]) -> float:
    """eps [1] below which nothing is excluded, whatever the share that is missed; 0 where the published limit says nothing."""
    value: float = published(parameters["m_Ap"])
    return value if coupling == "eps" and value > 0.0 else 0.0


@njit
def missed_from_tables(light: int, cut: int, slots: Vector, blob: Vector, offsets: Offsets, work: Vector) -> tuple[float, float]:
    """P_missed of psi_light psi_2 with pairs of electrons, and its bound, from the tables; NaN where they do not reach."""
    block, first = offsets[CUTS + cut if light == 2 else cut], LENGTH_COUNT * int(slots[AXIAL_21])
    x, scratch = work[WORK : WORK + 3], work[WORK + 3 :]
    if not inside(blob, block, slots[M_AP], slots[M_1], slots[M_1 + 1], x, work):
        return math.nan, math.nan
    length = slots[C_TAU_2] * babar.ENERGY / (4.0 * slots[M_1 + 1])
    return missed_from_table(blob, block, work, first, length, slots[ERROR_2], scratch)


@njit
def importance(light: int, heavy: int, share: float, slots: Vector) -> float:
    """About how much [1] of all that is missed comes from pairs psi_light psi_heavy, which are ``share`` of the decays of A'."""
    if light == 1 or (light == 2 and slots[C_TAU_2] == math.inf):
        return share
    return (BOTH_LEGS if heavy == 2 else BOTH_CASCADE) * share


@njit
def halvings(part: float, largest: float) -> int:
    """How often the events of a part are halved, of an importance [1] beside that of the largest part."""
    return min(max(int(0.5 - 0.5 * math.log2(ROUNDING * part / largest)), 0), MOST_HALVINGS)


@njit
def events_of(light: int, heavy: int, share: float, slots: Vector, options: Vector) -> int:
    """Binary logarithm of the events for a part of pairs psi_light psi_heavy, ``share`` [1] of the decays of A'.

    The error of quasi-random events falls about as their number: with N ~ sqrt(importance) the sum has the least error for its
    time. A part that is a quarter as important as the largest gets half as many events, none less than an eighth; several
    large parts share the events of one.
    """
    parts = (
        importance(1, 2, slots[BR_AP_12], slots),
        importance(1, 3, slots[BR_AP_13], slots),
        importance(2, 2, slots[BR_AP_22], slots),
        importance(2, 3, slots[BR_AP_23], slots),
        importance(3, 3, slots[BR_AP_33], slots),
    )
    largest, total = max(parts), 0.0
    for part in parts:
        if part > 0.0:
            total += 0.5 ** halvings(part, largest)
    events = int(options[EVENTS_AT + int(options[QUADRATURE_AT])])
    if total > CROWD and events > FEWEST:
        events -= 1
    return events - halvings(importance(light, heavy, share, slots), largest)


@njit
def missed_state(
    light: int, heavy: int, cut: int, place: int, slots: Vector, options: Vector, blob: Vector, offsets: Offsets, work: Vector
) -> tuple[float, float]:
    """P_missed of psi_light psi_heavy, number ``place``, and its bound, from tables where there are, else by quadrature.

    Where psi_2 decays to muons as well, the table serves the pairs with electrons alone, but for the finest quadrature, whose
    errors are smaller than its bounds.
    """
    if heavy == 2 and slots[C_TAU_2] == math.inf:
        return 1.0, 0.0
    electrons, muons = slots[BR_21_ELECTRONS], 0.0
    for partner in range(1, len(PARTNERS)):
        muons += slots[BR_21_ELECTRONS + partner]
    missed, error, rest = math.nan, math.nan, 1.0
    if heavy == 2 and electrons > 0.0 and (muons == 0.0 or int(options[QUADRATURE_AT]) < FINEST):
        missed, error = missed_from_tables(light, cut, slots, blob, offsets, work)
    served = not math.isnan(missed)
    if served:
        rest = muons if light == 1 else muons * (1.0 + electrons)
    if rest > 0.0:
        track, events = options[THRESHOLDS_AT + cut], events_of(light, heavy, slots[BR_AP_12 + place] * rest, slots, options)
        other, spread = missed_by_quadrature(babar.BARREL, light, heavy, served, track, events, place, slots)
        if served:
            error = (1.0 - rest) * error + rest * spread + light * slots[ERROR_2] * abs(other - missed)
            missed = (1.0 - rest) * missed + rest * other
        else:
            missed, error = other, spread
    return max(missed, options[FLOOR_AT]), error


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = signal events before efficiency, error[0] its bound. Returns 0 or a key of REFUSALS."""
    out[0], error[0] = 0.0, 0.0
    mass, cut = slots[M_AP], int(options[CUT_AT])
    photon = (babar.ENERGY**2 - mass * mass) / (2.0 * babar.ENERGY)
    if photon <= (babar.PHOTON_ENERGY_HIGH if options[SELECTION_AT] == 0.0 else babar.PHOTON_ENERGY_LOW):
        return 0
    events = babar.LUMINOSITY * slots[EPS] ** 2 * production_cross_section(babar.BARREL, mass)
    missed, spread = slots[BR_AP_11], 0.0
    visible = 0.0
    for partner in range(len(PARTNERS)):
        visible += slots[BR_AP_ELECTRONS + partner]
    if visible > 0.0:
        missed += visible * mediator_escapes(babar.BARREL, mass, slots[C_TAU_AP])
    if slots[C_TAU_AP] == math.inf:  # below 2 m_e without a dark state
        missed = 1.0
    if unstable_share(slots) > 0.0 and slots[C_TAU_AP] * fastest(babar.BARREL, mass) > LONGEST_FLIGHT:
        return LONG_LIVED
    if slots[BR_3_211] + slots[BR_3_221] > 0.0 and slots[BR_AP_13] + slots[BR_AP_23] + slots[BR_AP_33] > 0.0:
        return THREE_DARK
    work = np.empty(WORK + 3 + SCRATCH)
    for light, heavy, pair in ((1, 2, BR_AP_12), (1, 3, BR_AP_13), (2, 2, BR_AP_22), (2, 3, BR_AP_23), (3, 3, BR_AP_33)):
        if slots[pair] > 0.0:
            value, bound = missed_state(light, heavy, cut, pair - BR_AP_12, slots, options, blob, offsets, work)
            missed += slots[pair] * value
            spread += slots[pair] * bound
    out[0], error[0] = events * missed, events * spread
    return 0


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """Events that an invisible A' of the published limit eps_inv gives; NaN outside the published masses."""
    invisible = curve_value(options, 0, slots[M_AP])
    return babar.LUMINOSITY * invisible**2 * production_cross_section(babar.BARREL, slots[M_AP])


SEARCH = Search(
    name="babar-monophoton",
    title="single photon and nothing seen at BaBar, 53 fb^-1",
    tables=tuple((f"babar-missed-{state}-electrons", label) for state in ("12", "22") for label in babar.TRACK_LABELS),
    reads=(
        "m_Ap",
        "eps",
        "c_tau_Ap",
        *(f"br_Ap_{pair}" for pair in PAIRS),
        *(f"br_Ap_{partner}" for partner in PARTNERS),
        *(f"m_{i}" for i in (1, 2, 3)),
        *(f"c_tau_{i}" for i in (2, 3)),
        *(f"error_{i}" for i in (2, 3)),
        *(f"br_{step}_{partner}" for step in ("21", "31", "32") for partner in PARTNERS),
        "br_3_211",
        "br_3_221",
        *(f"axial_{step}" for step in ("21", "31", "32")),
    ),
    options=OPTIONS,
    choices=(
        Option("selection", ("high-mass", "low-mass"), "high-mass", "least photon energy E*: 1.5 GeV (high-mass) or 3 GeV"),
        Option(
            "track_threshold", babar.TRACK_LABELS, "100MeV", "least energy (electrons) or momentum (muons) of a track that vetoes"
        ),
        Option(
            "quadrature",
            tuple(EVENTS),
            "standard",
            "events where no table reaches: " + ", ".join(f"{name} 2^{count}" for name, count in EVENTS.items()),
        ),
    ),
    constants=CONSTANTS,
    unit="events",
    bins=("photon",),
    statistic=STATISTIC,
    confidence=CONFIDENCE,
    data="BaBar single photons of 2017",
    no_information=f"the published limit (arXiv:1702.03327) covers m_Ap of {BABAR_2017.segments[0][0][0]:g} to "
    f"{BABAR_2017.segments[0][0][-1]:g} GeV and says nothing elsewhere: choose a mass inside",
    refusals={
        LONG_LIVED: "A' flies more than 1 cm before it decays to dark states: this search takes that decay as prompt; choose a "
        "larger alpha_D",
        THREE_DARK: "psi_3 decays to three dark states here: such legs are not included; choose a smaller Delta_32 or Delta_21",
    },
    references=babar.REFERENCES,
    gradient_step=GRADIENT_STEP,
    predict=predict,
    threshold=threshold,
    likelihood=likelihood,
    lowest=lowest,
)
