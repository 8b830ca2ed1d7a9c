"""Gaussian statistics: against scipy.stats, the published chi^2 of MiniBooNE's release, and closed limits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from gloam.lookup.errors import BadParameter
from gloam.lookup.statistics import FractionalCovariance, Gaussian, Measurement, PublishedCurve
from gloam.tables.datafile import read
from scipy.stats import halfnorm, multivariate_normal, norm

SPECTRUM = (100.0, 70.0, 60.0, 40.0, 30.0, 20.0, 10.0, 5.0, 3.0, 2.0, 1.0)


@pytest.fixture(scope="module")
def miniboone() -> FractionalCovariance:
    """The release of 2020, neutrino mode: 11 nu_e bins, 8 nu_mu bins, 30 x 30 fractional covariance."""
    electron, muon = read("miniboone_2020_fhc.csv"), read("miniboone_2020_fhc_numu.csv")
    fractional = read("miniboone_2020_fhc_covariance.csv").matrix()
    names = [name for name in muon if name not in ("data", "bin")]
    return FractionalCovariance(
        tuple(electron["data"]),
        tuple(electron["background"]),
        tuple(muon["data"]),
        tuple(muon[names[-1]]),
        tuple(map(tuple, fractional)),
    )


def dense(data: FractionalCovariance, signal: np.ndarray) -> tuple[float, float]:
    """chi^2 and ln det by whole matrices: T [F o (v v^T) + diag(S, 0, 0)] T^T."""
    bins, control = len(data.observed), len(data.control_observed)
    v = np.concatenate([signal, data.background, data.control_expected])
    full = np.asarray(data.fractional) * np.outer(v, v)
    full[range(bins), range(bins)] += signal
    collapse = np.zeros((bins + control, 2 * bins + control))
    collapse[range(bins), range(bins)] = collapse[range(bins), range(bins, 2 * bins)] = 1.0
    collapse[bins:, 2 * bins :] = np.eye(control)
    matrix = collapse @ full @ collapse.T
    residual = np.concatenate(
        [np.array(data.observed) - signal - data.background, np.subtract(data.control_observed, data.control_expected)]
    )
    return float(residual @ np.linalg.solve(matrix, residual)), float(np.linalg.slogdet(matrix)[1])


def test_the_published_chi2_of_miniboone(miniboone: FractionalCovariance) -> None:
    """No signal 31.802; a test spectrum 9.74169; a signal equal to the excess 3.727 (negative bins at 0) or 3.233 (not)."""
    excess = np.subtract(miniboone.observed, miniboone.background)
    for signal, chi2, digits in (
        (np.zeros(11), 31.802, 5e-4),
        (SPECTRUM, 9.741688, 1e-6),
        (np.maximum(excess, 0.0), 3.727, 5e-4),
        (excess, 3.233, 5e-4),
    ):
        assert -2.0 * miniboone.value_and_slope(signal)[0] == pytest.approx(chi2, abs=digits)


@pytest.mark.parametrize("determinant", [False, True])
def test_value_and_slope_agree_with_whole_matrices(miniboone: FractionalCovariance, determinant: bool) -> None:
    """numpy's solve and slogdet of the 30 x 30 matrix, and their central differences."""
    data = replace(miniboone, determinant=determinant)

    def expected(signal: np.ndarray) -> float:
        chi2, logarithm = dense(data, signal)
        return -0.5 * (chi2 + determinant * logarithm)

    signal = np.array(SPECTRUM)
    value, slope = data.value_and_slope(signal)
    assert value == pytest.approx(expected(signal), rel=1e-11)
    steps = 1e-3 * np.eye(11)
    differences = [(expected(signal + step) - expected(signal - step)) / 2e-3 for step in steps]
    np.testing.assert_allclose(slope, differences, rtol=1e-6, atol=1e-9)


def test_the_asimov_set_of_a_covariance_is_its_prediction(miniboone: FractionalCovariance) -> None:
    """ln L = 0 at the signal that made it."""
    assert miniboone.expected(SPECTRUM).value_and_slope(SPECTRUM)[0] == 0.0
    assert miniboone.expected().value_and_slope(np.zeros(11))[0] == 0.0


def test_a_fixed_covariance_is_a_normal_distribution() -> None:
    """scipy.stats.multivariate_normal over its largest value."""
    covariance = ((4.0, 1.0), (1.0, 3.0))
    data = Gaussian((12.0, 9.0), (10.0, 8.0), covariance)
    value, slope = data.value_and_slope([1.0, 0.5])
    normal = multivariate_normal([11.0, 8.5], np.array(covariance))
    assert value == pytest.approx(normal.logpdf([12.0, 9.0]) - normal.logpdf([11.0, 8.5]), rel=1e-12)
    np.testing.assert_allclose(slope, np.linalg.solve(covariance, [1.0, 0.5]), rtol=1e-12)
    assert data.expected([1.0, 0.5]).value_and_slope([1.0, 0.5])[0] == 0.0


def test_a_one_sided_measurement_counts_what_exceeds_it_only() -> None:
    """norm.logpdf above, 0 below."""
    both, upper = Measurement(251.0, 59.0), Measurement(251.0, 59.0, one_sided=True)
    expected = norm.logpdf(400.0, 251.0, 59.0) - norm.logpdf(251.0, 251.0, 59.0)
    for data in (both, upper):
        assert data.value_and_slope(400.0)[0] == pytest.approx(expected, rel=1e-12)
        assert data.value_and_slope(400.0)[1][0] == pytest.approx(-149.0 / 59.0**2, rel=1e-12)
    assert upper.value_and_slope(0.0)[0] == 0.0
    assert both.value_and_slope(0.0)[0] == pytest.approx(-0.5 * (251.0 / 59.0) ** 2, rel=1e-12)


def test_half_a_gaussian_holds_the_published_confidence_below_its_curve() -> None:
    """scipy.stats.halfnorm of the width that exp(2 ln L) implies: 90 % below strength 1. The approximation has a name."""
    curve = PublishedCurve(0.9)
    value, slope = curve.value_and_slope(5.0, scale=5.0)
    width = 1.0 / math.sqrt(-2.0 * value)
    assert halfnorm.cdf(1.0, scale=width) == pytest.approx(0.9, rel=1e-12)
    assert slope[0] == pytest.approx(2.0 * value / 5.0, rel=1e-12)
    assert "approximated by half a Gaussian" in curve.approximation
    assert curve.value_and_slope(0.0)[0] == 0.0


def test_bad_covariances_are_refused() -> None:
    """Not positive definite, not symmetric, another shape."""
    for matrix in (((1.0, 2.0), (2.0, 1.0)), ((1.0, 0.5), (0.0, 1.0))):
        with pytest.raises(BadParameter, match="symmetric, positive definite matrix of 2 x 2"):
            Gaussian((1.0, 1.0), (1.0, 1.0), matrix)
    with pytest.raises(BadParameter, match="squared"):
        FractionalCovariance((1.0,), (1.0,), (), (), ((1.0,),))
    with pytest.raises(BadParameter, match="not positive definite"):
        FractionalCovariance((1.0,), (1.0,), (), (), ((0.0, 0.0), (0.0, 0.0)))
    with pytest.raises(BadParameter, match=r"confidence = 1\.0"):
        PublishedCurve(1.0)
    with pytest.raises(BadParameter, match=r"sigma = 0\.0"):
        Measurement(1.0, 0.0)
