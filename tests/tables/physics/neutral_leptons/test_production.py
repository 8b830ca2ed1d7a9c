"""Production of N: printed check values, an independent Dalitz integral, thresholds, and a published production probability."""

import math

import pytest
from gloam.tables.constants import (
    CHARGED_KAON_LIFETIME,
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    FERMI_CONSTANT,
    HBAR,
    LONG_KAON_LIFETIME,
    MUON_MASS,
    NEUTRAL_KAON_MASS,
    NEUTRAL_PION_MASS,
    TAU_MASS,
    V_US,
)
from gloam.tables.datafile import read
from gloam.tables.physics.neutral_leptons import production
from gloam.tables.physics.neutral_leptons.measured import CHARGED_D_MASS, DS_MASS
from scipy.integrate import quad

FORM_FACTOR = 0.9698  # [1] f_+(0), FLAG


def ratio(process, m_N):
    """Ratio to the measured branching ratio."""
    index = production.PROCESSES.index(process)
    return production.production_branching_ratio(index, m_N) / production.NORMALISATION[index]


@pytest.mark.parametrize(
    ("m_N", "value"), [(0.05, 1.239), (0.1, 1.892), (0.2, 3.621), (0.25, 4.101), (0.263, 4.126), (0.35, 2.724), (0.3875, 0.304)]
)
def test_kaon_to_muon_has_its_printed_ratio(m_N, value):
    """rho/(a (1 - a)^2) of an independent implementation (four digits, three at the last)."""
    assert ratio("k_mu_n", m_N) == pytest.approx(value, rel=3e-4 if m_N < 0.38 else 2e-3)


@pytest.mark.parametrize(("m_N", "value"), [(0.05, 9380.0), (0.2, 1.070e5), (0.49, 200.6)])
def test_kaon_to_electron_has_its_printed_ratio(m_N, value):
    """The same for the electron."""
    assert ratio("k_e_n", m_N) == pytest.approx(value, rel=6e-4)


def test_measured_normalisation_gives_the_printed_branching_ratio():
    """BR(K -> mu N)/U2_mu = 2.607 at 0.25 GeV with the measured BR(K -> mu nu) = .6356."""
    assert production.production_branching_ratio(production.K_MU_N, 0.25) == pytest.approx(2.607, rel=3e-4)


@pytest.mark.parametrize(
    ("process", "m_N", "value"),
    [
        ("k_pi0_e_n", 0.05, 0.9095),
        ("k_pi0_e_n", 0.1, 0.6896),
        ("k_pi0_e_n", 0.2, 0.2103),
        ("k_pi0_e_n", 0.3, 0.00965),
        ("k_pi0_mu_n", 0.05, 0.8822),
        ("k_pi0_mu_n", 0.1, 0.6049),
        ("k_pi0_mu_n", 0.2, 0.0812),
        ("kl_pi_e_n", 0.1, 0.6891),
        ("kl_pi_e_n", 0.2, 0.2093),
    ],
)
def test_semileptonic_ratios_have_their_printed_values(process, m_N, value):
    """Rates over massless of an independent Dalitz integral (three to four digits)."""
    assert ratio(process, m_N) == pytest.approx(value, rel=7e-4)


@pytest.mark.parametrize(
    ("M", "m_P", "m_l", "lifetime", "clebsch2", "percent"),
    [
        (CHARGED_KAON_MASS, NEUTRAL_PION_MASS, ELECTRON_MASS, CHARGED_KAON_LIFETIME, 0.5, 4.73),
        (CHARGED_KAON_MASS, NEUTRAL_PION_MASS, MUON_MASS, CHARGED_KAON_LIFETIME, 0.5, 3.12),
        (NEUTRAL_KAON_MASS, CHARGED_PION_MASS, ELECTRON_MASS, LONG_KAON_LIFETIME, 1.0, 39.5),
    ],
)
def test_semileptonic_tree_branching_ratios_have_their_printed_values(M, m_P, m_l, lifetime, clebsch2, percent):
    """Gamma = G_F^2 V^2 C^2 f^2/(128 pi^3 M^3) x integral: 4.73, 3.12, 39.5 % without radiative and isospin corrections."""
    integral = production.semileptonic_integral(M, m_P, m_l, production.MASSLESS)
    width = (FERMI_CONSTANT * V_US * FORM_FACTOR) ** 2 * clebsch2 * integral / (128.0 * math.pi**3 * M**3)
    assert 100.0 * width * lifetime / HBAR == pytest.approx(percent, rel=2e-3)


@pytest.mark.parametrize("m_N", [0.003, 0.1, 0.3])
def test_semileptonic_integral_agrees_with_adaptive_quadrature(m_N):
    """scipy on the integral over Q as the module states it, for K+ -> pi0 e N."""
    M, m_P, a, b = CHARGED_KAON_MASS, NEUTRAL_PION_MASS, ELECTRON_MASS**2, m_N**2

    def integrand(t):
        low, high = (ELECTRON_MASS + m_N) ** 2, (M - m_P) ** 2
        Q = low + (high - low) * math.sin(t) ** 2
        lam_h = max((high - Q) * ((M + m_P) ** 2 - Q), 0.0)
        lam_l = max((Q - low) * (Q - (ELECTRON_MASS - m_N) ** 2), 0.0)
        plus, scalar = 1.0 / (1.0 - Q / 0.89166**2), 1.0 / (1.0 - Q / 1.252**2)
        rate = plus**2 * lam_h * (2.0 * Q * Q - Q * (a + b) - (a - b) ** 2) / 3.0
        rate += scalar**2 * (M * M - m_P * m_P) ** 2 * (Q * (a + b) - (a - b) ** 2)
        return Q**-3 * math.sqrt(lam_h * lam_l) * rate * (high - low) * math.sin(2.0 * t)

    expected = quad(integrand, 0.0, math.pi / 2.0, epsabs=0.0, epsrel=1e-11, limit=400)[0]
    assert production.semileptonic_integral(M, m_P, ELECTRON_MASS, m_N) == pytest.approx(expected, rel=1e-9)


def test_muon_decay_has_its_printed_ratio():
    """1 - 8x + 8x^3 - x^4 - 12 x^2 ln x = .1963 at 50 MeV for m_e = 0; m_e changes it by less than 1e-3."""
    assert ratio("mu_e_n", 0.05) == pytest.approx(0.1963, rel=1e-3)


@pytest.mark.parametrize(
    ("process", "threshold"),
    [
        ("pi_e_n", CHARGED_PION_MASS - ELECTRON_MASS),
        ("pi_mu_n", 0.03391201),
        ("k_e_n", CHARGED_KAON_MASS - ELECTRON_MASS),
        ("k_mu_n", 0.3880186),
        ("k_pi0_e_n", 0.3581892),
        ("k_pi0_mu_n", 0.2530418),
        ("kl_pi_e_n", NEUTRAL_KAON_MASS - CHARGED_PION_MASS - ELECTRON_MASS),
        ("kl_pi_mu_n", NEUTRAL_KAON_MASS - CHARGED_PION_MASS - MUON_MASS),
        ("mu_e_n", MUON_MASS - ELECTRON_MASS),
        ("tau_pi_n", TAU_MASS - CHARGED_PION_MASS),
        ("tau_k_n", TAU_MASS - CHARGED_KAON_MASS),
        ("tau_rho_n", TAU_MASS - 0.77526),
        ("tau_e_n", TAU_MASS - ELECTRON_MASS),
        ("tau_mu_n", TAU_MASS - MUON_MASS),
        ("d_e_n", CHARGED_D_MASS - ELECTRON_MASS),
        ("d_mu_n", CHARGED_D_MASS - MUON_MASS),
        ("ds_e_n", DS_MASS - ELECTRON_MASS),
        ("ds_mu_n", DS_MASS - MUON_MASS),
        ("ds_tau_n", DS_MASS - TAU_MASS),
    ],
)
def test_every_process_closes_at_its_threshold_and_starts_from_the_measured_decay(process, threshold):
    """Kinematics: positive just below, 0 just above; and ratio 1 for a massless N (charmed ones: in units of the muon's)."""
    assert ratio(process, threshold * (1.0 - 1e-5)) > 0.0
    assert ratio(process, threshold * (1.0 + 1e-5)) == 0.0
    if not process.startswith(("d_e", "ds_e", "ds_tau")):
        assert ratio(process, 1e-7) == pytest.approx(1.0, rel=1e-6)


def test_tau_to_pion_has_the_bracket_of_its_squared_amplitude():
    """Gamma ~ p [(M^2 - m^2)^2 - m_pi^2 (M^2 + m^2)] from the trace, at 1 GeV; a public code that takes its root is 38 % off."""
    M, m, m_pi = TAU_MASS, 1.0, CHARGED_PION_MASS

    def squared(mass):
        p = math.sqrt((M**2 - (mass + m_pi) ** 2) * (M**2 - (mass - m_pi) ** 2)) / (2.0 * M)
        return p * ((M * M - mass * mass) ** 2 - m_pi**2 * (M * M + mass * mass))

    assert ratio("tau_pi_n", m) == pytest.approx(squared(m) / squared(0.0), rel=1e-12)


def test_charm_production_falls_as_in_a_published_table():
    """SensCalc at the SPS: from 1.88 GeV on, above m_D, only D_s -> e N is open; with its m_Ds = 1.97 GeV the shape is rho."""
    table = read("hnl_production_charm_sps.csv")
    rows = [int(abs(table["m_N"] - m).argmin()) for m in (1.88, 1.90, 1.92, 1.94, 1.96)]
    rho = [production.two_body_factor((ELECTRON_MASS / 1.97) ** 2, float(table["m_N"][i] / 1.97) ** 2) for i in rows]
    published = table["probability_e"][rows] / table["probability_e"][rows[0]]
    assert [value / rho[0] for value in rho] == pytest.approx(published.tolist(), rel=2e-4)
