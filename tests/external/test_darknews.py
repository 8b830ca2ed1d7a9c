"""gloam against DarkNews 0.4.8 (arXiv:2207.04137): cross sections and N produced, with the vertices DarkNews reports.

The expected values come from DarkNews 0.4.8, its own differential cross section integrated on fixed Gauss nodes
(``quadrature`` of ``darknews_program.py``), so without Monte Carlo noise. Scalar exchange on nucleons is left out:
its form factor is defined differently (gloam D, DarkNews F1).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from darknews import ask
from gloam.lookup import load
from gloam.tables.experiments import microboone, miniboone
from gloam.tables.experiments.experiment import Experiment
from gloam.tables.physics.neutral_leptons.dipole_widths import neutrino_photon_width
from scipy.integrate import quad

ENERGIES = [0.5, 2.0]  # [GeV]
HELICITIES = ("conserving", "flipping")
NOTHING: dict[str, Any] = {"HNLtype": "dirac", "mzprime": 0.03, "gD": 1.0, "UD4": 1.0, "Umu4": 0.0, "epsilon": 0.0}
ROW_8 = NOTHING | {"m4": 0.14, "mzprime": 1.25, "epsilon": 1e-3, "Umu4": 1e-3}
ROW_9 = NOTHING | {"m4": 0.15, "epsilon": 8e-4, "Umu4": 1e-4}
ROW_11 = NOTHING | {"m4": 0.25, "mu_tr_mu4": 1e-6}
ROW_12 = NOTHING | {"m4": 0.40, "mu_tr_mu4": 3e-7, "HNLtype": "majorana"}
BEAMS = {  # DarkNews' experiment: beam, nucleus and facts in gloam
    "miniboone_fhc": ("miniboone-fhc", "C12", miniboone.FHC),
    "miniboone_rhc": ("miniboone-rhc", "C12", miniboone.RHC),
    "microboone": ("microboone", "Ar40", microboone.CRYOSTAT),
}


def darknews_cross_sections(model: Mapping[str, Any], target: str, helicity: str) -> tuple[Any, dict[str, float]]:
    """Cross sections of DarkNews [cm^2] at ENERGIES without Z exchange, and its vertices; "proton" is p-el on hydrogen."""
    regime = {"proton": ("H1", "p-el"), "neutron": ("C12", "n-el")}.get(target, (target, "coherent"))
    question = {
        "request": "total_xsec",
        "model": model,
        "target": regime[0],
        "regime": regime[1],
        "helicity": helicity,
        "energies": ENERGIES,
        "integration": "quadrature",
        "exchange_Z": False,
    }
    reply = ask(question)
    assert reply["version"] == "0.4.8"
    values = [point["cross_sections"][0] for point in reply["points"]]
    return np.array(values), reply["process"]["vertices"] | {"Z": reply["process"]["target_Z"]}


@pytest.mark.parametrize("helicity", HELICITIES)
@pytest.mark.parametrize("target", ["C12", "Ar40", "proton"])
def test_vector_cross_sections_agree_with_darknews(target: str, helicity: str) -> None:
    """DarkNews 0.4.8: sigma of the Z' alone, m_N = 0.1 GeV, m_Z' = 0.03 GeV, over (Vij Vhad)^2."""
    expected, vertices = darknews_cross_sections(ROW_9 | {"m4": 0.1}, target, helicity)
    found = load("sigma-vector")(E_nu=ENERGIES, m_N=0.1, m_Zp=0.03, target=target, helicity=helicity)
    assert found * (vertices["Vij"] * vertices["Vhad"]) ** 2 == pytest.approx(expected, rel=2e-4, abs=0.0)


@pytest.mark.parametrize("helicity", HELICITIES)
def test_scalar_cross_sections_agree_with_darknews(helicity: str) -> None:
    """DarkNews 0.4.8: sigma of the scalar on C12, m_N = 0.2 GeV, m_S = 0.1 GeV, over (Sij Shad)^2."""
    model = NOTHING | {"m4": 0.2, "s_mu4": 1e-3, "theta": 0.1, "mhprime": 0.1}
    expected, vertices = darknews_cross_sections(model, "C12", helicity)
    found = load("sigma-scalar")(E_nu=ENERGIES, m_N=0.2, m_S=0.1, target="C12", helicity=helicity)
    assert found * (vertices["Sij"] * vertices["Shad"]) ** 2 == pytest.approx(expected, rel=2e-4, abs=0.0)


@pytest.mark.parametrize("helicity", HELICITIES)
@pytest.mark.parametrize("target", ["C12", "proton"])
def test_dipole_cross_sections_agree_with_darknews(target: str, helicity: str) -> None:
    """DarkNews 0.4.8: sigma of the transition dipole, m_N = 0.1 GeV, over (2 Tij Z)^2, as mu_tr = 2 Tij."""
    expected, vertices = darknews_cross_sections(ROW_11 | {"m4": 0.1}, target, helicity)
    found = load("sigma-dipole")(E_nu=ENERGIES, m_N=0.1, target=target, helicity=helicity)
    assert found * (2.0 * vertices["Tij"] * vertices["Z"]) ** 2 == pytest.approx(expected, rel=2e-4, abs=0.0)


def darknews_produced(experiment: str, model: Mapping[str, Any], **more: object) -> dict[str, tuple[float, Any]]:
    """N produced by DarkNews from threshold to 9 GeV per regime, helicities and nuclei summed, and a process of it."""
    question = {
        "request": "event_rate",
        "model": model,
        "experiment": experiment,
        "threshold_factor": 1.0,
        "integration": "quadrature",
        "decay_product": "photon" if "mu_tr_mu4" in model else "e+e-",
    }
    reply = ask(question | {"exchange_Z": False} | more)
    assert reply["version"] == "0.4.8"
    found: dict[str, tuple[float, Any]] = {}
    for case in reply["cases"]:
        before = found.get(case["regime"], (0.0, None))[0]
        found[case["regime"]] = (before + case["produced"][0], case["process"])
    return found


def exposed(experiment: Experiment, nucleus: str) -> dict[str, float]:
    """Exposure [POT] times the number of nuclei and of protons."""
    counts = {"coherent": experiment.target_count(nucleus), "p-el": experiment.proton_count}
    return {regime: experiment.exposure * count for regime, count in counts.items()}


def component(name: str, part: str, **inputs: Any) -> float:
    """One component of a table of flux averages."""
    table = load(name)
    return float(table(**inputs)[table.spec.components.index(part)])


@pytest.mark.parametrize(
    ("experiment", "model", "projectile"),
    [
        ("miniboone_fhc", ROW_8, "numu"),
        ("miniboone_fhc", ROW_9, "numu"),
        ("microboone", ROW_9, "numu"),
        ("miniboone_rhc", ROW_9, "numubar"),
    ],
    ids=["fhc 8", "fhc 9", "microboone 9", "rhc 9 antineutrinos"],
)
def test_N_produced_through_a_vector_agree_with_darknews(experiment: str, model: dict[str, Any], projectile: str) -> None:
    """DarkNews 0.4.8: produced N through the Z' alone, coherent and on protons (bound and free), to 5e-3.

    What differs: DarkNews integrates 0.1 to 9 GeV, gloam the whole flux; DarkNews' hydrogen and nuclear masses.
    """
    theirs = darknews_produced(experiment, model, projectile={"numu": "nu_mu", "numubar": "nu_mu_bar"}[projectile])
    beam, nucleus, facts = BEAMS[experiment]
    for regime, part in (("coherent", "nucleus"), ("p-el", "proton")):
        expected, process = theirs[regime]
        average = component("vector-rates", f"{projectile}/{part}", beam=beam, m_N=model["m4"], m_mediator=model["mzprime"])
        coupling = (process["vertices"]["Vij"] * process["vertices"]["Vhad"]) ** 2
        assert average * coupling * exposed(facts, nucleus)[regime] == pytest.approx(expected, rel=5e-3), regime


@pytest.mark.parametrize(
    ("experiment", "model"),
    [("miniboone_fhc", ROW_11), ("miniboone_fhc", ROW_12), ("microboone", ROW_11)],
    ids=["fhc 11", "fhc 12 Majorana", "microboone 11"],
)
def test_N_produced_through_a_dipole_agree_with_darknews(experiment: str, model: dict[str, Any]) -> None:
    """DarkNews 0.4.8: produced N through the transition dipole, coherent and on protons, to 5e-3.

    What differs: DarkNews integrates 0.1 to 9 GeV, gloam the whole flux; DarkNews' hydrogen and nuclear masses.
    """
    theirs = darknews_produced(experiment, model)
    beam, nucleus, facts = BEAMS[experiment]
    for regime, part in (("coherent", "nucleus"), ("p-el", "proton")):
        expected, process = theirs[regime]
        average = component("dipole-rates", f"numu/{part}", beam=beam, m_N=model["m4"])
        coupling = (2.0 * process["vertices"]["Tij"] * process["target_Z"]) ** 2
        assert average * coupling * exposed(facts, nucleus)[regime] == pytest.approx(expected, rel=5e-3), regime


def test_coherent_production_with_Z_interference_agrees_with_darknews() -> None:
    """DarkNews 0.4.8: row 8 on C12 with Z exchange, V^2 + 2 V C + C^2 with its own Vij Vhad and Cij Chad, to 5e-3.

    The interference is destructive and 7 per cent here, so that leaving it out or its sign wrong fails.
    """
    inputs = {"beam": "miniboone-fhc", "m_N": ROW_8["m4"]}
    expected, process = darknews_produced("miniboone_fhc", ROW_8, exchange_Z=True, regimes=["coherent"])["coherent"]
    vertices = process["vertices"]
    dark, weak = vertices["Vij"] * vertices["Vhad"], vertices["Cij"] * vertices["Chad"]
    vector = dark**2 * component("vector-rates", "numu/nucleus", m_mediator=ROW_8["mzprime"], **inputs)
    mixed = dark * weak * component("interference-rates", "numu/nucleus", m_mediator=ROW_8["mzprime"], **inputs)
    found = vector + 2.0 * mixed + weak**2 * component("z-rates", "numu/nucleus", **inputs)
    assert mixed < 0.0
    assert found * exposed(miniboone.FHC, "C12")["coherent"] == pytest.approx(expected, rel=5e-3)


def test_width_to_photon_is_the_closed_form_and_twice_that_of_darknews() -> None:
    """DarkNews 0.4.8 gives half of d^2 m_N^3/(4 pi), arXiv:1803.03262, d = mu_tr/2; gloam gives all of it."""
    m_N, mu_tr = ROW_11["m4"], ROW_11["mu_tr_mu4"]
    reply = ask({"request": "total_width", "model": ROW_11, "decay_product": "photon"})
    closed = (mu_tr / 2.0) ** 2 * m_N**3 / (4.0 * math.pi)
    assert reply["vertices"]["Tih"] == pytest.approx(mu_tr / 2.0, rel=1e-9)
    assert reply["widths"][0] == pytest.approx(closed / 2.0, rel=1e-9)
    assert mu_tr**2 * neutrino_photon_width(m_N) == pytest.approx(closed, rel=1e-12)


def neutron_dipole_closed_form(energy: float, m: float) -> float:
    """sigma/mu_tr^2 [cm^2 GeV^2] on a neutron, arXiv:2207.04137 with Sachs form factors G_E = 0, G_M = -1.913 D."""
    mass, alpha = 0.93956542, 1.0 / 137.036
    x = 2.0 * mass * energy
    s = mass**2 + x
    momentum_in = x / (2.0 * math.sqrt(s))
    energy_out = (s + m**2 - mass**2) / (2.0 * math.sqrt(s))
    momentum_out = math.sqrt(energy_out**2 - m**2)
    high = 2.0 * momentum_in * (energy_out + momentum_out) - m**2
    low = mass**2 * m**4 / (s * high)

    def slope(log: float) -> float:
        q2 = math.exp(log)
        tau = q2 / (4.0 * mass**2)
        magnetic2 = (1.913 / (1.0 + q2 / 0.843**2) ** 2) ** 2
        r = tau * magnetic2 / (1.0 + tau)
        y = q2 * (m**2 + q2) * (2.0 * m**2 - q2)
        k = q2 * (2.0 * x * (x - q2) + m**4 - m**2 * (2.0 * s - q2)) - 2.0 * mass**2 * m**4
        return q2 * alpha * (magnetic2 * y + r * (2.0 * k - y)) / (4.0 * x**2 * q2**2)

    return 3.8937937e-28 * float(quad(slope, math.log(low), math.log(high), epsabs=0.0, epsrel=1e-9, limit=200)[0])


def test_dipole_on_neutrons_is_the_closed_form_where_darknews_has_none() -> None:
    """DarkNews 0.4.8 weighs n-el with Z^2 = 0; expected is the formula of arXiv:2207.04137, integrated with scipy."""
    for helicity in HELICITIES:
        darknews, _ = darknews_cross_sections(ROW_11 | {"m4": 0.1}, "neutron", helicity)
        assert np.all(darknews == 0.0)
    expected = [neutron_dipole_closed_form(energy, 0.1) for energy in ENERGIES]
    found = load("sigma-dipole")(E_nu=ENERGIES, m_N=0.1, target="neutron", helicity="summed")
    assert found == pytest.approx(expected, rel=2e-4, abs=0.0)
