"""Recoils of xenon with solar neutrinos of 8B and hep above a threshold.

    N = t N_T sum_s F_s sum_k w_k {s(E_k) sum_a A_a [Q_a(E_k)/2]^2 + s'(E_k) sum_a B_a [Q_a(E_k)/2]^2}

with A_a, B_a of `physics/neutrinos/solar.py`, outside of the table like all couplings. What new interactions do to oscillations
is not included: nothing for L_mu - L_tau and B - L.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.events.neutrino_recoils import (
    contact_charge,
    running,
    suppression,
    weak_charge,
)
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.statistics import ScaledCounts, Statistic
from gloam.lookup.vocabulary import Option
from gloam.tables.experiments.solar import DELTA_CP, FLUXES, OSCILLATIONS, YEAR
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.numerics.quadrature import NODES_32, WEIGHTS_32
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, atoms_per_kg
from gloam.tables.physics.neutrinos.solar import fill_probabilities
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

XENON = NUCLEI["Xe"]
PROTONS, NEUTRONS, MASS = float(XENON.protons), float(XENON.neutrons), XENON.mass
HEP_OVER_8B = FLUXES["hep"][0] / FLUXES["8B"][0]
PER_TONNE = 1e3 * atoms_per_kg(XENON.atomic) * YEAR  # atoms of a tonne times seconds of a year
OSCILLATION = Option("oscillation", tuple(OSCILLATIONS), "2022-normal", "dated set of mixing parameters, and ordering of masses")
ANGLES = np.array(list(OSCILLATIONS.values()))  # squared sines, shape (sets, 3)
FLUX = {"flux_8b": (0.0, 1e8, FLUXES["8B"][0], "[1/(cm^2 s)] of neutrinos of 8B; hep follows in proportion")}
PHASE = {"delta_cp": (0.0, 360.0, DELTA_CP, "[degrees] phase of neutrino mixing, in P_mu - P_tau")}
ANGLE_AT, FLUX_AT, PHASE_AT, SYSTEMATIC_AT = range(4)  # behind the constants


@njit
def fill_oscillation(numbers: Vector, at: int, place: int, out: Vector) -> None:
    """A_a, then B_a, of e, mu, tau for the options from ``at`` on and the index of the set at ``place``."""
    row = int(numbers[place])
    cosine = math.cos(math.radians(numbers[at + PHASE_AT]))
    fill_probabilities(ANGLES[row, 0], ANGLES[row, 1], ANGLES[row, 2], cosine, out)


@njit
def squares(slots: Vector, recoil: float, weak: float, folded: bool, shares: Vector) -> tuple[float, float]:
    """sum_a A_a [Q_a/2]^2 and sum_a B_a [Q_a/2]^2 at a recoil [GeV] of xenon."""
    transfer2 = 2.0 * MASS * recoil
    share, plain, mixing = suppression(slots, transfer2), 0.0, 0.0
    for a in range(3):
        new = contact_charge(slots, a, PROTONS, NEUTRONS)
        if folded:
            new -= PROTONS * running(slots, a, transfer2)
        charge2 = (0.5 * weak - new * share) ** 2
        plain += shares[a] * charge2
        mixing += shares[3 + a] * charge2
    return plain, mixing


THRESHOLD, EXPOSURE = 4, 5  # behind them
ENDS_AT = 0  # of the constants: largest recoils [GeV] of both sources


@entry
def above(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = recoils above a threshold [events], error[0] its bound: 32 points in the momentum transfer for 8B and hep each."""
    x, found, work, shares = scratch(1), scratch(2), scratch(WORK), scratch(6)
    numbers, tables, at = pointer(options), pointer(blob), 2
    choice = at + EXPOSURE + 1
    fill_oscillation(numbers, at, choice, shares)
    weak, folded = weak_charge(PROTONS, NEUTRONS, numbers[at + ANGLE_AT]), numbers[choice + 1] == 1.0
    total = spread = 0.0
    for source in range(2):
        end = numbers[ENDS_AT + source]
        low = math.sqrt(1e-6 * numbers[at + THRESHOLD] / end)
        block = offsets[2 * source + (0 if numbers[choice] == 0.0 else 1)]
        ratio = 1.0 if source == 0 else HEP_OVER_8B
        for k in range(NODES_32.size if low < 1.0 else 0):
            x[0] = low + (1.0 - low) * NODES_32[k]
            status = values_at(tables, block, x, work, found)
            if status != 0:
                return 16 * source + status
            plain, mixing = squares(slots, end * x[0] * x[0], weak, folded, shares)
            weight = ratio * (1.0 - low) * WEIGHTS_32[k] * 2.0 * end * x[0]
            total += weight * (plain * found[0] + mixing * found[1])
            spread += weight * plain * error_of(tables, block, work, 0)
    scale = numbers[at + FLUX_AT] * PER_TONNE * numbers[at + EXPOSURE]
    out[0], error[0] = scale * total, scale * spread
    return 0


def counting(options: dict[str, Any], standard: tuple[float, ...]) -> Statistic:
    """A count of the Standard Model ``standard`` [events], with a relative error of the signal."""
    return ScaledCounts(standard, options["systematic"])
