"""A table's calls: every way of asking gives the same numbers, gradients are those of differences."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from gloam.lookup import at, load
from gloam.lookup.errors import BadParameter, OutOfRange, UnknownName
from numba import njit

POINTS = {
    "vector-rates": {"beam": "miniboone-fhc", "m_N": 0.12, "m_mediator": 0.7},
    "z-rates": {"beam": "microboone", "m_N": 0.3},
    "three-body-width": {"lepton": "muon", "m_N": 0.5, "m_Zp": 1.1},
    "hadronic-width": {"m_N": 0.9, "m_Zp": 1.3},
    "dipole-hadronic-width": {"m_N": 0.6},
}
names = pytest.mark.parametrize("name", POINTS)


def asked(name: str) -> tuple[Any, dict[str, Any], str]:
    """Table, point and the label of its discrete choice."""
    table = load(name)
    choice = table.spec.choice
    return table, POINTS[name], POINTS[name][choice.name] if choice else ""


def inputs(table: Any, point: dict[str, Any]) -> list[float]:
    """Inputs in the order of the table."""
    return [point[item.name] for item in table.spec.inputs]


@names
def test_every_way_of_asking_gives_the_same_bits(name: str) -> None:
    """Expected: the batch answer, from scalars, `scalar`, `out=` and compiled code."""
    table, point, label = asked(name)
    x = inputs(table, point)
    batch = table(**{k: v if isinstance(v, str) else np.full(3, v) for k, v in point.items()}).reshape(3, -1)
    assert np.atleast_1d(table(**point)).tolist() == batch[1].tolist()
    assert [table.bind(label, c)(*x) for c in range(batch.shape[1])] == batch[1].tolist()
    assert table(**point, out=np.empty(batch.shape[1])).tolist() == batch[1].tolist()
    values = np.empty(batch.shape[1])
    assert njit(lambda b, k, y, o: at(b, k, y, o))(table.blob, table.offset(label), np.array(x), values) == 0
    assert values.tolist() == batch[1].tolist()


@names
def test_the_gradient_is_that_of_central_differences(name: str) -> None:
    """Expected: differences of the table itself, relative step 1e-6."""
    table, point, _ = asked(name)
    gradient, value = table.gradient(**point), table(**point)
    for item in table.spec.inputs:
        step = 1e-6 * point[item.name]
        ends = [table(**(point | {item.name: point[item.name] + s})) for s in (step, -step)]
        wanted = (ends[0] - ends[1]) / (2.0 * step)
        scale = np.max(np.abs(value)) / point[item.name]
        assert gradient[item.name] == pytest.approx(wanted, rel=1e-5, abs=1e-7 * scale)


@names
def test_the_hessian_is_that_of_differences_of_the_gradient(name: str) -> None:
    """Expected: differences of the gradient, relative step 1e-5; symmetric."""
    table, point, _ = asked(name)
    names = [item.name for item in table.spec.inputs]
    hessian, value = table.hessian(**point), np.max(np.abs(table(**point)))
    for j, moving in enumerate(names):
        step = 1e-5 * point[moving]
        ends = [table.gradient(**(point | {moving: point[moving] + s})) for s in (step, -step)]
        for i, other in enumerate(names):
            wanted = (ends[0][other] - ends[1][other]) / (2.0 * step)
            scale = value / point[moving] / point[other]
            assert hessian[i, j] == pytest.approx(wanted, rel=2e-3, abs=1e-3 * scale)
            assert hessian[i, j] == pytest.approx(hessian[j, i], rel=1e-7, abs=1e-7 * scale)


def test_gradients_of_arrays_have_the_shape_of_the_values() -> None:
    """Expected: broadcast shape, with the components last where there are several."""
    gradient = load("vector-rates").gradient(beam="microboone", m_N=np.full((2, 3), 0.1), m_mediator=0.4)
    assert gradient["m_N"].shape == (2, 3, 12)
    assert load("hadronic-width").gradient(m_N=np.array([0.8, 0.9]), m_Zp=1.3)["m_Zp"].shape == (2,)


@names
def test_eight_threads_give_the_same_bits(name: str) -> None:
    """Expected: the bits of this thread."""
    table, point, _ = asked(name)
    grid = {k: v if isinstance(v, str) else v * np.linspace(1.0, 1.05, 500) for k, v in point.items()}
    here = table(**grid)
    with ThreadPoolExecutor(8) as pool:
        assert all(np.array_equal(here, there) for there in pool.map(lambda _: table(**grid), range(16)))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_handle_crosses_into_other_processes(method: str) -> None:
    """Expected: the bits of this process; a handle is small because it holds a path, not numbers."""
    table, point, _ = asked("vector-rates")
    assert len(pickle.dumps(table)) < 4096
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        assert pool.submit(table, **point).result().tolist() == table(**point).tolist()


def test_outside_the_box_is_an_error_or_nan_never_a_number() -> None:
    """Expected: OutOfRange with input and bounds; NaN on request, for the bad points alone."""
    table = load("hadronic-width")
    with pytest.raises(OutOfRange, match=r"m_Zp"):
        table(m_N=0.9, m_Zp=11.0)
    some = table(m_N=0.9, m_Zp=np.array([1.3, 11.0]), outside="nan")
    assert np.isfinite(some[0])
    assert np.isnan(some[1])
    assert np.isnan(table.scalar(0.9, 11.0))
    assert np.isnan(table.gradient(m_N=0.9, m_Zp=11.0, outside="nan")["m_N"])
    with pytest.raises(OutOfRange):
        table.gradient(m_N=0.9, m_Zp=11.0)


def test_the_leanest_call_says_what_it_needs() -> None:
    """Expected: no silent choice of a label or a component; a bound call keeps its table alive."""
    assert load("hadronic-width").scalar(0.9, 1.3) == load("hadronic-width")(m_N=0.9, m_Zp=1.3)
    with pytest.raises(BadParameter, match=r"beam = .*component 0 to 11.*bind"):
        _ = load("vector-rates").scalar
    with pytest.raises(BadParameter, match="component 12"):
        load("vector-rates").bind("microboone", 12)
    with pytest.raises(UnknownName, match="minos"):
        load("vector-rates").bind("minos")


def test_fill_writes_into_the_arrays_of_the_caller() -> None:
    """Expected: values, errors and slopes of the calls by keyword; NaN and the count for points outside."""
    table, x = load("vector-rates"), np.array([[0.1, 0.5], [0.2, 0.6], [0.1, 99.0]])
    out, error, slopes = np.empty((3, 12)), np.empty((3, 12)), np.empty((3, 3, 12))
    assert table.fill(x, out, error, label="microboone") == 1
    assert table.fill(x, slopes, label="microboone", gradient=True) == 1
    points = {"beam": "microboone", "m_N": x[:2, 0], "m_mediator": x[:2, 1]}
    assert out[:2].tolist() == table(**points).tolist()
    assert error[:2].tolist() == table.error(**points).tolist()
    assert slopes[:2, 0] == pytest.approx(out[:2], rel=1e-14)
    assert slopes[:2, 2].tolist() == table.gradient(**points)["m_mediator"].tolist()
    assert np.isnan(out[2]).all()
    assert np.isnan(error[2]).all()
    assert np.isnan(slopes[2]).all()
    with pytest.raises(BadParameter, match=r"out is float64 of shape \(3, 11\).*\(3, 12\)"):
        table.fill(x, np.empty((3, 11)), label="microboone")
    with pytest.raises(BadParameter, match="contiguous"):
        table.fill(np.asfortranarray(x), out, label="microboone")


@pytest.mark.parametrize("size", [1, 63, 64, 65, 1000])
def test_blocks_of_points_are_the_points_one_by_one(size: int) -> None:
    """Expected: each point asked alone, whatever block it falls into; also gradients, with points outside among them."""
    for name in ("interference-rates", "three-body-width"):
        table, label = load(name), load(name).spec.labels[-1]
        x = np.random.default_rng(size).uniform(0.2, 1.9, (size, 2))
        components = len(table.spec.components)
        out, slopes = np.empty((size, components)), np.empty((size, 3, components))
        table.fill(x, out, label=label)
        table.fill(x, slopes, label=label, gradient=True)
        for p in range(0, size, 7):
            alone, slope = np.empty((1, components)), np.empty((1, 3, components))
            table.fill(x[p : p + 1], alone, label=label)
            table.fill(x[p : p + 1], slope, label=label, gradient=True)
            np.testing.assert_array_equal(out[p], alone[0])
            np.testing.assert_array_equal(slopes[p], slope[0])


@pytest.mark.parametrize(
    ("inputs", "error", "words"),
    [
        ({"m_N": 0.9}, BadParameter, "m_Zp"),
        ({"m_N": 0.9, "m_Zp": 1.3, "m_X": 1.0}, UnknownName, "m_X"),
        ({"m_N": "heavy", "m_Zp": 1.3}, BadParameter, "m_N = 'heavy'"),
    ],
)
def test_bad_inputs_are_named(inputs: dict[str, Any], error: type[Exception], words: str) -> None:
    """Expected: an error that names the input."""
    with pytest.raises(error, match=words):
        load("hadronic-width")(**inputs)
