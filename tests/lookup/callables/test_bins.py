"""Searches of 1, 2, 8 and 300 bins: rates, gradients, limits, planes and externals against the closed rates of a made search."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.plan import MOST_PARAMETERS, TOO_SHORT, evaluate
from gloam.lookup.cli import main as cli
from gloam.lookup.cli.plots import draw_plane, excess
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.lookup.vocabulary import EPS, M_AP, SLOTS, Parameter

POINT = {"m_Ap": 0.5, "br_invisible": 0.25}
ERROR = 1e-3  # [1] relative, of every bin


@numba.njit
def predict(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
    """N_k = 1e6 eps^2 m^(k/bins) (k + 1)/bins, k = 0 ... bins - 1."""
    for k in range(out.size):
        out[k] = 1e6 * slots[EPS] ** 2 * slots[M_AP] ** (k / out.size) * (k + 1) / out.size
        error[k] = 1e-3 * out[k]
    return 0


@numba.njit
def largest(slots: Any, options: Any) -> float:
    """A threshold of one number."""
    return 2.0


def expected(bins: int, m: Any, eps: Any) -> np.ndarray:
    """The same rates by numpy, bins along the last axis."""
    k = np.arange(bins)
    return 1e6 * np.asarray(eps)[..., None] ** 2 * np.asarray(m)[..., None] ** (k / bins) * (k + 1) / bins


@pytest.fixture(params=[1, 2, 8, 300])
def made(request: pytest.FixtureRequest, add_search: Callable[..., str]) -> tuple[str, int, np.ndarray]:
    """(name, bins, limit per bin) of a search whose deciding bin is in the middle."""
    bins = request.param
    limits = 2.0 + 40.0 * np.abs(np.arange(bins) - bins // 2) / bins
    names = tuple(f"bin {k}" for k in range(bins))
    name = add_search(f"made-{bins}", predict, bins=names, limit=tuple(limits.tolist()))
    return name, bins, limits


def test_rates_errors_and_gradients_of_any_number_of_bins(made: tuple[str, int, np.ndarray]) -> None:
    """Expected: the closed rates, their stated errors, and dN/deps = 2 N/eps."""
    name, bins, _ = made
    rate = lookup.rate(name, "dark-photon")
    mixings = np.array([1e-4, 1e-3, 0.1])
    value, error = rate.value_and_error(**POINT, eps=mixings)
    right = expected(bins, np.full(3, 0.5), mixings)
    np.testing.assert_allclose(value.reshape(3, bins), right, rtol=1e-13)
    np.testing.assert_allclose(error, ERROR * value, rtol=1e-13)
    assert rate.scalar(0.5, 1e-3, 0.25, 0.0) == pytest.approx(right[1, 0], rel=1e-13)
    slopes = np.atleast_1d(rate.gradient(**POINT, eps=1e-3)["eps"])
    np.testing.assert_allclose(slopes, 2.0 * right[1] / 1e-3, rtol=1e-8)
    out = np.empty(2 * bins)
    assert rate.kernel(*rate.data, np.array([0.5, 1e-3, 0.25, 0.0]), out) == 0
    np.testing.assert_allclose(out[:bins], right[1], rtol=1e-13)
    assert rate.external(**POINT, eps=1e-3) == {}


def test_a_limit_of_several_bins_is_where_the_first_of_them_exceeds_its_own(made: tuple[str, int, np.ndarray]) -> None:
    """Expected: eps = min_k sqrt(limit_k/N_k(1)); its error is half the relative error of that bin."""
    name, bins, limits = made
    bound = lookup.limit(name, "dark-photon")
    edge = float(np.sqrt(limits / expected(bins, 0.5, 1.0)).min())
    found = bound(**POINT)
    assert found.intervals == ((pytest.approx(edge, rel=1e-9), None),)
    assert found.errors[0][0] == pytest.approx(0.5 * ERROR * edge, rel=1e-3)
    assert bound.external(**POINT)["external"] == ((0.0, None),)
    mixings = np.geomspace(0.1, 10.0, 7) * edge
    right = np.log(expected(bins, np.full(7, 0.5), mixings) / limits).max(axis=-1)
    np.testing.assert_allclose(bound.excess(**POINT, eps=mixings), right, atol=1e-12)
    value, ratio, error = bound.closest(**POINT)
    assert value == 1.0
    assert ratio == pytest.approx(edge**-2, rel=1e-9)
    assert error == pytest.approx(ERROR * ratio, rel=1e-9)


def test_a_plane_and_the_command_line_take_several_bins(made: tuple[str, int, np.ndarray], tmp_path: Path, capsys: Any) -> None:
    """Expected: ln of the largest ratio at every point of the plane; every bin in the JSON of a rate."""
    name, bins, limits = made
    bound = lookup.limit(name, "dark-photon")
    axes = ("m_Ap", 0.1, 1.0), ("eps", 1e-4, 0.1)
    found = excess(bound, {"br_invisible": 0.25}, *axes, 5)
    m, eps = np.meshgrid(np.geomspace(0.1, 1.0, 5), np.geomspace(1e-4, 0.1, 5))
    np.testing.assert_allclose(found, np.log(expected(bins, m, eps) / limits).max(axis=-1), atol=1e-12)
    draw_plane([name], "dark-photon", {}, {"br_invisible": 0.25}, axes, tmp_path / "plane.png", 5)
    assert (tmp_path / "plane.png").stat().st_size > 0
    assert cli.main(["rate", name, "--model", "dark-photon", "m_Ap=0.5", "eps=1e-3", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)["value"]
    np.testing.assert_allclose(np.atleast_1d(value), expected(bins, 0.5, 1e-3), rtol=1e-13)


def test_arrays_that_are_too_short_for_the_bins_are_refused(made: tuple[str, int, np.ndarray]) -> None:
    """Expected: a status, and not a number written behind the end."""
    name, bins, _ = made
    rate = lookup.rate(name, "dark-photon")
    point = np.array([0.5, 1e-3, 0.25, 0.0])
    guarded = np.full(2 * bins + 8, 7.0)
    assert rate.kernel(*rate.data, point, guarded[: 2 * bins - 1]) == TOO_SHORT
    assert evaluate(*rate.data, point, np.empty(len(SLOTS)), guarded[: 2 * bins - 1]) == TOO_SHORT
    assert evaluate(*rate.data, point, np.empty(len(SLOTS) - 1), guarded[: 2 * bins]) == TOO_SHORT
    assert evaluate(*rate.data, point[:3], np.empty(len(SLOTS)), guarded[: 2 * bins]) == TOO_SHORT
    assert (guarded[2 * bins :] == 7.0).all()
    assert isinstance(rate.explain(TOO_SHORT, point), BadParameter)


def test_a_limit_that_does_not_belong_to_its_bins_is_refused(add_search: Callable[..., str]) -> None:
    """Expected: one positive number for every bin or one for all of them; a threshold serves one bin."""
    two = ("a", "b")
    for given in ((1.0, 2.0, 3.0), (1.0, -2.0), math.nan, 0.0):
        with pytest.raises(DoesNotFit, match="one positive number, or one for every bin"):
            add_search("made-wrong", predict, bins=two, limit=given)
    with pytest.raises(DoesNotFit, match="one number for every bin, where there are 2 bins"):
        add_search("made-threshold", predict, bins=two, threshold=largest)
    name = add_search("made-equal", predict, bins=two, limit=3.0)
    edge = float(np.sqrt(3.0 / expected(2, 0.5, 1.0)).min())
    assert lookup.limit(name, "dark-photon")(**POINT).intervals[0][0] == pytest.approx(edge, rel=1e-9)


def test_a_model_with_too_many_parameters_is_refused(monkeypatch: pytest.MonkeyPatch, add_search: Callable[..., str]) -> None:
    """Expected: one sentence, before anything is written."""
    name = add_search("made-wide", predict, limit=1.0)
    from gloam.lookup.models.dark_photons import dark_photon

    more = tuple(Parameter(f"p_{k}", "1", 0.0, 1.0, 0.0, "one more") for k in range(MOST_PARAMETERS))
    wide = replace(dark_photon.MODEL, parameters=(*dark_photon.MODEL.parameters, *more))
    monkeypatch.setattr(dark_photon, "MODEL", wide)
    with pytest.raises(DoesNotFit, match=f"has {MOST_PARAMETERS + 4} parameters; a model may have {MOST_PARAMETERS}"):
        lookup.rate(name, "dark-photon")
