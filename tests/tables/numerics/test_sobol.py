"""Sobol points: scipy's sequence, equidistribution after scrambling, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from gloam.tables.numerics.sobol import MOST_DIMENSIONS, sobol_points
from scipy.stats import qmc


def test_the_plain_points_are_those_of_scipy() -> None:
    """scipy.stats.qmc.Sobol without scrambling takes the same direction numbers, in Gray-code order."""
    count = 2**9
    expected = qmc.Sobol(MOST_DIMENSIONS, scramble=False).random(count)
    found = sobol_points(9, MOST_DIMENSIONS, None)
    gray = [i ^ (i >> 1) for i in range(count)]
    assert np.array_equal(found[gray], expected)


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_a_scrambled_set_has_one_point_in_every_interval_of_every_dimension(seed: int) -> None:
    """A (t, m, s)-net projected on one dimension is a (0, m, 1)-net, whatever the scramble."""
    points = sobol_points(8, MOST_DIMENSIONS, seed)
    for column in points.T:
        assert np.array_equal(np.sort(np.floor(column * 2**8)), np.arange(2**8))
    first, second = np.floor(points[:, 0] * 16), np.floor(points[:, 1] * 16)
    assert len({*zip(first.tolist(), second.tolist(), strict=True)}) == 256  # dimensions 1, 2: a (0, 8, 2)-net


def test_scrambles_differ_and_repeat() -> None:
    """The seed fixes the points."""
    assert np.array_equal(sobol_points(5, 6, 3), sobol_points(5, 6, 3))
    assert not np.array_equal(sobol_points(5, 6, 3), sobol_points(5, 6, 4))
    assert (sobol_points(5, 6, 3) > 0.0).all()


def test_too_many_dimensions_are_refused() -> None:
    """The direction numbers end somewhere, and the message says where."""
    with pytest.raises(ValueError, match=f"1 to {MOST_DIMENSIONS} are served"):
        sobol_points(4, MOST_DIMENSIONS + 1, 1)
