"""DarkNews as an external reference: questions go to a subprocess, answers are kept for the session."""

import functools
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("darknews_program.py")
TIMEOUT = 300.0  # [s], an order of magnitude above the slowest question


def ask(request: Mapping[str, object]) -> dict[str, Any]:
    """Answer of DarkNews to a request described in ``darknews_program.py``.

    Raises
    ------
    RuntimeError
        If the program fails (DarkNews missing, refused request) or exceeds the time limit.
    """
    reply: dict[str, Any] = json.loads(_answer(json.dumps(request, sort_keys=True)))
    return reply


@functools.cache
def _answer(request: str) -> str:
    """Standard output of the program for a request, once per session."""
    try:
        run = subprocess.run([sys.executable, str(PROGRAM)], input=request, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        message = f"DarkNews did not answer within {TIMEOUT:g} s: {request}"
        raise RuntimeError(message) from error
    if run.returncode != 0:
        message = f"DarkNews failed (pip install 'gloam[compare]'?) on {request}\n{run.stderr[-2000:]}"
        raise RuntimeError(message)
    return run.stdout
