"""Cross-section brackets of nu + target -> N + target, per helicity of N and summed.

With K_h = (k3 -+ m s3)/2, a light-like vector, the trace over the lepton line is the massless one with k3 replaced by
K_h; K_c (conserving) and K_f (flipping) add up to k3. P = p2 + p4, q = k1 - k3, Kbar = k3 - K. The hadron tensor is
2 [R P P - G_M^2 (q q + Q g)] with R = (G_E^2 + tau G_M^2)/(1 + tau), plus axial and vector-axial pieces. Then

    d sigma/dQ = couplings^2 B/(8 pi x^2) propagators,          x = 2 M E,

with the brackets B below (GeV^4), which the tests compare with explicit Dirac traces. All brackets are polynomials of
degree two in Q at fixed (E, m). Vector and dipole vertices as in upscattering conventions: V nubar gamma P_L N and
d nubar_L sigma F N with mu_tr = 2 d.
"""

from __future__ import annotations

from gloam.tables.physics.neutral_leptons.kinematics import centre_of_mass, q2_range
from numba import njit

CONSERVING, FLIPPING, SUMMED = 0, 1, 2
ALPHA = 1.0 / 137.035999084  # [1] CODATA 2018


@njit
def linear_forms(energy: float, m: float, target: float, along: bool) -> tuple[float, float, float, float, float, float, float]:
    """Linear functions of Q: K.k1 = k0 + k1 Q, K.P = p0 - k1 Q, k1.P = y0 - Q/2, k1.Kbar = o0 + o1 Q [GeV^2].

    Along N, K = u e+ with u = (E3 + p3)/2; opposite, K = v e- with v = m^2/(4 u). In the centre of mass
    k1.e+ = (Q - Qmin)/(2 p3), k1.e- = (Qmax - Q)/(2 p3) and P.e+- = E2 + E4 + p1 +- p3 - k1.e+-. No cancellation.
    Returns (k0, k1, p0, y0, o0, o1, M^2).
    """
    low, high = q2_range(energy, m, target)
    p1, p3, e2, e3, e4 = centre_of_mass(energy, m, target)
    u = 0.5 * (e3 + p3)
    v = 0.25 * m * m / u
    y0 = target * energy * 2.0 - 0.5 * m * m
    up, down = 0.5 * u / p3, 0.5 * v / p3
    if along:
        return -up * low, up, u * (e2 + e4 + p1 + p3) + up * low, y0, down * high, -down, target * target
    return down * high, -down, v * (e2 + e4 + p1 - p3) - down * high, y0, -up * low, up, target * target


Polynomial = tuple[float, float, float, float]


@njit
def vector_electric(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of R in the vector bracket, 2 (K.P)(k1.P) - P^2 K.k1, as a polynomial in Q [GeV^4]; f:
    linear_forms.
    """
    k0, k1, p0, y0, _, _, target2 = f
    return 2.0 * p0 * y0 - 4.0 * target2 * k0, -p0 - 2.0 * k1 * y0 - 4.0 * target2 * k1 - k0, 0.0, 0.0


@njit
def vector_magnetic(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of G_M^2 in the vector bracket, 2 Q K.k1 - m^2 Kbar.k1 [GeV^4]."""
    k0, k1, _, _, o0, o1, _ = f
    m2 = m * m
    return -m2 * o0, 2.0 * k0 - m2 * o1, 2.0 * k1, 0.0


@njit
def axial_axial(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of G_A^2, 2 (K.P)(k1.P) - 2 (K.q)(k1.q) + 4 M^2 K.k1 [GeV^4]."""
    k0, k1, p0, y0, _, _, target2 = f
    m2 = m * m
    return (
        2.0 * p0 * y0 + m2 * (k0 - 0.5 * m2) + 4.0 * target2 * k0,
        -p0 - 2.0 * k1 * y0 + k0 - 0.5 * m2 + m2 * k1 + 4.0 * target2 * k1,
        2.0 * k1,
        0.0,
    )


@njit
def vector_axial(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of s G_M G_A, s = +1 for neutrinos and -1 for antineutrinos: 4 [(K.q)(k1.P) -
    (K.P)(k1.q)] [GeV^4].
    """
    k0, k1, p0, y0, _, _, _ = f
    half = 0.5 * m * m
    return (
        4.0 * (p0 * half + (k0 - half) * y0),
        4.0 * (0.5 * p0 - k1 * half + k1 * y0 - 0.5 * (k0 - half)),
        -4.0 * k1,
        0.0,
    )


@njit
def dipole_electric(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of R in the dipole bracket, 2 Q (K.P)(k1.P) - P^2 m^2 Kbar.k1 [GeV^6]."""
    _, k1, p0, y0, o0, o1, target2 = f
    m2 = m * m
    return (
        -4.0 * target2 * m2 * o0,
        2.0 * p0 * y0 - m2 * (4.0 * target2 * o1 + o0),
        -p0 - 2.0 * k1 * y0 - m2 * o1,
        k1,
    )


@njit
def dipole_magnetic(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of G_M^2 in the dipole bracket, Q [Q K.k1 - 2 (m^2 + Q)(K.k1 - m^2/2)] [GeV^6]."""
    k0, k1, _, _, _, _, _ = f
    m2 = m * m
    shifted = k0 - 0.5 * m2
    return 0.0, -2.0 * m2 * shifted, k0 - 2.0 * shifted - 2.0 * m2 * k1, -k1


@njit
def scalar(m: float, f: tuple[float, float, float, float, float, float, float]) -> Polynomial:
    """Coefficient of F^2 in the scalar bracket, (4 M^2 + Q) K.k1 [GeV^4]."""
    k0, k1, _, _, _, _, target2 = f
    return 4.0 * target2 * k0, k0 + 4.0 * target2 * k1, k1, 0.0


@njit
def summed_vector(q2: float, x: float, m: float, target: float) -> tuple[float, float, float, float]:
    """Helicity sums: coefficients of R, G_M^2, G_A^2 and s G_M G_A [GeV^4]."""
    m2, y = m * m, x - 0.5 * (m * m + q2)
    product = 0.5 * (m2 + q2)
    return (
        2.0 * y * y - (4.0 * target * target + q2) * product,
        product * (2.0 * q2 - m2),
        2.0 * y * y + 0.5 * (q2 - m2) * (q2 + m2) + 4.0 * target * target * product,
        4.0 * q2 * y,
    )
