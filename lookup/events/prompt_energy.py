"""Dark photons in NA64 whose unstable daughters may decay in the target: the e+e- energy is then seen there.

Each unstable state of energy E either flies beyond the hadron calorimeter (S), or decays to e+e- within the electromagnetic
calorimeter (D), which then sees a share z of E. Other decays are vetoed. An event counts if E_0 - E_A' plus all e+e-
energy stays below 50 GeV: the visible energy V of the legs has to satisfy V < E_A' - 50 GeV. Relativistic
states decay isotropically, so z is flat between (E* -+ p*)/m_j for each squared mass q^2 of the pair, which follows the
exact spectrum. Weight of a leg with visible energy below V:

    W_2(E, V) = S_2 + D_2 b_21 F_21(V/E),
    W_3(E, V) = S_3 + D_3 [b_31 F_31(V/E) + b_32 int dF_32(z) W_2((1-z) E, V - z E)],

F the distribution of z and b the fractions to e+e-; two legs are folded. The daughter psi_2 starts where psi_3 decays: with decay
rates a, b of both along the beam, the end of the electromagnetic calorimeter at l and that of the hadron calorimeter at L

    D_3 S_2 = int_0^l ds a e^(-a s) e^(-b (L-s)) = a/(a-b) (e^(-b L) - e^(-a l - b (L-l))),
    D_3 D_2 = int_0^l ds a e^(-a s) (1 - e^(-b (l-s))) = 1 - e^(-a l) - a/(a-b) (e^(-b l) - e^(-a l)).

A leg has fates (S; D; D S_n and D D_n of a daughter psi_2 with the n-th share of the energy). The weights of pairs of fates do
not know c_tau, and every fate is a sum of exponentials of 1/c_tau: a scan keeps that sum (`decay_paths`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.decays.dark_photon_decays import unstable_share
from gloam.lookup.events.decay_paths import SIZE, clear, following, spread, total
from gloam.lookup.events.missing_energy import (
    INVISIBLE,
    LENGTH_AT,
    PARTNER,
    decay_rate,
    energies,
    fill_key,
    path_scale,
)
from gloam.lookup.events.missing_energy import KEY as COMMON_KEY
from gloam.lookup.events.scan_memory import same
from gloam.lookup.vocabulary import (
    AXIAL_21,
    BR_21_ELECTRONS,
    BR_31_ELECTRONS,
    BR_32_ELECTRONS,
    BR_AP_11,
    M_1,
    M_AP,
    SLOTS,
)
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.experiments import na64
from gloam.tables.numerics.elementary import exp
from gloam.tables.numerics.quadrature import NODES_16, WEIGHTS_16, gauss_legendre
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES, spectrum_point
from gloam.tables.physics.dark_photons.semivisible import smooth_part
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

CELLS = 128  # of the distribution of z on (0, 1)
FOLDS = 6
FOLD, FOLD_WEIGHTS = gauss_legendre(FOLDS)  # in the quantile of z
COSINES, COSINE_WEIGHTS = gauss_legendre(6)  # of the decay of A'
T_21, T_31, T_32 = range(3)  # transitions
ROW = CELLS + 1 + FOLDS  # per transition: distribution at the edges of the cells, then z at the quantiles FOLD
ATOMS = 1 + FOLDS + FOLDS * (1 + FOLDS)  # most of a leg
NOTHING = 1e-9  # [1] a fraction below which a branch is left out
FATES = 2 + 2 * FOLDS  # of a leg
PATHS = 3 + 3 * FOLDS  # exponentials of a leg, in the order of fill_leg
# exponentials of each fate: S; 1 - e; then those of the daughters, D S_n and D D_n
PATH = np.array(
    [[0, 0, 0], [1, 2, 0], *([3 + 3 * n, 4 + 3 * n, 0] if k == 0 else [1, 2, 5 + 3 * n] for n in range(FOLDS) for k in range(2))]
)
TERMS = np.array([1, 2, *([2, 3] * FOLDS)])
MOST_TERMS = 3
KEY = COMMON_KEY + 6  # numbers that a kept sum belongs to


@njit
def fill_shares(m_j: float, m_i: float, m_Ap: float, axial: bool, row: Vector) -> None:
    """Distribution of the e+e- share z of psi_j -> psi_i e+ e- at CELLS + 1 points, then its quantiles FOLD, into ``row``."""
    for c in range(ROW):
        row[c] = 0.0
    delta = m_j - m_i
    if not delta > 2.0 * ELECTRON_MASS:
        return
    end = math.acosh(delta / (2.0 * ELECTRON_MASS))
    scale, delta2, sum2, mediator2 = ELECTRON_MASS**2, delta * delta, (m_j + m_i) ** 2, m_Ap * m_Ap
    total = 0.0
    for k in range(NODES_16.size):
        v = NODES_16[k]
        eta = end * (1.0 - v * v)
        cosh2, sinh2 = 2.0 * math.cosh(eta), 2.0 * math.sinh(eta)
        q2 = scale * cosh2 * cosh2
        below = 4.0 * scale * math.sinh(end - eta) * math.sinh(end + eta)
        power = math.sqrt(below) if axial else below * math.sqrt(below)
        pair = (1.0 + 2.0 * scale / q2) * sinh2 / cosh2
        weight = WEIGHTS_16[k] * v * sinh2 * cosh2 * power * pair * smooth_part(q2, delta2, sum2, mediator2, axial)
        own = 0.5 * (m_j * m_j + q2 - m_i * m_i) / (m_j * m_j)
        spread = 0.5 * math.sqrt(below * (sum2 - q2)) / (m_j * m_j)
        total += weight
        for c in range(CELLS + 1):
            row[c] += weight * min(max((c / CELLS - own + spread) / (2.0 * spread), 0.0), 1.0)
    cell = 0
    for c in range(CELLS + 1):
        row[c] /= total
    for n in range(FOLD.size):
        while row[cell + 1] < FOLD[n]:
            cell += 1
        row[CELLS + 1 + n] = (cell + (FOLD[n] - row[cell]) / (row[cell + 1] - row[cell])) / CELLS


@njit
def below(row: Vector, share: float) -> float:
    """F(share) [1] by linear interpolation."""
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    cell = int(share * CELLS)
    return row[cell] + (row[cell + 1] - row[cell]) * (share * CELLS - cell)


@njit
def fill_leg(
    slots: Vector, scales: Vector, shares: Matrix, state: int, energy: float, leg: int, paths: Matrix, factors: Any
) -> int:
    """Path lengths s [m] of the exponentials exp(-s rate) of psi_state (0 is psi_1) of ``energy`` [GeV]; number of its fates.

    In paths[leg]: HCAL; 0; ECAL; then, with each daughter, its HCAL, ECAL and its way on from there to the HCAL, its ECAL. The
    factors of the exponentials of every fate are in factors[leg], (FATES, MOST_TERMS). rate = decay_rate.
    """
    near, factor = scales[3], factors[leg]
    paths[leg, 0], paths[leg, 1] = own_path(slots, scales, state, energy), 0.0
    paths[leg, 2] = paths[leg, 0] * near
    factor[0, 0], factor[1, 0], factor[1, 1] = 1.0, 1.0, -1.0
    if state == 0:
        return 1
    if state == 1 or slots[BR_32_ELECTRONS] <= NOTHING:
        return 2
    for n in range(FOLDS):
        daughter = own_path(slots, scales, 1, (1.0 - shares[T_32, CELLS + 1 + n]) * energy)
        ratio, daughter = following(paths[leg, 0], daughter)
        at, fate = 3 + 3 * n, 2 + 2 * n
        paths[leg, at], paths[leg, at + 1] = daughter, paths[leg, 2] + daughter * (1.0 - near)
        paths[leg, at + 2] = daughter * near
        factor[fate, 0], factor[fate, 1] = ratio, -ratio
        factor[fate + 1, 0], factor[fate + 1, 1], factor[fate + 1, 2] = 1.0, ratio - 1.0, -ratio
    return FATES


@njit
def own_path(slots: Vector, scales: Vector, state: int, energy: float) -> float:
    """s [m] with exp(-s rate) = share of psi_state (0 is psi_1) of ``energy`` [GeV] that flies beyond the HCAL."""
    mass = slots[M_1 + state]
    return scales[state] / math.sqrt(max(energy * energy - mass * mass, 1e-300))


@njit
def fill_atoms(slots: Vector, shares: Matrix, state: int, energy: float, atoms: Matrix) -> int:
    """Visible energies [GeV], weights [1] and fates that stand for psi_state (0 is psi_1) of ``energy``; their number."""
    atoms[0, 0], atoms[1, 0], atoms[2, 0] = 0.0, 1.0, 0.0
    if state == 0:
        return 1
    count = 1
    row, direct = (T_21, slots[BR_21_ELECTRONS]) if state == 1 else (T_31, slots[BR_31_ELECTRONS])
    if direct > NOTHING:
        for n in range(FOLDS):
            atoms[0, count], atoms[1, count] = shares[row, CELLS + 1 + n] * energy, direct * FOLD_WEIGHTS[n]
            atoms[2, count] = 1.0
            count += 1
    if state == 1 or slots[BR_32_ELECTRONS] <= NOTHING:
        return count
    for n in range(FOLDS):
        seen = shares[T_32, CELLS + 1 + n] * energy
        chain = slots[BR_32_ELECTRONS] * FOLD_WEIGHTS[n]
        atoms[0, count], atoms[1, count], atoms[2, count] = seen, chain, 2.0 + 2.0 * n
        count += 1
        for k in range(FOLDS if slots[BR_21_ELECTRONS] > NOTHING else 0):
            atoms[0, count] = seen + shares[T_21, CELLS + 1 + k] * (energy - seen)
            atoms[1, count] = chain * slots[BR_21_ELECTRONS] * FOLD_WEIGHTS[k]
            atoms[2, count] = 3.0 + 2.0 * n
            count += 1
    return count


@njit
def add_fates(
    slots: Vector, shares: Matrix, state: int, energy: float, visible: float, weight: float, row: int, pairs: Matrix
) -> None:
    """Add ``weight`` times the probabilities that psi_2 (state 1) or psi_3 has a fate and shows less than ``visible`` [GeV]."""
    pairs[row, 0] += weight
    if state == 1:
        pairs[row, 1] += weight * slots[BR_21_ELECTRONS] * below(shares[T_21], visible / energy)
        return
    if slots[BR_31_ELECTRONS] > NOTHING:
        pairs[row, 1] += weight * slots[BR_31_ELECTRONS] * below(shares[T_31], visible / energy)
    if slots[BR_32_ELECTRONS] <= NOTHING:
        return
    for n in range(FOLDS):
        seen = shares[T_32, CELLS + 1 + n] * energy
        if visible > seen:
            chain = weight * slots[BR_32_ELECTRONS] * FOLD_WEIGHTS[n]
            pairs[row, 2 + 2 * n] += chain
            share = (visible - seen) / (energy - seen)
            pairs[row, 3 + 2 * n] += chain * slots[BR_21_ELECTRONS] * below(shares[T_21], share)


@njit
def fill_pair(
    slots: Vector,
    shares: Matrix,
    states: tuple[int, int],
    energies: tuple[float, float],
    visible: float,
    counts: tuple[int, int],
    atoms: Matrix,
    pairs: Matrix,
) -> None:
    """Weights [1] of the fates of psi_i (rows) and psi_j (columns), i <= j, that show less than ``visible`` [GeV] in all."""
    for row in range(counts[0]):
        for column in range(counts[1]):
            pairs[row, column] = 0.0
    for k in range(fill_atoms(slots, shares, states[0], energies[0], atoms)):
        if visible > atoms[0, k]:
            rest = visible - atoms[0, k]
            add_fates(slots, shares, states[1], energies[1], rest, atoms[1, k], int(atoms[2, k]), pairs)


@njit
def paths_of(fates: int) -> int:
    """Number of the exponentials of a leg with so many fates."""
    return 2 * fates - 1 if fates <= 2 else PATHS


@njit
def spread_pair(
    pairs: Matrix, counts: tuple[int, int], paths: Matrix, factors: Any, weight: float, merged: Matrix, grid: Vector
) -> None:
    """Add the exponentials of all pairs of fates to a grid of `decay_paths`."""
    rows, columns = paths_of(counts[0]), paths_of(counts[1])
    for row in range(rows):
        for column in range(columns):
            merged[row, column] = 0.0
    for row in range(counts[0]):
        for column in range(counts[1]):
            value = weight * pairs[row, column]
            if value == 0.0:
                continue
            for a in range(TERMS[row]):
                for b in range(TERMS[column]):
                    merged[PATH[row, a], PATH[column, b]] += value * factors[0, row, a] * factors[1, column, b]
    for row in range(rows):
        for column in range(columns):
            if merged[row, column] != 0.0:
                spread(grid, paths[0, row] + paths[1, column], merged[row, column])


@njit
def sum_pair(pairs: Matrix, counts: tuple[int, int], paths: Matrix, factors: Any, rate: float, chances: Matrix) -> float:
    """Weights of all pairs of fates [1] at 1/c_tau_2 + 1/c_tau_3 = rate [1/m]."""
    for leg in range(2):
        for fate in range(counts[leg]):
            chances[leg, fate] = 0.0
            for a in range(TERMS[fate]):
                chances[leg, fate] += factors[leg, fate, a] * exp(-paths[leg, PATH[fate, a]] * rate)
    share = 0.0
    for row in range(counts[0]):
        for column in range(counts[1]):
            share += pairs[row, column] * chances[0, row] * chances[1, column]
    return share


@njit
def visit(slots: Vector, options: Vector, weights: Vector, grid: Vector) -> float:
    """Counted share of the decays of A' to unstable states [1], or, with a ``grid``, 0 and all its exponentials in there."""
    m_Ap, rate, keep = slots[M_AP], decay_rate(slots), grid.size > 0
    shares, atoms, pairs = np.empty((3, ROW)), np.empty((3, ATOMS)), np.empty((FATES, FATES))
    paths, chances, merged = np.empty((2, PATHS)), np.empty((2, FATES)), np.empty((PATHS, PATHS))
    factors = np.empty((2, FATES, MOST_TERMS))
    for row, heavy, light in ((T_21, 1, 0), (T_31, 2, 0), (T_32, 2, 1)):
        fill_shares(slots[M_1 + heavy], slots[M_1 + light], m_Ap, slots[AXIAL_21 + row] == 1.0, shares[row])
    scales = np.empty(4)  # [m GeV] of path_scale, and depth of the ECAL over that of the HCAL
    for state in range(3):
        scales[state] = path_scale(slots, state, options[LENGTH_AT])
    scales[3] = na64.ECAL_LENGTH / options[LENGTH_AT]
    dark, share = unstable_share(slots), 0.0
    for pair in range(1, 6):
        branching = slots[BR_AP_11 + pair]
        if branching == 0.0:
            continue
        states = (INVISIBLE[pair], PARTNER[pair])
        alike = 2 if states[0] == states[1] else 1  # backward is forward with both legs exchanged
        own, momentum = energies(m_Ap, slots[M_1 + states[0]], slots[M_1 + states[1]])
        for k in range(SPECTRUM_NODES):
            fraction, _ = spectrum_point(m_Ap, na64.BEAM_ENERGY, na64.LOWEST_FRACTION, k)
            energy = fraction * na64.BEAM_ENERGY
            gamma = energy / m_Ap
            boost = math.sqrt(gamma * gamma - 1.0)
            for c in range(COSINES.size // alike):
                e_i = gamma * own + boost * momentum * (2.0 * COSINES[c] - 1.0)
                legs = (e_i, energy - e_i)
                counts = (
                    fill_leg(slots, scales, shares, states[0], legs[0], 0, paths, factors),
                    fill_leg(slots, scales, shares, states[1], legs[1], 1, paths, factors),
                )
                fill_pair(slots, shares, states, legs, energy - na64.LARGEST_DEPOSIT, counts, atoms, pairs)
                weight = branching / dark * weights[k] * alike * COSINE_WEIGHTS[c]
                if keep:
                    spread_pair(pairs, counts, paths, factors, weight, merged, grid)
                else:
                    share += weight * sum_pair(pairs, counts, paths, factors, rate, chances)
    return share


@njit
def fill_fractions(slots: Vector, key: Vector) -> None:
    """What the counted share depends on besides :func:`missing_energy.fill_key`: natures, and fractions to e+e-."""
    for i in range(3):
        key[i] = slots[AXIAL_21 + i]
    key[3], key[4], key[5] = slots[BR_21_ELECTRONS], slots[BR_31_ELECTRONS], slots[BR_32_ELECTRONS]


@njit
def counted(slots: Vector, options: Vector, weights: Vector) -> float:
    """Events [1] whose calorimeter energy stays below 50 GeV, from the produced A' per node of the spectrum."""
    made, dark = weights.sum(), unstable_share(slots)
    events = slots[BR_AP_11] * made
    if dark == 0.0:
        return events
    per_node = weights / made
    if slots.size < len(SLOTS) + KEY + SIZE:
        return events + dark * made * visit(slots, options, per_node, np.empty(0))
    key, memo = np.empty(KEY), slots[len(SLOTS) :]
    fill_key(slots, key)
    fill_fractions(slots, key[COMMON_KEY:])
    if not same(key, memo, KEY):
        clear(memo[KEY : KEY + SIZE])
        visit(slots, options, per_node, memo[KEY : KEY + SIZE])
        for i in range(KEY):
            memo[i] = key[i]
    return events + dark * made * total(memo[KEY : KEY + SIZE], decay_rate(slots))
