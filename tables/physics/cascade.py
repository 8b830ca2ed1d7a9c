"""Probability to miss A' -> psi_i psi_j at BaBar by a quadrature at query time, for any masses and for cascades.

psi_2 -> psi_1 l l; psi_3 -> psi_1 l l, or psi_3 -> psi_2 l l and then psi_2 -> psi_1 l l. A leg of psi_3 has two lifetimes and,
with BR and pairs, more than ten parameters: no table serves it. Here P_missed is an average over quasi-random events of
`monophoton` and `pair_visibility`, in independent scrambles whose spread is the error; the points are the same at every
query, so that P is smooth.

A leg is missed when every pair that is emitted inside the volume is missed. psi_3 decays at a path s before its end b,
psi_2 then flies on; its remaining distance is taken as (1 - s/b) times that from the origin along its own direction
(exact at both ends and for a collinear psi_2), so that with A = b m_3/(p_3 c_tau_3) and C the same of psi_2
the probability to leave is H = A (e^-C - e^-A)/(A - C) and

    P_leg = e^-A + sum_X BR(psi_3 -> psi_1 X) (1 - f_X) (1 - e^-A)
            + sum_X BR(psi_3 -> psi_2 X) < (1 - f_X) [(1 - f_2)(1 - e^-A) + f_2 H] >.

Pairs are electrons or muons. Hadrons and taus count as muons with their spectrum: a pair of charged particles, of which
one seen vetoes; what they have beyond that (neutral pions, more tracks) is not used, which errs towards missing them.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from gloam.tables.experiments.babar import BACKWARD, BOOST, ENERGY, FORWARD, RADIUS
from gloam.tables.physics.monophoton import GAMMA, PRODUCTION, SLOWEST, leg_momenta, path_length, photon_cosine
from gloam.tables.physics.pair_visibility import (
    DECAY,
    DRAWS,
    KINKS,
    LOWER,
    TRACK,
    UPPER,
    describe_decay,
    pair_mass2,
    seen_orientations,
    seen_share,
)
from gloam.tables.physics.quadrature import NODES_16, WEIGHTS_16
from gloam.tables.physics.sobol import sobol_points
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

SCRAMBLES, LOG2_EVENTS = 4, 9
NUMBERS = PRODUCTION + 4 * DRAWS  # of an event: photon and A' decay, two pairs for each leg
POINTS = np.stack([sobol_points(LOG2_EVENTS, NUMBERS, 101 + scramble) for scramble in range(SCRAMBLES)])
STUDENT = 3.182  # [1] 95 % of a mean of four, in its standard errors

STEPS = ((2, 1), (3, 1), (3, 2))  # transitions psi_j -> psi_i
STEP_21, STEP_31, STEP_32 = range(3)
SHORTEST = min(RADIUS, FORWARD, BACKWARD)  # [m] from the origin to the surface of the volume
ELECTRONS, MUONS = 0, 1  # ways of a transition


@njit
def leave(first: float, second: float) -> float:
    """H = A (e^-C - e^-A)/(A - C) [1] for A = ``first``, C = ``second``."""
    gap = abs(first - second)
    if gap < 1e-9:
        return first * math.exp(-first)
    if gap == math.inf:
        return math.exp(-second) if first == math.inf else 0.0
    return first * math.exp(-min(first, second)) * -math.expm1(-gap) / gap


@njit
def describe_steps(
    mediator: float, masses: Vector, axial: Vector, shares: Matrix, threshold: float, decays: Matrix
) -> None:
    """Fill ``decays`` (6, DECAY), row 2 step + way, of the transitions that ``shares`` (3, 2) opens.

    ``masses`` (3,) [GeV] of psi_1, psi_2, psi_3; ``axial`` (3,) 1 for an axial transition; ``threshold`` of a track [GeV].
    """
    for step in range(3):
        upper, lower = masses[1 if step == STEP_21 else 2], masses[1 if step == STEP_32 else 0]
        for way in range(2):
            if shares[step, way] > 0.0:
                lepton = ELECTRON_MASS if way == ELECTRONS else MUON_MASS
                describe_decay(
                    int(axial[step]), upper, lower, mediator, lepton, threshold, way == MUONS, decays[2 * step + way]
                )


@njit
def seen_step(
    step: int, shares: Matrix, decays: Matrix, momentum: float, cosine: float, u: Vector, kinks: Vector
) -> float:
    """Probability that the pair of a transition is seen, summed over its ways with their fractions ``shares``."""
    seen = 0.0
    for way in range(2):
        if shares[step, way] > 0.0:
            seen += shares[step, way] * seen_share(decays[2 * step + way], momentum, cosine, u, kinks)
    return seen


@njit
def add_missed_after(
    decay: Vector, share: float, shares: Matrix, decays: Matrix, momentum: float, cosine: float, first: Vector,
    per_path: Vector, u: Vector, kinks: Vector, missed: Vector,
) -> None:
    """Add to ``missed`` the P to miss psi_3 -> psi_2 l l of ``decay`` and what follows, without e^-A, times ``share``.

    For every set of lifetimes, ``first`` is A and ``per_path`` m_2/c_tau_2 [GeV/m]; u[:DRAWS] choose the
    pair, the next DRAWS that of psi_2. The energy of the pair is sampled once below the threshold, once up to twice the
    threshold and once above.
    """
    upper, lower, track = decay[UPPER], decay[LOWER], decay[TRACK]
    q2 = pair_mass2(decay, u[0])
    rest = 0.5 * (upper * upper + q2 - lower * lower) / upper
    recoil = math.sqrt(max(rest * rest - q2, 0.0))
    energy = math.hypot(momentum, upper)
    least, most = (energy * rest - momentum * recoil) / upper, (energy * rest + momentum * recoil) / upper
    sine, azimuth = math.sqrt(max(1.0 - cosine * cosine, 0.0)), math.cos(math.pi * u[2])
    for part in range(3):
        low = max(least, part * track)
        high = most if part == 2 else min(most, (part + 1) * track)
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
        seen = seen_step(STEP_21, shares, decays, own, axis, u[DRAWS:], kinks)
        path = path_length(axis) / max(own, SLOWEST)
        weight = share * unseen * (high - low) / (most - least)
        for k in range(missed.size):
            left = leave(first[k], path * per_path[k]) if seen > 0.0 else 0.0
            missed[k] += weight * (-(1.0 - seen) * math.expm1(-first[k]) + seen * left)


@njit
def missed_leg(
    state: int, masses: Vector, lengths: Matrix, shares: Matrix, decays: Matrix, momentum: float, cosine: float,
    u: Vector, kinks: Vector, work: Matrix, missed: Vector,
) -> None:
    """Multiply ``missed`` by the probability to miss one leg, psi_``state`` of that momentum [GeV] and polar cosine.

    ``lengths`` (sets, 3) are c_tau [m] of psi_1, psi_2, psi_3, ``missed`` and the rows of ``work`` (3, sets) have an entry
    per set; ``u`` has 2 DRAWS numbers.
    """
    if state == 1:
        return
    path, leg, per_path = work[0], work[1], work[2]
    for k in range(missed.size):
        path[k] = path_length(cosine) * masses[state - 1] / (max(momentum, SLOWEST) * lengths[k, state - 1])
        per_path[k] = masses[1] / lengths[k, 1]
    if state == 2:
        seen = seen_step(STEP_21, shares, decays, momentum, cosine, u, kinks)
        for k in range(missed.size):
            missed[k] *= 1.0 + seen * math.expm1(-path[k])
        return
    direct = shares[STEP_31, ELECTRONS] + shares[STEP_31, MUONS]
    if direct > 0.0:
        direct -= seen_step(STEP_31, shares, decays, momentum, cosine, u, kinks)
    for k in range(missed.size):
        leg[k] = math.exp(-path[k]) - direct * math.expm1(-path[k])
    for way in range(2):
        share = shares[STEP_32, way]
        if share > 0.0:
            add_missed_after(
                decays[2 * STEP_32 + way], share, shares, decays, momentum, cosine, path, per_path, u, kinks, leg
            )
    for k in range(missed.size):
        missed[k] *= leg[k]


@njit
def missed_pair(
    states: tuple[int, int], mediator: float, masses: Vector, lengths: Matrix, axial: Vector, shares: Matrix,
    threshold: float, out: Vector, error: Vector,
) -> None:
    """P_missed [1] of A' -> psi_i psi_j, i <= j in ``states``, and the 95 % statistical error of the quadrature [1].

    Parameters
    ----------
    mediator : float
        m_A' [GeV], below the centre-of-mass energy and above the masses of both states.
    masses : float64[3]
        Masses [GeV] of psi_1, psi_2, psi_3; those that do not occur are not read.
    lengths : float64[n, 3]
        Their c_tau [m], n sets that the same events serve.
    axial : float64[3]
        1 for an axial transition 21, 31, 32, else 0.
    shares : float64[3, 2]
        Branching fractions of the transitions 21, 31, 32 with electrons and with muons (and what counts as muons).
    threshold : float
        Of a track [GeV].
    out, error : float64[n]
        Filled.
    """
    decays, kinks, legs = np.empty((6, DECAY)), np.empty(KINKS), np.empty((2, 2))
    batch, missed, work = np.zeros((SCRAMBLES, out.size)), np.empty(out.size), np.empty((3, out.size))
    describe_steps(mediator, masses, axial, shares, threshold, decays)
    light, heavy = states
    for scramble in range(SCRAMBLES):
        total = 0.0
        for i in range(POINTS.shape[1]):
            u = POINTS[scramble, i]
            missed[:] = leg_momenta(mediator, masses[heavy - 1], masses[light - 1], u, legs)
            total += missed[0]
            missed_leg(
                heavy, masses, lengths, shares, decays, legs[0, 0], legs[0, 1], u[PRODUCTION:], kinks, work, missed
            )
            missed_leg(
                light, masses, lengths, shares, decays, legs[1, 0], legs[1, 1], u[PRODUCTION + 2 * DRAWS :], kinks, work,
                missed,
            )
            batch[scramble] += missed
        batch[scramble] /= total
    for k in range(out.size):
        mean, square = 0.0, 0.0
        for scramble in range(SCRAMBLES):
            mean += batch[scramble, k] / SCRAMBLES
        for scramble in range(SCRAMBLES):
            square += (batch[scramble, k] - mean) ** 2
        out[k] = min(mean, 1.0)
        error[k] = STUDENT * math.sqrt(square / (SCRAMBLES * (SCRAMBLES - 1)))


@njit
def mediator_flight(mediator: float, u: float) -> tuple[float, float]:
    """Momentum over mass [1] and polar cosine in the laboratory of A' of mass ``mediator`` [GeV], at the fraction u of the
    photon's distribution.
    """
    s = ENERGY * ENERGY
    c = -photon_cosine(mediator * mediator / s, u)
    drift, total = (s - mediator * mediator) / (2.0 * ENERGY), (s + mediator * mediator) / (2.0 * ENERGY)
    axis, across = GAMMA * (drift * c + BOOST * total), drift * math.sqrt(1.0 - c * c)
    size = math.hypot(axis, across)
    return size / mediator, axis / size


@njit
def fastest(mediator: float) -> float:
    """Largest momentum over mass [1] that A' of mass ``mediator`` [GeV] can have in the laboratory."""
    s = ENERGY * ENERGY
    total, drift = (s + mediator * mediator) / (2.0 * ENERGY), (s - mediator * mediator) / (2.0 * ENERGY)
    return GAMMA * (drift + BOOST * total) / mediator


@njit
def mediator_escapes(mediator: float, length: float) -> float:
    """Probability [1] that A' of c_tau ``length`` [m] leaves the volume before it decays visibly."""
    if length * fastest(mediator) < SHORTEST / 40.0:
        return 0.0  # below e^-40
    escaped = 0.0
    for k in range(NODES_16.size):
        boost, cosine = mediator_flight(mediator, NODES_16[k])
        escaped += WEIGHTS_16[k] * math.exp(-path_length(cosine) / (boost * length))
    return escaped
