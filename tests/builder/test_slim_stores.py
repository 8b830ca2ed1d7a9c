"""Stores without the values at the nodes: the same answers and digests, the same commands."""

from __future__ import annotations

import json
import shutil

import h5py
import numpy as np
import pytest
from gloam import tables
from gloam.builder import archive
from gloam.builder.__main__ import main
from gloam.lookup.callables.store import open_store, read_manifest
from gloam.lookup.interpolation.reference import node_values, not_a_knot_coefficients


@pytest.fixture(scope="module")
def slim(trial, tmp_path_factory):
    """The store that `gloam-build run` makes of the trial recipe."""
    directory = tmp_path_factory.mktemp("slim")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "names", lambda: ("trial",))
        patch.setattr(tables, "recipe", lambda name: trial)
        assert main(["run", "trial", "--out", str(directory), "--points", "600", "--workers", "1"]) == 0
    return directory / "trial" / "v1"


def answering(path):
    """SHA-256 of the files that answers come from."""
    return {name: digest for name, digest in read_manifest(path)["files"].items() if name.startswith(("coefficients", "error"))}


def test_answers_and_digests_are_those_of_the_store_with_values(slim, finished):
    """Expected: no values, the same bytes of coefficients and errors, the same digests, blocks equal to the bit."""
    whole = finished / "trial" / "v1"
    assert not any(name.startswith("values") for name in read_manifest(slim)["files"])
    assert answering(slim) == answering(whole) != {}
    for key in ("digest", "content_digest", "answers_digest"):
        assert read_manifest(slim)[key] == read_manifest(whole)[key]
    for one, other in zip(open_store(slim).blocks, open_store(whole).blocks, strict=True):
        np.testing.assert_array_equal(one, other)


def test_values_at_the_nodes_are_recovered(slim, finished, workshop, trial, build):
    """Expected: `diff` finds the store with values the same, single precision aside; the closed form to the promise of 1e-4."""
    code, out, _ = build(trial, "diff", slim, finished / "trial", "--json")
    assert code == 0
    assert max(item["largest"] for item in json.loads(out)["moved"]) < 1e-6
    spec = open_store(slim).spec
    found, _ = archive.values_at_nodes(slim, spec)
    a, b = np.meshgrid(*(np.exp(axis.nodes) for axis in spec.axes), indexing="ij")
    np.testing.assert_allclose(np.exp(found[0]), workshop.closed_form(1.0, a, b), rtol=1e-4)


def test_node_values_invert_the_coefficients():
    """Expected: random numbers on 7 x 6 x 5 nodes and two components again, to rounding."""
    values = np.random.default_rng(3).normal(size=(7, 6, 5, 2))
    np.testing.assert_allclose(node_values(not_a_knot_coefficients(values, 3), 3), values, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(("digest", "words"), [("0" * 64, "digest of the answers"), (None, "neither values nor a digest")])
def test_verification_compares_the_digest_of_the_answers(slim, trial, build, tmp_path, digest, words):
    """Expected: exit 1 and a sentence where it is wrong or missing, 0 as it was built."""
    copy = shutil.copytree(slim, tmp_path / "trial" / "v1")
    manifest = read_manifest(copy)
    assert build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)[0] == 0
    changed = {key: value for key, value in manifest.items() if key != "answers_digest"}
    if digest:
        changed["answers_digest"] = digest
    (copy / "manifest.json").write_text(json.dumps(changed))
    code, out, _ = build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)
    assert code == 1
    assert words in out


def test_a_slim_store_is_exported_and_imported(slim, trial, build, tmp_path):
    """Expected: the same manifest, all digests of files included; a forged digest of the answers is refused."""
    file = tmp_path / "slim.h5"
    assert build(trial, "export", slim, file)[0] == 0
    code, _, err = build(trial, "import", file, "--out", tmp_path)
    assert code == 0, err
    assert read_manifest(tmp_path / "trial" / "v1") == read_manifest(slim)
    with h5py.File(file, "r+") as opened:
        manifest = json.loads(opened["manifest"][()]) | {"answers_digest": "0" * 64}
        del opened["manifest"]
        opened.create_dataset("manifest", data=json.dumps(manifest), dtype=h5py.string_dtype())
    code, _, err = build(trial, "import", file, "--out", tmp_path / "forged")
    assert code == 1
    assert "digest of the answers" in err


def test_restamp_leaves_the_values_out(slim, finished, trial, build, tmp_path):
    """Expected: from a store with values, without a digest of its answers, the files of a slim one; then nothing."""
    copy = shutil.copytree(finished / "trial" / "v1", tmp_path / "trial" / "v1")
    manifest = read_manifest(copy)
    del manifest["answers_digest"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    code, out, err = build(trial, "restamp", "--out", tmp_path)
    assert code == 0, err
    assert "values left out" in out
    assert answering(copy) == answering(slim)
    assert read_manifest(copy)["answers_digest"] == read_manifest(slim)["answers_digest"]
    assert read_manifest(copy)["content_digest"] == read_manifest(slim)["content_digest"]
    assert read_manifest(copy)["files"].keys() == read_manifest(slim)["files"].keys()
    assert build(trial, "verify", "trial", "--store", tmp_path, "--points", 50)[0] == 0
    assert "values left out" not in build(trial, "restamp", "--out", tmp_path)[1]


def test_values_that_do_not_belong_to_the_answers_are_not_left_out_in_silence(finished, trial, build, tmp_path):
    """Expected: exit 1, the store stays, where the values do not give the content digest."""
    copy = shutil.copytree(finished / "trial" / "v1", tmp_path / "trial" / "v1")
    (copy / "manifest.json").write_text(json.dumps({**read_manifest(copy), "content_digest": "0" * 64}))
    code, _, err = build(trial, "restamp", "--out", tmp_path)
    assert code == 1
    assert "do not give its content digest" in err
    assert archive.keeps_values(copy)
