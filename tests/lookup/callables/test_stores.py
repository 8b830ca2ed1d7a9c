"""Every store at hand: opens, keeps its digests and its promise, and damage is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from gloam import lookup
from gloam.lookup.callables import store
from gloam.lookup.errors import OutOfRange, StoreError

PACKAGED = store.search_path()[-1]
NAMES = tuple(sorted(path.name for path in PACKAGED.iterdir() if path.is_dir()))


def test_stores_ship_with_the_package() -> None:
    """Expected: what every search and model reads is shipped; 15 MB a table at most, and no values, which no lookup reads."""
    assert len(NAMES) >= 10
    sizes = {name: sum(f.stat().st_size for f in (PACKAGED / name).rglob("*") if f.is_file()) for name in NAMES}
    assert max(sizes.values()) <= 15e6
    assert list(PACKAGED.glob("*/v*/values")) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A private copy of one small store."""
    source = store.versions(PACKAGED / "dipole-rates")[-1]
    return Path(shutil.copytree(source, tmp_path / "dipole-rates" / source.name))


def test_flipped_bits_truncation_and_missing_chunks_are_refused(copy: Path) -> None:
    """Expected: SHA-256 of every byte that is read; the message names the file and the cure."""
    chunk = next(path for path in (copy / "coefficients").rglob("*") if path.is_file() and path.name != "zarr.json")
    good = chunk.read_bytes()
    for bad in (bytes([good[0] ^ 1]) + good[1:], good[:-8], b""):
        chunk.write_bytes(bad)
        with pytest.raises(StoreError, match=r"does not match the manifest.*gloam-build run dipole-rates"):
            store.open_store(copy)
    chunk.unlink()
    with pytest.raises(StoreError, match=r"cannot read coefficients/c/0/0/0 .*gloam-build run dipole-rates"):
        store.open_store(copy)


def test_newer_formats_and_foreign_digests_are_refused(copy: Path) -> None:
    """Expected: the message says which format this gloam reads, or that the digest is wrong."""
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(StoreError, match="format 99, this gloam reads format 1"):
        store.open_store(copy)
    (copy / "manifest.json").write_text(json.dumps({**manifest, "digest": "0" * 64}))
    with pytest.raises(StoreError, match="digest"):
        store.open_store(copy)


def test_a_read_only_directory_is_no_obstacle_to_reading(copy: Path) -> None:
    """Expected: opening and asking write nothing."""
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    store.open_store(copy)
    assert before == {path: path.stat().st_mtime_ns for path in copy.rglob("*")}


def test_outside_the_box_is_refused_with_the_number_of_points() -> None:
    """Expected: input, value, unit, bounds and count in one sentence."""
    table = lookup.load("dipole-rates")
    with pytest.raises(OutOfRange, match=r"m_N = 3 GeV is outside; the table covers 0.005 to 2 GeV \(2 points outside\)"):
        table(beam="microboone", m_N=[0.1, 3.0, 4.0])


def test_a_value_next_to_a_bound_is_told_apart_from_it() -> None:
    """Expected: all digits of a number 1e-7 beyond a bound, more than single precision rounds."""
    table = lookup.load("dipole-rates")
    with pytest.raises(OutOfRange, match=r"m_N = 2\.0000002 GeV is outside; the table covers 0\.005 to 2\.0 GeV"):
        table(beam="microboone", m_N=2.0000002)
    with pytest.raises(OutOfRange, match=r"m_N = 0\.0049999995 GeV is outside"):
        table(beam="microboone", m_N=0.0049999995)
