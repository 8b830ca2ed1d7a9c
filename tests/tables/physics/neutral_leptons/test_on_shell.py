"""psi_j -> psi_i A' on shell: explicit Dirac matrices and the pole of the off-shell width."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.physics.dark_photons.semivisible import lepton_width, smooth_part
from gloam.tables.physics.neutral_leptons.on_shell import transition_strength, two_body_width
from scipy.integrate import quad

PAULI = [np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
GAMMA = [np.kron(np.diag([1, -1]), np.eye(2)).astype(complex), *(np.kron(np.array([[0, 1], [-1, 0]]), s) for s in PAULI)]
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize("masses", [(1.0, 0.2, 0.5), (2.0, 0.1, 1.6), (1.0, 0.0, 0.3)])
def test_width_agrees_with_explicit_dirac_matrices(masses, axial):
    """p/(8 pi m_j^2) times half the spin sum of |u_i gamma^mu (gamma5) u_j eps_mu|^2, polarisations -g + k k/m_A'^2."""
    m_j, m_i, m_Ap = masses
    energy = (m_j**2 + m_i**2 - m_Ap**2) / (2.0 * m_j)
    p = math.sqrt(energy**2 - m_i**2)
    out, k = np.array([energy, 0.0, 0.0, p]), np.array([m_j - energy, 0.0, 0.0, -p])
    slash = [sum(METRIC[m, m] * q[m] * GAMMA[m] for m in range(4)) for q in (np.array([m_j, 0, 0, 0]), out)]
    vertex = [g @ GAMMA5 if axial else g for g in GAMMA]
    polarisation = -METRIC + np.outer(METRIC @ k, METRIC @ k) / m_Ap**2
    total = 0.0
    for m in range(4):
        for n in range(4):
            bar = GAMMA[0] @ vertex[n].conj().T @ GAMMA[0]
            trace = np.trace((slash[1] + m_i * np.eye(4)) @ vertex[m] @ (slash[0] + m_j * np.eye(4)) @ bar)
            total += trace.real * polarisation[m, n]
    expected = 4.0 * math.pi * p / (8.0 * math.pi * m_j**2) * 0.5 * total
    assert two_body_width(*masses, axial) == pytest.approx(expected, rel=1e-12)


def test_width_vanishes_at_its_threshold():
    """delta = m_A'."""
    assert two_body_width(1.5, 0.5, 1.0, False) == 0.0
    assert two_body_width(1.4, 0.5, 1.0, True) == 0.0


@pytest.mark.parametrize("axial", [False, True])
def test_strength_is_that_of_the_off_shell_width(axial):
    """H(q^2) of `semivisible`: smooth_part times its power of delta^2 - q^2 and the propagator."""
    q2, delta2, sum2, m2 = 0.3, 0.7, 2.1, 5.0
    value = smooth_part(q2, delta2, sum2, m2, axial) * (m2 - q2) ** 2 * (delta2 - q2) ** (0.5 if axial else 1.5)
    assert transition_strength(q2, delta2, sum2, axial) == pytest.approx(value, rel=1e-12)


def test_the_off_shell_width_meets_its_own_integral_below_the_shell():
    """Far below the pole the same integrand without a width is lepton_width: the common normalisation."""
    m_j, m_i, m_Ap, m_e = 0.9, 0.4, 1.0, ELECTRON_MASS
    delta2, sum2 = (m_j - m_i) ** 2, (m_j + m_i) ** 2

    def integrand(log):
        q2 = math.exp(log)
        pair = (1.0 + 2.0 * m_e**2 / q2) * math.sqrt(max(1.0 - 4.0 * m_e**2 / q2, 0.0))
        return q2 * transition_strength(q2, delta2, sum2, False) * pair / (q2 - m_Ap**2) ** 2

    total = quad(integrand, math.log(4.0 * m_e**2), math.log(delta2), epsrel=1e-10, limit=400)[0]
    assert lepton_width(m_j, m_i, m_Ap, m_e, False) == pytest.approx(total / (12.0 * math.pi * m_j**3), rel=1e-6)
