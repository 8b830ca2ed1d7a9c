"""Gradients of rates against closed derivatives: peaks, jumps and kinks narrower than the step, edges, arrays, errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.statuses import Status
from gloam.lookup.errors import BadParameter
from gloam.lookup.vocabulary import EPS, M_AP

PEAK, WIDTH = 0.5, 1e-6  # [GeV]
JUMP = 2.0  # [GeV]
NEAR_SHELL = {"m_N": 0.3, "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-10, "U2_D": 0.9}


@numba.njit
def predict(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
    """Bin 0: eps^2 m^3 with a Lorentzian of relative width 2e-6 on it; bin 1: eps^2, ten times that above 2 GeV."""
    m = slots[M_AP]
    out[0] = slots[EPS] ** 2 * (m**3 + 1.0 / (1.0 + ((m - PEAK) / WIDTH) ** 2))
    out[1] = slots[EPS] ** 2 * (10.0 if m >= JUMP else 1.0)
    error[:] = 1e-9 * out
    return 0


def slope(m: float, eps: float) -> float:
    """d/dm of the first bin, by hand."""
    z = (m - PEAK) / WIDTH
    return float(eps**2 * (3.0 * m * m - 2.0 * z / WIDTH / (1.0 + z * z) ** 2))


@pytest.fixture
def rate(add_search: Callable[..., str]) -> Any:
    """The made search for a dark photon."""
    return lookup.rate(add_search("made-peak", predict, bins=("peak", "jump"), limit=1.0), "dark-photon")


@pytest.mark.parametrize("distance", [0.0, 0.3, -0.5, 1.0, 3.0, -20.0, 1e3, -1e5])
def test_the_step_shrinks_below_what_is_narrow(rate: Any, distance: float) -> None:
    """Expected: the closed slope on, beside and far from a peak of a fifth of the first step, inside the stated error."""
    m = PEAK + distance * WIDTH
    values, errors = rate.gradient_and_error(m_Ap=m, eps=0.1)
    right = slope(m, 0.1)
    steepest = 0.01 / WIDTH if abs(distance) < 10.0 else abs(right)
    assert abs(values["m_Ap"][0] - right) < 1e-5 * steepest
    assert abs(values["m_Ap"][0] - right) <= 2.0 * errors["m_Ap"][0] + 1e-9 * steepest
    assert values["eps"][0] == pytest.approx(2.0 * rate(m_Ap=m, eps=0.1)[0] / 0.1, rel=1e-8)


@pytest.mark.parametrize("distance", [1e-6, -1e-6, 1e-8, -3e-9])
def test_a_jump_within_the_first_step_is_not_seen(rate: Any, distance: float) -> None:
    """Expected: the second bin does not depend on m beside its jump; at it there is no derivative, which is said."""
    values, errors = rate.gradient_and_error(m_Ap=JUMP + distance, eps=0.1)
    assert abs(values["m_Ap"][1]) <= errors["m_Ap"][1] < 1e-3
    assert values["m_Ap"][0] == pytest.approx(0.03 * (JUMP + distance) ** 2, rel=1e-6)


def test_no_step_at_a_jump_and_the_reason(rate: Any) -> None:
    """Expected: NaN in the bin that jumps alone, with a status that explains itself; the other bin and parameters answer."""
    values, statuses = rate.gradient_and_status(m_Ap=JUMP, eps=0.1)
    assert math.isnan(values["m_Ap"][1])
    assert values["m_Ap"][0] == pytest.approx(0.03 * JUMP**2, rel=1e-6)
    assert statuses["m_Ap"] is Status.NOT_CONVERGED
    assert "do not agree at any step" in statuses["m_Ap"].explain()
    assert statuses["eps"] is Status.ANSWERED


def test_gradients_of_arrays_are_those_of_their_points(rate: Any) -> None:
    """Expected: to the bit, with refused points apart as NaN and their status."""
    masses, mixings = np.array([[PEAK + WIDTH], [1.7], [JUMP]]), np.array([1e-3, 0.5])
    values, errors = rate.gradient_and_error(m_Ap=masses, eps=mixings)
    assert values["m_Ap"].shape == errors["eps"].shape == (3, 2, 2)
    for i in range(3):
        for j in range(2):
            one, spread = rate.gradient_and_error(m_Ap=float(masses[i, 0]), eps=float(mixings[j]))
            for name in values:
                np.testing.assert_array_equal(values[name][i, j], one[name])
                np.testing.assert_array_equal(errors[name][i, j], spread[name])
    with pytest.raises(BadParameter, match="m_Ap"):
        rate.gradient(m_Ap=[1.0, 11.0], eps=0.1)
    found, statuses = rate.gradient_and_status(m_Ap=[1.0, 11.0], eps=0.1)
    assert np.isnan(found["eps"][1]).all()
    assert [Status(item) for item in statuses["eps"]] == [Status.ANSWERED, Status.BAD_PARAMETER]
    assert np.isnan(rate.gradient(m_Ap=[1.0, 11.0], eps=0.1, outside="nan")["m_Ap"][1]).all()


def test_at_the_end_of_a_range_the_derivative_is_taken_from_inside(rate: Any) -> None:
    """Expected: closed slopes at both ends of m_Ap and at eps = 1."""
    for m in (1e-3, 10.0):
        values, errors = rate.gradient_and_error(m_Ap=m, eps=1.0)
        assert values["m_Ap"][0] == pytest.approx(slope(m, 1.0), rel=1e-6)
        assert values["eps"][0] == pytest.approx(2.0 * rate(m_Ap=m, eps=1.0)[0], rel=1e-8)
        assert 0.0 < errors["m_Ap"][0] < 1e-5 * slope(m, 1.0)


def differences(rate: Any, point: dict[str, float], name: str, step: float) -> float:
    """Central differences of sixth order at a step chosen by hand."""
    weights = {1: 45.0, -1: -45.0, 2: -9.0, -2: 9.0, 3: 1.0, -3: -1.0}
    total = sum(weight * rate(**{**point, name: point[name] + k * step}) for k, weight in weights.items())
    return float(total / (60.0 * step))


def test_the_slope_of_a_rate_just_above_the_mass_of_its_mediator() -> None:
    """Expected at m_Zp = m_N (1 + 1e-6): 8.69e-4 per GeV, from steps far below the distance; the same at two other distances."""
    rate = lookup.rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    assert rate.gradient(**NEAR_SHELL, m_Zp=0.3 * (1.0 + 1e-6))["m_N"] == pytest.approx(8.69e-4, rel=3e-3)
    for distance in (1e-6, 4e-6, -4e-6, 3e-7):
        point = {**NEAR_SHELL, "m_Zp": 0.3 * (1.0 + distance)}
        values, errors = rate.gradient_and_error(**point)
        right = differences(rate, point, "m_N", 0.3 * abs(distance) / 40.0)
        assert values["m_N"] == pytest.approx(right, rel=1e-3, abs=2.0 * errors["m_N"])
        assert errors["m_N"] < 0.01 * abs(right)


def test_the_gradient_of_a_quantity_has_an_error_and_shrinks_its_step() -> None:
    """Gamma(A' -> e e) = alpha eps^2 m/3 (1 + 2 r) sqrt(1 - 4 r), r = (m_e/m)^2, eps = 1 (textbook), also near its threshold."""
    width = lookup.load("width-dark-photon")
    electron = 0.51099895e-3
    for m in (2.0 * electron * (1.0 + 3e-6), 1.03e-3, 0.5):
        r = (electron / m) ** 2
        beta = math.sqrt(1.0 - 4.0 * r)
        right = ((1.0 + 2.0 * r) * beta - 4.0 * r * beta + (1.0 + 2.0 * r) * 4.0 * r / beta) / 3.0 / 137.036
        values, errors = width.gradient_and_error(m_Ap=m, final="electrons")
        assert values["m_Ap"] == pytest.approx(right, rel=2e-3 if m < 1.023e-3 else 1e-5)
        assert 0.0 <= errors["m_Ap"] < 1e-2 * abs(right)
    arrays = width.gradient(m_Ap=np.array([[0.3, 0.5]]), final="electrons")["m_Ap"]
    assert arrays.shape == (1, 2)
    assert arrays[0, 1] == width.gradient(m_Ap=0.5, final="electrons")["m_Ap"]
