"""Decays of a dark photon A' and of up to three dark states psi_1 < psi_2 < psi_3 into the slots.

A model gives masses, couplings g_D V_ij and the nature of each transition; everything else is the same for all models:
A' -> SM (R(s) for hadrons) and A' -> psi_i psi_j, psi_j -> psi_i + SM through A'*, psi_j -> psi_i A' on shell, psi_3 to
three dark states where open (order alpha_D^2: it then dominates), total widths, branching ratios and decay lengths. Psi_1 is
stable. A search meets only the states that A' makes: what is not known about the decays of another does not matter to it, and its
decay length is NaN. A model asked by itself answers for every state, or refuses.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays.decay_slots import close_decays, decay_length
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import (
    AXIAL_21,
    AXIAL_31,
    AXIAL_32,
    BR_3_211,
    BR_3_221,
    BR_21_DARK,
    BR_21_ELECTRONS,
    BR_31_DARK,
    BR_31_ELECTRONS,
    BR_32_DARK,
    BR_32_ELECTRONS,
    BR_AP_11,
    BR_AP_ELECTRONS,
    C_TAU_2,
    C_TAU_3,
    C_TAU_AP,
    DECAYS_MET,
    EPS,
    ERROR_2,
    ERROR_3,
    G_MU,
    M_1,
    M_AP,
    M_X,
    MEMO,
    NO_DECAYS,
    SLOTS,
    WIDTH_AP,
)
from gloam.tables.constants import ALPHA, ELECTRIC_CHARGE, ELECTRON_MASS, MUON_MASS, TAU_MASS
from gloam.tables.numerics.quadrature import NODES_48, WEIGHTS_48
from gloam.tables.physics.dark_photons.dark_cascade import dark_three_body_width
from gloam.tables.physics.dark_photons.dark_widths import mediator_hadron_width, mediator_lepton_width
from gloam.tables.physics.dark_photons.semivisible import HADRON_NODES, hadron_width, lepton_width, pair_width
from gloam.tables.physics.hadrons.r_ratio import FIRST_MASS
from gloam.tables.physics.neutral_leptons.on_shell import transition_strength, two_body_width
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

TABLES = (("semivisible-hadrons", "vector"), ("semivisible-hadrons", "axial"))
R_UNCERTAINTY = (0.05, "R(s) of e+e- -> hadrons")  # compilations differ by 3 to 10 %
UNCERTAIN = (R_UNCERTAINTY,)

# what a model gives: couplings, masses [GeV] (NaN where there is no such state), squared couplings V_ij^2 [1],
# 1 where psi_j -> psi_i is axial, 1 for Dirac states, and a factor on R(s) (an input of UNCERTAIN)
(
    IN_M_AP,
    IN_EPS,
    IN_ALPHA_D,
    IN_M_1,
    IN_M_2,
    IN_M_3,
    V2_11,
    V2_12,
    V2_13,
    V2_22,
    V2_23,
    V2_33,
    IN_AXIAL_21,
    IN_AXIAL_31,
    IN_AXIAL_32,
    DIRAC,
    IN_HADRONS,
) = range(17)
INPUTS = 17

FIRST = np.array([0, 0, 0, 1, 1, 2])  # psi_i and psi_j of the pairs 11, 12, 13, 22, 23, 33
SECOND = np.array([0, 1, 2, 1, 2, 2])
LEPTONS = np.array([ELECTRON_MASS, MUON_MASS, TAU_MASS])  # [GeV]
HADRONS = 3  # the partner after the leptons
HADRONS_BOUND, REDUCED = 4, 5  # place of their bound among reduced widths, and how many these are
KEY = 4  # numbers that reduced widths depend on: three masses, nature
QUADRATURE_ERROR = 1e-6  # [1] of the direct integrals
LARGEST_SPLITTING = 0.8  # [1] of m_A': below it the width of A' plays no role
LARGEST_TAIL = 0.1  # [1] of the narrow width of psi_j -> psi_i A': largest bound of what the line shape of A' changes
PAIR_12, PAIR_13, PAIR_22, PAIR_23, PAIR_33 = range(1, 6)  # places in FIRST and SECOND
NEAR_SHELL, DARK_CASCADE = 1000, 1001
REFUSALS = {
    DARK_CASCADE: "the decay of a dark state to three dark states through a diagonal coupling is open and not included: it is of "
    "order alpha_D^2, makes the state invisible, and interferes with V_31 V_21 and V_32 V_21 by relative signs of "
    "V_ij that are no parameters; choose a smaller Delta or V_ii = 0",
    NEAR_SHELL: f"a splitting m_j - m_i of the dark states is above {LARGEST_SPLITTING} m_Ap but psi_j -> psi_i A' is not open, "
    "or A' is too broad for a two-body decay (its line shape may change the narrow width by more than 10 %): not "
    "included; choose a smaller or larger Delta, or a smaller alpha_D",
}


@njit
def dark_pair_width(inputs: Vector, pair: int, mass: float) -> float:
    """Width [GeV] of A' of ``mass`` [GeV] to a pair of dark states, counted as FIRST and SECOND."""
    if inputs[V2_11 + pair] == 0.0:
        return 0.0
    i, j = FIRST[pair], SECOND[pair]
    axial = i != j and inputs[IN_AXIAL_21 + i + j - 1] == 1.0
    multiplicity = 2.0 if i != j else 1.0
    if inputs[DIRAC] == 0.0:
        axial = axial or i == j  # identical Majorana states couple axially
        multiplicity *= 0.5
    width: float = pair_width(mass, inputs[IN_M_1 + i], inputs[IN_M_1 + j], axial)
    return inputs[IN_ALPHA_D] * inputs[V2_11 + pair] * multiplicity * width


@njit
def fill_mediator(inputs: Vector, slots: Vector) -> None:
    """Widths and branching ratios of A'."""
    m_Ap = inputs[IN_M_AP]
    charge2 = (ELECTRIC_CHARGE * inputs[IN_EPS]) ** 2
    total = 0.0
    for pair in range(6):
        width = dark_pair_width(inputs, pair, m_Ap)
        slots[BR_AP_11 + pair] = width
        total += width
    total += fill_visible(m_Ap, charge2, inputs[IN_HADRONS], slots)
    slots[WIDTH_AP] = total
    slots[C_TAU_AP] = decay_length(total)
    share = 1.0 / total if total > 0.0 else 0.0
    for slot in range(BR_AP_11, BR_AP_ELECTRONS + HADRONS + 1):
        slots[slot] *= share


@njit
def fill_visible(m_Ap: float, charge2: float, hadrons: float, slots: Vector) -> float:
    """Widths [GeV] of A' -> SM into the slots of their branching ratios; returns their sum.

    charge2 = (e eps)^2, hadrons = factor on R(s), 1 but for its uncertainty.
    """
    total = 0.0
    for lepton in range(LEPTONS.size):
        slots[BR_AP_ELECTRONS + lepton] = charge2 * mediator_lepton_width(m_Ap, LEPTONS[lepton])
        total += slots[BR_AP_ELECTRONS + lepton]
    slots[BR_AP_ELECTRONS + HADRONS] = hadrons * charge2 * mediator_hadron_width(m_Ap)
    return total + slots[BR_AP_ELECTRONS + HADRONS]


@njit
def fill_reduced(masses: tuple[float, float, float], axial: bool, blob: Vector, offsets: Offsets, reduced: Vector) -> None:
    """Widths/(eps^2 alpha alpha_D V^2) [GeV] of psi_j -> psi_i + (e, mu, tau, hadrons), and the bound of the last.

    masses = (m_j, m_i, m_Ap) [GeV]; ``reduced`` is float64[REDUCED]. The splitting stays inside the tables.
    """
    m_j, m_i, m_Ap = masses
    for lepton in range(LEPTONS.size):
        reduced[lepton] = lepton_width(m_j, m_i, m_Ap, LEPTONS[lepton], axial)
    reduced[HADRONS] = reduced[HADRONS_BOUND] = 0.0
    if m_j - m_i > FIRST_MASS:
        x, weights, bounds, work = np.empty(1), np.empty(HADRON_NODES), np.empty(HADRON_NODES), np.empty(WORK)
        x[0] = m_j - m_i
        block = offsets[1 if axial else 0]
        values_at(blob, block, x, work, weights)
        for k in range(HADRON_NODES):
            bounds[k] = error_of(blob, block, work, k)
        reduced[HADRONS] = hadron_width(m_j, m_i, m_Ap, axial, weights)
        reduced[HADRONS_BOUND] = hadron_width(m_j, m_i, m_Ap, axial, bounds)


@njit
def add_transition(reduced: Vector, strengths: tuple[float, float], slots: Vector, first: int) -> tuple[float, float]:
    """Widths [GeV] of psi_j -> psi_i + (e, mu, tau, hadrons) into slots[first:first+4]; returns (sum, error bound).

    ``reduced`` from :func:`fill_reduced`, strengths = eps^2 alpha alpha_D V^2 [1] and a factor on R(s) [1].
    """
    strength, hadronic = strengths[0], strengths[0] * strengths[1]
    total = 0.0
    for lepton in range(LEPTONS.size):
        slots[first + lepton] = strength * reduced[lepton]
        total += slots[first + lepton]
    error = QUADRATURE_ERROR * total + hadronic * reduced[HADRONS_BOUND]
    slots[first + HADRONS] = hadronic * reduced[HADRONS]
    return total + slots[first + HADRONS], error


@njit
def reduced_of_scan(
    step: int, masses: tuple[float, float, float], axial: bool, blob: Vector, offsets: Offsets, slots: Vector
) -> Vector:
    """:func:`fill_reduced` of a transition 21, 31 or 32 (``step``), kept behind the slots of a scan at the same masses."""
    place = len(SLOTS) + MEMO + step * (KEY + REDUCED)
    if slots.size < place + KEY + REDUCED:
        reduced = np.empty(REDUCED)
        fill_reduced(masses, axial, blob, offsets, reduced)
        return reduced
    key, reduced = slots[place : place + KEY], slots[place + KEY : place + KEY + REDUCED]
    nature = 1.0 if axial else 0.0
    if not (key[0] == masses[0] and key[1] == masses[1] and key[2] == masses[2] and key[3] == nature):
        fill_reduced(masses, axial, blob, offsets, reduced)
        key[0], key[1], key[2], key[3] = masses[0], masses[1], masses[2], nature
    return reduced


@njit
def line_shape_bound(masses: tuple[float, float, float], axial: bool, inputs: Vector, slots: Vector) -> float:
    """Bound [1] of what the line shape of A' changes in the narrow width of psi_j -> psi_i A', masses (m_j, m_i, m_Ap) [GeV].

    With the Lorentzian L(q^2) of constant width, the width is int L f dq^2 times the narrow one, where f holds the
    width that runs with q (visible ~ q^2, dark pairs with their thresholds) and the strength of the transition, and is
    1 at the pole. int L |f - 1| dq^2 and the part of L beyond the end points bound the difference; twice that is
    returned, for the exchange of identical states, which is of the same order in the width over the mass.
    """
    m_j, m_i, m_Ap = masses
    total, m2, delta2, sum2 = slots[WIDTH_AP], m_Ap * m_Ap, (m_j - m_i) ** 2, (m_j + m_i) ** 2
    spread, at_pole = m_Ap * total, transition_strength(m2, delta2, sum2, axial)
    if spread == 0.0:
        return 0.0
    visible = 0.0
    for partner in range(HADRONS + 1):
        visible += slots[BR_AP_ELECTRONS + partner] * total
    first, last = math.atan2(-m2, spread), math.atan2(delta2 - m2, spread)
    changed = 0.0
    for k in range(NODES_48.size):
        q2 = max(m2 + spread * math.tan(first + (last - first) * NODES_48[k]), 0.0)
        mass = math.sqrt(q2)
        open_width = visible * mass / m_Ap
        width = open_width
        for pair in range(6):
            more = dark_pair_width(inputs, pair, mass)
            width += more
            if slots[BR_AP_11 + pair] > 0.0:
                open_width += more
        line = ((q2 - m2) ** 2 + spread**2) / ((q2 - m2) ** 2 + q2 * width**2)
        changed += WEIGHTS_48[k] * abs(
            line * mass * open_width / spread * transition_strength(q2, delta2, sum2, axial) / at_pole - 1.0
        )
    share: float = (last - first) / math.pi
    return 2.0 * (share * changed + 1.0 - share)


@njit
def add_on_shell(
    masses: tuple[float, float, float], strength: float, axial: bool, dark: int, inputs: Vector, slots: Vector, first: int
) -> tuple[float, float]:
    """Widths [GeV] of psi_j -> psi_i A', A' -> (e, mu, tau, hadrons) into slots[first:first+4] and A' -> dark states into
    slots[dark]; returns (sum, error bound). strength = alpha_D V^2 [1].

    The narrow width and the branching ratios of A' on shell; the bound is that of its line shape.
    """
    m_j, m_i, m_Ap = masses
    width = strength * two_body_width(m_j, m_i, m_Ap, axial)
    for partner in range(HADRONS + 1):
        slots[first + partner] = width * slots[BR_AP_ELECTRONS + partner]
    slots[dark] = 0.0
    for pair in range(6):
        slots[dark] += width * slots[BR_AP_11 + pair]
    return width, line_shape_bound(masses, axial, inputs, slots) * width


@njit
def add_decay(inputs: Vector, pair: int, blob: Vector, offsets: Offsets, slots: Vector) -> tuple[float, float]:
    """Widths [GeV] of psi_j -> psi_i + anything of a pair 12, 13 or 23 (1, 2 or 4) into their slots; (sum, error bound).

    NaN where A' is so near its mass shell that neither the off-shell nor the narrow width holds.
    """
    i, j, m_Ap = FIRST[pair], SECOND[pair], inputs[IN_M_AP]
    masses = (inputs[IN_M_1 + j], inputs[IN_M_1 + i], m_Ap)
    if not masses[0] > masses[1] or inputs[V2_11 + pair] == 0.0:
        return 0.0, 0.0
    step = i + j - 1  # of 21, 31, 32
    axial, first = inputs[IN_AXIAL_21 + step] == 1.0, BR_21_ELECTRONS + (HADRONS + 1) * step
    strength = inputs[IN_ALPHA_D] * inputs[V2_11 + pair]
    splitting = masses[0] - masses[1]
    if splitting <= LARGEST_SPLITTING * m_Ap:
        strengths = (inputs[IN_EPS] ** 2 * ALPHA * strength, inputs[IN_HADRONS])
        reduced = reduced_of_scan(step, masses, axial, blob, offsets, slots)
        return add_transition(reduced, strengths, slots, first)
    if splitting > m_Ap:
        total, error = add_on_shell(masses, strength, axial, BR_21_DARK + step, inputs, slots, first)
        if error <= LARGEST_TAIL * total:
            return total, error
    return math.nan, math.nan


@njit
def resonant(inputs: Vector, pair: int, products: float) -> bool:
    """Whether psi_j -> psi_i A' of a pair is open, and A' -> ``products``, the sum of two masses [GeV]."""
    splitting = inputs[IN_M_1 + SECOND[pair]] - inputs[IN_M_1 + FIRST[pair]]
    return splitting > inputs[IN_M_AP] > products


@njit
def dark_cascade(inputs: Vector, heaviest: int) -> bool:
    """Whether psi_j -> psi_i psi_k psi_k is open for any states with couplings V_ji and V_kk, but not A' on shell.

    ``heaviest`` is the number, 1 for psi_2, of the last psi_j that matters.
    """
    for first in range(6):
        i, j = FIRST[first], SECOND[first]
        if j > heaviest:
            continue
        for second in range(6):
            k = FIRST[second]
            coupled = i != j and k == SECOND[second] and inputs[V2_11 + first] > 0.0 and inputs[V2_11 + second] > 0.0
            products = 2.0 * inputs[IN_M_1 + k]
            if coupled and inputs[IN_M_1 + j] > inputs[IN_M_1 + i] + products and not resonant(inputs, first, products):
                return True
    return False


@njit
def fill_dark_cascades(inputs: Vector, slots: Vector) -> float:
    """Widths [GeV] of psi_3 -> psi_2 psi_1 psi_1 and psi_2 psi_2 psi_1 through A'* into their slots; returns their sum."""
    m_1, m_2, m_3, m_Ap = inputs[IN_M_1], inputs[IN_M_2], inputs[IN_M_3], inputs[IN_M_AP]
    axial_21, axial_31, axial_32 = inputs[IN_AXIAL_21] == 1.0, inputs[IN_AXIAL_31] == 1.0, inputs[IN_AXIAL_32] == 1.0
    common, pair = inputs[IN_ALPHA_D] ** 2 * inputs[V2_12], m_1 + m_2
    if inputs[V2_13] > 0.0 and not resonant(inputs, PAIR_13, pair):
        slots[BR_3_211] = common * inputs[V2_13] * dark_three_body_width(m_3, m_1, m_2, m_Ap, axial_31, axial_21)
    if inputs[V2_23] > 0.0 and not resonant(inputs, PAIR_23, pair):
        slots[BR_3_221] = common * inputs[V2_23] * dark_three_body_width(m_3, m_2, m_1, m_Ap, axial_32, axial_21)
    return slots[BR_3_211] + slots[BR_3_221]


@njit
def heaviest_made(slots: Vector) -> int:
    """Number of the heaviest state that A' makes: 2 for psi_3, 1 for psi_2, else 0."""
    if slots[BR_AP_11 + PAIR_13] + slots[BR_AP_11 + PAIR_23] + slots[BR_AP_11 + PAIR_33] > 0.0:
        return 2
    return 1 if slots[BR_AP_11 + PAIR_12] + slots[BR_AP_11 + PAIR_22] > 0.0 else 0


@njit
def unstable_share(slots: Vector) -> float:
    """Share [1] of the decays of A' to pairs of which psi_2 or psi_3 is one."""
    share = 0.0
    for pair in range(PAIR_12, PAIR_33 + 1):
        share += slots[BR_AP_11 + pair]
    return share


@njit
def fill_states(inputs: Vector, heaviest: int, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Widths, decay lengths and branching ratios of psi_2 and psi_3 up to number ``heaviest``, the lengths of others NaN.

    Returns 0, or a key of REFUSALS.
    """
    if dark_cascade(inputs, heaviest):
        return DARK_CASCADE
    for state in range(heaviest, 2):
        slots[C_TAU_2 + state] = math.nan
    if heaviest == 0:
        return 0
    total, error = add_decay(inputs, PAIR_12, blob, offsets, slots)
    if math.isnan(total):
        return NEAR_SHELL
    close_decays(total, error, C_TAU_2, ERROR_2, BR_21_ELECTRONS, BR_21_ELECTRONS + HADRONS + 1, slots)
    if total > 0.0:
        slots[BR_21_DARK] /= total
    if heaviest == 1:
        return 0
    dark = fill_dark_cascades(inputs, slots)
    total, error = dark, QUADRATURE_ERROR * dark
    for pair in (PAIR_13, PAIR_23):
        more = add_decay(inputs, pair, blob, offsets, slots)
        if math.isnan(more[0]):
            return NEAR_SHELL
        total += more[0]
        error += more[1]
    close_decays(total, error, C_TAU_3, ERROR_3, BR_31_ELECTRONS, BR_32_ELECTRONS + HADRONS + 1, slots)
    if total > 0.0:
        for slot in (BR_31_DARK, BR_32_DARK, BR_3_211, BR_3_221):
            slots[slot] /= total
    return 0


@njit
def fill_slots(inputs: Vector, decays: float, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Everything from ``inputs`` (INPUTS numbers, named above). Returns 0, or a key of REFUSALS.

    ``decays`` is NO_DECAYS, DECAYS_MET (of the states that A' makes, and of what these decay to) or ALL_DECAYS.
    """
    slots[: len(SLOTS)] = 0.0
    slots[M_AP], slots[EPS] = inputs[IN_M_AP], abs(inputs[IN_EPS])
    slots[M_X], slots[G_MU] = slots[M_AP], ELECTRIC_CHARGE * slots[EPS]
    for i in range(3):
        slots[M_1 + i] = inputs[IN_M_1 + i]
    slots[C_TAU_2], slots[C_TAU_3] = math.inf, math.inf
    slots[AXIAL_21], slots[AXIAL_31], slots[AXIAL_32] = inputs[IN_AXIAL_21], inputs[IN_AXIAL_31], inputs[IN_AXIAL_32]
    fill_mediator(inputs, slots)
    if decays == NO_DECAYS:
        return 0
    return fill_states(inputs, heaviest_made(slots) if decays == DECAYS_MET else 2, blob, offsets, slots)
