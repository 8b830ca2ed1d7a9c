"""Probability that the lepton pair of one decay psi -> psi' l+ l- is seen, in the laboratory.

The pair has the squared mass q^2 of the three-body spectrum (vector or axial vertex), is emitted isotropically in the
rest frame of psi, and decays isotropically in its own. A track is seen when its energy (electrons) or momentum (muons)
exceeds a threshold and its polar angle is accepted; closer than the merging angle, two tracks are seen when their sum
exceeds the threshold and either angle is accepted. Any seen track makes the pair seen. The polar angle is that at the
origin although the decay is displaced.

Spectrum (recoil against a massive psi', S = m + m', d = m - m'; `semivisible` has the widths):
dGamma/dq^2 ~ H F/(m_A'^2 - q^2)^2, F = (1 + 2 m_l^2/q^2) sqrt(1 - 4 m_l^2/q^2),
vector H = (d^2-q^2)^(3/2) (S^2-q^2)^(1/2) (S^2+2q^2), axial H = (d^2-q^2)^(1/2) (S^2-q^2)^(3/2) (d^2+2q^2).

One decay takes four numbers u in (0, 1). The energy of the pair is flat between its ends: below the threshold nothing
is seen; above, it is sampled once in every range between twice the threshold and the energies at which the pair begins
to reach a polar cone or no longer does, with the exact weights, and within each the azimuth of the pair once between the
crossings of the cones. The orientation of the pair is integrated: two samples in each range of its cosine between the
kinks, a union of arcs in the azimuth. Both spectra can be served by the same decays: those of their mean, with weights.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments import collider
from gloam.tables.numerics.elementary import exp, numeric
from gloam.tables.numerics.memory import shifted

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SAMPLES = 2  # of the cosine of the orientation in each range: three Gauss-Legendre points miss tracks that enter a cone

VECTOR, AXIAL, BOTH = 0, 1, 2
CELLS = 256  # of the cumulative spectrum
DRAWS = 4  # numbers u that choose a pair
# what describes a decay: masses [GeV], threshold [GeV], 1 where it is on momentum, least track energy [GeV], eta_max,
# spectrum that is sampled, and in each of its cells the weight of the axial one
UPPER, LOWER, LEPTON, THRESHOLD, ON_MOMENTUM, TRACK, RAPIDITY, CUMULATIVE = range(8)
AXIAL_WEIGHT = CUMULATIVE + CELLS + 1
FIRST_CELL = AXIAL_WEIGHT + CELLS  # cells in which the fractions 0, 1/CELLS, 2/CELLS, ... of the spectrum lie
FIRST, LAST, FIRST_SINE, LAST_SINE, MERGED = range(
    FIRST_CELL + CELLS, FIRST_CELL + CELLS + collider.ACCEPTANCE
)  # of the detector
DECAY = MERGED + 1
NARROW = 1e-9  # [1] least relative width of the range of pair energies: a pair at rest, psi at rest
ENERGIES = 6  # where the ends of the ranges of pair energies begin in the scratch, behind the kinks of an orientation
KINKS = ENERGIES + 6  # doubles of scratch of :func:`seen_share`


@numeric
def arc_cosine(x: float) -> float:
    """Angle [rad] of the cosine ``x`` in (-1, 1), to 2e-8.

    Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), 4.4.46.
    """
    a = abs(x)
    a2 = a * a
    low = (1.5707963050 - 0.2145988016 * a) + a2 * (0.0889789874 - 0.0501743046 * a)
    high = (0.0308918810 - 0.0170881256 * a) + a2 * (0.0066700901 - 0.0012624911 * a)
    angle = math.sqrt(max(1.0 - a, 0.0)) * (low + a2 * a2 * high)
    return angle if x >= 0.0 else math.pi - angle


@numeric
def cosine_of(angle: float) -> float:
    """Cosine of an ``angle`` from 0 to pi [rad], to 1e-11: the series of the sine of pi/2 - angle."""
    x = 0.5 * math.pi - angle
    z = x * x
    tail = 1.0 / 362880.0 - z * (1.0 / 39916800.0 - z * (1.0 / 6227020800.0 - z / 1307674368000.0))
    return x * (1.0 - z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * tail))))


@numeric
def spectrum_weights(v: float, decay: Vector, mediator: float) -> tuple[float, float]:
    """Vector and axial density in v of q^2 = 4 m_l^2 cosh^2 eta, eta = eta_max (1 - v^2), up to a factor each.

    m_A' = ``mediator`` [GeV].
    """
    upper, lower, lepton, highest = decay[UPPER], decay[LOWER], decay[LEPTON], decay[RAPIDITY]
    below = highest * v * v  # eta_max - eta
    grown, grown_below = exp(highest - below), exp(below)
    cosh, sinh = 0.5 * (grown + 1.0 / grown), 0.5 * (grown - 1.0 / grown)
    both, summed = grown_below * grown * grown, grown_below - 1.0 / grown_below
    pair2 = 4.0 * lepton * lepton
    q2 = pair2 * cosh * cosh
    gap = pair2 * 0.25 * summed * (both - 1.0 / both)
    total2, delta2 = (upper + lower) ** 2, (upper - lower) ** 2
    pair = (1.0 + 0.5 / (cosh * cosh)) * sinh / cosh
    common = pair * cosh * sinh * v / (mediator * mediator - q2) ** 2
    common *= math.sqrt(gap * (total2 - q2))
    return gap * (total2 + 2.0 * q2) * common, (total2 - q2) * (delta2 + 2.0 * q2) * common


@numeric
def describe_decay(
    vertex: int,
    upper: float,
    lower: float,
    mediator: float,
    lepton: float,
    threshold: float,
    on_momentum: bool,
    detector: Vector,
    decay: Vector,
) -> None:
    """Fill ``decay`` (float64[DECAY]) for masses [GeV] with upper - lower > 2 lepton and a track threshold [GeV].

    ``vertex`` is the spectrum to sample: VECTOR, AXIAL, or the mean of the two, BOTH (:func:`vertex_weights`). ``detector`` is
    a block of `experiments/collider.py`.
    """
    decay[UPPER], decay[LOWER], decay[LEPTON] = upper, lower, lepton
    decay[TRACK] = math.hypot(threshold, lepton) if on_momentum else threshold
    decay[THRESHOLD], decay[ON_MOMENTUM] = threshold, 1.0 if on_momentum else 0.0
    decay[RAPIDITY] = math.acosh(max((upper - lower) / (2.0 * lepton), 1.0))
    for i in range(collider.ACCEPTANCE):
        decay[FIRST + i] = detector[collider.FIRST + i]
    decay[CUMULATIVE] = 0.0
    vector, axial = np.empty(CELLS), np.empty(CELLS)
    last_vector, last_axial = 0.0, 0.0
    for i in range(CELLS):
        middle = spectrum_weights((i + 0.5) / CELLS, decay, mediator)
        here = spectrum_weights((i + 1.0) / CELLS, decay, mediator)
        vector[i] = last_vector + 4.0 * middle[0] + here[0]
        axial[i] = last_axial + 4.0 * middle[1] + here[1]
        last_vector, last_axial = here
    for density in (vector, axial):
        total = density.sum()
        if total > 0.0:
            density /= total
        else:
            density[:] = 1.0 / CELLS
    share = 0.5 if vertex == BOTH else float(vertex)
    for i in range(CELLS):
        sampled = (1.0 - share) * vector[i] + share * axial[i]
        decay[CUMULATIVE + i + 1] = decay[CUMULATIVE + i] + sampled
        decay[AXIAL_WEIGHT + i] = axial[i] / sampled if sampled > 0.0 else 1.0
    decay[CUMULATIVE + CELLS] = 1.0
    cell = 0
    for i in range(CELLS):
        while cell < CELLS - 1 and decay[CUMULATIVE + cell + 1] <= i / CELLS:
            cell += 1
        decay[FIRST_CELL + i] = cell


@numeric
def spectrum_cell(decay: Vector, u: float) -> int:
    """Cell of the sampled spectrum at its fraction u in (0, 1)."""
    cell = int(decay[FIRST_CELL + int(u * CELLS)])
    while cell < CELLS - 1 and decay[CUMULATIVE + cell + 1] <= u:
        cell += 1
    return cell


@numeric
def pair_mass2(decay: Vector, u: float) -> float:
    """q^2 [GeV^2] at the fraction u of the sampled spectrum."""
    cell = spectrum_cell(decay, u)
    first = decay[CUMULATIVE + cell]
    v = (cell + (u - first) / (decay[CUMULATIVE + cell + 1] - first)) / CELLS
    return (2.0 * decay[LEPTON] * math.cosh(decay[RAPIDITY] * (1.0 - v * v))) ** 2


@numeric
def vertex_weights(decay: Vector, u: float) -> tuple[float, float]:
    """Weights [1] of the vector and the axial spectrum at the fraction u of their mean (``vertex`` BOTH)."""
    axial = decay[AXIAL_WEIGHT + spectrum_cell(decay, u)]
    return 2.0 - axial, axial


@numeric
def arc(decay: Vector, middle: float, swing: float) -> tuple[float, float]:
    """Azimuths (first, last) in (0, pi) at which ``middle + swing cos(phi)`` is an accepted cosine; first >= last: none."""
    begin, end = decay[FIRST], decay[LAST]
    if middle + swing <= begin and middle - swing >= end:
        return 0.0, math.pi
    if middle - swing >= begin or middle + swing <= end:
        return 1.0, 0.0
    first = 0.0 if middle + swing <= begin else arc_cosine((begin - middle) / swing)
    last = math.pi if middle - swing >= end else arc_cosine((end - middle) / swing)
    return first, last


@numeric
def seen_azimuths(
    decay: Vector,
    u: float,
    energy: float,
    momentum: float,
    velocity: float,
    cosine: float,
    sine: float,
    high: bool,
    low: bool,
) -> float:
    """Share of azimuths of the pair's orientation in which a passing track (``high``, ``low`` energy) is accepted.

    ``u`` is the cosine of the orientation, ``cosine`` and ``sine`` belong to the polar angle of the pair.
    """
    lepton, shift = decay[LEPTON], momentum * velocity * u
    along = energy * velocity * u
    first, last = 1.0, 0.0
    if high:
        e = 0.5 * (energy + shift)
        c = min(0.5 * (momentum + along) / math.sqrt((e - lepton) * (e + lepton)), 1.0)
        first, last = arc(decay, cosine * c, sine * math.sqrt(1.0 - c * c))
        if last - first == math.pi:
            return 1.0
    if low:
        e = 0.5 * (energy - shift)
        c = 0.5 * (momentum - along) / math.sqrt((e - lepton) * (e + lepton))
        c = min(max(c, -1.0), 1.0)
        a, b = arc(decay, cosine * c, sine * math.sqrt(1.0 - c * c))
        if a < b:
            start, stop = math.pi - b, math.pi - a
            if not first < last:
                return (stop - start) / math.pi
            overlap = min(last, stop) - max(first, start)
            return ((last - first) + (stop - start) - max(overlap, 0.0)) / math.pi
    return max(last - first, 0.0) / math.pi


@numeric
def insert(rising: Vector, count: int, value: float, low: float, high: float) -> int:
    """Insert ``value`` into the rising list of ``count`` if it lies between ``low`` and ``high``; returns the new count."""
    if not low < value < high:
        return count
    i = count
    while i > 0 and rising[i - 1] > value:
        rising[i] = rising[i - 1]
        i -= 1
    rising[i] = value
    return count + 1


@numeric
def clear_of_cones(decay: Vector, momentum: float, across: float, cosine: float) -> bool:
    """Whether the track of higher energy is accepted in any orientation of a pair of polar cosine ``cosine``.

    Its angle to the pair is at most arctan(``across``/``momentum``), velocity times q over the momentum of the pair [GeV].
    """
    whole = math.sqrt(momentum * momentum + across * across)
    along = cosine * whole
    return (
        along < decay[FIRST] * momentum - decay[FIRST_SINE] * across
        and along > decay[LAST] * momentum + decay[LAST_SINE] * across
    )


@numeric
def seen_orientations(decay: Vector, q2: float, energy: float, cosine: float, place: float, kinks: Vector) -> float:
    """Share of the orientations of a pair that are seen, at its energy [GeV], q^2 [GeV^2] and polar cosine [1].

    ``place`` in (0, 1) is where the samples of the cosine of the orientation lie in their cells, which narrow towards the
    ends of the ranges, where a soft track flies against a hard one: the average over it, not every value, is a share.
    """
    lepton, track = decay[LEPTON], decay[TRACK]
    momentum = math.sqrt(max(energy * energy - q2, 0.0))
    velocity = math.sqrt(max(1.0 - 4.0 * lepton * lepton / q2, 0.0))
    swing = momentum * velocity
    if energy >= 2.0 * track and clear_of_cones(decay, momentum, velocity * math.sqrt(q2), cosine):
        return 1.0
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    sum_passes = energy * energy - decay[ON_MOMENTUM] * q2 > decay[THRESHOLD] ** 2
    half, m2, square = 0.5 * q2 - lepton * lepton, lepton * lepton, decay[MERGED] * decay[MERGED]
    count = 0
    if swing > 0.0:
        count = insert(kinks, count, abs(energy - 2.0 * track) / swing, 0.0, 1.0)
        # opening angle at the merging angle: (X - D)^2 = c^2 (p_1 p_2)^2 for the product X = E_1 E_2
        linear = half + m2 * square
        constant = half * half + square * m2 * (energy * energy - m2)
        root = linear * linear - (1.0 - square) * constant
        if root > 0.0:
            for sign in (-1.0, 1.0):
                product = (linear + sign * math.sqrt(root)) / (1.0 - square)
                u2 = (energy * energy - 4.0 * product) / (swing * swing)
                if product > half and u2 > 0.0:
                    count = insert(kinks, count, math.sqrt(u2), 0.0, 1.0)
    kinks[count] = 1.0
    start, lost = 0.0, 0.0
    for i in range(count + 1):
        width = kinks[i] - start
        shift = swing * (start + 0.5 * width)
        e1, e2 = 0.5 * (energy + shift), 0.5 * (energy - shift)
        product = e1 * e2 - half
        merged = product > decay[MERGED] * math.sqrt(max((e1 * e1 - m2) * (e2 * e2 - m2), 0.0))
        high = sum_passes if merged else e1 > track
        low = sum_passes if merged else e2 > track
        if high or low:
            for j in range(SAMPLES):
                left = 1.0 - (j + place) / SAMPLES
                u = start + width * (1.0 - left * left)
                lost += (
                    width
                    * 2.0
                    / SAMPLES
                    * left
                    * (1.0 - seen_azimuths(decay, u, energy, momentum, velocity, cosine, sine, high, low))
                )
        else:
            lost += width
        start = kinks[i]
    return 1.0 - lost


@numeric
def seen_directions(
    decay: Vector, q2: float, energy: float, middle: float, swing: float, u: float, place: float, kinks: Vector
) -> float:
    """Share of pairs seen over the azimuth of a pair of polar cosine ``middle + swing cos(phi)``, split at the cones.

    ``u`` and ``place`` in (0, 1) choose the azimuth between its ends and the orientation.
    """
    first, last = 0.0, math.pi
    if swing > 0.0:
        at_first, at_last = (decay[FIRST] - middle) / swing, (decay[LAST] - middle) / swing
        first = arc_cosine(at_first) if -1.0 < at_first < 1.0 else 0.0
        last = arc_cosine(at_last) if -1.0 < at_last < 1.0 else math.pi
    seen, start = 0.0, 0.0
    for stop in (first, last, math.pi):
        width = stop - start
        if width > 0.0:
            cosine = middle + swing * cosine_of(start + width * u)
            seen += width * seen_orientations(decay, q2, energy, min(max(cosine, -1.0), 1.0), place, kinks)
            start = stop
    return seen / math.pi


@numeric
def energy_at(invariant: float, q2: float, energy: float, along: float) -> float:
    """Energy [GeV] of a pair of squared mass q^2 in a direction seen from a psi of ``energy`` [GeV]; NaN where there is none.

    ``invariant`` = p_psi.p_pair [GeV^2], ``along`` the momentum of psi in that direction [GeV]. Of two energies, the higher.
    """
    across2 = (energy - along) * (energy + along)
    root = invariant * invariant - q2 * across2
    return (energy * invariant + along * math.sqrt(root)) / across2 if root > 0.0 else math.nan


@numeric
def seen_share(decay: Vector, momentum: float, cosine: float, u: Vector, kinks: Vector) -> float:
    """Probability [1] that the pair of one decay is seen.

    Parameters
    ----------
    decay : float64[DECAY]
        From :func:`describe_decay`.
    momentum, cosine : float
        Momentum [GeV] of the decaying particle and cosine of its polar angle in the laboratory.
    u : float64[4]
        Numbers in (0, 1) that choose q^2, the energy of the pair, its azimuth and its orientation.
    kinks : float64[KINKS]
        Scratch.
    """
    upper, lower, track = decay[UPPER], decay[LOWER], decay[TRACK]
    q2 = pair_mass2(decay, u[0])
    rest = 0.5 * (upper * upper + q2 - lower * lower) / upper
    recoil = math.sqrt(max(rest * rest - q2, 0.0))
    energy = math.sqrt(momentum * momentum + upper * upper)
    least = (energy * rest - momentum * recoil) / upper
    most = (energy * rest + momentum * recoil) / upper
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    if most - least <= NARROW * most:
        most = least * (1.0 + NARROW)
    low = max(least, track)
    if low >= most:
        return 0.0
    ends = shifted(kinks, ENERGIES)
    count = insert(ends, 0, 2.0 * track, low, most)
    for cone, cone_sine in ((decay[FIRST], decay[FIRST_SINE]), (decay[LAST], decay[LAST_SINE])):
        for sign in (-1.0, 1.0):
            along = momentum * (cosine * cone + sign * sine * cone_sine)
            count = insert(ends, count, energy_at(upper * rest, q2, energy, along), low, most)
    ends[count] = most
    seen = 0.0
    for i in range(count + 1):
        high = ends[i]
        pair = low + u[1] * (high - low)
        pair_momentum = math.sqrt(max(pair * pair - q2, 0.0))
        product = momentum * pair_momentum
        c = min(max((energy * pair - upper * rest) / product, -1.0), 1.0) if product > 0.0 else 0.0
        swing = sine * math.sqrt(1.0 - c * c)
        seen += (high - low) * seen_directions(decay, q2, pair, cosine * c, swing, u[2], u[3], kinks)
        low = high
    return seen / (most - least)
