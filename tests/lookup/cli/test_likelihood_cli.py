"""``gloam likelihood``, ``gloam profile`` and ``gloam plot --likelihood``: the numbers of Python, in words, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.cli.main import main
from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment

POINT = ["m_Ap=0.1", "eps=2e-5", "br_invisible=1"]
JOINT = ["likelihood", "na64-invisible", "g-2", "--model", "dark-photon"]
MOMENT = ["g-2", "--model", "dark-photon", "--option", "set=2021", "--option", "sided=two"]


def best_mixing(mass: float) -> float:
    """eps that gives 251e-11, in closed form."""
    return math.sqrt(251e-11 / muon_moment(mass, 1.0))


def test_json_holds_the_python_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Value, parts, driver, gradient with errors."""
    assert main([*JOINT, *POINT, "--json", "--gradient"]) == 0
    found = json.loads(capsys.readouterr().out)
    made = lookup.likelihood(["na64-invisible", "g-2"], "dark-photon")
    point = {"m_Ap": 0.1, "eps": 2e-5, "br_invisible": 1.0}
    assert found["log_likelihood"] == made(**point)
    assert found["parts"] == made.parts(**point)
    assert found["driver"] == "na64-invisible"
    assert found["gradient"]["eps"] == made.value_and_gradient(**point).slopes["eps"]
    assert found["null"] == 0.0
    assert found["options"]["set"] == "2025"


def test_words_name_what_drives_what_is_approximate_and_what_is_profiled(capsys: pytest.CaptureFixture[str]) -> None:
    """One line per search; nuisances; the value without signal."""
    assert main([*JOINT, *POINT, "--signal", "external"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("ln L = -0.00")
    assert "driven by na64-invisible" in out
    assert "without signal: 0" in out
    assert "na64_invisible_signal: signal of na64-invisible: 80 % of flux and efficiency" in out


def test_points_give_a_row_each_and_a_bad_row_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV with a column per search; exit status 1."""
    file = tmp_path / "points.csv"
    file.write_text("m_Ap,eps\n0.1,2e-5\n-1,2e-5\n0.1,0\n")
    assert main([*JOINT, "br_invisible=1", "--points", str(file)]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    made = lookup.likelihood(["na64-invisible", "g-2"], "dark-photon")
    assert float(rows[0]["log_likelihood"]) == made(m_Ap=0.1, eps=2e-5, br_invisible=1.0)
    assert float(rows[0]["na64-invisible"]) == made.parts(m_Ap=0.1, eps=2e-5, br_invisible=1.0)["na64-invisible"]
    assert "m_Ap = -1 GeV is not allowed" in rows[1]["problem"]
    assert float(rows[2]["log_likelihood"]) == 0.0


def test_a_profile_has_its_minimum_where_the_closed_form_has(capsys: pytest.CaptureFixture[str]) -> None:
    """Delta chi^2 of g-2: ((eps^2/best^2 - 1) 251/59)^2 at every value, in CSV and JSON."""
    best = best_mixing(0.3)
    arguments = ["profile", *MOMENT, "m_Ap=0.3", "-x", f"eps={0.5 * best}:{2.0 * best}", "--points-x", "5"]
    assert main(arguments) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 5
    for row in rows:
        expected = ((float(row["eps"]) / best) ** 2 - 1.0) ** 2 * (251.0 / 59.0) ** 2
        assert -2.0 * float(row["log_likelihood"]) == pytest.approx(expected, abs=1e-6)
    assert float(rows[2]["delta_chi2"]) == pytest.approx(0.0, abs=1e-6)
    assert main([*arguments, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["delta_chi2"]) == 5


def test_a_profile_over_a_free_parameter_follows_its_valley(capsys: pytest.CaptureFixture[str]) -> None:
    """With eps free every mass can give 251e-11, at the eps of the closed form."""
    assert main(["profile", *MOMENT, "-x", "m_Ap=0.1:1", "--free", "eps=1e-4:0.5", "--points-x", "3"]) == 0
    for row in csv.DictReader(io.StringIO(capsys.readouterr().out)):
        assert float(row["delta_chi2"]) == pytest.approx(0.0, abs=1e-4)
        assert float(row["eps"]) == pytest.approx(best_mixing(float(row["m_Ap"])), rel=1e-2)


def test_contours_are_drawn(tmp_path: Path) -> None:
    """A PNG of more than 10 kB, with a profile over nothing else; flags of likelihoods alone are refused."""
    path = tmp_path / "contours.png"
    plane = ["-x", "m_Ap=0.05:2", "-y", "eps=1e-3:0.1", "-o", str(path), "--points-x", "30"]
    assert main(["plot", *MOMENT, *plane, "--likelihood"]) == 0
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["likelihood", "--model", "dark-photon", *POINT], "without any search"),
        ([*JOINT, *POINT, "--signal", "much"], "signal = 'much' is not a number"),
        (["profile", *MOMENT, "m_Ap=0.3", "-x", "m_Ap=0.1:1"], "m_Ap is given twice"),
        (["profile", *MOMENT, "m_Ap=0.3", "-x", "eps=1e-3:1e-2", "--points-x", "1"], "1 points make no profile"),
        (["profile", *MOMENT, "m_Ap=20", "-x", "eps=1e-3:1e-2"], "m_Ap = 20 GeV is not allowed"),
        (["plot", *MOMENT, "-x", "m_Ap=0.1:1", "-y", "eps=1e-3:0.1", "-o", "a.png", "--tables"], "add --likelihood"),
        (["plot", *MOMENT, "--likelihood", "-x", "m_Ap=0.1:1", "-y", "eps=1e-3:0.1", "-o", "a.txt"], "must end in .png"),
    ],
)
def test_bad_usage_has_one_sentence(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and the reason."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert np.char.count(captured.err, "\n") == 1
