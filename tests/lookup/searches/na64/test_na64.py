"""NA64: the published curve from first principles, limits of long and short lifetimes, and an independent Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import NoInformation
from gloam.tables.experiments.invisible_limits import NA64_2019
from gloam.tables.experiments.na64 import BEAM_ENERGY, HCAL_END, TARGET
from gloam.tables.physics.dark_photons.bremsstrahlung import spectrum
from scipy.integrate import quad

POINT = {"m_Ap": 0.1, "r": 0.33, "Delta": 0.4, "alpha_D": 0.1}
VECTORS = {f"coupling_{pair}": "vector" for pair in ("21", "31", "32")}


@pytest.mark.parametrize(("mass", "tolerance"), [(0.01, 0.05), (0.1, 0.1), (0.3, 0.25)])
def test_the_published_curve_follows_from_first_principles(mass: float, tolerance: float) -> None:
    """arXiv:1906.00176, figure 3: thick-target yield, efficiency 0.55, 2.3 events; WW overestimates at larger masses."""
    bound = lookup.limit("na64-invisible", "dark-photon")
    ((low, high),) = bound(m_Ap=mass, br_invisible=1.0).intervals
    assert low == pytest.approx(float(NA64_2019(mass)), rel=tolerance)
    assert high is None


def test_a_published_yield_gives_back_the_published_curve_and_nothing_outside() -> None:
    """N = 2.3 at eps_2019 by definition; above 1.0056 GeV no information; 9.37e11 electrons: eps falls as EOT^-1/2."""
    bound = lookup.limit("na64-invisible", "dark-photon", **{"yield": "published"})
    more = lookup.limit("na64-invisible", "dark-photon", exposure=9.37e11, **{"yield": "published"})
    for mass in (0.001, 0.02, 0.5):
        low = bound(m_Ap=mass, br_invisible=1.0).intervals[0][0]
        assert low == pytest.approx(float(NA64_2019(mass)), rel=1e-9)
        stronger = more(m_Ap=mass, br_invisible=1.0).intervals[0][0]
        assert low / stronger == pytest.approx(math.sqrt(9.37 / 2.84), rel=1e-9)
    computed = [lookup.rate("na64-semivisible", "idm", exposure=size)(eps=1e-3, **POINT) for size in (2.84e11, 9.37e11)]
    assert computed[1] / computed[0] == pytest.approx(9.37 / 2.84, rel=1e-12)
    with pytest.raises(NoInformation, match=r"1\.0056 GeV.*yield=computed"):
        bound(m_Ap=2.0, br_invisible=1.0)
    with pytest.raises(NoInformation):
        bound.rate(m_Ap=2.0, br_invisible=1.0, eps=1e-3)
    assert math.isnan(bound.rate(m_Ap=2.0, br_invisible=1.0, eps=1e-3, outside="nan"))


def test_a_visible_dark_photon_counts_where_it_flies_beyond_the_calorimeter() -> None:
    """Gamma = alpha eps^2 m/3 (1 + 2 m_e^2/m^2) sqrt(1 - 4 m_e^2/m^2), exp(-6.5 m m/(p c_tau)) over the spectrum, all by quad."""
    m, eps, electron = 0.002, 5e-4, 0.51099895e-3
    width = eps**2 * m / (3.0 * 137.036) * (1.0 + 2.0 * (electron / m) ** 2) * math.sqrt(1.0 - 4.0 * (electron / m) ** 2)
    c_tau = 1.973269804e-16 / width  # [m]

    def density(y: float, length: float) -> float:
        x = 1.0 - math.exp(y)  # the spectrum peaks at x = 1
        momentum = math.sqrt((BEAM_ENERGY * x) ** 2 - m**2)
        return spectrum(m, BEAM_ENERGY, x, 40.0, TARGET) * math.exp(y - length * m / (momentum * c_tau))

    ends = math.log(1.01 * m / BEAM_ENERGY), math.log(0.5)
    flown, made = (quad(density, *ends, args=(length,), epsrel=1e-6, limit=200)[0] for length in (HCAL_END, 0.0))
    for kind in ("invisible", "semivisible", "prompt"):
        rate = lookup.rate(f"na64-{kind}", "dark-photon")
        share = rate(m_Ap=m, eps=eps) / rate(m_Ap=m, eps=eps, br_invisible=1.0)
        assert share == pytest.approx(flown / made, rel=5e-3)
        assert share < 0.5
    high = lookup.limit("na64-invisible", "dark-photon")(m_Ap=m).intervals[0][1]
    assert high is not None  # a large mixing decays before


@pytest.mark.parametrize("search", ["babar-monophoton", "na64-invisible", "na64-semivisible", "na64-prompt"])
def test_a_dark_photon_below_two_electrons_is_stable_and_invisible(search: str) -> None:
    """No decay is open at 1.005 MeV: the events of br_invisible = 1."""
    rate = lookup.rate(search, "dark-photon")
    alone, invisible = rate(m_Ap=1.005e-3, eps=1e-3), rate(m_Ap=1.005e-3, eps=1e-3, br_invisible=1.0)
    assert alone == pytest.approx(invisible, rel=1e-12)
    assert alone > 1.0


def test_long_lived_states_are_invisible_and_short_lived_ones_are_lost() -> None:
    """c_tau -> inf: N = N_invisible; c_tau -> 0: N -> 0."""
    semi, full = lookup.rate("na64-semivisible", "idm"), lookup.rate("na64-invisible", "idm")
    assert semi(eps=1e-7, **POINT) == pytest.approx(full(eps=1e-7, **POINT), rel=1e-6)
    assert semi(eps=0.9, **POINT) < 1e-30 * full(eps=0.9, **POINT)


def test_the_error_contains_that_of_the_decay_length_and_of_the_yield() -> None:
    """At least 1e-4, the stated error of the rule in x."""
    rate = lookup.rate("na64-semivisible", "idm")
    assert rate.error(eps=1e-2, **POINT) > 1e-4 * rate(eps=1e-2, **POINT) > 0.0
    assert rate.external(eps=1e-2, **POINT)["external"] == 0.8


def simulate(slots, pairs, rng, events):
    """Share of missed A', averaged over the spectrum above 50 GeV: vectors, boost, exponential paths, z of each vertex."""
    m_Ap = slots["m_Ap"]
    largest = 1.0 - m_Ap / BEAM_ENERGY
    grid = 1.0 - np.geomspace(0.5, 1.0 - largest, 60)
    density = np.array([spectrum(m_Ap, BEAM_ENERGY, x, 40.0, TARGET) for x in grid])
    steps = np.diff(grid)
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * steps)])
    x = np.interp(rng.uniform(0.0, cumulative[-1], events), cumulative, grid)
    gamma = x * BEAM_ENERGY / m_Ap
    beta = np.sqrt(1.0 - gamma**-2.0)
    share, total = np.zeros(events), 0.0
    for i, j in pairs:
        branching = slots[f"br_Ap_{i}{j}"]
        total += branching
        m_i, m_j = slots[f"m_{i}"], slots[f"m_{j}"]
        own = (m_Ap**2 + m_i**2 - m_j**2) / (2.0 * m_Ap)
        momentum = math.sqrt(own**2 - m_i**2)
        cosine = rng.uniform(-1.0, 1.0, events)
        missed = np.ones(events, dtype=bool)
        for state, mass, energy, along in ((i, m_i, own, cosine), (j, m_j, m_Ap - own, -cosine)):
            if state == 1:
                continue
            p_z = gamma * (momentum * along + beta * energy)
            path = rng.exponential(slots[f"c_tau_{state}"], events)
            missed &= p_z / mass * path > HCAL_END
        share += branching * missed
    return share.mean() / total, share.std() / total / math.sqrt(events)


@pytest.mark.parametrize(
    ("model", "options", "point", "pairs"),
    [
        ("idm", {}, {**POINT, "eps": 0.01}, [(1, 2)]),
        ("idm", {}, {**POINT, "m_Ap": 0.02, "Delta": 0.9, "r": 0.3, "eps": 0.01}, [(1, 2)]),
        ("i2dm", {}, {**POINT, "theta": 0.3, "eps": 0.02}, [(1, 1), (1, 2), (2, 2)]),
        ("i2dm", {}, {**POINT, "m_Ap": 0.6, "theta": 1.0, "eps": 0.002}, [(1, 1), (1, 2), (2, 2)]),
        (
            "dark-hnl",
            VECTORS,
            {
                "m_Ap": 0.2,
                "r": 0.16,
                "Delta_21": 0.57,
                "Delta_32": 0.59,
                "alpha_D": 0.11,
                "V_32": 1.0,
                "V_21": 0.195,
                "eps": 0.002,
            },
            [(1, 2), (2, 3)],
        ),
    ],
)
def test_missed_share_agrees_with_a_monte_carlo(model, options, point, pairs) -> None:
    """Brute force with 4e5 decays, within four standard deviations and 2e-3 for its spectrum on 60 points."""
    semi, full = (lookup.rate(f"na64-{kind}", model, **options) for kind in ("semivisible", "invisible"))
    share, sigma = simulate(semi.slots(**point), pairs, np.random.default_rng(3), 400_000)
    assert 1e-3 < share < 0.999
    assert semi(**point) / full(**point) == pytest.approx(share, abs=4.0 * sigma + 2e-3 * share)


def test_every_interval_of_the_mixing_is_returned() -> None:
    """Inside the intervals N > 2.3, outside N < 2.3 (definition), on 300 values of eps, for a model with two solutions."""
    bound = lookup.limit("na64-semivisible", "idm")
    found = bound(**POINT)
    assert found.coupling == "eps"
    assert len(found.intervals) == 1
    low, high = found.intervals[0]
    grid = np.geomspace(1e-7, 0.9, 300)
    inside = (grid > low) & (grid < high)
    assert np.all((bound.rate(eps=grid, **POINT) > 2.3) == inside)
    for edge in (low, high):
        assert bound.rate(eps=edge, **POINT) == pytest.approx(2.3, rel=1e-8)
