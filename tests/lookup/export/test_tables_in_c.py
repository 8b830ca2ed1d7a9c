"""Tables as portable C99: values, error bounds and refusals are Python's to the bit, at every table that ships."""

from __future__ import annotations

import ctypes
import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gloam.lookup import load
from gloam.lookup.callables.store import available
from gloam.lookup.cli.main import main
from gloam.lookup.export.tables import LEFT_OUT

POINTS = 600
TABLES = [name for name in available() if load(name).spec.prefactor not in LEFT_OUT]
DOUBLES = ctypes.POINTER(ctypes.c_double)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables, exported by the command line."""
    place = tmp_path_factory.mktemp("tables")
    arguments = [word for name in TABLES for word in ("--table", name)]
    assert main(["export", "c", *arguments, "-o", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def compiled(place: Path) -> Any:
    """The source, compiled as its header says."""
    flags = "-std=c99 -pedantic-errors -Wall -Wextra -Werror -O3 -march=x86-64-v3 -ffp-contract=off -shared -fPIC".split()
    out = place / "table.so"
    subprocess.run(["gcc", *flags, "-o", str(out), str(place / "gloam_table.c"), "-lm"], check=True)
    library = ctypes.CDLL(str(out))
    library.gloam_table_open.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
    library.gloam_table_values.argtypes = [ctypes.c_void_p, DOUBLES, DOUBLES, DOUBLES]
    library.gloam_table_values.restype = library.gloam_table_open.restype = ctypes.c_int64
    library.gloam_table_text.argtypes = library.gloam_table_name.argtypes = [ctypes.c_void_p]
    library.gloam_table_text.restype = library.gloam_table_name.restype = ctypes.c_char_p
    library.gloam_table_input_unit.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    library.gloam_table_input_unit.restype = ctypes.c_char_p
    return library


def opened(library: Any, path: Path) -> tuple[int, Any]:
    handle = ctypes.c_void_p()
    return library.gloam_table_open(str(path).encode(), ctypes.byref(handle)), handle


def points_of(table: Any) -> Any:
    """Points in the box and a little beyond it, on its bounds, and one that is no number."""
    random, columns = np.random.default_rng(99), []
    for item in table.spec.inputs:
        low, high = item.low, item.high
        position = np.clip(random.uniform(-0.02, 1.02, POINTS), -0.02, 1.02)
        position[:40] = random.integers(0, 2, 40)
        column = low * (high / low) ** position if low > 0.0 else low + (high - low) * position
        column[:40] = np.where(position[:40] == 0.0, low, high)
        columns.append(column)
    rows = np.array(columns).T
    rows[40, 0] = math.nan
    return np.ascontiguousarray(rows)


@pytest.mark.parametrize("name", TABLES)
def test_values_and_error_bounds_are_pythons_to_the_bit(name: str, place: Path, compiled: Any) -> None:
    """Expected: the compiled kernel of Python, whose sums are LLVM's; both fuse the same products."""
    table = load(name)
    for label in table.spec.labels[:2]:
        path = place / f"{name}{f'-{label}' if label else ''}.table".replace("-", "_")
        status, handle = opened(compiled, path)
        assert status == 0
        assert compiled.gloam_table_name(handle).decode() == name
        rows = points_of(table)
        expected, bounds = np.empty((2, POINTS, len(table.spec.components)))
        table.fill(rows.copy(), expected, bounds, label=label)
        found, errors = np.empty_like(expected), np.empty_like(expected)
        for row, value, error in zip(rows, found, errors, strict=True):
            compiled.gloam_table_values(handle, *(array.ctypes.data_as(DOUBLES) for array in (row, value, error)))
        assert 0 < np.isnan(expected[:, 0]).sum() < POINTS
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
        good = ~np.isnan(expected)
        assert (found[good].view(np.int64) == expected[good].view(np.int64)).all()
        assert (errors[good].view(np.int64) == bounds[good].view(np.int64)).all()
        assert json.loads(compiled.gloam_table_text(handle))["content_digest"] == table.content_digest
        assert compiled.gloam_table_input_unit(handle, 0).decode() == table.spec.inputs[0].unit
        assert compiled.gloam_table_input_unit(handle, 99) is None


def test_a_damaged_file_is_refused(place: Path, compiled: Any, tmp_path: Path) -> None:
    """Expected: any flipped bit, missing or surplus byte, and another kind of file have their status, never a table."""
    whole = next(place.glob("*.table")).read_bytes()
    random = np.random.default_rng(3)
    damaged = {len(whole) // 2: whole[: len(whole) // 2], -1: whole + b"x", -2: b"", -3: b"no table at all" * 9}
    for place_of in random.integers(0, len(whole), 40).tolist():
        changed = bytearray(whole)
        changed[place_of] ^= 1 << int(random.integers(8))
        damaged[place_of] = bytes(changed)
    for content in damaged.values():
        path = tmp_path / "damaged.table"
        path.write_bytes(content)
        status, handle = opened(compiled, path)
        assert status < 0
        assert handle.value is None
    assert opened(compiled, tmp_path / "nowhere")[0] == -1


def test_what_is_not_exported_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Expected: one sentence for nothing to do, a composed quantity, and searches without a model."""
    assert main(["export", "c", "-o", str(tmp_path)]) == 2
    assert "nothing to export" in capsys.readouterr().err
    assert main(["export", "c", "--table", "width-hnl", "-o", str(tmp_path)]) == 2
    assert "composed of tables" in capsys.readouterr().err
    assert main(["export", "c", "miniboone-fhc-total", "-o", str(tmp_path)]) == 2
    assert "--model MODEL" in capsys.readouterr().err
