"""The sessions printed in README.md and the pages of docs, run as a reader would run them."""

from __future__ import annotations

import doctest
import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "semivisible.md")
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
TOLERANCE = 1e-3  # [1] relative, of every printed number: the tables' promise is 1e-3 or better
ERRORS = 0.5  # [1] relative, of a printed error bound


def shell_sessions():
    """(command, printed output) of every ``$`` line in the console blocks of the pages."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", "".join(page.read_text() for page in PAGES), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.replace("\\\n", " ").partition("\n")
            if command.startswith("gloam "):
                found.append((command, output.strip()))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_session_prints_what_the_page_says(page):
    """Expected: the output on the page, whose digits are those that the stated errors leave certain."""
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 5
    assert result.failed == 0


@pytest.mark.parametrize(("command", "printed"), shell_sessions())
def test_a_shell_command_prints_what_readme_says(command, printed, tmp_path):
    """Expected: README.md's words, its numbers to 1e-3 and its error bounds to a half; a file where one is written."""
    words = shlex.split(command)
    program = [str(Path(sys.executable).with_name("gloam")), *words[1:]]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=tmp_path, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    if "-o" in words:
        assert (tmp_path / words[words.index("-o") + 1]).stat().st_size > 10_000
        return
    shown = done.stdout.strip()
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", printed)
    tolerances = [ERRORS if "+- " in printed[: m.start()][-3:] else TOLERANCE for m in NUMBER.finditer(printed)]
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), tolerances, strict=True)
    assert [p for p in pairs if not math.isclose(float(p[0]), float(p[1]), rel_tol=p[2])] == []


def test_a_rate_and_a_limit_are_among_the_shell_examples():
    """Expected, as README.md promises: a number with its error from ``gloam rate`` and an interval from ``gloam limit``."""
    printed = [(command.split()[1], output) for command, output in shell_sessions()]
    assert any(verb == "rate" and "+-" in output for verb, output in printed)
    assert any(verb == "limit" and "excluded at 90 %" in output for verb, output in printed)
