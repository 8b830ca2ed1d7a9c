"""Widths through a dark mediator: closed limits, check values, and scipy integration across the resonance."""

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.tables.constants import ALPHA, ELECTRIC_CHARGE, ELECTRON_MASS, MUON_MASS
from gloam.tables.physics.dark_photons import dark_widths as dark
from gloam.tables.physics.hadrons import r_ratio as hadrons
from gloam.tables.physics.hadrons import resonance
from gloam.tables.physics.neutral_leptons import three_body
from scipy.integrate import dblquad, quad
from scipy.special import spence


def lepton_factor(m_l):
    def factor(s):
        return (1 + 2 * m_l**2 / s) * math.sqrt(max(1 - 4 * m_l**2 / s, 0.0)) if s > 0.0 else 1.0

    return factor


def direct_integrals(masses, threshold, factor, knots=()):
    """(K, J) by scipy in z = s - M^2 = M Gamma sinh(t), piece by piece between the knots (masses squared)."""
    m_N, m_Zp, width = masses
    m2, pole, half_width = m_N**2, m_Zp**2, m_Zp * width

    def to_t(s):
        return math.asinh((s - pole) / half_width)

    def integrand(t, power):
        z = half_width * math.sinh(t)
        below = (m2 - pole - z) / m2
        common = below**2 * (3 - 2 * below) * factor(pole + z)
        return common * (math.tanh(t) if power else 1 / (half_width * math.cosh(t)))

    t_low, t_high = to_t(threshold**2), to_t(m2)
    edges = [t_low, *(t for t in map(to_t, knots) if t_low < t < t_high), t_high]
    steps = [t for a, b in pairwise(edges) for t in np.linspace(a, b, 2 + int(b - a))[:-1]] + [t_high]

    def total(power):
        return sum(quad(integrand, a, b, (power,), epsabs=0.0, epsrel=1e-11, limit=200)[0] for a, b in pairwise(steps))

    return 2 * pole**2 / m2 * total(0), -2 * pole / m2 * total(1)


RESONANT = [
    (0.30003, 0.3, 6e-8),
    (0.3, 0.3, 3e-10),
    (0.3, 0.301, 3e-13),
    (1.3, 1.0, 1e-3),
    (0.2125, 0.2112, 1e-8),
]


def test_contact_width_of_the_reference_point_has_its_known_value():
    """m_N .15, m_Zp 1.25 GeV, V = 1e-3, eps = 1e-2: 1.243e-20 GeV with DarkNews 0.4.8's coupling 1.0191 e eps."""
    couplings = (1e-3 * 1.0191 * ELECTRIC_CHARGE * 1e-2) ** 2
    assert couplings * dark.contact_width(0.15, 1.25) == pytest.approx(1.243e-20, rel=1.5e-3)


@pytest.mark.parametrize(("m_N", "m_Zp", "ratio"), [(0.1, 1.25, 1.00386), (0.3, 0.35, 1.9228)])
def test_massless_off_shell_form_has_its_known_ratio_to_the_contact_limit(m_N, m_Zp, ratio):
    """K(r = 0) from an independent implementation, five digits."""
    assert three_body.massless_square((m_N / m_Zp) ** 2) == pytest.approx(ratio, rel=2e-5)


def test_propagator_correction_at_the_inelastic_reference_point():
    """K at (.15, 1.25) is 1.0086: half the vector width psi_2 -> psi_1 e e, m_1 -> 0, over the contact limit."""
    square, _ = three_body.three_body_integrals(0.15, 1.25, ELECTRON_MASS)
    assert square == pytest.approx(1.0086, abs=5e-5)


def test_massive_integral_falls_below_the_massless_one_by_twelve_r_squared():
    """Contact limit: 1 - K = 12 r^2 (expansion of f1/2 + f2/4 of arXiv:0901.3589), r = 1e-3."""
    square, first = three_body.three_body_integrals(0.1, 1e4, 1e-4)
    assert 1.0 - square == pytest.approx(12e-6, rel=1e-3)
    assert first == pytest.approx(square, rel=1e-9)


@pytest.mark.parametrize("ratio", [0.1, 0.2999, 0.3001, 0.8])
def test_massless_integrals_agree_with_scipy(ratio):
    """Both sides of the switch between series and closed form."""

    def integral(power):
        return 2 * quad(lambda x: (1 - x) ** 2 * (1 + 2 * x) / (1 - ratio * x) ** power, 0, 1, epsrel=1e-12)[0]

    assert three_body.massless_square(ratio) == pytest.approx(integral(2), rel=1e-11)
    assert three_body.massless_first(ratio) == pytest.approx(integral(1), rel=1e-11)


@pytest.mark.parametrize("ratio", [0.05, 0.2999, 0.3001, 0.9])
def test_exchange_integral_agrees_with_two_dimensional_quadrature(ratio):
    """Scipy's dblquad over the triangle x, y >= 0, x + y <= 1."""

    def integrand(y, x):
        return 12 * (1 - x - y) * (x + y) / ((1 - ratio * x) * (1 - ratio * y))

    expected = dblquad(integrand, 0, 1, 0, lambda x: 1 - x, epsabs=1e-11, epsrel=1e-11)[0]
    assert three_body.neutrino_exchange(ratio) == pytest.approx(expected, rel=1e-9)


def test_exchange_integral_is_continuous_through_equal_masses():
    """At R = 1 the closed form is 12 (7/2 - pi^2/3); the principal value above continues it."""
    centre = 12 * (3.5 - math.pi**2 / 3)
    for ratio in (1.0 - 1e-9, 1.0, 1.0 + 1e-9):
        assert three_body.neutrino_exchange(ratio) == pytest.approx(centre, rel=1e-7)


@pytest.mark.parametrize("x", [-20.0, -1.0, -0.3, 0.0, 0.4, 0.7, 1.0])
def test_dilogarithm_agrees_with_scipy(x):
    """scipy.special.spence(1 - x) = Li2(x)."""
    assert three_body.dilogarithm(x) == pytest.approx(spence(1 - x), abs=1e-14)


def test_dilogarithm_above_one_is_its_real_part():
    """Li2(2) = pi^2/4 - i pi ln 2 (DLMF 25.12)."""
    assert three_body.dilogarithm(2.0) == pytest.approx(math.pi**2 / 4, rel=1e-14)


@pytest.mark.parametrize("masses", RESONANT)
@pytest.mark.parametrize("m_l", [ELECTRON_MASS, MUON_MASS])
def test_resonant_lepton_integrals_agree_with_scipy(masses, m_l):
    """Breit-Wigner integrals above, at and below m_N = m_Zp, wide and narrow, pole above and below threshold."""
    value = resonance.pair_integrals(*masses, 2 * m_l, masses[0], resonance.LEPTONS)
    assert value == pytest.approx(direct_integrals(masses, 2 * m_l, lepton_factor(m_l)), rel=1e-6)


@pytest.mark.parametrize("masses", RESONANT)
def test_resonant_massless_integrals_agree_with_scipy(masses):
    """The elementary form against the same quadrature, F = 1."""
    value = resonance.massless_integrals(*masses)
    assert value == pytest.approx(direct_integrals(masses, 0.0, lambda s: 1.0), rel=1e-9)


@pytest.mark.parametrize("masses", [(1.01, 1.0, 1e-3), (0.785, 0.78266, 1e-4), (0.29, 0.288, 1e-4), (1.5, 1.505, 1e-9)])
def test_resonant_hadron_integral_agrees_with_scipy(masses):
    """R(s) at the omega, near threshold and elsewhere, integrated between its knots."""

    def ratio(s):
        return hadrons.r_ratio(s, hadrons.KNOTS, hadrons.RATIOS)

    expected, _ = direct_integrals(masses, hadrons.HADRON_THRESHOLD, ratio, hadrons.KNOTS)
    value = resonance.hadron_integral(*masses, hadrons.KNOTS, hadrons.RATIOS)
    assert value == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("m_l", [ELECTRON_MASS, MUON_MASS])
def test_resonant_integrals_without_width_are_the_off_shell_ones(m_l):
    """Below m_Zp the propagator width drops out as (Gamma M/(M^2 - m^2))^2."""
    value = resonance.pair_integrals(0.3, 0.31, 0.0, 2 * m_l, 0.3, resonance.LEPTONS)
    assert value == pytest.approx(three_body.three_body_integrals(0.3, 0.31, m_l), rel=1e-8)


@pytest.mark.parametrize("width", [1e-9, 1e-13, 1e-16])
def test_narrow_resonance_is_the_on_shell_width_times_the_branching_ratio(width):
    """m_N = 1.5 m_Zp: K -> Gamma(N -> nu Z') Gamma(Z' -> e e)/(Gamma contact width), for Gamma/M down to 1e-16."""
    m_N, m_Zp = 0.15, 0.1
    square, _ = resonance.pair_integrals(m_N, m_Zp, width * m_Zp, 2 * ELECTRON_MASS, m_N, resonance.LEPTONS)
    product = dark.neutrino_mediator_width(m_N, m_Zp) * dark.mediator_lepton_width(m_Zp, ELECTRON_MASS)
    expected = product / (width * m_Zp) / dark.contact_width(m_N, m_Zp)
    assert square == pytest.approx(expected, rel=max(10 * width, 1e-10))


def test_mediator_widths_follow_their_closed_limits():
    """alpha eps^2 m/3 for light leptons, half of it for one chirality, and nu N = twice that when N is massless."""
    m_Zp = 3.0
    unit = ALPHA * m_Zp / 3 / ELECTRIC_CHARGE**2
    assert dark.mediator_lepton_width(m_Zp, 0.0) == pytest.approx(unit, rel=1e-14)
    assert dark.mediator_neutrino_width(m_Zp) == pytest.approx(unit / 2, rel=1e-14)
    assert dark.mediator_neutrino_N_width(m_Zp, 0.0) == pytest.approx(unit, rel=1e-14)
    assert dark.mediator_N_pair_width(m_Zp, 0.0, False) == pytest.approx(unit / 2, rel=1e-14)
    assert dark.mediator_N_pair_width(m_Zp, 0.0, True) == pytest.approx(unit / 2, rel=1e-14)


def test_muonic_width_of_the_mediator_carries_the_threshold_factor():
    """At m_Zp = 2.5 m_mu: sqrt(1 - 16/25) (1 + 8/25) = 0.6 x 1.32."""
    ratio = dark.mediator_lepton_width(2.5 * MUON_MASS, MUON_MASS) / dark.mediator_lepton_width(2.5 * MUON_MASS, 0.0)
    assert ratio == pytest.approx(0.6 * 1.32, rel=1e-13)


def test_partial_widths_of_the_mediator_fill_only_open_channels():
    """m_Zp = 0.2 GeV, m_N = 0.15: electrons, neutrinos and nu N; no muons, hadrons or N pairs."""
    out = np.empty(dark.MEDIATOR_CHANNELS)
    dark.mediator_widths(0.2, 0.15, 1e-6, 1e-4, 1.0, False, out)
    assert (out[[dark.ELECTRONS, dark.NEUTRINOS, dark.NEUTRINO_N]] > 0.0).all()
    assert (out[[dark.MUONS, dark.TAUS, dark.HADRONS, dark.N_PAIR]] == 0.0).all()
    assert out[dark.NEUTRINOS] == pytest.approx(1e-8 * 0.2 / (24 * math.pi), rel=1e-14)


@pytest.mark.parametrize(("m_Zp", "width"), [(0.5, 0.597e-3), (1.25, 3.12e-3), (1.5, 7.49e-3)])
def test_hadronic_width_agrees_with_a_published_compilation(m_Zp, width):
    """Gamma(Z' -> hadrons) [GeV] at eps = 1 of another compilation of R; two compilations differ by 3-10 per cent."""
    assert ELECTRIC_CHARGE**2 * dark.mediator_hadron_width(m_Zp) == pytest.approx(width, rel=0.05)


def test_ratio_curve_resolves_omega_and_phi_and_closes_with_the_pion_velocity():
    """Peaks at m_omega and m_phi within 1 MeV, half maxima a few MeV apart, and beta^3 below 0.3 GeV."""
    energy = np.linspace(0.76, 1.05, 30_000)
    ratio = np.array([hadrons.r_ratio(e * e, hadrons.KNOTS, hadrons.RATIOS) for e in energy])
    omega, phi = energy < 0.9, energy > 0.9
    assert energy[omega][ratio[omega].argmax()] == pytest.approx(0.7825, abs=0.001)
    assert energy[phi][ratio[phi].argmax()] == pytest.approx(1.0195, abs=0.001)
    above_half = energy[phi][ratio[phi] > 0.5 * ratio[phi].max()]
    assert 0.0035 < np.ptp(above_half) < 0.0055
    low = [hadrons.r_ratio(s, hadrons.KNOTS, hadrons.RATIOS) for s in (0.081, 0.085)]
    velocity = [1 - hadrons.HADRON_THRESHOLD**2 / s for s in (0.081, 0.085)]
    assert low[0] / low[1] == pytest.approx((velocity[0] / velocity[1]) ** 1.5, rel=1e-12)


def test_ratio_curve_ends_where_the_data_end():
    """No hadrons below two pions, no information beyond the last bin."""
    assert hadrons.r_ratio(hadrons.HADRON_THRESHOLD**2, hadrons.KNOTS, hadrons.RATIOS) == 0.0
    assert math.isnan(hadrons.r_ratio(12.0**2, hadrons.KNOTS, hadrons.RATIOS))
    assert hadrons.LAST_ENERGY > 10.0


def test_measurements_in_a_bin_are_averaged_with_inverse_variances():
    """Two points 1 +- 0.1 and 2 +- 0.2 in one bin: weights 4 to 1, R = 1.2; a point in the next bin stays alone."""
    energy, ratio = hadrons.combined_ratio(np.array([0.501, 0.506, 0.512]), np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 0.3]))
    assert ratio == pytest.approx([1.2, 3.0])
    assert energy == pytest.approx([0.502, 0.512])
