"""A store as an HDF5 file: for plain h5py, for a C program, and back to the same store."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import h5py
import numpy as np
import pytest
import xarray
from gloam.builder import archive
from gloam.lookup.callables.store import open_store
from gloam.tables.spec import TableSpec, digest

PROGRAM = """
#include <hdf5.h>
#include <math.h>
#include <stdio.h>

/* The value of the trial table at one node, its coordinate a, the shape, and the unit. */
int main(int count, char **names) {
    hid_t file = H5Fopen(names[1], H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t values = H5Dopen2(file, "values", H5P_DEFAULT), space = H5Dget_space(values);
    hsize_t shape[4];
    H5Sget_simple_extent_dims(space, shape, NULL);
    static double all[2 * 24 * 16 * 2], a[24];
    H5Dread(values, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all);
    hid_t input = H5Dopen2(file, "a", H5P_DEFAULT);
    H5Dread(input, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, a);
    hid_t unit = H5Aopen(file, "unit", H5P_DEFAULT), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    H5Tset_cset(text, H5T_CSET_UTF8);
    char *word;
    H5Aread(unit, text, &word);
    /* choice 1, node 7 of a, node 5 of b, component 0 */
    printf("%d %d %d %d %.17g %.17g %s\\n", (int)shape[0], (int)shape[1], (int)shape[2], (int)shape[3], a[7],
           exp(all[((1 * 24 + 7) * 16 + 5) * 2]), word);
    return 0;
}
"""


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    """The finished store as an HDF5 file."""
    from gloam.builder import exchange

    file = tmp_path_factory.mktemp("exported") / "trial.h5"
    exchange.export_store(finished / "trial" / "v1", file)
    return file


def test_a_store_exported_moved_and_imported_is_the_same(finished, trial, build, tmp_path):
    """Expected: the manifest of the original, file by file, a store that verifies, and the provenance with the import."""
    file = tmp_path / "here" / "trial.h5"
    file.parent.mkdir()
    code, out, _ = build(trial, "export", finished / "trial", file)
    assert code == 0
    manifest = json.loads((finished / "trial" / "v1" / "manifest.json").read_text())
    assert manifest["content_digest"] in out
    moved = shutil.move(file, tmp_path / "moved.h5")
    code, out, _ = build(trial, "import", moved, "--out", tmp_path / "stores")
    assert code == 0
    store = tmp_path / "stores" / "trial" / "v1"
    assert json.loads((store / "manifest.json").read_text()) == manifest
    assert json.loads((store / "provenance.json").read_text())["imported"]["file"] == "moved.h5"
    assert build(trial, "verify", "trial", "--store", store, "--points", 100)[0] == 0
    assert open_store(store).spec == trial.TABLE
    assert build(trial, "import", moved, "--out", tmp_path / "stores")[0] == 0


def test_plain_h5py_reads_values_coordinates_and_metadata(exported, trial, workshop):
    """Expected: (1 - e^(-k a))/(2 k a) b^(+-1), units and dimension scales as the recipe declares."""
    with h5py.File(exported) as file:
        values = file["values"]
        assert [d.label for d in values.dims] == ["sign", "ln_a", "ln_b", "component"]
        np.testing.assert_array_equal(values.dims[1][0][:], file["ln_a"][:])
        assert file["a"].attrs["units"] == "GeV"
        assert file.attrs["unit"] == "GeV"
        a, b = np.meshgrid(file["a"][:], file["b"][:], indexing="ij")
        for choice, k in enumerate((1.0, 2.0)):
            np.testing.assert_allclose(np.exp(values[choice]), workshop.closed_form(k, a, b), rtol=1e-4)
        described = json.loads(json.loads(file["metadata"][()])["attributes"]["spec"])
        assert described["name"] == "trial"
        assert described["rtol"] == trial.TABLE.rtol


def test_a_c_program_reads_the_file(exported, workshop, tmp_path):
    """Expected: shape, unit, and the closed form at node (7, 5) of choice k = 2, with Debian's libhdf5."""
    compiler = shutil.which("h5cc")
    if compiler is None or shutil.which("gcc") is None:
        pytest.fail("a C compiler and libhdf5 are needed: apt-get install --no-install-recommends gcc libc6-dev libhdf5-dev")
    (tmp_path / "read.c").write_text(PROGRAM)
    build = [compiler, "-o", str(tmp_path / "read"), str(tmp_path / "read.c"), "-lm"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run = subprocess.run([tmp_path / "read", exported], capture_output=True, text=True, check=True, env=dict(os.environ))
    *shape, a, value, unit = run.stdout.split()
    assert shape == ["2", "24", "16", "2"]
    assert unit == "GeV"
    b = 0.5 * 4.0 ** (5 / 15)
    assert float(a) == pytest.approx(0.1 * 100.0 ** (7 / 23), rel=1e-12)
    assert float(value) == pytest.approx(workshop.closed_form(2.0, float(a), b)[0], rel=1e-4)


def test_xarray_opens_an_imported_store(exported, tmp_path, finished):
    """Expected: the data of the original."""
    from gloam.builder import exchange

    path = exchange.import_store(exported, tmp_path)
    xarray.testing.assert_identical(xarray.open_zarr(path), xarray.open_zarr(finished / "trial" / "v1"))


def alter(file, how):
    """Damage an HDF5 file in one way."""
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-2000])
    elif how == "text":
        file.write_text("not HDF5")
    else:
        with h5py.File(file, "r+") as opened:
            opened[how][(0,) * opened[how].ndim] += 0.5


@pytest.mark.parametrize("how", ["cut", "text", "values", "coefficients", "error", "ln_a"])
def test_an_altered_file_is_not_imported(exported, trial, build, tmp_path, how):
    """Expected: exit 1 and the file named, nothing left in the directory."""
    file = shutil.copy(exported, tmp_path / "altered.h5")
    alter(file, how)
    code, _, err = build(trial, "import", file, "--out", tmp_path / "stores")
    assert code == 1
    assert str(file) in err
    assert "Traceback" not in err
    assert not list((tmp_path / "stores").rglob("*"))


def test_export_refuses_damage_and_an_existing_file(finished, trial, build, tmp_path):
    """Expected: exit 1 and the file named, in both cases."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    victim = tmp_path / "trial" / "v1" / "error" / "c" / "0" / "0" / "0" / "0"
    victim.write_bytes(victim.read_bytes()[:-1])
    code, _, err = build(trial, "export", tmp_path / "trial", tmp_path / "out.h5")
    assert code == 1
    assert str(victim) in err
    (tmp_path / "out.h5").write_text("")
    code, _, err = build(trial, "export", finished / "trial", tmp_path / "out.h5")
    assert code == 1
    assert "out.h5 exists" in err


def test_import_does_not_overwrite_other_numbers(exported, workshop, trial, build, tmp_path):
    """Expected: exit 1; the store there has the same name and version, and another kernel made it."""
    other = workshop.recipe("exchanged", ("STEPS = 200", "STEPS = 150"))
    assert build(other, "run", "trial", "--out", tmp_path, "--points", 300)[0] == 0
    code, _, err = build(trial, "import", exported, "--out", tmp_path)
    assert code == 1
    assert "other numbers" in err


def rewrite(file, array=None, change=None, spec=None, **attributes):
    """Forge a file as one who knows the format would: other numbers, description or attributes, with all checksums right."""
    with h5py.File(file, "r+") as opened:
        about, manifest = (json.loads(opened[key][()]) for key in ("metadata", "manifest"))
        about["attributes"] |= attributes
        if array is not None:
            numbers = change(opened[array][...])
            opened[array][...] = numbers
            opened[array].attrs["sha256"] = hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest()
        if spec is not None:
            about["attributes"]["spec"] = json.dumps({**json.loads(about["attributes"]["spec"]), **spec})
        raw = about["attributes"]["spec"]
        manifest |= {key: json.loads(raw)[key] for key in ("name", "version")}
        text = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"))
        about["attributes"]["spec"] = text
        manifest["digest"] = hashlib.sha256(
            (text + json.dumps(about["attributes"]["inputs"], sort_keys=True)).encode()
        ).hexdigest()
        total = hashlib.sha256(text.encode())
        for axis in json.loads(text)["axes"]:
            total.update(np.linspace(axis["low"], axis["high"], axis["n"]).tobytes())
        total.update(opened["values"][...].tobytes() + opened["error"][...].tobytes())
        manifest["content_digest"] = total.hexdigest()
        answers = text.encode() + opened["coefficients"][...].tobytes() + opened["error"][...].tobytes()
        manifest["answers_digest"] = hashlib.sha256(answers).hexdigest()
        for key, value in (("metadata", about), ("manifest", manifest)):
            del opened[key]
            opened.create_dataset(key, data=json.dumps(value), dtype=h5py.string_dtype())


def refused(build, trial, file, directory):
    """What an import says that must exit 1 and leave nothing behind, inside the directory or beside it."""
    place = directory / "deep" / "stores"
    code, _, err = build(trial, "import", file, "--out", place)
    assert code == 1, err
    assert str(file) in err
    assert "Traceback" not in err
    assert err.count("\n") == 1
    assert not [path for path in directory.rglob("*") if path != file and not path.is_dir()]
    return err


INPUTS = [
    {"name": "../../../x", "unit": "GeV", "low": 0.1, "high": 10.0, "description": "strength"},
    {"name": "b", "unit": "1", "low": 0.5, "high": 2.0, "description": "factor"},
]


def test_a_forged_file_is_forged_well(exported, trial, build, tmp_path):
    """Expected: rewriting nothing, or the description of an input, gives a file that is imported."""
    file = shutil.copy(exported, tmp_path / "forged.h5")
    rewrite(file, spec={"title": "Another title"})
    assert build(trial, "import", file, "--out", tmp_path / "stores")[0] == 0


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "../../x"},
        {"name": "/tmp/x"},
        {"name": ".."},
        {"name": "x/../../y"},
        {"name": "a\u0000b"},
        {"version": "1/../../x"},
        {"version": -1},
        {"version": True},
        {"inputs": INPUTS},
        {"choice": {"name": "../x", "labels": ["one", "two"]}},
    ],
)
def test_names_that_lead_elsewhere_are_refused(exported, trial, build, tmp_path, spec):
    """Expected: exit 1 with the name, nothing written, although all checksums are right."""
    file = shutil.copy(exported, tmp_path / "forged.h5")
    rewrite(file, spec=spec)
    assert "is not a store exported by gloam" in refused(build, trial, file, tmp_path)


def raised(numbers):
    """One number raised by 1e-3 in the middle."""
    numbers[tuple(n // 2 for n in numbers.shape)] += 1e-3
    return numbers


@pytest.mark.parametrize(
    ("array", "change", "attributes", "words"),
    [
        ("coefficients", lambda c: c + np.float32(0.01), {}, "coefficients miss the values"),
        ("coefficients", raised, {}, "coefficients miss the values"),
        ("coefficients", lambda c: np.roll(c, 1, axis=3), {}, "coefficients miss the values"),
        ("coefficients", lambda c: c * np.float32("nan"), {}, "coefficients are not all finite"),
        ("values", raised, {}, "coefficients miss the values"),
        (None, None, {"scale": [[1e9, 1e9], [1e9, 1e9]]}, "the scale of its errors"),
        (None, None, {"self_test": [{"choice": 7, "inputs": [1.0, 1.0], "values": [1.0, 1.0]}]}, "self-test point"),
        (None, None, {"self_test": [{"choice": 0, "inputs": [1.0, 1.0], "values": [1e9, 1e9]}]}, "its spline is off by"),
        (None, None, {"self_test": [{"choice": 0, "inputs": [1.0, 99.0], "values": [1.0, 1.0]}]}, "self-test point"),
    ],
)
def test_numbers_that_do_not_belong_together_are_refused(exported, trial, build, tmp_path, array, change, attributes, words):
    """Expected: exit 1 with the reason, although all checksums are right."""
    file = shutil.copy(exported, tmp_path / "forged.h5")
    rewrite(file, array, change, **attributes)
    assert words in refused(build, trial, file, tmp_path)


def test_coordinates_and_attributes_are_not_taken_from_the_file(exported, trial, build, finished, tmp_path):
    """Expected: forged nodes, units and a further array change nothing in the store; the manifest is that of the original."""
    file = shutil.copy(exported, tmp_path / "forged.h5")
    rewrite(file, "ln_a", lambda nodes: nodes + 1.0, unit="TeV", title="x", more=["anything"])
    assert build(trial, "import", file, "--out", tmp_path)[0] == 0
    manifest = json.loads((tmp_path / "trial" / "v1" / "manifest.json").read_text())
    assert manifest == json.loads((finished / "trial" / "v1" / "manifest.json").read_text())


@pytest.mark.parametrize("how", ["soft link", "external link", "external storage", "virtual", "group"])
def test_numbers_of_another_file_are_refused(exported, trial, build, tmp_path, how):
    """Expected: exit 1 and the dataset; the values are right, but not in the file."""
    file = shutil.copy(exported, tmp_path / "forged.h5")
    secret = tmp_path / "elsewhere.h5"
    with h5py.File(file, "r+") as opened:
        numbers, checksum = opened["values"][...], opened["values"].attrs["sha256"]
        if how == "soft link":
            opened.move("values", "hidden")
            opened["values"] = h5py.SoftLink("/hidden")
        else:
            del opened["values"]
        if how == "external link":
            opened["values"] = h5py.ExternalLink(str(exported), "/values")
        elif how == "external storage":
            numbers.tofile(tmp_path / "raw")
            shape, kind = numbers.shape, numbers.dtype
            opened.create_dataset("values", shape, kind, external=[(str(tmp_path / "raw"), 0, numbers.nbytes)])
        elif how == "virtual":
            layout = h5py.VirtualLayout(numbers.shape, numbers.dtype)
            layout[...] = h5py.VirtualSource(str(exported), "values", numbers.shape)
            opened.create_virtual_dataset("values", layout)
        elif how == "group":
            opened.create_group("values")
        if "link" not in how:
            opened["values"].attrs["sha256"] = checksum
    (tmp_path / "raw").unlink(missing_ok=True)
    assert not secret.exists()
    assert "values is not a dataset of the file itself" in refused(build, trial, file, tmp_path)


@pytest.mark.parametrize("when", ["write_store", "seal"])
def test_half_an_import_is_removed(exported, trial, build, tmp_path, monkeypatch, when):
    """Expected: exit 1 when the disk is full in between, and nothing left; with room, and after a kill, it is imported."""

    def full(path, *arguments):
        path.mkdir(exist_ok=True)
        (path / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(archive, when, full)
        code, _, err = build(trial, "import", exported, "--out", tmp_path)
    assert code == 1
    assert "No space left on device; make room" in err
    assert not list(tmp_path.iterdir())
    (tmp_path / "trial" / "v1.importing").mkdir(parents=True)
    (tmp_path / "trial" / "v1.importing" / "half").write_text("of one that was killed")
    assert build(trial, "import", exported, "--out", tmp_path)[0] == 0
    assert [path.name for path in (tmp_path / "trial").iterdir()] == ["v1"]
    assert open_store(tmp_path / "trial" / "v1").spec == trial.TABLE


def test_a_file_that_another_process_writes_is_named_as_that(exported, trial, build, tmp_path):
    """Expected: exit 1 and the lock, not damage; once it is closed the file is imported."""
    file = shutil.copy(exported, tmp_path / "busy.h5")
    program = "import sys, h5py; f = h5py.File(sys.argv[1], 'r+'); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen([sys.executable, "-c", program, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "open\n"
    assert "is open for writing in another process" in refused(build, trial, file, tmp_path)
    writer.communicate("")
    assert build(trial, "import", file, "--out", tmp_path / "stores")[0] == 0


def test_export_names_a_damaged_provenance_and_a_missing_directory(finished, trial, build, tmp_path):
    """Expected: exit 1 with path and remedy; the manifest does not cover the provenance."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    for text in ("{", "[1]", ""):
        (tmp_path / "trial" / "v1" / "provenance.json").write_text(text)
        code, _, err = build(trial, "export", tmp_path / "trial", tmp_path / "out.h5")
        assert code == 1
        assert "provenance.json is missing or damaged" in err
        assert "Traceback" not in err
    code, _, err = build(trial, "export", finished / "trial", tmp_path / "none" / "out.h5")
    assert code == 1
    assert "is in no directory that exists" in err


def test_names_of_tables_inputs_and_choices_are_checked_where_they_are_made(trial):
    """Expected: a sentence with the name; dashes, dots and members ("rates@beam") are fine."""
    spec: TableSpec = trial.TABLE
    assert digest(replace(spec, name="vector-rates@micro.boone"), {})
    for bad in ({"name": "../x"}, {"name": ""}, {"name": "a b"}, {"version": 0}, {"version": 1.0}):
        with pytest.raises(ValueError, match="a name has letters"):
            replace(spec, **bad)
    with pytest.raises(ValueError, match="'a/b' is no name of an input"):
        replace(spec, inputs=(replace(spec.inputs[0], name="a/b"), spec.inputs[1]))
