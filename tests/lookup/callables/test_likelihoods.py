"""Likelihoods of several searches: closed forms, scipy, pyhf-free; nuisances, silence, zero coupling, slopes, handles."""

from __future__ import annotations

import math
import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.likelihoods import Likelihood
from gloam.lookup.errors import BadParameter, DoesNotFit, NoInformation, OutOfRange, UnknownName
from gloam.tables.experiments.invisible_limits import BABAR_2017
from gloam.tables.experiments.miniboone import fhc_total
from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment
from scipy.optimize import minimize_scalar
from scipy.stats import norm

INVISIBLE = {"m_Ap": 0.1, "eps": 2e-5, "br_invisible": 1.0}
Z_90 = norm.ppf(0.95)  # half a Gaussian holds 90 % below this


@pytest.fixture(scope="module")
def joint() -> Likelihood:
    """NA64 and g-2 for a dark photon."""
    return lookup.likelihood(["na64-invisible", "g-2"], "dark-photon", set="2021", sided="two")


@pytest.fixture(scope="module")
def three() -> Likelihood:
    """The same and BaBar's curve."""
    return lookup.likelihood(["na64-invisible", "babar-monophoton", "g-2"], "dark-photon", set="2021", sided="two")


def test_every_search_has_the_likelihood_of_its_statistic(three: Likelihood) -> None:
    """-N for no event; -(1.645 (eps/eps_90)^2)^2/2 for the curve; the normal distribution of 251 +- 59 for g-2 of 2021."""
    published = float(np.exp(np.interp(math.log(0.1), *np.log(BABAR_2017.segments[0]))))
    moment = 1e11 * muon_moment(0.1, 2e-5)
    parts = three.parts(**INVISIBLE)
    assert parts["na64-invisible"] == -lookup.rate("na64-invisible", "dark-photon")(**INVISIBLE)
    assert parts["babar-monophoton"] == pytest.approx(-0.5 * (Z_90 * (2e-5 / published) ** 2) ** 2, rel=1e-9)
    assert parts["g-2"] == pytest.approx(norm.logpdf(moment, 251.0, 59.0) - norm.logpdf(251.0, 251.0, 59.0), rel=1e-12)
    assert three(**INVISIBLE) == pytest.approx(sum(parts.values()), rel=1e-14)
    assert [text.split(":")[0] for text in three.approximations] == ["babar-monophoton"]
    assert "half a Gaussian" in three.approximations[0]


def test_the_published_limit_is_at_the_two_sided_quantile() -> None:
    """At eps_90 of an invisible A': -2 ln L = 2.7055."""
    curve = lookup.likelihood("babar-monophoton", "dark-photon")
    eps = float(np.exp(np.interp(0.0, *np.log(BABAR_2017.segments[0]))))
    assert -2.0 * curve(m_Ap=1.0, eps=eps, br_invisible=1.0) == pytest.approx(2.705543454, rel=1e-8)


def test_miniboone_is_one_gaussian_bin() -> None:
    """D = 3202, B = 2668.1, sigma = 310.6 (tables/experiments/miniboone.py): its best N is the excess."""
    counts, likelihood = fhc_total(), lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac")
    rate = lookup.rate("miniboone-fhc-total", "dipole", nature="dirac")
    for moment in (0.0, 3e-7, 1e-6):
        events = rate(m_N=0.25, mu_tr_mu=moment)
        expected = norm.logpdf(counts.excess, events, counts.sigma) - norm.logpdf(0.0, 0.0, counts.sigma)
        assert likelihood(m_N=0.25, mu_tr_mu=moment) == pytest.approx(expected, rel=1e-12)
    assert likelihood.null == pytest.approx(-0.5 * (counts.excess / counts.sigma) ** 2, rel=1e-12)


def test_zero_coupling_is_the_null_value_for_every_model(joint: Likelihood) -> None:
    """Below the range of eps, but no signal is no signal; the other parameters are checked all the same."""
    assert joint(**{**INVISIBLE, "eps": 0.0}) == joint.null == pytest.approx(-0.5 * (251.0 / 59.0) ** 2)
    visible = lookup.likelihood(["na64-semivisible", "g-2"], "idm")
    assert visible(m_Ap=1.0, r=0.33, Delta=0.4, alpha_D=0.1, eps=[0.0, 1e-3])[0] == 0.0
    with pytest.raises(BadParameter, match="m_Ap = -1 GeV is not allowed"):
        joint(**{**INVISIBLE, "eps": 0.0, "m_Ap": -1.0})
    with pytest.raises(BadParameter, match=r"eps = 1e-12 is not allowed"):
        joint(**{**INVISIBLE, "eps": 1e-12})


def test_gradients_agree_with_closed_derivatives(three: Likelihood) -> None:
    """ln L = -a eps^2 - b eps^4 - ((c eps^2 - 251)/59)^2/2: its derivative by eps; errors cover the difference."""
    parts = three.parts(**INVISIBLE)
    moment = 1e11 * muon_moment(0.1, 2e-5)
    expected = (
        2.0 * parts["na64-invisible"] + 4.0 * parts["babar-monophoton"] - 2.0 * moment * (moment - 251.0) / 59.0**2
    ) / 2e-5
    value, slopes, errors = three.value_and_gradient(**INVISIBLE)
    assert value == three(**INVISIBLE)
    assert abs(slopes["eps"] - expected) <= errors["eps"] < 1e-5 * abs(expected)
    assert slopes["eps"] == pytest.approx(expected, rel=1e-7)
    step = 1e-4 * INVISIBLE["m_Ap"]
    two = [three(**{**INVISIBLE, "m_Ap": INVISIBLE["m_Ap"] + sign * step}) for sign in (1.0, -1.0)]
    assert slopes["m_Ap"] == pytest.approx((two[0] - two[1]) / (2.0 * step), rel=1e-5)
    assert slopes["br_invisible"] != 0.0  # from one side: 1 is the end of its range
    assert math.isfinite(slopes["width_dark"])


def test_a_structure_narrower_than_the_step_is_seen() -> None:
    """m_N next to m_Zp: differences shrink below the distance of the two, or the error says that they do not agree."""
    likelihood = lookup.likelihood("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    point = {"m_N": 0.3, "m_Zp": 0.3 * (1.0 + 1e-5), "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-7, "U2_D": 0.9}
    _, slopes, errors = likelihood.value_and_gradient(**point)
    step = 1e-8
    two = [likelihood(**{**point, "m_N": point["m_N"] + sign * step}) for sign in (1.0, -1.0)]
    assert abs(slopes["m_N"] - (two[0] - two[1]) / (2.0 * step)) <= 3.0 * errors["m_N"] + 1e-3 * abs(slopes["m_N"])


def test_an_uncertain_signal_is_profiled_with_its_prior() -> None:
    """max over a of -N exp(0.3 a) - a^2/2, by scipy; explicit, the prior is left out and the slope is -0.3 N exp(0.3 a)."""
    events = lookup.rate("na64-invisible", "dark-photon")(**INVISIBLE)
    profiled = lookup.likelihood("na64-invisible", "dark-photon", signal=0.3)
    best = minimize_scalar(lambda a: events * math.exp(0.3 * a) + 0.5 * a * a, tol=1e-12)
    assert profiled(**INVISIBLE) == pytest.approx(-best.fun, rel=1e-10)
    explicit = lookup.likelihood("na64-invisible", "dark-photon", signal={"na64-invisible": 0.3}, nuisances="explicit")
    name = "na64_invisible_signal"
    assert [item.name for item in explicit.parameters][-1] == name
    assert "standard normal prior" in explicit.nuisances[name]
    assert explicit(**INVISIBLE, **{name: -1.2}) == pytest.approx(-events * math.exp(-0.36), rel=1e-12)
    assert explicit.value_and_gradient(**INVISIBLE, **{name: -1.2}).slopes[name] == pytest.approx(
        -0.3 * events * math.exp(-0.36), rel=1e-12
    )
    with pytest.raises(BadParameter, match="na64_invisible_signal = 11 is not allowed"):
        explicit(**INVISIBLE, **{name: 11.0})
    external = lookup.likelihood("na64-invisible", "dark-photon", signal="external")
    assert "80 % of flux and efficiency" in external.nuisances[name]


def test_the_error_of_tables_may_be_a_nuisance() -> None:
    """One bin, relative error d of the rate: the same as a signal known to d."""
    rate = lookup.rate("miniboone-fhc-total", "dipole", nature="dirac")
    point = {"m_N": 0.25, "mu_tr_mu": 1e-6}
    relative = rate.error(**point) / rate(**point)
    tables = lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac", tables=True)
    signal = lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac", signal=relative)
    assert tables(**point) == pytest.approx(signal(**point), rel=1e-9)
    assert tables(**point) > lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac")(**point)


def test_silence_counts_nothing_and_is_told(three: Likelihood) -> None:
    """Beyond BaBar's curve; alone there, a likelihood says that no search informs."""
    point = {**INVISIBLE, "m_Ap": 9.0}
    assert three.parts(**point)["babar-monophoton"] == 0.0
    found = three.explain(**point)
    silent = {part.search: part for part in found.parts}["babar-monophoton"]
    assert silent.kind == "silent"
    assert "arXiv:1702.03327" in silent.reason
    assert "half a Gaussian" in silent.approximation
    assert silent.nearest is not None
    assert silent.nearest[0] == "m_Ap"
    assert silent.nearest[1] == pytest.approx(BABAR_2017.segments[0][0][-1], rel=1e-9)
    alone = lookup.likelihood("babar-monophoton", "dark-photon")
    with pytest.raises(NoInformation, match="no search of this likelihood has information here"):
        alone(**point)
    assert math.isnan(alone(**point, outside="nan"))


def test_explain_names_the_search_that_drives(joint: Likelihood) -> None:
    """The largest change of ln L by the signal: NA64 at small masses, g-2 where nothing else reaches."""
    assert joint.explain(**INVISIBLE).driver == "na64-invisible"
    assert joint.explain(m_Ap=9.5, eps=0.3, br_invisible=1.0).driver == "g-2"
    assert joint.explain(**{**INVISIBLE, "eps": 0.0}).driver is None
    assert "driven by na64-invisible" in str(joint.explain(**INVISIBLE))


def test_points_outside_follow_a_named_policy() -> None:
    """A search that refuses (A' that flies in BaBar): the error, a value, or the other searches alone."""
    both = lookup.likelihood(["babar-monophoton", "g-2"], "idm")
    point = {"m_Ap": 0.05, "r": 0.33, "Delta": 0.1, "eps": 1e-5, "alpha_D": 1e-12}
    with pytest.raises(DoesNotFit, match="flies more than 1 cm"):
        both(**point)
    assert both(**point, outside="-inf") == -math.inf
    assert both(**point, outside=-1e30) == -1e30
    assert both(**point, outside="no-information") == lookup.likelihood("g-2", "idm")(**point)
    assert both.parts(**point, outside="no-information")["babar-monophoton"] == 0.0
    found = both.explain(**point)
    assert [part.kind for part in found.parts] == ["refuses", "informs"]
    assert math.isnan(found.value)
    assert found.parts[0].nearest is not None
    with pytest.raises(BadParameter, match=r"outside = 'clip' is not allowed: raise, nan, -inf, no-information"):
        both(**point, outside="clip")


def test_a_table_that_ends_is_named_and_cuts_the_bounds() -> None:
    """The rates of MiniBooNE begin at m_N = 5 MeV like the model; a published yield ends below it."""
    dipole = lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac")
    assert dipole.bounds["m_N"] == (0.005, 2.0)
    with pytest.raises((BadParameter, OutOfRange), match="m_N = 3 GeV"):
        dipole(m_N=3.0, mu_tr_mu=1e-6)


def test_arrays_batches_and_compiled_calls_give_the_same_bits(joint: Likelihood) -> None:
    """One kernel behind every way of asking."""
    eps = np.geomspace(1e-6, 1e-3, 5)
    many = joint(**{**INVISIBLE, "eps": eps})
    points = np.array([[0.1, value, 1.0, 0.0] for value in eps])
    out = np.empty(5)
    assert joint.batch(points, out) is out
    assert np.array_equal(out, many)
    assert [joint(**{**INVISIBLE, "eps": value}) for value in eps] == many.tolist()
    kernel = joint.kernel

    @numba.njit
    def mine(numbers: Any, plan: Any, point: Any) -> float:
        found, status = np.empty(3), np.empty(2, dtype=np.int64)
        return found[0] if kernel(numbers, plan, point, found, status) == 0 else math.nan

    assert mine(*joint.data, points[2]) == many[2]
    with pytest.raises(BadParameter, match=r"rows of 4 numbers, m_Ap, eps, br_invisible, width_dark"):
        joint.batch(points[:, :3])
    with pytest.raises(BadParameter, match="out is float64 of shape"):
        joint.batch(points, np.empty(4))


def _answer(likelihood: Likelihood) -> float:
    value: float = likelihood(**INVISIBLE)
    return value


def test_handles_pickle_small_and_agree_in_threads_and_processes(joint: Likelihood) -> None:
    """Below 4 kB; 8 threads and two forked processes give the same bits."""
    assert len(pickle.dumps(joint)) < 4000
    again = pickle.loads(pickle.dumps(joint))
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(_answer, [again] * 32))
    with multiprocessing.get_context("fork").Pool(2) as processes:
        found |= set(processes.map(_answer, [joint] * 4))
    assert found == {joint(**INVISIBLE)}


def test_the_prior_covers_the_bounds(joint: Likelihood) -> None:
    """Ends of the unit cube are ends of the ranges; positive ranges are flat in the logarithm."""
    bounds = list(joint.bounds.values())
    np.testing.assert_allclose(joint.prior_transform(np.zeros(4)), [low for low, _ in bounds])
    np.testing.assert_allclose(joint.prior_transform(np.ones(4)), [high for _, high in bounds])
    middle = joint.prior_transform(np.full(4, 0.5))
    assert middle[1] == pytest.approx(1e-4)
    assert middle[2] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("searches", "model", "options", "words"),
    [
        (["na64-semivisible", "na64-prompt"], "idm", {}, "na64-semivisible and na64-prompt read the same data"),
        ([], "idm", {}, "without any search"),
        (["miniboone-fhc-produced"], "dipole", {"nature": "dirac"}, "miniboone-fhc-produced has no likelihood: it counts N"),
        (["g-2"], "idm", {"nuisances": "free"}, "nuisances = 'free' is not allowed"),
        (["g-2"], "idm", {"signal": -0.1}, "signal = -0.1 is not allowed"),
        (["g-2"], "idm", {"signal": {"g2": 0.1}}, "did you mean 'g-2'"),
        (["g-2"], "idm", {"years": "2021"}, "unknown option 'years'"),
        (["g-2", "g2"], "idm", {}, "did you mean 'g-2'"),
        (["g-2"], "dipole", {"nature": "dirac"}, "takes models"),
    ],
)
def test_bad_questions_are_refused(searches: list[str], model: str, options: dict[str, Any], words: str) -> None:
    """One sentence each."""
    with pytest.raises((BadParameter, DoesNotFit, UnknownName), match=words):
        lookup.likelihood(searches, model, **options)


def test_parameters_are_checked_by_name(joint: Likelihood) -> None:
    """Missing, unknown, without a name, more than one point where one is meant."""
    with pytest.raises(BadParameter, match=r"missing m_Ap \[GeV\]"):
        joint(eps=1e-3)
    with pytest.raises(UnknownName, match="did you mean 'eps'"):
        joint(**INVISIBLE, epss=1e-3)
    with pytest.raises(BadParameter, match=r"0\.1 without a name"):
        joint(0.1)
    with pytest.raises(BadParameter, match="one point at a time"):
        joint.value_and_gradient(**{**INVISIBLE, "eps": [1e-4, 1e-3]})
