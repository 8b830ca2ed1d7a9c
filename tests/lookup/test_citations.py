"""References: every one has its entry, what was used is cited, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gloam import lookup, tables
from gloam.lookup.callables.modules import model_named, names, quantity_named, search_named
from gloam.lookup.cli.main import main
from gloam.lookup.statistics import strength
from gloam.tables import datafile, experiments, references

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"arXiv:(?:[a-z-]+/)?[0-9.]*[0-9]|\b10\.[0-9]{4,5}/[A-Za-z0-9./()_-]*[A-Za-z0-9]")


def of_entries():
    """References that entries, experiments and methods state."""
    for kind, named in (("models", model_named), ("searches", search_named), ("quantities", quantity_named)):
        for name in names(kind):
            yield from named(name).references
    for name in tables.names():
        yield from tables.recipe(name).TABLE.references
    for item in pkgutil.iter_modules(experiments.__path__, f"{experiments.__name__}."):
        stated = vars(importlib.import_module(item.name))
        yield from stated.get("REFERENCES", ())
        for value in stated.values():
            yield from getattr(value, "references", ()) if not isinstance(value, type) else ()
    for found in strength.REFERENCES.values():
        yield from found


def of_data():
    """References in the columns and headers of data files, and in the list of sources."""
    for file in datafile.names():
        columns = datafile.read(file)
        yield from columns.words.get("reference", ())
        yield from NUMBER.findall(columns.header)
    yield from NUMBER.findall((ROOT / "tables" / "data" / "SOURCES.md").read_text(encoding="utf-8"))


def of_texts():
    """arXiv numbers and DOIs in docstrings, comments and constants."""
    for folder in ("tables", "lookup", "builder"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from NUMBER.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("stated", [of_entries, of_data, of_texts])
def test_every_reference_has_its_entry(stated):
    """Expected: none that the file of references does not know; more than a handful are asked for."""
    known = {name.lower() for item in references.known() for name in item.names}
    asked = set(stated())
    assert len(asked) > 40
    assert {name for name in asked if name.lower() not in known} == set()


def test_every_data_file_has_its_publication_and_no_other_is_named():
    """Expected: the keywords of all entries are the files of tables/data."""
    assert {file for item in references.known() for file in item.data} == set(datafile.names())


def test_entries_are_complete_and_read_back():
    """Expected: author, title and year everywhere; a number or a DOI; no key and no number twice; LaTeX's marks only in math."""
    assert len({item.key for item in references.known()}) == len(references.known())
    every = [name for item in references.known() for name in set(item.names)]
    assert len(every) == len(set(every))
    for item in references.known():
        assert {"author", "title", "year"} <= set(item.fields), item.key
        assert {"eprint", "doi"} & set(item.fields), item.key
        assert re.fullmatch(r"[\w.-]+:\d{4}[a-z]{2,3}|arXiv:[\d.]+", item.key), item.key
        assert "_" not in re.sub(r"\$[^$]*\$", "", item.fields["title"]), item.key
        assert references.read(item.bibtex() + "\n")[0].names == item.names
        assert not set("{}$\\") & set(item.words), item.words


def test_words_of_an_entry():
    """Expected: as the journals print them."""
    assert references.find("10.1007/BF01548556").words.startswith("J. Blümlein et al., Z. Phys. C 51 (1991) 341-350: Limits on")
    assert references.find("arXiv:2006.16883").words.startswith("MiniBooNE, Phys. Rev. D 103 (2021) 052002: Updated MiniBooNE")
    assert references.find("sabti:2020yrt").words.startswith(
        "Nashwan Sabti, Andrii Magalich, Anastasiia Filimonova, JCAP 11 (2020) 056"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("arXiv:9912.00001", "eprint = {9912.00001}"),
        ("10.1000/none", "doi = {10.1000/none}"),
        ("this page", "note = {this page}"),
    ],
)
def test_a_reference_that_nobody_entered_is_cited_by_its_name(name, expected):
    """Expected: an entry with what the name tells, for references of the user's own entries."""
    assert expected in references.find(name).bibtex()


def test_bibtex_of_the_command_line(capsys):
    """Expected: entries of the search, its table, the model and gloam; all of them without names; words without --bibtex."""
    assert main(["cite", "--bibtex", "miniboone-fhc-total", "dipole"]) == 0
    keys = {item.key for item in references.read(capsys.readouterr().out)}
    assert {"MiniBooNE:2020pnu", "Magill:2018jla", "Abdullahi:2022cdw", "gloam"} <= keys
    assert "Lees:2017lec" not in keys
    assert main(["cite", "--bibtex"]) == 0
    assert len(references.read(capsys.readouterr().out)) == len(references.known()) + 1
    assert main(["cite"]) == 2
    assert "gloam cite --bibtex for all references" in capsys.readouterr().err


USE = """
from gloam import lookup
assert lookup.citations().used == {}
lookup.rate("g-2", "dark-photon", set="2021")
first = lookup.citations()
assert list(first.used) == ["model dark-photon", "search g-2"], first.used
assert "arXiv:2104.03281" in first.references and "arXiv:2308.06230" not in first.references
lookup.limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac", method="cls", confidence=0.95)
print("\\n".join(lookup.citations().used))
print(lookup.citations().bibtex())
"""


def test_what_a_process_used_is_cited():
    """Expected: tables with the data they were built from, models, searches with their options, the method, gloam."""
    made = subprocess.run([sys.executable, "-P", "-c", USE], capture_output=True, text=True, check=True).stdout
    for used in ("table dipole-rates", "data flux_miniboone_fhc.csv", "search miniboone-fhc-total", "model dipole", "method cls"):
        assert used in made.splitlines()
    keys = {item.key for item in references.read(made)}
    assert {"AguilarArevalo:2008yp", "DeVries:1987atn", "Cowan:2010js", "Muong-2:2021ojo", "Magill:2018jla", "gloam"} <= keys
    assert not keys & {"Muong-2:2023cdq", "Lees:2017lec"}


def test_the_publication_of_the_chosen_curve_is_cited():
    """Expected: the compilation and that of the curve, of 83."""
    lookup.rate("published-hnl", "hnl", nature="majorana", curve="mu-na62")
    assert {"arXiv:2304.06772", "NA62:2021bji"} <= set(lookup.citations().used["search published-hnl"])
