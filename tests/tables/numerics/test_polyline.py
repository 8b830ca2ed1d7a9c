"""Polylines: limits, bands, contours and lines that turn back, by hand-made figures."""

import math

import numpy as np
import pytest
from gloam.tables.numerics.polyline import excess_over_polyline, flat_polyline
from numba import njit


@njit
def at(flat, x, y):
    """Logarithmic distance from the edge, above 0 if excluded."""
    return excess_over_polyline(flat, 0, math.log(x), math.log(y), math.log(y))


def line(*points, closed=False):
    """One piece from (x, y) pairs."""
    x, y = np.array(points, dtype=float).T
    return x, y, closed


def test_a_limit_excludes_above_itself_and_is_straight_in_logarithms():
    """y = 1e-4/x through (1, 1e-4) and (100, 1e-6): at x = 10 the edge is 1e-5, and the excess is ln(y/edge)."""
    flat = flat_polyline([line((1, 1e-4), (100, 1e-6))])
    assert at(flat, 10.0, 3e-5) == pytest.approx(math.log(3.0), rel=1e-12)
    assert at(flat, 10.0, 1e-6) == pytest.approx(math.log(0.1), rel=1e-12)
    assert at(flat, 100.0, 2e-6) == pytest.approx(math.log(2.0), rel=1e-9)


@pytest.mark.parametrize("x", [0.99, 100.1])
def test_outside_there_is_no_information(x):
    """NaN beyond the first and the last point."""
    assert math.isnan(at(flat_polyline([line((1, 1e-4), (100, 1e-6))]), x, 1e-5))


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_band_or_a_closed_contour_excludes_its_inside(pieces):
    """The box 1..10 x 1e-6..1e-3, as lower and upper edge or as one contour: inside at 1e-4, outside on both sides."""
    if pieces == 2:
        flat = flat_polyline([line((1, 1e-6), (10, 1e-6)), line((1, 1e-3), (10, 1e-3))])
    else:
        flat = flat_polyline([line((1, 1e-6), (10, 1e-6), (10, 1e-3), (1, 1e-3), closed=True)])
    assert at(flat, 3.0, 1e-4) == pytest.approx(math.log(10.0), rel=1e-12)
    assert at(flat, 3.0, 1e-7) == pytest.approx(-math.log(10.0), rel=1e-12)
    assert at(flat, 3.0, 1e-2) == pytest.approx(-math.log(10.0), rel=1e-12)


def test_a_line_that_turns_back_excludes_between_its_crossings():
    """S-shaped line: at x = 2 it is crossed at 1e-5, 1e-4, 1e-3, so that (1e-5, 1e-4) and what is above 1e-3 are excluded."""
    flat = flat_polyline([line((1, 1e-5), (3, 1e-5), (3, 1e-4), (1.5, 1e-4), (1.5, 1e-3), (4, 1e-3))])
    signs = [at(flat, 2.0, y) > 0.0 for y in (1e-6, 3e-5, 3e-4, 3e-3)]
    assert signs == [False, True, False, True]


def test_points_must_be_positive():
    """Logarithms need it."""
    with pytest.raises(ValueError, match="positive, finite"):
        flat_polyline([line((1, 0.0), (2, 1.0))])
