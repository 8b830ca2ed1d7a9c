"""X from pi0 -> gamma X inside a cone: another evaluation, and a Monte Carlo of decays."""

from __future__ import annotations

import numpy as np
import pytest
from gloam.tables.datafile import read
from gloam.tables.experiments.proton_dumps import DUMPS
from gloam.tables.physics.gauge_bosons.meson_decay import density_grid, fill_spectrum, largest_energy, monotone_cubic
from gloam.tables.recipes.gauge_bosons.meson_dumps import mass_of

DUMP = DUMPS["nu-cal-pi0"]
FILE = "pions_serpukhov.csv"


def inside(mass: float, cut: float) -> float:
    """X per pion above ``cut`` [GeV] in the cone of nu-Cal."""
    out = np.empty((2, 64))
    fill_spectrum(mass, DUMP.meson, cut, DUMP.cone, *density_grid(FILE), out)
    return float(out[1].sum())


@pytest.mark.parametrize(
    ("mass", "cut", "wanted"), [(0.01, 10.0, 0.0114), (0.1, 10.0, 0.0200), (0.01, 3.0, 0.0253), (0.1, 3.0, 0.0356)]
)
def test_fraction_inside_the_cone(mass: float, cut: float, wanted: float) -> None:
    """Per pion, of an independent implementation with the same interpolation: three digits."""
    assert inside(mass, cut) == pytest.approx(wanted, rel=3e-3)


def test_fraction_against_decays_drawn_at_random() -> None:
    """M = 0.05 GeV, E > 3 GeV: pions even in (ln theta, E) weighted by straight lines between the data, isotropic decays; 2 %."""
    data, generator, count, mass = read(FILE), np.random.default_rng(3), 2_000_000, 0.05
    theta, energy = np.unique(data["theta"]), np.unique(data["E"])
    density = data["density"].reshape(theta.size, energy.size)
    angle = np.exp(generator.uniform(np.log(theta[0]), np.log(0.5), count))
    pion = generator.uniform(DUMP.meson * 1.001, energy[-1], count)
    i, j = np.searchsorted(theta, angle) - 1, np.clip(np.searchsorted(energy, pion) - 1, 0, energy.size - 2)
    a, b = (angle - theta[i]) / (theta[i + 1] - theta[i]), (pion - energy[j]) / (energy[j + 1] - energy[j])
    value = (1 - a) * ((1 - b) * density[i, j] + b * density[i, j + 1])
    value += a * ((1 - b) * density[i + 1, j] + b * density[i + 1, j + 1])
    weight = value * angle * np.log(0.5 / theta[0]) * (energy[-1] - DUMP.meson * 1.001)
    star = (DUMP.meson**2 - mass**2) / (2 * DUMP.meson)
    cosine, phi = generator.uniform(-1, 1, count), generator.uniform(0, 2 * np.pi, count)
    gamma = pion / DUMP.meson
    boost = np.sqrt(gamma**2 - 1)
    along = gamma * star * cosine + boost * np.sqrt(star**2 + mass**2)
    found = gamma * np.sqrt(star**2 + mass**2) + boost * star * cosine
    across = star * np.sqrt(1 - cosine**2)
    z = along * np.cos(angle) - across * np.cos(phi) * np.sin(angle)
    x = along * np.sin(angle) + across * np.cos(phi) * np.cos(angle)
    seen = (found > 3.0) & (z > 0.0) & (np.hypot(x, across * np.sin(phi)) < np.tan(DUMP.cone) * z)
    assert inside(mass, 3.0) == pytest.approx(float(weight[seen].sum()) / count, rel=0.02)


def test_kinematics_and_interpolation() -> None:
    """The heaviest X takes all of the energy; the stretched mass inverts; a monotone cubic keeps points, lines, monotony."""
    assert largest_energy(DUMP.meson * (1 - 1e-9), DUMP.meson, 70.0) == pytest.approx(70.0, rel=1e-6)
    for mass in (1e-3, 0.05, 0.134):
        assert mass_of(mass / (1.01 - (mass / DUMP.meson) ** 2), DUMP.meson) == pytest.approx(mass, rel=1e-10)
    x = np.array([0.0, 1.0, 3.0, 4.0, 7.0])
    at = np.linspace(0.0, 7.0, 50)
    assert monotone_cubic(x, 2.0 * x[None, :] + 1.0, at)[0] == pytest.approx(2.0 * at + 1.0)
    steps = np.array([[0.0, 0.0, 1.0, 5.0, 5.0]])
    assert (np.diff(monotone_cubic(x, steps, at)[0]) >= -1e-12).all()
    assert monotone_cubic(x, steps, x)[0] == pytest.approx(steps[0])
