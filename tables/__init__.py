"""What gloam tabulates, and the physics it is made of."""

from __future__ import annotations

import importlib
from importlib.resources import files
from types import ModuleType


def names() -> tuple[str, ...]:
    """Names of all recipes: the files of ``tables/recipes``, dashes for underscores."""
    stems = (entry.name for entry in files("gloam.tables.recipes").iterdir())
    return tuple(sorted(s[:-3].replace("_", "-") for s in stems if s.endswith(".py") and s != "__init__.py"))


def recipe(name: str) -> ModuleType:
    """Import the recipe called ``name`` [dashes].

    Raises
    ------
    KeyError
        When no recipe has that name; the message lists the known ones.
    """
    if name not in names():
        msg = f"no recipe {name!r}; known recipes: {', '.join(names())}"
        raise KeyError(msg)
    return importlib.import_module("gloam.tables.recipes." + name.replace("-", "_"))
