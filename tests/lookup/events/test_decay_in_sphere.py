"""Decay probability from the shipped tables, against the average over the momentum integrated directly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup, tables
from gloam.lookup.events.decay_in_sphere import SCRATCH, average_probability, lifetime_weights
from gloam.lookup.interpolation import spline
from gloam.tables.constants import Z_MASS
from gloam.tables.physics.detectors.sphere import decay_probability
from gloam.tables.physics.neutral_leptons import fluxaverage, momentum

DIAMETER = 12.2  # [m]
KINDS = {
    "decay-vector": fluxaverage.VECTOR,
    "decay-interference": fluxaverage.INTERFERENCE,
    "decay-z": fluxaverage.Z_EXCHANGE,
    "decay-dipole": fluxaverage.DIPOLE,
}


@pytest.mark.parametrize("name", KINDS)
def test_interpolated_decay_probability_is_within_its_stated_error(name: str) -> None:
    """Expected: sums over the measure with every panel halved, at fresh masses, all parts, c_tau 1e-4 to 1e10 m."""
    table, recipe = lookup.load(name), tables.recipe(name)
    data, parts = recipe.data(""), momentum.VECTOR_PARTS if name in ("decay-vector", "decay-dipole") else momentum.ALL_PARTS
    rng = np.random.default_rng(20261125)
    position = momentum.SLOWEST + momentum.CELL * np.arange(momentum.CELLS)
    work, scratch, largest = np.empty(spline.WORK), np.empty(SCRATCH), 0.0
    grid = np.empty((2 * len(momentum.FLAVOURS), momentum.CELLS))
    for _ in range(12):
        x = np.exp([rng.uniform(np.log(item.low), np.log(item.high)) for item in table.spec.inputs])
        mediator = x[1] if len(x) > 1 else 1.0
        assert spline.locate(table.blob, 0, x, work) == 0
        speed = np.exp(position) * (x[0] + momentum.MOMENTUM_SCALE) / x[0]
        for index, part in enumerate(parts):
            momentum.momentum_grid(KINDS[name], (part + 1) // 2, x[0], mediator**2, Z_MASS**2, data, 2, grid)
            for flavour in range(2):
                c_tau = 10.0 ** rng.uniform(-4, 10)
                inside = np.array([decay_probability(y) for y in DIAMETER / c_tau / speed])
                measure = grid[2 * flavour + (1 if part in (2, 4) else 0)]
                exact = measure @ inside / measure.sum()
                lifetime = lifetime_weights(x[0], DIAMETER, c_tau, scratch)
                component = flavour * len(parts) + index
                found, _, error = average_probability(table.blob, 0, work, component, lifetime, scratch)
                assert abs(found - exact) <= error
                assert error <= 2.5e-4 * exact
                largest = max(largest, abs(found / exact - 1.0))
    assert largest < 1e-4


def test_slope_is_the_derivative() -> None:
    """Central differences in ln c_tau."""
    table = lookup.load("decay-vector")
    work, scratch = np.empty(spline.WORK), np.empty(SCRATCH)
    assert spline.locate(table.blob, 0, np.array([0.3, 0.5]), work) == 0
    for c_tau in (1e-3, 0.3, 2.0, 50.0, 1e6):
        values = []
        for moved in (c_tau, c_tau * math.exp(-1e-5), c_tau * math.exp(1e-5)):
            lifetime = lifetime_weights(0.3, DIAMETER, moved, scratch)
            values.append(average_probability(table.blob, 0, work, 0, lifetime, scratch))
        assert values[0][1] == pytest.approx((values[2][0] - values[1][0]) / 2e-5, rel=1e-5, abs=1e-9)


def test_the_ends_are_certain() -> None:
    """A decay at once is inside, an N that does not decay is not, and 1e12 m are 1e-3 of 1e9 m."""
    table = lookup.load("decay-vector")
    work, scratch = np.empty(spline.WORK), np.empty(SCRATCH)
    assert spline.locate(table.blob, 0, np.array([0.3, 0.5]), work) == 0
    values = {}
    for c_tau in (0.0, 1e9, 1e12, math.inf):
        lifetime = lifetime_weights(0.3, DIAMETER, c_tau, scratch)
        values[c_tau] = average_probability(table.blob, 0, work, 0, lifetime, scratch)
    assert values[0.0][:2] == (1.0, 0.0)
    assert values[math.inf] == (0.0, 0.0, 0.0)
    assert values[1e12][0] / values[1e9][0] == pytest.approx(1e-3, rel=1e-6)
