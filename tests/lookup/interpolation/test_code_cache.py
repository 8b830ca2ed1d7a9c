"""The cache of compiled code: kept, shared, pruned; and the right answer, with one word, where it cannot be used."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from gloam.lookup.interpolation import code_cache
from gloam.lookup.interpolation.compiled import entry
from kept_code import PROGRAM, answer, environment, forget, kept, program, thrice, twice
from numba.core.errors import TypingError

DAY = 86400.0  # [s]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``GLOAM_CACHE`` of this process, as if it had just been started."""
    monkeypatch.setenv("GLOAM_CACHE", str(tmp_path / "cache"))
    forget()
    yield tmp_path / "cache"
    forget()


def test_a_second_process_finds_what_the_first_has_compiled_and_said(tmp_path: Path) -> None:
    """Expected: one line of what is done, how long it takes and where it is kept, by default, and once; then silence."""
    cache = tmp_path / "cache"
    runs = [
        subprocess.run(program(tmp_path), capture_output=True, text=True, check=True, env=environment(cache)) for _ in range(2)
    ]
    assert [run.stdout for run in runs] == ["42.0 1\n", "42.0 0\n"]
    (line,) = runs[0].stderr.splitlines()
    assert line.startswith("gloam: compiling for this machine, a few seconds to a minute")
    assert str(cache) in line
    assert "`gloam warm`" in line
    assert runs[1].stderr == ""
    (directory,) = cache.iterdir()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_the_line_is_said_once_and_can_be_turned_off(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Expected: one record for two functions, from the logger ``gloam``; none when the logger is quiet."""
    assert answer(twice) == (42.0, 1)
    assert answer(thrice) == (63.0, 1)
    assert [record.name for record in caplog.records] == ["gloam"]
    caplog.clear()
    shutil.rmtree(root)
    forget()
    logging.getLogger("gloam").setLevel(logging.ERROR)
    try:
        assert answer(twice) == (42.0, 1)
    finally:
        logging.getLogger("gloam").setLevel(logging.NOTSET)
    assert caplog.records == []


def test_four_cold_processes_compile_once(tmp_path: Path) -> None:
    """Expected: the right answer of all, and one compilation among them."""
    start = """
import os, pathlib, sys, time
from gloam.lookup.interpolation.compiled import entry
here = pathlib.Path(sys.argv[1])

@entry
def twice(x):
    return 2.0 * x

(here / str(os.getpid())).touch()
end = time.monotonic() + 120
while len(list(here.iterdir())) < 4 and time.monotonic() < end:
    time.sleep(0.005)
print(twice(21.0), sum(twice.stats.cache_misses.values()))
"""
    here = tmp_path / "here"
    here.mkdir()
    command = [*program(tmp_path, start), str(here)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(tmp_path / "cache")) for _ in range(4)
    ]
    printed = [process.communicate(timeout=300)[0].split() for process in started]
    assert [value for value, _ in printed] == ["42.0"] * 4
    assert sum(int(count) for _, count in printed) == 1


def test_a_process_that_dies_while_it_compiles_stops_nobody(root: Path, tmp_path: Path) -> None:
    """Expected: the turn comes back at once after SIGKILL; and a turn that is held makes others wait."""
    text = "import sys, pathlib, time\nfrom gloam.lookup.interpolation.code_cache import Turn\n"
    text += "Turn(pathlib.Path(sys.argv[1])).take()\nprint('mine', flush=True)\ntime.sleep(600)\n"
    path = tmp_path / "one.lock"
    holder = subprocess.Popen([*program(tmp_path, text), str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "mine\n"
    waiting = subprocess.Popen([*program(tmp_path, text), str(path)], stdout=subprocess.PIPE, text=True)
    time.sleep(1.0)
    assert waiting.poll() is None
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "mine\n"
    waiting.kill()
    waiting.communicate()


def test_a_compilation_that_fails_gives_its_turn_back(root: Path) -> None:
    """Expected: the next one need not wait, though this process lives on."""

    def wrong(x: float) -> float:
        return x.nothing  # type: ignore[attr-defined]

    for _ in range(2):
        begin = time.monotonic()
        with pytest.raises(TypingError):
            entry(wrong)(1.0)
        assert time.monotonic() - begin < code_cache.PATIENCE / 2
    for path in root.glob("*/*.lock"):
        turn = code_cache.Turn(path)
        begin = time.monotonic()
        turn.take()
        turn.give_back()
        assert time.monotonic() - begin < 1.0


def test_without_locks_everybody_compiles(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: the answer, on a file system that keeps no locks."""
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert answer() == (42.0, 1)
    assert answer() == (42.0, 0)


@pytest.mark.parametrize("value", ["{tmp}/file", "{tmp}/file/below", "/proc/nothing", "/dev/null", "a\x00b"])
def test_a_place_where_nothing_can_be_made_is_named(
    root: Path, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Expected: the right answers, and one sentence with the path and the variable."""
    (tmp_path / "file").touch()
    place = value.format(tmp=tmp_path)
    real = os.environ.get
    monkeypatch.setattr(os.environ, "get", lambda name, default=None: place if name == "GLOAM_CACHE" else real(name, default))
    assert answer() == (42.0, 1)
    assert answer(thrice) == (63.0, 1)
    faults = [record.message for record in caplog.records if "cannot be kept" in record.message]
    assert len(faults) == 1
    assert place in faults[0]
    assert "set GLOAM_CACHE to a directory of your own" in faults[0]


def test_an_unknown_home_makes_no_directory_here(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Expected: the answer, and no folder called ``~``."""
    monkeypatch.delenv("GLOAM_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    assert answer() == (42.0, 1)
    assert not (tmp_path / "~").exists()
    assert "your home directory is not known" in caplog.text


def in_mount_namespace(script: str, *arguments: object, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script as root of a mount namespace of its own; ``TMPDIR`` is beside the cache."""
    own = [] if os.geteuid() == 0 else ["--map-root-user", "--user"]
    command = ["unshare", *own, "--mount", "sh", "-eu", "-c", script, "sh", *map(str, arguments)]
    (cache.parent / "temporary").mkdir(exist_ok=True)
    variables = environment(cache, TMPDIR=str(cache.parent / "temporary"))
    return subprocess.run(command, capture_output=True, text=True, check=True, env=variables)


def test_a_full_disk_costs_the_cache_and_nothing_else(tmp_path: Path) -> None:
    """Expected: on a file system of 8 kB the right answer, one word with path and remedy, nothing half written or left."""
    script = 'cache=$1; shift; mount -t tmpfs -o size=8k none "$cache"; "$@"; find "$cache" -type f -size +0 | wc -l'
    cache = tmp_path / "cache"
    cache.mkdir()
    done = in_mount_namespace(script, cache, *program(tmp_path), cache=cache)
    assert done.stdout == "42.0 1\n0\n"
    faults = [line for line in done.stderr.splitlines() if "cannot be kept" in line]
    assert len(faults) == 1
    assert "No space left on device" in faults[0]
    assert str(cache) in faults[0]
    assert "GLOAM_CACHE" in faults[0]
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_read_only_cache_is_read_and_an_empty_one_done_without(tmp_path: Path) -> None:
    """Expected: silence and no compilation where all is there; else the answer, one word, and no temporary directory."""
    script = 'cache=$1; shift; mount --bind "$cache" "$cache"; mount -o remount,ro,bind "$cache"; exec "$@"'
    cache = tmp_path / "cache"
    cache.mkdir()
    empty = in_mount_namespace(script, cache, *program(tmp_path), cache=cache)
    assert empty.stdout == "42.0 1\n"
    assert sum("Read-only file system" in line and str(cache) in line for line in empty.stderr.splitlines()) == 1
    assert list((tmp_path / "temporary").iterdir()) == []
    subprocess.run(program(tmp_path), check=True, capture_output=True, env=environment(cache))
    warm = in_mount_namespace(script, cache, *program(tmp_path), cache=cache)
    assert (warm.stdout, warm.stderr) == ("42.0 0\n", "")


def test_an_edited_file_outside_gloam_is_compiled_again(tmp_path: Path) -> None:
    """Expected: three times, though only a constant of the function has changed."""
    cache = environment(tmp_path / "cache")
    for text, printed in ((PROGRAM, "42.0 1\n"), (PROGRAM.replace("2.0 *", "3.0 *"), "63.0 1\n")):
        assert subprocess.run(program(tmp_path, text), capture_output=True, text=True, check=True, env=cache).stdout == printed


@pytest.mark.parametrize("setting", ["NUMBA_BOUNDSCHECK", "NUMBA_OPT"])
def test_code_of_other_settings_of_numba_is_not_taken(tmp_path: Path, setting: str) -> None:
    """Expected: compiled again with the setting, kept beside the usual code, which is found again without it."""
    cache = tmp_path / "cache"
    for more, misses in (({}, 1), ({setting: "1"}, 1), ({}, 0), ({setting: "1"}, 0)):
        done = subprocess.run(program(tmp_path), capture_output=True, text=True, check=True, env=environment(cache, **more))
        assert done.stdout == f"42.0 {misses}\n"


def test_an_emptied_cache_is_filled_again(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Expected: it may be deleted at any time, also while a process uses it; no word of a fault."""
    answer()
    shutil.rmtree(root)
    assert answer(thrice) == (63.0, 1)
    assert answer(thrice) == (63.0, 0)
    assert "cannot be kept" not in caplog.text
    assert stat.S_IMODE((root / code_cache.source_key()).stat().st_mode) == 0o700


def test_a_directory_that_inherits_its_group_is_private_too(root: Path) -> None:
    """Expected: mode 2700, as below a project directory of a cluster, is used."""
    answer()
    (root / code_cache.source_key()).chmod(0o2700)
    forget()
    assert answer() == (42.0, 0)


def test_old_source_keys_are_removed(root: Path) -> None:
    """Expected: of 24 keys of these weeks the 20 last used stay, of older ones none, and everything that is no key."""
    root.mkdir()
    now = time.time()
    recent = [f"{k:020x}" for k in range(24)]
    for k, name in enumerate([*recent, "a" * 20, "b" * 20]):
        (root / name).mkdir()
        (root / name / "code").touch()
        age = k if k < 24 else code_cache.KEPT_DAYS + k
        os.utime(root / name, (now - age * DAY, now - age * DAY))
    for name in ("notes", "c" * 21):
        (root / name).mkdir()
    (root / ("d" * 20)).touch()
    (root / ("e" * 20)).symlink_to(root / "notes")
    assert answer() == (42.0, 1)
    left = {path.name for path in root.iterdir()}
    assert left == {*recent[:20], "notes", "c" * 21, "d" * 20, "e" * 20, code_cache.source_key()}


def test_using_a_key_makes_it_young(root: Path) -> None:
    """Expected: a process that only reads moves the date of the directory."""
    answer()
    directory = root / code_cache.source_key()
    os.utime(directory, (0.0, 0.0))
    forget()
    assert answer() == (42.0, 0)
    assert time.time() - directory.stat().st_mtime < DAY


def test_without_compilation_the_reason_is_named(tmp_path: Path) -> None:
    """Expected: one sentence with the variable, from Python and from the command line."""
    variables = environment(tmp_path, NUMBA_DISABLE_JIT="1")
    for command in (["-c", "from gloam import lookup; lookup.load('dipole-rates')"], ["-m", "gloam", "list"]):
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, env=variables)
        assert done.returncode != 0
        assert "NUMBA_DISABLE_JIT is set, but gloam's lookups are compiled code: unset it" in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) == 1


def test_a_cache_whose_neighbours_cannot_be_listed_is_used(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: pruning is left out, as in a directory of mode 1733."""

    def iterdir(path: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert answer() == (42.0, 1)
    monkeypatch.undo()
    assert len(kept(root)) == 1


def test_numba_is_bounded_where_its_private_parts_are_used() -> None:
    """Expected: an upper bound in the requirements, which the installed numba keeps, and a page that tells how it is lifted."""
    (numba,) = [line for line in metadata.requires("gloam") or [] if line.startswith("numba")]
    bound = re.search(r"<(\d+)\.(\d+)", numba)
    assert bound is not None
    assert tuple(map(int, metadata.version("numba").split(".")[:2])) < (int(bound[1]), int(bound[2]))
    page = (Path(__file__).parents[3] / "docs" / "compiled.md").read_text()
    assert "The bound on numba's version" in page
