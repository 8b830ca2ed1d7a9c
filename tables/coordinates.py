"""Named maps from physical inputs to the box, and named prefactors: a small closed vocabulary.

A map takes the inputs x (float64[D]) to box coordinates in which the stored function is smooth. A prefactor
multiplies every component and carries the known power laws and thresholds.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.elementary import log
from numba import njit

MAPS = (
    "log",
    "mass",
    "mass-mediator",
    "momentum",
    "momentum-mediator",
    "three-body",
    "flux",
    "flux-mediator",
    "linear",
    "semivisible",
    "on-shell",
    "off-shell",
)
PREFACTORS = ("none", "mediator-rate", "moments", "three-body", "threshold")
(
    LOG,
    MASS,
    MASS_MEDIATOR,
    MOMENTUM,
    MOMENTUM_MEDIATOR,
    THREE_BODY,
    FLUX,
    FLUX_MEDIATOR,
    LINEAR,
    SEMIVISIBLE,
    ON_SHELL,
    OFF_SHELL,
) = range(12)
CONDITIONS = {  # what a map asks of its inputs together, in words
    "three-body": "masses above the pair threshold and below the mediator's, which must not be closer than the last node",
    "on-shell": "a mediator not heavier than N",
    "off-shell": "a mediator not lighter than N",
    "semivisible": "splittings m_2 - m_1 and lighter mediators between the ends of its mass axis, and sums of masses below m_A'",
}
NONE, MEDIATOR_RATE, MOMENTS, THREE_BODY_PREFACTOR, THRESHOLD = range(5)

MASS_SCALE = 0.15  # [GeV] of the map y = ln m + m/0.15
FLUX_SCALE = 0.07  # [GeV] of the same map where single bins of a falling flux have to be resolved
MEDIATOR_SCALE = 5.0  # [GeV] of the same map for the mass of a dark photon up to 9 GeV
LIGHTEST_MEDIATOR, HEAVIEST_MEDIATOR = 0.005, 2.0  # [GeV] ends of the maps on-shell and off-shell
BESIDE = 1e-7  # [1] |m_Z'/m_N - 1| of their last node: the limit is taken there
CLOSENESS_SCALE = 0.85  # [1] of the map of rho: nodes are dense at its lower end as well
LEAST_GAP = 1e-16  # [1] of 1 - rho in a slope
MOMENTUM_SCALE = 0.04  # [GeV] of the map a = asinh(q/0.04)
NEAREST = 1e-7  # [1] S of the node at threshold in the three-body map: the limit is taken there
WEAKEST = 1e-9  # [1] L of the node of the contact interaction in the three-body map

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@njit
def mass_coordinate(mass: float, scale: float = MASS_SCALE) -> float:
    """y = ln m + m/scale: logarithmic for light N, linear where the flux runs out. m, scale [GeV]."""
    return log(mass) + mass / scale


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
def daughters_over_mediator(unstable: float, delta: float) -> float:
    """(Sum of the daughters' masses)/m_1 [1] of A' -> psi_1 psi_2 (``unstable`` 1) or psi_2 psi_2 (2); Delta = ``delta``."""
    return 2.0 + delta if unstable == 1.0 else 2.0 * (1.0 + delta)


@njit
def closeness(rho: float) -> float:
    """-artanh(0.85 sqrt(1 - rho)), rising to 0 at rho = 1, where momenta vanish like sqrt(1 - rho); above 1, rho - 1."""
    gap = 1.0 - rho
    return -math.atanh(CLOSENESS_SCALE * math.sqrt(gap)) if gap > 0.0 else -gap


@njit
def semivisible_to_box(blob: Vector, parameters: int, x: Vector, box: Vector) -> None:
    """Box of x = (m_A' [GeV], r = m_1/m_A', Delta = (m_2 - m_1)/m_1).

    With g = ln m + m/5 GeV, d = m_2 - m_1 and rho = (sum of the daughters' masses)/m_A': (g - g_low)/(g_high - g_low),
    :func:`closeness` of rho, ln Delta; g_low where d is parameter 1 and g_high at parameter 2 [GeV]. Parameter 0 counts the
    unstable daughters.
    """
    unstable, least, heaviest = blob[parameters], blob[parameters + 1], blob[parameters + 2]
    low = mass_coordinate(least / (x[2] * x[1]), MEDIATOR_SCALE)
    high = mass_coordinate(heaviest, MEDIATOR_SCALE)
    box[0] = (mass_coordinate(x[0], MEDIATOR_SCALE) - low) / (high - low)
    box[1] = closeness(x[1] * daughters_over_mediator(unstable, x[2]))
    box[2] = math.log(x[2])


@njit
def semivisible_to_inputs(blob: Vector, parameters: int, box: Vector, x: Vector) -> None:
    """Inverse of :func:`semivisible_to_box`."""
    unstable, least, heaviest = blob[parameters], blob[parameters + 1], blob[parameters + 2]
    x[2] = math.exp(box[2])
    x[1] = (1.0 - (math.tanh(box[1]) / CLOSENESS_SCALE) ** 2) / daughters_over_mediator(unstable, x[2])
    low = mass_coordinate(least / (x[2] * x[1]), MEDIATOR_SCALE)
    high = mass_coordinate(heaviest, MEDIATOR_SCALE)
    x[0] = mass_from_coordinate(low + box[0] * (high - low), MEDIATOR_SCALE)


@njit
def shell_coordinate(on_shell: bool, mass: float, mediator: float) -> float:
    """z of m_Z' = 5 MeV (m/5 MeV)^(1 - (1 - z)^2) on shell, of m_Z' = m (2 GeV/m)^(z^2) off shell; -1 on the other side of m."""
    if on_shell:
        share = log(mediator / LIGHTEST_MEDIATOR) / log(mass / LIGHTEST_MEDIATOR)
        return 1.0 - math.sqrt(1.0 - share) if share <= 1.0 else -1.0
    share = log(mediator / mass) / log(HEAVIEST_MEDIATOR / mass)
    return math.sqrt(share) if share >= 0.0 else -1.0


@njit
def shell_mediator(on_shell: bool, mass: float, z: float) -> float:
    """m_Z' [GeV] at z of :func:`shell_coordinate`, on its side of ``mass``."""
    if on_shell:
        mediator = LIGHTEST_MEDIATOR * math.exp(math.log(mass / LIGHTEST_MEDIATOR) * z * (2.0 - z))
        return min(mediator, mass * (1.0 - BESIDE))
    return max(mass * math.exp(math.log(HEAVIEST_MEDIATOR / mass) * z * z), mass * (1.0 + BESIDE))


@njit
def shell_slopes(on_shell: bool, mass: float, mediator: float, slopes: Vector) -> None:
    """d z/d m and d z/d m_Z' of :func:`shell_coordinate` at ``slopes[2]`` and ``slopes[3]``."""
    if on_shell:
        part, whole = log(mediator / LIGHTEST_MEDIATOR), log(mass / LIGHTEST_MEDIATOR)
        steep = 0.5 / math.sqrt(max(1.0 - part / whole, LEAST_GAP))
        slopes[2] = -steep * part / (whole * whole * mass)
    else:
        part, whole = log(mediator / mass), log(HEAVIEST_MEDIATOR / mass)
        steep = 0.5 / math.sqrt(max(part / whole, LEAST_GAP))
        slopes[2] = -steep * (1.0 - part / whole) / (whole * mass)
    slopes[3] = steep / (whole * mediator)


@njit
def to_box(name: int, blob: Vector, parameters: int, x: Vector, dimensions: int, box: Vector) -> None:
    """Write the box coordinates of the first ``dimensions`` inputs of ``x`` into ``box``.

    Shape parameters of the map start at ``parameters`` in ``blob``.
    """
    if name == LOG:
        for i in range(dimensions):
            box[i] = log(x[i])
    elif name == LINEAR:
        for i in range(dimensions):
            box[i] = x[i]
    elif name == MASS or name == MASS_MEDIATOR:
        box[0] = mass_coordinate(x[0])
        if name == MASS_MEDIATOR:
            box[1] = log(x[1])
    elif name == FLUX or name == FLUX_MEDIATOR:
        box[0] = mass_coordinate(x[0], FLUX_SCALE)
        if name == FLUX_MEDIATOR:
            box[1] = log(x[1])
    elif name == MOMENTUM or name == MOMENTUM_MEDIATOR:
        u = x[0] / MOMENTUM_SCALE
        box[0] = log(u + math.sqrt(1.0 + u * u))
        if name == MOMENTUM_MEDIATOR:
            box[1] = log(x[1])
    elif name == SEMIVISIBLE:
        semivisible_to_box(blob, parameters, x, box)
    elif name == ON_SHELL or name == OFF_SHELL:
        box[0] = mass_coordinate(x[0])
        box[1] = shell_coordinate(name == ON_SHELL, x[0], x[1])
    else:
        pair = 2.0 * blob[parameters]
        above = (x[0] - pair) * (x[0] + pair)
        gap = (x[1] - x[0]) * (x[1] + x[0])
        box[0] = log(x[0] / pair)
        box[1] = math.log1p(above / gap) if gap > 0.0 and above >= 0.0 else math.nan


@njit
def semivisible_slopes(blob: Vector, parameters: int, x: Vector, slopes: Vector) -> None:
    """Derivatives d box_i / d x_j of :func:`semivisible_to_box` at ``slopes[3 i + j]``; that of rho grows like
    (1 - rho)^(-1/2), up to where 1 - rho is lost to rounding.
    """
    unstable, least, heaviest = blob[parameters], blob[parameters + 1], blob[parameters + 2]
    mass, ratio, delta = x[0], x[1], x[2]
    lightest = least / (delta * ratio)
    low = mass_coordinate(lightest, MEDIATOR_SCALE)
    width = mass_coordinate(heaviest, MEDIATOR_SCALE) - low
    box = (mass_coordinate(mass, MEDIATOR_SCALE) - low) / width
    moved = (1.0 + lightest / MEDIATOR_SCALE) * (1.0 - box) / width
    daughters = daughters_over_mediator(unstable, delta)
    root = math.sqrt(max(1.0 - ratio * daughters, LEAST_GAP))
    steep = 0.5 * CLOSENESS_SCALE / (root * (1.0 - (CLOSENESS_SCALE * root) ** 2))
    slopes[0], slopes[1], slopes[2] = (1.0 / mass + 1.0 / MEDIATOR_SCALE) / width, moved / ratio, moved / delta
    slopes[3], slopes[4], slopes[5] = 0.0, steep * daughters, steep * ratio * unstable
    slopes[6], slopes[7], slopes[8] = 0.0, 0.0, 1.0 / delta


@njit
def map_slopes(name: int, blob: Vector, parameters: int, x: Vector, dimensions: int, slopes: Vector) -> None:
    """Derivatives d box_i / d x_j of :func:`to_box` at ``slopes[i * dimensions + j]``."""
    if name == SEMIVISIBLE:
        semivisible_slopes(blob, parameters, x, slopes)
        return
    for i in range(dimensions):
        for j in range(dimensions):
            slopes[i * dimensions + j] = 0.0 if i != j else (1.0 if name == LINEAR else 1.0 / x[i])
    if name == ON_SHELL or name == OFF_SHELL:
        shell_slopes(name == ON_SHELL, x[0], x[1], slopes)
    if name == MASS or name == MASS_MEDIATOR or name == ON_SHELL or name == OFF_SHELL:
        slopes[0] += 1.0 / MASS_SCALE
    elif name == FLUX or name == FLUX_MEDIATOR:
        slopes[0] += 1.0 / FLUX_SCALE
    elif name == MOMENTUM or name == MOMENTUM_MEDIATOR:
        slopes[0] = 1.0 / math.sqrt(MOMENTUM_SCALE**2 + x[0] * x[0])
    elif name == THREE_BODY:
        pair = 2.0 * blob[parameters]
        above = (x[0] - pair) * (x[0] + pair)
        gap = (x[1] - x[0]) * (x[1] + x[0])
        slopes[2] = 2.0 * x[0] / gap  # box_1 = ln(above + gap) - ln(gap), above + gap independent of x_0
        slopes[3] = -2.0 * x[1] * above / (gap * (above + gap))


@njit
def to_inputs(name: int, blob: Vector, parameters: int, box: Vector, x: Vector) -> None:
    """Inverse of :func:`to_box`: write the physical inputs of ``box`` into ``x``."""
    if name == LOG:
        for i in range(x.size):
            x[i] = math.exp(box[i])
    elif name == LINEAR:
        for i in range(x.size):
            x[i] = box[i]
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
    elif name == SEMIVISIBLE:
        semivisible_to_inputs(blob, parameters, box, x)
    elif name == ON_SHELL or name == OFF_SHELL:
        x[0] = mass_from_coordinate(box[0])
        x[1] = shell_mediator(name == ON_SHELL, x[0], box[1])
    else:
        pair = 2.0 * blob[parameters]
        above = math.expm1(2.0 * max(box[0], NEAREST))
        x[0] = pair * math.sqrt(1.0 + above)
        x[1] = pair * math.sqrt(1.0 + above + above / math.expm1(max(box[1], WEAKEST)))


@njit
def point_moment(k: int, q2: float, mediator2: float) -> float:
    """Moment of a point charge, int_0^Q Q^k/(Q+a)^2 dQ for k = 0, 1, ... 4 and Q, a in GeV^2."""
    r = q2 / mediator2
    log1p, end = math.log1p(r), r / (1.0 + r)
    if r < 0.1 and k > 0:
        value, power = 0.0, r ** (k + 1)
        for n in range(18):
            value += (1.0 if n % 2 == 0 else -1.0) * (n + 1) * power / (n + k + 1)
            power *= r
    elif k == 0:
        value = end
    elif k == 1:
        value = log1p - end
    elif k == 2:
        value = r - 2.0 * log1p + end
    elif k == 3:
        value = 0.5 * r * r - 2.0 * r + 3.0 * log1p - end
    else:
        value = r**3 / 3.0 - r * r + 3.0 * r - 4.0 * log1p + end
    return value * mediator2 ** (k - 1)


@njit
def tail_envelope(k: int, q2: float, mediator2: float, scale2: float) -> float:
    """Envelope of int_Q^inf W Q^k/(Q+a)^2 dQ, k = 0, 1, ..., for a weight W that falls off at scale2 [GeV^2]."""
    a = q2 + mediator2
    if k == 0:
        return scale2 / (a * (a + scale2))
    if k == 1:
        return math.log1p(scale2 / a) * scale2 / (a + scale2)
    return scale2 ** (k + 1) / (a + scale2) ** 2


@njit
def prefactor(name: int, blob: Vector, parameters: int, x: Vector, components: int, c: int) -> float:
    """Prefactor of component ``c`` of ``components`` at the inputs ``x``.

    three-body and threshold: parameters (mass of each daughter [GeV], power of the velocity at threshold [1]).
    """
    if name == NONE:
        return 1.0
    if name == MOMENTS:
        half = components // 2
        q2, mediator2 = x[0] * x[0], x[1] * x[1]
        if c >= half:
            return tail_envelope(c - half, q2, mediator2, blob[parameters])
        return point_moment(c, q2, mediator2) if q2 > 0.0 else 1.0
    if name == MEDIATOR_RATE:
        m2 = x[1] * x[1]
        return 1.0 / ((m2 + (x[0] * x[0] / 1.6) ** 2 + 1e-6) * (m2 + 0.03))
    pair = 2.0 * blob[parameters]
    velocity2 = (x[0] - pair) * (x[0] + pair) / (x[0] * x[0])
    value = velocity2 ** (0.5 * blob[parameters + 1])
    if name == THREE_BODY_PREFACTOR:
        value /= ((x[1] - pair) * (x[1] + pair) / (x[1] * x[1])) ** 2
    return value


@njit
def multiply_prefactor(name: int, blob: Vector, parameters: int, x: Vector, components: int, out: Vector) -> None:
    """Multiply the ``components`` numbers of ``out`` by their prefactors at the inputs ``x``."""
    if name == NONE:
        return
    if name == MOMENTS:
        for c in range(components):
            out[c] *= prefactor(name, blob, parameters, x, components, c)
        return
    value = prefactor(name, blob, parameters, x, components, 0)
    for c in range(components):
        out[c] *= value


@njit
def point_moment_slope(k: int, q2: float, mediator2: float, mediator: bool) -> float:
    """d ln M_k / d ln a (``mediator``) or d ln M_k / d ln Q of :func:`point_moment`: M_k ~ length^(k-1) in both."""
    if q2 == 0.0:
        return k - 1.0 if mediator else 0.0
    end = q2 ** (k + 1) / ((q2 + mediator2) ** 2 * point_moment(k, q2, mediator2))
    return k - 1.0 - end if mediator else end


@njit
def tail_envelope_slope(k: int, q2: float, mediator2: float, scale2: float) -> float:
    """d ln E_k / d(Q + a) [GeV^-2] of :func:`tail_envelope`, which depends on Q + a alone."""
    a = q2 + mediator2
    if k == 0:
        return -1.0 / a - 1.0 / (a + scale2)
    if k == 1:
        return -scale2 / (a * (a + scale2) * math.log1p(scale2 / a)) - 1.0 / (a + scale2)
    return -2.0 / (a + scale2)


@njit
def prefactor_slope(name: int, blob: Vector, parameters: int, x: Vector, components: int, c: int, j: int) -> float:
    """d ln prefactor_c / d x_j of :func:`multiply_prefactor` for a table of ``components`` components."""
    if name == NONE:
        return 0.0
    if name == MOMENTS:
        q2, mediator2, half = x[0] * x[0], x[1] * x[1], components // 2
        if c >= half:
            return 2.0 * x[j] * tail_envelope_slope(c - half, q2, mediator2, blob[parameters])
        return 0.0 if x[j] == 0.0 else 2.0 / x[j] * point_moment_slope(c, q2, mediator2, j == 1)
    if name == MEDIATOR_RATE:
        m2 = x[1] * x[1]
        first = m2 + (x[0] * x[0] / 1.6) ** 2 + 1e-6
        if j == 0:
            return -4.0 * x[0] ** 3 / (1.6**2 * first)
        return -2.0 * x[1] * (1.0 / first + 1.0 / (m2 + 0.03))
    pair2 = 4.0 * blob[parameters] ** 2
    if j == 0:
        return blob[parameters + 1] * pair2 / (x[0] * (x[0] * x[0] - pair2))
    return -4.0 * pair2 / (x[1] * (x[1] * x[1] - pair2)) if name == THREE_BODY_PREFACTOR else 0.0
