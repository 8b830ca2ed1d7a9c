"""Probability that N and then the mediator of its decay N -> nu Z' both decay inside the sphere.

Two successive exponentials over one chord: with decay lengths a and b of N and Z', F(l) the probability of one decay,

    P(a, b) = [a F(a) - b F(b)]/(a - b),

exactly, if the Z' goes on in the direction of N, for every momentum, and for an average over momenta p of N when lengths go
as p: then F is the average that the tables hold, at c_tau of N and at b = c_tau_Z x m_N/m_Z with x = p_Z/p_N. N -> nu Z' is
taken as isotropic in the frame of N; in it, with E* and p* of the Z' over m_N and c = cos theta*,

    x^2 = (E* + p* c/beta)^2 + (p*/(beta gamma))^2 (1 - c^2),

a Gauss-Legendre rule in ln of its value for beta = 1, with 1/(beta gamma) = <m/p> of the average. What this neglects is the
angle between N and Z'. Against a Monte Carlo in three dimensions (tests) P is low, by at most GEOMETRY (1 - m_Z^2/m_N^2)
sqrt(min(<m/p>, 1)) [1 - F(a)] of the smaller of P and F(a) - P: nothing for an N that decays at once, 20 % for p = 1.5 m_N and
decay lengths far beyond the detector. The bound holds that, and a full polarisation of N of either sign: W(c) = 1 +- c
(m_N^2 - 2 m_Z^2)/(m_N^2 + 2 m_Z^2) (narrow vector, massless neutrino; longitudinal against transverse Z').
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events.decay_in_sphere import average_probability, lifetime_weights
from gloam.tables.numerics.quadrature import NODES_12, WEIGHTS_12
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Numbers = tuple[float, float, float]  # probability, its slope in ln a, bound of its error

CHORD = 0.375  # [1] mean length from a uniform vertex to the surface of a sphere, over its diameter
FAR = 1e6  # [1] c_tau over the diameter at which <P> is CHORD <m/p> diameter/c_tau
GEOMETRY = 0.5  # [1] see above
QUADRATURE = 0.01  # [1] of the smaller of P and F(a) - P
NEAR, NEAR_ERROR = 0.1, 1e-3  # [1] relative difference of a and b below which slopes serve, and what that changes
LONG, LONG_ERROR = 30.0, 0.04  # [1] lengths over the diameter from which on P ~ 1/(a b), and what that changes


@njit
def fraction(cosine: float, ratio2: float, slow: float) -> float:
    """x = p_Z/p_N [1] of a Z' at ``cosine`` in the frame of N; ratio2 = (m_Z/m_N)^2, slow = m_N/p_N."""
    energy, momentum = 0.5 * (1.0 + ratio2), 0.5 * (1.0 - ratio2)
    along = energy + momentum * cosine * math.sqrt(1.0 + slow * slow)
    across = momentum * slow
    return math.sqrt(along * along + across * across * max(1.0 - cosine * cosine, 0.0))


@njit
def direction(k: int, ratio2: float) -> tuple[float, float]:
    """cos theta* of the k-th node and its weight [1] in an isotropic decay: even in ln x for beta = 1."""
    x = math.exp(math.log(ratio2) * (1.0 - NODES_12[k]))
    return 2.0 * (x - ratio2) / (1.0 - ratio2) - 1.0, -WEIGHTS_12[k] * x * math.log(ratio2) / (1.0 - ratio2)


@njit
def successive(a: float, b: float, first: Numbers, second: Numbers) -> Numbers:
    """P(a, b), its slope in ln a and its bound [1], from those of one decay at lengths a and b."""
    if abs(b - a) < NEAR * a:
        value = 0.5 * (first[0] + first[1] + second[0] + second[1])
        return value, max(0.5 * first[1], -value), 0.5 * (first[2] + second[2]) + NEAR_ERROR * value
    gap = a - b
    value = (a * first[0] - b * second[0]) / gap
    slope = a * (first[0] + first[1] - value) / gap
    return value, slope, (a * first[2] + b * second[2]) / abs(gap)


@njit
def one_flight(
    blob: Vector, block: int, work: Vector, component: int, m: float, diameter: float, c_tau: float, scratch: Vector
) -> Numbers:
    """:func:`average_probability` at any ``c_tau`` [m]."""
    return average_probability(blob, block, work, component, lifetime_weights(m, diameter, c_tau, scratch), scratch)


@njit
def two_flights(
    blob: Vector,
    block: int,
    work: Vector,
    component: int,
    lengths: tuple[float, float, float, float, float],
    one: Numbers,
    scratch: Vector,
) -> Numbers:
    """P averaged over the momenta of one flavour and target and over the direction of the Z', its slope and its bound [1].

    Parameters
    ----------
    blob, block, work, component
        As for :func:`average_probability`.
    lengths : tuple
        Masses of N and Z' [GeV], diameter, c_tau of N and of Z' [m].
    one : tuple
        <P>, slope and bound of N alone.
    scratch : float64[SCRATCH]
    """
    m, mediator, diameter, first, second = lengths
    slow = one_flight(blob, block, work, component, m, diameter, FAR * diameter, scratch)[0] * FAR / CHORD
    ratio2, far = (mediator / m) ** 2, LONG * diameter * slow
    value = slope = bound = forward = 0.0
    for k in range(NODES_12.size):
        cosine, weight = direction(k, ratio2)
        length = second * fraction(cosine, ratio2, slow) * m / mediator
        shrink = max(min(first, length) / far, 1.0)
        start = one if shrink == 1.0 else one_flight(blob, block, work, component, m, diameter, first / shrink, scratch)
        after = one_flight(blob, block, work, component, m, diameter, length / shrink, scratch)
        both, turn, unsure = successive(first / shrink, length / shrink, start, after)
        if shrink > 1.0:
            turn, unsure = -both, unsure + LONG_ERROR * both
        weight /= shrink * shrink
        value += weight * both
        slope += weight * turn
        bound += weight * unsure
        forward += weight * cosine * both
    small = min(value, max(one[0] - value, 0.0))
    bound += small * (QUADRATURE + GEOMETRY * (1.0 - ratio2) * math.sqrt(min(slow, 1.0)) * (1.0 - one[0]))
    bound += abs(forward * (1.0 - 2.0 * ratio2) / (1.0 + 2.0 * ratio2))
    return value, slope, bound
