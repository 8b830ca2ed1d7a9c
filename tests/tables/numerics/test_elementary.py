"""The compiled exp and log against numpy's long doubles, and at the ends of their ranges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.numerics.elementary import exp, exponentiate, log
from gloam.tables.physics.dark_photons.pair_visibility import arc_cosine, cosine_of
from numba import njit


@njit
def exponentials(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = exp(x[i])


@njit
def logarithms(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = log(x[i])


@njit
def exponentiated(x: np.ndarray, first: int, count: int) -> None:
    exponentiate(x, first, count)


def test_exp_is_good_to_one_unit_in_the_last_place() -> None:
    """Expected: numpy's exp in 80 bits."""
    x = np.random.default_rng(1).uniform(-708.0, 709.7, 200_000)
    out = np.empty_like(x)
    exponentials(x, out)
    assert np.max(np.abs(out / np.exp(x.astype(np.longdouble)) - 1.0)) < 2.3e-16


def test_log_is_good_to_two_units_in_the_last_place() -> None:
    """Expected: numpy's log in 80 bits, near 1 and over the whole range."""
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.uniform(0.5, 2.0, 100_000), np.exp(rng.uniform(-700.0, 700.0, 100_000))])
    out = np.empty_like(x)
    logarithms(x, out)
    assert np.max(np.abs(out / np.log(x.astype(np.longdouble)) - 1.0)) < 4.5e-16


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0, 1.0), (-0.0, 1.0), (math.inf, math.inf), (-math.inf, 0.0), (-745.2, 0.0), (-744.0, 1e-323), (709.8, math.inf)],
)
def test_exp_at_the_ends(x: float, expected: float) -> None:
    """Expected: the limits of exp in double precision."""
    out = np.empty(1)
    exponentials(np.array([x]), out)
    assert out[0] == expected


@pytest.mark.parametrize(("x", "expected"), [(1.0, 0.0), (0.0, -math.inf), (math.inf, math.inf)])
def test_log_at_the_ends(x: float, expected: float) -> None:
    """Expected: the limits of log."""
    out = np.empty(1)
    logarithms(np.array([x]), out)
    assert out[0] == expected


def test_not_a_number_comes_out_of_what_has_no_answer() -> None:
    """NaN into both, and a negative number into log."""
    out = np.empty(2)
    logarithms(np.array([math.nan, -1.0]), out)
    assert np.isnan(out).all()
    exponentials(np.array([math.nan, math.nan]), out)
    assert np.isnan(out).all()


@pytest.mark.parametrize("count", range(11))
def test_exponentiate_replaces_exactly_the_numbers_asked_for(count: int) -> None:
    """Expected: exp of ``count`` numbers from the second on, all others as they were."""
    before = np.random.default_rng(3).normal(size=14)
    after = before.copy()
    exponentiated(after, 1, count)
    assert after[1 : 1 + count] == pytest.approx(np.exp(before[1 : 1 + count]), rel=3e-16)
    assert (after[0], *after[1 + count :]) == (before[0], *before[1 + count :])


def test_cosine_and_its_inverse_are_those_of_the_C_library() -> None:
    """To the 1e-11 and 2e-8 that they state, ends included."""
    angles = np.linspace(0.0, math.pi, 4001)
    np.testing.assert_allclose([cosine_of(x) for x in angles], np.cos(angles), rtol=0.0, atol=1e-11)
    cosines = np.concatenate([np.linspace(-1.0, 1.0, 4001), [-1.0 + 1e-12, 1.0 - 1e-12]])
    np.testing.assert_allclose([arc_cosine(x) for x in cosines], np.arccos(cosines), rtol=0.0, atol=2.5e-8)
