"""What a Cherenkov detector makes of an e+e- pair: the share of pairs that it reconstructs in every bin, as a fixed table of
the pair.

For a pair of energy E, mass q and polar angle theta against the beam, R_b is the share accepted in bin b of the reconstructed
neutrino energy for an isotropic decay of the pair, and R2_b the same with the weight P2(c), c the cosine of the electron
against the pair's laboratory direction in its rest frame. Averaged over the azimuth about that direction every vector or
axial current gives a0 + a2 P2(c), so these two numbers per bin hold all of the decay.

Each lepton is smeared: kinetic energy by a Gaussian of ``sigma_T`` = a sqrt(E) + b, below 0 taken as 0 (the lepton is lost),
polar angle by one of ln(1/E) + c degrees at fixed azimuth (E in GeV); E_vis is the sum of kinetic energies, theta the angle
of the vector sum of momenta, E_nu^QE = m_n E_vis/(m_n - E_vis (1 - cos theta)) without binding energy (arXiv:2308.02543 and
its public code). The pair is taken for one ring by one of three criteria (``experiments/pair_detector.py``), always when a
lepton is lost. The three cases, one or the other lepton lost or none, are sampled each with its exact probability, by
truncated Gaussians.

Axes: ln E; theta; s = [f(q) - f(2 m_e)]/[f(E) - f(2 m_e)] with f(q) = 1 - (2 m_e/q)^2 + asinh(q/(0.1 E)): 0 at the
threshold, where nothing is accepted, and 1 at q = E. Values between nodes by cubic Lagrange polynomials
(:func:`lagrange_weights`).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.experiments.pair_detector import (
    ANGLE,
    CRITERION,
    CUT_LOW,
    CUT_STEP,
    CUTS,
    DEGREES,
    EDGES,
    EFFICIENCIES,
    FAINT,
    HEAD,
    MASS,
    NOISE,
    OPENING,
    RESOLUTION,
    PairDetector,
)
from gloam.tables.numerics.elementary import log
from gloam.tables.numerics.sobol import sobol_points
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

ENERGIES, ANGLES, MASSES = 84, 64, 40  # nodes of the axes
LOWEST, HIGHEST = 0.053, 7.2  # [GeV] of the pair
SCALE = 0.1  # [1] of q/E, below which the leptons are close
NEUTRON_MASS = 0.93956542052  # [GeV] CODATA 2018, in E_nu^QE
DRAWS = 6  # random numbers of a decay: two energies, two angles, c, azimuth
MASS_CUT = (0.03203, 0.007417, 0.02738)  # [GeV, 1, GeV^-1] on m_ee: c0 + c1 E + c2 E^2
RARE = 2.5  # [GeV] above which few pairs are
SHIFTS = np.array([k**0.5 % 1.0 for k in (2, 3, 5, 7, 11, 13)])  # [1] of the points, from node to node


@njit
def mass_function(q: float, energy: float) -> float:
    """f(q) [1] of the third axis; q >= 2 m_e and the energy of the pair in GeV."""
    return 1.0 - (2.0 * ELECTRON_MASS / q) ** 2 + math.asinh(q / (SCALE * energy))


@njit
def mass_position(q: float, energy: float) -> float:
    """s [1] of a pair of mass ``q`` and ``energy`` [GeV]."""
    least = math.asinh(2.0 * ELECTRON_MASS / (SCALE * energy))
    return (mass_function(q, energy) - least) / (mass_function(energy, energy) - least)


@njit
def mass_at(s: float, energy: float) -> float:
    """q [GeV] at s, by bisection."""
    low, high = 2.0 * ELECTRON_MASS, energy
    for _ in range(60):
        middle = 0.5 * (low + high)
        if mass_position(middle, energy) < s:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@njit
def lagrange_weights(position: float, count: int, weights: Vector) -> int:
    """Weights (4,) of the cubic through four of ``count`` even nodes, ``position`` in steps; returns the first of the four."""
    first = min(max(int(position) - 1, 0), count - 4)
    x = position - first
    weights[0] = -(x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0
    weights[1] = 0.5 * x * (x - 2.0) * (x - 3.0)
    weights[2] = -0.5 * x * (x - 1.0) * (x - 3.0)
    weights[3] = x * (x - 1.0) * (x - 2.0) / 6.0
    return first


@njit
def normal_quantile(p: float) -> float:
    """Inverse of the normal distribution for 0 < p < 1, relative error 1.2e-9: rational approximations of P. J. Acklam (2003)."""
    tail = min(p, 1.0 - p)
    if tail > 0.02425:
        x = p - 0.5
        r = x * x
        above = (
            (((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r
        ) - 30.66479806614716
        below = (
            (((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
        ) - 13.28068155288572
        return (above * r + 2.506628277459239) * x / (below * r + 1.0)
    t = math.sqrt(-2.0 * math.log(tail))
    above = (((-0.007784894002430293 * t - 0.3223964580411365) * t - 2.400758277161838) * t - 2.549732539343734) * t
    below = (((0.007784695709041462 * t + 0.3224671290700398) * t + 2.445134137142996) * t + 3.754408661907416) * t + 1.0
    x = ((above + 4.374664141464968) * t + 2.938163982698783) / below
    return x if p < 0.5 else -x


@njit
def smeared(energy: float, u: float, numbers: Vector) -> tuple[float, float]:
    """Probability that a lepton of ``energy`` [GeV] is lost, and its kinetic energy if not, for a uniform ``u``."""
    sigma, true = numbers[RESOLUTION] * math.sqrt(energy) + numbers[NOISE], energy - ELECTRON_MASS
    lost = 0.5 * math.erfc(true / (math.sqrt(2.0) * sigma)) if true < 7.0 * sigma else 0.0
    return lost, max(true + sigma * normal_quantile(min(max(lost + u * (1.0 - lost), 1e-15), 1.0 - 1e-15)), 0.0)


@njit
def efficiency(visible: float, numbers: Vector) -> float:
    """Efficiency [1] of one ring of ``visible`` energy [GeV]."""
    count, k = int(numbers[EFFICIENCIES]), 0
    while visible >= numbers[HEAD + k]:
        k += 1
    return numbers[HEAD + count + k]


@njit
def bin_of(visible: float, cosine: float, numbers: Vector) -> int:
    """Bin of E_nu^QE, -1 outside."""
    below = NEUTRON_MASS - visible * (1.0 - cosine)
    if below <= 0.0:
        return -1
    energy = NEUTRON_MASS * visible / below
    first, count = HEAD + 2 * int(numbers[EFFICIENCIES]), int(numbers[EDGES])
    if not numbers[first] <= energy < numbers[first + count - 1]:
        return -1
    k = 0
    while energy >= numbers[first + k + 1]:
        k += 1
    return k


@njit
def is_one_ring(first: float, second: float, cosine: float, numbers: Vector) -> bool:
    """Whether two leptons of kinetic energies ``first``, ``second`` [GeV] and the cosine between them are taken for one ring."""
    visible, criterion = first + second, int(numbers[CRITERION])
    if criterion == ANGLE:
        return cosine > math.cos(numbers[OPENING]) or min(first, second) < numbers[FAINT]
    if criterion == MASS:
        product = (first + ELECTRON_MASS) * (second + ELECTRON_MASS)
        momenta = math.sqrt(first * second * (first + 2.0 * ELECTRON_MASS) * (second + 2.0 * ELECTRON_MASS))
        mass = math.sqrt(2.0 * (ELECTRON_MASS**2 + product - momenta * cosine))
        return mass < MASS_CUT[0] + (MASS_CUT[1] + MASS_CUT[2] * visible) * visible
    count = int(numbers[CUTS])
    cuts = HEAD + 2 * int(numbers[EFFICIENCIES]) + int(numbers[EDGES])
    x = min(max((visible - numbers[CUT_LOW]) / numbers[CUT_STEP], 0.0), count - 1.0)
    k = min(int(x), count - 2)
    cut = numbers[cuts + k] + (x - k) * (numbers[cuts + k + 1] - numbers[cuts + k])
    less = min(first, second) / visible
    return 0.25 * (1.0 - cosine) ** 2 + less * less < cut * cut


@njit
def add_event(weight: float, second: float, visible: float, cosine: float, numbers: Vector, out: Vector) -> None:
    """Add an accepted event to R (``weight``) and R2 (``second`` times it)."""
    k = bin_of(visible, cosine, numbers)
    if k >= 0:
        value, bins = weight * efficiency(visible, numbers), int(numbers[EDGES]) - 1
        out[k] += value
        out[bins + k] += value * second


@njit
def add_decay(
    energies: Vector, directions: Vector, weights: tuple[float, float], u: Vector, numbers: Vector, out: Vector
) -> None:
    """Add the three cases of one decay.

    energies (2,) [GeV] of the leptons, directions (2, 4) = (cosine and sine of the polar angle, cosine and sine of the
    azimuth) smeared, weights of R and R2, u (2,) uniform numbers for the energies.
    """
    lost0, kinetic0 = smeared(energies[0], u[0], numbers)
    lost1, kinetic1 = smeared(energies[1], u[1], numbers)
    if lost1 > 1e-9:
        add_event(weights[0] * lost1 * (1.0 - lost0), weights[1], kinetic0, directions[0], numbers, out)
    if lost0 > 1e-9:
        add_event(weights[0] * lost0 * (1.0 - lost1), weights[1], kinetic1, directions[4], numbers, out)
    share = weights[0] * (1.0 - lost0) * (1.0 - lost1)
    along = directions[2] * directions[6] + directions[3] * directions[7]
    cosine = directions[0] * directions[4] + directions[1] * directions[5] * along
    if kinetic0 + kinetic1 > 0.0 and is_one_ring(kinetic0, kinetic1, cosine, numbers):
        p0 = math.sqrt(kinetic0 * (kinetic0 + 2.0 * ELECTRON_MASS))
        p1 = math.sqrt(kinetic1 * (kinetic1 + 2.0 * ELECTRON_MASS))
        total = math.sqrt(p0 * p0 + p1 * p1 + 2.0 * p0 * p1 * cosine)
        polar = (p0 * directions[0] + p1 * directions[4]) / total
        add_event(share, weights[1], kinetic0 + kinetic1, polar, numbers, out)


@njit
def decay_pair(
    pair: tuple[float, float, float, float],
    c: float,
    azimuth: float,
    normals: tuple[float, float],
    numbers: Vector,
    energies: Vector,
    directions: Vector,
) -> None:
    """Energies and smeared directions (see :func:`add_decay`) of the leptons of a pair = (energy, mass, cos and sin of its
    angle); ``normals`` of their polar angles.
    """
    energy, q, cosine, sine = pair
    k, momentum = math.sqrt(max(0.25 * q * q - ELECTRON_MASS**2, 0.0)), math.sqrt(energy * energy - q * q)
    across = k * math.sqrt(1.0 - c * c)
    x, y = across * math.cos(azimuth), across * math.sin(azimuth)
    for i in range(2):
        sign = 1.0 - 2.0 * i
        energies[i] = max(0.5 * energy + sign * momentum * k * c / q, ELECTRON_MASS)
        along = 0.5 * momentum + sign * energy * k * c / q
        px, py, pz = along * sine + sign * x * cosine, sign * y, along * cosine - sign * x * sine
        flat = math.sqrt(px * px + py * py)
        p = math.sqrt(flat * flat + pz * pz)
        turn = math.radians(numbers[DEGREES] - log(energies[i])) * normals[i]
        turned, turning = math.cos(turn), math.sin(turn)
        here = 4 * i
        directions[here] = (pz * turned - flat * turning) / p
        directions[here + 1] = (flat * turned + pz * turning) / p
        directions[here + 2] = px / flat if flat > 0.0 else 1.0
        directions[here + 3] = py / flat if flat > 0.0 else 0.0


@njit
def add_points(
    pair: tuple[float, float, float, float],
    node: int,
    points: Matrix,
    numbers: Vector,
    scratch: tuple[Vector, Vector, Vector],
    out: Vector,
) -> None:
    """Mean of R and R2 of a pair over ``points`` (n, DRAWS), shifted as belongs to ``node``.

    The electron forward in the pair's frame is enough: backward is the other lepton. c = 1 - v^2 has more of the asymmetric
    pairs.
    """
    energies, directions, u = scratch
    for i in range(points.shape[0]):
        for d in range(DRAWS):
            u[d] = (points[i, d] + node * SHIFTS[d]) % 1.0
        v = u[4]
        c = 1.0 - v * v
        normals = normal_quantile(u[2] + 1e-15), normal_quantile(u[3] + 1e-15)
        decay_pair(pair, c, 2.0 * math.pi * u[5], normals, numbers, energies, directions)
        add_decay(energies, directions, (2.0 * v, 1.5 * c * c - 0.5), u, numbers, out)
    out /= points.shape[0]


@njit
def fill_response(points: Matrix, numbers: Vector, out: Vector) -> None:
    """R and R2 at all nodes; ``out`` (energies, angles, masses, 2 bins) flat. Half the points where hardly any pair is:
    backward, or above 2.5 GeV.
    """
    width = 2 * (int(numbers[EDGES]) - 1)
    scratch, node = (np.empty(2), np.empty(8), np.empty(DRAWS)), 0
    out[:] = 0.0
    for e in range(ENERGIES):
        energy = math.exp(math.log(LOWEST) + e * math.log(HIGHEST / LOWEST) / (ENERGIES - 1))
        for a in range(ANGLES):
            polar = math.pi * a / (ANGLES - 1)
            often = energy < RARE and 2 * a < ANGLES
            some = points if often else points[: points.shape[0] // 2]
            for m in range(MASSES):
                row = out[node * width : (node + 1) * width]
                node += 1
                if m > 0:
                    q = mass_at(m / (MASSES - 1.0), energy) if m < MASSES - 1 else energy * (1.0 - 1e-9)
                    add_points((energy, q, math.cos(polar), math.sin(polar)), node, some, numbers, scratch, row)


def pair_response(detector: PairDetector, log2_count: int, seed: int) -> Vector:
    """R, R2 of a detector at all nodes, flat, from 2^``log2_count`` points per node."""
    out = np.empty(ENERGIES * ANGLES * MASSES * 2 * detector.bins)
    fill_response(sobol_points(log2_count, DRAWS, seed), detector.numbers, out)
    return out


@njit
def response_at(energy: float, polar: float, q: float, response: Vector, width: int, weights: Vector, out: Vector) -> bool:
    """R, R2 into ``out`` (width,) for a pair; False where its energy is below the table. ``weights``: scratch (12,).

    Above the last energy (no flux) the last one answers.
    """
    if energy < LOWEST:
        return False
    at = min(math.log(energy / LOWEST) * (ENERGIES - 1) / math.log(HIGHEST / LOWEST), ENERGIES - 1.0)
    e = lagrange_weights(at, ENERGIES, weights)
    a = lagrange_weights(polar * (ANGLES - 1) / math.pi, ANGLES, weights[4:])
    s = mass_position(q, energy) if q > 2.0 * ELECTRON_MASS else 0.0
    m = lagrange_weights(min(s, 1.0) * (MASSES - 1), MASSES, weights[8:])
    w0, w1, w2, w3 = weights[8], weights[9], weights[10], weights[11]
    out[:] = 0.0
    for i in range(4):
        for j in range(4):
            start = (((e + i) * ANGLES + a + j) * MASSES + m) * width
            rows, weight = response[start : start + 4 * width], weights[i] * weights[4 + j]
            for b in range(width):
                value = w0 * rows[b] + w1 * rows[width + b] + w2 * rows[2 * width + b] + w3 * rows[3 * width + b]
                out[b] += weight * value
    return True
