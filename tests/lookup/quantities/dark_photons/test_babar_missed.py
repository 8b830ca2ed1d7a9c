"""Missed decays at BaBar: stored probabilities against brute force, limits of lifetimes, between and beyond the stored ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from gloam import lookup
from gloam.builder.checks import babar_monte_carlo
from gloam.lookup.errors import BadParameter
from gloam.lookup.events import decay_paths
from gloam.lookup.events.cascade import SCRAMBLES, collect_missed, missed_at
from gloam.tables.experiments.babar import BARREL
from gloam.tables.physics.dark_photons.missed_grid import LENGTHS, STEPS

NAMES = ("m_Ap", "r", "Delta", "c_tau", "state", "pairs", "transition", "track_threshold")


# drawn once at random: masses, lifetimes; every state, pair, transition and threshold occurs
POINTS = [
    (0.74, 0.41, 0.17, 0.031, "psi1psi2", "ee", "vector", "100MeV"),
    (4.9, 0.22, 0.62, 0.35, "psi1psi2", "ee", "axial", "150MeV"),
    (2.6, 0.37, 0.27, 0.12, "psi1psi2", "mumu", "vector", "300MeV"),
    (1.7, 0.31, 0.38, 0.24, "psi2psi2", "ee", "vector", "60MeV"),
    (5.8, 0.28, 0.45, 0.5, "psi2psi2", "emu", "vector", "100MeV"),
    (8.4, 0.26, 1.0, 0.0, "psi1psi2", "ee", "axial", "100MeV"),
    (7.6, 0.24, 0.3, 0.02, "psi2psi2", "ee", "axial", "300MeV"),
    (3.7, 0.27, 0.2, 0.6, "psi2psi2", "ee", "axial", "60MeV"),
]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[4]}-{point[5]}-{point[6]}")
def test_the_tables_agree_with_brute_force(point: tuple[Any, ...]) -> None:
    """Four-vectors, rejection and indicators (builder/checks/babar_monte_carlo.py), within 3.5 sigma and the stated error."""
    m_Ap, r, delta, c_tau, state, pairs, transition, threshold = point
    lower, axial = r * m_Ap, transition == "axial"
    steps = [
        babar_monte_carlo.Step(lower, c_tau, pair, axial)
        for pair in {"ee": ("e", "e"), "mumu": ("mu", "mu"), "emu": ("e", "mu")}[pairs]
    ]
    heavy = (lower * (1.0 + delta), steps[0])
    other = (lower * (1.0 + delta), steps[1]) if state == "psi2psi2" else (lower, None)
    expected, sigma = babar_monte_carlo.missed_share(m_Ap, heavy, other, 1e-3 * float(threshold[:-3]), 400_000, 12)
    value, error = lookup.load("babar-missed").value_and_error(**dict(zip(NAMES, point, strict=True)))
    assert abs(value - expected) < 3.5 * sigma + error
    assert error < 0.3 * value + 2e-3


def test_short_and_long_lives_reach_their_limits_through_the_edges_of_the_table() -> None:
    """Continuous at both ends of the evenly spaced lifetimes, constant below, 1 - P ~ 1/c_tau above."""
    missed, point = lookup.load("babar-missed"), dict(zip(NAMES, POINTS[0], strict=True))
    upper = 0.74 * 0.41 * 1.17
    first, last = (4.0 * upper / 10.58 * length for length in (LENGTHS[0], LENGTHS[STEPS - 1]))
    assert missed(**{**point, "c_tau": 0.0}) == missed(**{**point, "c_tau": 0.5 * first})
    assert missed(**{**point, "c_tau": math.inf}) == 1.0
    for edge in (first, last):
        below, above = (missed(**{**point, "c_tau": edge * (1.0 + step)}) for step in (-1e-9, 1e-9))
        assert above == pytest.approx(below, rel=1e-6)
    far = [1.0 - missed(**{**point, "c_tau": last * factor}) for factor in (1000.0, 10000.0)]
    assert far[0] == pytest.approx(10.0 * far[1], rel=2e-3)


def test_monotone_in_lifetime_and_threshold() -> None:
    """A longer life or a higher threshold misses more, within the stated errors."""
    missed = lookup.load("babar-missed")
    for point in POINTS[:4]:
        inputs = dict(zip(NAMES, point, strict=True))
        lives = np.geomspace(1e-4, 1e3, 60)
        rows = []
        for threshold in ("60MeV", "100MeV", "150MeV", "300MeV"):
            value, error = missed.value_and_error(**{**inputs, "c_tau": lives, "track_threshold": threshold})
            assert (np.diff(value) > -error[1:]).all()
            rows.append(value)
        assert (np.diff(np.array(rows), axis=0) > -2e-3).all()


@pytest.mark.parametrize("state", ["psi1psi2", "psi2psi2"])
@pytest.mark.parametrize("transition", ["vector", "axial"])
def test_between_stored_lifetimes_the_polynomial_is_as_good_as_stated(state: str, transition: str) -> None:
    """The quadrature of cascades at lifetimes between the stored ones, from prompt to leaving: within both errors."""
    missed = lookup.load("babar-missed")
    m_Ap, r, delta = 2.2, 0.3, 0.45
    upper = m_Ap * r * (1.0 + delta)
    lives = 4.0 * upper / 10.58 * np.array([0.01, 0.07, 0.13, 0.4, 1.3, 6.0, 12.0, 20.0, 60.0, 400.0])
    grids, electrons = np.empty((SCRAMBLES, decay_paths.SIZE)), np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    collect_missed(
        BARREL,
        (1 if state == "psi1psi2" else 2, 2),
        m_Ap,
        np.array([m_Ap * r, upper, math.nan]),
        np.array([1.0, 0.0]),
        np.full(3, float(transition == "axial")),
        electrons,
        electrons,
        0.1,
        13,
        grids,
    )
    direct, error = np.transpose([missed_at(grids, 1.0 / life) for life in lives])
    value, bound = missed.value_and_error(
        m_Ap=m_Ap, r=r, Delta=delta, c_tau=lives, state=state, pairs="ee", transition=transition, track_threshold="100MeV"
    )
    assert (np.abs(value - direct) < bound + 1.5 * error).all()
    assert (np.diff(value) > 0.0).all()


def test_tables_and_quadrature_agree_at_the_edge_of_the_tables() -> None:
    """Delta just inside and just outside the stored range: no step beyond both errors."""
    missed = lookup.load("babar-missed")
    point = {"m_Ap": 2.0, "r": 0.2, "state": "psi1psi2", "pairs": "ee", "transition": "vector", "track_threshold": "100MeV"}
    for c_tau in (0.0, 0.1, 1.0):
        inner, bound = missed.value_and_error(**point, Delta=1.9999, c_tau=c_tau)
        outer, error = missed.value_and_error(**point, Delta=2.0001, c_tau=c_tau)
        assert abs(inner - outer) < bound + 1.5 * error


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"r": 0.49}, "lighter"),
        ({"Delta": 1e-3}, "below the mass of the pair"),
        ({"pairs": "emu", "r": 0.2, "Delta": 1.5}, "one pair"),
    ],
)
def test_bad_questions_are_refused(changes: dict[str, Any], reason: str) -> None:
    """Closed states, closed pairs, and a mixed pair of one psi_2."""
    point = {**dict(zip(NAMES, POINTS[0], strict=True)), **changes}
    with pytest.raises(BadParameter, match=reason):
        lookup.load("babar-missed")(**point)
