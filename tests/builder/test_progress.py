"""Progress: a bar with rate and remaining time on a terminal, key=value lines in a batch job."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios

PROGRAM = """
import logging, sys, time
from gloam.builder import progress
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
progress.LINE_EVERY = 0.05
with progress.Progress("trial chunks", 40) as bar:
    bar.alive("0 workers")
    time.sleep(0.1)
    bar.alive("2 workers")
    for _ in range(20):
        time.sleep(0.01)
        bar.advance(2)
"""


def test_a_terminal_shows_a_bar_with_rate_and_remaining_time():
    """Expected: label, 40/40, a rate, on a pseudo-terminal."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 100))
    process = subprocess.Popen([sys.executable, "-P", "-c", PROGRAM], stderr=follower, stdout=subprocess.DEVNULL)
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 4096):
            shown += part
    except OSError:  # the end, on Linux
        pass
    os.close(leader)
    assert process.wait() == 0
    text = shown.decode()
    assert "trial chunks" in text
    assert "40/40" in text
    assert re.search(r"\d+:\d+<\d+:\d+, +[0-9.]+it/s", text)
    assert "2 workers" in text


def test_a_batch_job_gets_lines_that_programs_can_read():
    """Expected: time, work, counts, rate and remaining time; the last line at once when all is done."""
    done = subprocess.run([sys.executable, "-P", "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    pattern = r'time=\S+\+00:00 work="trial chunks" done=(\d+) of=40 rate=[0-9.e+]+/s left=(\d+s|unknown)( note="2 workers")?'
    found = [re.fullmatch(pattern, line) for line in lines]
    assert all(found), lines
    assert found[0][2] == "unknown"
    assert found[0][3] == ' note="2 workers"'
    assert found[-1][1] == "40"
    assert found[-1][2] == "0s"
    assert len(lines) >= 3
