"""Dark photons in NA64 whose unstable daughters may decay in the target: the e+e- energy is then seen there.

Each unstable state of energy E either flies beyond the hadron calorimeter (S), or decays to e+e- within the electromagnetic
calorimeter (D), which then sees a share z of E. Other decays are vetoed. An event counts if E_0 - E_A' plus all e+e-
energy stays below 50 GeV: the visible energy V of the legs has to satisfy V < E_A' - 50 GeV. Relativistic
states decay isotropically, so z is flat between (E* -+ p*)/m_j for each squared mass q^2 of the pair, which follows the
exact spectrum. Weight of a leg with visible energy below V:

    W_2(E, V) = S_2 + D_2 b_21 F_21(V/E),
    W_3(E, V) = S_3 + D_3 [b_31 F_31(V/E) + b_32 int dF_32(z) W_2((1-z) E, V - z E)],

F the distribution of z and b the fractions to e+e-; two legs are folded. The daughter psi_2 of psi_3 starts at the target too.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.missing_energy import INVISIBLE, LENGTH_AT, PARTNER, decay_depth
from gloam.lookup.vocabulary import (
    AXIAL_21,
    AXIAL_31,
    AXIAL_32,
    BR_21_ELECTRONS,
    BR_31_ELECTRONS,
    BR_32_ELECTRONS,
    BR_AP_11,
    M_1,
    M_AP,
)
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.experiments import na64
from gloam.tables.physics.bremsstrahlung import SPECTRUM_NODES, spectrum_point
from gloam.tables.physics.quadrature import NODES_16, WEIGHTS_16, gauss_legendre
from gloam.tables.physics.semivisible import smooth_part
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
NOTHING = 1e-9  # [1] a weight below which a branch is left out


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
def fates(slots: Vector, options: Vector, state: int, energy: float) -> tuple[float, float]:
    """(S, D) [1] of psi_state (1 is psi_2) of ``energy`` [GeV]."""
    mass = slots[M_1 + state]
    if energy <= mass:
        return 0.0, 1.0
    depth = decay_depth(slots, state, mass, energy, options[LENGTH_AT])
    return math.exp(-depth), -math.expm1(-depth * na64.ECAL_LENGTH / options[LENGTH_AT])


@njit
def weight_2(slots: Vector, options: Vector, shares: Matrix, energy: float, visible: float) -> float:
    """W_2 [1] at energy and visible energy [GeV]."""
    if visible <= 0.0:
        return 0.0
    fly, decay = fates(slots, options, 1, energy)
    return fly + decay * slots[BR_21_ELECTRONS] * below(shares[T_21], visible / energy)


@njit
def weight_3(slots: Vector, options: Vector, shares: Matrix, energy: float, visible: float) -> float:
    """W_3 [1] at energy and visible energy [GeV]."""
    if visible <= 0.0:
        return 0.0
    fly, decay = fates(slots, options, 2, energy)
    total = fly + decay * slots[BR_31_ELECTRONS] * below(shares[T_31], visible / energy)
    chain = decay * slots[BR_32_ELECTRONS]
    if chain > NOTHING:
        for n in range(FOLD.size):
            share = shares[T_32, CELLS + 1 + n]
            rest = (1.0 - share) * energy
            total += chain * FOLD_WEIGHTS[n] * weight_2(slots, options, shares, rest, visible - share * energy)
    return total


@njit
def fill_atoms(
    slots: Vector, options: Vector, shares: Matrix, state: int, energy: float, visible: Vector, weights: Vector
) -> int:
    """Visible energies [GeV] and weights [1] that stand for psi_2 (state 1) or psi_3 of ``energy``; returns their number."""
    fly, decay = fates(slots, options, state, energy)
    visible[0], weights[0] = 0.0, fly
    count = 1 if fly > NOTHING else 0
    row, direct = (T_21, slots[BR_21_ELECTRONS]) if state == 1 else (T_31, slots[BR_31_ELECTRONS])
    if decay * direct > NOTHING:
        for n in range(FOLD.size):
            visible[count], weights[count] = shares[row, CELLS + 1 + n] * energy, decay * direct * FOLD_WEIGHTS[n]
            count += 1
    chain = decay * slots[BR_32_ELECTRONS] if state == 2 else 0.0
    if chain > NOTHING:
        for n in range(FOLD.size):
            share = shares[T_32, CELLS + 1 + n]
            rest = (1.0 - share) * energy
            start = count
            count += fill_atoms_2(slots, options, shares, rest, visible[start:], weights[start:])
            for k in range(start, count):
                visible[k] += share * energy
                weights[k] *= chain * FOLD_WEIGHTS[n]
    return count


@njit
def fill_atoms_2(slots: Vector, options: Vector, shares: Matrix, energy: float, visible: Vector, weights: Vector) -> int:
    """:func:`fill_atoms` of psi_2, the daughter of psi_3."""
    fly, decay = fates(slots, options, 1, energy)
    visible[0], weights[0] = 0.0, fly
    count = 1 if fly > NOTHING else 0
    if decay * slots[BR_21_ELECTRONS] > NOTHING:
        for n in range(FOLD.size):
            visible[count] = shares[T_21, CELLS + 1 + n] * energy
            weights[count] = decay * slots[BR_21_ELECTRONS] * FOLD_WEIGHTS[n]
            count += 1
    return count


@njit
def pair_weight(
    first: int, second: int, slots: Vector, options: Vector, shares: Matrix, energies: tuple[float, float],
    visible: float, atoms: Matrix,
) -> float:
    """W_i folded with W_j [1] for psi_i, psi_j (i <= j, state 0 is psi_1) of ``energies`` [GeV], below ``visible`` [GeV]."""
    if first == 0:
        if second == 1:
            return weight_2(slots, options, shares, energies[1], visible)
        return weight_3(slots, options, shares, energies[1], visible)
    count = fill_atoms(slots, options, shares, second, energies[1], atoms[0], atoms[1])
    fly, decay = fates(slots, options, first, energies[0])
    total = 0.0
    for k in range(count):
        rest = visible - atoms[0, k]
        if rest <= 0.0:
            continue
        if first == 1:
            last = fly + decay * slots[BR_21_ELECTRONS] * below(shares[T_21], rest / energies[0])
        else:
            last = weight_3(slots, options, shares, energies[0], rest)
        total += atoms[1, k] * last
    return total


@njit
def counted(slots: Vector, options: Vector, weights: Vector) -> float:
    """Events [1] whose calorimeter energy stays below 50 GeV, from the produced A' per node of the spectrum."""
    m_Ap = slots[M_AP]
    shares, atoms = np.empty((3, ROW)), np.empty((2, ATOMS))
    fill_shares(slots[M_1 + 1], slots[M_1], m_Ap, slots[AXIAL_21] == 1.0, shares[T_21])
    fill_shares(slots[M_1 + 2], slots[M_1], m_Ap, slots[AXIAL_31] == 1.0, shares[T_31])
    fill_shares(slots[M_1 + 2], slots[M_1 + 1], m_Ap, slots[AXIAL_32] == 1.0, shares[T_32])
    events = slots[BR_AP_11] * weights.sum()
    for pair in range(1, 6):
        branching = slots[BR_AP_11 + pair]
        if branching == 0.0:
            continue
        first, second = INVISIBLE[pair], PARTNER[pair]
        m_i, m_j = slots[M_1 + first], slots[M_1 + second]
        own = 0.5 * (m_Ap * m_Ap + m_i * m_i - m_j * m_j) / m_Ap
        momentum = math.sqrt(max(own * own - m_i * m_i, 0.0))
        for k in range(SPECTRUM_NODES):
            fraction, _ = spectrum_point(m_Ap, na64.BEAM_ENERGY, na64.LOWEST_FRACTION, k)
            energy = fraction * na64.BEAM_ENERGY
            gamma = energy / m_Ap
            boost = math.sqrt(gamma * gamma - 1.0)
            for c in range(COSINES.size):
                e_i = gamma * own + boost * momentum * (2.0 * COSINES[c] - 1.0)
                weight = pair_weight(
                    first, second, slots, options, shares, (e_i, energy - e_i), energy - na64.LARGEST_DEPOSIT, atoms
                )
                events += branching * weights[k] * COSINE_WEIGHTS[c] * weight
    return events
