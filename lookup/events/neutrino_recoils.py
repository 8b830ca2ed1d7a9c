"""Charges of nuclei for neutrinos with new vectors, at any momentum transfer: what all searches of neutrino scattering share.

    Q_a(E_R) = Q_w - 2 [N_a - Z delta_a(q^2)]/(1 - q^2/m_X^2),   q^2 = -2 M E_R,   N_a = Z (2 eps^u_a + eps^d_a) + N (eps^u_a + 2
    eps^d_a),

with eps^f_a = g_nu_a g_f/(sqrt2 G_F m_X^2). delta, 0 unless loops are folded, is what the mixing by charged-lepton loops at q^2
differs by from that at 0: g_nu_a e [eps(q^2) - eps(0)]/(sqrt2 G_F m_X^2). Antineutrinos have the same Q^2.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.vocabulary import LOOP, LOOP_NU, M_X, NSI, SCATTERING_SLOTS, Option
from gloam.tables.physics.gauge_bosons.loop_mixing import MASSES, vacuum_function
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

READS = ("m_X", *SCATTERING_SLOTS)
ONE_PARAMETER_90 = 2.7055434540954155  # fall of 2 ln L at 90 % for one parameter
STANDARD = {"m_X": math.inf}  # slots without new physics; all others are 0
LOOPS = Option(
    "loops", ("constant", "folded"), "constant", "mixing by charged-lepton loops: at q^2 = 0, or at the q^2 of every recoil"
)
ANGLE = {"sin2_theta_w": (0.2, 0.25, 0.23863, "sin^2 theta_W at low energy")}


@njit
def weak_charge(protons: float, neutrons: float, sin2: float) -> float:
    """Q_w [1]."""
    return neutrons - (1.0 - 4.0 * sin2) * protons


@njit
def contact_charge(slots: Vector, flavour: int, protons: float, neutrons: float) -> float:
    """N_a [1] of a flavour."""
    up, down = slots[NSI + flavour], slots[NSI + 3 + flavour]
    return protons * (2.0 * up + down) + neutrons * (up + 2.0 * down)


@njit
def suppression(slots: Vector, transfer2: float) -> float:
    """m_X^2/(m_X^2 + |q^2|) [1] at |q^2| = ``transfer2`` [GeV^2]; 1 without a mediator."""
    return 1.0 / (1.0 + transfer2 / (slots[M_X] * slots[M_X]))


@njit
def running(slots: Vector, flavour: int, transfer2: float) -> float:
    """delta_a [1] at |q^2| = ``transfer2`` [GeV^2]."""
    total = 0.0
    if slots[LOOP_NU + flavour] != 0.0:
        for i in range(3):
            if slots[LOOP + i] != 0.0:
                total += slots[LOOP + i] * (vacuum_function(MASSES[i], -transfer2) - vacuum_function(MASSES[i], 0.0)).real
    return slots[LOOP_NU + flavour] * total
