"""e+e- -> gamma A', A' -> psi_i psi_j with psi_j -> psi_k l+ l-: kinematics and the probability to see nothing but the photon.

ISR (m_e = 0, x = m_A'^2/s, c = cos theta* of the photon):
d sigma/dc = (2 pi alpha^2 eps^2/s) (1-x) [1 + c^2 + 4x/(1-x)^2]/(1-c^2), leading order (compare R. Essig, P. Schuster,
N. Toro, arXiv:0903.3941).
A' decays isotropically. A psi that leaves the volume is missed, one that decays inside is seen with the probability of
`pair_visibility`; the decay position along its path is integrated:

    P_missed = < prod_legs {1 - f [1 - exp(-b m/(p c_tau))]} >,

b the distance from the origin to the surface. The lifetime enters as lambda = c_tau sqrt(s)/(4 m), so that b m/(p c_tau) =
b sqrt(s)/(4 p lambda). ``detector`` is a block of `experiments/collider.py` throughout.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ALPHA
from gloam.tables.experiments.collider import BOOST, ENERGY, GAMMA, PHOTON_COSINE
from gloam.tables.numerics.elementary import exponentiate, log, numeric
from gloam.tables.numerics.memory import pointer, scratch, shifted
from gloam.tables.physics.dark_photons.pair_visibility import DRAWS, KINKS, cosine_of, seen_share, vertex_weights
from gloam.tables.physics.detectors.barrel import path_length

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

NEWTON_STEPS = 2
PRODUCTION = 3  # numbers u that choose photon and A' decay; every leg takes DRAWS more
SLOWEST = 1e-300  # [GeV] a leg at rest decays inside whatever its lifetime
GEV2_FB = 3.893793721e11  # [fb GeV^2] (hbar c)^2


@numeric
def photon_integral(cosine: float, x: float) -> float:
    """int_0^cosine [1 + c^2 + 4x/(1-x)^2]/(1-c^2) dc [1]."""
    return -cosine + (1.0 + 2.0 * x / (1.0 - x) ** 2) * log((1.0 + cosine) / (1.0 - cosine))


@numeric
def production_cross_section(detector: Vector, mass: float) -> float:
    """sigma(e+e- -> gamma A')/eps^2 [fb] with the photon inside the cut of ``detector``; ``mass`` = m_A' [GeV]."""
    s = detector[ENERGY] * detector[ENERGY]
    x = mass * mass / s
    return GEV2_FB * 4.0 * math.pi * ALPHA**2 / s * (1.0 - x) * photon_integral(detector[PHOTON_COSINE], x)


@numeric
def photon_cosine(detector: Vector, x: float, u: float) -> float:
    """cos theta* of the photon at the fraction u of its distribution inside the cut, to 1e-9.

    Newton's method from the inverse series to third order, with a term fitted to the fifth: off by 2e-3 at most.
    """
    width = 4.0 * x / (1.0 - x) ** 2
    target = (2.0 * u - 1.0) * photon_integral(detector[PHOTON_COSINE], x)
    c, cubic = target / (1.0 + width), (2.0 + width) / (3.0 * (1.0 + width))
    c /= 1.0 + cubic * c * c * (1.0 - (cubic - 0.27) * c * c)
    for _ in range(NEWTON_STEPS):
        slope = (1.0 + c * c + width) / (1.0 - c * c)
        c -= (photon_integral(c, x) - target) / slope
    return c


@numeric
def leg_momenta(detector: Vector, mass: float, decaying: float, other: float, u: Vector, legs: Vector) -> float:
    """Momentum [GeV] and polar cosine in the laboratory of both daughters of A': pairs of ``legs`` (4,); returns a weight [1].

    ``mass`` = m_A', daughters of mass ``decaying`` and ``other`` [GeV]; u[0:3] choose photon, decay angle and azimuth. The
    decay angle is that to the direction in the rest frame of A' on which alone the momentum along the beam depends, with
    more events near it, where daughters enter the polar holes: cosine (3 w - w^3)/2, w = 2 u[1] - 1, weight 1.5 (1 - w^2).
    """
    s = detector[ENERGY] * detector[ENERGY]
    c = -photon_cosine(detector, mass * mass / s, u[0])
    boost, boost_gamma = detector[BOOST], detector[GAMMA]
    gamma = (s + mass * mass) / (2.0 * detector[ENERGY] * mass)
    drift = (s - mass * mass) / (2.0 * detector[ENERGY] * mass)
    first = 0.5 * (mass * mass + decaying * decaying - other * other) / mass
    momentum = math.sqrt(max(first * first - decaying * decaying, 0.0))
    flight, side = gamma * c + boost * drift, -math.sqrt(1.0 - c * c)
    norm = math.sqrt(flight * flight + side * side)
    w = 2.0 * u[1] - 1.0
    weight = 1.5 * (1.0 - w * w)
    cosine = 0.5 * w * (3.0 - w * w)
    beam = momentum * cosine
    around = momentum * math.sqrt(1.0 - cosine * cosine) * cosine_of(math.pi * u[2])
    along = (beam * flight - around * side) / norm
    for leg in range(2):
        sign, own = (1.0, decaying) if leg == 0 else (-1.0, other)
        rest = first if leg == 0 else mass - first
        energy = gamma * rest + drift * sign * along
        axis = sign * norm * beam + (drift * c + boost * gamma) * rest
        total = boost_gamma * (energy + boost * (axis - boost * energy))
        size = math.sqrt(max((total - own) * (total + own), 0.0))
        legs[2 * leg] = size
        legs[2 * leg + 1] = min(max(boost_gamma * axis / size, -1.0), 1.0) if size > 0.0 else 0.0
    return weight


@numeric
def decaying(path: float, inverse_lengths: Vector, powers: Vector) -> None:
    """exp(-path/lambda) for a leg of ``path`` [m] and every 1/lambda [1/m]."""
    for k in range(powers.size):
        powers[k] = -path * inverse_lengths[k]
    exponentiate(powers, 0, powers.size)


@numeric
def missed_one(
    detector: Vector, mass: float, upper: float, lower: float, decay: Vector, points: Matrix, lengths: Vector, out: Matrix
) -> None:
    """P_missed [1] of A' -> psi_1 psi_2 for both vertices (rows of ``out``) and every lambda in ``lengths`` [m].

    ``decay`` is described with both spectra, ``points`` (n, PRODUCTION + DRAWS) are in (0, 1).
    """
    legs, kinks, decay_numbers, numbers = scratch(4), scratch(KINKS), pointer(decay), pointer(points)
    inverse_lengths, powers, total = 1.0 / lengths, np.empty(lengths.size), np.zeros((2, 1))
    out[:] = 0.0
    for i in range(points.shape[0]):
        u = shifted(numbers, i * (PRODUCTION + DRAWS))
        own = shifted(u, PRODUCTION)
        weight = leg_momenta(detector, mass, upper, lower, u, legs)
        vector, axial = vertex_weights(decay_numbers, own[0])
        vector, axial = weight * vector, weight * axial
        total[0] += vector
        total[1] += axial
        seen = seen_share(decay_numbers, legs[0], legs[1], own, kinks)
        decaying(path_length(detector, legs[1]) * detector[ENERGY] / (4.0 * max(legs[0], SLOWEST)), inverse_lengths, powers)
        for k in range(lengths.size):
            missed = 1.0 - seen + seen * powers[k]
            out[0, k] += vector * missed
            out[1, k] += axial * missed
    out /= total


@numeric
def missed_two(detector: Vector, mass: float, upper: float, decay: Vector, points: Matrix, lengths: Vector, out: Matrix) -> None:
    """P_missed [1] of A' -> psi_2 psi_2 for both vertices (rows of ``out``) and every lambda in ``lengths`` [m].

    ``decay`` is described with both spectra, ``points`` (n, PRODUCTION + 2 DRAWS) are in (0, 1).
    """
    legs, kinks, decay_numbers, numbers = scratch(4), scratch(KINKS), pointer(decay), pointer(points)
    inverse_lengths, total = 1.0 / lengths, np.zeros((2, 1))
    first, second = np.empty(lengths.size), np.empty(lengths.size)
    out[:] = 0.0
    for i in range(points.shape[0]):
        u = shifted(numbers, i * (PRODUCTION + 2 * DRAWS))
        own, other = shifted(u, PRODUCTION), shifted(u, PRODUCTION + DRAWS)
        weight = leg_momenta(detector, mass, upper, upper, u, legs)
        own_vector, own_axial = vertex_weights(decay_numbers, own[0])
        other_vector, other_axial = vertex_weights(decay_numbers, other[0])
        vector, axial = weight * own_vector * other_vector, weight * own_axial * other_axial
        total[0] += vector
        total[1] += axial
        seen = seen_share(decay_numbers, legs[0], legs[1], own, kinks)
        seen_other = seen_share(decay_numbers, legs[2], legs[3], other, kinks)
        decaying(path_length(detector, legs[1]) * detector[ENERGY] / (4.0 * max(legs[0], SLOWEST)), inverse_lengths, first)
        decaying(path_length(detector, legs[3]) * detector[ENERGY] / (4.0 * max(legs[2], SLOWEST)), inverse_lengths, second)
        for k in range(lengths.size):
            missed = (1.0 - seen + seen * first[k]) * (1.0 - seen_other + seen_other * second[k])
            out[0, k] += vector * missed
            out[1, k] += axial * missed
    out /= total
