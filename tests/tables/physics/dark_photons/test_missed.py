"""Missed semi-visible decays at BaBar: kinematics, closed limits, numbers of the recast, cascades."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.builder.checks import babar_monte_carlo
from gloam.lookup.events import cascade, decay_paths, mediator_flights
from gloam.tables import coordinates
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from gloam.tables.experiments import babar, collider
from gloam.tables.experiments.babar import BARREL, ENERGY, PHOTON_COSINE
from gloam.tables.numerics.sobol import sobol_points
from gloam.tables.physics.dark_photons import monophoton, pair_visibility
from gloam.tables.physics.detectors.barrel import path_length
from numpy.typing import NDArray
from scipy.integrate import quad

Array = NDArray[np.float64]

PROMPT = 1e-4  # [m] a lambda at which every decay is inside


def one(
    m_Ap: float,
    r: float,
    delta: float,
    *,
    lengths: tuple[float, ...] = (PROMPT,),
    axial: int = 0,
    threshold: float = 0.1,
    lepton: float = ELECTRON_MASS,
) -> Array:
    """P_missed of psi_1 psi_2 over 2^14 events, directly."""
    decay, out = np.empty(pair_visibility.DECAY), np.empty((2, len(lengths)))
    lower = r * m_Ap
    upper = lower * (1.0 + delta)
    pair_visibility.describe_decay(
        pair_visibility.BOTH, upper, lower, m_Ap, lepton, threshold, lepton == MUON_MASS, BARREL, decay
    )
    monophoton.missed_one(BARREL, m_Ap, upper, lower, decay, sobol_points(14, 7, 5), np.array(lengths), out)
    return out[axial]


def two(
    m_Ap: float,
    r: float,
    delta: float,
    *,
    lengths: tuple[float, ...] = (PROMPT,),
    axial: int = 0,
    threshold: float = 0.1,
    lepton: float = ELECTRON_MASS,
) -> Array:
    """P_missed of psi_2 psi_2 over 2^15 events, directly."""
    decay, out = np.empty(pair_visibility.DECAY), np.empty((2, len(lengths)))
    lower = r * m_Ap
    upper = lower * (1.0 + delta)
    pair_visibility.describe_decay(
        pair_visibility.BOTH, upper, lower, m_Ap, lepton, threshold, lepton == MUON_MASS, BARREL, decay
    )
    monophoton.missed_two(BARREL, m_Ap, upper, decay, sobol_points(15, 11, 5), np.array(lengths), out)
    return out[axial]


def cascade_missed(
    states: tuple[int, int],
    m_Ap: float,
    masses: tuple[float, ...],
    lengths: tuple[float, ...],
    shares: list[list[float]],
    log2_events: int = 11,
) -> tuple[float, float]:
    """P_missed and its error by the quadrature of cascades, vector transitions, 100 MeV."""
    grids = np.empty((cascade.SCRAMBLES, decay_paths.SIZE))
    rates = 1.0 / np.array(lengths[1:])
    rate = rates.sum()
    fractions = np.array(shares).ravel()
    cascade.collect_missed(
        BARREL, states, m_Ap, np.array(masses), rates / rate, np.zeros(3), fractions, fractions, 0.1, log2_events, grids
    )
    missed, error = cascade.missed_at(grids, rate)
    return float(missed), float(error)


def test_the_cross_section_is_the_integral_over_the_photon_angle() -> None:
    """d sigma/dc = (2 pi alpha^2 eps^2/s)(1-x)[1+c^2+4x/(1-x)^2]/(1-c^2) by scipy's quad; 1.896 fb at 1.25 GeV, eps = 1e-3."""
    s, m = 10.58**2, 1.25
    x = m * m / s
    integral = quad(lambda c: (1.0 + c * c + 4.0 * x / (1.0 - x) ** 2) / (1.0 - c * c), -0.6, 0.6)[0]
    expected = 2.0 * math.pi / 137.035999084**2 / s * (1.0 - x) * integral * 3.893793721e11
    assert monophoton.production_cross_section(BARREL, m) == pytest.approx(expected, rel=1e-9)
    assert 1e-6 * monophoton.production_cross_section(BARREL, m) == pytest.approx(1.8961, rel=5e-5)


@pytest.mark.parametrize("x", [1e-6, 0.014, 0.5])
def test_photon_angles_follow_the_cross_section(x: float) -> None:
    """The fraction below the returned angle is the u that was given; the ends are the cut."""
    for u in (1e-6, 0.2, 0.5, 0.77, 1.0 - 1e-6):
        c = monophoton.photon_cosine(BARREL, x, u)
        below = monophoton.photon_integral(c, x) / monophoton.photon_integral(PHOTON_COSINE, x)
        assert below == pytest.approx(2.0 * u - 1.0, abs=1e-9)


def test_the_legs_carry_the_momentum_of_the_mediator() -> None:
    """Energies of both legs add to that of A' in the laboratory, boosted by hand from its centre-of-mass angle."""
    legs, m, upper, lower = np.empty(4), 3.0, 1.2, 0.8
    for u in sobol_points(4, 3, 9):
        assert 0.0 < monophoton.leg_momenta(BARREL, m, upper, lower, u, legs) <= 1.5
        c = -monophoton.photon_cosine(BARREL, m * m / ENERGY**2, u[0])
        energy, momentum = (ENERGY**2 + m * m) / (2 * ENERGY), (ENERGY**2 - m * m) / (2 * ENERGY)
        gamma = 12.1 / math.sqrt(12.1**2 - 5.9**2)
        total = sum(math.hypot(p, mass) for p, mass in zip(legs[::2], (upper, lower), strict=True))
        assert total == pytest.approx(gamma * (energy + 5.9 / 12.1 * momentum * c), rel=1e-12)
        along = legs[0] * legs[1] + legs[2] * legs[3]
        assert along == pytest.approx(gamma * (momentum * c + 5.9 / 12.1 * energy), rel=1e-12)


def test_the_mediator_decays_isotropically() -> None:
    """Weighted moments of the energy of psi_2 in the laboratory: those of a flat cosine, from the energy of each A'."""
    legs, m, upper, lower = np.empty(4), 3.0, 1.2, 0.8
    sums = np.zeros(5)
    first = 0.5 * (m * m + upper * upper - lower * lower) / m
    momentum2 = first * first - upper * upper
    for u in sobol_points(14, 3, 9):
        weight = monophoton.leg_momenta(BARREL, m, upper, lower, u, legs)
        one_energy, other = (math.hypot(p, mass) for p, mass in zip(legs[::2], (upper, lower), strict=True))
        gamma = (one_energy + other) / m
        mean, variance = gamma * first, (gamma * gamma - 1.0) * momentum2 / 3.0
        sums += weight * np.array([1.0, one_energy, mean, (one_energy - mean) ** 2, variance])
    assert sums[0] / 2**14 == pytest.approx(1.0, abs=1e-4)
    assert sums[1] == pytest.approx(sums[2], rel=1e-4)
    assert sums[3] == pytest.approx(sums[4], rel=1e-3)


def test_paths_end_on_the_surface() -> None:
    """Straight lines from the origin to the cylinder of 1.375 m between -1.5 and 2.3 m."""
    assert path_length(BARREL, 1.0) == 2.3
    assert path_length(BARREL, -1.0) == 1.5
    assert path_length(BARREL, 0.0) == 1.375
    assert path_length(BARREL, 0.5) == pytest.approx(1.375 / math.sin(math.acos(0.5)))
    assert path_length(BARREL, -0.95) == pytest.approx(1.5 / 0.95)


def test_pair_masses_follow_the_spectrum() -> None:
    """Mean q^2 of a vector and of an axial transition by scipy's quad over q^2."""
    upper, lower, mediator = 0.5775, 0.4125, 1.25
    decay = np.empty(pair_visibility.DECAY)
    d2, s2, low = (upper - lower) ** 2, (upper + lower) ** 2, 4.0 * MUON_MASS**2 * 0.25
    for axial in (0, 1):

        def density(q2: float, axial: int = axial) -> float:
            powers = (0.5, 1.5, d2) if axial else (1.5, 0.5, s2)
            shape = (d2 - q2) ** powers[0] * (s2 - q2) ** powers[1] * (powers[2] + 2.0 * q2)
            return float(shape * (1 + low / 2 / q2) * math.sqrt(1 - low / q2) / (q2 - mediator**2) ** 2)

        pair_visibility.describe_decay(axial, upper, lower, mediator, math.sqrt(low) / 2.0, 0.1, False, BARREL, decay)
        mean = np.mean([pair_visibility.pair_mass2(decay, (i + 0.5) / 4096) for i in range(4096)])
        expected = quad(lambda q: q * density(q), low, d2)[0] / quad(density, low, d2)[0]
        assert mean == pytest.approx(expected, rel=2e-4)
        pair_visibility.describe_decay(
            pair_visibility.BOTH, upper, lower, mediator, math.sqrt(low) / 2.0, 0.1, False, BARREL, decay
        )
        places = [(i + 0.5) / 4096 for i in range(4096)]
        weights = [pair_visibility.vertex_weights(decay, u)[axial] for u in places]
        both = np.mean([w * pair_visibility.pair_mass2(decay, u) for u, w in zip(places, weights, strict=True)])
        assert np.mean(weights) == pytest.approx(1.0, rel=1e-3)
        assert both == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("found", "expected", "tolerance"),
    [
        (lambda: one(0.3, 0.33, 0.4), 0.0302, 0.01),
        (lambda: one(0.6, 0.33, 0.4), 0.0329, 0.01),
        (lambda: one(1.25, 0.33, 0.4), 0.03105, 0.01),
        (lambda: one(2.0, 0.33, 0.4), 0.02825, 0.01),
        (lambda: one(4.0, 0.33, 0.4), 0.01964, 0.02),
        (lambda: two(0.6, 0.33, 0.4), 1.058e-3, 0.02),
        (lambda: two(1.25, 0.33, 0.4), 0.918e-3, 0.02),
        (lambda: two(2.0, 0.33, 0.4), 0.738e-3, 0.02),
        (lambda: one(1.25, 1 / 3, 0.1), 0.2595, 0.005),
        (lambda: one(1.25, 0.16, 0.57), 0.0525, 0.01),
        (lambda: one(1.25, 0.33, 0.4, axial=1), 0.01495, 0.01),
        (lambda: two(1.25, 0.33, 0.4, axial=1), 1.98e-4, 0.03),
        (lambda: one(1.25, 0.33, 0.4, threshold=0.2), 0.109, 0.01),
        (lambda: two(1.25, 0.33, 0.4, threshold=0.3), 0.0447, 0.01),
    ],
)
def test_prompt_probabilities_are_those_of_an_earlier_monte_carlo(found, expected, tolerance) -> None:
    """Numbers of a Monte Carlo of the recast of arXiv:2302.05410 that was written and run before this code."""
    assert found()[0] == pytest.approx(expected, rel=tolerance)


HEAVY = [
    (8.5, 0.8 / 3.0, 1.0, "12", True, 0.1),
    (7.0, 0.55 / 3.0, 1.0, "12", False, 0.1),
    (3.6, 0.25, 1.3, "12", True, 0.1),
    (8.5, 0.1, 1.5, "22", False, 0.15),
    (5.0, 0.25, 0.3, "22", False, 0.3),
    (6.0, 0.12, 1.0, "mumu", True, 0.3),
]


@pytest.mark.parametrize("point", HEAVY, ids=lambda point: f"{point[3]}-{point[0]}GeV")
def test_heavy_mediators_agree_with_brute_force(point: tuple[float, float, float, str, bool, float]) -> None:
    """Wide pairs whose tracks enter the polar holes one by one: builder/checks/babar_monte_carlo.py, within 3.5 sigma + 2 %."""
    m_Ap, r, delta, state, axial, threshold = point
    lower, upper = r * m_Ap, r * m_Ap * (1.0 + delta)
    step = babar_monte_carlo.Step(lower, 1e-6, "mu" if state == "mumu" else "e", axial)
    other = (lower, None) if state == "12" else (upper, step)
    expected, sigma = babar_monte_carlo.missed_share(m_Ap, (upper, step), other, threshold, 600_000, 3)
    if state == "12":
        found = one(m_Ap, r, delta, axial=int(axial), threshold=threshold)[0]
    else:
        lepton = MUON_MASS if state == "mumu" else ELECTRON_MASS
        found = two(m_Ap, r, delta, axial=int(axial), threshold=threshold, lepton=lepton)[0]
    assert abs(found - expected) < 3.5 * sigma + 0.02 * expected


def test_lifetimes_at_which_half_of_the_decays_leave() -> None:
    """The same Monte Carlo at c_tau = 0.1, 1 and 10 m: 0.0893, 0.7295, 0.9681."""
    lengths = tuple(c_tau * ENERGY / (4.0 * 0.5775) for c_tau in (0.1, 1.0, 10.0))
    assert one(1.25, 0.33, 0.4, lengths=lengths) == pytest.approx([0.0893, 0.7295, 0.9681], rel=5e-3)


def test_long_lifetimes_miss_everything_and_short_ones_nothing_more() -> None:
    """P -> 1 with (1 - P) lambda constant, and P -> its prompt value."""
    lengths = (1e-6, 1e-3, 1e4, 1e5)
    for found in (one(1.25, 0.33, 0.4, lengths=lengths), two(1.25, 0.33, 0.4, lengths=lengths)):
        assert found[0] == found[1]
        assert (1.0 - found[3]) * 10.0 == pytest.approx(1.0 - found[2], rel=1e-3)
        assert found[3] == pytest.approx(1.0, abs=1e-4)


def test_a_higher_threshold_or_a_longer_life_misses_more() -> None:
    """Monotone in both, for both transitions and both kinds of leptons."""
    for axial in (0, 1):
        for lepton, point in ((ELECTRON_MASS, (1.25, 0.33, 0.4)), (MUON_MASS, (3.0, 0.33, 0.4))):
            rows = np.array(
                [
                    one(*point, axial=axial, lepton=lepton, threshold=t, lengths=(1e-3, 0.1, 0.3, 1.0, 10.0))
                    for t in (0.06, 0.1, 0.15, 0.3)
                ]
            )
            assert (np.diff(rows, axis=0) > 0.0).all()
            assert (np.diff(rows, axis=1) >= 0.0).all()


def test_nothing_is_seen_below_the_threshold_and_everything_far_above_it_in_the_middle() -> None:
    """A pair whose energy is below the threshold, and a fast light pair at 90 degrees."""
    decay, kinks = np.empty(pair_visibility.DECAY), np.empty(pair_visibility.KINKS)
    pair_visibility.describe_decay(0, 0.55, 0.5, 2.0, ELECTRON_MASS, 0.3, False, BARREL, decay)
    assert pair_visibility.seen_share(decay, 0.2, 0.0, np.full(4, 0.5), kinks) == 0.0
    pair_visibility.describe_decay(0, 0.9, 0.1, 2.0, ELECTRON_MASS, 1e-3, False, BARREL, decay)
    assert pair_visibility.seen_share(decay, 3.0, 0.0, np.full(4, 0.5), kinks) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(
    ("first", "second", "tolerance"),
    [(0.3, 2.0, 1e-9), (2.0, 0.3, 1e-9), (1.0, 1.0 + 1e-12, 1e-3), (3.0, 3.0, 2e-3), (40.0, 1e-3, 1e-9), (1e4, 5.0, 1e-9)],
)
def test_two_decays_on_one_line(first: float, second: float, tolerance: float) -> None:
    """H = int_0^1 A e^(-A s) e^(-C (1-s)) ds = int_e^-A^1 e^(-C (1 + ln(t)/A)) dt by scipy's quad, t = e^(-A s)."""
    start = math.exp(-first)
    expected = quad(lambda t: math.exp(-second * (1.0 + math.log(t) / first)), start, 1.0, epsrel=1e-10)[0]
    weight, path = decay_paths.following(first, second)
    assert weight * (math.exp(-path) - math.exp(-first)) == pytest.approx(expected, rel=tolerance)


def test_leaving_has_its_limits() -> None:
    """Never emitted: nothing; the second never decays: 1 - e^-A."""
    assert decay_paths.following(0.0, 1.0) == (0.0, 0.0)
    assert decay_paths.following(0.7, 0.0) == (1.0, 0.0)


def test_events_that_are_made_as_they_go_are_those_of_the_net() -> None:
    """The points of `sobol_points` in another order."""
    state, found = np.empty(cascade.NUMBERS, dtype=np.uint64), np.empty((64, cascade.NUMBERS))
    for index, row in enumerate(found):
        cascade.next_point(2, index, cascade.NUMBERS, state, row)
    expected = sobol_points(6, cascade.NUMBERS, 103)
    assert np.array_equal(found[np.argsort(found[:, 0])], expected[np.argsort(expected[:, 0])])


def test_ways_are_chosen_by_their_fractions() -> None:
    """Weights of the chosen channels add up to the fractions, at an even grid of numbers; what is left of a number is even."""
    shares, places = np.array([0.0, 0.0, 0.7, 0.2999, 0.0, 0.0001]), (np.arange(2**14) + 0.5) / 2**14
    found, left = np.zeros(6), [[] for _ in range(6)]
    for place in places:
        u = np.array([place])
        channel, weight = cascade.choose(2, 4, shares, u)
        found[channel] += weight / places.size
        left[channel].append(u[0])
    assert found == pytest.approx(shares, rel=1e-12, abs=1e-15)
    assert len(left[5]) == 2**9
    for numbers in (left[2], left[3], left[5]):
        assert np.allclose(numbers, (np.arange(len(numbers)) + 0.5) / len(numbers), atol=1.0 / len(numbers))
    assert cascade.choose(0, 2, shares, np.array([0.3])) == (-1, 1.0)


def test_events_are_aimed_without_a_bias() -> None:
    """int f du = int f(u') w du by Gauss's rule for powers of u_1, u_2, u_3, whose integrals are known; numbers stay inside."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    nodes, weights = 0.5 * (nodes + 1.0), 0.5 * weights
    last, last_weights = 1.0 - nodes**2, 2.0 * nodes * weights  # a root of 1 - u_3 is a polynomial there
    for powers in ((0, 0, 0), (1, 0, 0), (2, 1, 0), (0, 2, 1), (3, 0, 3)):
        total = 0.0
        for i, j, k in np.ndindex(12, 12, 12):
            u = np.array([0.5, nodes[i], nodes[j], last[k]])
            weight = cascade.aim(u)
            total += weights[i] * weights[j] * last_weights[k] * weight * float(np.prod(u[1:] ** np.array(powers)))
        assert total == pytest.approx(1.0 / math.prod(power + 1 for power in powers), rel=1e-12)
    for place in (cascade.RESOLUTION / 2.0, 1.0 - cascade.RESOLUTION / 2.0):
        u = np.full(4, place)
        assert cascade.aim(u) >= 0.0
        assert (u > 0.0).all()
        assert u[3] < 1.0


def test_the_quadrature_of_cascades_agrees_with_the_stratified_one() -> None:
    """psi_1 psi_2 and psi_2 psi_2 by the code that serves cascades, within its stated error."""
    masses, only = (0.4125, 0.5775, math.nan), [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    for c_tau in (1e-6, 0.5):
        length = c_tau * ENERGY / (4.0 * 0.5775)
        for states, expected in (
            ((1, 2), one(1.25, 0.33, 0.4, lengths=(length,))[0]),
            ((2, 2), two(1.25, 0.33, 0.4, lengths=(length,))[0]),
        ):
            value, error = cascade_missed(states, 1.25, masses, (math.inf, c_tau, math.inf), only)
            assert abs(value - expected) < 1.5 * error + 5e-3 * expected


def test_a_cascade_whose_second_step_never_happens_is_a_single_decay() -> None:
    """psi_3 -> psi_2 l l with a stable psi_2 is psi_2 -> psi_1 l l with other names."""
    masses = (0.2, 0.314, 0.49925)
    value, error = cascade_missed((1, 3), 1.25, masses, (math.inf, math.inf, 0.2), [[1, 0], [0, 0], [1.0, 0.0]])
    same, other = cascade_missed((1, 2), 1.25, (0.2, 0.49925, math.nan), (math.inf, 0.2, math.inf), [[1.0, 0], [0, 0], [0, 0]])
    assert value > same  # a heavier daughter takes more energy: softer pairs
    decay, out = np.empty(pair_visibility.DECAY), np.empty((2, 1))
    pair_visibility.describe_decay(pair_visibility.BOTH, masses[2], masses[1], 1.25, ELECTRON_MASS, 0.1, False, BARREL, decay)
    length = np.array([0.2 * ENERGY / (4.0 * masses[2])])
    monophoton.missed_one(BARREL, 1.25, masses[2], masses[0], decay, sobol_points(14, 7, 5), length, out)
    assert abs(value - out[0, 0]) < 1.5 * error + 5e-3 * out[0, 0]
    assert other > 0.0


@pytest.mark.parametrize(("m_Ap", "expected", "sigma"), [(1.25, 1.97e-5, 1e-7), (2.0, 1.46e-5, 2e-7), (2.8, 1.15e-5, 3e-7)])
def test_a_prompt_cascade_of_three_pairs_is_hardly_ever_missed(m_Ap: float, expected: float, sigma: float) -> None:
    """psi_3 psi_2 at the mass ratios of BP1, an earlier Monte Carlo with its standard deviation, within the stated errors."""
    masses, lengths = (0.16 * m_Ap, 0.2512 * m_Ap, 0.3994 * m_Ap), (math.inf, 1e-7, 1e-7)
    value, error = cascade_missed((2, 3), m_Ap, masses, lengths, [[1, 0], [0, 0], [1.0, 0.0]], 19)
    assert abs(value - expected) < error + 2.0 * sigma
    assert error < 0.1 * expected


def test_a_mediator_escapes_in_proportion_to_its_flight() -> None:
    """e^(-b/(p/m c_tau)) averaged over the photon: 1 for long lives, 0 for short, a line through scipy's quad between."""
    m, c_tau = 0.05, 0.02

    def weight(u: float) -> float:
        boost, cosine = mediator_flights.mediator_flight(BARREL, m, u)
        return math.exp(-path_length(BARREL, cosine) / (boost * c_tau))

    expected = quad(weight, 0.0, 1.0)[0]
    assert mediator_flights.mediator_escapes(BARREL, m, c_tau) == pytest.approx(expected, rel=2e-3)
    assert mediator_flights.mediator_escapes(BARREL, m, 1e9) == pytest.approx(1.0, abs=1e-9)
    assert mediator_flights.mediator_escapes(BARREL, m, 1e-9) == 0.0
    flights = [mediator_flights.mediator_flight(BARREL, m, u)[0] for u in (0.0, 0.3, 0.7, 1.0)]
    assert max(flights) < mediator_flights.fastest(BARREL, m) < 1.3 * max(flights)  # at c = 1, outside the photon's cut


@pytest.mark.parametrize("parameters", [(1.0, 0.0041, 9.0), (2.0, 0.0041, 9.0)])
def test_the_map_returns_and_its_slopes_are_differences(parameters: tuple[float, ...]) -> None:
    """to_box(to_inputs(b)) = b, and map_slopes against central differences."""
    number, shape, rng = coordinates.SEMIVISIBLE, np.array(parameters), np.random.default_rng(4)
    for _ in range(20):
        box = rng.uniform(0.02, 0.98, 3)
        rho = 0.1 + 0.9 * box[1]
        box = np.array([box[0], -math.atanh(0.85 * math.sqrt(1.0 - rho)), math.log(0.02) + math.log(100.0) * box[2]])
        x, back, slopes = np.empty(3), np.empty(3), np.empty(9)
        coordinates.to_inputs(number, shape, 0, box, x)
        coordinates.to_box(number, shape, 0, x, 3, back)
        assert back == pytest.approx(box, abs=1e-9)
        unstable = parameters[0]
        assert x[1] * (2.0 + x[2] if unstable == 1.0 else 2.0 + 2.0 * x[2]) == pytest.approx(rho, rel=1e-12)
        coordinates.map_slopes(number, shape, 0, x, 3, slopes)
        for j in range(3):
            ends = []
            for sign in (1.0, -1.0):
                moved, end = x.copy(), np.empty(3)
                moved[j] *= 1.0 + 1e-6 * sign
                coordinates.to_box(number, shape, 0, moved, 3, end)
                ends.append(end)
            difference = (ends[0] - ends[1]) / (2e-6 * x[j])
            assert slopes.reshape(3, 3)[:, j] == pytest.approx(difference, rel=1e-4, abs=1e-4 / x[j])
    closed, box = np.array([1.0, 0.4, 0.51]), np.empty(3)
    coordinates.to_box(number, shape, 0, closed, 3, box)
    assert box[1] > 0.0  # beyond the last node, rho = 1: a closed decay is outside


def test_a_detector_is_a_block_of_numbers():
    """Expected: a volume twice as large with lifetimes twice as long misses the same; whole coverage misses no prompt pair.

    The first holds since decays know b/lambda alone; the second since every pair has a track above half of its energy.
    """
    volume, polar = np.array([babar.RADIUS, babar.FORWARD, babar.BACKWARD]), (babar.POLAR_FIRST, babar.POLAR_LAST)
    found = []
    for scale, cones in ((1.0, polar), (2.0, polar), (1.0, (0.0, math.pi))):
        detector = collider.block(ENERGY, babar.BOOST, PHOTON_COSINE, tuple(scale * volume), cones, babar.MERGING_ANGLE)
        decay, out = np.empty(pair_visibility.DECAY), np.empty((2, 3))
        pair_visibility.describe_decay(pair_visibility.BOTH, 0.9, 0.3, 2.0, ELECTRON_MASS, 1e-3, False, detector, decay)
        lengths = scale * np.array([PROMPT, 0.3, 30.0])
        monophoton.missed_one(detector, 2.0, 0.9, 0.3, decay, sobol_points(10, 7, 5), lengths, out)
        found.append(out)
    np.testing.assert_array_equal(
        collider.block(ENERGY, babar.BOOST, PHOTON_COSINE, tuple(volume), polar, babar.MERGING_ANGLE), BARREL
    )
    np.testing.assert_allclose(found[0][:, 1:], found[1][:, 1:], rtol=1e-12)
    assert (found[0][:, 0] > 1e-4).all()
    assert (np.abs(found[2][:, 0]) < 1e-5).all()
