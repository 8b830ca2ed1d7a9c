"""The integrals of `three_body` with the Breit-Wigner propagator of the Z', on both sides of m_N = m_Z'.

Near m_N = m_Z' neither the on-shell width alone nor the off-shell integral is the width of N: the pole of
1/[(s - M^2)^2 + M^2 Gamma^2] sits at the edge of phase space, where (1-x)^2 cuts it off. With z = s - M^2, M = m_Z',
and the total width Gamma of the Z' at its pole (constant-width Breit-Wigner: Particle Data Group, "Resonances"),

  square  K = (2 M^4/m_N^2) int ds (1-x)^2 (1+2x) F(s)/(z^2 + M^2 Gamma^2)
  first   J = -(2 M^2/m_N^2) int ds (1-x)^2 (1+2x) F(s) z/(z^2 + M^2 Gamma^2)

Massless F = 1: elementary. Massive pairs: panels of equal length in t = asinh(z/(M Gamma)), which stay accurate for
Gamma/M down to 1e-16, and cosh^2 or v^2 substitutions for the square root at threshold. Hadrons: R(s) is linear
between its knots, so that a segment next to the pole is elementary too.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.quadrature import NODES_6, NODES_12, NODES_32, WEIGHTS_6, WEIGHTS_12, WEIGHTS_32
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

PANEL = 2.0  # [1] length of a panel in t
LEPTONS, PIONS = 0, 1  # kinds of a pair: F = v (3 - v^2)/2 or v^3, v = velocity in the pair's rest frame
NARROWEST = 1e-16  # [1] Gamma/M of the panels for a mediator without width


@njit
def recoil_weight(z: float, gap: float, m2: float) -> float:
    """(1-x)^2 (1+2x) [1] at s = M^2 + z, with gap = m_N^2 - M^2 and m2 = m_N^2 [GeV^2]."""
    below = (gap - z) / m2
    return below * below * (3.0 - 2.0 * below)


@njit
def pair_factor(kind: int, velocity2: float) -> float:
    """F [1] of a lepton pair, (1 + 2 m^2/s) sqrt(1 - 4 m^2/s), or of a scalar pair, (1 - 4 m^2/s)^(3/2)."""
    velocity = math.sqrt(velocity2)
    return velocity * (1.5 - 0.5 * velocity2) if kind == LEPTONS else velocity * velocity2


@njit
def pair_integrals(m_N: float, m_Zp: float, width: float, threshold: float, upper: float, kind: int) -> tuple[float, float]:
    """(K, J) [1] of a massive pair with mass from threshold to upper <= m_N; all arguments but kind [GeV]."""
    if upper <= threshold:
        return 0.0, 0.0
    half_width = m_Zp * max(width, NARROWEST * m_Zp)
    gap = (m_N - m_Zp) * (m_N + m_Zp)
    low = (threshold - m_Zp) * (threshold + m_Zp)  # z at threshold
    high = (upper - m_Zp) * (upper + m_Zp)
    square = 0.0
    first = 0.0
    if low < 0.0:
        split = min(high, 0.5 * low)
        square, first = threshold_panel(low, split, gap, half_width, m_N, threshold, kind)
        if high > split:
            more = pole_panels(max(-high, 0.0), -split, -1.0, gap, half_width, m_N, threshold, low, kind)
            square += more[0]
            first += more[1]
    if high > 0.0:
        more = pole_panels(max(low, 0.0), high, 1.0, gap, half_width, m_N, threshold, low, kind)
        square += more[0]
        first += more[1]
    return 2.0 * m_Zp**4 / m_N**2 * square, -2.0 * m_Zp**2 / m_N**2 * first


@njit
def threshold_panel(
    low: float, split: float, gap: float, half_width: float, m_N: float, threshold: float, kind: int
) -> tuple[float, float]:
    """Integrals over z from low (the threshold) to split < 0, far from the pole: s = threshold^2 cosh^2(eta)."""
    eta_max = math.asinh(math.sqrt(split - low) / threshold)
    square = 0.0
    first = 0.0
    for k in range(NODES_32.size):
        v, weight = NODES_32[k], WEIGHTS_32[k]
        eta = eta_max * (1.0 - v * v)
        sine = math.sinh(eta)
        cosine = math.sqrt(1.0 + sine * sine)
        z = low + (threshold * sine) ** 2
        common = weight * 4.0 * v * eta_max * threshold**2 * sine * cosine
        common *= recoil_weight(z, gap, m_N * m_N) * pair_factor(kind, (sine / cosine) ** 2)
        common /= z * z + half_width * half_width
        square += common
        first += common * z
    return square, first


@njit
def pole_panels(
    near: float,
    far: float,
    side: float,
    gap: float,
    half_width: float,
    m_N: float,
    threshold: float,
    low: float,
    kind: int,
) -> tuple[float, float]:
    """Integrals over near < |z| < far on one side (+-1) of the pole, in equal panels of t = asinh(|z|/half_width).

    The first panel uses t = t_1 + length v^2: on the upper side the threshold can lie there.
    """
    start = math.asinh(near / half_width)
    span = math.asinh(far / half_width) - start
    count = int(span / PANEL) + 1
    length = span / count
    m2 = m_N * m_N
    square = 0.0
    first = 0.0
    for panel in range(count):
        for k in range(NODES_12.size):
            v, weight = NODES_12[k], WEIGHTS_12[k]
            if panel == 0:
                t = start + length * v * v
                step = 2.0 * v * weight * length
            else:
                t = start + length * (panel + v)
                step = weight * length
            growth = math.exp(t)
            sine = math.sinh(t)
            z = side * half_width * sine
            velocity2 = max((z - low) / (z - low + threshold * threshold), 0.0)
            common = step * recoil_weight(z, gap, m2) * pair_factor(kind, velocity2)
            square += common * 2.0 * growth / (growth * growth + 1.0)
            first += common * side * math.tanh(t)
    return square / half_width, first


@njit
def pole_moments(low: float, high: float, half_width: float, out: Vector) -> None:
    """int z^k/(z^2 + half_width^2) dz from low to high for k = 0 ... out.size - 1, into out; half_width >= 0."""
    if half_width > 0.0:
        out[0] = math.atan2(half_width * (high - low), half_width * half_width + low * high) / half_width
    else:
        out[0] = (high - low) / (low * high)
    square = half_width * half_width
    out[1] = 0.5 * math.log((high * high + square) / (low * low + square))
    for k in range(2, out.size):
        out[k] = (high ** (k - 1) - low ** (k - 1)) / (k - 1.0) - square * out[k - 2]


@njit
def massless_integrals(m_N: float, m_Zp: float, width: float) -> tuple[float, float]:
    """(K, J) [1] for massless daughters and width > 0; masses and width [GeV]. Elementary, for m_N near m_Zp."""
    m2 = m_N * m_N
    gap = (m_N - m_Zp) * (m_N + m_Zp) / m2
    a = (m_Zp / m_N) ** 2
    moments = np.empty(5)
    pole_moments(-a, gap, m_Zp * width / m2, moments)
    c0, c1, c2, c3 = recoil_coefficients(gap)
    square = c0 * moments[0] + c1 * moments[1] + c2 * moments[2] + c3 * moments[3]
    first = c0 * moments[1] + c1 * moments[2] + c2 * moments[3] + c3 * moments[4]
    return 2.0 * a * a * square, -2.0 * a * first


@njit
def recoil_coefficients(gap: float) -> tuple[float, float, float, float]:
    """Coefficients of (1-x)^2 (1+2x) in powers of z/m_N^2, gap = 1 - M^2/m_N^2 [1]."""
    return gap * gap * (3.0 - 2.0 * gap), -6.0 * gap * (1.0 - gap), 3.0 - 6.0 * gap, 2.0


@njit
def hadron_integral(m_N: float, m_Zp: float, width: float, knots: Vector, ratios: Vector) -> float:
    """K [1] of hadrons, F = R(s) from 4 m_pi^2 to m_N^2; masses and width [GeV], width = 0 for m_N < m_Zp."""
    if m_N <= HADRON_THRESHOLD:
        return 0.0
    upper = min(m_N, math.sqrt(knots[0]))
    low_part, _ = pair_integrals(m_N, m_Zp, width, HADRON_THRESHOLD, upper, PIONS)
    velocity2 = 1.0 - HADRON_THRESHOLD**2 / knots[0]
    total = ratios[0] / velocity2**1.5 * low_part
    m2 = m_N * m_N
    pole = m_Zp * m_Zp
    gap = (m_N - m_Zp) * (m_N + m_Zp) / m2
    half_width = m_Zp * width / m2
    moments = np.empty(5)
    segments = 0.0
    for i in range(knots.size - 1):
        if knots[i] >= m2:
            break
        low = (knots[i] - pole) / m2
        high = (knots[i + 1] - pole) / m2 if knots[i + 1] < m2 else gap
        slope = (ratios[i + 1] - ratios[i]) / (knots[i + 1] - knots[i]) * m2
        at_pole = ratios[i] - slope * low
        if low < high - low and high > low - high:
            pole_moments(low, high, half_width, moments)
            segments += segment_at_pole(gap, at_pole, slope, moments)
        else:
            segments += segment_off_pole(low, high, gap, half_width, at_pole, slope)
    return total + 2.0 * (pole / m2) ** 2 * segments


@njit
def segment_at_pole(gap: float, at_pole: float, slope: float, moments: Vector) -> float:
    """One linear piece of R (value and slope at the pole, in z/m_N^2) next to the pole, from its moments."""
    c0, c1, c2, c3 = recoil_coefficients(gap)
    total = at_pole * (c0 * moments[0] + c1 * moments[1] + c2 * moments[2] + c3 * moments[3])
    return total + slope * (c0 * moments[1] + c1 * moments[2] + c2 * moments[3] + c3 * moments[4])


@njit
def segment_off_pole(low: float, high: float, gap: float, half_width: float, at_pole: float, slope: float) -> float:
    """The same at a distance of more than the segment's length, by 6-point Gauss-Legendre quadrature."""
    total = 0.0
    for k in range(NODES_6.size):
        v, weight = NODES_6[k], WEIGHTS_6[k]
        z = low + (high - low) * v
        ratio = at_pole + slope * z
        total += weight * recoil_weight(z, gap, 1.0) * ratio / (z * z + half_width * half_width)
    return total * (high - low)
