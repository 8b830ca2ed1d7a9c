"""Dark photons in NA64 by missing energy: how many are made, and how many of their decay products fly out unseen.

    N = eps^2 EOT efficiency K sum_k w_k <S>(x_k),   S = prod_legs exp(-L m_i/(p_i c_tau_i)),

w_k, x_k the Gauss rule of the spectrum of A' (table na64-yield), <S> the average over the isotropic decay of A', L the end
of the hadron calorimeter. Legs are boosted along the beam; their opening angle is negligible at 50 GeV.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.decays.dark_photon_decays import heaviest_made, unstable_share
from gloam.lookup.events.scan_memory import same
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.statistics import Statistic, ZeroEvents
from gloam.lookup.vocabulary import (
    BR_3_211,
    BR_3_221,
    BR_AP_11,
    BR_AP_ELECTRONS,
    C_TAU_2,
    C_TAU_3,
    C_TAU_AP,
    EPS,
    ERROR_2,
    ERROR_3,
    M_1,
    M_AP,
    PARTNERS,
    SILENT,
    SLOTS,
    Option,
)
from gloam.tables.experiments import na64
from gloam.tables.experiments.invisible_limits import NA64_2019
from gloam.tables.numerics.curve import curve_value
from gloam.tables.numerics.elementary import exponentiate
from gloam.tables.numerics.quadrature import NODES_12, WEIGHTS_12
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES, spectrum_point
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

TABLES = (("na64-yield", ""),)
OPTIONS = {
    "efficiency": (
        0.0,
        1.0,
        na64.EFFICIENCY,
        "selected share of the events with enough missing energy; 0.55 is recalled, not sourced",
    ),
    "k_factor": (0.01, 100.0, 1.0, "correction of the Weizsaecker-Williams yield"),
    "length": (0.1, 100.0, na64.HCAL_END, "end of the hadron calorimeter from the front of the target [m]"),
}
EXPOSURE = Option("exposure", tuple(na64.EXPOSURES), "2.84e11", "electrons on target")
YIELD = Option(
    "yield",
    ("computed", "published"),
    "computed",
    "computed from first principles, or fixed by the published limit of 2019 (2.3 events at eps_2019 and 2.84e11 electrons)",
)
CURVE = tuple(NA64_2019.flat().tolist())
CONSTANTS = (*na64.EXPOSURES.values(), *CURVE)
CURVE_AT = len(na64.EXPOSURES)
EFFICIENCY_AT = len(CONSTANTS)
K_FACTOR_AT, LENGTH_AT, EXPOSURE_AT, YIELD_AT = (EFFICIENCY_AT + i for i in range(1, 5))
NO_INFORMATION = "the NA64 curve of 2019 reaches from 1 MeV to 1.0056 GeV: no information at this m_Ap; use yield=computed"
DATA = "NA64 missing energy"
CASCADE = 1000
REFUSALS = {
    CASCADE: "psi_3 decays to three dark states here, of which some decay again: their energies are correlated over the Dalitz "
    "plot, which the average over two-body decays of NA64 does not contain; choose a smaller Delta",
}
MEDIATOR = ("c_tau_Ap", *(f"br_Ap_{partner}" for partner in PARTNERS))  # what `escaped` reads
STOPPED = 300.0  # [1] decay lengths that no A' survives
QUADRATURE_ERROR = 1e-4  # [1] of the rule in x
COSINES = NODES_12.size
POINTS = SPECTRUM_NODES * COSINES
KEY = 11  # numbers that the kept paths of a scan belong to
INVISIBLE = np.array([0, 0, 0, 1, 1, 2])  # psi_i and psi_j of the six pairs
PARTNER = np.array([0, 1, 2, 1, 2, 2])


def likelihood(options: dict[str, Any]) -> Statistic:
    """No event was seen."""
    return ZeroEvents()


@njit
def produced(slots: Vector, options: Vector, blob: Vector, block: int, weights: Vector) -> tuple[int, float]:
    """Selected dark photons [1] per node of the spectrum into ``weights``, and the relative error; first a status.

    Status 0, 1 where the table does not reach, SILENT without a published normalisation.
    """
    x, work = np.empty(1), np.empty(WORK)
    x[0] = slots[M_AP]
    if values_at(blob, block, x, work, weights) != 0:
        return 1, 0.0
    total, error = 0.0, 0.0
    for k in range(SPECTRUM_NODES):
        total += weights[k]
        error = max(error, error_of(blob, block, work, k))
    scale = slots[EPS] ** 2 * options[int(options[EXPOSURE_AT])]
    if options[YIELD_AT] == 1.0:
        published = curve_value(options, CURVE_AT, slots[M_AP])
        if math.isnan(published):
            return SILENT, 0.0
        scale *= na64.LIMIT_90 / (published * published * na64.PUBLISHED_EXPOSURE * total)
    else:
        scale *= options[EFFICIENCY_AT] * options[K_FACTOR_AT]
        error += QUADRATURE_ERROR
    for k in range(SPECTRUM_NODES):
        weights[k] *= scale
    return 0, error


@njit
def escaped(slots: Vector, options: Vector, weights: Vector) -> float:
    """Selected dark photons [1] that decay visibly, but beyond the hadron calorimeter; all of them where no decay is open."""
    visible = 0.0
    for partner in range(len(PARTNERS)):
        visible += slots[BR_AP_ELECTRONS + partner]
    if slots[C_TAU_AP] == math.inf:
        visible = 1.0
        for pair in range(6):
            visible -= slots[BR_AP_11 + pair]
    mass, length, found = slots[M_AP], options[LENGTH_AT], 0.0
    if visible == 0.0 or length * mass > STOPPED * na64.BEAM_ENERGY * slots[C_TAU_AP]:
        return 0.0
    for k in range(SPECTRUM_NODES):
        energy = spectrum_point(mass, na64.BEAM_ENERGY, na64.LOWEST_FRACTION, k)[0] * na64.BEAM_ENERGY
        found += weights[k] * math.exp(-length * mass / (math.sqrt(energy * energy - mass * mass) * slots[C_TAU_AP]))
    return visible * found


@njit
def dark_chain(slots: Vector) -> bool:
    """Whether an A' makes a psi_3 that decays to three dark states."""
    return heaviest_made(slots) == 2 and slots[BR_3_211] + slots[BR_3_221] > 0.0


@njit
def energies(m_Ap: float, m_i: float, m_j: float) -> tuple[float, float]:
    """(E_i, p) [GeV] of A' -> psi_i psi_j in the rest frame of A'."""
    own = 0.5 * (m_Ap * m_Ap + m_i * m_i - m_j * m_j) / m_Ap
    return own, math.sqrt(max(own * own - m_i * m_i, 0.0))


@njit
def decay_rate(slots: Vector) -> float:
    """1/c_tau_2 + 1/c_tau_3 [1/m], without psi_3 where no A' makes it: a constant c_tau_3 would change the ratio in a scan."""
    return 1.0 / slots[C_TAU_2] + (1.0 / slots[C_TAU_3] if heaviest_made(slots) == 2 else 0.0)


@njit
def path_scale(slots: Vector, state: int, length: float) -> float:
    """s p [m GeV] of psi_state (0 is psi_1): exp(-s decay_rate) of those of momentum p fly the length [m]."""
    rate = decay_rate(slots)
    if state == 0 or rate == 0.0:
        return 0.0
    return length * slots[M_1 + state] / ((slots[C_TAU_2] if state == 1 else slots[C_TAU_3]) * rate)


@njit
def fill_key(slots: Vector, key: Vector) -> None:
    """What the paths of a scan depend on: m_A', masses, shares of both in the decay rate, ratios of branching ratios."""
    key[0] = slots[M_AP]
    dark = unstable_share(slots)
    for i in range(3):
        mass = slots[M_1 + i]
        key[1 + i] = mass if mass == mass else 0.0
    for pair in range(1, 6):
        key[3 + pair] = slots[BR_AP_11 + pair] / dark if dark > 0.0 else 0.0
    rate = decay_rate(slots)
    key[9] = 1.0 / (slots[C_TAU_2] * rate) if rate > 0.0 else 0.0
    key[10] = 1.0 / (slots[C_TAU_3] * rate) if rate > 0.0 and heaviest_made(slots) == 2 else 0.0


@njit
def fill_paths(slots: Vector, length: float, pair: int, paths: Vector) -> None:
    """s [m] for all points of A' -> psi_i psi_j, with S = exp(-s rate): float64[POINTS], cosine by cosine at each node."""
    first, second, m_Ap = INVISIBLE[pair], PARTNER[pair], slots[M_AP]
    m_i, m_j = slots[M_1 + first], slots[M_1 + second]
    own, momentum = energies(m_Ap, m_i, m_j)
    scale_i, scale_j = path_scale(slots, first, length), path_scale(slots, second, length)
    for k in range(SPECTRUM_NODES):
        fraction, _ = spectrum_point(m_Ap, na64.BEAM_ENERGY, na64.LOWEST_FRACTION, k)
        energy = fraction * na64.BEAM_ENERGY
        gamma = energy / m_Ap
        for c in range(COSINES):
            e_i = gamma * own + math.sqrt(gamma * gamma - 1.0) * momentum * (2.0 * NODES_12[c] - 1.0)
            e_j = energy - e_i
            p_i = math.sqrt(max(e_i * e_i - m_i * m_i, 1e-300))
            p_j = math.sqrt(max(e_j * e_j - m_j * m_j, 1e-300))
            paths[k * COSINES + c] = scale_i / p_i + scale_j / p_j


@njit
def survivors(paths: Vector, rate: float, weights: Vector, work: Vector) -> tuple[float, float]:
    """sum_k w_k <S> of a pair, and its derivative by ln(rate) [1]; ``work`` float64[POINTS] is overwritten."""
    for n in range(POINTS):
        work[n] = -paths[n] * rate
    exponentiate(work, 0, POINTS)
    events, slope = 0.0, 0.0
    for c in range(COSINES):
        survive, lost = 0.0, 0.0
        for k in range(SPECTRUM_NODES):
            value = weights[k] * work[k * COSINES + c]
            survive += value
            lost += value * paths[k * COSINES + c]
        events += WEIGHTS_12[c] * survive
        slope += WEIGHTS_12[c] * lost
    return events, slope * rate


@njit
def missed(slots: Vector, options: Vector, weights: Vector) -> tuple[float, float]:
    """Events [1] in which every unstable state passes the hadron calorimeter, and the error from the decay lengths.

    A scan keeps the paths behind the slots.
    """
    keep = slots.size >= len(SLOTS) + KEY + 5 * POINTS
    key = np.empty(KEY)
    fill_key(slots, key)
    paths = slots[len(SLOTS) + KEY :] if keep else np.empty(5 * POINTS)
    known = keep and same(key, slots[len(SLOTS) : len(SLOTS) + KEY], KEY)
    rate, work = decay_rate(slots), np.empty(POINTS)
    events, slope = slots[BR_AP_11] * weights.sum(), 0.0
    for pair in range(1, 6):
        branching = slots[BR_AP_11 + pair]
        if branching == 0.0:
            continue
        own = paths[(pair - 1) * POINTS : pair * POINTS]
        if not known:
            fill_paths(slots, options[LENGTH_AT], pair, own)
        more = survivors(own, rate, weights, work)
        events += branching * more[0]
        slope += branching * more[1]
    if keep and not known:
        for i in range(KEY):
            slots[len(SLOTS) + i] = key[i]
    return events, slope * max(slots[ERROR_2], slots[ERROR_3] if heaviest_made(slots) == 2 else 0.0)
