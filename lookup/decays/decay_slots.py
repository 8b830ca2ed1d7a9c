"""From the widths of N by final state to the slots: total width, decay length and branching ratios."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.vocabulary import BR_ELECTRONS, BR_ERROR, BR_MEDIATOR, BR_MUONS, BR_PHOTON, C_TAU, WIDTH, WIDTH_ERROR
from gloam.tables.constants import HBAR_C
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

# final states of N, the error bound of their sum and of the visible ones, and the visible ones of a mediator on shell
ELECTRONS, MUONS, PHOTON, OTHER, ERROR, VISIBLE_ERROR, ON_SHELL = range(7)
STATES = 7


@njit
def decay_length(width: float) -> float:
    """c tau [m] of a particle of that width [GeV]; inf if it is stable."""
    return HBAR_C / width if width > 0.0 else math.inf


@njit
def fill_decay_slots(widths: Vector, multiplicity: float, slots: Vector) -> None:
    """Fill width, c_tau and branching ratios from ``widths`` [GeV], shape (STATES,), of a Dirac N.

    The visible fraction b = W/(W + I) has the error [(1 - b) dW + b dI]/(W + I), dW and dI those of visible and other widths.

    multiplicity is 1 for a Dirac N and 2 for a Majorana N (massless neutrinos: every width doubles).
    """
    total = widths[ELECTRONS] + widths[MUONS] + widths[PHOTON] + widths[OTHER]
    slots[WIDTH] = multiplicity * total
    slots[C_TAU] = decay_length(slots[WIDTH])
    share = 1.0 / total if total > 0.0 else 0.0
    slots[BR_ELECTRONS] = widths[ELECTRONS] * share
    slots[BR_MUONS] = widths[MUONS] * share
    slots[BR_PHOTON] = widths[PHOTON] * share
    slots[WIDTH_ERROR] = widths[ERROR] * share
    visible = slots[BR_ELECTRONS] + slots[BR_MUONS] + slots[BR_PHOTON]
    invisible_error = max(widths[ERROR] - widths[VISIBLE_ERROR], 0.0)
    slots[BR_ERROR] = ((1.0 - visible) * widths[VISIBLE_ERROR] + visible * invisible_error) * share
    slots[BR_MEDIATOR] = min(widths[ON_SHELL] * share, slots[BR_ELECTRONS] + slots[BR_MUONS])


@njit
def close_decays(total: float, error: float, length: int, bound: int, first: int, last: int, slots: Vector) -> None:
    """Decay length from the total width [GeV], and widths in slots[first:last] to fractions."""
    slots[length] = decay_length(total)
    if total > 0.0:
        slots[bound] = error / total
        for slot in range(first, last):
            slots[slot] /= total
