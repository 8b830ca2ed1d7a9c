"""The model gauge-boson: couplings with their sign, widths, decay lengths, loop mixing, g-2."""

from __future__ import annotations

import math

import pytest
from gloam import lookup
from gloam.lookup.errors import BadParameter
from gloam.tables.constants import ELECTRIC_CHARGE, HBAR_C


def test_mu_tau_has_its_known_decay_length_and_couplings() -> None:
    """g = 5e-4, 10 MeV: c tau = 2.976e-6 m, all neutrinos; with loops g_mu = g (1 - 0.0044), e+e- 2e-5 (other evaluations)."""
    free = lookup.model("gauge-boson", group="L_mu-L_tau")(m_X=0.01, g_X=5e-4)
    assert free["c_tau_X"] == pytest.approx(2.976e-6, rel=1e-3)
    assert free["br_X_neutrinos"] == 1.0
    assert (free["g_mu"], free["g_tau"], free["g_e"]) == (5e-4, -5e-4, 0.0)
    loop = lookup.model("gauge-boson", group="L_mu-L_tau", mixing="loop")(m_X=0.01, g_X=5e-4)
    assert loop["g_mu"] == pytest.approx(5e-4 * (1 - 0.0044), rel=1e-4)
    assert loop["br_X_electrons"] == pytest.approx(2e-5, rel=0.1)
    assert loop["eps_loop_0"] == pytest.approx(-5e-4 * 0.0144331, rel=1e-5)


def test_the_coupling_of_a_proton_to_loops_is_repulsive_for_positive_g() -> None:
    """g_p = 2 g_u + g_d = -eps e > 0 for L_mu - L_tau: a deficit of muon neutrinos on nuclei."""
    loop = lookup.model("gauge-boson", group="L_mu-L_tau", mixing="loop")(m_X=0.01, g_X=5e-4)
    assert 2 * loop["g_u"] + loop["g_d"] == pytest.approx(5e-4 * 0.0144331 * ELECTRIC_CHARGE, rel=1e-3)
    assert loop["g_nu_mu"] > 0.0


def test_loops_that_diverge_are_refused_and_say_what_to_do() -> None:
    """B-L: sum N_c Q Q' is not 0."""
    bound = lookup.model("gauge-boson", group="B-L", mixing="loop")
    with pytest.raises(BadParameter, match=r"logarithmically divergent.*give eps"):
        bound(m_X=0.01, g_X=1e-4)
    assert lookup.model("gauge-boson", group="B-L")(m_X=0.01, g_X=1e-4)["eps_loop_0"] == math.inf


@pytest.mark.parametrize("mass", [0.003, 0.1, 0.5, 0.78, 1.02, 3.0])
def test_a_secluded_boson_is_the_dark_photon(mass: float) -> None:
    """Leptons of both models are equal to rounding (m_tau of two editions plays no role below 3.5 GeV), hadrons to 12 %."""
    boson = lookup.model("gauge-boson", group="secluded")(m_X=mass, eps=1e-3)
    photon = lookup.model("dark-photon")(m_Ap=mass, eps=1e-3)
    for state in ("electrons", "muons"):
        one, other = boson[f"br_X_{state}"] * boson["width_X"], photon[f"br_Ap_{state}"] * photon["width_Ap"]
        assert one == pytest.approx(other, rel=1e-12)
    assert boson["width_X"] == pytest.approx(photon["width_Ap"], rel=0.12)


def test_branching_ratios_add_up_and_dark_decays_share() -> None:
    """Sum 1; a dark width equal to the visible one takes half of it."""
    states = ("electrons", "muons", "taus", "neutrinos", "photons", "dark", "hadrons")
    bound = lookup.model("gauge-boson", group="B-L")
    visible = bound(m_X=1.5, g_X=1e-3)
    assert sum(visible[f"br_X_{state}"] for state in states) == pytest.approx(1.0, abs=1e-12)
    shared = bound(m_X=1.5, g_X=1e-3, width_dark=visible["width_X"])
    assert shared["br_X_dark"] == pytest.approx(0.5, abs=1e-12)
    assert shared["c_tau_X"] == pytest.approx(0.5 * HBAR_C / visible["width_X"], rel=1e-12)


def test_charges_are_added_to_those_of_the_group() -> None:
    """Free charges of B-L are the group B-L."""
    charges = {f"q_{name}": 1 / 3 for name in ("u", "d", "s", "c", "b", "t")}
    charges |= {f"q_{name}": -1.0 for name in ("e", "mu", "tau", "nu_e", "nu_mu", "nu_tau")}
    free = lookup.model("gauge-boson", group="free")(m_X=0.7, g_X=1e-3, **charges)
    group = lookup.model("gauge-boson", group="B-L")(m_X=0.7, g_X=1e-3)
    assert free == pytest.approx(group, nan_ok=True)
    assert group["anomaly"] == 0.0
    assert lookup.model("gauge-boson", group="B")(m_X=0.7, g_X=1e-3)["anomaly"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("chosen", "mass", "coupling"),
    [("2021", 0.01, 5.032e-4), ("2021", 0.1, 9.462e-4), ("2025", 0.01, 1.958e-4), ("2025", 0.1, 3.682e-4)],
)
def test_g_2_of_a_muonic_boson_has_its_published_couplings(chosen: str, mass: float, coupling: float) -> None:
    """g for Delta a_mu = 251e-11 and 38e-11 from an independent evaluation, four digits; the model's own quantity is the same."""
    moment = {"2021": 251.0, "2025": 38.0}[chosen]
    bound = lookup.rate("g-2", "gauge-boson", group="L_mu", set=chosen)
    assert bound(m_X=mass, g_X=coupling) == pytest.approx(moment, rel=5e-4)
    found = lookup.model("gauge-boson", group="L_mu")(m_X=mass, g_X=coupling)
    assert 1e11 * found["delta_a_mu"] == pytest.approx(bound(m_X=mass, g_X=coupling), rel=1e-12)


def test_g_2_limits_of_both_couplings() -> None:
    """Secluded: eps as for dark-photon; B-L: g_X = eps e."""
    ((secluded, _),) = lookup.limit("g-2", "gauge-boson", "eps", group="secluded")(m_X=0.5).intervals
    ((photon, _),) = lookup.limit("g-2", "dark-photon")(m_Ap=0.5).intervals
    ((charged, _),) = lookup.limit("g-2", "gauge-boson", "g_X", group="B-L")(m_X=0.5).intervals
    assert secluded == pytest.approx(photon, rel=1e-9)
    assert charged == pytest.approx(photon * ELECTRIC_CHARGE, rel=1e-9)
