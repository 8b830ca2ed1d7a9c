"""The command line as a person or a script uses it: numbers on stdout, reasons on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from gloam import lookup
from gloam.lookup.cli.main import main

POINT = ["nature=dirac", "m_N=0.14", "m_Zp=1.25", "eps=1e-3", "alpha_D=0.0796", "U2_mu=1e-6", "U2_D=1"]
RATE = ["rate", "miniboone-fhc-produced", "--model", "dark-neutrino"]


def test_rate_prints_value_and_error_as_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: near the 75 events of check value 8 (nu_mu only), plus numubar, neutrons and Z exchange on nucleons."""
    assert main([*RATE, *POINT]) == 0
    text = capsys.readouterr().out
    assert main([*RATE, *POINT, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) >= {"value", "error", "unit", "options"}
    assert 75.0 < answer["value"] < 95.0
    assert 0.0 < answer["error"] < 2e-3 * answer["value"]
    assert float(text.split()[0]) == pytest.approx(answer["value"], rel=1e-7)


def test_points_are_answered_in_order_and_bad_rows_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: one row per point, empty cells and the reason for the bad ones, also the first; exit status 1.

    N is quadratic in mu_tr_mu; `external` is that of --json (0 for a moment below the hadronic threshold).
    """
    file = tmp_path / "points.csv"
    file.write_text("m_N,mu_tr_mu\n-1,1e-6\n0.2,1e-6\n0.2\n0.2,2e-6\n")
    status = main(["rate", "miniboone-fhc-produced", "--model", "dipole", "nature=dirac", "--points", str(file)])
    shown = capsys.readouterr()
    lines = list(csv.DictReader(shown.out.splitlines()))
    assert status == 1
    assert list(lines[0]) == ["value", "error", "external", "problem"]
    assert float(lines[3]["value"]) == pytest.approx(4 * float(lines[1]["value"]), rel=1e-9)
    assert lines[1]["external"] == "0.0"
    assert [line["problem"] == "" for line in lines] == [False, True, False, True]
    assert {lines[row][name] for row in (0, 2) for name in ("value", "error", "external")} == {""}
    assert lines[0]["problem"].startswith("dipole: m_N = -1 GeV is not allowed")
    assert "row 1: dipole: m_N = -1 GeV is not allowed" in shown.err


def test_a_file_of_points_of_a_model_has_the_same_columns_whatever_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expected: the numbers of --json at the good point, a failed first row of the same width, nothing about psi_3 of idm."""
    file = tmp_path / "points.csv"
    file.write_text("eps\n7\n1e-3\n")
    common = ["query", "idm", "m_Ap=1.9", "r=0.3", "Delta=1.2", "alpha_D=0.1"]
    assert main([*common, "eps=1e-3", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert main([*common, "--points", str(file)]) == 1
    header, *lines = csv.reader(capsys.readouterr().out.splitlines())
    assert {len(line) for line in lines} == {len(header)}
    failed, found = (dict(zip(header, line, strict=True)) for line in lines)
    assert {name for name, cell in failed.items() if cell} == {"problem"}
    assert {name: float(found[name]) for name in alone["quantities"]} == alone["quantities"]
    assert {name: float(found[f"external {name}"]) for name in alone["external"]} == alone["external"]
    assert found["c_tau_3"] == ""


def test_files_that_are_no_tables_of_points_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: the cell that is missing or too many, a name that is given twice, a file without rows; never a number."""
    file = tmp_path / "points.csv"
    file.write_text("m_N,m_Zp\n1.5,3,4\n1.5\n1.5,3\n")
    assert main(["query", "hadronic-width", "--points", str(file)]) == 1
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    reasons = [line["problem"] for line in lines]
    assert reasons == ["more cells than names in the header: 1 too many", "no cell for m_Zp: 1 of 2 cells", ""]
    assert [line["value"] == "" for line in lines] == [True, True, False]
    assert main(["query", "hadronic-width", "--points", str(file), "m_Zp=3"]) == 1
    assert "row 3: m_Zp is given twice, in the file and on the command line" in capsys.readouterr().err
    file.write_text("")
    for missing, status in ((file, 2), (tmp_path / "nothing.csv", 1)):
        assert main(["query", "hadronic-width", "--points", str(missing)]) == status
        shown = capsys.readouterr()
        assert shown.out == ""
        assert str(missing) in shown.err


def test_components_of_a_table_have_columns_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: the numbers of the Python call, by the names of the components."""
    file = tmp_path / "points.csv"
    file.write_text("m_N\n0.25\n")
    assert main(["query", "dipole-rates", "beam=miniboone-fhc", "--points", str(file)]) == 0
    (line,) = csv.DictReader(capsys.readouterr().out.splitlines())
    table = lookup.load("dipole-rates")
    values, errors = table.value_and_error(m_N=0.25, beam="miniboone-fhc")
    for name, value, error in zip(table.spec.components, values, errors, strict=True):
        assert (float(line[f"value {name}"]), float(line[f"error {name}"])) == (value, error)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rate", "miniboone-fhc-prodced", "--model", "dipole"], "did you mean 'miniboone-fhc-produced'"),
        ([*RATE, *POINT[1:]], "nature is missing"),
        ([*RATE, *POINT, "m_N=0.2"], "m_N is given twice"),
        ([*RATE, *POINT[:-1], "U2_D=much"], "U2_D = 'much' is not a number alone"),
        (["limit", "babar-monophoton", "--model", "idm", "--option", "quadrature=fats"], "did you mean 'fast'?"),
        (["rate", "miniboone-fhc-produced", "mass", "--model", "dipole"], "is not of the form name=value"),
        (["limit", "miniboone-fhc-produced", "--model", "dipole", "nature=dirac", "--coupling", "mu_tr_mu"], "gives no limit"),
        (["show", "miniboone"], "known:"),
        (["query", "vector-rates", "beam=minos", "m_N=0.1", "m_mediator=1"], "unknown beam"),
        (
            ["plot", "nature=dirac", "--model", "dipole", "-x", "m_N=0.1:1", "-y", "mu_tr_mu=1e-8:1e-4", "-o", "a.png"],
            "name at least one search",
        ),
        (["limit", "g-2", "--model", "idm", "--option", "set=2022"], "unknown set '2022': "),
        (
            ["rate", "g-2", "--model", "idm", "m_Ap=1", "r=0.3", "Delta=0.4", "alpha_D=0.1", "eps=1e-3", "set=2021"],
            "set is an option: on the command line --option set=..., in Python an argument of rate() or limit()",
        ),
        (["limit", "NA64-Invisible", "--model", "idm"], "did you mean 'na64-invisible'?"),
        (["query", "vector-rates", "beam=miniboone", "m_N=0.1", "m_mediator=1"], "'miniboone-rhc' or 'miniboone-fhc'?"),
        (
            ["rate", "g-2", "--model", "idm", "m_Ap=1250", "r=0.3", "Delta=0.4", "alpha_D=0.1", "eps=1e-3"],
            "GeV, not MeV: 1250 MeV are 1.25 GeV",
        ),
        (["rate", "g-2", "--model", "dark-hnl", "m_Ap=1.25"], "coupling_21, coupling_31, coupling_32 are missing"),
        (["limit", "g-2", "--model", "dark-hnl", "--benchmark", "BP2"], "unknown benchmark of dark-hnl 'BP2'"),
        (["query", "idn"], "unknown table, quantity or model 'idn': did you mean 'idm'?"),
        (["query", "sigma-vectr"], "did you mean 'sigma-vector'?"),
        (["query", "g-2"], "gloam rate g-2 --model MODEL"),
        (["rate", "g-2", "--model", "dipole"], "i2dm, idm, inverse-seesaw, not 'dipole', which fits"),
        (["rate", "miniboone-fhc-total", "--model", "idm"], "takes models dark-neutrino, dipole, not 'idm'"),
        (["query", "vector-rates", "beam=microboone", "m_N=0.1", "m_mediator=11"], "m_mediator = 11 GeV is outside"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_two(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: no traceback, one line that names the thing and what to do."""
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert shown.err.count("\n") == 1


def test_a_quantity_and_a_table_are_described_and_cited_before_they_are_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expected: the inputs and references of the recipe, and the command that builds what is missing."""
    monkeypatch.delenv("GLOAM_STORES", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["show", "sigma-vector"]) == 0
    shown = capsys.readouterr().out
    assert "E_nu      [GeV] 0.05 to 20" in shown
    assert "gloam-build run nuclear-moments && gloam-build run nucleon-moments" in shown
    assert main(["show", "z-moments"]) == 0
    assert "not built here: gloam-build run z-moments" in capsys.readouterr().out
    assert main(["cite", "sigma-vector"]) == 0
    assert "https://doi.org/10.1016/0092-640X(87)90013-1" in capsys.readouterr().out
    assert main(["query", "sigma-vector", "E_nu=1", "m_N=0.1", "m_Zp=1", "target=C12"]) == 1
    assert "gloam-build run nuclear-moments" in capsys.readouterr().err


def test_a_place_for_stores_that_does_not_exist_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expected: the directory, and what to do; not an answer from the tables that ship."""
    missing = tmp_path / "stores"
    monkeypatch.setenv("GLOAM_STORES", str(missing))
    assert main(["query", "hadronic-width", "m_N=1.5", "m_Zp=3"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"GLOAM_STORES names {missing}, which is no directory here: correct or unset" in shown.err
    assert main(["doctor"]) == 1
    assert str(missing) in capsys.readouterr().out
    missing.mkdir()
    assert main(["query", "hadronic-width", "m_N=1.5", "m_Zp=3"]) == 0


def test_lists_descriptions_references_and_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: every verb of the design answers with what it promises."""
    assert main(["list"]) == 0
    assert "miniboone-fhc-total" in capsys.readouterr().out
    for name in ("vector-rates", "dark-neutrino", "miniboone-fhc-total"):
        assert main(["show", name]) == 0
        assert name in capsys.readouterr().out
    assert main(["cite", "miniboone-fhc-total", "dipole"]) == 0
    cited = capsys.readouterr().out.splitlines()
    known = [line for line in cited if line.startswith("https://arxiv.org/abs/2006.16883  ")]
    assert known[0].split("  ")[1].startswith("MiniBooNE, Phys. Rev. D 103 (2021) 052002: Updated MiniBooNE neutrino oscillation")
    assert all(line.startswith(("https://arxiv.org/abs/", "https://doi.org/10.")) for line in cited)
    assert main(["doctor"]) == 0
    assert "x numba alone" in capsys.readouterr().out


def test_limits_of_a_file_are_a_row_per_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: the edges of one point alone, nothing excluded without eps, a reason for the bad row, exit status 1."""
    common = ["limit", "miniboone-fhc-total", "--model", "dark-neutrino", "nature=dirac", "--coupling", "U2_mu"]
    fixed = ["m_N=0.01", "m_Zp=0.5", "alpha_D=0.1", "U2_D=1"]
    assert main([*common, *fixed, "eps=1e-2", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    file = tmp_path / "points.csv"
    file.write_text("eps\n-7\n1e-2\n0\n")
    assert main([*common, *fixed, "--points", str(file)]) == 1
    lines = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert lines[0] == [
        "row",
        "interval",
        "low",
        "high",
        "low_error",
        "high_error",
        "low_external",
        "high_external",
        "significant",
        "robust",
        "gap_significant",
        "closest",
        "gaps",
        "problem",
    ]
    assert lines[1][:-1] == ["1", *[""] * 12]
    assert lines[1][-1].startswith("dark-neutrino: eps = -7 is not allowed")
    assert lines[-1][:11] == ["3", "0", *[""] * 9]
    assert 0.0 < float(lines[-1][11]) < 1e-6  # weak decays of N alone
    found = [line[:2] + [float(text) if text else None for text in line[2:10]] for line in lines[2:-1]]
    parts = zip(alone["intervals"], alone["errors"], alone["external"], strict=True)
    expected = [["2", str(i), *ends, *errors, *shifts, 1.0, 1.0] for i, (ends, errors, shifts) in enumerate(parts, start=1)]
    assert found == expected
    assert len(found) >= 1


def test_limit_and_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: JSON keys of the design; the plot is a PNG file."""
    common = ["--model", "dipole", "nature=dirac"]
    assert main(["limit", "miniboone-fhc-total", *common, "--coupling", "mu_tr_mu", "m_N=0.25", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["coupling"] == "mu_tr_mu"
    assert answer["intervals"][0][1] is None
    assert answer["confidence"] == 0.9
    picture = tmp_path / "plane.png"
    arguments = [
        "plot",
        "miniboone-fhc-total",
        "nature=dirac",
        "--model",
        "dipole",
        "-x",
        "m_N=0.02:1",
        "-y",
        "mu_tr_mu=1e-8:1e-4",
        "-o",
        str(picture),
        "--points-x",
        "12",
    ]
    assert main(arguments) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_benchmark_stands_for_its_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """BP1 of arXiv:2302.05410 by name, one value replaced, in a rate, a model and a plane, as from Python."""
    options, parameters = lookup.benchmark("dark-hnl", "BP1")
    assert (parameters["r"], parameters["alpha_D"], options["coupling_32"]) == (0.16, 0.11, "vector")
    assert main(["rate", "g-2", "--model", "dark-hnl", "--benchmark", "BP1", "m_Ap=1.25", "eps=1e-3", "--json"]) == 0
    named = json.loads(capsys.readouterr().out)
    expected = lookup.rate("g-2", "dark-hnl", **options)(m_Ap=1.25, eps=1e-3, **parameters)
    assert named["value"] == expected
    assert main(["query", "dark-hnl", "--benchmark", "BP1", "alpha_D=0.2", "m_Ap=1.25", "eps=1e-3", "--json"]) == 0
    replaced = json.loads(capsys.readouterr().out)["quantities"]["width_Ap"]
    before = lookup.model("dark-hnl", **options)(m_Ap=1.25, eps=1e-3, **parameters)["width_Ap"]
    picture = tmp_path / "plane.png"
    assert (
        main(
            [
                "plot",
                "g-2",
                "--model",
                "dark-hnl",
                "--benchmark",
                "BP1",
                "-x",
                "m_Ap=0.5:2",
                "-y",
                "eps=1e-4:1e-1",
                "-o",
                str(picture),
                "--points-x",
                "10",
            ]
        )
        == 0
    )
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert replaced == pytest.approx(before * 0.2 / 0.11, rel=1e-3)  # the width is that to dark states, up to eps^2


def test_large_errors_of_events_name_the_finer_quadrature(capsys: pytest.CaptureFixture[str]) -> None:
    """A line where a limit or rate comes from few events, none where it comes from many or from a table."""
    point = ["--model", "dark-hnl", "--benchmark", "BP1", "m_Ap=1.25"]
    assert main(["limit", "babar-monophoton", *point]) == 0
    assert "--option quadrature=fine draws more" in capsys.readouterr().out
    assert main(["limit", "babar-monophoton", *point, "--option", "quadrature=fine"]) == 0
    assert "draws more" not in capsys.readouterr().out
    assert main(["limit", "babar-monophoton", "--model", "idm", "m_Ap=1.25", "r=0.33", "Delta=0.4", "alpha_D=0.1"]) == 0
    assert "draws more" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("three-body-width", "first J/(1 - 4 r^2 R), J = 2 int dx"),
        ("babar-missed-12-electrons", "if the polar angle of either is accepted"),
        ("babar-monophoton", "seen if either of the two polar angles is accepted"),
        ("babar-missed", "seen if either polar angle is accepted"),
        ("miniboone-fhc-total", "radius 6.10083 m"),
        ("photon-flux-lead", "squares the whole ratio"),
    ],
)
def test_show_says_what_a_number_is(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Factors of components, angles of merged tracks, the sphere: where the number is described, line breaks aside."""
    assert main(["show", name]) == 0
    assert said in " ".join(capsys.readouterr().out.split())
