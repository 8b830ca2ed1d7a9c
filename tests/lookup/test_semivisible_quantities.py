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
from gloam.lookup import cli
from gloam.lookup.errors import BadParameter, UnknownName
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
    """chi/Z^2 of lead, elastic 12.23 plus an inelastic part of order 1/Z (1 to 2 %); no A' beyond its largest x."""
    flux, spectrum = lookup.load("photon-flux-lead"), lookup.load("spectrum-na64")
    assert flux(m_Ap=0.1, E_0=100.0) / 82.0**2 == pytest.approx(12.23, rel=0.02)
    assert flux(m_Ap=1.0, E_0=100.0, bracket="squared") > flux(m_Ap=1.0, E_0=100.0)
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
    assert found["options"] == {"set": "2021", "convention": "two-sigma"}
    silent = ["limit", "na64-invisible", "--model", "dark-photon", "m_Ap=2", "br_invisible=1", "--option", "yield=published"]
    assert cli.main(silent) == 2
    assert "no information" in capsys.readouterr().err


@pytest.mark.parametrize(("mass", "width"), [(0.78266, 8.68e-3), (1.019461, 4.249e-3)])
def test_the_hadronic_width_resolves_the_narrow_resonances(mass: float, width: float) -> None:
    """Peak at the omega and phi masses to 1.5 MeV, half of its height above the sides within 40 % of the width (PDG 2022)."""
    grid = np.linspace(mass - 0.015, mass + 0.015, 301)
    values = lookup.load("width-dark-photon")(m_Ap=grid, final="hadrons") / grid
    assert grid[values.argmax()] == pytest.approx(mass, abs=1.5e-3)
    half = 0.5 * (values.max() + 0.5 * (values[0] + values[-1]))
    assert np.ptp(grid[values > half]) == pytest.approx(width, rel=0.4)
