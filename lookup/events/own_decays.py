"""N that are made in an experiment of the user and decay visibly inside its detector, from member tables of its flux."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events.decay_in_sphere import SCRATCH, average_probability, lifetime_weights
from gloam.lookup.events.own_production import FIRST, KINDS, NUCLEI, ROOM, SPECIES_COUNT, produced_on
from gloam.lookup.events.production import part_count
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, locate
from gloam.lookup.vocabulary import (
    BR_ELECTRONS,
    BR_ERROR,
    BR_MEDIATOR,
    BR_PHOTON,
    C_TAU,
    C_TAU_MEDIATOR,
    M_MEDIATOR,
    M_N,
    WIDTH_ERROR,
)
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.physics.neutral_leptons.momentum import MOMENTUM_SCALE
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

TABLES = ("decay-vector", "decay-interference", "decay-z", "decay-dipole")  # in the order of the kinds
# behind the constants of own_production: how far its kinds' tables of decays are behind those of rates, then the diameter [m]
# and the efficiency [1]
DISTANCE, DIAMETER, EFFICIENCY = range(3)


@njit
def flight(slots: Vector, diameter: float) -> float:
    """About the largest share [1] of decays that the flight of an on-shell mediator takes out of the detector."""
    if slots[BR_MEDIATOR] == 0.0:
        return 0.0
    m = slots[M_N]
    return min(2.0 * slots[C_TAU_MEDIATOR] * (m + MOMENTUM_SCALE) / (diameter * slots[M_MEDIATOR]), 1.0)


@entry
def decaying_inside(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = N that decay inside with an e+e- pair or a photon [events], error[0] its bound.

    The last three options are DISTANCE, DIAMETER and EFFICIENCY. The flight of an on-shell mediator is in the error alone.
    Returns 0, or 16 * table + 1 + input where a table does not reach.
    """
    work, values, bounds, logits, x = scratch(WORK), scratch(ROOM), scratch(ROOM), scratch(SCRATCH), scratch(2)
    vertices, numbers, tables = pointer(slots), pointer(options), pointer(blob)
    last = options.size - 3
    out[0] = 0.0
    error[0] = 0.0
    visible, diameter = slots[BR_ELECTRONS] + slots[BR_PHOTON], options[last + DIAMETER]
    if visible == 0.0 or slots[C_TAU] == math.inf:
        return 0
    lifetime = lifetime_weights(slots[M_N], diameter, slots[C_TAU], logits)
    x[0], x[1] = slots[M_N], slots[M_MEDIATOR]
    inside, spread, uncertain = 0.0, 0.0, 0.0
    for kind in range(KINDS):
        first, parts = int(numbers[FIRST + kind]), part_count(kind)
        for nucleus in range(int(numbers[NUCLEI]) if first >= 0 else 0):
            table = first + nucleus
            status = produced_on(kind, nucleus, vertices, numbers, tables, offsets[table], work, values, bounds)
            if status != 0:
                return 16 * table + status
            table += int(options[last + DISTANCE])
            located = False
            for c in range(int(numbers[SPECIES_COUNT]) * parts):
                if values[c] == 0.0:
                    continue
                if not located:
                    status = locate(tables, offsets[table], x, work)
                    if status != 0:
                        return 16 * table + status
                    located = True
                probability, slope, off = average_probability(tables, offsets[table], work, c, lifetime, logits)
                inside += values[c] * probability
                uncertain += bounds[c] * probability + abs(values[c]) * off
                spread += values[c] * slope
    efficiency = options[last + EFFICIENCY]
    scale = visible * efficiency
    out[0] = inside * scale
    error[0] = (uncertain + abs(spread) * slots[WIDTH_ERROR]) * scale + abs(inside) * efficiency * slots[BR_ERROR]
    error[0] += flight(vertices, diameter) * abs(out[0])
    return 0
