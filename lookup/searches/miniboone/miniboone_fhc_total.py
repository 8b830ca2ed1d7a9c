"""MiniBooNE, neutrino mode, one bin: N made in the detector that decay visibly inside it, against all nu_e candidates.

    N = efficiency sum_k N_k <P_k> BR(visible),

k over exchanges, flavours and targets; <P_k> is the probability to decay inside a sphere of radius 6.10083 m (818 t of oil of
0.86 g/cm^3: the tank has 6.10 m) for a vertex uniform in it, averaged over the momentum of N (exact recoil, every c_tau from 0
to infinity). Visible: e+e-, mu+mu- and photons. The Z' of N -> nu Z' on shell may fly too: its pairs must appear inside the
sphere, after two successive decays (`quantities/second_flight.py`, with the angle that it neglects and the polarisation of N in
the error). The data are the 11 nu_e bins of the 2020 release: D observed, B expected, sigma^2 = D + 1^T C 1.
It is a rate bound: no reconstruction, no spectrum.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.events.decay_in_sphere import SCRATCH, average_probability, lifetime_weights
from gloam.lookup.events.production import NUMBERS, part_count, produced, target_numbers
from gloam.lookup.events.production import READS as PRODUCTION_READS
from gloam.lookup.events.production import TABLES as RATE_TABLES
from gloam.lookup.events.second_flight import Numbers, two_flights
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, locate
from gloam.lookup.statistics import Gaussian, Statistic
from gloam.lookup.vocabulary import (
    BR_ELECTRONS,
    BR_ERROR,
    BR_MEDIATOR,
    BR_MUONS,
    BR_PHOTON,
    C_TAU,
    C_TAU_MEDIATOR,
    M_MEDIATOR,
    M_N,
    WIDTH_ERROR,
    Search,
)
from gloam.tables.experiments.miniboone import FHC, fhc_total
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.physics.neutral_leptons.momentum import MOMENTUM_SCALE
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

MEDIATOR = ("c_tau_mediator", "br_mediator")
DIAMETER = 2.0 * FHC.radius if FHC.radius is not None else math.nan
CONSTANTS = (*target_numbers(FHC, "C12"), DIAMETER)
DIAMETER_AT = len(CONSTANTS) - 1
EFFICIENCY_AT = len(CONSTANTS)
COUNTS = fhc_total()
ONE_SIDED = 1.2815515655446004  # [1] 90 % quantile of the normal distribution
LIMIT = COUNTS.excess + ONE_SIDED * COUNTS.sigma  # [events]
PROMPT = 1e-4  # [1] share that the flight of the mediator takes from the probability, below which it enters the error alone


@njit
def flight(slots: Vector, diameter: float) -> float:
    """About the largest share [1] of decays that the flight of an on-shell mediator takes out of the sphere; 0 without one."""
    if slots[BR_MEDIATOR] == 0.0:
        return 0.0
    m = slots[M_N]
    return 2.0 * slots[C_TAU_MEDIATOR] * (m + MOMENTUM_SCALE) / (diameter * slots[M_MEDIATOR])


@njit
def with_flight(
    slots: Vector,
    diameter: float,
    share: float,
    blob: Vector,
    block: int,
    work: Vector,
    component: int,
    one: Numbers,
    spare: Vector,
) -> Numbers:
    """Probability, slope and bound [1] for all visible decays, of which ``share`` go through an on-shell mediator."""
    lengths = (slots[M_N], slots[M_MEDIATOR], diameter, slots[C_TAU], slots[C_TAU_MEDIATOR])
    two = two_flights(blob, block, work, component, lengths, one, spare)
    rest = 1.0 - share
    return rest * one[0] + share * two[0], rest * one[1] + share * two[1], rest * one[2] + share * two[2]


def likelihood(options: dict[str, Any]) -> Statistic:
    """One bin, Gaussian: D against B + N with sigma^2 = D + 1^T C 1; a rate bound without spectrum."""
    return Gaussian((COUNTS.data,), (COUNTS.background,), ((COUNTS.sigma**2,),))


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = visible decays in the sphere [events], error[0] its bound.

    Returns 0, or 16 * table + 1 + input where a table does not reach.
    """
    work, values, logits, spare, x = scratch(WORK), scratch(NUMBERS), scratch(SCRATCH), scratch(SCRATCH), scratch(2)
    vertices, numbers, tables = pointer(slots), pointer(options), pointer(blob)
    out[0] = 0.0
    error[0] = 0.0
    visible = slots[BR_ELECTRONS] + slots[BR_MUONS] + slots[BR_PHOTON]
    if visible == 0.0 or slots[C_TAU] == math.inf:
        return 0
    lost = flight(slots, options[DIAMETER_AT])
    lifetime = lifetime_weights(slots[M_N], options[DIAMETER_AT], slots[C_TAU], logits)
    inside, spread = 0.0, 0.0
    for kind in range(4):
        for flavour in range(2):
            status = produced(kind, flavour, vertices, numbers, tables, offsets[kind], work, values)
            if status != 0:
                return 16 * kind + status
            parts = part_count(kind)
            located = False
            for part in range(parts):
                number = values[part] + values[parts + part]
                if number == 0.0:
                    continue
                if not located:
                    x[0], x[1] = slots[M_N], slots[M_MEDIATOR]
                    status = locate(tables, offsets[4 + kind], x, work)
                    if status != 0:
                        return 16 * (4 + kind) + status
                    located = True
                component = parts * flavour + part
                one = average_probability(tables, offsets[4 + kind], work, component, lifetime, logits)
                if lost > PROMPT:
                    share = slots[BR_MEDIATOR] / visible
                    one = with_flight(
                        vertices, options[DIAMETER_AT], share, tables, offsets[4 + kind], work, component, one, spare
                    )
                probability, slope, uncertain = one
                inside += number * probability
                error[0] += (values[10 + part] + values[10 + parts + part]) * probability + abs(number) * uncertain
                spread += number * slope
    scale = visible * options[EFFICIENCY_AT]
    out[0] = inside * scale
    error[0] = error[0] * scale + abs(spread) * scale * slots[WIDTH_ERROR]
    error[0] += abs(inside) * options[EFFICIENCY_AT] * slots[BR_ERROR]
    if lost <= PROMPT:
        error[0] += lost * out[0]
    return 0


SEARCH = Search(
    name="miniboone-fhc-total",
    title="visible decays inside MiniBooNE of N made in it, neutrino mode, one bin",
    tables=(
        *((name, "miniboone-fhc") for name in RATE_TABLES),
        *((name, "") for name in ("decay-vector", "decay-interference", "decay-z", "decay-dipole")),
    ),
    reads=(*PRODUCTION_READS, "c_tau", "width_error", "br_electrons", "br_muons", "br_photon", "br_error", *MEDIATOR),
    options={"efficiency": (0.0, 1.0, 1.0, "share of the visible decays that are reconstructed and selected")},
    constants=CONSTANTS,
    unit="events",
    bins=("total",),
    limit=LIMIT,
    statistic=f"one bin, one-sided Gaussian: excluded if N > (D - B) + 1.2816 sigma = {LIMIT:.1f}; a rate bound"
    f" (D = {COUNTS.data:.0f}, B = {COUNTS.background:.1f}, sigma = {COUNTS.sigma:.1f})",
    confidence=0.9,
    data="MiniBooNE nu_e candidates of 2020, neutrino mode",
    references=("arXiv:0806.1449", "arXiv:2006.16883", "arXiv:2207.04137"),
    predict=predict,
    likelihood=likelihood,
)
