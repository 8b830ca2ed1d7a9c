"""Momentum of the produced N: quadrature, Gauss rules and the average decay probability."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.tables.constants import Z_MASS
from gloam.tables.experiments import miniboone
from gloam.tables.experiments.experiment import flux_knots
from gloam.tables.physics import fluxaverage, momentum
from gloam.tables.physics.kinematics import q2_range
from gloam.tables.physics.sphere import decay_probability
from numba import njit
from scipy.integrate import quad

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
DATA = fluxaverage.beam_data(miniboone.FHC, "C12")
RATIOS = np.geomspace(1e-4, 1e6, 21)  # c_tau/R; the decay length is c_tau p/m
POINTS = [(0.006, 0.02), (0.03, 0.4), (0.11, 0.012), (0.5, 1.0), (0.52, 8.0), (1.9, 0.1)]
KINDS = [
    (fluxaverage.VECTOR, 0), (fluxaverage.VECTOR, 1), (fluxaverage.VECTOR, 3), (fluxaverage.INTERFERENCE, 0),
    (fluxaverage.INTERFERENCE, 2), (fluxaverage.Z_EXCHANGE, 4), (fluxaverage.DIPOLE, 0),
    (fluxaverage.DIPOLE, 1),
]


def numbers(kind: int, part: int, m: float, mediator: float, projectile: int = 0) -> Vector:
    """Arguments of the measure for one part."""
    axial = float(part in (2, 4))
    return np.array([kind, (part + 1) // 2, axial, m, mediator**2, Z_MASS**2, projectile])


def rule(u: Vector, w: Vector, n: int) -> tuple[Vector, Vector]:
    """Gauss rule with n points."""
    nodes, weights = np.empty(n), np.empty(n)
    momentum.gauss_rule(u, w, nodes, weights)
    return nodes, weights


@njit
def averages(u: Vector, w: Vector, ratios: Vector) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """<P> and 1 - <P> for all ratios c_tau/R, shape (2, ratios)."""
    out = np.zeros((2, ratios.size))
    for i in range(ratios.size):
        for j in range(u.size):
            p = decay_probability(2.0 / ratios[i] * math.exp(-u[j]))
            out[0, i] += w[j] * p
            out[1, i] += w[j] * (1.0 - p)
    return out


@pytest.mark.parametrize(("kind", "part"), KINDS)
@pytest.mark.parametrize(("m", "mediator"), POINTS)
def test_the_measure_is_positive_and_converged(kind: int, part: int, m: float, mediator: float) -> None:
    """Cross sections are positive; <p/m> and <m/p> do not change when every panel is halved."""
    given = numbers(kind, part, m, mediator)
    u, w = momentum.momentum_measure(given, DATA, 1)
    assert w.min() >= 0.0
    fine_u, fine_w = momentum.momentum_measure(given, DATA, 2)
    for power in (-1.0, 1.0):
        assert w @ np.exp(power * u) == pytest.approx(fine_w @ np.exp(power * fine_u), rel=4e-5)


@pytest.mark.parametrize("n", [2, 5, 7])
def test_the_rule_reproduces_the_first_2n_moments(n: int) -> None:
    """Definition of a Gauss rule, with moments about the mean in units of the standard deviation."""
    u, w = momentum.momentum_measure(numbers(fluxaverage.VECTOR, 1, 0.1, 0.1), DATA, 1)
    nodes, weights = rule(u, w, n)
    mean = w @ u
    scale = math.sqrt(w @ (u - mean) ** 2)
    assert np.all(np.diff(nodes) > 0.0)
    for k in range(2 * n):
        size = w @ np.abs((u - mean) / scale) ** k
        expected = w @ ((u - mean) / scale) ** k
        assert weights @ ((nodes - mean) / scale) ** k == pytest.approx(expected, abs=1e-9 * size)


@pytest.mark.parametrize(("kind", "part"), KINDS)
@pytest.mark.parametrize(("m", "mediator"), POINTS)
def test_seven_points_give_the_decay_probability(kind: int, part: int, m: float, mediator: float) -> None:
    """Both <P> and 1 - <P> agree with the sum over the whole measure, for all decay lengths, to 1.5e-4."""
    u, w = momentum.momentum_measure(numbers(kind, part, m, mediator, 3), DATA, 1)
    nodes, weights = rule(u, w, momentum.POINTS)
    np.testing.assert_allclose(averages(nodes, weights, RATIOS), averages(u, w, RATIOS), rtol=1.5e-4)


def test_the_recoil_matters_on_hydrogen() -> None:
    """Integrals by scipy without the recoil energy Q/(2M): protons change by more than 2 %, C12 by less."""
    changes = []
    for regime in (fluxaverage.PROTON, fluxaverage.NUCLEUS):
        u, w = momentum.momentum_measure(numbers(fluxaverage.VECTOR, regime, 0.5, 1.0), DATA, 1)
        found = averages(u, w, np.array([2.0]))[0, 0]
        changes.append(found / adaptive_average(regime, 2.0, recoil=False) - 1.0)
    assert changes[0] > 0.02
    assert abs(changes[1]) < 0.02


@pytest.mark.parametrize("regime", [fluxaverage.PROTON, fluxaverage.NUCLEUS])
def test_the_average_agrees_with_adaptive_quadrature(regime: int) -> None:
    """Gauss points in E between the knots of the flux, scipy in Q, the bracket written out again."""
    u, w = momentum.momentum_measure(numbers(fluxaverage.VECTOR, regime, 0.5, 1.0), DATA, 1)
    expected = adaptive_average(regime, 2.0, recoil=True)
    assert averages(u, w, np.array([2.0]))[0, 0] == pytest.approx(expected, rel=3e-5)


def adaptive_average(regime: int, ratio: float, recoil: bool) -> float:
    """<P> on numu at m = 0.5 and mediator 1 GeV for c_tau = ratio x R."""
    m, mediator2, target = 0.5, 1.0, float(DATA[regime])
    knots, values = flux_knots(miniboone.FHC, "numu")
    shape = DATA[fluxaverage.SHAPE : fluxaverage.SHAPE + int(DATA[fluxaverage.SHAPE - 1])]

    def integrand(q2: float, energy: float, power: int) -> float:
        r, magnetic, _, _ = fluxaverage.structure(fluxaverage.VECTOR, regime, q2, target, shape)
        x, half = 2.0 * target * energy, 0.5 * (m * m + q2)
        electric = 2.0 * (x - half) ** 2 - (4.0 * target**2 + q2) * half
        value = r * electric + magnetic * half * (2.0 * q2 - m * m)
        total = energy - (q2 / (2.0 * target) if recoil else 0.0)
        momentum_ratio = math.sqrt(max(total * total / (m * m) - 1.0, 1e-16))
        probability = decay_probability(2.0 / (ratio * momentum_ratio))
        return float(value / (x * (q2 + mediator2)) ** 2 * probability**power)

    def inner(energy: float, power: int) -> float:
        low, high = q2_range(energy, m, target)
        if regime == fluxaverage.NUCLEUS:
            high = min(high, 0.5)
        cut = min(2.0 * low, high)
        pieces = ((low, cut), (cut, min(8.0 * cut, high)), (min(8.0 * cut, high), high))
        options = {"args": (energy, power), "epsabs": 0.0, "epsrel": 1e-7}
        return sum(float(quad(integrand, a, b, **options)[0]) for a, b in pieces if b > a)

    start = m + m * m / (2.0 * target)
    edges = np.concatenate([[start], knots[knots > start]])
    nodes, weights = np.polynomial.legendre.leggauss(8)
    sums = [0.0, 0.0]
    for a, b in pairwise(edges):
        for node, weight in zip(nodes, weights, strict=True):
            energy = float(a + (b - a) * 0.5 * (1.0 + node))
            flux = float(np.interp(energy, knots, values)) * weight * (b - a)
            for power in range(2):
                sums[power] += flux * inner(energy, power)
    return sums[1] / sums[0]
