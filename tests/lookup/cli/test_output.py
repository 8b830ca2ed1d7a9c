"""Where the answers of the command line go: closed, broken and full standard output, and plots that cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from gloam.lookup.cli.plots import draw_plane
from gloam.lookup.errors import BadParameter

LIST = [sys.executable, "-m", "gloam", "list"]
PLANE = (("m_Ap", 0.02, 2.0), ("eps", 1e-5, 0.1))


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run ``script`` with the command as its arguments."""
    return subprocess.run(["sh", "-c", script, "sh", *LIST], capture_output=True, text=True, check=False)


def test_a_reader_that_leaves_ends_the_command_in_silence() -> None:
    """Expected: no word and exit 0, as before the reader left."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(LIST, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("script", "told"), [
    ('"$@" >&-', "gloam: standard output is closed: open it, to a file or to /dev/null\n"),
    ('"$@" >/dev/full', "gloam: cannot write the answer: No space left on device; send standard output elsewhere\n"),
])  # fmt: skip
def test_an_output_that_takes_nothing_is_named(script: str, told: str) -> None:
    """Expected: exit 1 and one sentence."""
    done = shell(script)
    assert (done.returncode, done.stderr) == (1, told)


def test_without_any_output_the_status_remains() -> None:
    """Expected: exit 1 in silence with both outputs closed, no traceback anywhere."""
    done = shell('"$@" >&- 2>&-')
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def draw(path: Path) -> None:
    draw_plane(["g-2"], "dark-photon", {}, {}, PLANE, path, 3)


def test_latex_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: one sentence with the setting of matplotlib, not its traceback, where no program latex is found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        mpl.rc_context({"text.usetex": True}),
        pytest.raises(
            BadParameter, match=r"could not be found; matplotlib is told to use LaTeX: install .* set text.usetex to False"
        ),
    ):
        draw(tmp_path / "plane.png")
    draw(tmp_path / "plane.png")
    assert (tmp_path / "plane.png").stat().st_size > 1000


@pytest.mark.parametrize(("name", "kind"), [("nothing/plane.png", FileNotFoundError), ("a\x00b.png", BadParameter)])
def test_a_place_that_is_not_there_is_named(tmp_path: Path, name: str, kind: type[Exception]) -> None:
    """Expected: the path itself is what is wrong, with and without LaTeX asked for."""
    with pytest.raises(kind, match=r"nothing|a\\x00b"):
        draw(tmp_path / name)
