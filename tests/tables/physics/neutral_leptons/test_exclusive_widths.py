"""Exclusive widths of N: closed limits, published check values, thresholds, and the sums of `weak_widths`."""

import math

import numpy as np
import pytest
from gloam.tables.constants import (
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    FERMI_CONSTANT,
    HBAR_C,
    KAON_DECAY_CONSTANT,
    MUON_MASS,
    PION_DECAY_CONSTANT,
    SIN2_THETA_W_MSBAR,
    TAU_MASS,
    V_UD,
    V_US,
)
from gloam.tables.physics.neutral_leptons import exclusive_widths as exclusive
from scipy.integrate import quad


def widths(m_N, flavour):
    """Widths [GeV] by channel."""
    out = np.empty(exclusive.COUNT)
    exclusive.exclusive_widths(m_N, flavour, SIN2_THETA_W_MSBAR, out)
    return dict(zip(exclusive.CHANNELS, out.tolist(), strict=True))


@pytest.mark.parametrize(("m_N", "c_tau"), [(0.1, 767.1), (0.25, 0.7842), (0.38, 0.07646)])
def test_decay_length_of_a_muon_mixed_dirac_lepton_has_its_known_value(m_N, c_tau):
    """c_tau [m] at U2_mu = 1 of an independent implementation of arXiv:1805.08567 and 2007.03701 (four digits)."""
    assert HBAR_C / sum(widths(m_N, exclusive.MUON).values()) == pytest.approx(c_tau, rel=2e-4)


@pytest.mark.parametrize("flavour", range(3))
def test_far_above_all_leptons_the_leptonic_channels_take_their_massless_limits(flavour):
    """G, G (g_L^2 + g_R^2) and G: arXiv:1805.08567 section 3 for massless leptons; m_e at 2 GeV changes 1e-6."""
    found = widths(2.0, flavour)
    unit = FERMI_CONSTANT**2 * 2.0**5 / (192.0 * math.pi**3)
    left = SIN2_THETA_W_MSBAR + (0.5 if flavour == exclusive.ELECTRON else -0.5)
    assert found["nu_nu_nu"] == pytest.approx(unit, rel=1e-12)
    assert found["nu_ee"] == pytest.approx(unit * (left**2 + SIN2_THETA_W_MSBAR**2), rel=1e-5)


@pytest.mark.parametrize(
    ("channel", "flavour", "m_l", "m_P", "coupling"),
    [
        ("e_pi", 0, ELECTRON_MASS, CHARGED_PION_MASS, PION_DECAY_CONSTANT * V_UD),
        ("mu_pi", 1, MUON_MASS, CHARGED_PION_MASS, PION_DECAY_CONSTANT * V_UD),
        ("e_k", 0, ELECTRON_MASS, CHARGED_KAON_MASS, KAON_DECAY_CONSTANT * V_US),
        ("mu_k", 1, MUON_MASS, CHARGED_KAON_MASS, KAON_DECAY_CONSTANT * V_US),
        ("tau_pi", 2, TAU_MASS, CHARGED_PION_MASS, PION_DECAY_CONSTANT * V_UD),
    ],
)
def test_lepton_meson_widths_follow_from_the_trace_of_the_current(channel, flavour, m_l, m_P, coupling):
    """Gamma = p/(8 pi m^2) |M|^2, |M|^2 = G^2 f^2 V^2 [(m^2 - m_l^2)^2 - m_P^2 (m^2 + m_l^2)], one charge state."""
    m = 1.95
    energy = (m * m + m_l * m_l - m_P * m_P) / (2.0 * m)
    p = math.sqrt(energy**2 - m_l**2)
    squared = (FERMI_CONSTANT * coupling) ** 2 * ((m * m - m_l**2) ** 2 - m_P**2 * (m * m + m_l**2))
    assert widths(m, flavour)[channel] == pytest.approx(p * squared / (8.0 * math.pi * m * m), rel=1e-12)


def test_unlike_leptons_through_either_mixing_are_the_same_function_of_both_masses():
    """I1(x_b, x_a, 0) is symmetric: e mu through U_e equals that through U_mu; and scipy at 0.2 GeV."""
    x, y = (MUON_MASS / 0.2) ** 2, (ELECTRON_MASS / 0.2) ** 2

    def integrand(s):
        phase = ((s - x - y) ** 2 - 4.0 * x * y) * (1.0 - s) ** 2
        return 12.0 / s * (s - x - y) * (1.0 - s) * math.sqrt(max(phase, 0.0))

    expected = quad(integrand, (math.sqrt(x) + math.sqrt(y)) ** 2, 1.0, epsabs=0.0, epsrel=1e-10)[0]
    assert expected == pytest.approx(0.1279774, rel=1e-6)  # printed value of an independent evaluation
    unit = FERMI_CONSTANT**2 * 0.2**5 / (192.0 * math.pi**3)
    for flavour in (exclusive.ELECTRON, exclusive.MUON):
        assert widths(0.2, flavour)["nu_emu"] == pytest.approx(unit * expected, rel=1e-8)
    assert widths(0.2, exclusive.TAU)["nu_emu"] == 0.0


@pytest.mark.parametrize(
    ("channel", "threshold", "flavours"),
    [
        ("nu_ee", 2.0 * ELECTRON_MASS, (0, 1, 2)),
        ("nu_mumu", 2.0 * MUON_MASS, (0, 1, 2)),
        ("nu_emu", ELECTRON_MASS + MUON_MASS, (0, 1)),
        ("nu_etau", ELECTRON_MASS + TAU_MASS, (0, 2)),
        ("nu_mutau", MUON_MASS + TAU_MASS, (1, 2)),
        ("nu_pi0", 0.1349768, (0, 1, 2)),
        ("nu_eta", 0.547862, (0, 1, 2)),
        ("nu_eta_prime", 0.95778, (0, 1, 2)),
        ("nu_rho", 0.77526, (0, 1, 2)),
        ("nu_omega", 0.78266, (0, 1, 2)),
        ("nu_phi", 1.019461, (0, 1, 2)),
        ("e_pi", ELECTRON_MASS + CHARGED_PION_MASS, (0,)),
        ("e_k", ELECTRON_MASS + CHARGED_KAON_MASS, (0,)),
        ("e_rho", ELECTRON_MASS + 0.77526, (0,)),
        ("e_k_star", ELECTRON_MASS + 0.89167, (0,)),
        ("mu_pi", MUON_MASS + CHARGED_PION_MASS, (1,)),
        ("mu_k", MUON_MASS + CHARGED_KAON_MASS, (1,)),
        ("mu_rho", MUON_MASS + 0.77526, (1,)),
        ("mu_k_star", MUON_MASS + 0.89167, (1,)),
        ("tau_pi", TAU_MASS + CHARGED_PION_MASS, (2,)),
    ],
)
def test_every_channel_opens_at_its_threshold_for_its_flavours_and_stays_positive(channel, threshold, flavours):
    """Kinematics: exactly 0 below, positive just above, never negative; other flavours do not have it."""
    for flavour in range(3):
        assert widths(threshold * (1.0 - 1e-9), flavour)[channel] == 0.0
        above = widths(threshold * (1.0 + 1e-6), flavour)[channel]
        assert above > 0.0 if flavour in flavours else above == 0.0
