"""Muon g-2: loop function, dated sets, conventions of the upper limit, and the machinery of limits that move with the point."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from gloam import lookup
from gloam.lookup.errors import UnknownName
from gloam.tables.constants import ALPHA, MUON_MASS
from gloam.tables.experiments.muon_moment import COMPARISONS
from gloam.tables.physics.dark_photons.anomalous_moment import loop_function, muon_moment
from scipy.integrate import quad

POINT = {"r": 0.33, "Delta": 0.4, "alpha_D": 0.1}


@pytest.mark.parametrize("mass", [1e-3, 0.02, 0.1056, 0.1057, 1.25, 10.0])
def test_loop_function_agrees_with_adaptive_quadrature(mass: float) -> None:
    """The parametric integral of arXiv:0811.1030 by QUADPACK."""
    ratio = (mass / MUON_MASS) ** 2

    def integrand(z: float) -> float:
        return 2.0 * z * (1.0 - z) ** 2 / ((1.0 - z) ** 2 + ratio * z)

    scale = min(1.0 / ratio, 0.5)
    edges = [0.0, 0.1 * scale, scale, 1.0 - 0.5 * min(math.sqrt(ratio), 0.5), 1.0]
    parts = [quad(integrand, a, b, epsabs=0.0, epsrel=1e-13)[0] for a, b in pairwise(edges) if a < b]
    assert loop_function(ratio) == pytest.approx(sum(parts), rel=1e-10)


def test_loop_function_has_its_closed_limits() -> None:
    """F(0) = 1 with correction -pi sqrt(R) + ..., and F -> 2/(3R): a_mu = eps^2 alpha m_mu^2/(3 pi m_A'^2)."""
    assert loop_function(1e-12) == pytest.approx(1.0, abs=1e-5)
    assert 1e6 * loop_function(1e6) == pytest.approx(2.0 / 3.0, rel=1e-4)
    heavy = 1e-6 * ALPHA * MUON_MASS**2 / (3.0 * math.pi * 100.0**2)
    assert muon_moment(100.0, 1e-3) == pytest.approx(heavy, rel=1e-4)


@pytest.mark.parametrize(
    ("mass", "mean", "top"),
    [(0.3, 0.006312, 0.005102), (1.0, 0.017840, 0.014420), (1.25, 0.022022, 0.017801), (3.0, 0.051570, 0.041685)],
)
def test_mixing_for_a_given_moment_is_that_of_another_evaluation(mass: float, mean: float, top: float) -> None:
    """eps for 251e-11 and 164e-11 by an independent implementation, four or five digits."""
    assert math.sqrt(251e-11 / muon_moment(mass, 1.0)) == pytest.approx(mean, abs=6e-7)
    assert math.sqrt(164e-11 / muon_moment(mass, 1.0)) == pytest.approx(top, abs=6e-7)


def test_the_default_limit_is_the_two_sigma_bound_of_2025() -> None:
    """38 + 2 x 63 = 164 [1e-11]; 141.6 for 95 % one-sided; 251 + 2 x 59 = 369 in 2021; 249 + 2 x 48 = 345
    in 2023 (116592059(22), arXiv:2308.06230, and 116591810(43), arXiv:2006.04822)."""
    for options, moment in (
        ({}, 164e-11),
        ({"convention": "one-sided-95"}, 141.626e-11),
        ({"set": "2021"}, 369e-11),
        ({"set": 2021.0}, 369e-11),
        ({"set": "2023"}, 345e-11),
    ):
        bound = lookup.limit("g-2", "idm", **options)
        ((low, high),) = bound(m_Ap=1.25, **POINT).intervals
        assert low == pytest.approx(math.sqrt(moment / muon_moment(1.25, 1.0)), rel=1e-5)
        assert high is None


def test_sets_are_consistent_with_measurement_and_prediction() -> None:
    """Delta = measured - predicted to the digits published."""
    for item in COMPARISONS.values():
        assert item.difference == pytest.approx(item.measured - item.predicted, abs=1.0)


def test_an_unknown_set_is_refused_with_the_known_ones() -> None:
    """The message lists what there is."""
    with pytest.raises(UnknownName, match=r"2019.*2021, 2023, 2025"):
        lookup.rate("g-2", "idm", set="2019")
