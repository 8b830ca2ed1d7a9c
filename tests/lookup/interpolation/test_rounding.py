"""Numbers as 16-bit integers: half a step off at most, each integer comes back, and a damaged scale is refused."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from gloam.lookup.interpolation.rounding import FILL, Rounding
from hypothesis import example, given
from hypothesis import strategies as st

EPSILON = 2.0**-52
EVERY = np.arange(-32767, 32768).astype(np.int16)

numbers = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40)
close = st.tuples(st.floats(-1e6, 1e6), st.lists(st.floats(-1e-9, 1e-9), min_size=1, max_size=40)).map(
    lambda pair: [pair[0] + small for small in pair[1]]
)


@given(numbers | close)
@example([0.0])
@example([5e-324, 0.0])
@example([7.25, 7.25, 7.25])
@example([-9.3, 0.0])
@example([1.0, 1.0 + EPSILON])
def test_a_number_moves_by_half_a_step_at_most(values: list[float]) -> None:
    """Expected: |decoded - exact| <= scale_factor/2, in exact fractions, and rounding of float64 (an epsilon of the largest)."""
    exact = np.array(values)
    rounding = Rounding.of(exact)
    decoded = rounding.decode(rounding.encode(exact))
    allowed = Fraction(rounding.scale_factor) / 2 + Fraction(EPSILON) * max(abs(Fraction(x)) for x in values)
    assert all(abs(Fraction(float(y)) - Fraction(x)) <= allowed for x, y in zip(values, decoded, strict=True))


@given(numbers | close)
@example([0.0])
@example([-3.0])
@example([-9.3, 0.0])
def test_the_range_is_used_and_every_integer_comes_back(values: list[float]) -> None:
    """Expected: 65534 steps span the range, or are as fine as float64 tells apart; attributes survive JSON."""
    rounding = Rounding.of(np.array(values))
    step, finest = (Fraction(max(values)) - Fraction(min(values))) / 65534, 10 * EPSILON * max(map(abs, values))
    assert rounding.scale_factor <= max(float(step) * (1 + 1e-12), finest, 1e-307)
    np.testing.assert_array_equal(rounding.encode(rounding.decode(EVERY)), EVERY)
    assert Rounding.from_attributes(json.loads(json.dumps(rounding.attributes()))) == rounding
    assert FILL not in EVERY


def test_decoding_is_that_of_the_conventions() -> None:
    """Expected by hand: CF-1.11, section 8.1: unpacked = packed * scale_factor + add_offset."""
    rounding = Rounding(0.5, -3.0)
    np.testing.assert_array_equal(rounding.decode(np.array([-2, 0, 7], dtype=np.int16)), [-4.0, -3.0, 0.5])
    np.testing.assert_array_equal(rounding.encode(np.array([-4.2, -3.0, 0.7])), [-2, 0, 7])


@pytest.mark.parametrize("name", ["scale_factor", "add_offset"])
@pytest.mark.parametrize("damaged", [None, math.nan, math.inf, "1"])
def test_a_scale_that_is_missing_or_not_finite_is_refused(name: str, damaged: object) -> None:
    """Expected: the sentence names both attributes."""
    good = {"scale_factor": 1.0, "add_offset": 0.0}
    without = {key: value for key, value in good.items() if key != name}
    for found in ({**good, name: damaged}, without, {**good, "scale_factor": 0.0}):
        with pytest.raises(ValueError, match="needs a positive scale_factor and a finite add_offset"):
            Rounding.from_attributes(found)


@pytest.mark.parametrize("number", [math.nan, math.inf, 40000.0, -32768.0])
def test_numbers_that_do_not_fit_are_refused(number: float) -> None:
    """Expected: no integer is made up for what 16 bits cannot hold."""
    with pytest.raises(ValueError, match="cannot hold"):
        Rounding(1.0, 0.0).encode(np.array([0.0, number]))
