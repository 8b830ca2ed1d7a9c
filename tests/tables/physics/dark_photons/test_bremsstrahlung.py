"""Dark bremsstrahlung: photon flux, cross section and thick target against adaptive quadrature and closed limits."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.lookup import load
from gloam.tables.constants import ALPHA, AVOGADRO, ELECTRON_MASS
from gloam.tables.experiments import materials
from gloam.tables.experiments.na64 import BEAM_ENERGY, LOWEST_FRACTION, TARGET
from gloam.tables.physics.dark_photons import bremsstrahlung as brems
from gloam.tables.units import INVERSE_GEV2_TO_CM2
from scipy.integrate import quad
from scipy.special import gammaln

LEAD = (materials.LEAD_CHARGE, materials.LEAD_WEIGHT)


def integral(function, *edges):
    """QUADPACK over adjacent intervals, relative tolerance only."""
    parts = [quad(function, a, b, epsabs=0.0, epsrel=1e-10, limit=400)[0] for a, b in pairwise(edges)]
    return sum(parts)


@pytest.mark.parametrize(("mass", "flux"), [(0.01, 11.39), (0.1, 12.23), (0.3, 8.05), (1.0, 3.29)])
def test_elastic_photon_flux_of_lead_is_that_of_another_evaluation(mass, flux):
    """chi_el/Z^2 for lead at 100 GeV, four digits, by an independent implementation of arXiv:0906.0580."""
    low, high = (mass**2 / 200.0) ** 2, mass**2

    def integrand(log):
        t = math.exp(log)
        return (t - low) / t * brems.elastic_form_factor(t, *LEAD)

    assert integral(integrand, math.log(low), math.log(high)) / materials.LEAD_CHARGE**2 == pytest.approx(flux, abs=6e-3)


@pytest.mark.parametrize("mass", [1e-3, 0.03, 1.0, 10.0])
def test_photon_flux_agrees_with_adaptive_quadrature(mass):
    """Elastic and inelastic parts in ln t by QUADPACK."""
    low, high = (mass**2 / 200.0) ** 2, mass**2

    def integrand(log):
        t = math.exp(log)
        form = brems.elastic_form_factor(t, *LEAD) + brems.inelastic_form_factor(t, LEAD[0], False)
        return (t - low) / t * form

    expected = integral(integrand, math.log(low), math.log(high))
    assert brems.photon_flux(mass, 100.0, *LEAD, False) == pytest.approx(expected, rel=1e-9)


def proton_ratio(t):
    """[1 + t (mu_p^2 - 1)/(4 m_p^2)]/(1 + t/0.71 GeV^2)^4 of arXiv:0906.0580, equation A19, without its square."""
    return (1.0 + t * (2.79**2 - 1.0) / (4.0 * 0.93827208816**2)) / (1.0 + t / 0.71) ** 4


@pytest.mark.parametrize(("mass", "energy"), [(0.1, 100.0), (0.7, 20.0), (1.0, 100.0), (3.0, 100.0), (10.0, 100.0)])
@pytest.mark.parametrize("squared", [False, True])
def test_both_forms_of_the_inelastic_part_are_their_definition(mass, energy, squared):
    """Everything written again, scipy in u = sqrt(t): the whole ratio is squared, with its (1 + t/0.71)^4."""
    low, high = mass**2 / (2.0 * energy), mass
    z, m_e = 82.0, 0.51099895e-3
    a2, inelastic = (111.0 * z ** (-1.0 / 3.0) / m_e) ** 2, (773.0 * z ** (-2.0 / 3.0) / m_e) ** 2

    def integrand(u):
        t = u * u
        form = (z * a2 * t / (1.0 + a2 * t) / (1.0 + t * 207.2 ** (2.0 / 3.0) / 0.164)) ** 2
        form += z * (inelastic * t / (1.0 + inelastic * t)) ** 2 * proton_ratio(t) ** (2 if squared else 1)
        return 2.0 * u * (t - low * low) / (t * t) * form

    expected = integral(integrand, *np.geomspace(low, high, 9))
    assert brems.photon_flux(mass, energy, *LEAD, squared) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("mass", "flux", "digits"), [(1.0, 22731.94, 3e-7), (10.0, 2.878, 2e-4)])
def test_the_squared_photon_flux_is_that_of_another_evaluation(mass, flux, digits):
    """An independent reference for lead at 100 GeV; squaring the magnetic bracket alone gave 22843.09 at 1 GeV."""
    assert load("photon-flux-lead")(m_Ap=mass, E_0=100.0, bracket="squared") == pytest.approx(
        flux, rel=2e-4 if mass > 1.0 else 1e-6
    )


@pytest.mark.parametrize(("mass", "difference"), [(0.01, -4e-7), (1.0, -2.7e-3)])
def test_squaring_the_inelastic_ratio_lowers_the_flux(mass, difference):
    """By 4e-7 at 10 MeV and 2.7e-3 at 1 GeV (independent evaluation, one and two digits)."""
    plain, squared = (brems.photon_flux(mass, 100.0, *LEAD, flag) for flag in (False, True))
    assert squared / plain - 1.0 == pytest.approx(difference, rel=0.03)


def test_cross_section_without_electron_mass_is_the_formula_of_bjorken_and_others():
    """m_A' >> m_e and x not at 1: 4 alpha^3 chi beta (1 - x + x^2/3) x/[m_A'^2 (1-x)]."""
    for x in (0.1, 0.5, 0.9):
        expected = 4.0 * ALPHA**3 * 1000.0 * math.sqrt(1.0 - 1e-4) * (1.0 - x + x * x / 3.0) * x / (1.0 - x)
        assert brems.cross_section(1.0, 100.0, x, 1000.0) == pytest.approx(expected * INVERSE_GEV2_TO_CM2, rel=1e-4)
    assert brems.cross_section(1.0, 100.0, 0.9901, 1000.0) == 0.0


@pytest.mark.parametrize("loss", [1e-6, 0.01, 0.3, 0.7])
def test_shower_density_agrees_with_adaptive_quadrature(loss):
    """T(l) and its integral from the definition, in the exponent of l."""

    def density(s):
        return math.exp(s * math.log(loss) - gammaln(s)) if s > 0.0 else 0.0

    def total(s):
        return math.exp(s * math.log(loss) - gammaln(s + 1.0))

    found = brems.shower_density(loss, 40.0)
    assert found[0] == pytest.approx(integral(density, 0.0, 0.3, 3.0, 53.0) / brems.LOSS, rel=1e-7)
    assert found[1] == pytest.approx(integral(total, 0.0, 0.3, 3.0, 53.0) / brems.LOSS, rel=1e-7)


def test_energy_loss_is_normalised():
    """int dE I_e(E_0, E, t) = 1 for every depth: int dl exp(-l) l^(s-1)/Gamma(s) = 1, hence int exp(-l) T(l) dl = T."""

    def integrand(log):
        loss = math.exp(log)
        return math.exp(-loss) * brems.shower_density(loss, 2.0)[0]

    tail = brems.shower_density(math.exp(-40.0), 2.0)[1]
    assert integral(integrand, -40.0, -5.0, 0.0, 4.0) + tail == pytest.approx(2.0, rel=1e-5)


@pytest.mark.parametrize(("mass", "x"), [(0.01, 0.6), (0.1, 0.9), (1.0, 0.7), (0.3, 0.99)])
def test_thick_target_agrees_with_adaptive_quadrature(mass, x):
    """dN/dx with QUADPACK over ln l from l = e^-60 and its closed tail, and over ln(l_max - l) at the other end."""
    reach = -math.log(x + mass / BEAM_ENERGY)

    def value(loss):
        energy = BEAM_ENERGY * math.exp(-loss)
        chi = brems.photon_flux(mass, energy, *LEAD, False)
        density = brems.shower_density(loss, 40.0)[0]
        return density / loss * brems.cross_section(mass, energy, x * BEAM_ENERGY / energy, chi)

    def near_zero(log):
        return math.exp(log) * value(math.exp(log))

    def near_end(log):
        return math.exp(log) * value(reach - math.exp(log))

    middle = math.log(0.5 * reach)
    chi = brems.photon_flux(mass, BEAM_ENERGY, *LEAD, False)
    total = brems.shower_density(math.exp(-60.0), 40.0)[1] * brems.cross_section(mass, BEAM_ENERGY, x, chi)
    total += integral(near_zero, -60.0, math.log(1e-3 * reach), middle) + integral(near_end, math.log(reach) - 40.0, middle)
    expected = total * AVOGADRO * materials.LEAD_RADIATION_LENGTH / materials.LEAD_WEIGHT
    assert brems.spectrum(mass, BEAM_ENERGY, x, 40.0, TARGET) == pytest.approx(expected, rel=2e-7)


def test_a_thin_target_is_its_depth_times_the_cross_section():
    """T -> 0: dN/dx -> T (N_A X_0/A) dsigma/dx; corrections of the order of b T times a logarithm."""
    depth, mass, x = 1e-3, 0.1, 0.6
    chi = brems.photon_flux(mass, BEAM_ENERGY, *LEAD, False)
    thin = (
        depth
        * AVOGADRO
        * materials.LEAD_RADIATION_LENGTH
        / materials.LEAD_WEIGHT
        * brems.cross_section(mass, BEAM_ENERGY, x, chi)
    )
    assert brems.spectrum(mass, BEAM_ENERGY, x, depth, TARGET) == pytest.approx(thin, rel=0.01)


@pytest.mark.parametrize("mass", [1e-3, 0.0123, 0.2, 3.0])
def test_the_stored_yield_is_the_integral_of_the_spectrum(mass):
    """Sum of the 16 stored weights against 160 Gauss-Legendre points over the same spectrum, to 1e-4."""
    nodes, weights = np.polynomial.legendre.leggauss(160)
    small, largest = (ELECTRON_MASS / mass) ** 2, 1.0 - mass / BEAM_ENERGY
    span = math.log((1.0 - LOWEST_FRACTION + small) / (1.0 - largest + small))
    gaps = (1.0 - LOWEST_FRACTION + small) * np.exp(-0.5 * span * (nodes + 1.0))
    values = [brems.spectrum(mass, BEAM_ENERGY, 1.0 - (gap - small), 40.0, TARGET) for gap in gaps]
    assert load("na64-yield")(m_Ap=mass).sum() == pytest.approx(np.sum(0.5 * span * weights * gaps * values), rel=1e-4)
