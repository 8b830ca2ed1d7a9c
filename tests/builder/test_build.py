"""A build gives the integral, however it is run; what cannot be built is refused by name."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import xarray
from gloam.builder import accuracy, lock, run, source, workspace
from gloam.lookup.callables.store import open_store
from gloam.lookup.errors import StoreError
from gloam.tables.spec import TableSpec


def test_stored_values_are_the_closed_form(finished, workshop):
    """Expected: (1 - e^(-k a))/(2 k a) b^(+-1); the recipe's midpoint rule with 200 steps is good to 1e-4."""
    data = xarray.open_zarr(finished / "trial" / "v1")
    for choice, k in enumerate((1.0, 2.0)):
        found = np.exp(data["values"].values[choice])
        a, b = np.meshgrid(data["a"].values, data["b"].values, indexing="ij")
        np.testing.assert_allclose(found, workshop.closed_form(k, a, b), rtol=1e-4)


def test_xarray_opens_the_store_with_axes_inputs_and_units(finished):
    """Expected: the axes, units and labels that the recipe declares."""
    data = xarray.open_zarr(finished / "trial" / "v1")
    assert data["values"].dims == ("sign", "ln_a", "ln_b", "component")
    assert data["a"].dims == ("ln_a",)
    assert data["a"].attrs["units"] == "GeV"
    np.testing.assert_allclose(data["ln_b"].values, np.linspace(np.log(0.5), np.log(2.0), 16))
    assert data["sign"].attrs["flag_meanings"] == "one two"
    assert data.attrs["Conventions"].startswith("CF-")


def test_description_in_the_store_is_the_recipe(finished, trial):
    """Expected: TABLE itself, through JSON and back."""
    opened = open_store(finished / "trial" / "v1")
    assert opened.spec == trial.TABLE
    assert TableSpec.from_json(trial.TABLE.to_json()) == trial.TABLE


def test_regions_of_a_description_are_its_own_and_without_them_nothing_changes(trial):
    """Expected: as asked, at most one per cell, back from JSON; a description that names none has the JSON it always had."""
    asked = replace(trial.TABLE, regions=(3, 100))
    assert accuracy.region_counts(asked) == (3, trial.TABLE.axes[1].n - 1)
    assert TableSpec.from_json(asked.to_json()) == asked
    assert "regions" not in trial.TABLE.to_json()
    with pytest.raises(ValueError, match="1 numbers of regions but 2 axes"):
        replace(trial.TABLE, regions=(3,))


@pytest.mark.parametrize("options", [("--workers", 2), ("--chunk", "5,7"), ("--chunk", "1,16", "--workers", 2)])
def test_content_digest_does_not_depend_on_chunks_or_workers(finished, trial, build, workshop, tmp_path, options):
    """Expected: the digest of the build with one worker and default chunks."""
    code, _, _ = build(trial, "run", "trial", "--out", tmp_path, "--points", 600, *options)
    assert code == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_finished_build_leaves_one_directory(finished):
    """Expected: NAME/vN alone, without lock, building or half-written files."""
    assert [p.name for p in (finished / "trial").iterdir()] == ["v1"]
    assert not list(finished.rglob("*.partial"))


def test_second_run_has_nothing_to_do(finished, trial, build):
    """Expected: exit 0 and a sentence, the store untouched."""
    before = (finished / "trial" / "v1" / "provenance.json").read_text()
    code, out, _ = build(trial, "run", "trial", "--out", finished)
    assert code == 0
    assert "already built" in out
    assert (finished / "trial" / "v1" / "provenance.json").read_text() == before


def test_provenance_holds_cost_and_versions(finished):
    """Expected: the keys that the design names; the whole cost is that of chunks, error measurement and verification."""
    found = json.loads((finished / "trial" / "v1" / "provenance.json").read_text())
    assert found["core_seconds_of"].keys() == {"chunks", "error measurement", "verification"}
    assert min(found["core_seconds_of"].values()) > 0.0
    assert found["core_seconds"] == pytest.approx(sum(found["core_seconds_of"].values()))
    assert 3600.0 * found["core_hours"] == pytest.approx(found["core_seconds"])
    assert found["peak_bytes"] > 2**20
    assert {"numpy", "numba", "zarr"} <= found["versions"].keys()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (
            ("    out[1] = ", "    if x[0] > 5.0 and x[1] > 1.5:\n        total = math.nan\n    out[1] = "),
            "nan",
        ),
        (
            ("    out[1] = ", "    if x[0] > 5.0 and x[1] > 1.5:\n        total = -1.0\n    out[1] = "),
            "must be positive",
        ),
        (
            (
                "    out[1] = ",
                "    if x[0] > 5.0 and x[1] > 1.5:\n        total /= x[0] - x[0]\n    out[1] = ",
            ),
            "fails",
        ),
        (
            (
                "    out[1] = ",
                "    if x[0] > 5.0 and x[1] > 1.5:\n        raise ValueError('no root')\n    out[1] = ",
            ),
            "fails (no root)",
        ),
    ],
)
def test_a_bad_kernel_value_names_the_point_and_the_component(workshop, build, tmp_path, change, word):
    """Expected: exit 1 and one of the bad nodes, which are those with a > 5 GeV and b > 1.5."""
    module = workshop.recipe(f"bad_{len(change[1])}", change)
    code, _, err = build(module, "run", "trial", "--out", tmp_path, "--chunk", "24,1", "--workers", 1)
    assert code == 1
    assert word in err
    a, b = (float(re.search(rf"\b{name} = ([0-9.]+)", err)[1]) for name in "ab")
    assert a > 5.0
    assert b > 1.5
    assert f"a = {a:.9g} GeV" in err
    assert re.search(r"sign = (one|two)", err)
    assert "Traceback" not in err


def test_chunks_finished_before_a_bad_value_are_kept(workshop, tmp_path):
    """Expected: chunks are rows of b; the 13th is the first with b > 1.5, 0.5 4^(12/15) = 1.516."""
    module = workshop.recipe("bad_row", ("    out[1] = ", "    if x[1] > 1.5:\n        total = math.nan\n    out[1] = "))
    place = workspace.workspace_in(source.load(module), tmp_path)
    workspace.create(place, (24, 1), replace=False)
    outcome = run.write_chunks(place, [(0, 0, i) for i in range(16)])
    assert outcome.done == 12
    assert "'over'" in outcome.failure
    assert len(workshop.chunk_files(place.building)) == 12


def test_resume_is_refused_when_the_description_changed(workshop, build, tmp_path):
    """Expected: exit 1, the changed field named, and the command that starts afresh."""
    before = workshop.recipe("first_description")
    assert build(before, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    after = workshop.recipe("first_description", ("rtol=1e-4", "rtol=2e-4"))
    code, _, err = build(after, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert "rtol" in err
    assert "--restart" in err
    assert build(after, "finalize", "trial", "--out", tmp_path)[0] == 1
    assert build(after, "run", "trial", "--out", tmp_path, "--restart", "--points", 600)[0] == 0


def test_resume_is_refused_when_the_source_changed(workshop, build, finished, tmp_path):
    """Expected: exit 1; the description is the same, the kernel is not. With the old source the digest of no change."""
    before = workshop.recipe("first_source")
    assert build(before, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    after = workshop.recipe("first_source", ("STEPS = 200", "STEPS = 201"))
    code, _, err = build(after, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert "source" in err
    back = workshop.recipe("first_source")
    assert build(back, "run", "trial", "--out", tmp_path, "--points", 600)[0] == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_a_finished_store_of_another_source_is_not_called_built(finished, workshop, build):
    """Expected: exit 1 and both remedies, a higher version or --restart."""
    after = workshop.recipe("other_source", ("STEPS = 200", "STEPS = 202"))
    code, _, err = build(after, "run", "trial", "--out", finished)
    assert code == 1
    assert "raise its version" in err
    assert "--restart" in err


def test_restart_replaces_a_finished_store(workshop, build, tmp_path):
    """Expected: another kernel gives another content digest under the same version."""
    module = workshop.recipe("replaced")
    assert build(module, "run", "trial", "--out", tmp_path, "--points", 600)[0] == 0
    before = workshop.content_digest(tmp_path)
    after = workshop.recipe("replaced", ("STEPS = 200", "STEPS = 300"))
    assert build(after, "run", "trial", "--out", tmp_path, "--points", 600, "--restart")[0] == 0
    assert workshop.content_digest(tmp_path) != before
    assert [p.name for p in (tmp_path / "trial").iterdir()] == ["v1"]


def test_a_second_driver_is_refused_with_the_process_of_the_first(trial, tmp_path):
    """Expected: the process id in the lock file, ours."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    with lock.exclusive(place):
        assert lock.owner(place) == (os.getpid(), platform.node())
        with pytest.raises(StoreError, match=str(os.getpid())), lock.exclusive(place):
            pass
    assert lock.owner(place) is None


def test_a_table_rougher_than_promised_is_not_put_in_place(workshop, build, tmp_path):
    """Expected: exit 1, again when tried again; 24 cubic nodes over two decades cannot give 1e-9. The chunks are kept."""
    module = workshop.recipe("too_rough", ("rtol=1e-4", "rtol=1e-9"))
    for verb in ("run", "finalize"):
        code, out, _ = build(module, verb, "trial", "--out", tmp_path, "--points", 600)
        assert code == 1
        assert "above the promised" in out
        assert f"{tmp_path / 'trial' / 'v1'} was not made" in out
        assert not (tmp_path / "trial" / "v1").exists()
    row = json.loads(build(module, "status", "trial", "--out", tmp_path, "--json")[1])[0]
    assert (row["state"], row["chunks_done"]) == ("rejected", row["chunks"])
    assert "above the promised" in row["note"]
    assert "begin trial" in row["note"]
    next(path for path in (tmp_path / "trial" / "v1.building" / "values" / "c").rglob("0") if path.is_file()).unlink()
    row = json.loads(build(module, "status", "trial", "--out", tmp_path, "--json")[1])[0]
    assert row["state"] == "stopped"
    assert "resume" in row["note"]


def test_a_replacement_that_fails_verification_leaves_the_finished_store(workshop, build, finished, trial, tmp_path):
    """Expected: exit 1, and the store that was there passes its verification as before."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    module = workshop.recipe("rough_replacement", ("rtol=1e-4", "rtol=1e-9"))
    code, _, err = build(module, "run", "trial", "--out", tmp_path, "--restart", "--points", 600)
    assert code == 1, err
    assert f"{tmp_path / 'trial' / 'v1'} is as it was" in build(module, "status", "trial", "--out", tmp_path)[1]
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)
    assert build(trial, "verify", "trial", "--store", tmp_path, "--points", 300)[0] == 0


def test_linear_tables_are_judged_against_their_largest_value(workshop, build, tmp_path):
    """Expected: a component that changes sign is stored, and its error is relative to the largest |value|."""
    module = workshop.recipe(
        "signed",
        ("rtol=1e-4", 'rtol=1e-4, transform="linear"'),
        ("    out[1] = ", "    out[1] = -x[1] * x[1] + "),
    )
    code, out, _ = build(module, "run", "trial", "--out", tmp_path, "--points", 600)
    assert code == 0, out
    scale = json.loads((tmp_path / "trial/v1/zarr.json").read_text())["attributes"]["scale"]
    a = 10.0
    most = 4.0 - (1.0 - np.exp(-a)) / (2.0 * a) / 2.0
    np.testing.assert_allclose(scale[0][1], most, rtol=1e-4)


def test_errors_are_measured_against_the_reference_of_a_recipe(workshop, build, tmp_path):
    """Expected: nodes by the kernel, bounds of 1 % and more by a reference that is 1 % higher."""
    reference = """
@njit
def reference(x, parameters, data, out):
    kernel(x, parameters, data, out)
    out *= 1.01


def data(label):"""
    module = workshop.recipe("with_reference", ("rtol=1e-4", "rtol=2e-2"), ("\ndef data(label):", reference))
    code, out, _ = build(module, "run", "trial", "--out", tmp_path, "--points", 600, "--keep-values")
    assert code == 0, out
    data = xarray.open_zarr(tmp_path / "trial/v1")
    a, b = np.meshgrid(data["a"].values, data["b"].values, indexing="ij")
    np.testing.assert_allclose(np.exp(data["values"].values[0]), workshop.closed_form(1.0, a, b), rtol=1e-4)
    assert 0.0098 < data["error"].values.min() <= data["error"].values.max() < 0.016
