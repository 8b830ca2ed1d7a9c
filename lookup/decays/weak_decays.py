"""Weak decays of N for any flavour pattern, added to its widths by final state."""

from __future__ import annotations

import numpy as np
from gloam.lookup.decays.decay_slots import ELECTRONS, MUONS, OTHER
from gloam.tables.physics.neutral_leptons import weak_widths as weak
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@njit
def add_weak_decays(m_N: float, mixings: Vector, sin2_theta_w: float, widths: Vector) -> None:
    """Add sum_a U2_a Ghat_a(m_N) [GeV] of a Dirac N to ``widths``; mixings = (U2_e, U2_mu, U2_tau) [1], m_N [GeV]."""
    channels = np.empty(weak.CHANNELS)
    for flavour in range(3):
        if mixings[flavour] == 0.0:
            continue
        weak.weak_widths(m_N, flavour, sin2_theta_w, channels)
        for channel in range(weak.CHANNELS):
            state = OTHER
            if channel == weak.ELECTRONS:
                state = ELECTRONS
            elif channel == weak.MUONS:
                state = MUONS
            widths[state] += mixings[flavour] * channels[channel]
