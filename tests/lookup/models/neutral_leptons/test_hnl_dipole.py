"""hnl-dipole: widths of both interactions add; published limits and T2K follow the lifetime."""

import math

import pytest
from gloam import lookup

POINT = {"m_N": 0.25, "U2_mu": 1e-8}
MOMENT = 1e-6  # [1/GeV]


@pytest.mark.parametrize(("nature", "states"), [("dirac", 1.0), ("majorana", 2.0)])
def test_the_photon_adds_its_closed_width(nature, states):
    """mu_tr^2 m^3/(16 pi) = 3.1085e-16 GeV x1 or x2 at .25 GeV; e e pairs are .007267 of it (printed)."""
    both = lookup.model("hnl-dipole", nature=nature)(**POINT, mu_tr_mu=MOMENT)
    weak = lookup.model("hnl", nature=nature)(**POINT)
    photon = MOMENT**2 * 0.25**3 / (16.0 * math.pi)
    assert photon == pytest.approx(3.1085e-16, rel=1e-4)
    assert both["width"] - weak["width"] == pytest.approx(states * photon * 1.00727, rel=3e-4)
    assert both["br_photon"] * both["width"] == pytest.approx(states * photon, rel=1e-12)
    assert both["width_mu_pi"] == pytest.approx(weak["width_mu_pi"], rel=1e-12)


def test_without_moments_it_is_the_weak_model():
    """The limit mu_tr -> 0."""
    both, weak = lookup.model("hnl-dipole", nature="dirac")(**POINT), lookup.model("hnl", nature="dirac")(**POINT)
    assert {name: both[name] for name in weak} == weak


def test_a_published_limit_on_long_lived_decays_is_recast_by_the_width():
    """recast=lifetime: U2_new Gamma_new = U2_old^2 Ghat_old for all decays seen alike (extra width not ~ U2)."""
    options = {"nature": "dirac", "curve": "mu-microboone-2023", "recast": "lifetime"}
    old = lookup.limit("published-hnl", "hnl", "U2_mu", **options)(m_N=0.2).intervals[0][0]
    new = lookup.limit("published-hnl", "hnl-dipole", "U2_mu", **options)(m_N=0.2, mu_tr_mu=1e-8).intervals[0][0]
    width = lookup.model("hnl-dipole", nature="dirac")(m_N=0.2, U2_mu=new, mu_tr_mu=1e-8)["width"]
    ghat = lookup.load("width-hnl")(m_N=0.2, channel="total", flavour="mu", nature="dirac")
    assert new < old
    assert new * width == pytest.approx(old**2 * ghat, rel=1e-6)


def test_a_short_life_costs_t2k_its_events_and_opens_the_gate_of_a_peak_search():
    """mu_tr that makes c_tau a few metres: fewer weak decays at T2K; tau < 50 ns leaves na62-kmu without a signal."""
    weak = lookup.rate("t2k-hnl", "hnl", nature="majorana")(m_N=0.3, U2_mu=1e-8)
    short = lookup.rate("t2k-hnl", "hnl-dipole", nature="majorana")(m_N=0.3, U2_mu=1e-8, mu_tr_mu=3e-7)
    assert 0.0 < short < 0.9 * weak
    assert lookup.rate("na62-kmu", "hnl-dipole", nature="majorana")(m_N=0.3, U2_mu=1e-8, mu_tr_mu=3e-7) == 0.0
