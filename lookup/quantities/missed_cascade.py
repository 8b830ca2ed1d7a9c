"""P_missed of any A' -> psi_i psi_j at BaBar by quadrature, once per scan: all lifetimes are served from one set of events.

In a scan over eps every c_tau changes by the same factor, and masses and branching fractions do not change. The first
point of a scan stores ln(P + FLOOR) on an even grid of log10 c_tau in the memory behind the slots
(:data:`gloam.lookup.vocabulary.MEMO`), the others interpolate. Without that memory every call integrates.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.quantities.missed_pairs import ORDER, interpolated
from gloam.lookup.scan_memory import same
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
from gloam.tables.experiments.babar import ENERGY
from gloam.tables.physics.cascade import missed_pair
from gloam.tables.physics.missed_grid import FLOOR
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

KEY = 15  # numbers that a stored grid belongs to
FIRST, STEP, COUNT, VALUES = KEY, KEY + 1, KEY + 2, KEY + 3
NODES = 110  # most lifetimes of a grid
PER_DECADE = 10  # lifetimes per decade
BLOCK = VALUES + 2 * NODES  # doubles of a stored grid: key, first, step, count, values, errors
FIRST_LENGTH, LAST_LENGTH = -1.2, 2.0  # log10(lambda/m), lambda = c_tau sqrt(s)/(4 m), from prompt to leaving
TAIL_ERROR = 1e-4  # [1] of 1 - P, beyond the grid
LARGEST_RATIO = 1e6  # [1] of the two lifetimes of a cascade that a grid serves


@njit
def shares_of(slots: Vector, shares: Matrix) -> None:
    """Fractions of the transitions 21, 31, 32 (rows) with electrons and with all heavier pairs (columns)."""
    for step in range(3):
        first = BR_21_ELECTRONS + len(PARTNERS) * step
        shares[step, 0] = slots[first]
        shares[step, 1] = slots[first + 1] + slots[first + 2] + slots[first + 3]


@njit
def key_of(heavy: int, cut: float, slots: Vector, shares: Matrix, key: Vector) -> None:
    """What P at all lifetimes depends on: m_A', masses, ratio of the lifetimes, fractions, natures, threshold."""
    key[0] = slots[M_AP]
    for i in range(3):
        key[1 + i] = slots[M_1 + i] if i < heavy else 0.0
        key[4 + i] = slots[AXIAL_21 + i]
        key[7 + 2 * i], key[8 + 2 * i] = shares[i, 0], shares[i, 1]
    key[13] = slots[C_TAU_2] / slots[C_TAU_3] if heavy == 3 else 1.0
    key[14] = cut


@njit
def integrate(
    light: int, heavy: int, key: Vector, shares: Matrix, slots: Vector, own: Vector, out: Vector, error: Vector
) -> None:
    """P_missed and its statistical error at the c_tau ``own`` [m] of psi_heavy, the other in the ratio of ``key``."""
    lengths = np.full((own.size, 3), math.inf)
    for k in range(own.size):
        lengths[k, heavy - 1] = own[k]
        if heavy == 3:
            lengths[k, 1] = own[k] * key[13]
    missed_pair(
        (light, heavy), slots[M_AP], slots[M_1 : M_1 + 3], lengths, slots[AXIAL_21 : AXIAL_21 + 3], shares, key[14],
        out, error,
    )


@njit
def store_grid(light: int, heavy: int, key: Vector, shares: Matrix, slots: Vector, memo: Vector) -> None:
    """Fill ``memo`` (float64[BLOCK]) with P on a grid from where all decays are prompt to where psi_heavy leaves."""
    scale = math.log10(4.0 * slots[M_1 + heavy - 1] / ENERGY)
    first, last = FIRST_LENGTH + scale, LAST_LENGTH + scale
    if heavy == 3 and key[13] < math.inf:
        shift = math.log10(slots[M_1 + 1] / slots[M_1 + 2] / key[13])
        first, last = min(first, first + shift), max(last, last + shift)
    count = min(math.ceil((last - first) * PER_DECADE) + 1, NODES)
    memo[FIRST], memo[STEP], memo[COUNT] = first, (last - first) / (count - 1), count
    own = np.empty(count)
    for k in range(count):
        own[k] = 10.0 ** (first + memo[STEP] * k)
    integrate(light, heavy, key, shares, slots, own, memo[VALUES : VALUES + count], memo[VALUES + NODES :][:count])
    for k in range(count):
        memo[VALUES + k] = math.log(memo[VALUES + k] + FLOOR)
    memo[:KEY] = key


@njit
def lost_beyond(lost_short: float, lost_long: float, short: float, long: float, length: float) -> float:
    """1 - P = K_1/lambda + K_2/lambda^2 at ``length``, from its values at two shorter lengths [all m]."""
    second = (lost_short * short - lost_long * long) / (1.0 / short - 1.0 / long)
    return (lost_long * long - second / long + second / length) / length


@njit
def from_grid(memo: Vector, length: float) -> tuple[float, float]:
    """P_missed and its error from a stored grid at the c_tau ``length`` [m] of psi_heavy."""
    count = int(memo[COUNT])
    position = (math.log10(length) - memo[FIRST]) / memo[STEP]
    if position <= 0.0:
        return max(math.exp(memo[VALUES]) - FLOOR, 0.0), memo[VALUES + NODES]
    if position >= count - 1:
        long = 10.0 ** (memo[FIRST] + memo[STEP] * (count - 1))
        short = long * 10.0 ** -memo[STEP]
        lost_short = 1.0 + FLOOR - math.exp(memo[VALUES + count - 2])
        lost_long = 1.0 + FLOOR - math.exp(memo[VALUES + count - 1])
        lost = max(lost_beyond(lost_short, lost_long, short, long, length), 0.0)
        return 1.0 - lost, memo[VALUES + NODES + count - 1] * long / length + TAIL_ERROR * lost
    start = min(max(int(position) - ORDER // 2 + 1, 0), count - ORDER)
    value, error = interpolated(memo[VALUES + start : VALUES + start + ORDER], position - start)
    for i in range(ORDER):
        error = max(error, memo[VALUES + NODES + start + i])
    return min(max(value - FLOOR, 0.0), 1.0), error


@njit
def missed_by_quadrature(light: int, heavy: int, cut: float, place: int, slots: Vector) -> tuple[float, float]:
    """P_missed of psi_light psi_heavy and its bound, for any masses; ``cut`` is the track threshold [GeV].

    ``place`` counts the pairs: where the grid of this one is kept behind the slots, if there is room.
    """
    shares, key = np.zeros((3, 2)), np.empty(KEY)
    shares_of(slots, shares)
    own = slots[C_TAU_2] if heavy == 2 else slots[C_TAU_3]
    key_of(heavy, cut, slots, shares, key)
    uncertain = (slots[ERROR_2] if light == 2 or heavy == 2 else 0.0) + (
        slots[ERROR_2] + slots[ERROR_3] if heavy == 3 else 0.0
    )
    begin = len(SLOTS) + place * BLOCK
    ratio = key[13] if key[13] >= 1.0 else 1.0 / key[13]
    if slots.size >= begin + BLOCK and own < math.inf and (ratio <= LARGEST_RATIO or key[13] == math.inf):
        memo = slots[begin : begin + BLOCK]
        if not same(key, memo[:KEY]):
            store_grid(light, heavy, key, shares, slots, memo)
        missed, error = from_grid(memo, own)
        return missed, error + uncertain
    missed, error, one = np.empty(1), np.empty(1), np.full(1, own)
    integrate(light, heavy, key, shares, slots, one, missed, error)
    return missed[0], error[0] + uncertain
