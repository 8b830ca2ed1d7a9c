"""Probability to decay inside a sphere: limits, random vertices, derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.physics.detectors.sphere import SERIES_END, decay_probability


@pytest.mark.parametrize("y", [0.05, 0.4, 1.0, 3.0, 20.0])
def test_random_vertices_and_directions_give_the_same_probability(y: float) -> None:
    """Monte Carlo: uniform vertices in the unit ball, isotropic directions, distance by vectors."""
    rng = np.random.default_rng(3)
    count = 400_000
    vertex = rng.normal(size=(count, 3))
    vertex *= (rng.random(count) ** (1.0 / 3.0) / np.linalg.norm(vertex, axis=1))[:, None]
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    along = np.sum(vertex * direction, axis=1)
    distance = -along + np.sqrt(along**2 + 1.0 - np.sum(vertex**2, axis=1))
    sample = -np.expm1(-0.5 * y * distance)  # lambda = 2R/y with R = 1
    error = np.std(sample) / math.sqrt(count)
    assert abs(decay_probability(y) - np.mean(sample)) < 4.0 * error


def test_the_limits_are_those_of_short_and_long_decay_lengths() -> None:
    """Expansions of 1 - e^(-s/lambda): mean distance 3R/4, and the surface layer 3 lambda/(4R)."""
    assert decay_probability(0.0) == 0.0
    assert decay_probability(math.inf) == 1.0
    assert decay_probability(1e-3) == pytest.approx(3e-3 / 8.0 - 1e-7, rel=1e-6)
    assert 1.0 - decay_probability(1e4) == pytest.approx(1.5e-4, rel=1e-7)


def test_series_and_closed_form_meet() -> None:
    """Both forms are the same function: their difference across the seam is the slope, of a wide step, times the step."""
    step, wide = 1e-9, 1e-3
    ends = [decay_probability(SERIES_END + sign * wide) for sign in (-1.0, 1.0)]
    below, above = decay_probability(SERIES_END - step), decay_probability(SERIES_END + step)
    assert above - below == pytest.approx(step / wide * (ends[1] - ends[0]), abs=2e-14)
