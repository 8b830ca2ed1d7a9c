"""Experiments of the user: docs/experiments.md followed to the letter, and what is said of faulty facts."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gloam import lookup
from gloam.builder import source
from gloam.builder.checks.upscattered import Scattering, inside_sphere
from gloam.tables.constants import HBAR_C
from gloam.tables.experiments import own

PAGE = (Path(__file__).parents[1] / "docs" / "experiments.md").read_text(encoding="utf-8")
MASS, DIPOLE = 0.2, 1e-6  # [GeV], [1/GeV] of the page
POT, PROTONS, NEUTRONS = 6.6e20, 18, 22
ARGON = 40e3 * 299792458.0**2 / (37.215540665 * 1.602176634e-10)  # 40 t over the mass of the nucleus [GeV], AME2020
UNIT = 1e-4 / 0.25 / 1e9  # [1/m^2/250 MeV/1e9 POT] in 1/cm^2/GeV/POT
RADIUS = 2.0  # [m]


def block(kind, begin=""):
    """The first block of code of a kind on the page that begins so."""
    return next(text for text in re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.S) if text.startswith(begin))


def run(command, directory):
    """The finished process of a gloam command in ``directory``."""
    program = str(Path(sys.executable).with_name(command[0]))
    environment = {**os.environ, "GLOAM_STORES": "stores"}
    return subprocess.run([program, *command[1:]], cwd=directory, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Directory with the files of the page, in which its commands were run with JSON: their processes by what they begin with."""
    directory = tmp_path_factory.mktemp("own")
    (directory / "flux.csv").write_text(block("csv"))
    (directory / "my-detector.toml").write_text(block("toml"))
    (directory / "stores").mkdir()
    done = {}
    for text in (block("console"), block("console", "$ export")):
        for line in text.splitlines():
            command = line.removeprefix("$ ").split()
            if command[0] != "export":
                process = run([*command, *(["--json"] if command[0] == "gloam" else [])], directory)
                assert process.returncode == 0, (command, process.stderr)
                done[" ".join(command[:3])] = process
    return directory, done


@functools.cache
def made_and_inside(c_tau):
    """N made and, of them, the average probability to decay in the sphere, by plain sums over energies and Q.

    The cross section and the probability are those of the second leg of verification, which share no integrator with tables.
    """
    rows = np.array([line.split(",") for line in block("csv").splitlines()[2:]], dtype=np.float64)
    middles = rows[:, :2].mean(axis=1)
    energies = np.concatenate([[0.004], middles, rows[-1:, 1]])
    totals = np.zeros(2)
    for target, count in (("nucleus", PROTONS**2), ("proton", PROTONS), ("neutron", NEUTRONS)):
        scattering = Scattering("dipole", target, "Ar40", MASS, 0.0)
        steps = np.sqrt(energies[-1] - scattering.threshold) * (np.arange(6000) + 0.5) / 6000
        energy, width = scattering.threshold + steps**2, 2.0 * steps * np.sqrt(energies[-1] - scattering.threshold) / 6000
        flux = sum(np.interp(energy, energies, [row[0] * 0.004 / middles[0], *row, 0.0]) for row in (rows[:, 2], rows[:, 3]))
        _, plain, _, total = scattering.points(energy)
        weight = plain * (flux * width)[:, None] * count
        inside = inside_sphere(2.0 * RADIUS * MASS / (np.sqrt(np.maximum(total**2 - MASS**2, 1e-18)) * c_tau))
        totals += weight.sum(), (weight * inside).sum()
    return totals[0] * UNIT * POT * ARGON * DIPOLE**2, totals[1] / totals[0]


def test_the_page_builds_and_answers(page):
    """Expected: N made and N decaying inside by plain sums, with the lifetime and the fractions of the model.

    To a per cent, the part of N -> nu e e, its width is |mu|^2 m^3/(16 pi): mu_tr = 2 d with Gamma = |d|^2 m^3/(4 pi),
    arXiv:1803.03262.
    """
    _, done = page
    model = lookup.model("dipole", nature="dirac")(m_N=MASS, mu_tr_mu=DIPOLE)
    assert model["c_tau"] == pytest.approx(HBAR_C * 16.0 * np.pi / (DIPOLE**2 * MASS**3), rel=1e-2)
    made, share = made_and_inside(model["c_tau"])
    produced, inside = (json.loads(done[f"gloam rate {name}"].stdout) for name in ("produced", "decaying-inside"))
    assert produced["value"] == pytest.approx(made, rel=2e-5)
    assert inside["value"] == pytest.approx(made * share * (model["br_photon"] + model["br_electrons"]), rel=2e-4)
    assert inside["error"] < 1e-2 * inside["value"]


def test_what_was_understood_is_printed(page):
    """Expected: 40 t over the mass of a nucleus, the trapezoid of the flux; no table before the builds of the page."""
    directory, done = page
    told = json.loads(done["gloam experiment my-detector.toml"].stdout)
    assert told["targets"]["Ar40"]["nuclei"] == pytest.approx(ARGON, rel=1e-8)
    rows = np.array([line.split(",") for line in block("csv").splitlines()[2:]], dtype=np.float64)
    values = rows[:, 2] * UNIT
    total = 0.25 * (values.sum() - values[0] / 4.0 - values[-1] / 4.0)
    assert told["flux"]["numu"]["total"] == pytest.approx(total, rel=1e-4)
    assert not any(told["built"].values())
    again = json.loads(run(["gloam", "experiment", "my-detector.toml", "--json"], directory).stdout)
    assert {name for name, built in again["built"].items() if built} == {"dipole-rates", "decay-dipole"}


def test_one_store_is_made_and_none_is_touched(page):
    """Expected: the members that were built stand alone in the directory of stores."""
    directory, _ = page
    assert sorted(path.name for path in (directory / "stores").iterdir()) == [
        "decay-dipole@my-detector",
        "dipole-rates@my-detector",
    ]


def edited(directory, tmp_path, file, old, new):
    """A copy of the page's files with a change, and the path of the facts."""
    for name in ("flux.csv", "my-detector.toml"):
        text = (directory / name).read_text()
        assert name != file or old in text
        (tmp_path / name).write_text(text.replace(old, new, 1) if name == file else text)
    return tmp_path / "my-detector.toml"


def test_another_exposure_makes_nothing_stale_another_flux_does(page, tmp_path):
    """Expected: the digest of description and inputs is that of the flux, not of exposure, layout or units."""
    directory, _ = page
    here = source.load(f"dipole-rates@{directory}/my-detector.toml").digest
    exposure = edited(directory, tmp_path, "my-detector.toml", "6.6e20", "1.0e21")
    assert source.load(f"dipole-rates@{exposure}").digest == here
    flux = edited(directory, tmp_path, "flux.csv", "0.00,0.25,1.1", "0.00,0.25,1.2")
    assert source.load(f"dipole-rates@{flux}").digest != here
    (tmp_path / "stores").symlink_to(directory / "stores")
    process = run(
        "gloam rate produced --experiment my-detector.toml --model dipole nature=dirac m_N=0.2 mu_tr_mu=1e-6".split(), tmp_path
    )
    assert process.returncode == 1
    assert "another flux@my-detector" in process.stderr
    assert "gloam-build run dipole-rates --experiment" in process.stderr


FAULTS = {  # what is changed in the page's files, and words of the sentence
    "unknown key": ("my-detector.toml", "exposure =", "exposre =", "did you mean 'exposure'"),
    "missing unit": ("my-detector.toml", '"6.6e20 POT"', "6.6e20", "has no unit"),
    "negative exposure": ("my-detector.toml", '"6.6e20 POT"', '"-6.6e20 POT"', "not positive"),
    "wrong unit": ("my-detector.toml", '"40 t"', '"40 m"', "units: t, kg, g, kt"),
    "unknown isotope": ("my-detector.toml", "Ar40 =", "Ar41 =", "did you mean 'Ar40'"),
    "missing table": ("my-detector.toml", '[targets]\nAr40 = "40 t"', "", "[targets] is missing"),
    "flux unit": ("my-detector.toml", "1/m^2/250 MeV/1e9 POT", "1/m^2/250 MeV", "per POT is missing"),
    "no such file": ("my-detector.toml", "flux.csv", "flox.csv", "relative to the folder of the TOML file"),
    "shape": ("my-detector.toml", '"sphere"', '"spere"', "did you mean 'sphere'"),
    "mass out of reach": ("my-detector.toml", '"600 MeV"', '"1.9 GeV"', "largest_mass = 1.9 GeV"),
    "not TOML": ("my-detector.toml", "[flux]", "[flux", "is no TOML"),
    "name": ("my-detector.toml", '"my-detector"', '"My detector"', "lower-case"),
    "not increasing": ("flux.csv", "0.25,0.50", "0.00,0.50", "is not above"),
    "gap": ("flux.csv", "0.25,0.50", "0.30,0.50", "leave no gap"),
    "negative flux": ("flux.csv", "3.2", "-3.2", "a flux is not negative"),
    "no number": ("flux.csv", "3.2", "many", "is not 4 numbers"),
    "column": ("flux.csv", "numubar", "numbar", "did you mean 'numubar'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_facts_is_said_in_one_sentence(page, tmp_path, fault):
    """Expected: one line that names the file and the remedy."""
    directory, _ = page
    *change, words = FAULTS[fault]
    path = edited(directory, tmp_path, *change)
    with pytest.raises(own.BadExperiment) as caught:
        own.load(path)
    assert words in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value).strip()


COMMANDS = {  # a command, and words of its sentence
    "gloam rate produced --model dipole nature=dirac": "give --experiment FILE.toml",
    "gloam rate miniboone-fhc-total --experiment my-detector.toml --model dipole nature=dirac": "that takes an experiment",
    "gloam rate produced --experiment nowhere.toml --model dipole nature=dirac": "cannot be read",
    "gloam-build plan hadronic-width --experiment my-detector.toml": "does not depend on a flux",
    "gloam query vector-rates@my-detector.toml nucleus=Ar40 m_N=0.1 m_mediator=0.1": "gloam-build run vector-rates --experiment",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_that_do_not_fit_say_what_to_do(page, command):
    """Expected: no number, one sentence."""
    process = run(command.split(), page[0])
    assert process.returncode in (1, 2)
    assert COMMANDS[command] in process.stderr
    assert "Traceback" not in process.stderr
    assert process.stdout == ""
