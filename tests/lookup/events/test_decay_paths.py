"""Sums of exponentials on a grid of path lengths against the plain sums."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events.decay_paths import SIZE, clear, spread, total


def test_the_grid_reproduces_sums_of_exponentials() -> None:
    """sum w exp(-s rate) of 200 random signed weights and paths over 12 decades, and of s = 0, to 2e-11 of sum |w|."""
    rng = np.random.default_rng(5)
    paths, weights = np.append(10.0 ** rng.uniform(-10.0, 2.0, 200), 0.0), rng.normal(size=201)
    grid = np.full(SIZE, math.nan)
    clear(grid)
    for path, weight in zip(paths, weights, strict=True):
        spread(grid, path, weight)
    for rate in (0.0, 1e-3, 0.3, 7.0, 1e4, 1e9):
        expected = float(np.sum(weights * np.exp(-paths * rate)))
        assert abs(total(grid, rate) - expected) < 2e-11 * np.abs(weights).sum()


def test_an_empty_grid_is_zero_and_shortest_paths_count_as_none() -> None:
    """exp(-s rate) = 1 for s = 1e-19 m at any decay length that matters."""
    grid = np.empty(SIZE)
    clear(grid)
    assert total(grid, 3.0) == 0.0
    spread(grid, 1e-19, 0.25)
    assert total(grid, 1e9) == 0.25
