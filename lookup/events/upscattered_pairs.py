"""Spectrum of e+e- pairs of upscattered N that decay inside a sphere, from moments in the momentum of N: any lifetime.

    rate_b = |V_muN e eps|^2 BR(e+e-) e^(ln T) sum_k (w_kb + lambda v_kb) (p_k/m) P(p_k c_tau/m)

with the components of ``miniboone-pairs-on-shell`` and ``miniboone-pairs-off-shell``
(``physics/neutral_leptons/pair_tables.py``), lambda the slot "polarisation", and P of concentric spheres from a curve in ln L.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from gloam.lookup.interpolation.spline import WORK, contract, error_address, locate
from gloam.lookup.statistics import FractionalCovariance
from gloam.lookup.vocabulary import (
    BR_ELECTRONS,
    BR_ERROR,
    C_TAU,
    C_TAU_MEDIATOR,
    M_MEDIATOR,
    M_N,
    POLARISATION,
    VECTOR2_E,
    VECTOR2_MU,
    WIDTH_ERROR,
    Option,
)
from gloam.tables.datafile import read
from gloam.tables.experiments.miniboone import EDGES, FHC, FIDUCIAL_RADIUS, FIDUCIAL_SHARE, MERGED, PUBLIC_RADIUS, release
from gloam.tables.numerics.elementary import exp, log
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.physics.detectors.concentric_spheres import decay_probability
from gloam.tables.physics.neutral_leptons.pair_spectrum import MOMENTA, NODES
from gloam.tables.physics.neutral_leptons.pair_tables import BINS, COMPONENTS, LEAST_SHARE, LEVEL, PER_CENT
from gloam.tables.physics.neutral_leptons.pair_tables import REFERENCES as REFERENCES
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

TABLES = ("miniboone-pairs-on-shell", "miniboone-pairs-off-shell")
READS = (
    "m_N",
    "m_mediator",
    "vector2_e",
    "vector2_mu",
    "c_tau",
    "width_error",
    "br_electrons",
    "br_error",
    "c_tau_mediator",
    "polarisation",
)
NUMBERS = len(COMPONENTS)
STEPS = 256  # of ln L of the curve of P (1 + L/3 m)
SHORTEST, LONGEST = 0.03, 1e6  # [m] below, P is that of L = 0 to e^-20; above, P L that of L = inf to 1e-5
BEND = 3.0  # [m] where P turns over
CURVE_STEP = math.log(LONGEST / SHORTEST) / (STEPS - 1)
FASTEST = 2.0  # [GeV] energy of a mediator in the bound of its flight
FARTHEST = 1.0  # [m] its flight up to which the answer stands, with the flight over the radius in the bound
ELECTRON_FLAVOUR = (
    0.03  # [1] largest share that nu_e of the beam add to a bin, per |V_eN|^2/|V_muN|^2 (arXiv:0806.1449: nu_e 0.5 %)
)
MOST_ELECTRON = 10.0  # [1] |V_eN|^2/|V_muN|^2 beyond which their rate would have to be known
ELECTRON_BEAM, MEDIATOR_FLIES = 1000, 1001
REFUSALS = {
    ELECTRON_BEAM: "U2_e is more than 10 times U2_mu: N made by the nu_e of the beam are not in the table; choose a larger U2_mu",
    MEDIATOR_FLIES: "the Z' flies more than 1 m before it decays: this search takes its decay as prompt; choose a larger eps",
}


PUBLISHED = tuple(edge for edge in EDGES if edge != 1.3)  # [GeV] of the data
CHOICES = (
    Option(
        "edges", tuple(MERGED), "1250", "ninth upper edge [MeV] of the signal: the release's 1250, or 1300 of a public fit code"
    ),
    Option("vertices", ("tank", "public"), "tank", "sphere in which N are made: the tank, 6.10 m, or 5.746 m of a public code"),
    Option(
        "efficiency",
        ("fiducial", "released"),
        "fiducial",
        "of one ring: divided by the fiducial cut of 0.55, since decays are asked to be in the fiducial sphere, or as released",
    ),
)
PUBLISHED_BINS = BINS - 1
PUBLISHED_EDGES = tuple(pairwise(PUBLISHED))
EXTERNAL = (
    0.02,
    "noise of the detector's response, 1 to 3 % of a bin (median 0.6 %); free nucleons instead of bound ones not included",
)


def decay_curve(outer: float) -> tuple[float, ...]:
    """P (1 + L/3 m) at the steps of ln L for vertices in a sphere of radius ``outer`` [m] and decays in that of 5 m."""
    lengths = SHORTEST * np.exp(CURVE_STEP * np.arange(STEPS))
    return tuple((decay_probability(lengths, outer, FIDUCIAL_RADIUS) * (1.0 + lengths / BEND)).tolist())


@njit
def probability(length: float, curve: Vector, start: int) -> float:
    """P [1] at a decay length [m] from the curve that begins at ``start``."""
    position = (log(max(length, SHORTEST)) - log(SHORTEST)) / CURVE_STEP
    if position >= STEPS - 1.0:
        return curve[start + STEPS - 1] * BEND / (length + BEND)
    i = min(max(int(position) - 1, 0), STEPS - 4)
    x = position - i
    y = start + i
    first, second, third, fourth = curve[y], curve[y + 1], curve[y + 2], curve[y + 3]
    left, right = x * (x - 1.0), (x - 2.0) * (x - 3.0)
    value = 0.5 * (x * right * second - left * (x - 3.0) * third)
    value += (left * (x - 2.0) * fourth - (x - 1.0) * right * first) / 6.0
    return value / (1.0 + max(length, SHORTEST) / BEND)


@njit
def pair_rates(slots: Vector, blob: Vector, offsets: Vector, curve: Vector, start: int, rates: Vector, errors: Vector) -> int:
    """Rates and their bounds in the BINS of the tables, times what is not in them (exposure, efficiency): 0 or a status.

    ``offsets``: of the two tables; ``curve`` holds P from ``start`` on. Returns 0, 16 table + 1 + input, or a key of REFUSALS.
    """
    for b in range(BINS):
        rates[b] = 0.0
        errors[b] = 0.0
    strength = slots[VECTOR2_MU] * slots[BR_ELECTRONS]
    if slots[VECTOR2_E] * slots[BR_ELECTRONS] > MOST_ELECTRON * strength:
        return ELECTRON_BEAM
    if strength == 0.0 or slots[C_TAU] == math.inf:
        return 0
    m, flight = slots[M_N], FASTEST * slots[C_TAU_MEDIATOR] / slots[M_MEDIATOR]
    branch = 0 if slots[M_MEDIATOR] < m else 1
    if branch == 0 and flight > FARTHEST:
        return MEDIATOR_FLIES
    work, x, values, factors = scratch(WORK), scratch(2), scratch(NUMBERS), scratch(NODES)
    x[0], x[1] = m, slots[M_MEDIATOR]
    status = locate(blob, offsets[branch], x, work)
    if status != 0:
        return 16 * branch + status
    contract(blob, offsets[branch], work, 0, values, 0, NUMBERS)
    strength *= exp(values[0] + LEVEL) / PER_CENT
    for k in range(NODES):
        factors[k] = strength * MOMENTA[k] / m * probability(MOMENTA[k] * slots[C_TAU] / m, curve, start)
    spin, total = slots[POLARISATION], 0.0
    for b in range(BINS):
        for k in range(NODES):
            rates[b] += factors[k] * (values[1 + b * NODES + k] + spin * values[1 + (BINS + b) * NODES + k])
        total += rates[b]
    bound = error_address(blob, offsets[branch], work) + 1
    relative = slots[WIDTH_ERROR] + slots[BR_ERROR] / slots[BR_ELECTRONS]
    relative += ELECTRON_FLAVOUR * slots[VECTOR2_E] / slots[VECTOR2_MU] + (flight / FIDUCIAL_RADIUS if branch == 0 else 0.0)
    for b in range(BINS):
        table = max(blob[bound + b * NODES], blob[bound + (BINS + b) * NODES])
        errors[b] = (table + relative) * max(abs(rates[b]), LEAST_SHARE * total)
    return 0


CONSTANTS = (*decay_curve(FHC.radius or math.nan), *decay_curve(PUBLIC_RADIUS))
EDGES_AT = len(CONSTANTS)
FIRST_MERGED = tuple(MERGED.values())


@njit
def published_rates(slots: Vector, options: Vector, blob: Vector, offsets: Vector, out: Vector, error: Vector) -> int:
    """Rates and bounds [events] in the 11 published bins, ``options`` = CONSTANTS and indices of CHOICES. Returns as
    :func:`pair_rates`.
    """
    rates, errors = scratch(BINS), scratch(BINS)
    start = STEPS if options[EDGES_AT + 1] == 1.0 else 0
    status = pair_rates(pointer(slots), pointer(blob), offsets, options, start, rates, errors)
    if status != 0:
        return status
    scale = 1.0 / FIDUCIAL_SHARE if options[EDGES_AT + 2] == 0.0 else 1.0
    merged = FIRST_MERGED[0] if options[EDGES_AT] == 0.0 else FIRST_MERGED[1]
    for b in range(PUBLISHED_BINS):
        out[b] = 0.0
        error[b] = 0.0
    for b in range(BINS):
        into = b if b <= merged else b - 1
        out[into] += scale * rates[b]
        error[into] += scale * errors[b]
    return 0


def likelihood_of(mode: str) -> FractionalCovariance:
    """The chi^2 of the 2020 release with the nu_mu bins, for ``mode`` "fhc" or "rhc"."""
    found = release(mode)
    return FractionalCovariance(found.data, found.background, found.control_data, found.control_prediction, found.covariance)


def combined_likelihood() -> FractionalCovariance:
    """The chi^2 of the 2020 release for both modes: bins of neutrino mode, then of antineutrino mode, in each part."""
    one, two = release("fhc"), release("rhc")
    matrix = read("miniboone_2020_combined_covariance.csv").matrix()
    size, bins = len(one.covariance), len(one.data)
    parts = (0, bins), (bins, 2 * bins), (2 * bins, size)  # signal, background, control of one mode
    order = [mode * size + i for begin, end in parts for mode in range(2) for i in range(begin, end)]
    return FractionalCovariance(
        one.data + two.data,
        one.background + two.background,
        one.control_data + two.control_data,
        one.control_prediction + two.control_prediction,
        tuple(tuple(row) for row in matrix[np.ix_(order, order)].tolist()),
    )
