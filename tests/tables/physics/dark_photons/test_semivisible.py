"""Widths of A' -> psi_i psi_j and psi_j -> psi_i X: closed limits, independent quadrature, published check values."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.tables.constants import ALPHA, CHARGED_PION_MASS, ELECTRON_MASS, HBAR_C, MUON_MASS, TAU_MASS
from gloam.tables.physics.dark_photons.semivisible import (
    HADRON_NODES,
    contact_limit,
    hadron_weights,
    hadron_width,
    lepton_width,
    pair_width,
)
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS, r_ratio
from scipy.integrate import quad


def direct(m_j, m_i, m_Ap, threshold2, form, axial, breaks=()):
    """Gamma/(eps^2 alpha alpha_D V^2) by adaptive quadrature in ln q^2, from the plain formula."""
    delta2, sum2 = (m_j - m_i) ** 2, (m_j + m_i) ** 2
    log = math.log(delta2 / threshold2)

    def integrand(t):
        q2 = min(max(threshold2 * math.exp(log * math.sin(t) ** 2), threshold2), delta2)
        first, second, third = (0.5, 1.5, delta2 + 2.0 * q2) if axial else (1.5, 0.5, sum2 + 2.0 * q2)
        value = (delta2 - q2) ** first * (sum2 - q2) ** second * third * form(q2) / (q2 - m_Ap**2) ** 2
        return value * q2 * log * math.sin(2.0 * t)

    inner = sorted(math.asin(math.sqrt(math.log(q2 / threshold2) / log)) for q2 in breaks if threshold2 < q2 < delta2)
    edges = [0.0, *inner, 0.5 * math.pi]
    parts = [quad(integrand, a, b, epsabs=0.0, epsrel=1e-11, limit=400)[0] for a, b in pairwise(edges)]
    return sum(parts) / (12.0 * math.pi * m_j**3)


MASSES = [
    (0.5775, 0.4125, 1.25, ELECTRON_MASS),
    (0.6775, 0.4125, 1.25, MUON_MASS),
    (0.01103, 0.01, 0.5, ELECTRON_MASS),
    (3.0, 1.0, 3.3, ELECTRON_MASS),
    (8.0, 0.1, 10.0, ELECTRON_MASS),
    (6.0, 2.0, 7.0, TAU_MASS),
]


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize(("m_j", "m_i", "m_Ap", "m_l"), MASSES)
def test_lepton_widths_agree_with_adaptive_quadrature(m_j, m_i, m_Ap, m_l, axial):
    """The same integral in another variable by QUADPACK, to the promised 1e-6."""

    def form(q2):
        return (1.0 + 2.0 * m_l**2 / q2) * math.sqrt(max(1.0 - 4.0 * m_l**2 / q2, 0.0))

    expected = direct(m_j, m_i, m_Ap, 4.0 * m_l**2, form, axial)
    assert lepton_width(m_j, m_i, m_Ap, m_l, axial) == pytest.approx(expected, rel=1e-6)


def test_the_benchmark_width_is_that_of_another_evaluation():
    """1.99680e-15 GeV, c_tau 98.82 mm at m_A' 1.25, r .33, Delta .4, eps 1e-3, alpha_D .1: independent implementation."""
    width = 1e-6 * ALPHA * 0.1 * lepton_width(0.4125 * 1.4, 0.4125, 1.25, ELECTRON_MASS, False)
    assert width == pytest.approx(1.99680e-15, rel=3e-6)
    assert HBAR_C / width == pytest.approx(0.09882, rel=1e-4)


@pytest.mark.parametrize(("Delta", "r", "vector", "axial"), [(0.4, 0.33, 0.6435, 1.8829), (0.1, 1.0 / 3.0, 0.8692, 2.6059)])
def test_ratios_to_the_contact_limit_are_those_of_another_evaluation(Delta, r, vector, axial):
    """Exact over limit at m_A' = 1.25 GeV by an independent implementation that printed four decimals (5e-5 relative)."""
    m_i = r * 1.25
    m_j = m_i * (1.0 + Delta)
    limit = contact_limit(m_j - m_i, 1.25)
    assert lepton_width(m_j, m_i, 1.25, ELECTRON_MASS, False) / limit == pytest.approx(vector, abs=6e-5, rel=5e-5)
    assert lepton_width(m_j, m_i, 1.25, ELECTRON_MASS, True) / limit == pytest.approx(axial, abs=6e-5, rel=5e-5)


def test_soft_widths_tend_to_the_contact_limit_and_axial_is_three_times_vector():
    """delta << m_i << m_A' and massless leptons: 4 delta^5/(15 pi m_A'^4), axial three times; corrections O(delta/m_i)."""
    for light, factor in ((False, 1.0), (True, 3.0)):
        width = lepton_width(5.0 * (1.0 + 1e-4), 5.0, 500.0, 1e-12, light)
        assert width == pytest.approx(factor * contact_limit(5e-4, 500.0), rel=5e-4)


@pytest.mark.parametrize(("axial", "power"), [(False, 3.0), (True, 2.0)])
def test_widths_vanish_at_threshold_with_the_expected_power(axial, power):
    """Gamma ~ (1 - x^2)^3 for vector and ^2 for axial transitions, x = 2 m_l/delta; 0 below."""
    widths = []
    for gap in (1e-5, 2e-5):
        delta = 2.0 * MUON_MASS / math.sqrt(1.0 - gap)
        widths.append(lepton_width(1.0 + delta, 1.0, 5.0, MUON_MASS, axial))
    assert math.log2(widths[1] / widths[0]) == pytest.approx(power, abs=1e-3)
    assert lepton_width(1.0 + 2.0 * MUON_MASS * (1.0 - 1e-9), 1.0, 5.0, MUON_MASS, axial) == 0.0


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize(("m_j", "m_i", "m_Ap"), [(0.6975, 0.4125, 1.25), (1.0, 0.5, 1.25), (2.0, 0.2, 2.3), (8.0, 0.1, 10.0)])
def test_hadron_widths_agree_with_adaptive_quadrature_over_the_curve(m_j, m_i, m_Ap, axial):
    """The integral over R(s) piece by piece with QUADPACK."""
    weights = np.empty(HADRON_NODES)
    hadron_weights(m_j - m_i, axial, KNOTS, RATIOS, weights)
    expected = direct(m_j, m_i, m_Ap, HADRON_THRESHOLD**2, lambda q2: r_ratio(q2, KNOTS, RATIOS), axial, KNOTS)
    assert hadron_width(m_j, m_i, m_Ap, axial, weights) == pytest.approx(expected, rel=1e-6)


def test_hadron_weights_of_a_constant_ratio_are_a_beta_function():
    """R = 1 above one knot at threshold: int (delta^2-q^2)^p dq^2 = (delta^2-s_0)^(p+1)/(p+1)."""
    start = HADRON_THRESHOLD**2 * (1.0 + 1e-9)
    knots, ratios = np.array([start, 100.0]), np.array([1.0, 1.0])
    weights = np.empty(HADRON_NODES)
    for axial, p in ((False, 1.5), (True, 0.5)):
        hadron_weights(2.0, axial, knots, ratios, weights)
        assert weights.sum() * 2.0 ** (2 * p + 2) == pytest.approx((4.0 - start) ** (p + 1) / (p + 1), rel=1e-4)


def test_pair_widths_have_their_closed_limits():
    """Massless: m_A'/3 for both; equal masses vector: (1 + 2 z) sqrt(1 - 4 z), axial: (1 - 4 z)^(3/2); closed: 0."""
    z = 0.3**2
    assert pair_width(1.0, 0.0, 0.0, False) == pytest.approx(1.0 / 3.0, rel=1e-15)
    assert pair_width(1.0, 0.3, 0.3, False) == pytest.approx((1 + 2 * z) * math.sqrt(1 - 4 * z) / 3, rel=1e-14)
    assert pair_width(1.0, 0.3, 0.3, True) == pytest.approx((1 - 4 * z) ** 1.5 / 3, rel=1e-14)
    assert pair_width(1.0, 0.5, 0.5, False) == 0.0
    assert pair_width(1.0, 0.4, 0.61, True) == 0.0


def test_hadrons_begin_with_a_pair_of_charged_pions():
    """Below 2 m_pi no weight; just above, the P-wave threshold: R ~ beta^3, so the vector integral ~ (delta^2-4m^2)^4."""
    sums = []
    for gap in (1e-4, 2e-4):
        weights = np.empty(HADRON_NODES)
        hadron_weights(2.0 * CHARGED_PION_MASS * math.sqrt(1.0 + gap), False, KNOTS, RATIOS, weights)
        sums.append(weights.sum())
    assert math.log2(sums[1] / sums[0]) == pytest.approx(4.0, abs=2e-3)
