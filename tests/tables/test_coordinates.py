"""Maps and prefactors: their slopes against differences of themselves, and their inverses."""

from __future__ import annotations

import numpy as np
import pytest
from gloam.tables import coordinates

PARAMETERS = np.array([0.1056, 3.0])
TWO_INPUTS = tuple(name for name in coordinates.MAPS if name != "semivisible")  # that one: test_missed.py
POINTS = ((0.31, 0.9), (0.7, 0.75), (1.9, 9.0), (0.2113, 0.2115))  # N above the pair threshold, mediator heavier
STEP = 1e-4


def box_of(name: int, x: np.ndarray) -> np.ndarray:
    """Box coordinates of two inputs."""
    box = np.empty(2)
    coordinates.to_box(name, PARAMETERS, 0, x, 2, box)
    return box


def dimensions_of(name: str) -> int:
    """Inputs of the map called ``name``."""
    return 1 if name in ("mass", "flux", "momentum") else 2


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", TWO_INPUTS)
def test_slopes_of_every_map_are_its_differences(name: str, x: tuple[float, float]) -> None:
    """Expected: central differences of to_box."""
    index, d, start = coordinates.MAPS.index(name), dimensions_of(name), np.array(x if name != "on-shell" else x[::-1])
    slopes = np.empty(d * d)
    coordinates.map_slopes(index, PARAMETERS, 0, start, d, slopes)
    for j in range(d):
        step = np.zeros(2)
        step[j] = STEP * min(start[j], x[1] - x[0], 0.1)
        wanted = (box_of(index, start + step) - box_of(index, start - step)) / (2.0 * step[j])
        assert slopes.reshape(d, d)[:, j] == pytest.approx(wanted[:d], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", coordinates.PREFACTORS)
def test_slopes_of_every_prefactor_are_its_differences(name: str, x: tuple[float, float]) -> None:
    """Expected: central differences of the logarithm of prefactor, for all of ten components."""
    index, start, components = coordinates.PREFACTORS.index(name), np.array(x), 10
    for c in range(components):
        for j in range(2):
            step = np.zeros(2)
            step[j] = STEP * min(x[j], x[1] - x[0])
            ends = [coordinates.prefactor(index, PARAMETERS, 0, start + s * step, components, c) for s in (1, -1)]
            wanted = np.log(ends[0] / ends[1]) / (2.0 * step[j])
            found = coordinates.prefactor_slope(index, PARAMETERS, 0, start, components, c, j)
            assert found == pytest.approx(wanted, rel=2e-6, abs=1e-7)


@pytest.mark.parametrize("name", ["on-shell", "off-shell"])
def test_the_maps_of_a_mediator_beside_n_have_their_inverse(name: str) -> None:
    """Expected: the masses that went in; beyond 1e-7 of m_N the last node, and no position on the other side of m_N."""
    index, x = coordinates.MAPS.index(name), np.empty(2)
    for mass, ratio in ((0.011, 0.9), (0.3, 0.2), (0.9, 0.999999)):
        mediator = mass * ratio if name == "on-shell" else mass / ratio
        box = box_of(index, np.array([mass, mediator]))
        coordinates.to_inputs(index, PARAMETERS, 0, box, x)
        assert x == pytest.approx([mass, mediator], rel=1e-12)
        assert not 0.0 <= box_of(index, np.array([mass, mass * mass / mediator]))[1] <= 1.0
    coordinates.to_inputs(index, PARAMETERS, 0, np.array([0.0, 1.0 if name == "on-shell" else 0.0]), x)
    assert abs(x[1] / x[0] - 1.0) == pytest.approx(1e-7, rel=1e-6)


def test_multiply_prefactor_multiplies_every_component_by_its_own() -> None:
    """Expected: prefactor, one component at a time."""
    for index in range(len(coordinates.PREFACTORS)):
        out = np.full(10, 2.0)
        coordinates.multiply_prefactor(index, PARAMETERS, 0, np.array(POINTS[0]), 10, out)
        one = [coordinates.prefactor(index, PARAMETERS, 0, np.array(POINTS[0]), 10, c) for c in range(10)]
        assert out == pytest.approx(2.0 * np.array(one), rel=1e-15)
