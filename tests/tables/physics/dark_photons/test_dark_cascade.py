"""psi_3 -> psi_a psi_a psi_b: spin sums with explicit Dirac matrices, phase space by another integrator, and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.physics.dark_photons.dark_cascade import dark_three_body_width, interference, squared_diagram
from gloam.tables.physics.dark_photons.semivisible import lepton_width
from scipy.integrate import dblquad, quad

PAULI = [np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
GAMMA = [np.kron(np.diag([1, -1]), np.eye(2)).astype(complex), *(np.kron(np.array([[0, 1], [-1, 0]]), s) for s in PAULI)]
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def slash(p):
    """p_mu gamma^mu."""
    return sum(METRIC[m, m] * p[m] * GAMMA[m] for m in range(4))


def momenta(M, a, b, s23, cosine):
    """P, k1, k2, k3 in the rest frame of the pair (2, 3)."""
    root = math.sqrt(s23)
    e_2, e_1 = (s23 + a * a - b * b) / (2 * root), (M * M - s23 - a * a) / (2 * root)
    p_2, p_1 = math.sqrt(e_2**2 - a * a), math.sqrt(e_1**2 - a * a)
    k1 = np.array([e_1, 0.0, 0.0, p_1])
    k2 = np.array([e_2, p_2 * math.sqrt(1 - cosine**2), 0.0, p_2 * cosine])
    k3 = np.array([root - e_2, *(-k2[1:])])
    return k1 + k2 + k3, k1, k2, k3


def explicit(M, a, b, m_Ap, axials, point):
    """Sums over spins of |M_1|^2 and M_1 M_2^* by matrix traces with gamma^mu or gamma^mu gamma5, physical masses."""
    P, k1, k2, k3 = momenta(M, a, b, *point)
    first, second = ([g @ GAMMA5 if axial else g for g in GAMMA] for axial in axials)
    bars = [[GAMMA[0] @ g.conj().T @ GAMMA[0] for g in vertex] for vertex in (first, second)]

    def propagator(q):
        lower = METRIC @ q
        return -METRIC + np.outer(lower, lower) / m_Ap**2

    s23, s13 = propagator(k2 + k3), propagator(k1 + k3)
    u, u1, u2, v3 = slash(P) + M * np.eye(4), slash(k1) + a * np.eye(4), slash(k2) + a * np.eye(4), slash(k3) - b * np.eye(4)
    square = cross = 0.0
    for m in range(4):
        for n in range(4):
            for r in range(4):
                for s in range(4):
                    one = np.trace(u1 @ first[m] @ u @ bars[0][r]) * np.trace(u2 @ second[n] @ v3 @ bars[1][s])
                    square += one * s23[m, n] * s23[r, s]
                    chain = u1 @ first[m] @ u @ bars[0][r] @ u2 @ second[n] @ v3 @ bars[1][s]
                    cross += np.trace(chain) * s23[m, n] * s13[r, s]
    return square, cross, (P, k1, k2, k3)


@pytest.mark.parametrize("axials", [(False, False), (True, False), (False, True), (True, True)])
def test_spin_sums_agree_with_explicit_dirac_matrices(axials):
    """Traces over Dirac-Pauli matrices, gamma5 where the transition is axial, against vector traces with signed masses."""
    M, a, b, m_Ap = 1.0, 0.2, 0.35, 1.4
    square, cross, (P, k1, k2, k3) = explicit(M, a, b, m_Ap, axials, (0.45, 0.3))
    dots = np.array([p @ METRIC @ k for p, k in ((P, k1), (P, k2), (P, k3), (k1, k2), (k1, k3), (k2, k3))])
    signed = (M, -a if axials[0] else a, b if axials[0] == axials[1] else -b)
    assert abs(square.imag) < 1e-12
    assert squared_diagram(signed, dots, m_Ap**2) == pytest.approx(square.real, rel=1e-12)
    assert interference(signed, dots, m_Ap**2) == pytest.approx(cross.real, rel=1e-12)


@pytest.mark.parametrize("axials", [(False, False), (True, False), (False, True), (True, True)])
def test_width_agrees_with_adaptive_quadrature_over_the_dalitz_plot(axials):
    """The same sums, trapped in QUADPACK's dblquad over m_23^2 and m_13^2."""
    M, a, b, m_Ap = 1.0, 0.15, 0.3, 1.2
    signed = (M, -a if axials[0] else a, b if axials[0] == axials[1] else -b)

    def bounds(s23):
        root = math.sqrt(s23)
        e_1, e_3 = (M * M - s23 - a * a) / (2 * root), (s23 - a * a + b * b) / (2 * root)
        p_1, p_3 = math.sqrt(max(e_1**2 - a * a, 0.0)), math.sqrt(max(e_3**2 - b * b, 0.0))
        return (e_1 + e_3) ** 2 - (p_1 + p_3) ** 2, (e_1 + e_3) ** 2 - (p_1 - p_3) ** 2

    def integrand(s13, s23):
        s12 = M * M + 2 * a * a + b * b - s13 - s23
        k12, k13, k23 = (s12 - 2 * a * a) / 2, (s13 - a * a - b * b) / 2, (s23 - a * a - b * b) / 2
        dots = np.array([a * a + k12 + k13, a * a + k12 + k23, b * b + k13 + k23, k12, k13, k23])
        value = squared_diagram(signed, dots, m_Ap**2) / (s23 - m_Ap**2) ** 2
        return value - interference(signed, dots, m_Ap**2) / ((s23 - m_Ap**2) * (s13 - m_Ap**2))

    ends = (lambda s: bounds(s)[0]), (lambda s: bounds(s)[1])
    total, _ = dblquad(integrand, (a + b) ** 2, (M - a) ** 2, *ends, epsabs=0.0, epsrel=1e-8)
    expected = (4 * math.pi) ** 2 / (256 * math.pi**3 * M**3) * 0.5 * total
    assert dark_three_body_width(M, a, b, m_Ap, *axials) == pytest.approx(expected, rel=1e-6)


def test_one_diagram_of_a_conserved_current_is_the_semivisible_width():
    """m_a = m_b in A'* -> pair (conserved): sum |M_1|^2 alone gives lepton_width with eps^2 alpha -> alpha_D and m_l = m_a."""
    M, a, m_Ap = 1.0, 0.2, 1.3

    def integrand(s23):
        root = math.sqrt(s23)
        e_2, e_1 = 0.5 * root, (M * M - s23 - a * a) / (2 * root)
        p_2, p_1 = math.sqrt(e_2**2 - a * a), math.sqrt(max(e_1**2 - a * a, 0.0))

        def inner(cosine):
            k12 = e_1 * e_2 - p_1 * p_2 * cosine
            k23 = 0.5 * s23 - a * a
            k13 = 0.5 * (M * M - 3 * a * a) - k12 - k23
            dots = np.array([a * a + k12 + k13, a * a + k12 + k23, a * a + k13 + k23, k12, k13, k23])
            return squared_diagram((M, a, a), dots, m_Ap**2)

        return 2.0 * p_1 * p_2 * quad(inner, -1.0, 1.0)[0] / (s23 - m_Ap**2) ** 2

    total = quad(integrand, 4 * a * a, (M - a) ** 2, epsrel=1e-9)[0]
    width = (4 * math.pi) ** 2 / (512 * math.pi**3 * M**3) * total
    assert width == pytest.approx(lepton_width(M, a, m_Ap, a, False), rel=1e-7)


def test_the_width_opens_at_threshold_and_scales():
    """0 at m_3 = 2 m_a + m_b; doubling all masses doubles the width per coupling."""
    assert dark_three_body_width(0.7, 0.2, 0.3, 1.0, False, True) == 0.0
    assert dark_three_body_width(0.71, 0.2, 0.3, 1.0, False, True) > 0.0
    one, two = (dark_three_body_width(f * 1.0, f * 0.2, f * 0.3, f * 1.1, True, False) for f in (1.0, 2.0))
    assert two == pytest.approx(2.0 * one, rel=1e-12)
