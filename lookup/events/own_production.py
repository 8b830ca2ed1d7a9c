"""Numbers of N produced in an experiment of the user, from the member tables of its flux.

Member tables have one block per nucleus and components only for the species that the flux has (`tables/members.py`);
what a search of such an experiment takes in its constants is laid out here, so that compiled code serves every experiment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gloam.lookup.events.production import COUPLINGS, TABLES, exchange_numbers, part_count
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, contract, error_address, locate
from gloam.lookup.vocabulary import FLAVOURS, M_MEDIATOR, M_N
from gloam.tables import layout
from gloam.tables.coordinates import multiply_prefactor
from gloam.tables.experiments.own import FLAVOURS as FLAVOUR_OF
from gloam.tables.experiments.own import SPECIES
from gloam.tables.numerics.elementary import exponentiate
from gloam.tables.numerics.memory import pointer, scratch
from numba import njit

if TYPE_CHECKING:
    from gloam.tables.experiments.own import OwnExperiment

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

KINDS = len(TABLES)
PARTS = 5  # at most
ROOM = len(SPECIES) * PARTS
# constants of a search: how many species and nuclei, place of the first table of every kind (-1: not built), flavour and sign
# of every species, then twelve numbers per nucleus
SPECIES_COUNT, NUCLEI, FIRST, SIGNS = 0, 1, 2, 2 + KINDS
TARGETS = SIGNS + 2 * len(SPECIES)
TARGET_NUMBERS = 3 * KINDS


def member_tables(experiment: OwnExperiment, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What a search reads of the recipes ``names``: their members, nucleus by nucleus."""
    return tuple((f"{name}@{experiment.source}", nucleus) for name in names for nucleus in experiment.nuclei)


def own_numbers(experiment: OwnExperiment, built: tuple[str, ...]) -> tuple[float, ...]:
    """The constants of a search whose tables are ``member_tables(experiment, built)``, of the recipes TABLES."""
    count = len(experiment.nuclei)
    first = [float(built.index(name) * count) if name in built else -1.0 for name in TABLES]
    signs = np.zeros(2 * len(SPECIES))
    for s, species in enumerate(experiment.projectiles):
        signs[2 * s : 2 * s + 2] = FLAVOURS.index(FLAVOUR_OF[species]), -1.0 if species.endswith("bar") else 1.0
    found = [float(len(experiment.projectiles)), float(count), *first, *signs.tolist()]
    free = experiment.target_count("p") if any(item.name == "p" for item in experiment.targets) else 0.0
    for nucleus in experiment.nuclei:
        target, number = next(t for t in experiment.targets if t.name == nucleus), experiment.target_count(nucleus)
        counts = number, number * target.protons + free, number * target.neutrons
        found += exchange_numbers(experiment.exposure, target, counts)
        free = 0.0  # hydrogen counts once
    return tuple(found)


@njit
def produced_on(
    kind: int, nucleus: int, slots: Vector, numbers: Vector, blob: Vector, block: int, work: Vector, out: Vector, error: Vector
) -> int:
    """Numbers of N for one kind of exchange and one nucleus with its nucleons, species by species and part by part.

    ``out`` and ``error`` have room for all species times PARTS; what interferes with the other sign counts negative. Returns 0,
    or 1 + i when input i of the table is outside.
    """
    species, parts = int(numbers[SPECIES_COUNT]), part_count(kind)
    size, open_ = species * parts, False
    for i in range(size):
        out[i] = 0.0
        error[i] = 0.0
    for s in range(species):
        open_ = open_ or slots[COUPLINGS[kind] + int(numbers[SIGNS + 2 * s])] != 0.0
    if not open_:
        return 0
    x = scratch(2)
    x[0], x[1] = slots[M_N], slots[M_MEDIATOR]
    status = locate(blob, block, x, work)
    if status != 0:
        return status
    contract(blob, block, work, 0, out, 0, size)
    exponentiate(out, 0, size)
    multiply_prefactor(int(blob[block + layout.PREFACTOR]), blob, block, x, size, out)
    bounds, targets = error_address(blob, block, work), TARGETS + TARGET_NUMBERS * nucleus + 3 * kind
    for c in range(size):
        s, part = c // parts, c % parts
        target = part if parts == 3 else (part + 1) // 2
        number = slots[COUPLINGS[kind] + int(numbers[SIGNS + 2 * s])] * numbers[targets + target] * out[c]
        error[c] = abs(number) * blob[bounds + c]
        odd = parts == PARTS and part > 0 and part % 2 == 0
        out[c] = number * numbers[SIGNS + 2 * s + 1] if odd else number
    return 0


@entry
def all_produced(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = number of N produced, error[0] its bound.

    Returns 0, or 16 * table + 1 + input where a table does not reach.
    """
    work, values, bounds = scratch(WORK), scratch(ROOM), scratch(ROOM)
    vertices, numbers, tables = pointer(slots), pointer(options), pointer(blob)
    total, uncertain = 0.0, 0.0
    for kind in range(KINDS):
        first = int(numbers[FIRST + kind])
        for nucleus in range(int(numbers[NUCLEI]) if first >= 0 else 0):
            table = first + nucleus
            status = produced_on(kind, nucleus, vertices, numbers, tables, offsets[table], work, values, bounds)
            if status != 0:
                return 16 * table + status
            for c in range(int(numbers[SPECIES_COUNT]) * part_count(kind)):
                total += values[c]
                uncertain += bounds[c]
    out[0] = total
    error[0] = uncertain
    return 0
