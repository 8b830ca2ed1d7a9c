"""The published invisible limits: end points and shape as in the publications, no information outside."""

from __future__ import annotations

import math

import pytest
from gloam.tables.experiments.invisible_limits import BABAR_2017, NA64_2019


def test_babar_is_flat_near_a_thousandth_up_to_its_last_mass() -> None:
    """arXiv:1702.03327: eps < 1e-3 for m_A' < 8 GeV (abstract); read from its figure: 9.7e-4 at 1.25 GeV."""
    assert float(BABAR_2017(1.25)) == pytest.approx(9.69e-4, rel=0.01)
    for mass in (0.001, 0.01, 0.1, 0.3):
        assert 8e-4 < float(BABAR_2017(mass)) < 1e-3


def test_na64_weakens_linearly_with_the_mass() -> None:
    """The yield of bremsstrahlung falls as 1/m_A'^2, so the limit on eps rises as m_A' within form-factor effects."""
    assert float(NA64_2019(0.1) / NA64_2019(0.01)) == pytest.approx(10.0, rel=0.15)
    assert float(NA64_2019(0.01026)) == pytest.approx(3.3762e-5, rel=1e-12)


@pytest.mark.parametrize(("curve", "low", "high"), [(BABAR_2017, 0.001, 7.9999), (NA64_2019, 0.001, 1.0056)])
def test_there_is_no_information_outside_the_published_masses(curve, low: float, high: float) -> None:
    """NaN below and above, a number at both ends."""
    assert math.isnan(float(curve(low * 0.999)))
    assert math.isnan(float(curve(high * 1.001)))
    assert float(curve(low)) > 0.0
    assert float(curve(high)) > 0.0
