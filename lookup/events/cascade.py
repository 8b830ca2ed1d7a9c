"""Probability to miss A' -> psi_i psi_j beside a photon by a quadrature at query time, for any masses and for cascades.

psi_2 -> psi_1 l l; psi_3 -> psi_1 l l, or psi_3 -> psi_2 l l and then psi_2 -> psi_1 l l. A leg of psi_3 has two lifetimes and,
with BR and pairs, more than ten parameters: no table serves it. Here P_missed is an average over quasi-random events of
`monophoton` and `pair_visibility`, in independent scrambles whose spread is the error; the points are the same at every
query, so that P is smooth between the fractions and masses at which probabilities or the number of events change, where it has
a step inside its error.

A leg is missed when every pair that is emitted inside the volume is missed. psi_3 decays at a path s before its end b,
psi_2 then flies on; its remaining distance is taken as (1 - s/b) times that from the origin along its own direction
(exact at both ends and for a collinear psi_2), so that with A = b m_3/(p_3 c_tau_3) and C the same of psi_2
the probability to leave is H = A (e^-C - e^-A)/(A - C) and

    P_leg = e^-A + sum_X BR(psi_3 -> psi_1 X) (1 - f_X) (1 - e^-A)
            + sum_X BR(psi_3 -> psi_2 X) < (1 - f_X) [(1 - f_2)(1 - e^-A) + f_2 H] >.

Masses and the ratio of the lifetimes given, A and C are paths times one decay rate, 1/c_tau_2 + 1/c_tau_3, and A/(A - C) is a
number: P is a sum of exponentials of that rate, collected once for all lifetimes (`decay_paths`).

Every event follows one channel of each decay, chosen with about its branching fraction (the number that chooses q^2 does that
as well) and weighted by the fraction over the probability: what a pair costs does not depend on how many ways are open. Where
one leg decays, more events are drawn where it flies into the polar holes and its pair has a low q^2.

Pairs are electrons or muons. Hadrons and taus count as muons with their spectrum: a pair of charged particles, of which
one seen vetoes; what they have beyond that (neutral pions, more tracks) is not used, which errs towards missing them.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import decay_paths
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from gloam.tables.numerics.elementary import numeric
from gloam.tables.numerics.memory import scratch, shifted
from gloam.tables.numerics.sobol import BITS, net
from gloam.tables.physics.dark_photons.monophoton import PRODUCTION, SLOWEST, leg_momenta
from gloam.tables.physics.dark_photons.pair_visibility import (
    DECAY,
    DRAWS,
    KINKS,
    LOWER,
    TRACK,
    UPPER,
    cosine_of,
    describe_decay,
    pair_mass2,
    seen_orientations,
    seen_share,
)
from gloam.tables.physics.detectors.barrel import path_length

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Words = np.ndarray[tuple[int], np.dtype[np.uint64]]

SCRAMBLES = 4
EVENTS = {"fast": 8, "standard": 10, "fine": 16}  # binary logarithm of the events of all scrambles
NUMBERS = PRODUCTION + 4 * DRAWS  # of an event: photon and A' decay, two pairs for each leg
NETS = [net(NUMBERS, 101 + scramble) for scramble in range(SCRAMBLES)]
DIRECTIONS = np.stack([np.ascontiguousarray(numbers.T) for numbers, _ in NETS])  # (SCRAMBLES, BITS, NUMBERS)
SHIFTS = np.stack([shift for _, shift in NETS])  # (SCRAMBLES, NUMBERS)
RESOLUTION = 2.0**-BITS
STUDENT = 3.182  # [1] 95 % of a mean of four, in its standard errors

STEP_21, STEP_31, STEP_32 = range(3)  # transitions psi_j -> psi_i
ELECTRONS, MUONS = 0, 1  # ways of a transition
PARTS = 2  # ranges of the energy of the first pair of a cascade
CONSTANT, OWN, LATER = range(3)  # terms of a leg: no decay, its own path, then psi_2 after each part of the pair and along psi_3
TERMS = LATER + PARTS + 1
WAYS = 2  # of a transition
CHANNELS = 3 * WAYS  # transitions 21, 31, 32, each with electrons and with muons
DECAYS = CHANNELS * DECAY  # numbers that describe all channels
PROBABILITIES = 32  # of the channels are multiples of its inverse


@numeric
def describe_channels(
    detector: Vector,
    mediator: float,
    masses: Vector,
    axial: Vector,
    shares: Vector,
    light_shares: Vector,
    threshold: float,
    decays: Vector,
) -> None:
    """Fill ``decays`` (CHANNELS, DECAY) of the channels that ``shares`` or ``light_shares`` (CHANNELS,) open.

    ``masses`` (3,) [GeV] of psi_1, psi_2, psi_3; ``axial`` (3,) 1 for an axial transition; ``threshold`` of a track [GeV].
    """
    for step in range(3):
        upper, lower = masses[1 if step == STEP_21 else 2], masses[1 if step == STEP_32 else 0]
        for way in range(WAYS):
            channel = WAYS * step + way
            if shares[channel] > 0.0 or light_shares[channel] > 0.0:
                lepton = ELECTRON_MASS if way == ELECTRONS else MUON_MASS
                decay = shifted(decays, DECAY * channel)
                describe_decay(int(axial[step]), upper, lower, mediator, lepton, threshold, way == MUONS, detector, decay)


@numeric
def choose(first: int, count: int, shares: Vector, u: Vector) -> tuple[int, float]:
    """One of the ``count`` channels from ``first`` on, and its fraction over the probability to choose it; -1 if none is open.

    u[0] chooses and then is the place in the channel, again in (0, 1). Probabilities are multiples of 1/PROBABILITIES near the
    fractions, at least one each: the points of a net then fall evenly, and a small change of a fraction changes the weight only.
    """
    total, left = 0.0, 0
    for channel in range(first, first + count):
        if shares[channel] > 0.0:
            total += shares[channel]
            left += 1
    chosen, start, end, summed = -1, 0, 0, 0.0
    for channel in range(first, first + count):
        if shares[channel] > 0.0:
            left -= 1
            summed += shares[channel]
            chosen, start = channel, end
            end = min(max(round(PROBABILITIES * summed / total), start + 1), PROBABILITIES - left)
            if PROBABILITIES * u[0] < end:
                break
    if chosen < 0:
        return -1, 1.0
    u[0] = min(max((PROBABILITIES * u[0] - start) / (end - start), RESOLUTION), 1.0 - RESOLUTION)
    return chosen, PROBABILITIES * shares[chosen] / (total * (end - start))


@numeric
def choose_decays(state: int, shares: Vector, u: Vector) -> tuple[int, int, float]:
    """Channel in which psi_``state`` decays, that of the psi_2 it may leave, -1 for none, and the weight of this choice [1].

    u[0] and, for a psi_2 that is left, u[DRAWS] are used as in :func:`choose`.
    """
    if state == 1:
        return -1, -1, 1.0
    if state == 2:
        channel, weight = choose(WAYS * STEP_21, WAYS, shares, u)
        return channel, -1, weight
    channel, weight = choose(WAYS * STEP_31, 2 * WAYS, shares, u)
    if channel < WAYS * STEP_32:
        return channel, -1, weight
    after, factor = choose(WAYS * STEP_21, WAYS, shares, shifted(u, DRAWS))
    return channel, after, weight * factor


@numeric
def aim(u: Vector) -> float:
    """Draw more events where a single decaying leg is missed; returns their weight [1].

    u[1], u[2], u[3] choose the angle of the decay of A', its azimuth and q^2 of the pair: now x (1 + x^2)/2 of x = 2 u[1] - 1,
    1 - (1 - u[2])^2 and 1 - (1 - u[3])^(3/2).
    """
    x, around, low = 2.0 * u[1] - 1.0, 1.0 - u[2], 1.0 - u[3]
    root = math.sqrt(low)
    u[1], u[2], u[3] = 0.5 + 0.25 * x * (1.0 + x * x), 1.0 - around * around, min(1.0 - low * root, 1.0 - RESOLUTION)
    return 1.5 * (1.0 + 3.0 * x * x) * around * root


@numeric
def add_missed_after(
    detector: Vector,
    decay: Vector,
    after: Vector,
    momentum: float,
    cosine: float,
    part_2: float,
    u: Vector,
    kinks: Vector,
    weights: Vector,
    paths: Vector,
) -> int:
    """Add to the terms of a leg the P to miss psi_3 -> psi_2 l l of ``decay`` and the ``after`` of psi_2.

    u[:DRAWS] choose the pair, the next DRAWS that of psi_2. The energy of the pair is sampled once below the threshold of a track
    and once above, which misses the pair with a rough probability. What a good one differs by, times the probability to
    miss a psi_2 that flies along psi_3, is added: 0 on average, since that psi_2 does not know the pair, and it takes out
    most of the variance, all of it where psi_2 leaves. Returns how many terms there are.
    """
    upper, lower, track = decay[UPPER], decay[LOWER], decay[TRACK]
    q2 = pair_mass2(decay, u[0])
    rest = 0.5 * (upper * upper + q2 - lower * lower) / upper
    recoil = math.sqrt(max(rest * rest - q2, 0.0))
    energy = math.sqrt(momentum * momentum + upper * upper)
    least, most = (energy * rest - momentum * recoil) / upper, (energy * rest + momentum * recoil) / upper
    sine, azimuth = math.sqrt(max(1.0 - cosine * cosine, 0.0)), cosine_of(math.pi * u[2])
    count, missed = LATER, 0.0
    for part in range(PARTS):
        low, high = (least, min(most, track)) if part == 0 else (max(least, track), most)
        if high <= low:
            continue
        pair = low + u[1] * (high - low)
        pair_momentum = math.sqrt(max(pair * pair - q2, 0.0))
        product = momentum * pair_momentum
        c = min(max((energy * pair - upper * rest) / product, -1.0), 1.0) if product > 0.0 else 0.0
        pair_cosine = min(max(cosine * c + sine * math.sqrt(1.0 - c * c) * azimuth, -1.0), 1.0)
        unseen = 1.0
        if part > 0:
            unseen -= seen_orientations(decay, q2, pair, pair_cosine, u[3], kinks)
        if unseen <= 0.0:
            continue
        own = math.sqrt(max((energy - pair - lower) * (energy - pair + lower), 0.0))
        axis = (momentum * cosine - pair_momentum * pair_cosine) / own if own > 0.0 else 0.0
        axis = min(max(axis, -1.0), 1.0)
        weight = unseen * (high - low) / (most - least)
        missed += weight
        seen = seen_share(after, own, axis, shifted(u, DRAWS), kinks)
        count = add_daughter(
            weight, seen, path_length(detector, axis) * lower / max(own, SLOWEST) * part_2, count, weights, paths
        )
    rest_of_missed = 1.0 - seen_share(decay, momentum, cosine, u, kinks) - missed
    own = momentum * lower / upper
    seen = seen_share(after, own, cosine, shifted(u, DRAWS), kinks)
    path = path_length(detector, cosine) * lower / max(own, SLOWEST) * part_2
    return add_daughter(rest_of_missed, seen, path, count, weights, paths)


@numeric
def add_daughter(weight: float, seen: float, path: float, count: int, weights: Vector, paths: Vector) -> int:
    """Add ``weight`` times [(1 - seen)(1 - e^-A) + seen H] of a psi_2 to the ``count`` terms; returns their new number.

    ``path`` [m] is that of psi_2 from the origin, A that of psi_3 in ``paths``, both times the decay rate.
    """
    weights[CONSTANT] += weight * (1.0 - seen)
    weights[OWN] -= weight * (1.0 - seen)
    factor, path = decay_paths.following(paths[OWN], path)
    if seen == 0.0 or factor == 0.0:
        return count
    weights[OWN] -= weight * seen * factor
    weights[count], paths[count] = weight * seen * factor, path
    return count + 1


@numeric
def leg_terms(
    detector: Vector,
    state: int,
    channel: int,
    after: int,
    mass: float,
    parts: Vector,
    decays: Vector,
    momentum: float,
    cosine: float,
    u: Vector,
    kinks: Vector,
    weights: Vector,
    paths: Vector,
) -> int:
    """P to miss a leg, psi_``state`` of that mass, momentum [GeV] and polar cosine, as a sum of weights exp(-path rate).

    ``channel`` and ``after`` are from :func:`choose_decays`, ``parts`` those of psi_2 and psi_3 in the rate. ``weights`` [1] and
    ``paths`` [m], float64[TERMS], are filled. Returns how many terms there are.
    """
    weights[CONSTANT], paths[CONSTANT] = 1.0, 0.0
    if channel < 0:
        return 1
    paths[OWN] = path_length(detector, cosine) * mass / max(momentum, SLOWEST) * parts[state - 2]
    decay = shifted(decays, DECAY * channel)
    if after < 0:
        weights[OWN] = seen_share(decay, momentum, cosine, u, kinks)
        weights[CONSTANT] = 1.0 - weights[OWN]
        return 2
    weights[CONSTANT], weights[OWN] = 0.0, 1.0
    return add_missed_after(detector, decay, shifted(decays, DECAY * after), momentum, cosine, parts[0], u, kinks, weights, paths)


@numeric
def next_point(scramble: int, index: int, count: int, state: Words, u: Vector) -> None:
    """First ``count`` numbers of a point of a net in Gray-code order: the ``state`` of point ``index`` - 1 becomes its own."""
    bit = 0
    while index > 0 and not index >> bit & 1:
        bit += 1
    for k in range(count):
        state[k] = state[k] ^ DIRECTIONS[scramble, bit, k] if index > 0 else SHIFTS[scramble, k]
        u[k] = (state[k] + 0.5) * RESOLUTION


@numeric
def collect_missed(
    detector: Vector,
    states: tuple[int, int],
    mediator: float,
    masses: Vector,
    parts: Vector,
    axial: Vector,
    shares: Vector,
    light_shares: Vector,
    threshold: float,
    log2_events: int,
    grids: Matrix,
) -> None:
    """Collect P_missed of A' -> psi_i psi_j, i <= j in ``states``, as sums of exponentials of the decay rate.

    Parameters
    ----------
    detector : float64[collider.MERGED + 1]
        Block of `experiments/collider.py`.
    mediator : float
        m_A' [GeV], below the centre-of-mass energy and above the masses of both states.
    masses : float64[3]
        Masses [GeV] of psi_1, psi_2, psi_3; those that do not occur are not read.
    parts : float64[2]
        1/c_tau_2 and 1/c_tau_3 over the decay rate 1/c_tau_2 + 1/c_tau_3 [1]: 1 and 0 where psi_3 does not occur.
    axial : float64[3]
        1 for an axial transition 21, 31, 32, else 0.
    shares, light_shares : float64[CHANNELS]
        Branching fractions of the transitions 21, 31, 32 with electrons and with muons (and what counts as muons), of psi_j
        and of psi_i. They sum to 1 for a state that decays.
    threshold : float
        Of a track [GeV].
    log2_events : int
        Binary logarithm of the number of events in all scrambles.
    grids : float64[SCRAMBLES, decay_paths.SIZE]
        Filled; :func:`missed_at` evaluates them.
    """
    decays, kinks, legs, u = scratch(DECAYS), scratch(KINKS), scratch(4), scratch(NUMBERS)
    net_state = np.empty(NUMBERS, dtype=np.uint64)
    weights, paths, other_weights, other_paths = scratch(TERMS), scratch(TERMS), scratch(TERMS), scratch(TERMS)
    describe_channels(detector, mediator, masses, axial, shares, light_shares, threshold, decays)
    light, heavy = states
    mass, light_mass = masses[heavy - 1], masses[light - 1]
    count = PRODUCTION + DRAWS * (heavy - 1 if light == 1 else light + 1)  # numbers that these states use
    of_heavy, of_light = shifted(u, PRODUCTION), shifted(u, PRODUCTION + 2 * DRAWS)
    for scramble in range(SCRAMBLES):
        grid, total = grids[scramble], 0.0
        decay_paths.clear(grid)
        for i in range(2**log2_events // SCRAMBLES):
            next_point(scramble, i, count, net_state, u)
            channel, after, weight = choose_decays(heavy, shares, of_heavy)
            light_channel, light_after, factor = choose_decays(light, light_shares, of_light)
            weight *= factor
            if light_channel < 0:
                weight *= aim(u)
            weight *= leg_momenta(detector, mediator, mass, light_mass, u, legs)
            total += weight
            first = leg_terms(
                detector, heavy, channel, after, mass, parts, decays, legs[0], legs[1], of_heavy, kinks, weights, paths
            )
            second = leg_terms(
                detector,
                light,
                light_channel,
                light_after,
                light_mass,
                parts,
                decays,
                legs[2],
                legs[3],
                of_light,
                kinks,
                other_weights,
                other_paths,
            )
            for j in range(first):
                for k in range(second):
                    decay_paths.spread(grid, paths[j] + other_paths[k], weight * weights[j] * other_weights[k])
        for i in range(decay_paths.CONSTANT, grid.size):
            grid[i] /= total


@numeric
def missed_at(grids: Matrix, rate: float) -> tuple[float, float]:
    """P_missed [1] at 1/c_tau_2 + 1/c_tau_3 = ``rate`` [1/m], and the 95 % statistical error of the quadrature [1]."""
    values = np.empty(SCRAMBLES)
    decay_paths.totals(grids, rate, values)
    mean, square = 0.0, 0.0
    for value in values:
        mean += value / SCRAMBLES
        square += value * value
    square = max(square - SCRAMBLES * mean * mean, 0.0)
    return min(max(mean, 0.0), 1.0), STUDENT * math.sqrt(square / (SCRAMBLES * (SCRAMBLES - 1)))
