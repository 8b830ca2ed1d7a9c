"""Points from files and standard input, and answers as JSON: the right row or one sentence, finite numbers and their origin."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from gloam import lookup
from gloam.lookup.cli.main import main
from gloam.lookup.cli.points import number

QUERY = ["query", "hadronic-width"]
GOOD = "m_N,m_Zp\n1.5,3\n1.6,3\n"


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """Rows of the CSV on stdout."""
    return list(csv.DictReader(capsys.readouterr().out.splitlines()))


def wanted() -> list[float]:
    """The two values of GOOD."""
    return [lookup.load("hadronic-width")(m_N=m_N, m_Zp=3.0) for m_N in (1.5, 1.6)]


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-32"),
        gzip.compress(GOOD.encode(), mtime=0),
        gzip.compress(GOOD.encode("utf-16"), mtime=0),
        GOOD.replace(",", " , ").replace("\n", " \r\n").encode(),
        ("\n" + GOOD + "\n\n").encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-32", "gzip", "gzip of utf-16", "spaces", "empty lines at the ends"],
)
@pytest.mark.parametrize("standard_input", [False, True])
def test_a_table_of_points_is_read_however_it_is_written(
    raw: bytes, standard_input: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expected: the two values from Python, from a file and from standard input."""
    file = tmp_path / "points"
    file.write_bytes(raw)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert main([*QUERY, "--points", "-" if standard_input else str(file)]) == 0
    assert [float(row["value"]) for row in answers(capsys)] == wanted()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"m_N,m_N,m_Zp\n1,2,3\n", "has m_N twice"),
        (b"m_N, m_N ,m_Zp\n1,2,3\n", "has m_N twice"),
        (b"m_N,m_Zp,\n1,2,3\n", "has no name for column 3"),
        (b"m_N;m_Zp\n1;2\n", "separate the columns by commas"),
        (b"1.5,3\n1.6,3\n", "the first line names the columns"),
        ("m_N,m_Zp\n1.5,3\n1.6,3 \xe9\n".encode("latin-1"), "is no text in UTF-8 (byte 0xe9)"),
        (GOOD.encode("utf-16-le"), "holds NUL"),
        (b"PK\x03\x04" + bytes(40), "is a ZIP archive or a spreadsheet"),
        (gzip.compress(GOOD.encode() * 100, mtime=0)[:-20], "is damaged"),
        (b"m_N,m_Zp\n1.5," + b"3" * 140_000 + b"\n", "is no table of points (field larger"),
        (b"m_N,m_Zp\n", "has no rows"),
        (b"\n\n", "has no rows"),
    ],
)
def test_what_is_no_table_of_points_is_refused_in_one_sentence(
    raw: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expected: exit status 2 and one line on stderr that names the file and what is wrong."""
    file = tmp_path / "points.csv"
    file.write_bytes(raw)
    assert main([*QUERY, "--points", str(file)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert words in told[0]
    assert str(file) in told[0]


def test_every_line_has_its_answer_and_kept_columns_stand_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: as many answers as lines below the header, empty ones among them; with --keep the cells as written."""
    file = tmp_path / "points.csv"
    file.write_text("m_N , m_Zp\n\n1.50,3\n0_8,3\n\n1.6,3\n\n")
    assert main([*QUERY, "--points", str(file), "--keep"]) == 1
    rows = answers(capsys)
    assert list(rows[0]) == ["m_N", "m_Zp", "value", "error", "external", "problem"]
    assert [row["m_N"] for row in rows] == ["", "1.50", "0_8", "", "1.6"]
    assert [row["problem"][:17] for row in rows] == ["the line is empty", "", "hadronic-width: m", "the line is empty", ""]
    assert [float(row["value"]) for row in (rows[1], rows[4])] == wanted()


def test_kept_columns_of_a_model_and_of_a_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: names that the answer has too are told apart; every interval repeats its row; JSON has what was given."""
    file = tmp_path / "points.csv"
    file.write_text("m_Ap\n1.0\n")
    assert main(["query", "dark-photon", "eps=1e-3", "--points", str(file), "--keep"]) == 0
    row = answers(capsys)[0]
    assert (row["given m_Ap"], float(row["m_Ap"])) == ("1.0", 1.0)
    file.write_text("m_N\n0.25\n9\n")
    limit = ["limit", "miniboone-fhc-total", "--model", "dipole", "nature=dirac", "--coupling", "mu_tr_mu", "--points", str(file)]
    assert main([*limit, "--keep"]) == 1
    assert [row["m_N"] for row in answers(capsys)] == ["0.25", "9"]
    assert main([*limit, "--keep", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["given"] for line in lines] == [{"m_N": "0.25"}, {"m_N": "9"}]
    assert [line["row"] for line in lines] == [1, 2]


@pytest.mark.parametrize(("text", "found"), [("1", 1.0), (" .5 ", 0.5), ("1.", 1.0), ("-2E-3", -2e-3), ("inf", float("inf"))])
def test_numbers_of_the_command_line_are_decimal(text: str, found: float) -> None:
    """Expected: what the text says; digits in groups, other digits, hexadecimal and Fortran's exponents are words."""
    assert number(text) == found
    for word in ("0_8", "1_000", "\u0663", "0x10", "1d-3", "1,5", "", "e3", "."):
        assert number(word) == word


def strictly(text: str) -> Any:
    """JSON without NaN and Infinity, which are none."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


def test_json_is_one_document_of_finite_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: null with a word why for a width that is infinite and a stable state; references inside the document."""
    assert main(["query", "dark-photon", "m_Ap=1", "eps=1e-3", "br_invisible=1", "--json", "--cite"]) == 0
    found = strictly(capsys.readouterr().out)
    assert found["quantities"]["width_Ap"] is None
    assert found["not_finite"]["quantities.width_Ap"] == "infinite"
    assert any("1801.04847" in reference for reference in found["references"])
    assert main(["query", "idm", "m_Ap=1", "r=0.4", "Delta=1e-4", "alpha_D=0.1", "eps=1e-3", "--json"]) == 0
    found = strictly(capsys.readouterr().out)
    assert found["quantities"]["c_tau_2"] is None
    assert found["not_finite"] == {"quantities.c_tau_2": "infinite"}


def test_json_says_where_its_numbers_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: version, search, model, all parameters with defaults, options, and the digests of the tables that are read."""
    rate = ["rate", "miniboone-fhc-produced", "--model", "dipole", "nature=dirac", "mu_tr_mu=1e-6"]
    assert main([*rate, "m_N=0.2", "--json"]) == 0
    found = strictly(capsys.readouterr().out)["provenance"]
    assert (found["search"], found["model"]) == ("miniboone-fhc-produced", "dipole")
    assert found["parameters"] == {"m_N": 0.2, "mu_tr_e": 0.0, "mu_tr_mu": 1e-6, "mu_tr_tau": 0.0}
    assert found["options"]["nature"] == "dirac"
    assert found["gloam"].count(".") == 2
    table = lookup.load("dipole-rates")
    told = found["tables"]["dipole-rates"]
    assert told == {"version": table.spec.version, "digest": table.digest, "content_digest": table.content_digest}
    file = tmp_path / "points.csv"
    file.write_text("m_N\n0.2\n0.3\n")
    assert main([*rate, "--points", str(file), "--json", "--cite"]) == 0
    lines = [strictly(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["provenance"]["parameters"]["m_N"] for line in lines] == [0.2, 0.3]
    assert all(line["references"] for line in lines)
    assert main([*rate, "--points", str(file), "--cite"]) == 0
    shown = capsys.readouterr()
    assert [row["problem"] for row in csv.DictReader(shown.out.splitlines())] == ["", ""]
    assert "https://" in shown.err
    assert main(["query", "photon-flux-lead", "m_Ap=1", "E_0=100", "bracket=unsquared", "--json"]) == 0
    assert strictly(capsys.readouterr().out)["provenance"]["table"] == "photon-flux-lead"
