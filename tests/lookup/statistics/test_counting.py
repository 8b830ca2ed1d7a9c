"""Counts: against scipy.stats, against pyhf 0.7 with the same constraints, and against closed limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyhf
import pytest
from gloam.lookup.errors import BadParameter
from gloam.lookup.statistics import Poisson, PoissonBackground, PoissonScale, ZeroEvents
from scipy.optimize import minimize_scalar
from scipy.stats import norm, poisson

OBSERVED, BACKGROUND, SIGNAL = (7.0, 3.0, 12.0), (5.0, 4.5, 9.0), (1.5, 0.4, 2.5)


def pyhf_model(modifiers: list[dict[str, Any]]) -> pyhf.Model:
    """One channel of the bins above, signal scaled by mu."""
    signal = {"name": "signal", "data": list(SIGNAL), "modifiers": [{"name": "mu", "type": "normfactor", "data": None}]}
    background = {"name": "background", "data": list(BACKGROUND), "modifiers": modifiers}
    spec = {"channels": [{"name": "bins", "samples": [signal, background]}]}
    settings = {"normsys": {"interpcode": "code1"}}
    return pyhf.Model(spec, modifier_settings=settings, poi_name="mu", validate=False)


def pyhf_profile(model: pyhf.Model, mu: float) -> float:
    """-2 ln L of the data and auxiliary data, nuisances at their best, by scipy inside pyhf."""
    data = [*OBSERVED, *model.config.auxdata]
    return float(pyhf.infer.mle.fixed_poi_fit(mu, data, model, return_fitted_val=True)[1])


def derivative(statistic: Any, at: np.ndarray, pulls: Any = None) -> np.ndarray:
    """Central differences of ln L by every rate."""
    steps = np.diag(1e-5 * np.maximum(at, 1.0))
    return np.array(
        [
            (statistic.value_and_slope(at + step, pulls=pulls)[0] - statistic.value_and_slope(at - step, pulls=pulls)[0])
            / (2.0 * step.max())
            for step in steps
        ]
    )


def test_known_background_is_the_poisson_probability_over_that_of_the_data() -> None:
    """scipy.stats.poisson.logpmf at s + b minus the same at n."""
    value, slope = Poisson(OBSERVED, BACKGROUND).value_and_slope(SIGNAL)
    mean = np.add(SIGNAL, BACKGROUND)
    expected = poisson.logpmf(OBSERVED, mean).sum() - poisson.logpmf(OBSERVED, OBSERVED).sum()
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(slope, np.divide(OBSERVED, mean) - 1.0, rtol=1e-14)


def test_empty_bins_and_impossible_counts() -> None:
    """n = 0 leaves exp(-lambda); a count where nothing is predicted has probability 0."""
    assert Poisson((0.0,), (0.5,)).value_and_slope(1.5)[0] == pytest.approx(-2.0)
    assert Poisson((2.0,), (0.0,)).value_and_slope(0.0)[0] == -math.inf


def test_background_errors_per_bin_agree_with_pyhf() -> None:
    """`staterror` of pyhf: one normal factor per bin. Differences of -2 ln L between strengths."""
    errors = (1.0, 0.9, 2.0)
    model = pyhf_model([{"name": "mc", "type": "staterror", "data": list(errors)}])
    ours = PoissonBackground(OBSERVED, BACKGROUND, errors)
    reference, start = pyhf_profile(model, 0.0), ours.value_and_slope(np.zeros(3))[0]
    for mu in (0.5, 1.0, 3.0):
        value, slope = ours.value_and_slope(mu * np.array(SIGNAL))
        assert -2.0 * (value - start) == pytest.approx(pyhf_profile(model, mu) - reference, abs=1e-6)
        np.testing.assert_allclose(slope, derivative(ours, mu * np.array(SIGNAL)), rtol=1e-7, atol=1e-9)


def test_a_background_that_would_turn_negative_stays_at_zero() -> None:
    """Much signal, few events: ln L = Poisson(n; s) with the pull b/sigma, by hand."""
    value, slope = PoissonBackground((2.0,), (1.0,), (3.0,)).value_and_slope(40.0)
    assert value == pytest.approx(2.0 * math.log(20.0) - 38.0 - 0.5 / 9.0, rel=1e-12)
    assert slope[0] == pytest.approx(2.0 / 40.0 - 1.0, rel=1e-12)
    assert PoissonBackground((0.0,), (3.0,), (0.0,)).value_and_slope(1.0)[0] == pytest.approx(-4.0)


def test_a_common_background_factor_agrees_with_pyhf() -> None:
    """`normsys` with factors exp(+-0.3), exponential interpolation (code1)."""
    spread = {"hi": math.exp(0.3), "lo": math.exp(-0.3)}
    model = pyhf_model([{"name": "scale", "type": "normsys", "data": spread}])
    ours = PoissonScale(OBSERVED, BACKGROUND, 0.3)
    reference, start = pyhf_profile(model, 0.0), ours.value_and_slope(np.zeros(3))[0]
    for mu in (0.5, 1.0, 3.0):
        value, slope = ours.value_and_slope(mu * np.array(SIGNAL))
        assert -2.0 * (value - start) == pytest.approx(pyhf_profile(model, mu) - reference, abs=1e-6)
        np.testing.assert_allclose(slope[:3], derivative(ours, mu * np.array(SIGNAL)), rtol=1e-6, atol=1e-9)
        assert slope[3] == 0.0


def test_an_explicit_pull_leaves_its_prior_out_and_has_a_derivative() -> None:
    """ln L(pull) is Poisson at b exp(0.3 pull); profiling it with the normal prior by scipy gives the profiled value."""
    ours = PoissonScale(OBSERVED, BACKGROUND, 0.3)

    def explicit(pull: float) -> float:
        return ours.value_and_slope(SIGNAL, pulls=[pull])[0]

    mean = np.add(SIGNAL, np.multiply(BACKGROUND, math.exp(0.3 * 0.7)))
    assert explicit(0.7) == pytest.approx(
        poisson.logpmf(OBSERVED, mean).sum() - poisson.logpmf(OBSERVED, OBSERVED).sum(), rel=1e-12
    )
    slope = ours.value_and_slope(SIGNAL, pulls=[0.7])[1][3]
    assert slope == pytest.approx((explicit(0.7 + 1e-5) - explicit(0.7 - 1e-5)) / 2e-5, rel=1e-7)
    best = minimize_scalar(lambda a: -explicit(a) - norm.logpdf(a) + norm.logpdf(0.0), tol=1e-12)
    assert ours.value_and_slope(SIGNAL)[0] == pytest.approx(-best.fun, rel=1e-10)


def test_no_event_is_exp_minus_n_whatever_the_background() -> None:
    """The Poisson probability of nothing, normalised to no signal."""
    value, slope = ZeroEvents().value_and_slope(1.7)
    assert value == pytest.approx(poisson.logpmf(0, 1.7 + 0.4) - poisson.logpmf(0, 0.4))
    assert slope[0] == -1.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Poisson((1.0, 2.0), (1.0,)), "one number per bin, not 2 of observed, 1 of background"),
        (lambda: Poisson((1.0,), (-1.0,)), r"background = -1.0 is not allowed"),
        (lambda: Poisson((math.nan,), (1.0,)), r"observed = nan is not allowed"),
        (lambda: PoissonScale((1.0,), (1.0,), -0.1), "relative = -0.1 is not allowed"),
        (lambda: PoissonBackground((1.0,), (1.0,), (0.1, 0.2)), "1 of observed, 2 of error"),
        (lambda: Poisson((1.0,), (1.0,)).value_and_slope([1.0, 2.0]), "takes 1 rates and 0 pulls, not 2 and 0"),
    ],
)
def test_bad_data_are_refused(make: Any, words: str) -> None:
    """One sentence that names the part."""
    with pytest.raises(BadParameter, match=words):
        make()
