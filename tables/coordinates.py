"""Named maps from physical inputs to the box, and named prefactors: a small closed vocabulary.

A map takes the inputs x (float64[D]) to box coordinates in which the stored function is smooth. A prefactor
multiplies every component and carries the known power laws and thresholds.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

MAPS = ("log", "mass", "mass-mediator", "momentum", "momentum-mediator", "three-body", "flux", "flux-mediator")
PREFACTORS = ("none", "mediator-rate", "moments", "three-body", "threshold")
LOG, MASS, MASS_MEDIATOR, MOMENTUM, MOMENTUM_MEDIATOR, THREE_BODY, FLUX, FLUX_MEDIATOR = range(8)
NONE, MEDIATOR_RATE, MOMENTS, THREE_BODY_PREFACTOR, THRESHOLD = range(5)

MASS_SCALE = 0.15  # [GeV] of the map y = ln m + m/0.15
FLUX_SCALE = 0.07  # [GeV] of the same map where single bins of a falling flux have to be resolved
MOMENTUM_SCALE = 0.04  # [GeV] of the map a = asinh(q/0.04)
NEAREST = 1e-7  # [1] S of the node at threshold in the three-body map: the limit is taken there
WEAKEST = 1e-9  # [1] L of the node of the contact interaction in the three-body map

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@njit
def mass_coordinate(mass: float, scale: float = MASS_SCALE) -> float:
    """y = ln m + m/scale: logarithmic for light N, linear where the flux runs out. m, scale [GeV]."""
    return math.log(mass) + mass / scale


@njit
def mass_from_coordinate(y: float, scale: float = MASS_SCALE) -> float:
    """Inverse of :func:`mass_coordinate` by Newton's method. Returns m [GeV]."""
    mass = scale * max(y, 0.05) if y > 0.0 else math.exp(y) / (1.0 + math.exp(y) / scale)
    for _ in range(60):
        step = (math.log(mass) + mass / scale - y) / (1.0 / mass + 1.0 / scale)
        mass = max(mass - step, 0.2 * mass)
        if abs(step) < 1e-16 * mass:
            break
    return mass


@njit
def to_box(name: int, blob: Vector, parameters: int, x: Vector, box: Vector) -> None:
    """Write the box coordinates of the physical inputs ``x`` into ``box``; shape parameters start at ``parameters``."""
    if name == LOG:
        for i in range(x.size):
            box[i] = math.log(x[i])
    elif name == MASS or name == MASS_MEDIATOR:
        box[0] = mass_coordinate(x[0])
        if name == MASS_MEDIATOR:
            box[1] = math.log(x[1])
    elif name == FLUX or name == FLUX_MEDIATOR:
        box[0] = mass_coordinate(x[0], FLUX_SCALE)
        if name == FLUX_MEDIATOR:
            box[1] = math.log(x[1])
    elif name == MOMENTUM or name == MOMENTUM_MEDIATOR:
        box[0] = math.asinh(x[0] / MOMENTUM_SCALE)
        if name == MOMENTUM_MEDIATOR:
            box[1] = math.log(x[1])
    else:
        pair = 2.0 * blob[parameters]
        above = (x[0] - pair) * (x[0] + pair)
        gap = (x[1] - x[0]) * (x[1] + x[0])
        box[0] = math.log(x[0] / pair)
        box[1] = math.log1p(above / gap) if gap > 0.0 and above >= 0.0 else math.nan


@njit
def to_inputs(name: int, blob: Vector, parameters: int, box: Vector, x: Vector) -> None:
    """Inverse of :func:`to_box`: write the physical inputs of ``box`` into ``x``."""
    if name == LOG:
        for i in range(x.size):
            x[i] = math.exp(box[i])
    elif name == MASS or name == MASS_MEDIATOR:
        x[0] = mass_from_coordinate(box[0])
        if name == MASS_MEDIATOR:
            x[1] = math.exp(box[1])
    elif name == FLUX or name == FLUX_MEDIATOR:
        x[0] = mass_from_coordinate(box[0], FLUX_SCALE)
        if name == FLUX_MEDIATOR:
            x[1] = math.exp(box[1])
    elif name == MOMENTUM or name == MOMENTUM_MEDIATOR:
        x[0] = MOMENTUM_SCALE * math.sinh(box[0])
        if name == MOMENTUM_MEDIATOR:
            x[1] = math.exp(box[1])
    else:
        pair = 2.0 * blob[parameters]
        above = math.expm1(2.0 * max(box[0], NEAREST))
        x[0] = pair * math.sqrt(1.0 + above)
        x[1] = pair * math.sqrt(1.0 + above + above / math.expm1(max(box[1], WEAKEST)))


@njit
def point_moments(q2: float, mediator2: float, out: Vector) -> None:
    """Moments of a point charge, int_0^Q Q^k/(Q+a)^2 dQ for k = 0, 1, ... 4 (as many as ``out`` holds), a in GeV^2."""
    r = q2 / mediator2
    log, end = math.log1p(r), r / (1.0 + r)
    for k in range(out.size):
        if r < 0.1 and k > 0:
            value, power = 0.0, r ** (k + 1)
            for n in range(18):
                value += (1.0 if n % 2 == 0 else -1.0) * (n + 1) * power / (n + k + 1)
                power *= r
        elif k == 0:
            value = end
        elif k == 1:
            value = log - end
        elif k == 2:
            value = r - 2.0 * log + end
        elif k == 3:
            value = 0.5 * r * r - 2.0 * r + 3.0 * log - end
        else:
            value = r**3 / 3.0 - r * r + 3.0 * r - 4.0 * log + end
        out[k] = value * mediator2 ** (k - 1)


@njit
def tail_envelopes(q2: float, mediator2: float, scale2: float, out: Vector) -> None:
    """Envelopes of int_Q^inf W Q^k/(Q+a)^2 dQ, k = 0, 1, ..., for a weight W that falls off at scale2 [GeV^2]."""
    a = q2 + mediator2
    for k in range(out.size):
        if k == 0:
            out[k] = scale2 / (a * (a + scale2))
        elif k == 1:
            out[k] = math.log1p(scale2 / a) * scale2 / (a + scale2)
        else:
            out[k] = scale2 ** (k + 1) / (a + scale2) ** 2


@njit
def prefactor(name: int, blob: Vector, parameters: int, x: Vector, out: Vector) -> None:
    """Write the prefactor of every component at the inputs ``x`` into ``out``.

    three-body and threshold: parameters (mass of each daughter [GeV], power of the velocity at threshold [1]).
    """
    if name == NONE:
        out[:] = 1.0
    elif name == MEDIATOR_RATE:
        m2 = x[1] * x[1]
        out[:] = 1.0 / ((m2 + (x[0] * x[0] / 1.6) ** 2 + 1e-6) * (m2 + 0.03))
    elif name == MOMENTS:
        half = out.size // 2
        q2, mediator2 = x[0] * x[0], x[1] * x[1]
        if q2 > 0.0:
            point_moments(q2, mediator2, out[:half])
        else:
            out[:half] = 1.0
        tail_envelopes(q2, mediator2, blob[parameters], out[half:])
    else:
        pair = 2.0 * blob[parameters]
        velocity2 = (x[0] - pair) * (x[0] + pair) / (x[0] * x[0])
        value = velocity2 ** (0.5 * blob[parameters + 1])
        if name == THREE_BODY_PREFACTOR:
            value /= ((x[1] - pair) * (x[1] + pair) / (x[1] * x[1])) ** 2
        for c in range(out.size):
            out[c] = value
