"""Solar neutrinos in xenon, nuclear recoils: probabilities and projected counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.tables.experiments.solar import oscillation_row
from gloam.tables.physics.neutrinos.solar import fill_probabilities, matter_cosine

PHASE = {"oscillation": "2021", "delta_cp": 0.0}
POINTS = {(5e-4, 0.01): (21796.0, 20804.0, 19811.0), (1e-3, 0.03): (23028.0, 21666.0, 20304.0)}


def probabilities(energy, delta):
    """P_ee, P_emu, P_etau of 8B at an energy [GeV], for delta_CP [degrees]."""
    shares = np.empty(6)
    fill_probabilities(*oscillation_row("2021"), math.cos(math.radians(delta)), shares)
    cosine = float(matter_cosine("8B", "2021", np.array([energy]))[0])
    return shares[:3] + cosine * shares[3:]


def test_probabilities_of_boron_at_10_mev():
    """Expected: .3243, .2380, .4378 of a public code (one potential, hence .002 for the average), which has delta_CP = 0; with 90
    and 180 degrees P_mu - P_tau is -.089 and +.022; P_e does not change, and the sum is 1.
    """
    np.testing.assert_allclose(probabilities(0.01, 0.0), [0.3243, 0.2380, 0.4378], atol=3e-3)
    for delta, difference in ((90.0, -0.089), (180.0, 0.022)):
        found = probabilities(0.01, delta)
        np.testing.assert_allclose([found[1] - found[2], found[0], found.sum()], [difference, 0.3243, 1.0], atol=3e-3)


@pytest.mark.parametrize(("threshold", "expected"), [(0.3, 489.6 + 1.952), (1.0, 19341.0 / 200.0), (1.1, 74.34 + 0.755)])
def test_rates_above_a_threshold(threshold, expected):
    """Expected: per tonne year of 8B and hep, by direct integration in an independent prototype; flavours do not matter."""
    rate = lookup.rate("darwin-nr", "nsi", threshold=threshold, exposure=1.0)
    np.testing.assert_allclose(rate(), expected, rtol=2e-3)


@pytest.mark.parametrize("point", POINTS)
def test_the_phase_moves_the_interference(point):
    """Expected: 200 tonne years above 1 keV with L_mu - L_tau and eps = -g/70, an independent prototype at cos(delta) = 1, 0, -1;
    19341 without.
    """
    found = []
    for delta in (0.0, 90.0, 180.0):
        rate = lookup.rate("darwin-nr", "gauge-boson", group="L_mu-L_tau", oscillation="2021", delta_cp=delta)
        found.append(rate(m_X=point[1], g_X=point[0], eps=-point[0] / 70.0))
    np.testing.assert_allclose(rate(m_X=0.01), 19341.0, rtol=2e-3)
    np.testing.assert_allclose(found, POINTS[point], rtol=3e-3)
    assert found[0] > found[1] > found[2]
