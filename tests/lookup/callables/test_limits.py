"""The one-bin MiniBooNE bound: closed limits of the decay length, intervals, statistic."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.limits import Intervals
from gloam.lookup.cli import main as cli
from gloam.lookup.errors import BadParameter, NoInformation, UnknownName
from gloam.tables.experiments.miniboone import fhc_total


def test_short_lived_n_decays_inside_and_long_lived_n_like_one_over_its_decay_length() -> None:
    """Expected: P -> 1 for c_tau -> 0, so N_total = N_produced BR; P ~ 1/c_tau, so N ~ mu_tr^4, for c_tau -> inf."""
    total = lookup.rate("miniboone-fhc-total", "dipole", nature="dirac")
    made = lookup.rate("miniboone-fhc-produced", "dipole", nature="dirac")
    short = {"m_N": 0.4, "mu_tr_mu": 1e-2}
    visible = total.slots(**short)
    branching = visible["br_photon"] + visible["br_electrons"] + visible["br_muons"]
    assert visible["c_tau"] < 1e-6
    assert total(**short) == pytest.approx(made(**short) * branching, rel=1e-4)
    long = {"m_N": 0.02, "mu_tr_mu": 1e-9}
    assert total.slots(**long)["c_tau"] > 1e6
    assert total(**{**long, "mu_tr_mu": 1e-10}) == pytest.approx(total(**long) * 1e-4, rel=1e-6)


def test_heavy_mediator_with_huge_decay_length_gives_a_tiny_correct_rate() -> None:
    """Expected: N_made 3/8 (2R/c_tau) <m/p> BR from the small-y limit of the chord average; <m/p> of order one."""
    point = {"m_N": 0.1, "m_Zp": 5.0, "eps": 1e-4, "alpha_D": 0.1, "U2_mu": 1e-9, "U2_D": 1.0}
    total = lookup.rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    made = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
    slots = total.slots(**point)
    assert slots["c_tau"] > 2e6
    estimate = made(**point) * slots["br_electrons"] * 0.375 * 12.2 / slots["c_tau"]
    ratio = total(**point) / estimate
    assert 0.05 < ratio < 0.5


def test_limit_edge_reproduces_the_threshold_and_carries_its_statistic() -> None:
    """Expected: N at the edge equals (D - B) + 1.2816 sigma of the 2020 release, recomputed here."""
    bound = lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac")
    found = bound(m_N=0.25)
    counts = fhc_total()
    threshold = counts.data - counts.background + 1.2815515655446004 * counts.sigma
    assert len(found.intervals) == 1
    low, high = found.intervals[0]
    assert low is not None
    assert high is None
    assert bound.rate(m_N=0.25, mu_tr_mu=low) == pytest.approx(threshold, rel=1e-8)
    assert 1e-8 < low < 1e-5
    assert found.confidence == 0.9
    assert "one-sided" in found.statistic
    error = found.errors[0][0]
    assert error is not None
    assert 0.0 < error < 1e-3 * low


def test_efficiency_scales_the_rate_and_weakens_the_limit() -> None:
    """Expected: N is linear in the efficiency (definition)."""
    full = lookup.rate("miniboone-fhc-total", "dipole", nature="dirac")
    tenth = lookup.rate("miniboone-fhc-total", "dipole", nature="dirac", efficiency=0.1)
    assert tenth(m_N=0.25, mu_tr_mu=1e-6) == pytest.approx(0.1 * full(m_N=0.25, mu_tr_mu=1e-6), rel=1e-12)
    with pytest.raises(BadParameter, match="outside 0 to 1"):
        lookup.rate("miniboone-fhc-total", "dipole", nature="dirac", efficiency=2.0)


def test_every_interval_of_a_coupling_is_returned() -> None:
    """Expected: at the edges N crosses the threshold, inside N is above it and outside below (definition)."""
    bound = lookup.limit("miniboone-fhc-total", "dark-neutrino", "U2_mu", nature="dirac")
    point = {"m_N": 0.3, "m_Zp": 0.05, "eps": 1e-3, "alpha_D": 0.1, "U2_D": 1.0}
    threshold = bound.rate.search.limit
    found = bound(**point)
    inside = np.zeros(200, dtype=bool)
    assert found.scanned[1] == pytest.approx(0.01, rel=1e-12)  # of U2_mu beside U2_D = 1: the excess that is let pass
    grid = np.geomspace(1e-14, 0.01, 200)
    for low, high in found.intervals:
        inside |= (grid > (low or 0.0)) & (grid < (high or math.inf))
    values = bound.rate(**point, U2_mu=grid)
    assert np.all((values > threshold) == inside)


def test_squared_mixings_beyond_unitarity_are_refused() -> None:
    """Expected: sum over e, mu, tau, D of |U_aN|^2 <= 1 (a column of a unitary matrix); U2_D = 1, U2_mu = 1e-6 stands for 1."""
    rate = lookup.rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    point = {"m_N": 0.3, "m_Zp": 0.05, "eps": 1e-3, "alpha_D": 0.1}
    assert rate(**point, U2_D=1.0, U2_mu=1e-6) > 0.0
    assert rate(**point, U2_D=0.5, U2_mu=0.3, U2_tau=0.2) >= 0.0
    wrong = {"U2_D": 0.7, "U2_mu": 0.2, "U2_e": 0.125}
    with pytest.raises(BadParameter, match=r"= 0.7 \+ 0.125 \+ 0.2 \+ 0 is not allowed: 0 to 1 .* lower U2_D") as caught:
        rate(**point, **wrong)
    assert str(caught.value).startswith("dark-neutrino: ")
    assert np.isnan(rate(**point, **{**wrong, "U2_mu": np.array([0.2])}, outside="nan"))[0]
    found = rate.external(**point, U2_D=1.0, U2_mu=0.005)
    assert found["external"] == pytest.approx(math.hypot(4.0 * 0.005, 2.0 * 0.005), rel=1e-3)
    assert "U2_D beyond unitarity" in found["external_source"]
    with pytest.raises(BadParameter, match="by unitarity"):
        rate.external(**point, **wrong)
    with pytest.raises(BadParameter, match="by unitarity"):
        rate(**point, U2_D=0.01, U2_mu=0.995)
    dark = lookup.limit("miniboone-fhc-total", "dark-neutrino", "U2_D", nature="dirac")
    assert dark(**point, U2_mu=0.4).scanned[1] == pytest.approx(0.6 / 0.99, rel=1e-12)  # an excess of 1 % of U2_D
    with pytest.raises(BadParameter, match="by unitarity"):
        dark(**point, U2_mu=0.9, U2_e=0.9)


def test_a_scan_may_begin_where_the_search_excludes_at_best() -> None:
    """The same intervals as from a scan of the whole range; nothing below eps_inv of arXiv:1702.03327 is excluded."""
    points = [{"m_Ap": m_Ap, "r": 0.33, "Delta": 0.4, "alpha_D": 0.1} for m_Ap in (0.05, 0.6, 1.25, 7.5)]
    bound = lookup.limit("babar-monophoton", "idm")
    found = [bound(**point) for point in points]
    for point, answer in zip(points, found, strict=True):
        least = bound.rate.search.lowest("eps", point)
        assert 1e-4 < least <= answer.intervals[0][0]
        assert (bound.excess(**point, eps=np.geomspace(1e-8, 0.999 * least, 30)) < 0.0).all()
    bound.rate.search = replace(bound.rate.search, lowest=lambda coupling, parameters: 0.0)
    for point, answer in zip(points, found, strict=True):
        again = bound(**point)
        assert again.scanned == answer.scanned == (1e-8, 1.0)
        assert np.allclose(again.intervals[0][0], answer.intervals[0][0], rtol=1e-9)
        assert len(again.intervals) == len(answer.intervals)


def test_an_interval_or_gap_narrower_than_its_errors_is_not_significant() -> None:
    """Expected: a lobe counts when it is as wide as both errors together; one that is open always does (definition)."""
    intervals, errors = ((1.0, 1.5), (2.0, 3.0), (4.0, None)), ((0.3, 0.3), (0.2, 0.2), (2.0, None))
    found = Intervals("eps", "1", intervals, errors, (0.1, 9.0), "", 0.9)
    assert found.significant == (False, True, True)
    assert found.gaps_significant == (True, False) == (0.3 + 0.2 <= 2.0 - 1.5, 0.2 + 2.0 <= 4.0 - 3.0)


def test_where_nothing_is_excluded_the_closest_value_is_told(capsys) -> None:
    """N = efficiency N_1 eps^2 with 2.3 as the limit: closest at the upper end; none outside the cuts."""
    point = {"m_Ap": 0.05, "r": 0.33, "Delta": 0.4, "alpha_D": 0.1}
    bound = lookup.limit("na64-invisible", "idm", efficiency=1e-12)
    assert bound(**point).intervals == ()
    full = lookup.rate("na64-invisible", "idm", efficiency=1.0)(**point, eps=1.0)
    value, ratio, error = bound.closest(**point)
    assert value == 1.0
    assert ratio == pytest.approx(1e-12 * full / 2.3, rel=1e-9)
    assert 0.0 < error < 1e-3 * ratio
    with pytest.raises(BadParameter, match="leave it out"):
        bound.closest(**point, eps=1.0)
    with pytest.raises(NoInformation, match="says nothing elsewhere"):
        lookup.limit("babar-monophoton", "idm").closest(**{**point, "m_Ap": 9.0})
    soft = {**point, "m_Ap": 7.5}  # the photon has less than 3 GeV
    assert lookup.limit("babar-monophoton", "idm", selection="low-mass").closest(**soft)[1] == 0.0
    words = [f"{name}={number}" for name, number in soft.items()]
    assert cli.main(["limit", "babar-monophoton", "--model", "idm", "--option", "selection=low-mass", *words]) == 0
    assert "no events at any value" in capsys.readouterr().out


def test_the_closest_value_may_lie_below_what_is_scanned_for_intervals() -> None:
    """A visible A' of 10 MeV is missed where it flies as far as the detector, below eps_inv: against a dense scan."""
    bound = lookup.limit("babar-monophoton", "dark-photon")
    mixings = np.geomspace(1e-8, 1.0, 4001)
    ratios = np.exp(bound.excess(m_Ap=0.01, eps=mixings))
    value, ratio, _ = bound.closest(m_Ap=0.01)
    assert ratio == pytest.approx(ratios.max(), rel=1e-3)
    assert value == pytest.approx(mixings[ratios.argmax()], rel=0.02)
    assert value < bound.rate.search.lowest("eps", {"m_Ap": 0.01})


def test_robustness_asks_for_any_value_of_the_interval() -> None:
    """Terms of second order in the mixings make U2_mu near 1 uncertain, not the nine decades below."""
    point = {"m_N": 0.04, "m_Zp": 0.015, "eps": 0.03, "alpha_D": 2.6, "U2_D": 0.001}
    bound = lookup.limit("miniboone-fhc-total", "dark-neutrino", "U2_mu", nature="dirac")
    assert bound.rate.external(**point, U2_mu=0.9)["external"] > 1.0
    assert bound.external(**point)["robust"] == (True,)


def test_an_edge_next_to_the_end_of_its_range_has_a_finite_error() -> None:
    """N ~ eps^2 of 2.3 events at eps = 0.9995: the error is half that of N."""
    full = lookup.rate("na64-invisible", "dark-photon", efficiency=1.0)(m_Ap=0.1, br_invisible=1.0, eps=1.0)
    bound = lookup.limit("na64-invisible", "dark-photon", efficiency=1.001 * 2.3 / full)
    found = bound(m_Ap=0.1, br_invisible=1.0)
    assert found.intervals == ((pytest.approx(1.001**-0.5, rel=1e-9), None),)
    relative = bound.rate.error(m_Ap=0.1, br_invisible=1.0, eps=0.9) / bound.rate(m_Ap=0.1, br_invisible=1.0, eps=0.9)
    assert found.errors[0][0] == pytest.approx(0.5 * relative * 1.001**-0.5, rel=1e-3)
    assert bound.external(m_Ap=0.1, br_invisible=1.0)["external"][0][0] == pytest.approx(0.4, rel=1e-3)


def test_wrong_or_missing_couplings_are_refused() -> None:
    """Expected: the error lists the couplings that can be limited."""
    with pytest.raises(BadParameter, match="name the coupling"):
        lookup.limit("miniboone-fhc-total", "dipole", nature="dirac")
    with pytest.raises(UnknownName, match="mu_tr_mu"):
        lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_m", nature="dirac")
    with pytest.raises(BadParameter, match="leave it out"):
        lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac")(m_N=0.2, mu_tr_mu=1e-6)


HEAVY = {"m_N": 0.3, "m_Zp": 2.0, "alpha_D": 0.3, "U2_D": 1.0, "U2_e": 1e-3}


def test_negative_values_of_a_coupling_are_limited_where_its_sign_is_physical() -> None:
    """N(eps = edge) is the threshold on both sides; Z' and Z exchange interfere, so that the edges differ in modulus."""
    both = [lookup.limit("miniboone-fhc-total", "dark-neutrino", "eps", nature="dirac", negative=n) for n in (False, True)]
    found = [bound(**HEAVY) for bound in both]
    assert found[1].scanned == (-1.0, -1e-16)
    edges = []
    for bound, answer in zip(both, found, strict=True):
        ends = [end for pair in answer.intervals for end in pair if end is not None]
        assert ends
        assert ends == sorted(ends)
        for end in ends:
            assert bound.rate(eps=end, **HEAVY) == pytest.approx(bound.rate.search.limit, rel=1e-8)
        edges.append(np.array(ends))
        np.testing.assert_allclose(np.sort(bound.edges(**HEAVY)[:, 0]), ends)
    assert np.all(edges[1] < 0.0)
    assert abs(abs(edges[1]).min() / edges[0].min() - 1.0) > 1e-6
    errors = [e for pair in found[1].errors for e in pair if e is not None]
    assert errors
    assert all(0.0 < e < 0.1 for e in errors)
    copied = pickle.loads(pickle.dumps(both[1]))
    assert copied(**HEAVY) == found[1]


def test_a_coupling_without_negative_values_has_no_negative_limit() -> None:
    """eps of idm is a modulus."""
    with pytest.raises(BadParameter, match="no negative values"):
        lookup.limit("g-2", "idm", negative=True)


def test_the_command_line_limits_negative_values(capsys) -> None:
    """--negative: the edges of the Python answer, in JSON."""
    words = [f"{name}={value}" for name, value in HEAVY.items()]
    arguments = ["limit", "miniboone-fhc-total", "--model", "dark-neutrino", "--coupling", "eps", "nature=dirac", "--negative"]
    assert cli.main([*arguments, *words, "--json"]) == 0
    bound = lookup.limit("miniboone-fhc-total", "dark-neutrino", "eps", nature="dirac", negative=True)
    found = json.loads(capsys.readouterr().out)["intervals"]
    assert [tuple(pair) for pair in found] == list(bound(**HEAVY).intervals)
