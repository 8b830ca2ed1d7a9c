"""Integrals of N -> nu Z'* -> nu f fbar below m_N = m_Z', relative to the contact interaction [1].

With x = q^2/m_N^2 for the squared mass q^2 of the pair, R = (m_N/m_Z')^2 and r = m_f/m_N:

  square  K = 2 int dx (1-x)^2 (1+2x) F(x)/(1-Rx)^2,    F = (1 + 2 r^2/x) sqrt(1 - 4 r^2/x)
  first   J = 2 int dx (1-x)^2 (1+2x) F(x)/(1-Rx)
  exchange E = 12 int dx dy (1-x-y)(x+y)/((1-Rx)(1-Ry))  over x, y >= 0, x + y <= 1 (massless neutrinos)

K multiplies the squared coupling, J the interference with a contact interaction (Z and W exchange), E the
interference of the two ways to pair identical neutrinos. All are 1 for massless daughters and R = 0. They follow from
dGamma/dq^2 = Gamma(N -> nu Z'*) sqrt(q^2) Gamma(Z'* -> f fbar)/(pi |q^2 - m_Z'^2|^2) at squared mass q^2, see
`dark_widths`; the tests repeat them with explicit traces over the Dalitz plot. The propagator width is neglected: not
for m_N -> m_Z', where `resonance` takes over.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.quadrature import gauss_legendre
from numba import njit

NODES, WEIGHTS = gauss_legendre(96)
SERIES_LIMIT = 0.3  # [1] below this R the series is used, above it the closed form
TERMS = 40  # [1] terms of the series: 0.3^40 = 1e-21


@njit
def three_body_integrals(m_N: float, m_Zp: float, m_f: float) -> tuple[float, float]:
    """(K, J) for 2 m_f < m_N < m_Zp [GeV], m_f > 0, by 96-point Gauss-Legendre quadrature.

    With L = ln[(m_Zp^2 - 4 m_f^2)/(m_Zp^2 - m_N^2)] the map 1 - R x = (1 - 4 r^2 R) exp(-L t^2), 0 < t < 1, removes
    the square root at threshold and resolves the propagator. Accuracy 1e-7 for electrons at 2 GeV, 1e-13 for muons.
    """
    ratio = (m_N / m_Zp) ** 2
    threshold = (2.0 * m_f / m_N) ** 2
    gap = (m_Zp - m_N) * (m_Zp + m_N) / m_Zp**2
    reach = (m_Zp - 2.0 * m_f) * (m_Zp + 2.0 * m_f) / m_Zp**2
    log = math.log1p((m_N - 2.0 * m_f) * (m_N + 2.0 * m_f) / ((m_Zp - m_N) * (m_Zp + m_N)))
    square = 0.0
    first = 0.0
    for k in range(NODES.size):
        t, weight = NODES[k], WEIGHTS[k]
        propagator = reach * math.exp(-log * t * t)
        above = -math.expm1(-log * t * t) * reach / ratio
        x = threshold + above
        below = gap / ratio * math.expm1(log * (1.0 - t * t))
        pair = (1.0 + 0.5 * threshold / x) * math.sqrt(above / x)
        common = weight * 4.0 * log * t / ratio * below**2 * (1.0 + 2.0 * x) * pair
        square += common / propagator
        first += common
    return square, first


@njit
def massless_square(ratio: float) -> float:
    """K(r = 0) at R [1], 0 <= R < 1: 2 {6 [R - R^2/2 - (1-R) ln(1/(1-R))] - R^3}/R^4; arXiv:1807.09877 (off shell).

    Series for small R: 12 sum_n R^n/((n+3)(n+4)).
    """
    if ratio < SERIES_LIMIT:
        total = 0.0
        for n in range(TERMS, -1, -1):
            total = total * ratio + 12.0 / ((n + 3.0) * (n + 4.0))
        return total
    log = -math.log1p(-ratio)
    brackets = 6.0 * (ratio - 0.5 * ratio**2 - (1.0 - ratio) * log) - ratio**3
    return 2.0 * brackets / ratio**4


@njit
def massless_first(ratio: float) -> float:
    """J(r = 0) at R [1], 0 <= R; above R = 1 the principal value.

    Series for small R: 12 sum_n R^n/((n+1)(n+3)(n+4)); otherwise, a = 1/R and b = a - 1,
    J = 2a {b^2 (1+2a) ln(a/|b|) - [6ab + (6a-3)(1/2-a) + (2/3)(a^3 - b^3)]}.
    """
    if ratio < SERIES_LIMIT:
        total = 0.0
        for n in range(TERMS, -1, -1):
            total = total * ratio + 12.0 / ((n + 1.0) * (n + 3.0) * (n + 4.0))
        return total
    a = 1.0 / ratio
    b = a - 1.0
    log = b * b * math.log(a / abs(b)) if b != 0.0 else 0.0
    rest = 6.0 * a * b + (6.0 * a - 3.0) * (0.5 - a) + 2.0 / 3.0 * (a**3 - b**3)
    return 2.0 * a * (log * (1.0 + 2.0 * a) - rest)


@njit
def neutrino_exchange(ratio: float) -> float:
    """Exchange integral E of N -> nu nu nubar through a Z'* at R [1], 0 <= R < 2; above R = 1 the principal value.

    Both pairings have the same spinor structure (Fierz), so that the amplitude is S [1/(1-Rx) + 1/(1-Ry)] and the
    rate K + E times one pairing's (half of the lepton vector rate). Series for small R:
    12 sum_n R^n h_n/((n+1)(n+3)(n+4)), h_n = sum_i 1/binomial(n, i); otherwise closed, with a = 1/R, b = a-1, k = a+b:
    E = 12 a^2 {-1 - 2B + 2(4a-1)C - 2ak D}, B = 3k/4 - b(a+b/2) l, C = 1 - b l,
    D = l ln(a/k) + Li2(a/k) - Li2(b/k), l = ln(a/|b|). (This work; test: two-dimensional quadrature.)
    """
    if ratio < SERIES_LIMIT:
        total, power, h = 1.0, 1.0, 1.0
        for n in range(1, TERMS + 1):
            h = 1.0 + 0.5 * h * (n + 1.0) / n
            power *= ratio
            total += 12.0 * power * h / ((n + 1.0) * (n + 3.0) * (n + 4.0))
        return total
    a = 1.0 / ratio
    b = a - 1.0
    k = a + b
    if b == 0.0:
        return 12.0 * (-1.0 - 1.5 + 6.0 - math.pi**2 / 3.0)
    log = math.log(a / abs(b))
    single = 1.0 - b * log
    mixed = 0.75 * k - b * (a + 0.5 * b) * log
    double = log * math.log(a / k) + dilogarithm(a / k) - dilogarithm(b / k)
    return 12.0 * a * a * (-1.0 - 2.0 * mixed + 2.0 * (4.0 * a - 1.0) * single - 2.0 * a * k * double)


@njit
def dilogarithm(x: float) -> float:
    """Real part of Li2(x) for real x [1]: reflections to |x| <= 1/2, then the power series (DLMF 25.12)."""
    if x > 1.0:
        return math.pi**2 / 3.0 - 0.5 * math.log(x) ** 2 - dilogarithm_series(1.0 / x)
    if x < -1.0:
        return -(math.pi**2) / 6.0 - 0.5 * math.log(-x) ** 2 - dilogarithm_series(1.0 / x)
    return dilogarithm_series(x)


@njit
def dilogarithm_series(x: float) -> float:
    """Li2(x) for -1 <= x <= 1, by the series in -ln(1-x) (Bernoulli numbers) after reflection of x > 1/2."""
    if x == 1.0:
        return math.pi**2 / 6.0
    if x > 0.5:
        return math.pi**2 / 6.0 - math.log(x) * math.log1p(-x) - dilogarithm_series(1.0 - x)
    z = -math.log1p(-x)
    z2 = z * z
    total = 0.0
    for coefficient in BERNOULLI[::-1]:
        total = total * z2 + coefficient
    return z - 0.25 * z2 + z * z2 * total


# B_2n/(2n+1)! for n = 1, 2, ...: coefficients of z^(2n+1) in Li2(1 - exp(-z))
BERNOULLI = np.array(
    [
        1.0 / 36.0,
        -1.0 / 3600.0,
        1.0 / 211680.0,
        -1.0 / 10886400.0,
        1.0 / 526901760.0,
        -691.0 / 16999766784000.0,
        7.0 / 7846046208000.0,
        -3617.0 / 181400588328960000.0,
    ]
)
