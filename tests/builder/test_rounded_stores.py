"""Stores of 16-bit integers: built, answered, compared, moved and refused like all others, in physical numbers."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace

import h5py
import numpy as np
import pytest
import xarray
import zarr
from gloam import tables
from gloam.builder.__main__ import main
from gloam.lookup.callables.store import open_store
from gloam.lookup.callables.table import Table
from gloam.lookup.errors import StoreError
from gloam.lookup.interpolation.rounding import Rounding

ROUNDED = ("rtol=1e-4", 'rtol=1e-3, dtype="int16"')
POINTS = ("--points", "600", "--keep-values")


@pytest.fixture(scope="module")
def rounded(workshop):
    """The trial recipe, stored as integers."""
    return workshop.recipe("rounded_recipe", ROUNDED)


@pytest.fixture(scope="module")
def stores(workshop, rounded, tmp_path_factory):
    """Finished stores of that recipe, and of the same with float64."""
    found = []
    for module in (rounded, workshop.recipe("exact_recipe", ("rtol=1e-4", 'rtol=1e-3, dtype="float64"'))):
        directory = tmp_path_factory.mktemp(module.__name__)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "names", lambda: ("trial",))
            patch.setattr(tables, "recipe", lambda name, module=module: module)
            assert main(["run", "trial", "--out", str(directory), *POINTS, "--workers", "1"]) == 0
        found.append(directory / "trial" / "v1")
    return found


@pytest.fixture
def copy(stores, tmp_path):
    """A private copy of the store of integers."""
    return shutil.copytree(stores[0], tmp_path / "trial" / "v1")


def steps(path):
    """Scales of values and coefficients."""
    texts = ((path / name / "zarr.json").read_text() for name in ("values", "coefficients"))
    return [json.loads(text)["attributes"]["scale_factor"] for text in texts]


def inside(count):
    """Random points of the trial table."""
    rng = np.random.default_rng(5)
    return {"a": np.exp(rng.uniform(np.log(0.1), np.log(10.0), count)), "b": np.exp(rng.uniform(np.log(0.5), np.log(2.0), count))}


def test_xarray_decodes_values_and_coefficients(stores, workshop):
    """Expected: the arrays of the store of float64 within half a step, and the closed form within that and 1e-4."""
    data, exact = (xarray.open_zarr(path) for path in stores)
    for name, step in zip(("values", "coefficients"), steps(stores[0]), strict=True):
        assert zarr.open_array(stores[0] / name, mode="r").dtype == np.int16
        assert np.abs(data[name].values - exact[name].values).max() <= 0.5 * step * (1 + 1e-9)
        assert step <= np.ptp(exact[name].values) / 65533
    a, b = np.meshgrid(data["a"].values, data["b"].values, indexing="ij")
    for choice, k in enumerate((1.0, 2.0)):
        found = np.exp(data["values"].values[choice])
        np.testing.assert_allclose(found, workshop.closed_form(k, a, b), rtol=1e-4 + steps(stores[0])[0])


def test_coefficients_take_two_bytes_each(stores):
    """Expected by hand: 2 x (24 + 2) x (16 + 2) x 2 integers of two bytes, and four of the checksum."""
    chunk = stores[0].joinpath("coefficients", "c", "0", "0", "0", "0")
    assert chunk.stat().st_size == 2 * 2 * 26 * 18 * 2 + 4


def test_a_chunk_that_is_missing_is_no_number_to_xarray(copy):
    """Expected: NaN, by the attribute _FillValue."""
    shutil.rmtree(copy / "values" / "c")
    assert np.isnan(xarray.open_zarr(copy)["values"].values).all()


def test_lookups_answer_within_half_a_step_of_those_of_float64(stores):
    """Expected: B-splines are positive and add up to one, so the logarithm moves by no more than the coefficients."""
    found, exact = (Table(open_store(path)) for path in stores)
    for sign in ("one", "two"):
        change = np.abs(np.log(found(sign=sign, **inside(500)) / exact(sign=sign, **inside(500))))
        assert change.shape == (500, 2)
        assert 0.0 < change.max() <= 0.5 * steps(stores[0])[1] * (1 + 1e-9)


def test_stated_errors_contain_the_rounding(stores):
    """Expected, from the same points: 1.5 times half a step above those of float64 at most, a tenth of a step on average.

    The sum of squared weights of a bicubic B-spline is above 0.2, so that errors of step/sqrt(12) make 0.13 steps or more.
    """
    step = steps(stores[0])[1]
    found, exact = (xarray.open_zarr(path)["error"].values.astype(float) for path in stores)
    assert (found - exact).max() <= 1.5 * 0.5 * step * (1 + 1e-3)
    assert (found - exact).mean() > 0.1 * step


def test_verification_is_passed_and_measures_the_rounding(stores, rounded, build):
    """Expected: exit 0, and a largest error of no less than a tenth of a step."""
    code, out, _ = build(rounded, "verify", "trial", "--store", stores[0], "--points", 400, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["notes"] == []
    assert 0.1 * steps(stores[0])[1] < found["max_error"] < 1e-3


def test_shards_and_chunks_make_the_same_store_from_exact_nodes(stores, rounded, build, workshop, tmp_path):
    """Expected: float64 while it is built, and the content digest of one run."""
    for shard in ("1/2", "2/2"):
        assert build(rounded, "run", "trial", "--out", tmp_path, "--chunk", "5,7", "--shard", shard)[0] == 0
    nodes = zarr.open_array(tmp_path / "trial" / "v1.building" / "values", mode="r")[...]
    np.testing.assert_array_equal(nodes, zarr.open_array(stores[1] / "values", mode="r")[...])
    code, out, _ = build(rounded, "finalize", "trial", "--out", tmp_path, *POINTS)
    assert code == 0, out
    assert workshop.content_digest(tmp_path) == workshop.content_digest(stores[0].parents[1])
    assert "finished" in build(rounded, "status", "trial", "--out", tmp_path)[1]


def test_the_plan_counts_two_bytes_finished_and_eight_while_it_is_built(rounded, build):
    """Expected by hand: 2 x 24 x 16 nodes and 2 x 26 x 18 coefficients of two components."""
    found = json.loads(build(rounded, "plan", "trial", "--json")[1])
    assert found["disk"] == 2 * 2 * (768 + 936)
    assert found["finalize_disk"] == found["disk"] + 8 * 2 * 768


def test_diff_compares_decoded_numbers(stores, rounded, build):
    """Expected: half a step from the store of float64, which is explained, and nothing from itself."""
    code, out, _ = build(rounded, "diff", stores[1], stores[0], "--json")
    found = json.loads(out)
    assert code == 0
    assert "description: dtype" in found["changes"]
    assert all(0.0 < item["largest"] <= 0.51 * steps(stores[0])[0] for item in found["moved"])
    assert all(item["unexplained"] == 0 for item in found["moved"])
    code, out, _ = build(rounded, "diff", stores[0], stores[0], "--json")
    assert code == 0
    assert all(item["largest"] == 0.0 for item in json.loads(out)["moved"])


def test_an_exported_file_has_physical_numbers_and_makes_the_same_store(stores, rounded, build, workshop, tmp_path):
    """Expected: the closed form to plain h5py, and the manifest of the original, file by file."""
    file = tmp_path / "trial.h5"
    assert build(rounded, "export", stores[0], file)[0] == 0
    with h5py.File(file) as opened:
        a, b = np.meshgrid(opened["a"][:], opened["b"][:], indexing="ij")
        rtol = 1e-4 + steps(stores[0])[0]
        np.testing.assert_allclose(np.exp(opened["values"][1]), workshop.closed_form(2.0, a, b), rtol=rtol)
        assert not {"scale_factor", "add_offset", "_FillValue"} & {*opened["values"].attrs, *opened["coefficients"].attrs}
    assert build(rounded, "import", file, "--out", tmp_path)[0] == 0
    again = tmp_path / "trial" / "v1"
    assert json.loads((again / "manifest.json").read_text()) == json.loads((stores[0] / "manifest.json").read_text())
    assert build(rounded, "verify", "trial", "--store", again, "--points", 100)[0] == 0


@pytest.mark.parametrize("array", ["values", "coefficients"])
@pytest.mark.parametrize("factor", [None, math.nan, 0.5, 2.0, 1.01])
def test_a_file_with_another_scale_is_not_imported(stores, rounded, build, tmp_path, array, factor):
    """Expected: exit 1, file and array named, nothing left: its numbers would not come back."""
    file = tmp_path / "trial.h5"
    assert build(rounded, "export", stores[0], file)[0] == 0
    with h5py.File(file, "r+") as opened:
        about = json.loads(opened["metadata"][()])
        attributes = about["arrays"][array]["attributes"]
        attributes["scale_factor"] = factor and factor * attributes["scale_factor"]
        del opened["metadata"]
        opened.create_dataset("metadata", data=json.dumps(about), dtype=h5py.string_dtype())
    code, _, err = build(rounded, "import", file, "--out", tmp_path / "stores")
    assert code == 1
    assert f"{file}: {array}" in err
    assert not list((tmp_path / "stores").rglob("*"))


@pytest.mark.parametrize("steps_moved", [40, 400])
def test_coefficients_of_a_file_that_miss_its_values_are_not_imported(stores, rounded, build, tmp_path, steps_moved):
    """Expected: exit 1 when the coefficients are raised by whole steps of their integers, checksum rewritten."""
    file = tmp_path / "trial.h5"
    assert build(rounded, "export", stores[0], file)[0] == 0
    with h5py.File(file, "r+") as opened:
        attributes = json.loads(opened["metadata"][()])["arrays"]["coefficients"]["attributes"]
        rounding = Rounding.from_attributes(attributes)
        moved = rounding.decode(np.minimum(rounding.encode(opened["coefficients"][...]) + steps_moved, 32767).astype(np.int16))
        opened["coefficients"][...] = moved
        opened["coefficients"].attrs["sha256"] = hashlib.sha256(moved.tobytes()).hexdigest()
    code, _, err = build(rounded, "import", file, "--out", tmp_path / "stores")
    assert code == 1
    assert "coefficients miss the values" in err
    assert not list((tmp_path / "stores").rglob("*"))


def change(path, array, attributes, seal=True):
    """Give an array other attributes (None removes one), and the manifest the hash of the changed file."""
    file = path / array / "zarr.json"
    raw = json.loads(file.read_text())
    merged = {**raw["attributes"], **attributes}
    raw["attributes"] = {key: value for key, value in merged.items() if value is not None}
    file.write_text(json.dumps(raw))
    if seal:
        manifest = json.loads((path / "manifest.json").read_text())
        manifest["files"][f"{array}/zarr.json"] = hashlib.sha256(file.read_bytes()).hexdigest()
        (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "damaged", [{"scale_factor": None}, {"scale_factor": math.nan}, {"scale_factor": 0.0}, {"add_offset": None}]
)
def test_a_store_with_a_damaged_scale_is_refused(copy, rounded, build, damaged):
    """Expected: lookups name the array and the cure; so do verification and comparison where it is that of the values."""
    change(copy, "values", damaged)
    for command in (("verify", "trial", "--store", copy, "--points", 100), ("diff", copy, copy)):
        code, _, err = build(rounded, *command)
        assert code == 1
        assert "values needs a positive scale_factor and a finite add_offset" in err
    change(copy, "coefficients", damaged)
    with pytest.raises(StoreError, match=r"coefficients needs a positive scale_factor and .*gloam-build run trial"):
        open_store(copy)


def test_another_scale_is_not_believed(copy):
    """Expected: refused by the hash of its file."""
    change(copy, "coefficients", {"scale_factor": 1.0}, seal=False)
    with pytest.raises(StoreError, match=r"coefficients/zarr\.json does not match the manifest"):
        open_store(copy)


@pytest.mark.parametrize(
    ("name", "transform", "body", "expected"),
    [
        ("constant_log", "log", "out[:] = 2.0", lambda a, b: (2.0, 2.0)),
        ("constant_linear", "linear", "out[:] = -3.0", lambda a, b: (-3.0, -3.0)),
        ("signed_line", "linear", "out[0], out[1] = math.log(x[0]), -math.log(x[1])", lambda a, b: (np.log(a), -np.log(b))),
    ],
)
def test_linear_and_constant_tables_are_rounded_too(workshop, build, tmp_path, name, transform, body, expected):
    """Expected: constants to 1e-12, straight lines, which a spline repeats, within half a step; what moved is explained."""
    start = "    total = 0.0\n"
    described, filled = f'{ROUNDED[1]}, transform="{transform}"', (start, f"    {body}\n    return\n{start}")
    module = workshop.recipe(name, (ROUNDED[0], described), filled)
    code, out, err = build(module, "run", "trial", "--out", tmp_path, *POINTS)
    assert code == 0, out + err
    path = tmp_path / "trial" / "v1"
    where = inside(200)
    found = Table(open_store(path))(sign="one", **where)
    allowed = 1e-12 if name != "signed_line" else 0.5 * steps(path)[1] * (1 + 1e-9)
    for component, value in enumerate(expected(where["a"], where["b"])):
        np.testing.assert_allclose(found[:, component], value, rtol=0.0, atol=allowed)
    assert np.isfinite(xarray.open_zarr(path)["values"].values).all()
    finer = workshop.recipe(f"{name}_finer", (ROUNDED[0], described.replace("int16", "float64")), filled)
    assert build(finer, "run", "trial", "--out", tmp_path / "finer", *POINTS)[0] == 0
    code, out, _ = build(module, "diff", tmp_path / "finer" / "trial", path, "--json")
    assert code == 0
    assert all(item["unexplained"] == 0 for item in json.loads(out)["moved"])


def test_reading_needs_no_zarr(stores):
    """Expected: a fresh process opens the store without importing it."""
    script = (
        "import sys; from gloam.lookup.callables.store import open_store; from pathlib import Path; open_store(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", f"{script}; assert 'zarr' not in sys.modules", stores[0]], check=True)


def test_other_types_are_refused(trial):
    """Expected: the sentence lists the three."""
    with pytest.raises(ValueError, match="'int8' is not 'float32', 'float64' or 'int16'"):
        replace(trial.TABLE, dtype="int8")
