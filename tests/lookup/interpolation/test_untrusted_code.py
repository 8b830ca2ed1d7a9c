"""Compiled code that is damaged, of another function, or that others can have planted, does not run."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gloam.lookup.interpolation import code_cache
from kept_code import answer, forget, kept, signed, thrice, twice


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``GLOAM_CACHE`` of this process, as if it had just been started."""
    monkeypatch.setenv("GLOAM_CACHE", str(tmp_path / "cache"))
    forget()
    yield tmp_path / "cache"
    forget()


DAMAGES = {
    "empty": lambda raw: b"",
    "truncated in the digest": lambda raw: raw[:10],
    "truncated": lambda raw: raw[: len(raw) // 2],
    "one bit": lambda raw: raw[:-100] + bytes([raw[-100] ^ 4]) + raw[-99:],
    "one bit of the digest": lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
    "zeros": lambda raw: bytes(len(raw)),
    "no pickle": lambda raw: signed(b"nonsense"),
    "another pickle": lambda raw: signed(pickle.dumps({"a": 1})),
    "code of the wrong shape": lambda raw: signed(pickle.dumps((pickle.loads(raw[32:])[0], (1, 2)))),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_a_miss_and_is_replaced(root: Path, kind: str) -> None:
    """Expected: the right answer after one compilation, and none the next time."""
    assert answer() == (42.0, 1)
    (path,) = kept(root)
    path.write_bytes(DAMAGES[kind](path.read_bytes()))
    assert answer() == (42.0, 1)
    assert answer() == (42.0, 0)


def test_the_code_of_another_function_under_this_name_is_a_miss(root: Path) -> None:
    """Expected: 42, not 63; likewise when the file is a directory or a dangling link."""
    answer(thrice)
    (other,) = kept(root)
    answer(twice)
    (path,) = {*kept(root)} - {other}
    shutil.copy(other, path)
    assert answer(twice) == (42.0, 1)
    path.unlink()
    path.symlink_to(root / "nowhere")
    assert answer(twice) == (42.0, 1)
    path.unlink()
    path.mkdir()
    assert answer(twice) == (42.0, 1)


class Planted:
    """Code that runs when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o755, 0o711, 0o707])
def test_nothing_runs_that_others_can_have_planted(
    root: Path, tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Expected: in a directory that others may enter a well-made file is not even read; said once, with the remedy."""
    answer()
    (path,) = kept(root)
    path.write_bytes(signed(pickle.dumps(Planted(tmp_path / "mark"))))
    path.parent.chmod(mode)
    forget()
    caplog.clear()
    assert answer() == (42.0, 1)
    assert answer() == (42.0, 1)
    assert not (tmp_path / "mark").exists()
    faults = [record.message for record in caplog.records if "cannot be kept" in record.message]
    assert len(faults) == 1
    assert f"{path.parent} (others may enter it, mode {mode:o}; remove it)" in faults[0]
    assert "set GLOAM_CACHE" in faults[0]


def test_a_plain_pickle_in_the_place_of_code_does_not_run(root: Path, tmp_path: Path) -> None:
    """Expected: what the cache has not written itself is no pickle to it."""
    answer()
    (path,) = kept(root)
    path.write_bytes(pickle.dumps(Planted(tmp_path / "mark")))
    assert answer() == (42.0, 1)
    assert not (tmp_path / "mark").exists()


def test_the_directory_of_another_user_is_not_used(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Expected: compiled again, nothing written, and whose it is is said."""
    answer()
    (path,) = kept(root)
    before = path.read_bytes()
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    forget()
    caplog.clear()
    assert answer() == (42.0, 1)
    assert answer(thrice) == (63.0, 1)
    assert kept(root) == [path]
    assert path.read_bytes() == before
    assert sum(f"belongs to the user with number {owner}" in record.message for record in caplog.records) == 1


def test_a_link_in_the_place_of_the_directory_is_not_followed(root: Path, tmp_path: Path) -> None:
    """Expected: nothing is written where somebody else's link points to."""
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    root.mkdir()
    (root / code_cache.source_key()).symlink_to(tmp_path / "elsewhere")
    assert answer() == (42.0, 1)
    assert list((tmp_path / "elsewhere").iterdir()) == []
