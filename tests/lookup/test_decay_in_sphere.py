"""Decay probability interpolated from the shipped momentum tables, against the rules integrated directly."""

from __future__ import annotations

import numpy as np
import pytest
from gloam import lookup, tables
from gloam.lookup import spline
from gloam.lookup.quantities.decay_in_sphere import average_probability
from gloam.tables.physics.momentum import POINTS
from gloam.tables.physics.sphere import decay_probability

DIAMETER = 12.2  # [m]


@pytest.mark.parametrize("name", ["momentum-vector", "momentum-interference", "momentum-z", "momentum-dipole"])
def test_interpolated_decay_probability_is_within_its_stated_error(name: str) -> None:
    """Expected: the Gauss rule of the recipe's own integration at fresh masses, all projectiles, c_tau 1e-3 to 1e6 m."""
    table, recipe = lookup.load(name), tables.recipe(name)
    data, size = recipe.data(""), len(table.spec.components)
    rng = np.random.default_rng(20261125)
    largest = 0.0
    for _ in range(12):
        x = np.exp([rng.uniform(np.log(item.low), np.log(item.high)) for item in table.spec.inputs])
        direct, work = np.empty(size), np.empty(spline.WORK)
        recipe.kernel(x, np.zeros(0), data, direct)
        assert spline.locate(table.blob, 0, x, work) == 0
        for component, rule in enumerate(direct.reshape(-1, 2, POINTS)):
            c_tau = 10.0 ** rng.uniform(-3, 6)
            weights = np.exp(rule[1]) / np.exp(rule[1]).sum()
            exact = sum(w * decay_probability(DIAMETER / c_tau * np.exp(-u)) for u, w in zip(rule[0], weights, strict=True))
            found, _, error = average_probability(
                table.blob, 0, work, component, DIAMETER, c_tau, np.empty(2 * POINTS)
            )
            assert abs(found - exact) <= error
            largest = max(largest, abs(found / exact - 1.0))
    assert largest < 2e-3
