"""Bosons radiated by electrons in thick targets and by muons, against an independent evaluation and a Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.constants import ALPHA, ELECTRON_MASS
from gloam.tables.experiments.na64mu import BEAM_ENERGY, LEAD_CHARGE, LEAD_WEIGHT
from gloam.tables.physics.gauge_bosons.electron_dump import form_factor_integral, thick_target
from gloam.tables.physics.gauge_bosons.muon_radiation import cumulative_cross_section
from gloam.tables.units import INVERSE_GEV2_TO_CM2

ALUMINIUM, TUNGSTEN = (13.0, 27.0, 24.01), (74.0, 183.84, 6.76)


@pytest.mark.parametrize(
    ("beam", "cut", "target", "mass", "wanted"),
    [
        (20.0, 2.0, ALUMINIUM, 0.01, (3.1431e-1, 3.8814e-2, 1.3172e-6, 5.4867e-2)),
        (20.0, 2.0, ALUMINIUM, 0.1, (3.3081e-3, 5.0347e-4, 2.1411e-8, 4.9831e-4)),
        (9.0, 4.5, TUNGSTEN, 0.01, (1.3689e-1, 3.6607e-2, 1.4789e-6, 2.0694e-2)),
        (275.0, 27.5, TUNGSTEN, 0.005, (1.0029, 1.1501e-1, 3.4130e-6, 1.3313e-2)),
        (2.5, 0.1, TUNGSTEN, 0.01, (3.4685e-1, 3.9075e-2, 1.3572e-6, 7.4701e-1)),
        (1.6, 0.75, TUNGSTEN, 0.01, (1.2222e-1, 3.1832e-2, 1.2619e-6, 1.0668e-1)),
    ],
)
def test_attenuated_yields(beam: float, cut: float, target: tuple[float, float, float], mass: float, wanted: tuple) -> None:
    """W(0), W(E_0), W(10 E_0) and -dW/ds(0) per electron and g_e^2 from an independent implementation, 2e-4."""
    found = [thick_target(mass, beam, cut, target, (s, 1.0, 0.0, 0.0)) for s in (0.0, beam, 10.0 * beam)]
    found.append(thick_target(mass, beam, cut, target, (1e-9, 1e-9, 1.0, 0.0)))
    assert found == pytest.approx(wanted, rel=2e-4)


def test_decays_in_the_volume_are_the_difference_of_attenuated_yields() -> None:
    """K = W(kappa L_sh) - W(kappa (L_sh + L_dec)) over kappa, and e^z is a factor."""
    kappa = 0.05
    near, far = (thick_target(0.03, 20.0, 0.0, ALUMINIUM, (kappa, length, 0.0, 0.0)) for length in (179.0, 383.0))
    assert thick_target(0.03, 20.0, 0.0, ALUMINIUM, (kappa, 179.0, 204.0, 0.0)) == pytest.approx((near - far) / kappa, rel=1e-9)
    shifted = thick_target(0.03, 20.0, 0.0, ALUMINIUM, (kappa, 179.0, 204.0, 2.0))
    assert shifted == pytest.approx(math.exp(2.0) * (near - far) / kappa, rel=1e-9)


def test_thick_target_against_a_monte_carlo() -> None:
    """E137, 50 MeV, E > 2 GeV: depth uniform in 40 X_0, loss of its gamma distribution, ln(1 - x) uniform; 1.5 %."""
    generator = np.random.default_rng(11)
    count, beam, mass, cut, s = 400_000, 20.0, 0.05, 2.0, 20.0
    depth = 40.0 * generator.random(count)
    energy = beam * np.exp(-generator.gamma(4.0 / 3.0 * depth))
    energy = energy[energy > cut * 1.001]
    first, last = -np.log1p(-cut / energy), np.log(energy / ELECTRON_MASS)
    gap = np.exp(-(first + (last - first) * generator.random(energy.size)))
    x = 1.0 - gap
    grid = np.geomspace(cut, beam, 60)
    chi = np.interp(energy, grid, [form_factor_integral(mass, e, 13.0, 27.0) for e in grid])
    u = mass**2 * (1.0 - x) / x + ELECTRON_MASS**2 * x
    p = np.sqrt((x * energy) ** 2 - mass**2)
    density = (1.0 - x + 0.5 * x**2) / u - x * (1.0 - x) * (mass**2 + 2.0 * ELECTRON_MASS**2) / (6.0 * u**2)
    weight = (last - first) * gap * chi * ALPHA**2 / math.pi * p / (x * energy) * density * np.exp(-s / p)
    found = 40.0 * 6.02214076e23 * 24.01 / 27.0 * INVERSE_GEV2_TO_CM2 * weight.sum() / count
    assert thick_target(mass, beam, cut, ALUMINIUM, (s, 1.0, 0.0, 0.0)) == pytest.approx(found, rel=0.015)


@pytest.mark.parametrize(
    ("mass", "window", "whole"),
    [(1e-3, 1.731e-26, 1.788e-26), (0.01, 1.722e-26, 1.778e-26), (0.1, 1.066e-26, 1.117e-26), (0.2, 4.946e-27, 5.349e-27)],
)
def test_muons_radiate_as_published(mass: float, window: float, whole: float) -> None:
    """sigma/g^2 [cm^2] for 0.5 < x < 0.98 and 0.5 < x < 1, another evaluation; here x ends at 1 - m_mu/E_0, 0.3 % less."""
    low, high = (cumulative_cross_section(mass, BEAM_ENERGY, x, LEAD_CHARGE, LEAD_WEIGHT) for x in (0.5, 0.98))
    assert low - high == pytest.approx(window, rel=4e-4)
    assert low == pytest.approx(whole, rel=4e-3)
