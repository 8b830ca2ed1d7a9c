"""The space of a fit: ranges, priors, normalisation, starts, and what is refused."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.likelihoods import Likelihood
from gloam.lookup.errors import BadParameter, UnknownName
from gloam.lookup.fits import Space
from scipy.integrate import quad
from scipy.stats import norm

FREE = {"m_Ap": (0.01, 1.0), "eps": (1e-6, 1e-3)}
FIXED = {"br_invisible": 1.0}


@pytest.fixture(scope="module")
def likelihood() -> Likelihood:
    """NA64 and g-2 for an invisible dark photon."""
    return lookup.likelihood(["na64-invisible", "g-2"], "dark-photon")


def test_the_prior_is_a_density_and_its_transform_inverts_the_distribution(likelihood: Likelihood) -> None:
    """QUADPACK of exp(log_prior) is 1; the transform of u is where the distribution is u: x = low (high/low)^u."""
    space = Space(likelihood, {"eps": (1e-6, 1e-3)}, {**FIXED, "m_Ap": 0.1})
    total = quad(lambda t: math.exp(space.log_prior(np.array([math.exp(t)])) + t), math.log(1e-6), math.log(1e-3))[0]
    assert total == pytest.approx(1.0, rel=1e-9)
    assert space.prior_transform(np.array([0.25]))[0] == pytest.approx(1e-6 * 1000.0**0.25)
    linear = Space(likelihood, {"eps": (1e-6, 1e-3, "linear")}, {**FIXED, "m_Ap": 0.1})
    assert linear.log_prior(np.array([5e-4])) == pytest.approx(-math.log(1e-3 - 1e-6))
    assert linear.prior_transform(np.array([0.25]))[0] == pytest.approx(0.25 * (1e-3 - 1e-6) + 1e-6)
    assert space.log_prior(np.array([1e-2])) == -math.inf


def test_explicit_nuisances_are_standard_normal() -> None:
    """scipy.stats.norm, in the prior and its transform."""
    uncertain = lookup.likelihood("na64-invisible", "dark-photon", signal=0.3, nuisances="explicit")
    space = Space(uncertain, {"eps": (1e-6, 1e-3)}, {**FIXED, "m_Ap": 0.1})
    assert space.names == ("eps", "na64_invisible_signal")
    bare = Space(uncertain, {"eps": (1e-6, 1e-3)}, {**FIXED, "m_Ap": 0.1, "na64_invisible_signal": 0.0})
    difference = space.log_prior(np.array([1e-4, 1.3])) - bare.log_prior(np.array([1e-4]))
    assert difference == pytest.approx(norm.logpdf(1.3), rel=1e-12)
    assert space.prior_transform(np.array([0.5, 0.9]))[1] == pytest.approx(norm.ppf(0.9))


def test_a_point_is_completed_with_the_fixed_parameters_and_defaults(likelihood: Likelihood) -> None:
    """ln L by the space is ln L by name; many points at once; ln L is asked for inside the ranges alone."""
    space = Space(likelihood, FREE, FIXED)
    x = np.array([[0.1, 2e-5], [0.3, 1e-4], [2.0, 1e-4]])
    expected = [likelihood(m_Ap=m, eps=eps, br_invisible=1.0) for m, eps in x]
    np.testing.assert_array_equal(space.log_likelihood(x), expected)
    assert space.log_likelihood(x[0]) == expected[0]
    total = space.log_probability(x)
    np.testing.assert_allclose(total[:2], np.array(expected[:2]) + space.log_prior(x[:2]))
    assert total[2] == -math.inf
    again = pickle.loads(pickle.dumps(space))
    np.testing.assert_array_equal(again.log_likelihood(x), expected)
    assert len(pickle.dumps(space)) < 4000


def test_starts_have_a_likelihood(likelihood: Likelihood) -> None:
    """Inside the ranges, finite, and the same for the same generator."""
    space = Space(likelihood, FREE, FIXED)
    drawn = space.sample(40, np.random.default_rng(3))
    assert drawn.shape == (40, 2)
    assert np.isfinite(space.log_probability(drawn)).all()
    np.testing.assert_array_equal(drawn, space.sample(40, np.random.default_rng(3)))


@pytest.mark.parametrize(
    ("free", "fixed", "words"),
    [
        ({"eps": (1e-3, 1e-6)}, {"m_Ap": 0.1}, r"range of eps = .* is not allowed"),
        ({"eps": (0.0, 1e-3, "log")}, {"m_Ap": 0.1}, "low > 0 for 'log'"),
        ({"eps": (1e-6, 1e-3)}, {}, "neither free nor fixed: m_Ap"),
        ({"eps": (1e-6, 1e-3)}, {"m_Ap": 0.1, "eps": 1e-4}, "eps is both free and fixed"),
        ({"epsilon": (1e-6, 1e-3)}, {"m_Ap": 0.1}, "did you mean 'eps'"),
        ({"m_Ap": (20.0, 30.0)}, {"eps": 1e-4}, "has no part in 0.001 to 10"),
    ],
)
def test_bad_spaces_are_refused(likelihood: Likelihood, free: Any, fixed: Any, words: str) -> None:
    """One sentence each."""
    with pytest.raises((BadParameter, UnknownName), match=words):
        Space(likelihood, free, fixed)
