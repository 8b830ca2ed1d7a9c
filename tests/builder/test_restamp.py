"""Restamping: today's source digest for stores whose numbers today's kernel gives again."""

from __future__ import annotations

import json
import shutil

import pytest
from gloam.builder import identity
from gloam.lookup.callables.store import open_store, read_manifest

HARMLESS = ("    for i in range(STEPS):\n", "    steps = STEPS\n    for i in range(steps):\n")


@pytest.fixture
def store(finished, tmp_path):
    """A copy of the finished store: its directory of stores."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    return tmp_path


def test_a_harmless_edit_is_proved_and_stamped(workshop, build, store):
    """Expected: `status` tells the change before and nothing after; all files but the digests are as they were."""
    module = workshop.recipe("harmless", HARMLESS)
    path, before = store / "trial" / "v1", read_manifest(store / "trial" / "v1")
    assert "source changed" in build(module, "status", "trial", "--out", store)[1]
    code, out, err = build(module, "restamp", "--out", store, "--json", "--keep-values")
    assert code == 0, err
    (row,) = json.loads(out)
    assert (row["points"], row["moved"], row["largest"], row["changed"]) == (20, 0, 0.0, True)
    assert "source changed" not in build(module, "status", "trial", "--out", store)[1]
    after = read_manifest(path)
    assert after["source_digest"] == identity.source_digest(module)
    assert {key for key in after["files"] if after["files"][key] != before["files"][key]} == {"zarr.json"}
    assert {key for key in after if after[key] != before[key]} == {"files", "source_digest"}
    assert [note["source_digest_before"] for note in json.loads((path / "provenance.json").read_text())["restamped"]] == [
        before["source_digest"]
    ]
    assert open_store(path).content_digest == before["content_digest"]
    assert build(module, "verify", "trial", "--store", store, "--points", 100)[0] == 0
    assert [item.name for item in (store / "trial").iterdir()] == ["v1"]
    assert "has today's source digest" in build(module, "restamp", "trial", "--out", store, "--keep-values")[1]


@pytest.mark.parametrize("factor", ["1.0 + 1e-11", "1.0 - 1e-6"])
def test_moved_numbers_are_not_stamped(workshop, build, store, factor):
    """Expected: exit 1 with the point and the size; the store stays as it is."""
    module = workshop.recipe(f"moved_{len(factor)}_{factor[4] == '+'}", ("/ STEPS * x[1]", f"/ STEPS * x[1] * ({factor})"))
    before = read_manifest(store / "trial" / "v1")
    code, _, err = build(module, "restamp", "--out", store)
    assert code == 1
    assert "other numbers at sign = one, a = " in err
    assert f"(by {abs(eval(factor) - 1.0):.2g})" in err
    assert read_manifest(store / "trial" / "v1") == before


def test_last_bits_of_another_machine_are_told(workshop, build, store):
    """Expected: a factor 1 + 2^-52 moves half of the numbers or so by up to 2.3e-16, which is said."""
    module = workshop.recipe("last_bits", ("/ STEPS * x[1]", "/ STEPS * x[1] * (1.0 + 2.0**-52)"))
    code, out, err = build(module, "restamp", "--out", store, "--json")
    assert code == 0, err
    (row,) = json.loads(out)
    assert 10 <= row["moved"] <= 20
    assert 1e-16 < row["largest"] < 4.5e-16


def test_another_description_a_damaged_and_a_missing_store_are_refused(workshop, build, store, trial, tmp_path):
    """Expected: exit 1 with the reason and the remedy; a missing store leaves no directory behind."""
    code, _, err = build(workshop.recipe("described", ('"strength"', '"other"')), "restamp", "--out", store)
    assert code == 1
    assert "another description" in err
    victim = next((store / "trial" / "v1" / "error" / "c").rglob("0"))
    while victim.is_dir():
        victim = next(victim.iterdir())
    victim.write_bytes(victim.read_bytes()[:-1])
    code, _, err = build(trial, "restamp", "--out", store)
    assert code == 1
    assert str(victim) in err
    code, _, err = build(trial, "restamp", "trial", "--out", tmp_path / "none")
    assert code == 1
    assert "gloam-build run trial" in err
    assert not (tmp_path / "none").exists()
