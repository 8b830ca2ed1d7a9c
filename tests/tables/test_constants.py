"""Constants agree with each other through relations that the table does not use."""

from __future__ import annotations

import math

import pytest
from gloam.tables import constants as c
from gloam.tables import units as u


def test_hbar_c_is_hbar_times_c() -> None:
    """CODATA prints ten digits of each."""
    assert pytest.approx(c.HBAR * c.SPEED_OF_LIGHT, rel=1e-9) == c.HBAR_C


def test_a_tonne_is_a_million_moles_of_atomic_mass_units_per_gram() -> None:
    """N_A u = 1 g/mol to 3e-10 (CODATA 2018 molar mass constant)."""
    assert pytest.approx(1.0e6 * c.AVOGADRO * c.ATOMIC_MASS_UNIT, rel=1e-9) == c.TONNE


def test_the_proton_mass_is_that_in_atomic_mass_units() -> None:
    """m_p = 1.007276466621 u, CODATA 2018."""
    assert pytest.approx(1.007276466621 * c.ATOMIC_MASS_UNIT, rel=1e-9) == c.PROTON_MASS


def test_the_electron_mass_follows_from_the_rydberg_energy() -> None:
    """m_e = 2 Ry/alpha^2 with Ry = 13.605693122994 eV, CODATA 2018."""
    assert pytest.approx(2.0 * 13.605693122994e-9 / c.ALPHA**2, rel=1e-8) == c.ELECTRON_MASS


def test_the_electric_charge_is_the_printed_one() -> None:
    """e = sqrt(4 pi alpha) = 0.30282212 in Heaviside-Lorentz units."""
    assert pytest.approx(0.30282212, abs=5e-9) == c.ELECTRIC_CHARGE


def test_the_fermi_constant_gives_the_muon_lifetime() -> None:
    """hbar/tau = G_F^2 m_mu^5/(192 pi^3) (1 - 8 x) [1 + alpha/(2 pi) (25/4 - pi^2)], x = (m_e/m_mu)^2."""
    x = (c.ELECTRON_MASS / c.MUON_MASS) ** 2
    width = c.FERMI_CONSTANT**2 * c.MUON_MASS**5 / (192.0 * math.pi**3) * (1.0 - 8.0 * x)
    width *= 1.0 + c.ALPHA / (2.0 * math.pi) * (6.25 - math.pi**2)
    assert width == pytest.approx(c.HBAR / c.MUON_LIFETIME, rel=1e-4)


@pytest.mark.parametrize(
    ("lifetime", "c_tau"),
    [
        (c.MUON_LIFETIME, 658.6384),
        (c.TAU_LIFETIME, 87.03e-6),
        (c.CHARGED_PION_LIFETIME, 7.8045),
        (c.CHARGED_KAON_LIFETIME, 3.711),
        (c.LONG_KAON_LIFETIME, 15.34),
    ],
)
def test_lifetimes_give_the_printed_decay_lengths(lifetime: float, c_tau: float) -> None:
    """c tau [m] as printed by the Particle Data Group next to the lifetime."""
    assert c.SPEED_OF_LIGHT * lifetime == pytest.approx(c_tau, rel=3e-4)


def test_one_gev_to_the_minus_two_is_the_square_of_hbar_c() -> None:
    """(hbar c)^2 = 0.3893793721 GeV^2 mb, CODATA 2018; times c for a rate: 1.16733e-17 cm^3/s."""
    assert pytest.approx(u.HBAR_C_CM**2, rel=1e-9) == u.INVERSE_GEV2_TO_CM2
    assert pytest.approx(0.3893793721e9 * u.PB_TO_CM2, rel=1e-10) == u.INVERSE_GEV2_TO_CM2
    assert pytest.approx(1.16733e-17, rel=1e-5) == u.INVERSE_GEV2_TO_CM3_PER_S


def test_a_femtometre_is_five_inverse_gev() -> None:
    """1 fm = 5.0677307 GeV^-1."""
    assert pytest.approx(5.0677307, rel=1e-7) == u.FM_TO_INVERSE_GEV


def test_the_weak_mixing_angle_has_three_names_and_no_default() -> None:
    """It depends on the scheme: MS-bar at m_Z, on shell (1 - m_W^2/m_Z^2), low energy."""
    assert {name for name in vars(c) if "THETA" in name} == {
        "SIN2_THETA_W_MSBAR",
        "SIN2_THETA_W_ON_SHELL",
        "SIN2_THETA_W_LOW_ENERGY",
    }
    assert pytest.approx(1.0 - (80.377 / 91.1876) ** 2, rel=2e-3) == c.SIN2_THETA_W_ON_SHELL


def test_named_constants_keep_the_order_and_carry_unit_and_source() -> None:
    """A table stores exactly what its recipe asked for."""
    asked = c.named("m_tau_2024", "G_F", "alpha")
    assert [constant.name for constant in asked] == ["m_tau_2024", "G_F", "alpha"]
    assert all(constant.unit and constant.source for constant in c.CONSTANTS.values())


def test_an_unknown_constant_is_named_together_with_the_known_ones() -> None:
    """The error names what was asked for and what there is."""
    with pytest.raises(KeyError, match=r"'m_tua'.*m_tau"):
        c.named("m_tua")
