"""A store as an HDF5 file: for plain h5py, for a C program, and back to the same store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import h5py
import numpy as np
import pytest
import xarray
from gloam.lookup.store import open_store

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
