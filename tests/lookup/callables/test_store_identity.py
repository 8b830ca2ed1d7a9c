"""A store answers only under its own name and version, for what this gloam reads; damaged metadata are refused in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gloam import lookup, tables
from gloam.lookup.callables import store, table
from gloam.lookup.errors import StoreError, UnknownName
from gloam.tables.spec import TableSpec, digest

ROOT = Path(__file__).parents[3]
PACKAGED = store.packaged()
CURRENT = store.versions(PACKAGED / "dipole-rates")[-1].name  # version directory of the shipped table


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of stores that is searched first."""
    (tmp_path / "stores").mkdir()
    monkeypatch.setenv("GLOAM_STORES", str(tmp_path / "stores"))
    table._opened.cache_clear()
    yield tmp_path / "stores"
    table._opened.cache_clear()


def put(place: Path, of: str, name: str, version: str = CURRENT) -> Path:
    """A copy of the shipped store ``of`` under another name."""
    (source,) = (PACKAGED / of).glob("v*")
    return Path(shutil.copytree(source, place / name / version))


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the description of a store and make all its digests agree, as another recipe would have written it."""
    metadata, manifest = (json.loads((path / name).read_text()) for name in ("zarr.json", "manifest.json"))
    described = json.loads(metadata["attributes"]["spec"])
    change(described)
    spec = TableSpec.from_json(json.dumps(described))
    metadata["attributes"]["spec"] = spec.to_json()
    text = json.dumps(metadata).encode()
    (path / "zarr.json").write_bytes(text)
    manifest |= {"name": spec.name, "version": spec.version, "digest": digest(spec, metadata["attributes"]["inputs"])}
    manifest["files"]["zarr.json"] = hashlib.sha256(text).hexdigest()
    (path / "manifest.json").write_text(json.dumps(manifest))


def value(of: str = "dipole-rates") -> float:
    return float(lookup.load(of)(m_N=0.25, beam="microboone")[0])


@pytest.mark.parametrize(("of", "name", "version"), [
    ("z-rates", "dipole-rates", CURRENT),
    ("dipole-rates", "z-rates", CURRENT),
    ("dipole-rates", "dipole-rates", "v7"),
    ("dipole-rates", "my-rates", CURRENT),
])  # fmt: skip
def test_a_store_under_another_name_or_version_is_refused(place: Path, of: str, name: str, version: str) -> None:
    """Expected: both names in one sentence, from a table and from a rate; not one table's numbers for another's."""
    path = put(place, of, name, version)
    with pytest.raises(StoreError, match=rf"{path} holds {of} v\d, not the {name} {version} of its directory: move it"):
        lookup.load(name)
    if name == "dipole-rates":
        with pytest.raises(StoreError, match="of its directory"):
            lookup.rate("miniboone-fhc-total", "dipole", nature="dirac")


def test_a_pickled_table_is_checked_as_well(place: Path) -> None:
    """Expected: what was moved under another name meanwhile does not come back as this table."""
    put(place, "dipole-rates", "dipole-rates")
    kept = pickle.dumps(lookup.load("dipole-rates"))
    shutil.rmtree(place / "dipole-rates")
    put(place, "z-rates", "dipole-rates")
    table._opened.cache_clear()
    with pytest.raises(StoreError, match=r"holds z-rates v\d, not the dipole-rates v\d"):
        pickle.loads(kept)


@pytest.mark.parametrize(("entry", "wrong"), [("name", "z-rates"), ("version", 99), ("source_digest", "0" * 64), ("inputs", {})])
def test_a_manifest_of_another_store_is_refused(place: Path, entry: str, wrong: object) -> None:
    """Expected: which of its entries contradicts the description."""
    path = put(place, "dipole-rates", "dipole-rates")
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, entry: wrong}))
    with pytest.raises(StoreError, match=f"manifest.json and description name another {entry}; rebuild it"):
        lookup.load("dipole-rates")


def reversed_components(described: dict[str, Any]) -> None:
    described["components"].reverse()


@pytest.mark.parametrize(("change", "told"), [
    (lambda spec: spec.update(version=99), "version 99, not "),
    (reversed_components, "components nuebar/neutron, "),
    (lambda spec: spec.update(unit="cm^2/POT"), "unit cm^2/POT, not GeV^2/POT"),
    (lambda spec: spec["inputs"][0].update(unit="MeV"), "inputs m_N [MeV], not m_N [GeV]"),
    (lambda spec: spec["choice"]["labels"].reverse(), "labels microboone, miniboone-rhc, miniboone-fhc, not miniboone-fhc"),
])  # fmt: skip
def test_a_store_of_another_recipe_is_refused(place: Path, change: Any, told: str) -> None:
    """Expected: a consistent store whose order, units or version are not those that searches read; what differs is named."""
    path = put(place, "dipole-rates", "dipole-rates")
    rewrite(path, change)
    spec = json.loads(json.loads((path / "zarr.json").read_text())["attributes"]["spec"])
    path = path.rename(path.with_name(f"v{spec['version']}"))
    with pytest.raises(StoreError, match=f"is not of this gloam's dipole-rates: it has .*{re.escape(told)}") as caught:
        lookup.load("dipole-rates")
    assert f"`gloam-build run dipole-rates --out {place}`" in str(caught.value)


def test_what_a_reader_does_not_rely_on_may_differ(place: Path) -> None:
    """Expected: the numbers of the shipped table, from a trial build with another title and a table of the user's own."""
    right = value()
    rewrite(put(place, "dipole-rates", "dipole-rates"), lambda spec: spec.update(title="mine", rtol=0.5))
    rewrite(put(place, "dipole-rates", "my-rates"), lambda spec: spec.update(name="my-rates"))
    table._opened.cache_clear()
    assert lookup.load("dipole-rates").path.is_relative_to(place)
    assert value() == value("my-rates") == right


@pytest.mark.parametrize("name", sorted(path.name for path in PACKAGED.iterdir()))
def test_a_shipped_store_is_of_its_recipe(name: str) -> None:
    """Expected: equal descriptions; opening a shipped store relies on it."""
    (path,) = (PACKAGED / name).glob("v*")
    assert store.open_named(path).spec == tables.recipe(name).TABLE


@pytest.mark.parametrize(
    "name", ["../stores/dipole-rates", "dipole-rates/", "./dipole-rates", "Dipole-Rates", "dipole\x00rates", "", "."]
)
def test_only_a_plain_name_is_a_name(place: Path, name: str) -> None:
    """Expected: an unknown name, no walk through directories and no raw error."""
    put(place, "dipole-rates", "dipole-rates")
    with pytest.raises(UnknownName, match="unknown table or quantity"):
        lookup.load(name)


def cut(path: Path, entry: str) -> str:
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest[entry]
    return json.dumps(manifest)


MANIFESTS = {
    "without files": (lambda path: cut(path, "files"), "manifest.json has no usable files"),
    "without digest": (lambda path: cut(path, "digest"), "manifest.json has no usable digest"),
    "a list": (lambda path: "[]", "manifest.json is a list, not an object"),
    "a number": (lambda path: "3", "manifest.json is a int, not an object"),
    "null": (lambda path: "null", "manifest.json is a NoneType, not an object"),
    "empty": (lambda path: "", "manifest.json is not valid JSON"),
    "Latin-1": (lambda path: b"\xff{}", "manifest.json is not valid JSON"),
    "very deep": (lambda path: "[" * 100_000, "manifest.json is not valid JSON"),
    "an empty object": (lambda path: "{}", "gives the format as null, not as a whole number such as 1"),
    "files as text": (
        lambda path: (path / "manifest.json").read_text().replace('"files": {', '"files": 3, "f": {'),
        "no usable files",
    ),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_damaged_manifest_is_named(place: Path, kind: str) -> None:
    """Expected: one sentence with the store, what is wrong and the remedy."""
    path = put(place, "dipole-rates", "dipole-rates")
    make, told = MANIFESTS[kind]
    text = make(path)
    (path / "manifest.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StoreError, match=re.escape(told)) as caught:
        lookup.load("dipole-rates")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "rebuil" in str(caught.value)


METADATA = {
    "no attributes": lambda whole: whole.pop("attributes"),
    "no spec": lambda whole: whole["attributes"].pop("spec"),
    "spec as a list": lambda whole: whole["attributes"].update(spec="[]"),
    "spec without axes": lambda whole: whole["attributes"].update(spec='{"name": "dipole-rates"}'),
    "regions as text": lambda whole: whole["attributes"].update(regions="many"),
    "other regions": lambda whole: whole["attributes"].update(regions=[63]),
    "scale of another shape": lambda whole: whole["attributes"].update(scale=[[1.0]]),
    "no inputs": lambda whole: whole["attributes"].pop("inputs"),
}


@pytest.mark.parametrize("kind", METADATA)
def test_a_damaged_description_is_named(place: Path, kind: str) -> None:
    """Expected: a sentence, though the digest of the file itself agrees."""
    path = put(place, "dipole-rates", "dipole-rates")
    whole, manifest = (json.loads((path / name).read_text()) for name in ("zarr.json", "manifest.json"))
    METADATA[kind](whole)
    text = json.dumps(whole).encode()
    manifest["files"]["zarr.json"] = hashlib.sha256(text).hexdigest()
    (path / "zarr.json").write_bytes(text)
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=rf"store {path}: .*; rebuild it with `gloam-build run dipole-rates`") as caught:
        lookup.load("dipole-rates")
    assert re.search("its description cannot be used|cannot read error/c/0/0", str(caught.value))


def test_a_version_without_its_manifest_is_not_passed_over(place: Path) -> None:
    """Expected: the damage is named; the shipped table must not stand in for the user's in silence."""
    path = put(place, "dipole-rates", "dipole-rates")
    (path / "manifest.json").unlink()
    with pytest.raises(StoreError, match=f"{path}: manifest.json is missing"):
        lookup.load("dipole-rates")


def test_an_empty_newer_version_is_passed_over_and_told(place: Path) -> None:
    """Expected: the good version answers; doctor names the empty directory and what to do."""
    path = put(place, "dipole-rates", "dipole-rates")
    right, empty = value(), path.with_name(f"v{int(CURRENT[1:]) + 1}")
    empty.mkdir()
    table._opened.cache_clear()
    assert value() == right
    assert store.empty_versions(store.find("dipole-rates")) == (empty,)
    (empty / "zarr.json").write_text("{}")
    table._opened.cache_clear()
    with pytest.raises(StoreError, match=f"{empty}: manifest.json is missing"):
        lookup.load("dipole-rates")


@pytest.mark.parametrize("stated", ["1", None, True, 1.5])
def test_a_format_that_is_no_whole_number_is_told_as_it_stands(place: Path, stated: object) -> None:
    """Expected: not "has format 1, this gloam reads format 1"."""
    path = put(place, "dipole-rates", "dipole-rates")
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "format": stated}))
    with pytest.raises(StoreError, match=re.escape(f"gives the format as {json.dumps(stated)}, not as a whole number such as 1")):
        lookup.load("dipole-rates")


@pytest.mark.parametrize("name", ["v²", "v٣", "v-1", "v1.5", "v", "v1.building", "vv1", "v1 "])
def test_what_is_no_version_is_passed_over(place: Path, name: str) -> None:
    """Expected: the right version beside a directory that only looks like another."""
    right = value()
    put(place, "dipole-rates", "dipole-rates")
    put(place, "z-rates", "dipole-rates", name)
    table._opened.cache_clear()
    assert value() == right
    assert "dipole-rates" in store.available()


def test_directories_of_stores_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: the directory of GLOAM_STORES and the reason; the user's own, which need not exist, is passed over."""
    closed = tmp_path / "closed"
    closed.mkdir()
    real = os.listdir

    def listdir(path: Any) -> list[str]:
        if Path(path) in (closed, store.user_directory()):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    assert "dipole-rates" in store.available()
    monkeypatch.setenv("GLOAM_STORES", str(closed))
    with pytest.raises(StoreError, match=rf"{closed} cannot be read \(Permission denied\): make it readable, or take it out"):
        store.find("dipole-rates")


def test_stores_of_other_wheels_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: ``gloam/stores`` in any place of ``sys.path``; not in the current directory, where a clone may be."""
    monkeypatch.delenv("GLOAM_STORES", raising=False)
    rewrite(put(tmp_path / "gloam" / "stores", "dipole-rates", "my-rates"), lambda spec: spec.update(name="my-rates"))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert value("my-rates") == value()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownName):
        store.find("my-rates")


def test_a_removed_current_directory_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: an answer."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "dipole-rates" in store.available()
    monkeypatch.chdir(tmp_path)


def test_random_damage_gives_no_wrong_number_and_no_raw_error() -> None:
    """Expected: exit 0 of ``scripts/damage_stores.py``: of 100 damaged stores all answers to the bit, or a sentence."""
    script = ROOT / "scripts" / "damage_stores.py"
    small = ["dipole-rates", "decay-z", "hadronic-width", "na64-yield"]
    command = [sys.executable, str(script), "--rounds", "100", "--seed", "20261201", *small]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {kind: int(number) for number, kind in re.findall(r"(\d+) (right|refused)", done.stdout)}
    assert sum(counts.values()) == 100
    assert min(counts.values()) > 10
