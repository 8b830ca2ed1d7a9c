"""Laws of the interpolation: exact at nodes, exact on cubics, equal to its plain twin and to scipy."""

from __future__ import annotations

import numpy as np
import pytest
from gloam.lookup import reference, spline, store
from gloam.tables.spec import Axis, Input, TableSpec
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import NdBSpline, make_interp_spline


def block_of(values: np.ndarray, transform: str = "linear") -> np.ndarray:
    """A block over the unit box in ln x for values of shape (n_1, ..., n_D, components)."""
    dimensions = values.ndim - 1
    spec = TableSpec(
        name="trial", version=1, title="", coordinates="log", unit="1", rtol=1.0, transform=transform,
        inputs=tuple(Input(f"x{i}", "1", 1.0, np.e) for i in range(dimensions)),
        axes=tuple(Axis(f"ln x{i}", 0.0, 1.0, n) for i, n in enumerate(values.shape[:-1])),
        components=tuple(f"c{i}" for i in range(values.shape[-1])),
    )
    coefficients = reference.not_a_knot_coefficients(values, dimensions)
    return store.pack(spec, 0, coefficients, np.full((1,) * dimensions + values.shape[-1:], 1e-3))


def evaluate(block: np.ndarray, box: np.ndarray, components: int) -> np.ndarray:
    """Compiled value at box coordinates."""
    out = np.empty(components)
    assert spline.values_at(block, 0, np.exp(box), np.empty(spline.WORK), out) == 0
    return out


@pytest.mark.parametrize("shape", [(9, 1), (7, 8, 3), (6, 7, 5, 2), (5, 6, 5, 6, 1)])
def test_compiled_kernel_equals_its_plain_twin_and_scipy(shape: tuple[int, ...]) -> None:
    """Expected: the defining sum in reference.py, and scipy's not-a-knot NdBSpline of the same values."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=shape)
    dimensions = len(shape) - 1
    coefficients, knots = values, []
    for axis in range(dimensions):
        one = make_interp_spline(np.linspace(0, 1, shape[axis]), coefficients, k=3, axis=axis)
        coefficients = np.moveaxis(one.c, 0, axis)
        knots.append(one.t)
    exact = NdBSpline(tuple(knots), coefficients, 3)
    block = block_of(values)
    for box in rng.uniform(0, 1, size=(50, dimensions)):
        got = evaluate(block, box, shape[-1])
        twin = [reference.spline_value(block, 0, box, c) for c in range(shape[-1])]
        assert got == pytest.approx(twin, rel=1e-12, abs=1e-12)
        assert got == pytest.approx(np.ravel(exact(box[None, :])), rel=1e-11, abs=1e-11)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=8, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_products_of_cubics_are_reproduced_exactly(c: list[float], u: float, v: float) -> None:
    """Expected: the cubic itself; a not-a-knot cubic spline contains every cubic."""
    x, y = np.linspace(0, 1, 6), np.linspace(0, 1, 9)
    values = np.polyval(c[:4], x)[:, None] * np.polyval(c[4:], y)[None, :]
    got = evaluate(block_of(values[:, :, None]), np.array([u, v]), 1)[0]
    assert got == pytest.approx(np.polyval(c[:4], u) * np.polyval(c[4:], v), rel=1e-9, abs=1e-9)


def test_nodes_are_reproduced_exactly_and_the_log_transform_is_undone() -> None:
    """Expected: the values themselves."""
    values = np.random.default_rng(2).normal(size=(7, 6, 2))
    block = block_of(values, "log")
    for i in range(7):
        for j in range(6):
            assert evaluate(block, np.array([i / 6, j / 5]), 2) == pytest.approx(np.exp(values[i, j]), rel=1e-12)


@pytest.mark.parametrize(("x", "status"), [((0.99, 2.0), 1), ((2.0, 2.8), 2), ((float("nan"), 2.0), 1)])
def test_points_outside_and_nan_are_refused_by_the_kernel(x: tuple[float, float], status: int) -> None:
    """Expected: 1 + the index of the first bad input (the contract of values_at)."""
    block = block_of(np.zeros((5, 5, 1)))
    assert spline.values_at(block, 0, np.array(x), np.empty(spline.WORK), np.empty(1)) == status
