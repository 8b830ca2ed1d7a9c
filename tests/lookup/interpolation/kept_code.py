"""Small functions and programs whose compiled code the tests of the cache look at."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from gloam.lookup.interpolation import code_cache
from gloam.lookup.interpolation.compiled import entry

PROGRAM = """
import sys
from gloam.lookup.interpolation.compiled import entry

@entry
def twice(x):
    return 2.0 * x

print(twice(21.0), sum(twice.stats.cache_misses.values()))
"""


def twice(x: float) -> float:
    return 2.0 * x


def thrice(x: float) -> float:
    return 3.0 * x


def answer(function: Any = twice) -> tuple[float, int]:
    """The answer of a fresh dispatcher at 21, and how many times it had to compile."""
    dispatcher = entry(function)
    value: float = dispatcher(21.0)
    return value, sum(dispatcher.stats.cache_misses.values())


def forget() -> None:
    """Forget what this process knows of its cache and has said of it."""
    code_cache._opened.cache_clear()
    code_cache._told.clear()


def kept(root: Path) -> list[Path]:
    """Files of compiled code."""
    return sorted(path for path in root.glob("*/*") if path.suffix != ".lock")


def environment(cache: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "GLOAM_CACHE": str(cache), **more}


def program(folder: Path, text: str = PROGRAM) -> list[str]:
    """A command that runs ``text``."""
    path = folder / "program.py"
    path.write_text(text)
    return [sys.executable, "-P", str(path)]


def signed(content: bytes) -> bytes:
    """``content`` as the cache writes it."""
    return hashlib.sha256(content).digest() + content
