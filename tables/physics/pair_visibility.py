"""Probability that the lepton pair of one decay psi -> psi' l+ l- is seen, in the laboratory.

The pair has the squared mass q^2 of the three-body spectrum (vector or axial vertex), is emitted isotropically in the
rest frame of psi, and decays isotropically in its own. A track is seen when its energy (electrons) or momentum (muons)
exceeds a threshold and its polar angle is accepted; closer than the merging angle, two tracks are seen when their sum
exceeds the threshold and either angle is accepted. Any seen track makes the pair seen. The polar angle is that at the
origin although the decay is displaced.

Spectrum (recoil against a massive psi', S = m + m', d = m - m'; `semivisible` has the widths):
dGamma/dq^2 ~ H F/(m_A'^2 - q^2)^2, F = (1 + 2 m_l^2/q^2) sqrt(1 - 4 m_l^2/q^2),
vector H = (d^2-q^2)^(3/2) (S^2-q^2)^(1/2) (S^2+2q^2), axial H = (d^2-q^2)^(1/2) (S^2-q^2)^(3/2) (d^2+2q^2).

One decay takes three numbers u in (0, 1). The energy of the pair is flat between its ends: below the threshold nothing
is seen; the two ranges up to and above twice the threshold are sampled once each, with their exact weights, and within
each the azimuth of the pair once between the crossings of the polar cones. The orientation of the pair is integrated:
Gauss-Legendre between the kinks in the cosine, a union of arcs in the azimuth.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments.babar import MERGING_ANGLE, POLAR_FIRST, POLAR_LAST
from gloam.tables.physics.quadrature import gauss_legendre
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NODES, WEIGHTS = gauss_legendre(3)
FIRST, LAST = math.cos(POLAR_FIRST), math.cos(POLAR_LAST)
MERGED = math.cos(MERGING_ANGLE)

VECTOR, AXIAL = 0, 1
CELLS = 256  # of the cumulative spectrum
# what describes a decay: masses [GeV], threshold [GeV], 1 where it is on momentum, least track energy [GeV], eta_max, spectrum
UPPER, LOWER, LEPTON, THRESHOLD, ON_MOMENTUM, TRACK, RAPIDITY, CUMULATIVE = range(8)
DECAY = CUMULATIVE + CELLS + 1
NARROW = 1e-9  # [1] least relative width of the range of pair energies: a pair at rest, psi at rest
KINKS = 6  # doubles of scratch of :func:`seen_orientations`


@njit
def spectrum_weight(vertex: int, v: float, decay: Vector, mediator: float) -> float:
    """Density in v of q^2 = 4 m_l^2 cosh^2 eta, eta = eta_max (1 - v^2), up to a factor; m_A' = ``mediator`` [GeV]."""
    upper, lower, lepton, highest = decay[UPPER], decay[LOWER], decay[LEPTON], decay[RAPIDITY]
    eta = highest * (1.0 - v * v)
    cosh, sinh = math.cosh(eta), math.sinh(eta)
    q2 = 4.0 * lepton * lepton * cosh * cosh
    gap = 4.0 * lepton * lepton * math.sinh(highest * v * v) * math.sinh(highest + eta)
    total2, delta2 = (upper + lower) ** 2, (upper - lower) ** 2
    if vertex == VECTOR:
        shape = gap * math.sqrt(gap * (total2 - q2)) * (total2 + 2.0 * q2)
    else:
        shape = (total2 - q2) * math.sqrt(gap * (total2 - q2)) * (delta2 + 2.0 * q2)
    pair = (1.0 + 0.5 / (cosh * cosh)) * sinh / cosh
    return shape * pair * cosh * sinh * v / ((mediator - math.sqrt(q2)) * (mediator + math.sqrt(q2))) ** 2


@njit
def describe_decay(
    vertex: int, upper: float, lower: float, mediator: float, lepton: float, threshold: float, on_momentum: bool,
    decay: Vector,
) -> None:
    """Fill ``decay`` (float64[DECAY]) for masses [GeV] with upper - lower > 2 lepton and a track threshold [GeV]."""
    decay[UPPER], decay[LOWER], decay[LEPTON] = upper, lower, lepton
    decay[TRACK] = math.hypot(threshold, lepton) if on_momentum else threshold
    decay[THRESHOLD], decay[ON_MOMENTUM] = threshold, 1.0 if on_momentum else 0.0
    decay[RAPIDITY] = math.acosh(max((upper - lower) / (2.0 * lepton), 1.0))
    decay[CUMULATIVE] = 0.0
    before = 0.0
    for i in range(1, CELLS + 1):
        middle = spectrum_weight(vertex, (i - 0.5) / CELLS, decay, mediator)
        here = spectrum_weight(vertex, i / CELLS, decay, mediator)
        decay[CUMULATIVE + i] = decay[CUMULATIVE + i - 1] + before + 4.0 * middle + here
        before = here
    total = decay[CUMULATIVE + CELLS]
    for i in range(CELLS + 1):
        decay[CUMULATIVE + i] = decay[CUMULATIVE + i] / total if total > 0.0 else i / CELLS


@njit
def pair_mass2(decay: Vector, u: float) -> float:
    """q^2 [GeV^2] at the fraction u of the spectrum."""
    low, high = 0, CELLS
    while high - low > 1:
        middle = (low + high) // 2
        if decay[CUMULATIVE + middle] <= u:
            low = middle
        else:
            high = middle
    first = decay[CUMULATIVE + low]
    v = (low + (u - first) / (decay[CUMULATIVE + high] - first)) / CELLS
    return (2.0 * decay[LEPTON] * math.cosh(decay[RAPIDITY] * (1.0 - v * v))) ** 2


@njit
def arc(middle: float, swing: float) -> tuple[float, float]:
    """Azimuths (first, last) in (0, pi) at which ``middle + swing cos(phi)`` is an accepted cosine; first >= last: none."""
    if middle + swing <= FIRST and middle - swing >= LAST:
        return 0.0, math.pi
    if middle - swing >= FIRST or middle + swing <= LAST:
        return 1.0, 0.0
    first = 0.0 if middle + swing <= FIRST else math.acos((FIRST - middle) / swing)
    last = math.pi if middle - swing >= LAST else math.acos((LAST - middle) / swing)
    return first, last


@njit
def seen_azimuths(
    u: float, energy: float, momentum: float, velocity: float, lepton: float, cosine: float, sine: float,
    high: bool, low: bool,
) -> float:
    """Share of azimuths of the pair's orientation in which a passing track (``high``, ``low`` energy) is accepted.

    ``u`` is the cosine of the orientation, ``cosine`` and ``sine`` belong to the polar angle of the pair.
    """
    shift = momentum * velocity * u
    along = energy * velocity * u
    first, last = 1.0, 0.0
    if high:
        e = 0.5 * (energy + shift)
        c = min(0.5 * (momentum + along) / math.sqrt((e - lepton) * (e + lepton)), 1.0)
        first, last = arc(cosine * c, sine * math.sqrt(1.0 - c * c))
    if low:
        e = 0.5 * (energy - shift)
        c = 0.5 * (momentum - along) / math.sqrt((e - lepton) * (e + lepton))
        c = min(max(c, -1.0), 1.0)
        a, b = arc(cosine * c, sine * math.sqrt(1.0 - c * c))
        if a < b:
            start, stop = math.pi - b, math.pi - a
            if not first < last:
                return (stop - start) / math.pi
            overlap = min(last, stop) - max(first, start)
            return ((last - first) + (stop - start) - max(overlap, 0.0)) / math.pi
    return max(last - first, 0.0) / math.pi


@njit
def add_kink(kinks: Vector, count: int, u: float) -> int:
    """Insert ``u`` into the rising list of ``count`` kinks if it lies in (0, 1); returns the new count."""
    if not 0.0 < u < 1.0:
        return count
    i = count
    while i > 0 and kinks[i - 1] > u:
        kinks[i] = kinks[i - 1]
        i -= 1
    kinks[i] = u
    return count + 1


@njit
def seen_orientations(decay: Vector, q2: float, energy: float, cosine: float, kinks: Vector) -> float:
    """Share of the orientations of a pair that are seen, at its energy [GeV], q^2 [GeV^2] and polar cosine [1]."""
    lepton, track = decay[LEPTON], decay[TRACK]
    momentum = math.sqrt(max(energy * energy - q2, 0.0))
    velocity = math.sqrt(max(1.0 - 4.0 * lepton * lepton / q2, 0.0))
    swing = momentum * velocity
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    sum_passes = energy * energy - decay[ON_MOMENTUM] * q2 > decay[THRESHOLD] ** 2
    half, m2, square = 0.5 * q2 - lepton * lepton, lepton * lepton, MERGED * MERGED
    count = 0
    if swing > 0.0:
        count = add_kink(kinks, count, abs(energy - 2.0 * track) / swing)
        # opening angle at the merging angle: (X - D)^2 = c^2 (p_1 p_2)^2 for the product X = E_1 E_2
        linear = half + m2 * square
        constant = half * half + square * m2 * (energy * energy - m2)
        root = linear * linear - (1.0 - square) * constant
        if root > 0.0:
            for sign in (-1.0, 1.0):
                product = (linear + sign * math.sqrt(root)) / (1.0 - square)
                u2 = (energy * energy - 4.0 * product) / (swing * swing)
                if product > half and u2 > 0.0:
                    count = add_kink(kinks, count, math.sqrt(u2))
    kinks[count] = 1.0
    start, seen = 0.0, 0.0
    for i in range(count + 1):
        width = kinks[i] - start
        shift = swing * (start + 0.5 * width)
        e1, e2 = 0.5 * (energy + shift), 0.5 * (energy - shift)
        product = e1 * e2 - half
        merged = product > MERGED * math.sqrt(max((e1 * e1 - m2) * (e2 * e2 - m2), 0.0))
        high = sum_passes if merged else e1 > track
        low = sum_passes if merged else e2 > track
        if high or low:
            for j in range(NODES.size):
                u = start + width * NODES[j]
                seen += width * WEIGHTS[j] * seen_azimuths(
                    u, energy, momentum, velocity, lepton, cosine, sine, high, low
                )
        start = kinks[i]
    return seen


@njit
def seen_directions(
    decay: Vector, q2: float, energy: float, middle: float, swing: float, u: float, kinks: Vector
) -> float:
    """Share of pairs seen over the azimuth of a pair of polar cosine ``middle + swing cos(phi)``, split at the cones."""
    first, last = 0.0, math.pi
    if swing > 0.0:
        at_first, at_last = (FIRST - middle) / swing, (LAST - middle) / swing
        first = math.acos(at_first) if -1.0 < at_first < 1.0 else 0.0
        last = math.acos(at_last) if -1.0 < at_last < 1.0 else math.pi
    seen, start = 0.0, 0.0
    for stop in (first, last, math.pi):
        width = stop - start
        if width > 0.0:
            cosine = middle + swing * math.cos(start + width * u)
            seen += width * seen_orientations(decay, q2, energy, min(max(cosine, -1.0), 1.0), kinks)
            start = stop
    return seen / math.pi


@njit
def seen_share(
    decay: Vector, momentum: float, cosine: float, u_mass: float, u_energy: float, u_azimuth: float, kinks: Vector
) -> float:
    """Probability [1] that the pair of one decay is seen.

    Parameters
    ----------
    decay : float64[DECAY]
        From :func:`describe_decay`.
    momentum, cosine : float
        Momentum [GeV] of the decaying particle and cosine of its polar angle in the laboratory.
    u_mass, u_energy, u_azimuth : float
        Numbers in (0, 1) that choose q^2, the energy of the pair and its azimuth.
    kinks : float64[KINKS]
        Scratch.
    """
    upper, lower, track = decay[UPPER], decay[LOWER], decay[TRACK]
    q2 = pair_mass2(decay, u_mass)
    rest = 0.5 * (upper * upper + q2 - lower * lower) / upper
    recoil = math.sqrt(max(rest * rest - q2, 0.0))
    energy = math.hypot(momentum, upper)
    least = (energy * rest - momentum * recoil) / upper
    most = (energy * rest + momentum * recoil) / upper
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    if most - least <= NARROW * most:
        most = least * (1.0 + NARROW)
    seen = 0.0
    for part in range(2):
        low = max(least, track if part == 0 else 2.0 * track)
        high = min(most, 2.0 * track) if part == 0 else most
        if high <= low:
            continue
        pair = low + u_energy * (high - low)
        pair_momentum = math.sqrt(max(pair * pair - q2, 0.0))
        product = momentum * pair_momentum
        c = min(max((energy * pair - upper * rest) / product, -1.0), 1.0) if product > 0.0 else 0.0
        swing = sine * math.sqrt(1.0 - c * c)
        seen += (high - low) * seen_directions(decay, q2, pair, cosine * c, swing, u_azimuth, kinks)
    return seen / (most - least)
