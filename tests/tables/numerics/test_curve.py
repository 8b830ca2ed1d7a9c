"""Published curves: exact where the law is that of the scale, no information elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.numerics.curve import Curve, curve_value
from hypothesis import given, settings
from hypothesis import strategies as st

X = np.array([0.01, 0.3, 2.0, 70.0])


def power(index: float, scale: str = "log") -> Curve:
    """The curve y = 5 x^index through X."""
    return Curve(((X, 5.0 * X**index),), scale, "test")


@settings(deadline=None)  # the first call compiles
@given(x=st.floats(0.01, 70.0), index=st.floats(-4.0, 4.0))
def test_a_power_law_is_exact_on_a_log_scale(x: float, index: float) -> None:
    """A power law is a straight line in (ln x, ln y)."""
    assert float(power(index)(x)) == pytest.approx(5.0 * x**index, rel=1e-12)


@settings(deadline=None)  # the first call compiles
@given(x=st.floats(0.01, 70.0))
def test_a_straight_line_is_exact_on_a_linear_scale(x: float) -> None:
    """y = 5 x, and negative values are allowed: y = 1 - 5 x."""
    assert float(power(1.0, "linear")(x)) == pytest.approx(5.0 * x, rel=1e-12)
    assert float(Curve(((X, 1.0 - 5.0 * X),), "linear", "test")(x)) == pytest.approx(1.0 - 5.0 * x, abs=1e-12)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_points_are_returned_as_published(scale: str) -> None:
    """An interpolation passes through its points."""
    np.testing.assert_allclose(power(-2.0, scale)(X), 5.0 * X**-2.0, rtol=1e-12)


def test_there_is_no_information_outside_and_between_segments() -> None:
    """NaN below, in the gap, above, and for NaN itself; the shape of the argument is kept."""
    pieces = [(np.array(x), np.array(x) ** 2) for x in ([1.0, 2.0], [3.0, 4.0])]
    curve = Curve(tuple(pieces), "log", "test")
    values = curve(np.array([[0.999, 2.5, 4.001], [math.nan, 1.5, 3.5]]))
    np.testing.assert_allclose(values, [[math.nan] * 3, [math.nan, 2.25, 12.25]])


def test_where_segments_touch_the_lower_one_gives_the_value() -> None:
    """A step at x = 2: 4 belongs to the lower segment."""
    lower, upper = (np.array([1.0, 2.0]), np.array([1.0, 4.0])), (np.array([2.0, 3.0]), np.array([7.0, 9.0]))
    values = Curve((lower, upper), "linear", "test")([2.0, 2.5])
    np.testing.assert_array_equal(values, [4.0, 8.0])


def test_compiled_code_reads_a_curve_anywhere_in_a_flat_array() -> None:
    """The second of two curves, at its offset: 5 x^-1 at x = 4."""
    first, second = power(2.0).flat(), power(-1.0).flat()
    assert curve_value(np.concatenate([first, second]), first.size, 4.0) == pytest.approx(1.25, rel=1e-12)


@pytest.mark.parametrize(
    ("segments", "scale", "message"),
    [
        (((X, X),), "cubic", "'cubic' is not 'log' or 'linear'"),
        ((), "log", "no segment"),
        (((X, X[:2]),), "log", r"got shapes \(4,\) and \(2,\)"),
        (((X[:1], X[:1]),), "log", "two or more"),
        (((X, np.array([1.0, math.inf, 1.0, 1.0])),), "log", "not finite; split"),
        (((X[::-1], X),), "log", "does not rise"),
        (((X, -X),), "log", "not positive"),
        (((X, X), (X, X)), "log", r"segment 2 begins at 0\.01, below the end 70"),
    ],
)
def test_unusable_points_are_refused(segments: tuple[tuple[np.ndarray, np.ndarray], ...], scale: str, message: str) -> None:
    """Every message names the curve by its provenance."""
    with pytest.raises(ValueError, match=r"curve \(somewhere 2026\).*" + message):
        Curve(segments, scale, "somewhere 2026")
