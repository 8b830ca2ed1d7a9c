"""A mediator that flies: two decays in one sphere, against closed forms and a Monte Carlo in three dimensions."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.events.decay_in_sphere import SCRATCH
from gloam.lookup.events.second_flight import direction, fraction, one_flight, successive, two_flights
from gloam.lookup.interpolation.spline import WORK, locate
from gloam.tables.experiments.experiment import flux_knots
from gloam.tables.experiments.miniboone import FHC
from gloam.tables.numerics.memory import pointer
from gloam.tables.numerics.quadrature import NODES_12
from gloam.tables.physics.neutral_leptons import fluxaverage, kinematics
from gloam.tables.recipes.neutral_leptons import vector_rates

RADIUS = FHC.radius  # [m]
EVENTS = 200_000


@numba.njit
def answers(blob: Any, block: int, x: Any, lengths: Any) -> Any:
    """(one flight, two flights, slope, bound) of nu_mu on the nucleus; lengths = (m_N, m_Z, diameter, c_tau, c_tau_Z)."""
    work, scratch, point = np.empty(WORK), np.empty(SCRATCH), pointer(x)
    locate(pointer(blob), block, point, pointer(work))
    table, places, spare = pointer(blob), pointer(work), pointer(scratch)
    one = one_flight(table, block, places, 0, lengths[0], lengths[2], lengths[3], spare)
    two = two_flights(table, block, places, 0, lengths, one, spare)
    return one[0], two[0], two[1], two[2]


def asked(m: float, mediator: float, c_tau: float, c_tau_mediator: float) -> Any:
    """The answer of the table `decay-vector`."""
    table = lookup.load("decay-vector")
    lengths = (m, mediator, 2.0 * RADIUS, c_tau, c_tau_mediator)
    return answers(table.blob, table.offset(), np.array([m, mediator]), lengths)


def energies(m: float, mediator: float, generator: Any) -> Any:
    """Energies of nu_mu that made N coherently on carbon, sampled from flux times cross section integrated over ln Q^2."""
    knots, flux = flux_knots(FHC, "numu")
    data = vector_rates.data("miniboone-fhc")
    mass, shape = data[0], data[fluxaverage.SHAPE : fluxaverage.SHAPE + int(data[fluxaverage.SHAPE - 1])]
    grid = np.linspace(max(knots[0], 1.001 * kinematics.threshold_energy(m, mass)), min(knots[-1], 5.0), 400)
    density = np.zeros(grid.size)
    for i, energy in enumerate(grid):
        low, high = np.log(kinematics.q2_range(energy, m, mass))
        logs = np.linspace(low, min(high, np.log(fluxaverage.NUCLEAR_Q2)), 200)
        values = []
        for q2 in np.exp(logs):
            forms = fluxaverage.structure(fluxaverage.VECTOR, 0, q2, mass, shape)
            a2, a1, a0, _, _ = fluxaverage.energy_polynomial(fluxaverage.VECTOR, q2, m, mass, forms)
            s = 2.0 * mass * energy
            values.append(((a2 * s + a1) * s + a0) / s**2 * q2 / (q2 + mediator**2) ** 2)
        density[i] = np.interp(energy, knots, flux) * np.trapezoid(values, logs)
    total = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    return np.interp(generator.random(EVENTS) * total[-1], total, grid)


def chord(start: Any, along: Any) -> Any:
    """Length [m] from points inside to the sphere."""
    b = np.einsum("ij,ij->i", start, along)
    return -b + np.sqrt(np.maximum(b * b + RADIUS**2 - np.einsum("ij,ij->i", start, start), 0.0))


def monte_carlo(m: float, mediator: float, c_tau: float, c_tau_mediator: float) -> tuple[float, float, float, float]:
    """Probability of one and of both decays inside, and their statistical errors: isotropic N -> nu Z', exact boost."""
    generator = np.random.default_rng(7)
    momentum = np.sqrt(np.maximum(energies(m, mediator, generator) ** 2 - m * m, 1e-12))
    start = generator.normal(size=(EVENTS, 3))
    start *= RADIUS * np.cbrt(generator.random(EVENTS) / np.linalg.norm(start, axis=1) ** 3)[:, None]
    along = np.broadcast_to([0.0, 0.0, 1.0], start.shape)
    length, path = c_tau * momentum / m, chord(start, along)
    inside = -np.expm1(-path / length)
    flown = -length * np.log1p(-generator.random(EVENTS) * inside)
    ratio2, cosine, phi = (mediator / m) ** 2, generator.uniform(-1.0, 1.0, EVENTS), generator.uniform(0.0, 2.0 * np.pi, EVENTS)
    energy, own, sine = 0.5 * m * (1.0 + ratio2), 0.5 * m * (1.0 - ratio2), np.sqrt(1.0 - cosine**2)
    forward = np.sqrt(1.0 + (momentum / m) ** 2) * own * cosine + momentum / m * energy
    second = np.stack([own * sine * np.cos(phi), own * sine * np.sin(phi), forward], axis=1)
    size = np.linalg.norm(second, axis=1)
    rest = chord(start + flown[:, None] * along, second / size[:, None])
    both = inside * -np.expm1(-rest * mediator / (c_tau_mediator * size))
    return inside.mean(), both.mean(), inside.std() / EVENTS**0.5, both.std() / EVENTS**0.5


@pytest.mark.parametrize(
    ("m", "mediator", "c_tau", "c_tau_mediator"),
    [
        (0.3, 0.03, 1e-4, 0.03),
        (0.3, 0.03, 1e-4, 10.0),
        (0.3, 0.1, 5.0, 2.0),
        (0.3, 0.1, 2e3, 500.0),
        (0.1, 0.02, 1.0, 0.1),
        (0.1, 0.09, 0.7, 0.7),
        (0.4, 0.05, 1e5, 1e5),
        (0.42, 0.03, 1e-9, 3e3),
    ],
)
def test_two_flights_agree_with_a_monte_carlo(m: float, mediator: float, c_tau: float, c_tau_mediator: float) -> None:
    """Expected: the Monte Carlo, within the stated bound, its own three standard errors and 2 % for recoil and antineutrinos."""
    alone, both, noise_alone, noise = monte_carlo(m, mediator, c_tau, c_tau_mediator)
    one, two, slope, bound = asked(m, mediator, c_tau, c_tau_mediator)
    assert one == pytest.approx(alone, rel=0.02, abs=3.0 * noise_alone)
    assert abs(two - both) < bound + 0.02 * both + 3.0 * noise
    assert abs(two - both) < 0.25 * both + 3.0 * noise
    assert 0.0 < two <= one
    assert -1.001 * two <= slope <= 0.0


def test_an_n_that_decays_at_once_leaves_the_flight_of_the_mediator() -> None:
    """Expected: half as many as c_tau_Z doubles far beyond the detector; F for c_tau_Z -> 0; 1/(a b) when both are far."""
    one, two, _, _ = asked(0.3, 0.03, 1e-12, 1e5)
    assert one == pytest.approx(1.0, abs=1e-6)
    assert asked(0.3, 0.03, 1e-12, 2e5)[1] == pytest.approx(0.5 * two, rel=1e-2)
    one, two, slope, _ = asked(0.3, 0.03, 3.0, 1e-12)
    assert two == pytest.approx(one, rel=1e-6)
    assert slope < 0.0
    _, far, slope, _ = asked(0.3, 0.03, 1e7, 1e8)
    assert asked(0.3, 0.03, 3e7, 2e8)[1] == pytest.approx(far / 6.0, rel=1e-2)
    assert slope == pytest.approx(-far, rel=0.05)


def decay(length: float) -> tuple[float, float, float]:
    """F over a path of 1, its slope in ln(length), no error."""
    return -math.expm1(-1.0 / length), -math.exp(-1.0 / length) / length, 1e-9


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (0.3, 1e-3), (5.0, 4.9), (0.2, 0.2), (0.7, 7.0), (1e-3, 0.5)])
def test_successive_decays_are_those_of_the_bateman_equation(a: float, b: float) -> None:
    """Expected: 1 - (a e^-1/a - b e^-1/b)/(a - b), 1 - (1 + 1/a) e^-1/a for a = b (Bateman 1910), and its slope."""

    def right(a: float, b: float) -> float:
        if abs(a / b - 1.0) < 1e-9:
            return 1.0 - (1.0 + 1.0 / a) * math.exp(-1.0 / a)
        return 1.0 - (a * math.exp(-1.0 / a) - b * math.exp(-1.0 / b)) / (a - b)

    value, slope, bound = successive(a, b, decay(a), decay(b))
    assert value == pytest.approx(right(a, b), abs=bound + 1e-12)
    if abs(a / b - 1.0) > 0.1:
        step = 1e-5
        assert slope == pytest.approx((right(a * (1 + step), b) - right(a * (1 - step), b)) / (2 * step), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 0.7, 0.999])
def test_directions_are_isotropic_and_fractions_those_of_two_bodies(ratio: float) -> None:
    """Expected: moments 1, 0 and 1/3 of the cosine; x from m_Z^2/m_N^2 to 1 at beta = 1; at rest the momentum p* alone."""
    nodes = [direction(k, ratio**2) for k in range(NODES_12.size)]
    for power, moment in ((0, 1.0), (1, 0.0), (2, 1.0 / 3.0)):
        assert sum(weight * cosine**power for cosine, weight in nodes) == pytest.approx(moment, abs=2e-4)
    assert fraction(-1.0, ratio**2, 0.0) == pytest.approx(ratio**2, abs=1e-15)
    assert fraction(1.0, ratio**2, 0.0) == pytest.approx(1.0, rel=1e-14)
    slow = 1e9
    assert fraction(0.3, ratio**2, slow) / slow == pytest.approx(0.5 * (1.0 - ratio**2), rel=1e-6)


FLYING = {"m_N": 0.42, "m_Zp": 0.03, "alpha_D": 0.25, "U2_mu": 9e-7, "U2_D": 1.0}


def test_no_mediator_is_refused_and_the_rate_is_continuous_where_its_flight_begins_to_count() -> None:
    """Expected: a number at every eps, no jump above 1e-4; N ~ eps^2 below, where Z exchange makes N and the Z' flies far."""
    rate = lookup.rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    mixings = np.geomspace(1e-4, 6e-4, 400)
    values = rate(**FLYING, eps=mixings) / mixings**2
    assert np.abs(np.diff(np.log(values), 2)).max() < 1.5e-4
    value, error = rate.value_and_error(**FLYING, eps=1e-6)
    assert 0.0 < error < 0.3 * value
    assert rate(**FLYING, eps=1e-8) == pytest.approx(1e-2 * rate(**FLYING, eps=1e-7), rel=0.02)


def test_the_share_through_the_mediator_is_that_of_its_decays() -> None:
    """Expected: BR(Z' -> ee) Gamma(N -> nu Z')/Gamma; nearly all visible decays above m_Zp, none below, none of a dipole."""
    model = lookup.model("dark-neutrino", nature="dirac")
    slots = model(**FLYING, eps=1e-5)
    assert slots["br_mediator"] == pytest.approx(slots["br_electrons"], rel=1e-6)
    assert model(**{**FLYING, "m_Zp": 0.5}, eps=1e-5)["br_mediator"] == 0.0
    weak = model(**{**FLYING, "alpha_D": 1e-17}, eps=1e-5)
    assert weak["br_mediator"] < 0.99 * weak["br_electrons"]
    assert lookup.model("dipole", nature="dirac")(m_N=0.3, mu_tr_mu=1e-6)["br_mediator"] == 0.0


@pytest.mark.parametrize(("U2_mu", "eps"), [(0.1, 1e-4), (0.1, 1e-3), (0.1, 1e-6), (0.03, 1e-4), (0.01, 1e-5)])
def test_the_error_of_a_small_branching_ratio_is_a_share_of_it(U2_mu: float, eps: float) -> None:
    """It was a width's relative error: 128.19 +- 2.4e5 events. Expected: Gamma(ee)/Gamma of closed widths, errors below 2e-3."""
    point = {"m_N": 0.3, "m_Zp": 0.03, "eps": eps, "alpha_D": 0.0796, "U2_D": 0.9, "U2_mu": U2_mu}
    rate = lookup.rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    value, error = rate.value_and_error(**point)
    assert 0.0 < error < 2e-3 * value
    slots = rate.slots(**point)
    electric, electron, fine = 4.0 * math.pi / 137.036, 0.511e-3 / 0.03, 0.0796
    visible = electric * eps**2 * 0.03 / (12.0 * math.pi) * (1.0 + 2.0 * electron**2) * math.sqrt(1.0 - 4.0 * electron**2)
    neutral = 4.0 * math.pi * fine * U2_mu**2 * 0.9**2 * 0.03 / (24.0 * math.pi)
    assert slots["br_electrons"] == pytest.approx(visible / (visible + neutral), rel=0.25)
    assert slots["br_error"] < 2e-3 * slots["br_electrons"]
    if (U2_mu, eps) == (0.1, 1e-4):
        assert value == pytest.approx(128.19, abs=2.0 * error)


@pytest.mark.parametrize(
    ("options", "point", "edge", "precision"),
    [
        ({"efficiency": 0.1}, FLYING, 1.4e-4, 0.03),
        ({}, {"m_N": 0.3, "m_Zp": 0.03, "alpha_D": 0.0796, "U2_mu": 1e-8, "U2_D": 0.9}, 4.05e-4, 3e-3),
        ({}, FLYING, 1.4e-4 * 0.1**0.5, 0.03),
    ],
)
def test_limits_reach_where_the_mediator_flies(options: Any, point: Any, edge: float, precision: float) -> None:
    """Expected: edges of an independent scan; N ~ eps^2 efficiency above them."""
    found = lookup.limit("miniboone-fhc-total", "dark-neutrino", "eps", nature="dirac", **options)(**point)
    assert found.gaps == ()
    assert len(found.intervals) == 1
    assert found.intervals[0][0] == pytest.approx(edge, rel=precision)
    assert found.intervals[0][1] is None
