"""Statistics of templates with pulls against scipy's minimiser and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.lookup.errors import BadParameter
from gloam.lookup.statistics import PoissonTemplates, ScaledCounts
from scipy.optimize import minimize

SHAPES = ((0, 0, 0.7), (0, 1, 0.3), (1, 1, 0.5), (1, 2, 0.5))
UP, DOWN = (0.2, 0.1, -0.1), (0.3, 0.05, -0.2)
TEMPLATES = PoissonTemplates(
    (12.0, 9.0, 4.0), SHAPES, 2, {"flat": ((3.0, 3.0, 3.0), 0.4), "falling": ((4.0, 2.0, 1.0), 0.2)}, 0.3, {"light": (UP, DOWN)}
)


def minus_two_log(rates, pulls):
    """-2 ln L of TEMPLATES written out."""
    pulls = np.asarray(pulls)
    signal = np.array([0.7 * rates[0], 0.3 * rates[0] + 0.5 * rates[1], 0.5 * rates[1]])
    shape = 1.0 + pulls[3] * np.array(UP if pulls[3] >= 0.0 else DOWN)
    mean = (1.0 + 0.3 * pulls[0]) * signal * shape
    mean = mean + (1.0 + 0.4 * pulls[1]) * np.array([3.0, 3.0, 3.0]) + (1.0 + 0.2 * pulls[2]) * np.array([4.0, 2.0, 1.0])
    data = np.array(TEMPLATES.observed)
    return 2.0 * np.sum(mean - data + data * np.log(data / mean)) + np.sum(pulls**2)


@pytest.mark.parametrize("rates", [(5.0, 3.0), (14.0, 2.0), (0.5, 9.0)])
def test_profiled_pulls_are_the_best_ones(rates):
    """Expected: scipy's simplex finds no better pulls and the same value."""
    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 10000, "maxfev": 10000}
    found = minimize(lambda pulls: minus_two_log(rates, pulls), np.zeros(4), method="Nelder-Mead", options=options)
    np.testing.assert_allclose(-2.0 * TEMPLATES.value_and_slope(rates)[0], found.fun, rtol=1e-8)


def test_slopes_are_those_of_the_value():
    """Expected: central differences, with pulls profiled and given."""
    for pulls in (None, (0.3, -0.4, 0.2, 0.7)):
        rates = np.array([6.0, 4.0])
        slope = TEMPLATES.value_and_slope(rates, pulls=pulls)[1]
        for j in range(2):
            move = 1e-4 * np.eye(2)[j]
            ends = [TEMPLATES.value_and_slope(rates + sign * move, pulls=pulls)[0] for sign in (1.0, -1.0)]
            np.testing.assert_allclose(slope[j], (ends[0] - ends[1]) / 2e-4, rtol=1e-6)
    for j in range(4):
        move = 1e-4 * np.eye(4)[j]
        ends = [TEMPLATES.value_and_slope(rates, pulls=pulls + sign * move)[0] for sign in (1.0, -1.0)]
        np.testing.assert_allclose(slope[2 + j], (ends[0] - ends[1]) / 2e-4, rtol=1e-6)


def test_a_likelihood_is_zero_where_data_are_as_expected():
    """Expected: ln L = 0 at the rates of an Asimov data set, below elsewhere."""
    asimov = TEMPLATES.expected((6.0, 4.0))
    np.testing.assert_allclose(asimov.value_and_slope((6.0, 4.0))[0], 0.0, atol=1e-14)
    assert asimov.value_and_slope((9.0, 4.0))[0] < -1e-3


def test_templates_of_other_sizes_are_refused():
    """Expected: one sentence that names the numbers of bins and rates."""
    with pytest.raises(BadParameter, match="3 bins and 2 rates"):
        PoissonTemplates((1.0, 2.0, 3.0), ((2, 0, 1.0),), 2, {})


def test_scaled_counts_in_closed_form():
    """Expected: chi^2 = (n - N)^2/(n + sigma^2 N^2) of one bin, at the best pull sigma N (n - N)/(n + sigma^2 N^2)."""
    statistic = ScaledCounts((100.0,), 0.1)
    np.testing.assert_allclose(-2.0 * statistic.value_and_slope([120.0])[0], 400.0 / (100.0 + 144.0), rtol=1e-12)
    pull = 12.0 * -20.0 / 244.0
    given = statistic.value_and_slope([120.0], pulls=[pull])[0] - 0.5 * pull**2
    np.testing.assert_allclose(given, statistic.value_and_slope([120.0])[0], rtol=1e-12)
    assert math.isclose(statistic.expected([120.0]).value_and_slope([120.0])[0], 0.0, abs_tol=1e-15)
