"""Dipole widths of N: published check values, the logarithmic limit and direct integration by scipy."""

import math

import numpy as np
import pytest
from gloam.tables.constants import ALPHA, ELECTRON_MASS, HBAR_C, MUON_MASS
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS, dipole_hadron_integral
from gloam.tables.physics.neutral_leptons.dipole_widths import hadron_ratio, lepton_pair_ratio, neutrino_photon_width
from scipy.integrate import quad


def test_two_body_width_has_its_known_value():
    """mu_tr = 1e-6/GeV, m_N = .25 GeV: mu_tr^2 m^3/(16 pi) = 3.1085e-16 GeV, c_tau = .6348 m (arXiv:1803.03262)."""
    width = 1e-12 * neutrino_photon_width(0.25)
    assert width == pytest.approx(3.1085e-16, rel=1e-5)
    assert HBAR_C / width == pytest.approx(0.6348, rel=1e-4)


@pytest.mark.parametrize(("m_N", "ratio"), [(0.1, 0.005848), (0.25, 0.007267), (1.0, 0.009414)])
def test_electron_pairs_have_their_known_ratio_to_photons(m_N, ratio):
    """Ratios of an independent implementation of the virtual-photon integral (four digits)."""
    assert lepton_pair_ratio(m_N, ELECTRON_MASS) == pytest.approx(ratio, rel=1e-4)


@pytest.mark.parametrize(("m_N", "m_l"), [(0.0011, ELECTRON_MASS), (2.0, ELECTRON_MASS), (0.3, MUON_MASS)])
def test_lepton_pair_ratio_agrees_with_direct_integration(m_N, m_l):
    """Scipy's quadrature in ln x of the virtual-photon spectrum, no substitution."""
    r2 = (m_l / m_N) ** 2

    def integrand(log):
        x = math.exp(log)
        pair = math.sqrt(max(1 - 4 * r2 / x, 0.0)) * (1 + 2 * r2 / x)
        return (1 - x) ** 2 * (1 + x / 2) * pair

    expected = quad(integrand, math.log(4 * r2), 0.0, epsabs=0.0, epsrel=1e-10, limit=400)[0]
    assert lepton_pair_ratio(m_N, m_l) == pytest.approx(ALPHA / (3 * math.pi) * expected, rel=1e-8)


def test_light_leptons_follow_the_logarithmic_limit():
    """(alpha/3 pi)(2 ln(1/r) - 3) for r -> 0; the correction is of order r^2."""
    r = 1e-6
    limit = ALPHA / (3 * math.pi) * (2 * math.log(1 / r) - 3)
    assert lepton_pair_ratio(1.0, r) == pytest.approx(limit, rel=1e-9)


def test_pairs_are_closed_at_and_below_threshold():
    """The width of a closed channel is exactly 0."""
    assert lepton_pair_ratio(2 * MUON_MASS, MUON_MASS) == 0.0
    assert dipole_hadron_integral(HADRON_THRESHOLD, KNOTS, RATIOS) == 0.0


@pytest.mark.parametrize("m_N", [0.29, 0.5, 0.79, 1.02, 2.0])
def test_hadron_integral_is_exact_for_a_linear_ratio(m_N):
    """R = s [GeV^2] above 0.3 GeV integrates in closed form; below, scipy integrates the pion power law."""
    knots = np.linspace(0.09, 5.0, 40)
    value = dipole_hadron_integral(m_N, knots, knots.copy())
    m2, first = m_N * m_N, 0.09

    def weight(s):
        return (1 - s / m2) ** 2 * (1 + s / (2 * m2)) / s

    def onset(s):
        return first * ((1 - HADRON_THRESHOLD**2 / s) / (1 - HADRON_THRESHOLD**2 / first)) ** 1.5 * weight(s)

    def primitive(s):
        return s - 3 * s * s / (4 * m2) + s**4 / (8 * m2**3)

    expected = quad(onset, HADRON_THRESHOLD**2, min(first, m2), epsabs=0.0, epsrel=1e-11)[0]
    if m2 > first:
        expected += primitive(m2) - primitive(first)
    assert value == pytest.approx(expected, rel=1e-9)


def test_hadrons_are_a_small_correction_below_the_electron_pairs():
    """At m_N = 2 GeV hadrons are below electrons: R ~ 2 against the logarithm 2 ln(m_N/m_e) - 3 = 13.5 of the pairs."""
    hadrons = hadron_ratio(dipole_hadron_integral(2.0, KNOTS, RATIOS))
    assert 0.0 < hadrons < lepton_pair_ratio(2.0, ELECTRON_MASS)
