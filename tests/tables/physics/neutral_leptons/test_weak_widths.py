"""Weak widths of N: published check values, closed limits, symmetry, and direct integration by scipy."""

import math

import numpy as np
import pytest
from gloam.tables.constants import (
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    HBAR,
    HBAR_C,
    MUON_MASS,
    PION_DECAY_CONSTANT,
    RHO_DECAY_CONSTANT,
    RHO_MASS,
    SIN2_THETA_W_MSBAR,
    V_UD,
)
from gloam.tables.physics.neutral_leptons import weak_widths as weak
from scipy.integrate import quad


def channels(m_N, flavour):
    out = np.empty(weak.CHANNELS)
    weak.weak_widths(m_N, flavour, SIN2_THETA_W_MSBAR, out)
    return out


def direct_charged_current_integral(x, y, z):
    """Integrate I1 over s = low + (high - low) sin^2(theta), as in its definition (arXiv:1805.08567 section 3)."""
    low, high = (math.sqrt(x) + math.sqrt(y)) ** 2, (1.0 - math.sqrt(z)) ** 2

    def kallen(a, b, c):
        return a * a + b * b + c * c - 2 * a * b - 2 * a * c - 2 * b * c

    def integrand(theta):
        s = low + (high - low) * math.sin(theta) ** 2
        roots = math.sqrt(max(kallen(s, x, y) * kallen(1.0, s, z), 0.0))
        jacobian = 2 * (high - low) * math.sin(theta) * math.cos(theta)
        return 12 * jacobian / s * (s - x - y) * (1 + z - s) * roots

    return quad(integrand, 0.0, math.pi / 2, epsabs=0.0, epsrel=1e-12, limit=500)[0]


@pytest.mark.parametrize(("m_N", "c_tau"), [(0.1, 767.1), (0.25, 0.7842), (0.38, 0.07646)])
def test_decay_length_of_a_muon_mixed_dirac_lepton_has_its_known_value(m_N, c_tau):
    """c_tau [m] at U2_mu = 1 of an independent implementation of arXiv:1805.08567 and 2007.03701 (four digits)."""
    assert HBAR_C / channels(m_N, weak.MUON).sum() == pytest.approx(c_tau, rel=2e-4)


def test_lifetime_at_100_mev_and_mixing_1e_6_is_2_56_seconds():
    """Exact value behind the usual estimate 1 s (1e-6/U2)(100 MeV/m)^5, from the same independent implementation."""
    assert HBAR / (1e-6 * channels(0.1, weak.MUON).sum()) == pytest.approx(2.56, rel=2e-3)


@pytest.mark.parametrize("arguments", [(0.01, 0.04, 0.0), (0.0, 0.04, 0.01), (0.04, 0.0, 0.01), (0.04, 0.01, 0.0)])
def test_charged_current_integral_is_symmetric_with_its_known_value(arguments):
    """I1(.01, .04, 0) = .676955 in any order (Dalitz integral of the amplitude), and by scipy in the order given."""
    value = weak.charged_current_integral(*arguments)
    assert value == pytest.approx(0.676955, rel=1e-6)
    assert value == pytest.approx(direct_charged_current_integral(*arguments), rel=1e-10)


def test_charged_current_integral_with_one_massive_daughter_is_the_muon_decay_function():
    """1 - 8y + 8y^3 - y^4 - 12 y^2 ln y = .742312 at y = .04; and the massive form tends to it."""
    assert weak.charged_current_integral(0.0, 0.04, 0.0) == pytest.approx(0.742312, rel=1e-6)
    tiny = weak.charged_current_integral(1e-9, 0.04, 0.0)
    assert tiny == pytest.approx(weak.charged_current_integral(0.0, 0.04, 0.0), rel=1e-7)


@pytest.mark.parametrize("m_N", [0.107, 0.12, 0.3, 1.0, 2.0])
def test_charged_current_integral_of_electron_and_muon_agrees_with_direct_integration(m_N):
    """Scipy's adaptive quadrature of the definition; the electron makes the integrand steep."""
    x, y = (ELECTRON_MASS / m_N) ** 2, (MUON_MASS / m_N) ** 2
    expected = direct_charged_current_integral(x, y, 0.0)
    assert weak.charged_current_integral(x, y, 0.0) == pytest.approx(expected, rel=1e-9)


def test_charged_current_integral_vanishes_at_and_below_threshold():
    """sqrt x + sqrt y + sqrt z >= 1 is a closed channel."""
    assert weak.charged_current_integral(0.25, 0.25, 0.0) == 0.0
    assert weak.charged_current_integral(0.5, 0.5, 0.5) == 0.0


@pytest.mark.parametrize("w", [0.3, 0.45, 0.55, 0.7])
def test_closed_pair_functions_agree_with_their_integrals(w):
    """Two representations: closed form with logarithm and integral over m_ll^2, on both sides of the switch."""
    r = 0.5 * math.sqrt(1.0 - w * w)

    def integral(function):
        return quad(function, 4 * r * r, 1.0, epsabs=0.0, epsrel=1e-11, limit=200)[0]

    def first(x):
        y = r * r / x
        return (1 - x) ** 2 * math.sqrt(1 - 4 * y) * ((1 + 2 * x) * (2 - 2 * y) + 6 * y)

    f1, f2 = weak.pair_functions(r)
    assert f1 == pytest.approx(integral(first), rel=1e-9)
    second = integral(lambda x: 24 * r * r * (1 - x) ** 2 * math.sqrt(1 - 4 * r * r / x))
    assert f2 == pytest.approx(second, rel=1e-9)


def test_pair_functions_for_massless_leptons_are_one_and_zero():
    """Limit r -> 0: f1 = 1, f2 = 8 r^2, without the cancellation of the printed logarithm at r = 1e-7."""
    assert weak.pair_functions(0.0) == (1.0, 0.0)
    f1, f2 = weak.pair_functions(1e-7)
    assert f1 == pytest.approx(1.0, abs=1e-12)
    assert f2 == pytest.approx(8e-14, rel=1e-6)


def test_pair_functions_close_like_the_seventh_power_of_velocity():
    """Phase space (1-x)^2 b dx ~ w^4 w w^2: f1/w^7 and f2/w^7 tend to constants, which the closed form would lose."""
    ratios = []
    for w in (1e-2, 1e-3):
        f1, f2 = weak.pair_functions(0.5 * math.sqrt(1.0 - w * w))
        ratios.append((f1 / w**7, f2 / w**7))
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-3)


def test_lepton_pair_widths_of_massless_leptons_sum_to_the_neutral_current_couplings():
    """G (g_L^2 + g_R^2) for r -> 0; the charged current turns g_L into g_L + 1 (arXiv:1805.08567 table 3)."""
    s2, m_N = SIN2_THETA_W_MSBAR, 1.9
    other = weak.neutrino_lepton_pair_width(m_N, 1e-9, False, s2) / weak.fermi_width(m_N)
    same = weak.neutrino_lepton_pair_width(m_N, 1e-9, True, s2) / weak.fermi_width(m_N)
    assert other == pytest.approx((1 - 4 * s2 + 8 * s2**2) / 4, rel=1e-12)
    assert same == pytest.approx((1 + 4 * s2 + 8 * s2**2) / 4, rel=1e-12)


def test_charged_pion_mode_is_twice_the_neutral_one_for_a_massless_lepton():
    """Isospin: f_pi+ = f_pi0 in this normalisation, so l pi+ = 2 |V_ud|^2 nu pi0 at equal masses and m_l = 0."""
    charged = weak.lepton_pseudoscalar_width(0.4, 0.0, CHARGED_PION_MASS, PION_DECAY_CONSTANT, V_UD)
    neutral = weak.neutrino_pseudoscalar_width(0.4, CHARGED_PION_MASS, PION_DECAY_CONSTANT)
    assert charged == pytest.approx(2.0 * V_UD**2 * neutral, rel=1e-13)


def test_charged_rho_mode_is_twice_the_neutral_one_for_a_massless_lepton():
    """The same for vectors with unit weak charge: sqrt(lambda)[(1-a)^2 + b(1+a) - 2b^2] -> (1-b)^2 (1+2b) at a = 0."""
    charged = weak.lepton_vector_width(1.3, 0.0, RHO_MASS, RHO_DECAY_CONSTANT, V_UD)
    neutral = weak.neutrino_vector_width(1.3, RHO_MASS, RHO_DECAY_CONSTANT, 1.0)
    assert charged == pytest.approx(2.0 * V_UD**2 * neutral, rel=1e-13)


def test_closed_channels_have_exactly_zero_width():
    """Below every threshold the width is 0, not a small or negative number."""
    tau = channels(0.1, weak.TAU)
    closed = [weak.MUONS, weak.TAUS, weak.UNLIKE_LEPTONS, weak.NEUTRAL_MESONS, weak.CHARGED_MESONS]
    assert (tau[closed] == 0.0).all()
    assert (tau[[weak.THREE_NEUTRINOS, weak.ELECTRONS]] > 0.0).all()
    assert weak.neutrino_lepton_pair_width(2 * MUON_MASS, MUON_MASS, True, SIN2_THETA_W_MSBAR) == 0.0


def test_every_channel_is_positive_and_rises_with_mass():
    """All amplitudes are pointwise squares: no channel may be negative or fall with m_N."""
    for flavour in (weak.ELECTRON, weak.MUON, weak.TAU):
        widths = np.array([channels(m, flavour) for m in np.linspace(0.005, 2.0, 200)])
        assert (widths >= 0.0).all()
        assert (np.diff(widths, axis=0) >= 0.0).all()
