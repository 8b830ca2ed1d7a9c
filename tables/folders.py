"""Entries, one file each, found by name: recipes, models, quantities and searches, gloam's own and those of the user.

A directory named in ``GLOAM_ENTRIES`` (several are separated as in PATH) is read like gloam's own folders: its files
``recipes/NAME.py``, ``models/NAME.py``, ``quantities/NAME.py`` and ``searches/NAME.py`` are entries too, imported as
``gloam_entries.recipes.NAME`` and so on. Names on the command line have dashes for underscores. Sub-folders are looked through.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType

VARIABLE = "GLOAM_ENTRIES"
OWN = "gloam_entries"  # package of the user's entries


class BadEntries(Exception):
    """A directory of GLOAM_ENTRIES that is not there, or two entries of one name."""


@functools.cache
def own_directories() -> tuple[Path, ...]:
    """The directories of GLOAM_ENTRIES, read once per process and made importable as the package ``gloam_entries``.

    Raises
    ------
    BadEntries
        When one is no directory.
    """
    found = tuple(Path(text).expanduser().absolute() for text in os.environ.get(VARIABLE, "").split(os.pathsep) if text)
    for path in found:
        if not path.is_dir():
            msg = f"{VARIABLE} names {path}, which is no directory: make it, with models/ or recipes/ in it, or unset {VARIABLE}"
            raise BadEntries(msg)
    if found and OWN not in sys.modules:
        package = ModuleType(OWN, "Entries of the user.")
        package.__path__ = [str(path) for path in found]
        sys.modules[OWN] = package
    return found


def own_files() -> list[Path]:
    """All Python files of the user's directories, in order."""
    return [path for directory in own_directories() for path in sorted(directory.rglob("*.py"))]


@functools.cache
def modules_of(package: str, marker: str) -> dict[str, str]:
    """Entries {name with dashes: module} of a package and of the user's folder of the same last name.

    An entry is a file that sets ``marker`` (``SEARCH``, ``TABLE``) at the top of a line; others belong to those beside them.

    Raises
    ------
    BadEntries
    """
    found = _below(files(package), package, marker)
    for directory in own_directories():
        folder = package.rpartition(".")[2]
        if (directory / folder).is_dir():
            for name, module in _below(directory / folder, f"{OWN}.{folder}", marker).items():
                if name in found:
                    msg = f"{directory / folder}: {name} is taken by {found[name]}; choose another file name"
                    raise BadEntries(msg)
                found[name] = module
    return dict(sorted(found.items()))


def _below(folder: Traversable, package: str, marker: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in folder.iterdir():
        stem = item.name.removesuffix(".py")
        if item.is_dir() and stem.isidentifier() and stem != "__pycache__":
            found |= _below(item, f"{package}.{stem}", marker)
        elif item.name.endswith(".py") and re.search(
            rf"^{marker}\s*(:[^=\n]*)?=", item.read_text(encoding="utf-8"), re.MULTILINE
        ):
            found[stem.replace("_", "-")] = f"{package}.{stem}"
    return found
