"""Decays of a heavy neutral lepton by its mixings, into the slots: exclusive widths, total, decay length, and what follows."""

from __future__ import annotations

import numpy as np
from gloam.lookup.decays.decay_slots import ELECTRONS, MUONS, OTHER, STATES, fill_decay_slots
from gloam.lookup.vocabulary import CHARGE_STATES, FLAVOURS, M_N, U2_E, WIDTH, WIDTH_CHANNEL
from gloam.lookup.vocabulary.record import fraction
from gloam.tables.constants import SIN2_THETA_W_MSBAR
from gloam.tables.numerics.memory import scratch
from gloam.tables.physics.neutral_leptons import exclusive_widths as exclusive
from gloam.tables.physics.neutral_leptons import production
from numba import carray, njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

CHANNEL_COUNT = exclusive.COUNT
DERIVED = (
    *(fraction(f"br_{channel}", f"fraction N -> {channel}") for channel in exclusive.CHANNELS),
    *(fraction(f"br_{process}", f"fraction of the parent, {process}") for process in production.PROCESSES),
)


@njit
def fill_widths(slots: Vector, extra: Vector) -> None:
    """Fill the widths of all channels, the total and c_tau from m_N, U2_a and the charge states in ``slots``.

    extra (STATES,) [GeV] are further widths of one charge state by final state, those of new forces.
    """
    widths, ghat = carray(scratch(STATES), STATES), scratch(CHANNEL_COUNT)
    for state in range(STATES):
        widths[state] = extra[state]
    unlike = exclusive.unlike_widths(slots[M_N]) if slots[U2_E] + slots[U2_E + 1] + slots[U2_E + 2] > 0.0 else (0.0, 0.0, 0.0)
    for flavour in range(3):
        mixing = slots[U2_E + flavour]
        if mixing == 0.0:
            continue
        exclusive.fill_exclusive(slots[M_N], flavour, SIN2_THETA_W_MSBAR, unlike, ghat)
        for channel in range(exclusive.COUNT):
            partial = mixing * ghat[channel]
            slots[WIDTH_CHANNEL + channel] += slots[CHARGE_STATES] * partial
            if channel == exclusive.NU_EE:
                widths[ELECTRONS] += partial
            elif channel == exclusive.NU_MUMU:
                widths[MUONS] += partial
            else:
                widths[OTHER] += partial
    fill_decay_slots(widths, slots[CHARGE_STATES], slots)


@njit
def fill_derived(slots: Vector, out: Vector) -> None:
    """Branching ratios [1] of N and of its parents, in the order of DERIVED, from filled slots; 0 for an N that cannot decay."""
    share = 1.0 / slots[WIDTH] if slots[WIDTH] > 0.0 else 0.0
    for channel in range(exclusive.COUNT):
        out[channel] = slots[WIDTH_CHANNEL + channel] * share
    for process in range(len(production.PROCESSES)):
        mixing = 0.0
        for flavour in range(3):
            mixing += production.FLAVOURS[process][flavour] * slots[U2_E + flavour]
        out[exclusive.COUNT + process] = mixing * production.production_branching_ratio(process, slots[M_N])


ACTIVE = tuple(f"U2_{flavour}" for flavour in FLAVOURS)
