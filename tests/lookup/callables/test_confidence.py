"""Limits at a confidence of one's own: by the statistics, in closed form; the published limits stay where they are."""

from __future__ import annotations

import json
import math
import pickle

import pytest
from gloam import lookup
from gloam.lookup.cli.main import main
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.tables.experiments.miniboone import fhc_total
from scipy.stats import norm

INVISIBLE = {"m_Ap": 0.1, "br_invisible": 1.0}
DIPOLE = {"m_N": 0.25}


def events_at_the_edge(search: str, model: str, coupling: str, point: dict[str, float], **asked: object) -> list[float]:
    """Rates at the lower edges, observed and then expected; NaN where all of the range is excluded."""
    made = lookup.limit(search, model, coupling, **asked)
    found = made(**point)
    edges = [found.intervals[0][0], *(band[0][0] for band in found.expected)]
    return [math.nan if edge is None else made.rate(**point, **{coupling: edge}) for edge in edges]


def test_delta_chi2_at_the_published_confidence_is_the_published_limit() -> None:
    """MiniBooNE's total: N > (D - B) + 1.2816 sigma at 90 % either way; 1.6449 sigma at 95 %."""
    counts = fhc_total()
    published = lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac")(**DIPOLE)
    again = lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac", method="delta-chi2")(**DIPOLE)
    assert again.intervals[0][0] == pytest.approx(published.intervals[0][0], rel=1e-8)
    assert again.confidence == published.confidence == 0.9
    (events,) = events_at_the_edge(
        "miniboone-fhc-total", "dipole", "mu_tr_mu", DIPOLE, nature="dirac", method="delta-chi2", confidence=0.95
    )
    assert events == pytest.approx(counts.excess + norm.ppf(0.95) * counts.sigma, rel=1e-7)


def test_expected_limits_and_bands_come_with_the_observed_one() -> None:
    """Without signal: (z + n) sigma for Delta chi^2; for CLs (n + Phi^-1(1 - 0.1 Phi(n))) sigma, arXiv:1007.1727 eq. 89.

    Delta chi^2 excludes even no signal where the background is 2 sigma low, 1.28 - 2 < 0; CLs never does.
    """
    sigma = fhc_total().sigma
    for method in ("delta-chi2", "cls"):
        _, *bands = events_at_the_edge(
            "miniboone-fhc-total", "dipole", "mu_tr_mu", DIPOLE, nature="dirac", method=method, expected=True
        )
        assert math.isnan(bands[0]) == (method == "delta-chi2")
        for n, events in zip((-1.0, 0.0, 1.0, 2.0), bands[1:], strict=True):
            width = n + (norm.ppf(0.9) if method == "delta-chi2" else norm.ppf(1.0 - 0.1 * norm.cdf(n)))
            assert events == pytest.approx(width * sigma, rel=1e-6)


def test_no_event_has_its_exact_limit_at_any_confidence() -> None:
    """-ln(1 - CL) events, by either method; what the search states, 2.3, does not move."""
    for method in ("cls", "delta-chi2"):
        (events,) = events_at_the_edge("na64-invisible", "dark-photon", "eps", INVISIBLE, method=method, confidence=0.95)
        assert events == pytest.approx(-math.log(0.05), rel=1e-8)
    (events,) = events_at_the_edge("na64-invisible", "dark-photon", "eps", INVISIBLE)
    assert events == pytest.approx(2.3, rel=1e-8)
    observed, *bands = events_at_the_edge("na64-invisible", "dark-photon", "eps", INVISIBLE, method="cls", expected=True)
    assert bands == [pytest.approx(observed, rel=1e-8)] * 5


def test_g_2_by_its_measurement() -> None:
    """38 + 1.2816 x 63 at 90 %, 38 + 1.6449 x 63 at 95 %: the threshold of the search is replaced."""
    for confidence, moment in ((0.9, 38.0 + norm.ppf(0.9) * 63.0), (None, 38.0 + norm.ppf(0.95) * 63.0)):
        (value,) = events_at_the_edge("g-2", "dark-photon", "eps", {"m_Ap": 0.3}, method="delta-chi2", confidence=confidence)
        assert value == pytest.approx(moment, rel=1e-7)


def test_a_published_curve_moves_with_the_confidence_and_says_that_it_is_approximate() -> None:
    """Strength z(0.975)/z(0.95) at 95 % of a curve of 90 %, eps as its root; the same curve at 90 %; lower at 80 %."""
    point = {"m_Ap": 1.0, "br_invisible": 1.0}
    edges = {}
    for confidence in (None, 0.8, 0.9, 0.95):
        method = None if confidence is None else "cls"
        found = lookup.limit("babar-monophoton", "dark-photon", confidence=confidence, method=method)(**point)
        edges[confidence] = found.intervals[0][0]
        assert ("half a Gaussian" in found.statistic) == (confidence is not None)
    assert edges[0.9] == pytest.approx(edges[None], rel=1e-8)
    for confidence in (0.8, 0.95):
        ratio = norm.ppf(0.5 + 0.5 * confidence) / norm.ppf(0.95)
        assert edges[confidence] / edges[0.9] == pytest.approx(math.sqrt(ratio), rel=1e-7)
    with pytest.raises(DoesNotFit, match="does not tell what was expected"):
        lookup.limit("babar-monophoton", "dark-photon", method="cls", expected=True)


def test_questions_without_a_method_are_refused_and_handles_keep_theirs() -> None:
    """A confidence of one's own needs a named method; pickles remember it."""
    with pytest.raises(BadParameter, match=r"confidence = 0.95 needs a method, cls or delta-chi2"):
        lookup.limit("na64-invisible", "dark-photon", confidence=0.95)
    with pytest.raises(BadParameter, match="expected limits need a method"):
        lookup.limit("na64-invisible", "dark-photon", expected=True)
    with pytest.raises(BadParameter, match="method = 'bayes' is not allowed"):
        lookup.limit("na64-invisible", "dark-photon", method="bayes")
    with pytest.raises(BadParameter, match=r"confidence = 95.0 is not allowed: above 0.5 and below 1"):
        lookup.limit("na64-invisible", "dark-photon", method="cls", confidence=95.0)
    made = lookup.limit("na64-invisible", "dark-photon", method="cls", confidence=0.95, expected=True)
    assert pickle.loads(pickle.dumps(made))(**INVISIBLE) == made(**INVISIBLE)


def test_the_command_line_takes_confidence_method_and_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON holds the bands, words name them and the method."""
    arguments = ["limit", "na64-invisible", "--model", "dark-photon", "m_Ap=0.1", "br_invisible=1"]
    flags = ["--method", "cls", "--confidence", "0.95", "--expected"]
    assert main([*arguments, *flags, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    made = lookup.limit("na64-invisible", "dark-photon", method="cls", confidence=0.95, expected=True)(**INVISIBLE)
    assert found["confidence"] == 0.95
    assert [tuple(map(tuple, band)) for band in found["expected"]] == list(made.expected)
    assert main([*arguments, *flags]) == 0
    out = capsys.readouterr().out
    assert "expected at -2 sigma: " in out
    assert "exact Poisson probability" in out
    assert main([*arguments, "--confidence", "0.95"]) == 2
    assert "needs a method" in capsys.readouterr().err
