"""Entries of the user, outside gloam: the example of docs/add.md, followed to the letter."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gloam.tables.constants import FERMI_CONSTANT, HBAR_C
from scipy.integrate import quad

PAGE = (Path(__file__).parents[1] / "docs" / "add.md").read_text(encoding="utf-8")
TEMPERATURE, LENGTH, MADE = 0.5, 2.0, 1e12  # [GeV], [m], [1] of the example
MASS, COUPLING = 0.3, 1e-6


def run(command, directory, **environment):
    """The finished process of a gloam command in ``directory``."""
    program = str(Path(sys.executable).with_name(command[0]))
    return subprocess.run(
        [program, *command[1:]],
        cwd=directory,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Directory in which the page's files are written, and its commands run with JSON: [(command, process)]."""
    directory = tmp_path_factory.mktemp("outside")
    for name, text in re.findall(r"^`(\w+/\w+\.py)`:\n\n```python\n(.*?)^```$", PAGE, flags=re.M | re.S):
        path = directory / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / "stores").mkdir()
    block = re.search(r"in the directory `mine`:\n\n```console\n(.*?)^```$", PAGE, flags=re.M | re.S).group(1)
    export, *commands = [line.removeprefix("$ ").split() for line in block.splitlines()]
    environment = dict(item.split("=") for item in export[1:])
    done = []
    for command in commands:
        done.append((command, run([*command, *(["--json"] if command[0] == "gloam" else [])], directory, **environment)))
    return directory, environment, done


def test_the_page_builds_and_answers(followed):
    """Expected: N_0 D <m/p>/c_tau with the mean by scipy's adaptive rule in the energy, the width of a muon scaled."""
    _, _, done = followed
    for command, process in done:
        assert process.returncode == 0, (command, process.stderr)

    def spectrum(energy):
        return energy**2 * math.exp(-energy / TEMPERATURE)

    top = quad(lambda e: spectrum(e) * MASS / math.sqrt(e + MASS), MASS, 20.0, weight="alg", wvar=(-0.5, 0.0))
    below = quad(spectrum, MASS, 20.0)
    decay_length = HBAR_C * 192.0 * math.pi**3 / (COUPLING * FERMI_CONSTANT**2 * MASS**5)
    expected = MADE * LENGTH * top[0] / below[0] / decay_length
    rate, limit = (json.loads(process.stdout) for _, process in done[1:])
    assert rate["value"] == pytest.approx(expected, rel=1e-5)
    assert abs(rate["value"] - expected) <= rate["error"] + 1e-8 * expected
    assert limit["intervals"][0][0] == pytest.approx(COUPLING * 2.3026 / expected, rel=1e-5)


def test_own_entries_stand_in_the_lists(followed):
    """Expected: `gloam list` names them, and without GLOAM_ENTRIES it does not."""
    directory, environment, _ = followed
    for name in ("mean-inverse-boost", "own-lepton", "far-detector"):
        assert name in run(["gloam", "list"], directory, **environment).stdout
    assert "own-lepton" not in run(["gloam", "list"], directory, GLOAM_STORES="stores").stdout


def test_a_directory_that_is_missing_is_named(tmp_path):
    """Expected: one sentence with the path, exit status 2, from both commands."""
    for command in (["gloam", "list"], ["gloam-build", "list"]):
        done = run(command, tmp_path, GLOAM_ENTRIES="nowhere")
        assert done.returncode == 2
        assert "GLOAM_ENTRIES" in done.stderr
        assert "nowhere" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_name_that_is_taken_is_refused(tmp_path):
    """Expected: one sentence that names both files."""
    (tmp_path / "mine" / "models").mkdir(parents=True)
    (tmp_path / "mine" / "models" / "dipole.py").write_text('"""."""\nMODEL = "dipole"\n')
    done = run(["gloam", "list"], tmp_path, GLOAM_ENTRIES="mine")
    assert done.returncode == 2
    assert "gloam.lookup.models.neutral_leptons.dipole" in done.stderr


BROKEN = {  # files of the user, a command, its exit status, and words of its one sentence
    "a rate that is not filled": (
        {"searches/unfilled.py": ("    out[0] = scale * mean[0]\n", "")},
        ["gloam", "rate", "unfilled", "--model", "own-lepton", "m_N=0.3", "U2=1e-6"],
        2,
        "left a rate or an error unfilled",
    ),
    "an error that is not filled": (
        {"searches/unfilled.py": ("    error[0] = out[0] * error_of(pointer(blob), offsets[0], work, 0)\n", "")},
        ["gloam", "rate", "unfilled", "--model", "own-lepton", "m_N=0.3", "U2=1e-6"],
        2,
        "left a rate or an error unfilled",
    ),
    "a refusal without words": (
        {"searches/unfilled.py": ("    x[0] = slots[M_N]\n", "    x[0] = slots[M_N]\n    if x[0] > 0.1:\n        return 1234\n")},
        ["gloam", "rate", "unfilled", "--model", "own-lepton", "m_N=0.3", "U2=1e-6"],
        2,
        "refused with 1234",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_a_search_forgets_is_said(followed, kind):
    """Expected: no number, exit status 2 and one sentence that names the search and what is missing."""
    directory, environment, _ = followed
    files, command, status, words = BROKEN[kind]
    for name, (old, new) in files.items():
        text = (directory / "mine" / "searches" / "far_detector.py").read_text()
        assert old in text
        (directory / "mine" / name).write_text(text.replace(old, new).replace('name="far-detector"', 'name="unfilled"'))
    try:
        done = run(command, directory, **environment)
    finally:
        for name in files:
            (directory / "mine" / name).unlink()
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_one_entry_that_cannot_be_loaded_does_not_hide_the_others(tmp_path):
    """Expected: the list without it, and a line that names it with its reason."""
    (tmp_path / "mine" / "models").mkdir(parents=True)
    (tmp_path / "mine" / "models" / "broken.py").write_text("MODEL = \n")
    done = run(["gloam", "list", "models"], tmp_path, GLOAM_ENTRIES="mine")
    assert done.returncode == 0
    assert "dipole" in done.stdout
    assert "broken is left out" in done.stderr
    assert "Traceback" not in done.stderr
