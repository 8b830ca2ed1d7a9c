"""BaBar single photon: stored probabilities against brute force, recast numbers, intervals, options, silence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.builder.checks import babar_monte_carlo
from gloam.lookup.errors import DoesNotFit, NoInformation, UnknownName
from gloam.tables.experiments.babar import BARREL
from gloam.tables.experiments.invisible_limits import BABAR_2017
from gloam.tables.physics.dark_photons.monophoton import production_cross_section

IDM = {"r": 0.33, "Delta": 0.4, "alpha_D": 0.1}


I2DM = {"r": 0.33, "Delta": 0.4, "alpha_D": 0.5, "theta": math.radians(4.5)}


BP1 = {"r": 0.16, "Delta_21": 0.57, "Delta_32": 0.59, "alpha_D": 0.11, "V_32": 1.0, "V_21": math.sqrt(0.038)}


NATURES = {"coupling_21": "vector", "coupling_31": "vector", "coupling_32": "vector"}


def test_a_cascade_agrees_with_brute_force() -> None:
    """psi_3 psi_2 of BP1 with lifetimes that the volume resolves: rate over its prompt-invisible value."""
    m_Ap, eps = 1.3, 9e-4
    rate = lookup.rate("babar-monophoton", "dark-hnl", **NATURES)
    point = {**BP1, "m_Ap": m_Ap, "eps": eps, "V_21": 0.4, "alpha_D": 0.02}
    slots = rate.slots(**point)
    masses = [slots[f"m_{i}"] for i in (1, 2, 3)]
    second = babar_monte_carlo.Step(masses[0], slots["c_tau_2"], "e", False)
    third = babar_monte_carlo.Step(masses[1], slots["c_tau_3"], "e", False, second)
    assert slots["br_21_electrons"] == slots["br_32_electrons"] == 1.0
    missed, sigma = babar_monte_carlo.missed_share(m_Ap, (masses[2], third), (masses[1], second), 0.1, 300_000, 5)
    other, spread = babar_monte_carlo.missed_share(m_Ap, (masses[1], second), (masses[0], None), 0.1, 300_000, 6)
    assert 0.02 < missed < 0.9
    full = 53.0 * eps**2 * production_cross_section(BARREL, m_Ap)
    expected = full * (slots["br_Ap_23"] * missed + slots["br_Ap_12"] * other)
    found, error = rate.value_and_error(**point)
    assert abs(found - expected) < 3.5 * full * (sigma + spread) + error
    assert error < 0.05 * found


@pytest.mark.parametrize(("m_Ap", "Delta", "quadrature"), [(3.0, 0.6, "standard"), (1.9, 0.9, "standard"), (3.0, 0.6, "fine")])
def test_pairs_of_psi_2_are_weighted_by_their_fractions(m_Ap: float, Delta: float, quadrature: str) -> None:
    """psi_1 psi_2 with muons and hadrons open, electrons from the table (not if fine), against brute force for each pair."""
    rate, eps = lookup.rate("babar-monophoton", "idm", quadrature=quadrature), 2e-3
    point = {**IDM, "m_Ap": m_Ap, "Delta": Delta, "eps": eps}
    slots = rate.slots(**point)
    lower, upper = slots["m_1"], slots["m_2"]
    expected = spread = 0.0
    for pair, share in (("e", slots["br_21_electrons"]), ("mu", 1.0 - slots["br_21_electrons"])):
        step = babar_monte_carlo.Step(lower, slots["c_tau_2"], pair, False)
        missed, sigma = babar_monte_carlo.missed_share(m_Ap, (upper, step), (lower, None), 0.1, 300_000, 7)
        expected += share * missed
        spread += share * sigma
    assert 0.2 < slots["br_21_electrons"] < 0.8
    full = 53.0 * eps**2 * production_cross_section(BARREL, m_Ap) * slots["br_Ap_12"]
    found, error = rate.value_and_error(**point)
    assert abs(found - full * expected) < 3.5 * full * spread + error
    assert error < (0.03 if quadrature == "fine" else 0.1) * found


@pytest.mark.parametrize("quadrature", ["standard", "fine"])
def test_two_psi_2_are_weighted_by_the_fractions_of_both(quadrature: str) -> None:
    """i2dm with muons and hadrons open: e^2 P_ee + 2 e (1-e) P_emu + (1-e)^2 P_mumu and psi_1 psi_2, by brute force each."""
    m_Ap, eps = 3.0, 2e-3
    rate = lookup.rate("babar-monophoton", "i2dm", quadrature=quadrature)
    point = {**I2DM, "m_Ap": m_Ap, "Delta": 0.6, "eps": eps}
    slots = rate.slots(**point)
    lower, upper, electrons = slots["m_1"], slots["m_2"], slots["br_21_electrons"]
    steps = {pair: babar_monte_carlo.Step(lower, slots["c_tau_2"], pair, False) for pair in ("e", "mu")}
    share = {"e": electrons, "mu": 1.0 - electrons}
    expected = variance = 0.0
    for pair, weight in share.items():
        for other, factor in share.items():
            missed, sigma = babar_monte_carlo.missed_share(m_Ap, (upper, steps[pair]), (upper, steps[other]), 0.1, 200_000, 8)
            expected += slots["br_Ap_22"] * weight * factor * missed
            variance += (slots["br_Ap_22"] * weight * factor * sigma) ** 2
        missed, sigma = babar_monte_carlo.missed_share(m_Ap, (upper, steps[pair]), (lower, None), 0.1, 200_000, 9)
        expected += slots["br_Ap_12"] * weight * missed
        variance += (slots["br_Ap_12"] * weight * sigma) ** 2
    assert 0.2 < electrons < 0.8
    full = 53.0 * eps**2 * production_cross_section(BARREL, m_Ap)
    found, error = rate.value_and_error(**point)
    assert abs(found - full * (expected + slots["br_Ap_11"])) < 3.5 * full * math.sqrt(variance) + error
    assert error < 0.1 * found


@pytest.mark.parametrize("quadrature", ["standard", "fine"])
def test_a_cascade_with_muons_agrees_with_brute_force(quadrature: str) -> None:
    """psi_2 psi_3 of dark-hnl, each of three decays to electrons or muons: the eight ways, by brute force each."""
    m_Ap, eps = 4.0, 1.5e-3
    rate = lookup.rate("babar-monophoton", "dark-hnl", quadrature=quadrature, **NATURES)
    point = {**BP1, "m_Ap": m_Ap, "eps": eps, "Delta_21": 0.8}
    slots = rate.slots(**point)
    masses = [slots[f"m_{i}"] for i in (1, 2, 3)]
    electrons, first = slots["br_21_electrons"], slots["br_32_electrons"]
    assert 0.2 < electrons < 0.8
    assert 0.2 < first < 0.8
    assert slots["br_Ap_13"] == slots["br_Ap_22"] == slots["br_Ap_33"] == 0.0
    second = {pair: babar_monte_carlo.Step(masses[0], slots["c_tau_2"], pair, False) for pair in ("e", "mu")}
    share, first_share = {"e": electrons, "mu": 1.0 - electrons}, {"e": first, "mu": 1.0 - first}
    expected = variance = 0.0
    for pair, weight in share.items():
        missed, sigma = babar_monte_carlo.missed_share(m_Ap, (masses[1], second[pair]), (masses[0], None), 0.1, 100_000, 10)
        expected += slots["br_Ap_12"] * weight * missed
        variance += (slots["br_Ap_12"] * weight * sigma) ** 2
        for third, factor in first_share.items():
            step = babar_monte_carlo.Step(masses[1], slots["c_tau_3"], third, False, second[pair])
            for other, also in share.items():
                missed, sigma = babar_monte_carlo.missed_share(
                    m_Ap, (masses[2], step), (masses[1], second[other]), 0.1, 100_000, 11
                )
                expected += slots["br_Ap_23"] * weight * factor * also * missed
                variance += (slots["br_Ap_23"] * weight * factor * also * sigma) ** 2
    full = 53.0 * eps**2 * production_cross_section(BARREL, m_Ap)
    found, error = rate.value_and_error(**point)
    assert abs(found - full * expected) < 3.5 * full * math.sqrt(variance) + error
    assert error < (0.1 if quadrature == "fine" else 0.4) * found


def test_numbers_of_the_talks_on_the_recast() -> None:
    """arXiv:2302.05410 as presented (TeVPA 2022, NuTs 2022): iDM at 1.25 GeV is excluded above 5.5e-3, i2DM leaves 2.2e-2."""
    idm, i2dm = (lookup.limit("babar-monophoton", name) for name in ("idm", "i2dm"))
    found = idm(m_Ap=1.25, **IDM).intervals
    assert len(found) == 1
    assert found[0] == (pytest.approx(5.5e-3, rel=0.02), None)
    share = idm.rate(m_Ap=1.25, eps=2.2e-2, **IDM) / (53.0 * 2.2e-2**2 * production_cross_section(BARREL, 1.25))
    assert share == pytest.approx(0.031, rel=0.02)
    second = i2dm(m_Ap=1.25, **I2DM).intervals
    assert len(second) == 2
    assert second[1] == (pytest.approx(2.5e-2, rel=0.02), None)
    assert second[0][1] < 2.2e-2 < second[1][0]
    share = i2dm.rate(m_Ap=1.25, eps=2.2e-2, **I2DM) / (53.0 * 2.2e-2**2 * production_cross_section(BARREL, 1.25))
    assert share == pytest.approx(1.5e-3, rel=0.05)
    assert (9.69e-4 / 2.1e-2) ** 2 == pytest.approx(2.2e-3, rel=0.05)  # eps = 2.1e-2 needs P_missed below 2.2e-3
    assert share < 2.2e-3


def test_an_invisible_dark_photon_gets_the_published_limit() -> None:
    """BR_11 = 1: the equation is eps = eps_inv, at every published mass."""
    limit = lookup.limit("babar-monophoton", "dark-photon")
    for m_Ap in (0.002, 0.1, 1.25, 4.0, 7.9):
        assert limit(m_Ap=m_Ap, br_invisible=1.0).intervals[0][0] == pytest.approx(float(BABAR_2017(m_Ap)), rel=1e-8)
        half = limit(m_Ap=m_Ap, br_invisible=0.25).intervals[0][0]
        assert half == pytest.approx(2.0 * float(BABAR_2017(m_Ap)), rel=1e-6)


def test_events_in_53_inverse_femtobarn() -> None:
    """100.5 events at 1.25 GeV and eps = 1e-3: 1.8961 fb times 53/fb, as eps^2."""
    rate = lookup.rate("babar-monophoton", "dark-photon")
    assert rate(m_Ap=1.25, eps=1e-3, br_invisible=1.0) == pytest.approx(100.5, rel=1e-3)
    assert rate(m_Ap=1.25, eps=2e-3, br_invisible=1.0) == pytest.approx(402.0, rel=1e-3)
    assert rate(m_Ap=1.25, eps=1e-3) == 0.0  # visible and prompt


def test_a_long_lived_visible_dark_photon_leaves() -> None:
    """m = 2 MeV, eps = 1e-6: decay length 1e4 times the volume, N = all to 1e-4."""
    rate = lookup.rate("babar-monophoton", "dark-photon")
    full = rate(m_Ap=0.002, eps=1e-6, br_invisible=1.0)
    assert rate(m_Ap=0.002, eps=1e-6) == pytest.approx(full, rel=1e-4)


def test_a_scan_keeps_one_set_of_events_and_finds_the_root_of_the_single_rate() -> None:
    """The edge of a cascade's limit (stored lifetimes) solves the equation for the rate that integrates afresh."""
    limit = lookup.limit("babar-monophoton", "dark-hnl", **NATURES)
    found = limit(m_Ap=1.5, **BP1)
    assert found.intervals
    for interval, errors in zip(found.intervals, found.errors, strict=True):
        for edge, error in zip(interval, errors, strict=True):
            if edge is None:
                continue
            expected = 53.0 * float(BABAR_2017(1.5)) ** 2 * production_cross_section(BARREL, 1.5)
            slope = (limit.rate(m_Ap=1.5, eps=1.01 * edge, **BP1) - limit.rate(m_Ap=1.5, eps=0.99 * edge, **BP1)) / (0.02 * edge)
            assert abs(limit.rate(m_Ap=1.5, eps=edge, **BP1) - expected) < abs(slope) * error


@pytest.mark.parametrize(
    ("model", "natures", "point"),
    [
        ("dark-hnl", NATURES, {**BP1, "m_Ap": 1.5, "eps": 3e-3}),
        ("dark-hnl", NATURES, {**BP1, "m_Ap": 3.5, "eps": 1e-3}),
        ("idm", {}, {**IDM, "m_Ap": 2.5, "eps": 6e-3}),
        ("i2dm", {}, {**I2DM, "m_Ap": 4.5, "eps": 1e-3}),
    ],
)
def test_more_events_give_the_same_answer_with_a_smaller_error(
    model: str, natures: dict[str, str], point: dict[str, float]
) -> None:
    """Fast, standard and fine agree within their errors; fine is good to 3 %."""
    found = [
        lookup.rate("babar-monophoton", model, quadrature=name, **natures).value_and_error(**point)
        for name in ("fast", "standard", "fine")
    ]
    for value, error in found[:2]:
        assert abs(value - found[2][0]) < error + found[2][1]
    assert found[2][1] < min(found[0][1], found[1][1])
    assert found[2][1] < 0.03 * found[2][0]


@pytest.mark.parametrize("quadrature", ["fast", "standard", "fine"])
def test_a_stable_state_may_have_any_name(quadrature: str) -> None:
    """1.4 GeV decay to a stable 0.5 GeV, which is psi_1 below an idle psi_2, or a stable psi_2 above an idle psi_1."""
    rate = lookup.rate(
        "babar-monophoton", "dark-hnl", coupling_21="vector", coupling_31="axial", coupling_32="axial", quadrature=quadrature
    )
    common = {"m_Ap": 4.0, "alpha_D": 0.1, "eps": 0.01, "V_21": 0.0}
    first = rate.value_and_error(**common, r=0.125, Delta_21=0.8, Delta_32=1.4 / 0.9 - 1.0, V_32=0.0, V_31=1.0)
    second = rate.value_and_error(**common, r=0.075, Delta_21=0.5 / 0.3 - 1.0, Delta_32=1.8, V_32=1.0, V_31=0.0)
    assert first == pytest.approx(second, rel=1e-9)
    assert first[1] > 0.0


@pytest.mark.parametrize("quadrature", ["standard", "fine"])
@pytest.mark.parametrize(
    ("model", "point"),
    [
        ("idm", {"m_Ap": 6.835, "r": 0.298, "Delta": 0.41, "alpha_D": 0.1, "eps": 3.26e-3}),
        ("i2dm", {"m_Ap": 4.0, "r": 0.25, "Delta": 0.8, "alpha_D": 0.1, "theta": 0.5, "eps": 1e-3}),
    ],
)
def test_gradients_follow_the_rate_where_channels_are_drawn(quadrature: str, model: str, point: dict[str, float]) -> None:
    """The slope over +-2 % of every mass: the channels that events follow must not jump with the branching fractions."""
    rate = lookup.rate("babar-monophoton", model, quadrature=quadrature)
    gradient = rate.gradient(**point)
    for name in ("m_Ap", "r", "Delta"):
        low, high = (rate(**{**point, name: factor * point[name]}) for factor in (0.98, 1.02))
        assert gradient[name] == pytest.approx((high - low) / (0.04 * point[name]), rel=0.15)


def test_a_scan_forgets_events_when_masses_change() -> None:
    """A plane of two masses gives each column what its own scan gives."""
    limit = lookup.limit("babar-monophoton", "dark-hnl", **NATURES)
    eps = np.geomspace(1e-4, 1e-2, 5)
    both = limit.excess(m_Ap=np.array([1.3, 2.1])[:, None], eps=eps[None, :], **BP1)
    for row, m_Ap in zip(both, (1.3, 2.1), strict=True):
        assert limit.excess(m_Ap=m_Ap, eps=eps, **BP1) == pytest.approx(row, rel=1e-12)


def test_a_scan_tells_long_lifetimes_of_psi_3_apart() -> None:
    """V_32 changes c_tau_3 alone, 1e8 times that of psi_2: a plane gives each column what its own scan gives."""
    limit = lookup.limit(
        "babar-monophoton", "dark-hnl", coupling_21="axial", coupling_31="vector", coupling_32="vector", quadrature="fast"
    )
    point = {"m_Ap": 7.9, "r": 0.1, "Delta_21": 1.5, "Delta_32": 0.05, "alpha_D": 0.5, "V_21": 1.0, "V_33": 1.0, "eps": 1.0}
    couplings = np.array([0.01, 0.02, 0.03])
    together = limit.excess(**point, V_32=couplings)
    assert together == pytest.approx([float(limit.excess(**point, V_32=value)) for value in couplings], rel=1e-9)
    assert np.all(np.diff(together) < -0.5)


@pytest.mark.parametrize(("theta", "count"), [(0.10991128229156746, 2), (0.02242256747563206, 2)])
def test_lobes_and_gaps_narrower_than_a_step_of_the_scan_are_found(theta: float, count: int) -> None:
    """Angles at which a lobe 11 % wide, or a gap of 5 %, is left of an interval: edges are roots, sides alternate."""
    limit = lookup.limit("babar-monophoton", "i2dm")
    point = {"m_Ap": 1.25, "r": 0.33, "Delta": 0.4, "alpha_D": 0.5, "theta": theta}
    found = limit(**point)
    assert len(found.intervals) == count
    edges = [edge for interval in found.intervals for edge in interval if edge is not None]
    assert limit.excess(**point, eps=np.array(edges)) == pytest.approx(0.0, abs=1e-7)
    dense = np.geomspace(edges[0] * 0.9, edges[-1] * 1.1, 4000)
    assert np.count_nonzero(np.diff(limit.excess(**point, eps=dense) > 0.0)) == len(edges)


def test_selection_floor_and_threshold_are_options() -> None:
    """E* > 3 GeV ends at m_Ap = 6.96 GeV by kinematics; the floor bounds P from below; 60 MeV tracks veto more."""
    point = {**IDM, "eps": 1e-2}
    low, high = (lookup.rate("babar-monophoton", "idm", selection=name) for name in ("low-mass", "high-mass"))
    end = math.sqrt(10.58**2 - 2.0 * 10.58 * 3.0)
    assert low(m_Ap=0.999 * end, **point) == high(m_Ap=0.999 * end, **point) > 0.0
    assert low(m_Ap=1.001 * end, **point) == 0.0 < high(m_Ap=1.001 * end, **point)
    floored = lookup.rate("babar-monophoton", "idm", floor=0.1)
    share = floored.slots(m_Ap=1.25, **point)["br_Ap_12"]
    assert floored(m_Ap=1.25, **point) == pytest.approx(
        0.1 * share * 53.0 * 1e-4 * production_cross_section(BARREL, 1.25), rel=1e-9
    )
    values = [lookup.rate("babar-monophoton", "idm", track_threshold=f"{t}MeV")(m_Ap=1.25, **point) for t in (60, 100, 150, 300)]
    assert np.all(np.diff(values) > 0.0)
    with pytest.raises(UnknownName, match="track_threshold"):
        lookup.rate("babar-monophoton", "idm", track_threshold="120MeV")


def test_outside_the_published_masses_there_is_no_information() -> None:
    """The curve ends at 7.9999 GeV: an error that says so, and NaN in a plane."""
    limit = lookup.limit("babar-monophoton", "idm")
    with pytest.raises(NoInformation, match=r"7\.9999 GeV"):
        limit(m_Ap=8.5, **IDM)
    assert np.isnan(limit.excess(m_Ap=8.5, eps=1e-2, **IDM))


def test_a_mediator_that_flies_is_refused() -> None:
    """alpha_D so small that A' -> psi psi is displaced: not this search's approximation."""
    with pytest.raises(DoesNotFit, match="1 cm"):
        lookup.rate("babar-monophoton", "idm")(m_Ap=0.1, r=0.33, Delta=0.4, alpha_D=1e-12, eps=1e-6)
