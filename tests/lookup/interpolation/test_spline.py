"""Laws of the interpolation: exact at nodes, exact on cubics, equal to its plain twin and to scipy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gloam.lookup.callables import store
from gloam.lookup.interpolation import reference, spline
from gloam.lookup.interpolation.contraction import contraction, derivative_orders
from gloam.tables.spec import Axis, Input, TableSpec
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.interpolate import NdBSpline, make_interp_spline


def block_of(values: np.ndarray, transform: str = "linear") -> np.ndarray:
    """A block over the unit box in ln x for values of shape (n_1, ..., n_D, components)."""
    dimensions = values.ndim - 1
    spec = TableSpec(
        name="trial",
        version=1,
        title="",
        coordinates="log",
        unit="1",
        rtol=1.0,
        transform=transform,
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
    exact = scipy_spline(values)
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


def scipy_spline(values: np.ndarray) -> NdBSpline:
    """scipy's not-a-knot spline over the unit box."""
    coefficients, knots = values, []
    for axis in range(values.ndim - 1):
        one = make_interp_spline(np.linspace(0, 1, values.shape[axis]), coefficients, k=3, axis=axis)
        coefficients = np.moveaxis(one.c, 0, axis)
        knots.append(one.t)
    return NdBSpline(tuple(knots), coefficients, 3)


def all_derivatives(order: int, single: bool) -> Any:
    """Compiled caller of a contraction of one to five axes; out is (derivatives, components)."""
    kernel = contraction(order, single)

    @njit
    def call(coefficients: np.ndarray, begin: int, strides: Any, fractions: Any, out: np.ndarray, count: int) -> None:
        kernel(coefficients, begin, strides, fractions, out, 0, count)

    return call


@pytest.mark.parametrize(
    "shape",
    [(9, 1), (9, 7), (7, 8, 1), (7, 8, 5), (6, 7, 5, 1), (6, 7, 5, 2), (5, 6, 5, 6, 1), (5, 5, 5, 5, 6, 1), (5, 5, 5, 5, 6, 3)],
)
def test_values_gradients_and_second_derivatives_are_those_of_scipy(shape: tuple[int, ...]) -> None:
    """Expected: NdBSpline's nu= of the same values, every order up to two, inside and in edge cells."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=shape)
    exact, dimensions, components = scipy_spline(values), len(shape) - 1, shape[-1]
    coefficients = reference.not_a_knot_coefficients(values, dimensions)
    strides = tuple(int(s) // 8 for s in coefficients.strides[:-1])
    orders = derivative_orders(dimensions, 2)
    padded = np.append(coefficients.ravel(), np.full(3, np.nan))  # whole vectors are read, and these three not used
    call, cells = all_derivatives(2, components == 1), np.array(shape[:-1]) - 1
    for box in rng.uniform(0, 1, size=(10, dimensions)):
        cell = np.minimum((box * cells).astype(int), cells - 1)
        out = np.full((len(orders), components), np.nan)
        begin = int(np.dot(cell, strides))
        call(padded, begin, strides, tuple(map(float, box * cells - cell)), out.ravel(), components)
        for row, order in zip(out, orders, strict=True):
            wanted = np.ravel(exact(box[None, :], nu=np.array(order))) / np.prod(cells.astype(float) ** order)
            assert row == pytest.approx(wanted, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("first", [0, 1, 4])
def test_any_range_of_components_is_contracted_and_nothing_else_written(first: int) -> None:
    """Expected: the same numbers as all components at once; the guard behind them stays."""
    values = np.random.default_rng(6).normal(size=(6, 5, 9))
    block, work, x = block_of(values), np.empty(spline.WORK), np.exp([0.3, 0.7])
    every = evaluate(block, np.log(x), 9)
    assert spline.locate(block, 0, x, work) == 0
    for count in range(1, 9 - first + 1):
        out = np.full(12, -7.0)
        spline.contract(block, 0, work, first, out, 1, count)
        assert out[1 : 1 + count] == pytest.approx(every[first : first + count], rel=1e-15)
        assert (out[0], *out[1 + count :]) == (-7.0,) * (12 - count)


PLAIN_MACHINE = """
import sys
import numpy as np
from gloam.lookup.interpolation import spline
block, x = np.load(sys.argv[1]), np.load(sys.argv[2])
out = np.empty(3)
for row in x:
    assert spline.values_at(block, 0, row, np.empty(spline.WORK), out) == 0
    print(*[value.hex() for value in out.tolist()])
"""


def test_a_machine_without_wide_vectors_and_fused_sums_gives_the_same_to_rounding(tmp_path: Path) -> None:
    """Expected: the values of this process at 1e-13; the other is compiled for the first x86-64 (or generic) processor."""
    values = np.random.default_rng(7).normal(size=(6, 7, 5, 3))
    block, x = block_of(values, "log"), np.exp(np.random.default_rng(8).uniform(0, 1, size=(20, 3)))
    np.save(tmp_path / "block.npy", block)
    np.save(tmp_path / "x.npy", x)
    environment = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    command = [sys.executable, "-c", PLAIN_MACHINE, str(tmp_path / "block.npy"), str(tmp_path / "x.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    there = np.array([[float.fromhex(word) for word in line.split()] for line in done.stdout.splitlines()])
    here = np.array([evaluate(block, np.log(row), 3) for row in x])
    assert there == pytest.approx(here, rel=1e-13)
