"""Dark photons in NA64 by missing energy: how many are made, and how many of their decay products fly out unseen.

    N = eps^2 EOT efficiency K sum_k w_k <S>(x_k),   S = prod_legs exp(-L m_i/(p_i c_tau_i)),

w_k, x_k the Gauss rule of the spectrum of A' (table na64-yield), <S> the average over the isotropic decay of A', L the end
of the hadron calorimeter. Legs are boosted along the beam; their opening angle is negligible at 50 GeV.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import (
    BR_3_211,
    BR_3_221,
    BR_AP_11,
    C_TAU_2,
    C_TAU_3,
    EPS,
    ERROR_2,
    ERROR_3,
    M_1,
    M_AP,
    SILENT,
    Option,
)
from gloam.tables.curve import curve_value
from gloam.tables.experiments import na64
from gloam.tables.experiments.invisible_limits import NA64_2019
from gloam.tables.physics.bremsstrahlung import SPECTRUM_NODES, spectrum_point
from gloam.tables.physics.quadrature import NODES_12, WEIGHTS_12
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

TABLES = (("na64-yield", ""),)
OPTIONS = {
    "efficiency": (0.0, 1.0, na64.EFFICIENCY, "share of the events with enough missing energy that are selected"),
    "k_factor": (0.01, 100.0, 1.0, "correction of the Weizsaecker-Williams yield"),
    "length": (0.1, 100.0, na64.HCAL_END, "end of the hadron calorimeter from the front of the target [m]"),
}
EXPOSURE = Option("exposure", tuple(na64.EXPOSURES), "2.84e11", "electrons on target")
YIELD = Option(
    "yield", ("computed", "published"), "computed",
    "computed from first principles, or fixed by the published limit of 2019 (2.3 events at eps_2019 and 2.84e11 electrons)",
)
CURVE = tuple(NA64_2019.flat().tolist())
CONSTANTS = (*na64.EXPOSURES.values(), *CURVE)
CURVE_AT = len(na64.EXPOSURES)
EFFICIENCY_AT = len(CONSTANTS)
K_FACTOR_AT, LENGTH_AT, EXPOSURE_AT, YIELD_AT = (EFFICIENCY_AT + i for i in range(1, 5))
NO_INFORMATION = "the NA64 curve of 2019 reaches from 1 MeV to 1.0056 GeV: no information at this m_Ap; use yield=computed"
CASCADE = 1000
REFUSALS = {
    CASCADE: "psi_3 decays to three dark states here, of which some decay again: NA64 is not computed for such a chain; choose a "
             "smaller Delta",
}
QUADRATURE_ERROR = 1e-4  # [1] of the rule in x
DEAF = 300.0  # [1] decay lengths after which nothing is left
INVISIBLE = np.array([0, 0, 0, 1, 1, 2])  # psi_i and psi_j of the six pairs
PARTNER = np.array([0, 1, 2, 1, 2, 2])


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
def dark_chain(slots: Vector) -> bool:
    """Whether an A' makes a psi_3 that decays to three dark states."""
    made = slots[BR_AP_11 + 2] + slots[BR_AP_11 + 4] + slots[BR_AP_11 + 5]
    return made > 0.0 and slots[BR_3_211] + slots[BR_3_221] > 0.0


@njit
def unseen(slots: Vector, length: float, pair: int, fraction: float) -> tuple[float, float, float]:
    """<S> of A' -> psi_i psi_j at E_A' = fraction x beam, and its derivatives by ln c_tau_2 and ln c_tau_3 [1]."""
    m_Ap = slots[M_AP]
    first, second = INVISIBLE[pair], PARTNER[pair]
    m_i, m_j = slots[M_1 + first], slots[M_1 + second]
    energy = fraction * na64.BEAM_ENERGY
    gamma = energy / m_Ap
    beta = math.sqrt(1.0 - 1.0 / (gamma * gamma))
    own = 0.5 * (m_Ap * m_Ap + m_i * m_i - m_j * m_j) / m_Ap
    momentum = math.sqrt(max(own * own - m_i * m_i, 0.0))
    total, slope_2, slope_3 = 0.0, 0.0, 0.0
    for k in range(NODES_12.size):
        e_i = gamma * (own + beta * momentum * (2.0 * NODES_12[k] - 1.0))
        depth_i = decay_depth(slots, first, m_i, e_i, length)
        depth_j = decay_depth(slots, second, m_j, energy - e_i, length)
        if depth_i + depth_j > DEAF:
            continue
        survive = WEIGHTS_12[k] * math.exp(-depth_i - depth_j)
        total += survive
        slope_2 += survive * ((depth_i if first == 1 else 0.0) + (depth_j if second == 1 else 0.0))
        slope_3 += survive * ((depth_i if first == 2 else 0.0) + (depth_j if second == 2 else 0.0))
    return total, slope_2, slope_3


@njit
def decay_depth(slots: Vector, state: int, mass: float, energy: float, length: float) -> float:
    """Decay lengths [1] of psi_state (0 is psi_1) over the length [m]; 0 for a stable state."""
    if state == 0:
        return 0.0
    c_tau = slots[C_TAU_2] if state == 1 else slots[C_TAU_3]
    return length * mass / (math.sqrt(max(energy * energy - mass * mass, 1e-300)) * c_tau)


@njit
def missed(slots: Vector, options: Vector, weights: Vector) -> tuple[float, float]:
    """Events [1] in which every unstable state passes the hadron calorimeter, and the error from the decay lengths."""
    events, error = slots[BR_AP_11] * weights.sum(), 0.0
    for k in range(SPECTRUM_NODES):
        fraction, _ = spectrum_point(slots[M_AP], na64.BEAM_ENERGY, na64.LOWEST_FRACTION, k)
        for pair in range(1, 6):
            branching = slots[BR_AP_11 + pair]
            if branching == 0.0:
                continue
            survive, slope_2, slope_3 = unseen(slots, options[LENGTH_AT], pair, fraction)
            events += branching * weights[k] * survive
            error += branching * weights[k] * (slope_2 * slots[ERROR_2] + slope_3 * slots[ERROR_3])
    return events, error
