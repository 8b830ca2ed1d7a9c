"""Projected counts of CEvNS at stopped-pion sources, their limits, and the models that they are bound to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.tables.constants import ELECTRIC_CHARGE, FERMI_CONSTANT

# arXiv:2104.03297 and the talk of 4 May 2021: events a year, alone and with L_mu - L_tau at g = 5e-4, 10 MeV, eps = -g/70,
# computed with nuclear masses in the number of targets where here they are atomic (2.3e-4 and 2.6e-4 fewer)
TALK = {"cenns610": (2625.2, 2479.7), "ess10": (4294.6, 3624.1), "ccm": (5830.0, 5362.9), "ess": (14603.2, 14279.6)}
BENCHMARK = {"m_X": 0.01, "g_X": 5e-4, "eps": -5e-4 / 70.0}


def boson(search, **options):
    """Rate of a search of L_mu - L_tau."""
    return lookup.rate(search, "gauge-boson", group="L_mu-L_tau", **options)


@pytest.mark.parametrize("search", TALK)
def test_counts_of_the_talk(search):
    """Expected: the numbers of the talk, less by the ratio of nuclear to atomic masses."""
    rate = boson(search)
    found = [rate(m_X=0.01), rate(**BENCHMARK)]
    np.testing.assert_allclose(np.array(found) / 0.99976, TALK[search], rtol=5e-5)


def test_no_recoil_is_above_the_end_of_the_spectrum():
    """Expected: 2 E^2/M = 45.1 keV (Cs133) and 47.2 keV (I127) for E = 52.83 MeV; the last keV, of iodine, is next to nothing."""
    with pytest.raises(BadParameter, match=r"observed = 0\.0"):
        boson("ess", threshold=47.5)
    assert 0.0 < boson("ess", threshold=47.0)(m_X=0.01) < 1e-4 * TALK["ess"][0]


def test_full_kinematics_lower_the_count():
    """Expected: the end of the spectrum moves down by 2 E/M = 0.16 to 0.28 %, the count above a threshold by up to twice that."""
    ratio = boson("cenns610", kinematics="full")(m_X=0.01) / boson("cenns610")(m_X=0.01)
    assert 1.0 - 5.6e-3 < ratio < 1.0 - 1.6e-3


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_heavy_vector_is_a_contact_interaction(sign):
    """Expected: eps = g_nu g_u/(sqrt2 G_F m^2) for m^2 far above q^2; linear and quadratic parts both."""
    heavy, contact = lookup.rate("cenns610", "light-vector"), lookup.rate("cenns610", "nsi")
    mass, product = 50.0, sign * 1e-2
    eps = product / (math.sqrt(2.0) * FERMI_CONSTANT * mass**2)
    found = heavy(m_X=mass, g_nu_mu=0.1, g_u=10.0 * product)
    np.testing.assert_allclose(found, contact(eps_u_mu=eps), rtol=1e-5)
    assert (found - contact()) * sign < 0.0  # a positive eps lowers |Q|


def test_light_and_heavy_limits_of_the_interference():
    """Expected: independent of the mass below sqrt(2 M E_R), as 1/m^2 far above; dN is linear in a weak product of couplings."""
    rate = lookup.rate("cenns610", "light-vector")
    standard = rate(m_X=1.0)

    def change(mass, product=1e-14):
        return (rate(m_X=mass, g_nu_mu=product, g_u=1.0) - standard) / product

    np.testing.assert_allclose(change(1e-5), change(1e-6), rtol=1e-4)
    np.testing.assert_allclose(change(20.0, 1e-7) * 400.0, change(10.0, 1e-7) * 100.0, rtol=1e-3)


def test_the_minimum_is_where_the_charge_vanishes():
    """Expected: contact terms for all flavours with 2 N = Q_w cancel the Standard Model, twice that gives it back (argon: Z 18,
    N 22).
    """
    rate = lookup.rate("cenns610", "nsi")
    weak = 22.0 - (1.0 - 4.0 * 0.23863) * 18.0
    eps = 0.5 * weak / (2.0 * 18.0 + 22.0)
    names = ("eps_u_e", "eps_u_mu")
    assert rate(**dict.fromkeys(names, eps)) < 1e-20 * rate()
    np.testing.assert_allclose(rate(**dict.fromkeys(names, 2.0 * eps)), rate(), rtol=1e-12)


def test_loops_that_run_follow_the_mixing_at_the_momentum_transfer():
    """Expected: for L_mu - L_tau |eps(q^2)| falls with |q^2|, d ln|eps|/dq^2 = 1/(5 m_mu^2 ln(m_tau^2/m_mu^2)) near 0, so that
    the
    deficit shrinks by (2 M E_R/m_mu^2)/28.2: 0.5 % at 20 keV to 0.9 % at the end for argon.
    """
    rates = [boson("cenns610", mixing="loop", loops=loops) for loops in ("constant", "folded")]
    point = {"m_X": 0.3, "g_X": 1e-3}
    standard = rates[0](m_X=0.3)
    deficits = [standard - rate(**point) for rate in rates]
    assert 0.003 < 1.0 - deficits[1] / deficits[0] < 0.012
    assert deficits[0] > 0.0


def test_a_sensitivity_is_a_rise_of_chi2():
    """Expected: chi^2 = (N_0 - N)^2/(N_0 + (sigma N)^2) of one bin with a common error, closed form, is 2.7055 at the edge."""
    limit = lookup.limit("cenns610", "gauge-boson", "g_X", group="L_mu-L_tau", mixing="loop")
    edge = limit(m_X=0.01).intervals[0][0]
    rate = boson("cenns610", mixing="loop")
    standard, there = rate(m_X=0.01), rate(m_X=0.01, g_X=edge)
    chi2 = (standard - there) ** 2 / (standard + (0.085 * there) ** 2)
    np.testing.assert_allclose(chi2, 2.7055434540954155, rtol=1e-6)
    with pytest.raises(DoesNotFit, match="holds what the Standard Model gives"):
        lookup.limit("cenns610", "gauge-boson", "g_X", group="L_mu-L_tau", method="cls")


def test_the_slope_of_the_likelihood_is_that_of_the_closed_form():
    """Expected: chi^2 as above; its derivative by differences of the closed form."""
    likelihood = lookup.likelihood(["cenns610"], "light-vector")
    rate = lookup.rate("cenns610", "light-vector")
    standard = rate(m_X=0.01)

    def closed(product):
        there = rate(m_X=0.01, g_nu_mu=product, g_u=1.0)
        return -0.5 * (standard - there) ** 2 / (standard + (0.085 * there) ** 2)

    step, at = 1e-12, 1e-9
    slope = (closed(at + step) - closed(at - step)) / (2.0 * step)
    found = likelihood.value_and_gradient(m_X=0.01, g_nu_mu=at, g_u=1.0)
    np.testing.assert_allclose([found.value, found.slopes["g_nu_mu"]], [closed(at), slope], rtol=1e-5)


def test_couplings_of_the_groups_are_products():
    """Expected: B-L has g_u = g/3 and g_nu = -g, and L_mu - L_tau with mixing eps g_p = -eps e: the same counts as free
    couplings.
    """
    free = lookup.rate("ess10", "light-vector")
    g = 3e-5
    universal = lookup.rate("ess10", "gauge-boson", group="B-L")(m_X=0.02, g_X=g)
    np.testing.assert_allclose(
        universal, free(m_X=0.02, g_nu_e=-g, g_nu_mu=-g, g_nu_tau=-g, g_u=g / 3.0, g_d=g / 3.0), rtol=1e-12
    )
    mixed = boson("ess10")(m_X=0.02, g_X=5e-4, eps=-7e-6)
    charge = 7e-6 * ELECTRIC_CHARGE
    expected = free(m_X=0.02, g_nu_mu=5e-4, g_nu_tau=-5e-4, g_u=2.0 / 3.0 * charge, g_d=-charge / 3.0)
    np.testing.assert_allclose(mixed, expected, rtol=1e-12)
