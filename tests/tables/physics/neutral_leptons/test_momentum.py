"""Momentum of the produced N: measure, average decay probability, and its logits over the lifetime."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.tables.constants import Z_MASS
from gloam.tables.experiments import miniboone
from gloam.tables.experiments.experiment import flux_knots
from gloam.tables.physics.detectors.sphere import decay_probability
from gloam.tables.physics.neutral_leptons import fluxaverage, momentum
from gloam.tables.physics.neutral_leptons.kinematics import q2_range
from numba import njit
from scipy.integrate import quad

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
DATA = momentum.flavour_beam(miniboone.FHC, "C12")
PROJECTILES = fluxaverage.beam_data(miniboone.FHC, "C12")
RATIOS = np.geomspace(1e-5, 1e12, 41)  # c_tau/R; the decay length is c_tau p/m
POINTS = [(0.006, 0.02), (0.042, 0.0066), (0.0157, 0.0093), (0.03, 0.4), (0.11, 0.012), (0.5, 1.0), (0.52, 8.0), (1.9, 0.1)]
KINDS = [
    (fluxaverage.VECTOR, 0),
    (fluxaverage.VECTOR, 1),
    (fluxaverage.VECTOR, 3),
    (fluxaverage.INTERFERENCE, 0),
    (fluxaverage.INTERFERENCE, 2),
    (fluxaverage.Z_EXCHANGE, 4),
    (fluxaverage.DIPOLE, 0),
    (fluxaverage.DIPOLE, 1),
]


def grid_of(kind: int, part: int, m: float, mediator: float, refine: int = 1) -> Matrix:
    """Measure of one part, shape (flavours, nodes)."""
    grid = np.empty((2 * len(momentum.FLAVOURS), momentum.CELLS))
    momentum.momentum_grid(kind, (part + 1) // 2, m, mediator**2, Z_MASS**2, DATA, refine, grid)
    return grid[1 if part in (2, 4) else 0 :: 2]


@njit
def averages(grid: Vector, m: float, ratios: Vector) -> Matrix:
    """<P> and 1 - <P> for all ratios c_tau/R, shape (2, ratios), summed over the nodes one by one."""
    out = np.zeros((2, ratios.size))
    for i in range(ratios.size):
        for j in range(grid.size):
            speed = math.exp(momentum.SLOWEST + momentum.CELL * j) * (m + momentum.MOMENTUM_SCALE) / m
            p = decay_probability(2.0 / (ratios[i] * speed))
            out[0, i] += grid[j] * p
            out[1, i] += grid[j] * (1.0 - p)
    return out / np.sum(grid)


def average(kind: int, part: int, m: float, mediator: float, ratio: float) -> float:
    """<P> of muon flavour at c_tau = ratio x R."""
    return float(averages(grid_of(kind, part, m, mediator)[0], m, np.array([ratio]))[0, 0])


@pytest.mark.parametrize(("kind", "part"), KINDS)
@pytest.mark.parametrize(("m", "mediator"), POINTS)
def test_the_measure_adds_up_to_the_rate(kind: int, part: int, m: float, mediator: float) -> None:
    """Its sum is the flux average, whose energy integral is a closed form: neutrinos plus or minus antineutrinos."""
    odd = part in (2, 4)
    rates = fluxaverage.flux_average(kind, (part + 1) // 2, m, mediator**2, Z_MASS**2, PROJECTILES)[int(odd) :: 2]
    expected = [rates[0] - rates[1], rates[2] - rates[3]] if odd else [rates[0] + rates[1], rates[2] + rates[3]]
    scale = fluxaverage.TO_CM2 / (8.0 * math.pi)
    np.testing.assert_allclose(grid_of(kind, part, m, mediator).sum(axis=1) * scale, expected, rtol=2e-5)


@pytest.mark.parametrize(("kind", "part"), KINDS)
@pytest.mark.parametrize(("m", "mediator"), POINTS)
def test_the_quadrature_is_converged(kind: int, part: int, m: float, mediator: float) -> None:
    """<P> at all lifetimes does not change when every panel is divided into three."""
    coarse, fine = grid_of(kind, part, m, mediator), grid_of(kind, part, m, mediator, 3)
    for flavour in range(2):
        np.testing.assert_allclose(averages(coarse[flavour], m, RATIOS)[0], averages(fine[flavour], m, RATIOS)[0], rtol=1e-5)


@pytest.mark.parametrize(("kind", "part"), KINDS)
@pytest.mark.parametrize(("m", "mediator"), POINTS)
def test_the_logits_give_the_probability_at_every_lifetime(kind: int, part: int, m: float, mediator: float) -> None:
    """<P> and the slope of its logit from the polynomial in s, against sums over the measure."""
    parts = np.array([part])
    out = np.empty(2 * momentum.LOGITS)
    momentum.write_logits(kind, parts, (m, mediator, Z_MASS), DATA, out)
    weights, slopes = np.empty(momentum.ORDER), np.empty(momentum.ORDER)
    step = 1e-3
    for flavour, grid in enumerate(grid_of(kind, part, m, mediator)):
        for ratio in RATIOS:
            around = averages(grid, m, ratio * np.exp([0.0, -step, step]))
            t = math.log(2.0 / ratio * m / (m + momentum.MOMENTUM_SCALE))
            s = 1.0 / (1.0 + math.exp(0.5 * (momentum.MIDDLE - t)))
            start = momentum.logit_weights(s, weights, slopes) + flavour * momentum.LOGITS
            near = out[start : start + momentum.ORDER]
            found = 1.0 / (1.0 + math.exp(-t - near @ weights))
            assert found == pytest.approx(around[0, 0], rel=3e-5)
            logits = np.log(around[0] / around[1])
            slope = 1.0 + near @ slopes * 0.5 * s * (1.0 - s)
            assert slope == pytest.approx((logits[1] - logits[2]) / (2.0 * step), abs=1e-3)


def test_the_recoil_matters_on_hydrogen() -> None:
    """Integrals by scipy without the recoil energy Q/(2M): protons change by more than 2 %, C12 by less."""
    changes = [
        average(fluxaverage.VECTOR, regime, 0.5, 1.0, 2.0) / adaptive_average(regime, 2.0, recoil=False) - 1.0
        for regime in (fluxaverage.PROTON, fluxaverage.NUCLEUS)
    ]
    assert changes[0] > 0.02
    assert abs(changes[1]) < 0.02


@pytest.mark.parametrize("regime", [fluxaverage.PROTON, fluxaverage.NUCLEUS])
def test_the_average_agrees_with_adaptive_quadrature(regime: int) -> None:
    """Gauss points in E between the knots of the flux, scipy in Q, the bracket written out again."""
    expected = adaptive_average(regime, 2.0, recoil=True)
    assert average(fluxaverage.VECTOR, regime, 0.5, 1.0, 2.0) == pytest.approx(expected, rel=1e-5)


def adaptive_average(regime: int, ratio: float, recoil: bool) -> float:
    """<P> of numu and numubar at m = 0.5 and mediator 1 GeV for c_tau = ratio x R."""
    m, mediator2, target = 0.5, 1.0, float(DATA[regime])
    curves = [flux_knots(miniboone.FHC, projectile) for projectile in ("numu", "numubar")]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
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
            flux = sum(float(np.interp(energy, *curve)) for curve in curves) * weight * (b - a)
            for power in range(2):
                sums[power] += flux * inner(energy, power)
    return sums[1] / sums[0]
