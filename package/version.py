"""Which gloam this is; ``pyproject.toml`` alone states it."""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from typing import Any


def installed() -> str:
    """Version of the installed distribution."""
    return importlib.metadata.version("gloam")


class VersionOption(argparse.Action):
    """``--version`` of a command: print its name and the version, which is looked up only then, and leave."""

    def __init__(self, option_strings: list[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="print the version and leave", **settings)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"{parser.prog} {installed()}\n")
        parser.exit()
