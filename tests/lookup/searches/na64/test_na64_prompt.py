"""NA64 with e+e- pairs in the target: an independent Monte Carlo with exact kinematics, and the limits it must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.experiments.na64 import BEAM_ENERGY, ECAL_LENGTH, HCAL_END, TARGET
from gloam.tables.physics.dark_photons.bremsstrahlung import spectrum

POINT = {"m_Ap": 0.1, "r": 0.33, "Delta": 0.4, "alpha_D": 0.1}
VECTORS = {f"coupling_{pair}": "vector" for pair in ("21", "31", "32")}
BP1 = {"m_Ap": 0.3, "r": 0.16, "Delta_21": 0.57, "Delta_32": 0.59, "alpha_D": 0.11, "V_32": 1.0, "V_21": 0.195}


def boosted(own, momentum, cosine, energy, mass):
    """Energy in the laboratory of a decay product of a parent of ``energy`` and ``mass``."""
    gamma = energy / mass
    return gamma * own + np.sqrt(gamma**2 - 1.0) * momentum * cosine


def pair_masses(m_j, m_i, m_Ap, rng, size):
    """q^2 of e+e- from the plain vector spectrum, by inverting its sum on a fine grid in ln q^2."""
    delta2, sum2, low = (m_j - m_i) ** 2, (m_j + m_i) ** 2, 4.0 * ELECTRON_MASS**2
    q2 = np.geomspace(low * (1.0 + 1e-9), delta2 * (1.0 - 1e-9), 20_001)
    rate = (delta2 - q2) ** 1.5 * (sum2 - q2) ** 0.5 * (sum2 + 2.0 * q2) / (q2 - m_Ap**2) ** 2
    rate *= (1.0 + 0.5 * low / q2) * np.sqrt(1.0 - low / q2) * q2
    total = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]))])
    return np.interp(rng.uniform(0.0, total[-1], size), total, q2)


def leg(slots, state, energy, start, rng):
    """(visible energy, kept) of psi_state made at ``start`` [m]: e+e- in the target, or flight past the calorimeter."""
    size = energy.size
    visible, kept = np.zeros(size), np.ones(size, dtype=bool)
    if state == 1:
        return visible, kept
    mass, light = slots[f"m_{state}"], slots[f"m_{state - 1}"]  # the benchmarks decay by one step
    end = start + rng.exponential(slots[f"c_tau_{state}"], size) * np.sqrt(np.maximum(energy**2 - mass**2, 0.0)) / mass
    inside = end < ECAL_LENGTH
    kept = inside | (end > HCAL_END)
    q2 = pair_masses(mass, light, slots["m_Ap"], rng, size)
    own = (mass**2 + q2 - light**2) / (2.0 * mass)
    pair = boosted(own, np.sqrt(np.maximum(own**2 - q2, 0.0)), rng.uniform(-1.0, 1.0, size), energy, mass)
    visible[inside] = pair[inside]
    more, also = leg(slots, state - 1, np.maximum(energy - pair, light), end, rng)
    return visible + np.where(inside, more, 0.0), kept & np.where(inside, also, True)


def simulate(slots, pairs, rng, events):
    """Share of counted events among A' above 50 GeV, and its standard deviation."""
    m_Ap = slots["m_Ap"]
    grid = 1.0 - np.geomspace(0.5, m_Ap / BEAM_ENERGY, 60)
    density = np.array([spectrum(m_Ap, BEAM_ENERGY, x, 40.0, TARGET) for x in grid])
    total = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    energy = BEAM_ENERGY * np.interp(rng.uniform(0.0, total[-1], events), total, grid)
    share, branchings = np.zeros(events), 0.0
    for i, j in pairs:
        m_i, m_j = slots[f"m_{i}"], slots[f"m_{j}"]
        own = (m_Ap**2 + m_i**2 - m_j**2) / (2.0 * m_Ap)
        e_i = boosted(own, math.sqrt(own**2 - m_i**2), rng.uniform(-1.0, 1.0, events), energy, m_Ap)
        first, second = (leg(slots, state, e, 0.0, rng) for state, e in ((i, e_i), (j, energy - e_i)))
        counted = first[1] & second[1] & (BEAM_ENERGY - energy + first[0] + second[0] < 50.0)
        share += slots[f"br_Ap_{i}{j}"] * counted
        branchings += slots[f"br_Ap_{i}{j}"]
    return share.mean() / branchings, share.std() / branchings / math.sqrt(events)


@pytest.mark.parametrize(
    ("model", "options", "point", "pairs"),
    [
        ("idm", {}, {**POINT, "eps": 0.1}, [(1, 2)]),
        ("idm", {}, {**POINT, "m_Ap": 0.05, "Delta": 1.0, "r": 0.2, "eps": 0.01}, [(1, 2)]),
        ("i2dm", {}, {**POINT, "theta": 0.3, "eps": 0.3}, [(1, 1), (1, 2), (2, 2)]),
        ("i2dm", {}, {**POINT, "theta": 0.3, "eps": 0.02}, [(1, 1), (1, 2), (2, 2)]),
        ("dark-hnl", VECTORS, {**BP1, "eps": 0.3}, [(1, 2), (2, 3)]),
        ("dark-hnl", VECTORS, {**BP1, "eps": 0.01}, [(1, 2), (2, 3)]),
        # psi_3 and then psi_2 fly half a metre each: where psi_2 starts matters
        ("dark-hnl", VECTORS, {**BP1, "r": 0.2, "Delta_21": 0.5, "Delta_32": 0.2, "V_21": 0.3, "eps": 0.1}, [(1, 2), (2, 3)]),
    ],
)
def test_counted_share_agrees_with_a_monte_carlo(model, options, point, pairs) -> None:
    """Exact energies, spectrum of q^2 and decay points of 2e5 events; the stated 2 % and four standard deviations."""
    prompt, full = (lookup.rate(f"na64-{kind}", model, **options) for kind in ("prompt", "invisible"))
    share, sigma = simulate(prompt.slots(**point), pairs, np.random.default_rng(11), 200_000)
    assert 0.05 < share < 0.95
    assert prompt(**point) / full(**point) == pytest.approx(share, abs=4.0 * sigma + 0.02 * share)


def test_prompt_contains_the_long_lived_states_and_tends_to_them() -> None:
    """N_prompt >= N_semivisible everywhere; both are N_invisible for infinite lifetime."""
    prompt, semi, full = (lookup.rate(f"na64-{kind}", "idm") for kind in ("prompt", "semivisible", "invisible"))
    for eps in (1e-4, 1e-2, 1e-1):
        assert prompt(eps=eps, **POINT) >= semi(eps=eps, **POINT) * (1.0 - 1e-4)
    assert prompt(eps=1e-7, **POINT) == pytest.approx(full(eps=1e-7, **POINT), rel=1e-4)


def test_a_small_splitting_leaves_little_energy_in_the_target() -> None:
    """z ~ delta/m_2 -> 0: a prompt decay costs nothing, N -> N_invisible up to the events just above 50 GeV."""
    prompt, full = (lookup.rate(f"na64-{kind}", "idm") for kind in ("prompt", "invisible"))
    point = {**POINT, "m_Ap": 0.3, "Delta": 0.06, "alpha_D": 10.0, "eps": 0.9}
    assert prompt(**point) == pytest.approx(full(**point), rel=0.05)


@pytest.mark.parametrize(
    ("model", "options", "point"),
    [
        ("idm", {}, POINT),
        ("i2dm", {}, {**POINT, "theta": 0.3}),
        ("inverse-seesaw", {"coupling_21": "axial"}, {**POINT, "r": 0.15, "Delta": 0.6, "theta": 0.3}),
        ("dark-hnl", {**VECTORS, "coupling_31": "axial"}, {**BP1, "V_31": 0.3}),
        ("dark-hnl", VECTORS, {**BP1, "r": 0.1, "V_31": 0.3, "V_22": 0.2, "V_33": 0.4}),
        ("dark-hnl", VECTORS, {**BP1, "r": 0.2, "Delta_21": 0.6, "Delta_32": 1.75}),  # a dark chain that no A' makes
    ],
)
def test_a_scan_that_keeps_its_sums_gives_the_rates_of_single_points(model, options, point) -> None:
    """ln(N/2.3) on a plane in m_Ap and eps, where every scan over eps integrates once, against rates that each integrate."""
    bound = lookup.limit("na64-prompt", model, **options)
    masses, mixings = np.array([[0.05], [0.3], [0.6]]), np.geomspace(1e-5, 0.9, 12)
    plane = bound.excess(**{**point, "m_Ap": masses}, eps=mixings)
    single = bound.rate(**{**point, "m_Ap": masses}, eps=mixings)
    np.testing.assert_allclose(2.3 * np.exp(plane), single, rtol=1e-8)
    assert np.ptp(np.log(single / mixings**2), axis=1).max() > 0.1  # decays matter
