"""Upper limits on the strength: against pyhf 0.7 (asymptotics), closed forms, and the exact Poisson limit."""

from __future__ import annotations

import math

import numpy as np
import pyhf
import pytest
from gloam.lookup.errors import BadParameter
from gloam.lookup.statistics import Measurement, Poisson, PoissonBackground, PublishedCurve, ZeroEvents
from gloam.lookup.statistics.strength import best_strength, tail_probability, upper
from scipy.stats import norm

OBSERVED, BACKGROUND, SIGNAL = (60.0, 35.0), (50.0, 38.0), (9.0, 4.0)


def pyhf_model() -> pyhf.Model:
    """Two bins, known background."""
    signal = {"name": "signal", "data": list(SIGNAL), "modifiers": [{"name": "mu", "type": "normfactor", "data": None}]}
    background = {"name": "background", "data": list(BACKGROUND), "modifiers": []}
    return pyhf.Model({"channels": [{"name": "bins", "samples": [signal, background]}]}, poi_name="mu", validate=False)


def test_cls_of_a_strength_agrees_with_pyhf() -> None:
    """pyhf.infer.hypotest with qtilde: CLs observed and the expected band."""
    model, ours = pyhf_model(), Poisson(OBSERVED, BACKGROUND)
    both, rates, pulls = np.stack([ours.numbers, ours.expected().numbers]), np.array(SIGNAL), np.empty(0)
    best = best_strength(ours.address(), ours.numbers, rates, math.nan, pulls)
    for mu in (1.0, 2.5, 4.0):
        observed, band = pyhf.infer.hypotest(mu, list(OBSERVED), model, test_stat="qtilde", return_expected_set=True)
        assert tail_probability(ours.address(), both, rates, math.nan, pulls, 0, math.nan, mu, best) == pytest.approx(
            float(observed), abs=2e-6
        )
        for sigmas, expected in zip((-2.0, -1.0, 0.0, 1.0, 2.0), band, strict=True):
            found = tail_probability(ours.address(), both, rates, math.nan, pulls, 0, sigmas, mu, 0.0)
            assert found == pytest.approx(float(expected), abs=2e-6)


def test_upper_limits_agree_with_pyhf() -> None:
    """Root of pyhf's CLs = 0.05, observed and expected, by pyhf's own toms748 scan."""
    observed, expected = pyhf.infer.intervals.upper_limits.upper_limit(list(OBSERVED), pyhf_model(), None, level=0.05, rtol=1e-6)
    found = upper(Poisson(OBSERVED, BACKGROUND), SIGNAL, 0.95, "cls")
    assert found.observed == pytest.approx(float(observed), rel=1e-4)
    np.testing.assert_allclose(found.expected, np.array(expected, dtype=float), rtol=1e-4)
    assert found.words == "cls, asymptotic"


def test_a_gaussian_measurement_has_closed_limits() -> None:
    """Delta chi^2: value + z sigma; expected bands (z + n) sigma. CLs without excess: two-sided quantile."""
    z = norm.ppf(0.9)
    found = upper(Measurement(38.0, 63.0), 2.0, 0.9, "delta-chi2")
    assert found.observed == pytest.approx((38.0 + z * 63.0) / 2.0, rel=1e-9)
    np.testing.assert_allclose(found.expected[1:], [(z + n) * 63.0 / 2.0 for n in (-1.0, 0.0, 1.0, 2.0)], rtol=1e-9)
    found = upper(Measurement(0.0, 63.0), 1.0, 0.9, "cls")
    assert found.observed == pytest.approx(norm.ppf(0.95) * 63.0, rel=1e-9)
    assert found.expected[2] == pytest.approx(found.observed, rel=1e-9)


def test_a_published_curve_returns_its_own_limit() -> None:
    """CLs at the published confidence excludes strength 1, and the answer names the approximation."""
    found = upper(PublishedCurve(0.9), 3.0, 0.9, "cls", scale=3.0)
    assert found.observed == pytest.approx(1.0, rel=1e-9)
    assert "half a Gaussian" in found.words
    assert upper(PublishedCurve(0.9), 3.0, 0.95, "cls", scale=3.0).observed == pytest.approx(
        norm.ppf(0.975) / norm.ppf(0.95), rel=1e-9
    )


def test_no_event_has_the_exact_limit() -> None:
    """N = -ln(0.1) = 2.3026 at 90 %, -ln(0.05) = 2.9957 at 95 %, by either method."""
    for method in ("cls", "delta-chi2"):
        assert upper(ZeroEvents(), 1.0, 0.9, method).observed == pytest.approx(2.302585093, rel=1e-9)
        assert upper(ZeroEvents(), 2.0, 0.95, method).observed == pytest.approx(0.5 * 2.995732274, rel=1e-9)


def test_limits_without_signal_are_infinite_and_uncertain_backgrounds_weaken_them() -> None:
    """No rate excludes nothing; a background error can only raise the expected limit."""
    assert upper(Poisson(OBSERVED, BACKGROUND), (0.0, 0.0)).observed == math.inf
    assert upper(ZeroEvents(), 0.0).observed == math.inf
    sure, unsure = Poisson(OBSERVED, BACKGROUND), PoissonBackground(OBSERVED, BACKGROUND, (10.0, 8.0))
    assert upper(unsure, SIGNAL).expected[2] > 1.1 * upper(sure, SIGNAL).expected[2]


def test_bad_questions_are_refused() -> None:
    """Confidence and method."""
    for confidence in (0.3, 1.0, "90%"):
        with pytest.raises(BadParameter, match=r"confidence = .* is not allowed: above 0.5 and below 1"):
            upper(ZeroEvents(), 1.0, confidence)
    with pytest.raises(BadParameter, match="method = 'bayes' is not allowed: cls or delta-chi2"):
        upper(ZeroEvents(), 1.0, 0.9, "bayes")
