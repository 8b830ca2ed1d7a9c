"""`gloam warm`: afterwards nothing is compiled; what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kept_code import environment, program

WARMED = """
from gloam import lookup
point = dict(m_Ap=0.1, eps=1e-3)
rate = lookup.rate("g-2", "dark-photon")
print(rate(**point), rate(m_Ap=[0.1, 0.2], eps=1e-3), rate.gradient(**point), rate.value_and_error(**point))
print(rate.external(**point), rate.value_and_status(m_Ap=[0.1, 0.2], eps=1e-3), rate.gradient(m_Ap=[0.1, 0.2], eps=1e-3))
limit = lookup.limit("g-2", "dark-photon")
print(limit(m_Ap=0.1), limit.closest(m_Ap=0.1), limit.external(m_Ap=0.1), limit.excess(m_Ap=0.1, eps=[1e-3, 1e-2]))
print(limit(m_Ap=[0.1, 0.2]), limit.excess_and_status(m_Ap=0.1, eps=[1e-3, 1e-2]))
print(lookup.model("dark-photon")(**point))
"""


def command(cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``gloam``."""
    program = [sys.executable, "-m", "gloam", *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False, env=environment(cache))


def test_after_warm_nothing_is_compiled_any_more(tmp_path: Path) -> None:
    """Expected: a line with the seconds; then rates, gradients, limits and the model without a word of compiling."""
    done = command(tmp_path / "cache", "warm", "g-2", "dark-photon")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("g-2 dark-photon: ")
    later = subprocess.run(
        program(tmp_path, WARMED), capture_output=True, text=True, check=True, env=environment(tmp_path / "cache")
    )
    assert later.stderr == ""
    assert later.stdout.count("\n") >= 3


def test_warm_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    """Expected: exit 2 and a sentence for half a pair, an unknown name and a misfit."""
    for words, reason in (
        (["g-2"], "name searches and models in pairs"),
        (["g-3", "dark-photon"], "unknown search 'g-3': did you mean 'g-2'?"),
        (["g-2", "dipole"], "search 'g-2' takes models"),
    ):
        done = command(tmp_path / "cache", "warm", *words)
        assert done.returncode == 2
        assert reason in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_warm_stops_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """Expected: exit 1 and the sentence about the cache, before anything is compiled."""
    (tmp_path / "cache").touch()
    done = command(tmp_path / "cache", "warm")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"gloam: compiled code cannot be kept in {tmp_path / 'cache'}")
