"""Quantities of the dark-photon family and models asked by themselves, from Python and from the command line."""

from __future__ import annotations

import csv
import io
import json
import math
import pickle

import numpy as np
import pytest
from gloam import lookup
from gloam.builder.checks import na64_yield
from gloam.lookup.callables.binding import Binding, reach
from gloam.lookup.callables.plan import BASE, FIRST, SPAN
from gloam.lookup.cli import main as cli
from gloam.lookup.errors import BadParameter, UnknownName
from gloam.tables import layout
from gloam.tables.constants import ALPHA, HBAR_C

POINT = {"m_Ap": 1.25, "r": 0.33, "Delta": 0.4, "eps": 1e-3, "alpha_D": 0.1}
WORDS = [f"{name}={value}" for name, value in POINT.items()]


def test_the_semivisible_width_is_that_of_the_benchmark() -> None:
    """c_tau = 98.82 mm at eps 1e-3, alpha_D 0.1 (independent evaluation); the model agrees with the quantity."""
    width = lookup.load("width-semivisible")(m_j=0.5775, m_i=0.4125, m_Ap=1.25, final="electrons", transition="vector")
    assert HBAR_C / (1e-6 * 0.1 * width) == pytest.approx(0.09882, rel=1e-4)
    assert lookup.model("idm")(**POINT)["c_tau_2"] == pytest.approx(HBAR_C / (1e-6 * 0.1 * width), rel=1e-9)


def test_unphysical_masses_are_refused_by_name() -> None:
    """psi_i heavier than psi_j, and A' on shell: errors, or NaN if asked for."""
    width = lookup.load("width-semivisible")
    for m_j, message in ((0.4, "heavier"), (2.0, "on shell")):
        masses = {"m_j": m_j, "m_i": 0.5, "m_Ap": 1.0}
        with pytest.raises(BadParameter, match=message):
            width(**masses, final="muons", transition="axial")
        assert math.isnan(width(**masses, final="muons", transition="axial", outside="nan"))


def test_closed_widths_of_the_dark_photon() -> None:
    """e+e- far above threshold: alpha m_Ap/3; massless dark fermions: m_Ap/3; both vanish where closed."""
    visible, dark = lookup.load("width-dark-photon"), lookup.load("width-dark-pair")
    assert visible(m_Ap=5.0, final="electrons") == pytest.approx(ALPHA * 5.0 / 3.0, rel=1e-12)
    assert visible(m_Ap=0.2, final="muons") == visible(m_Ap=0.27, final="hadrons") == 0.0
    assert dark(m_Ap=0.9, m_i=0.0, m_j=0.0, transition="axial") == pytest.approx(0.3, rel=1e-12)
    assert dark(m_Ap=0.9, m_i=0.5, m_j=0.5, transition="vector") == 0.0


def test_photon_flux_and_spectrum_answer_like_tables() -> None:
    """chi by the double-exponential rule, formula written again; squared less than unsquared; no A' beyond its largest x."""
    flux, spectrum = lookup.load("photon-flux-lead"), lookup.load("spectrum-na64")
    for mass in (0.01, 0.1, 1.0):
        assert flux(m_Ap=mass, E_0=100.0) == pytest.approx(na64_yield.photon_flux(mass, np.array([100.0]))[0], rel=1e-8)
    assert flux(m_Ap=1.0, E_0=100.0, bracket="squared") < 0.998 * flux(m_Ap=1.0, E_0=100.0)
    assert spectrum(m_Ap=1.0, x=[0.5, 0.995])[1] == 0.0


def test_a_model_answers_without_a_search_and_pickles() -> None:
    """All slots it provides; options are checked; a pickled model gives the same numbers."""
    with pytest.raises(BadParameter, match="coupling_21 is missing"):
        lookup.model("inverse-seesaw")
    with pytest.raises(UnknownName, match="option"):
        lookup.model("idm", set="2021")
    made = lookup.model("inverse-seesaw", coupling_21="axial")
    copied = pickle.loads(pickle.dumps(made))
    assert copied(**POINT, theta=0.1) == made(**POINT, theta=0.1)
    assert "m_N" not in made(**POINT, theta=0.1)


def test_the_command_line_prints_the_quantities_of_a_model(capsys, tmp_path) -> None:
    """Words with units, JSON, and one row per point of a file."""
    assert cli.main(["query", "idm", *WORDS]) == 0
    assert "c_tau_2" in capsys.readouterr().out
    assert cli.main(["query", "idm", *WORDS, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["quantities"]["c_tau_2"] == pytest.approx(0.09882, rel=1e-4)
    assert found["units"]["c_tau_2"] == "m"
    assert found["units"]["width_Ap"] == "GeV"
    points = tmp_path / "points.csv"
    points.write_text("m_Ap\n1.25\n2.5\n")
    assert cli.main(["query", "idm", *WORDS[1:], "--points", str(points)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["m_Ap"]) for row in rows] == [1.25, 2.5]
    assert float(rows[0]["c_tau_2"]) == pytest.approx(0.09882, rel=1e-4)


def test_the_command_line_gives_limits_without_naming_the_only_coupling(capsys) -> None:
    """eps is the coupling of the family; the statistic and the options are part of the answer."""
    words = [word for word in WORDS if not word.startswith("eps")]
    assert cli.main(["limit", "g-2", "--model", "idm", *words, "--option", "set=2021", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["coupling"] == "eps"
    assert found["options"] == {"set": "2021", "convention": "two-sigma", "sided": "one"}
    silent = ["limit", "na64-invisible", "--model", "dark-photon", "m_Ap=2", "br_invisible=1", "--option", "yield=published"]
    assert cli.main(silent) == 2
    assert "no information" in capsys.readouterr().err


@pytest.mark.parametrize(("mass", "width"), [(0.78266, 8.68e-3), (1.019461, 4.249e-3)])
def test_the_hadronic_width_resolves_the_narrow_resonances(mass: float, width: float) -> None:
    """Peak at the omega and phi masses to 0.5 MeV, half of its height above the sides within 8 % of the width (PDG 2022)."""
    grid = np.linspace(mass - 0.015, mass + 0.015, 301)
    values = lookup.load("width-dark-photon")(m_Ap=grid, final="hadrons") / grid
    assert grid[values.argmax()] == pytest.approx(mass, abs=5e-4)
    half = 0.5 * (values.max() + 0.5 * (values[0] + values[-1]))
    assert np.ptp(grid[values > half]) == pytest.approx(width, rel=0.08)


HADRONIC = {"m_Ap": 1.9, "r": 0.3, "Delta": 1.2, "alpha_D": 0.1}  # m_2 - m_1 = 0.684 GeV


def scaled_hadrons(rate, factor):
    """The rate with the coefficients of R(s) in psi_j -> psi_i hadrons scaled in its own copy of the tables."""
    copies = {pair: pair[0].block(pair[1]).copy() for pair in rate._tables}
    for pair in rate._tables[:2]:  # tables of the model, vector and axial
        block = copies[pair]
        block[int(block[layout.COEFFICIENTS]) : int(block[layout.SIZE])] *= factor
    found, plan = reach([copies[pair] for pair in rate._tables]), rate.binding.plan.copy()
    plan[BASE], plan[SPAN], plan[FIRST:] = found.base, found.span, found.offsets
    rate.bind_to(Binding(rate.binding.numbers, plan, copies))
    return rate


@pytest.mark.parametrize(
    ("search", "own", "eps"), [("babar-monophoton", 0.0, 1e-3), ("na64-semivisible", 0.8, 3e-5), ("na64-prompt", 0.8, 1e-3)]
)
def test_five_per_cent_of_r_reach_the_external_uncertainty_of_rates(search, own, eps) -> None:
    """Finite difference: the tables of R(s) scaled by 1.05 and 0.95; in quadrature with what the search itself does not know."""
    point = {**HADRONIC, "eps": eps}
    rate = lookup.rate(search, "idm")
    found = rate.external(**point)
    changes = [abs(scaled_hadrons(lookup.rate(search, "idm"), f)(**point) / rate(**point) - 1.0) for f in (1.05, 0.95)]
    assert max(changes) > 5e-4
    assert found["external"] == pytest.approx(math.hypot(own, max(changes)), rel=1e-5)
    assert math.sqrt(found["external"] ** 2 - own**2) == pytest.approx(max(changes), rel=1e-3)
    assert ("R(s)" in found["external_source"]) == (max(changes) > 1e-3 * found["external"])


def test_a_hadronic_fraction_h_shifts_the_decay_length_by_five_per_cent_of_h() -> None:
    """c_tau/(1 + 0.05 h) and c_tau/(1 - 0.05 h), the larger change; fractions follow; A' -> hadrons by 5 %; eps not at all."""
    for name, options, more in (
        ("idm", {}, {}),
        ("i2dm", {}, {"theta": 0.3}),
        ("inverse-seesaw", {"coupling_21": "axial"}, {"theta": 0.3}),
    ):
        made, point = lookup.model(name, **options), {**HADRONIC, "eps": 1e-3, **more}
        found, external = made(**point), made.external(**point)
        h = found["br_21_hadrons"]
        assert h > 0.1
        assert external["c_tau_2"] == pytest.approx(0.05 * h / (1.0 - 0.05 * h), rel=1e-9)
        assert external["br_21_electrons"] == pytest.approx(0.05 * h / (1.0 - 0.05 * h), rel=1e-9)
        assert external["br_21_hadrons"] == pytest.approx(1.0 - 0.95 / (1.0 - 0.05 * h), rel=1e-9)
        assert external["br_Ap_hadrons"] == pytest.approx(0.05, rel=1e-4)
        assert not {"eps", "m_2", "error_2"} & set(external)


def test_the_cascade_of_psi_3_carries_the_uncertainty_of_r() -> None:
    """psi_3 -> psi_1, psi_2: hadronic fraction summed over both steps."""
    natures = {f"coupling_{pair}": "vector" for pair in ("21", "31", "32")}
    made = lookup.model("dark-hnl", **natures)
    point = {
        "m_Ap": 4.0,
        "r": 0.16,
        "Delta_21": 0.57,
        "Delta_32": 0.59,
        "alpha_D": 0.1,
        "V_21": 0.2,
        "V_32": 1.0,
        "V_31": 0.5,
        "eps": 1e-3,
    }
    found = made(**point)
    h = found["br_31_hadrons"] + found["br_32_hadrons"]
    assert h > 0.1
    assert made.external(**point)["c_tau_3"] == pytest.approx(0.05 * h / (1.0 - 0.05 * h), rel=1e-9)


def test_widths_to_hadrons_carry_five_per_cent() -> None:
    """A width is linear in R(s); leptons know nothing of it."""
    assert lookup.load("width-dark-photon").external(m_Ap=1.0, final="hadrons")["external"] == 0.05
    assert lookup.load("width-dark-photon").external(m_Ap=1.0, final="muons") == {}
    found = lookup.load("width-semivisible").external(m_j=1.0, m_i=0.3, m_Ap=2.0, final="hadrons", transition="axial")
    assert found["external_source"].startswith("R(s)")
    assert lookup.load("width-dark-pair").external(m_Ap=1.0, m_i=0.1, m_j=0.2, transition="axial") == {}


def test_the_visible_dark_photon_knows_the_uncertainty_of_r() -> None:
    """Gamma = Gamma_leptons + Gamma_hadrons: 5 % of the hadronic fraction."""
    made = lookup.model("dark-photon")
    h = made(m_Ap=1.5, eps=1e-3)["br_Ap_hadrons"]
    assert made.external(m_Ap=1.5, eps=1e-3)["width_Ap"] == pytest.approx(0.05 * h, rel=1e-9)


def test_edges_of_a_limit_move_with_the_external_uncertainty() -> None:
    """N ~ eps^2 where all decays are far away: 80 % of N are 40 % of eps; g-2 knows no such uncertainty."""
    bound = lookup.limit("na64-invisible", "dark-photon")
    found = bound.external(m_Ap=0.1, br_invisible=1.0)
    ((low, high),) = found["external"]
    assert low == pytest.approx(0.4, rel=1e-5)
    assert high is None
    assert found["external_source"].startswith("Weizsaecker-Williams yield")
    none = {"external": ((0.0, None),), "external_source": "", "robust": (True,)}
    assert lookup.limit("g-2", "idm").external(**HADRONIC) == none


def test_an_interval_is_robust_if_fewer_events_by_the_external_uncertainty_still_exclude() -> None:
    """N = N_1 eps^2 up to eps = 1: of 80 %, 20 % of N_1 have to be above 2.3."""
    full = lookup.rate("na64-invisible", "dark-photon", efficiency=1.0)(m_Ap=0.1, br_invisible=1.0, eps=1.0)
    for share, robust in ((5.1, True), (4.9, False)):
        bound = lookup.limit("na64-invisible", "dark-photon", efficiency=share * 2.3 / full)
        assert bound.external(m_Ap=0.1, br_invisible=1.0)["robust"] == (robust,)


def test_the_command_line_states_the_external_uncertainty(capsys) -> None:
    """Of quantities of a model, of a width, and of the edges of a limit."""
    words = [f"{name}={value}" for name, value in HADRONIC.items()]
    assert cli.main(["query", "idm", *words, "eps=1e-3", "--json"]) == 0
    assert 0.0 < json.loads(capsys.readouterr().out)["external"]["c_tau_2"] < 0.05
    assert cli.main(["query", "idm", *words, "eps=1e-3"]) == 0
    assert "(external 5 %)" in capsys.readouterr().out
    assert cli.main(["query", "width-dark-photon", "m_Ap=1", "final=hadrons"]) == 0
    assert "external uncertainty 5 % (R(s)" in capsys.readouterr().out
    assert cli.main(["limit", "na64-invisible", "--model", "idm", *words[1:], "m_Ap=0.1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["external"][0][0] == pytest.approx(0.4, rel=1e-3)
    assert cli.main(["limit", "na64-invisible", "--model", "idm", *words[1:], "m_Ap=0.1"]) == 0
    shown = capsys.readouterr().out
    assert "; external 40 %, -)" in shown
    assert "  scanned: 1e-08 to 1\n" in shown
    assert "  external: Weizsaecker-Williams yield: -20 to +80 %" in shown
