"""What gloam tabulates, and the physics it is made of."""

from __future__ import annotations

import importlib
from types import ModuleType

from gloam.tables import folders


def names() -> tuple[str, ...]:
    """Names of all recipes: the files below ``tables/recipes`` and the user's, dashes for underscores."""
    return tuple(folders.modules_of("gloam.tables.recipes", "TABLE"))


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
    return importlib.import_module(folders.modules_of("gloam.tables.recipes", "TABLE")[name])
