"""P_missed of any A' -> psi_i psi_j by quadrature, once per scan: all lifetimes are served from one set of events.

In a scan over eps every c_tau changes by the same factor, and masses and branching fractions do not change. The first
point of a scan stores ln(P + FLOOR) on an even grid of log10 1/(1/c_tau_2 + 1/c_tau_3) in the memory behind the slots
(:data:`gloam.lookup.vocabulary.MEMO`), the others interpolate. Without that memory every call integrates.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import decay_paths
from gloam.lookup.events.cascade import CHANNELS, ELECTRONS, MUONS, SCRAMBLES, STEP_21, WAYS, collect_missed, missed_at
from gloam.lookup.events.missed_pairs import ORDER, interpolated
from gloam.lookup.events.scan_memory import same
from gloam.lookup.vocabulary import (
    AXIAL_21,
    BR_21_ELECTRONS,
    C_TAU_2,
    C_TAU_3,
    ERROR_2,
    ERROR_3,
    M_1,
    M_AP,
    PARTNERS,
    SLOTS,
)
from gloam.tables.experiments.collider import ENERGY
from gloam.tables.numerics.elementary import exp, log, numeric
from gloam.tables.numerics.memory import pointer, scratch, shifted
from gloam.tables.physics.dark_photons.missed_grid import FLOOR

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

# numbers that a stored grid belongs to: m_A', masses, natures, fractions of both states, parts of psi_2 and psi_3 in the
# decay rate, track threshold, events
MASS, MASSES, NATURES, FRACTIONS = 0, 1, 4, 7
PARTS = FRACTIONS + 2 * CHANNELS
CUT, LOG2_EVENTS, KEY = PARTS + 2, PARTS + 3, PARTS + 4
FIRST, STEP, COUNT, VALUES = KEY, KEY + 1, KEY + 2, KEY + 3
DECADE = math.log(10.0)
NODES = 100  # most lifetimes of a grid
PER_DECADE = 10  # lifetimes per decade
BLOCK = VALUES + 2 * NODES  # doubles of a stored grid: key, first, step, count, values, errors
FIRST_LENGTH, LAST_LENGTH = -1.5, 2.0  # log10(lambda/m), lambda = c_tau sqrt(s)/(4 m), from prompt to leaving
TAIL_ERROR = 1e-4  # [1] of 1 - P, beyond the grid
SHIFT = 0.01  # [1] of both lengths, for the derivative of P
LEAST_SHARE = 1e-15  # [1] of the decay rate: a state that has less is taken as stable where the other one decays


@numeric
def fill_fractions(heavy: int, slots: Vector, fractions: Vector) -> None:
    """Fractions of the channels of psi_2 and psi_3, hadrons and taus among the muons, once for each leg of a pair."""
    for step in range(3):
        first = BR_21_ELECTRONS + len(PARTNERS) * step
        occurs = step == STEP_21 or heavy == 3
        fractions[WAYS * step] = slots[first] if occurs else 0.0
        fractions[WAYS * step + 1] = slots[first + 1] + slots[first + 2] + slots[first + 3] if occurs else 0.0
    for channel in range(CHANNELS):
        fractions[CHANNELS + channel] = fractions[channel]


@numeric
def without_electrons(fractions: Vector) -> None:
    """Fractions of a pair of which at least one psi_2 decays to muons: psi_j does, and psi_i twice as often to electrons."""
    electrons, muons = fractions[ELECTRONS], fractions[MUONS]
    fractions[ELECTRONS], fractions[MUONS] = 0.0, 1.0
    fractions[CHANNELS + ELECTRONS] = 2.0 * electrons / (2.0 * electrons + muons)
    fractions[CHANNELS + MUONS] = muons / (2.0 * electrons + muons)


@numeric
def fill_key(heavy: int, muons: bool, cut: float, log2_events: int, slots: Vector, key: Vector) -> float:
    """Fill ``key`` (float64[KEY]), what P at all lifetimes depends on; ``muons`` as in :func:`missed_by_quadrature`.

    Returns the decay rate 1/c_tau_2 + 1/c_tau_3 [1/m], of psi_2 alone where ``heavy`` is 2.
    """
    rate = 1.0 / slots[C_TAU_2] + (1.0 / slots[C_TAU_3] if heavy == 3 else 0.0)
    key[MASS] = slots[M_AP]
    for i in range(3):
        key[MASSES + i] = slots[M_1 + i] if i < heavy else 0.0
        key[NATURES + i] = slots[AXIAL_21 + i]
    fractions = shifted(key, FRACTIONS)
    fill_fractions(heavy, slots, fractions)
    if muons:
        without_electrons(fractions)
    key[PARTS], key[PARTS + 1] = 1.0, 0.0
    if heavy == 3 and rate > 0.0:
        key[PARTS], key[PARTS + 1] = 1.0 / (slots[C_TAU_2] * rate), 1.0 / (slots[C_TAU_3] * rate)
    key[CUT], key[LOG2_EVENTS] = cut, float(log2_events)
    return rate


@numeric
def collect(detector: Vector, light: int, heavy: int, key: Vector) -> Matrix:
    """P_missed as sums of exponentials of the decay rate."""
    grids = np.empty((SCRAMBLES, decay_paths.SIZE))
    collect_missed(
        detector,
        (light, heavy),
        key[MASS],
        shifted(key, MASSES),
        shifted(key, PARTS),
        shifted(key, NATURES),
        shifted(key, FRACTIONS),
        shifted(key, FRACTIONS + CHANNELS),
        key[CUT],
        int(key[LOG2_EVENTS]),
        grids,
    )
    return grids


@numeric
def store_grid(detector: Vector, light: int, heavy: int, key: Vector, memo: Vector) -> None:
    """Fill ``memo`` (float64[BLOCK]) with P on a grid of 1/rate from where all decays are prompt to where all states leave."""
    first, last = math.inf, -math.inf
    for state in (2, 3):
        share = key[PARTS + state - 2]
        if share >= LEAST_SHARE:
            scale = math.log10(share * 4.0 * key[MASSES + state - 1] / detector[ENERGY])
            first, last = min(first, FIRST_LENGTH + scale), max(last, LAST_LENGTH + scale)
    count = min(math.ceil((last - first) * PER_DECADE) + 1, NODES)
    memo[FIRST], memo[STEP], memo[COUNT] = first, (last - first) / (count - 1), count
    grids = collect(detector, light, heavy, key)
    for k in range(count):
        missed, error = missed_at(grids, exp(-DECADE * (first + memo[STEP] * k)))
        memo[VALUES + k], memo[VALUES + NODES + k] = log(missed + FLOOR), error
    for i in range(KEY):
        memo[i] = key[i]


@numeric
def lost_beyond(lost_short: float, lost_long: float, short: float, long: float, length: float) -> float:
    """1 - P = K_1/lambda + K_2/lambda^2 at ``length``, from its values at two shorter lengths [all m]."""
    second = (lost_short * short - lost_long * long) / (1.0 / short - 1.0 / long)
    return (lost_long * long - second / long + second / length) / length


@numeric
def from_grid(memo: Vector, length: float) -> tuple[float, float]:
    """P_missed and its error from a stored grid at 1/rate = ``length`` [m]."""
    count = int(memo[COUNT])
    position = (log(length) / DECADE - memo[FIRST]) / memo[STEP]
    if position <= 0.0:
        return max(exp(memo[VALUES]) - FLOOR, 0.0), memo[VALUES + NODES]
    if position >= count - 1:
        long = exp(DECADE * (memo[FIRST] + memo[STEP] * (count - 1)))
        short = long * exp(-DECADE * memo[STEP])
        lost_short = 1.0 + FLOOR - exp(memo[VALUES + count - 2])
        lost_long = 1.0 + FLOOR - exp(memo[VALUES + count - 1])
        lost = max(lost_beyond(lost_short, lost_long, short, long, length), 0.0)
        return 1.0 - lost, memo[VALUES + NODES + count - 1] * long / length + TAIL_ERROR * lost
    start = min(max(int(position) - ORDER // 2 + 1, 0), count - ORDER)
    value, error = interpolated(shifted(memo, VALUES + start), position - start)
    for i in range(ORDER):
        error = max(error, memo[VALUES + NODES + start + i])
    return min(max(value - FLOOR, 0.0), 1.0), error


@numeric
def missed_by_quadrature(
    detector: Vector, light: int, heavy: int, muons: bool, cut: float, log2_events: int, place: int, slots: Vector
) -> tuple[float, float]:
    """P_missed of psi_light psi_heavy and its bound, for any masses; ``cut`` is the track threshold [GeV].

    With ``muons``, of psi_1 psi_2 and psi_2 psi_2 only, at least one psi_2 decays to muons (or hadrons or taus).
    2^``log2_events`` events are drawn. ``place`` counts the pairs: where the grid of this one is kept behind the slots, if there
    is room.
    """
    key = scratch(KEY)
    rate = fill_key(heavy, muons, cut, log2_events, pointer(slots), key)
    uncertain = slots[ERROR_2] if light == 2 or heavy == 2 else 0.0
    if heavy == 3:
        uncertain += slots[ERROR_2] + slots[ERROR_3]
    begin = len(SLOTS) + place * BLOCK
    if slots.size >= begin + BLOCK and rate > 0.0:
        memo = shifted(slots, begin)
        if not same(key, memo, KEY):
            store_grid(detector, light, heavy, key, memo)
        missed, error = from_grid(memo, 1.0 / rate)
        moved = from_grid(memo, (1.0 + SHIFT) / rate)[0]
    else:
        grids = collect(detector, light, heavy, key)
        missed, error = missed_at(grids, rate)
        moved = missed_at(grids, rate / (1.0 + SHIFT))[0]
    return missed, error + uncertain * abs(moved - missed) / SHIFT  # P grows with either length
