"""Damage is found: in a build under way, and in a finished store."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

import pytest
from gloam.builder import chunks, source, workspace
from gloam.lookup.callables.store import open_store
from gloam.lookup.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def flip_bit(path: Path, position: int) -> None:
    """Flip one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[position // 8] ^= 1 << position % 8
    path.write_bytes(bytes(raw))


def ruin(path: Path, how: str, rng: random.Random) -> None:
    """Damage a file: flip a bit, cut it, empty it, or remove it."""
    if how == "flip":
        flip_bit(path, rng.randrange(8 * path.stat().st_size))
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:-7])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.fixture
def half_built(trial, build, tmp_path):
    """A build whose chunks are all there, not finalized."""
    assert build(trial, "run", "trial", "--out", tmp_path, "--chunk", "6,8", "--no-finalize")[0] == 0
    return workspace.workspace_in(source.load(trial), tmp_path)


@pytest.mark.parametrize("how", ["flip", "cut", "empty", "missing"])
def test_a_damaged_chunk_stops_finalize_and_is_integrated_again(half_built, finished, trial, build, workshop, tmp_path, how):
    """Expected: finalize names the chunk and exits 1; run then gives the digest of an undisturbed build."""
    victim = random.Random(how).choice(workshop.chunk_files(half_built.building))
    ruin(victim, how, random.Random(how))
    code, _, err = build(trial, "finalize", "trial", "--out", tmp_path, "--points", 600)
    assert code == 1
    assert str(victim) in err
    assert "gloam-build run trial" in err
    assert build(trial, "run", "trial", "--out", tmp_path, "--points", 600)[0] == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_every_flipped_bit_of_a_chunk_is_noticed(half_built, workshop):
    """Expected: crc32c finds each of 100 single flipped bits."""
    rng = random.Random(5)
    array = workspace.open_values(half_built)
    for _ in range(100):
        path = rng.choice(workshop.chunk_files(half_built.building))
        index = tuple(int(part) for part in path.relative_to(half_built.building / "values" / "c").parts[:-1])
        assert chunks.damage(array, index) == ""
        position = rng.randrange(8 * path.stat().st_size)
        flip_bit(path, position)
        assert chunks.damage(array, index) != ""
        flip_bit(path, position)


def test_half_written_files_and_layouts_are_swept(half_built, trial, build, tmp_path):
    """Expected: a stray .partial file and a layout without its name, of killed writers, are gone after the next run."""
    stray = half_built.building / "values" / "c" / "0" / "0" / "0" / "0.0123abc.partial"
    stray.write_bytes(b"half")
    layout = half_built.root / "v1.building.0123abc.new"
    shutil.copytree(half_built.building, layout)
    assert build(trial, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    assert not stray.exists()
    assert not layout.exists()


def test_damaged_metadata_of_a_build_is_a_sentence(half_built, trial, build, tmp_path):
    """Expected: exit 1, the file named, --restart offered."""
    (half_built.building / "values" / "zarr.json").write_text("{")
    code, _, err = build(trial, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert "zarr.json" in err
    assert "--restart" in err
    assert build(trial, "run", "trial", "--out", tmp_path, "--restart", "--points", 600)[0] == 0


def test_damage_of_any_file_of_a_finished_store_fails_verification(finished, trial, build, tmp_path):
    """Expected: exit 1 and the file named, for every file of the manifest and every kind of damage."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    store = tmp_path / "trial" / "v1"
    names = sorted(json.loads((store / "manifest.json").read_text())["files"])
    assert "values/c/0/0/0/0" in names
    for name in names:
        whole = (store / name).read_bytes()
        for how in ("flip", "cut", "missing") if len(whole) > 7 else ("flip", "missing"):
            ruin(store / name, how, random.Random(name + how))
            code, _, err = build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)
            assert code == 1, (name, how)
            assert name in err, (name, how)
            (store / name).write_bytes(whole)
    assert build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)[0] == 0


def test_a_foreign_file_in_a_finished_store_fails_verification(finished, trial, build, tmp_path):
    """Expected: exit 1, since the manifest does not know it."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    (tmp_path / "trial" / "v1" / "notes.txt").write_text("mine")
    code, _, err = build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)
    assert code == 1
    assert "notes.txt" in err


def edit_manifest(store: Path, **changes: object) -> None:
    """Change entries of a manifest."""
    manifest = json.loads((store / "manifest.json").read_text())
    (store / "manifest.json").write_text(json.dumps({**manifest, **changes}))


def test_a_newer_format_is_refused(finished, trial, build, tmp_path):
    """Expected: the store's format, and the advice to update gloam."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    edit_manifest(tmp_path / "trial" / "v1", format=2)
    with pytest.raises(StoreError, match=r"format 2.*update gloam"):
        open_store(tmp_path / "trial" / "v1")
    code, _, err = build(trial, "verify", "trial", "--store", tmp_path)
    assert code == 1
    assert "update gloam" in err


def test_a_wrong_content_digest_fails_verification(finished, trial, build, tmp_path):
    """Expected: exit 1 although every file matches its hash."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    edit_manifest(tmp_path / "trial" / "v1", content_digest="0" * 64)
    code, out, _ = build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)
    assert code == 1
    assert "content digest" in out


def test_a_kernel_that_no_longer_gives_the_stored_values_fails_verification(finished, workshop, build):
    """Expected: exit 1 with a note; 3 midpoints instead of 200 are off by per cent at a = 10 GeV."""
    other = workshop.recipe("other_kernel", ("STEPS = 200", "STEPS = 3"))
    code, out, _ = build(other, "verify", "trial", "--store", finished, "--points", 50)
    assert code == 1
    assert "changed since the build" in out


WRONG = {  # what may stand in a manifest in place of what a build wrote
    "a list": lambda found: [found],
    "a string": lambda found: "manifest",
    "nothing": lambda found: None,
    "no files": lambda found: {key: value for key, value in found.items() if key != "files"},
    "a list of files": lambda found: {**found, "files": sorted(found["files"])},
    "no digests": lambda found: {key: value for key, value in found.items() if "digest" not in key},
    "a number as digest": lambda found: {**found, "content_digest": 5},
    "no version": lambda found: {**found, "version": None},
    "another format": lambda found: {**found, "format": [1]},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_manifest_of_another_shape_is_one_sentence_in_every_command(finished, trial, build, tmp_path, wrong):
    """Expected: exit 1 with the store and what is wrong; `status` and `list` tell it beside the other tables and exit 0."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    path = tmp_path / "trial" / "v1"
    (path / "manifest.json").write_text(json.dumps(WRONG[wrong](json.loads((path / "manifest.json").read_text()))))
    commands = [
        ("verify", "trial", "--store", tmp_path, "--points", 100),
        ("run", "trial", "--out", tmp_path),
        ("finalize", "trial", "--out", tmp_path),
        ("diff", path, finished / "trial"),
        ("export", path, tmp_path / "out.h5"),
        ("restamp", "trial", "--out", tmp_path),
    ]
    for command in commands:
        code, _, err = build(trial, *command)
        assert code == 1, command
        assert str(path) in err
        assert err.count("\n") == 1, err
    for command in (("status", "--json"), ("status",), ("list",)):
        code, out, _ = build(trial, *command, "--out", tmp_path)
        assert code == 0
        assert "damaged" in out


@pytest.mark.parametrize("name", ["v²", "v", "v-1", "v1.5", "vx", "v٣", "v" + "9" * 400])
def test_a_directory_that_is_no_version_is_passed_by(finished, trial, build, tmp_path, name):
    """Expected: the version 1 beside it is found; alone it is no store."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    if len(name) < 200:
        shutil.copytree(finished / "trial" / "v1", tmp_path / "trial" / name)
    assert build(trial, "verify", "trial", "--store", tmp_path, "--points", 100)[0] == 0
    shutil.rmtree(tmp_path / "trial" / "v1")
    code, _, err = build(trial, "verify", "trial", "--store", tmp_path)
    assert code == 1
    assert f"no finished store of 'trial' in {tmp_path}" in err


def test_damaged_metadata_of_a_build_under_way_never_ends_in_a_traceback(half_built, trial, build, tmp_path):
    """Expected: exit 0 or 1 and at most one sentence, whatever stands in the JSON files of a build; `status` always exits 0."""
    files = [path for path in half_built.building.rglob("*") if path.suffix in (".json", ".jsonl")]
    assert {path.name for path in files} > {"zarr.json"}
    texts = [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"attributes": []}',
        '{"attributes": {}}',
        '{"work": "x"}',
        "\x00",
        "[" * 10**5,
    ]
    for path in files:
        whole = path.read_text()
        for text in [*texts, whole[: len(whole) // 2], whole.replace(":", ": 1e999, "), whole.replace('"', "'")]:
            path.write_text(text)
            for command in (("status", "trial", "--out", tmp_path), ("run", "trial", "--out", tmp_path, "--no-finalize")):
                code, _, err = build(trial, *command)
                assert code in ((0,) if command[0] == "status" else (0, 1)), (path, text, err)
                assert code == 0 or err.count("\n") == 1, (path, text, err)
        path.write_text(whole)
    assert build(trial, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
