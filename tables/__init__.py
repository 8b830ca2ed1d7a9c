"""What gloam tabulates, and the physics it is made of."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from gloam.tables import folders

if TYPE_CHECKING:
    from gloam.tables.experiments.own import OwnExperiment
    from gloam.tables.members import Member


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


def split(name: str) -> tuple[str, str]:
    """Table (or search) and path of ``NAME@FILE.toml``, one for an experiment of the user; no path for any other name."""
    base, _, path = name.partition("@")
    return (base, path) if path.endswith(".toml") else (name, "")


def experiment(path: str) -> OwnExperiment:
    """The experiment of the user in the TOML file ``path``.

    Raises
    ------
    BadExperiment
    """
    from gloam.tables.experiments import own

    return own.load(path)


def member(name: str, path: str) -> Member:
    """The recipe called ``name`` for the experiment in the TOML file ``path``.

    Raises
    ------
    KeyError
        When no recipe has that name.
    BadExperiment
        When the file has a fault, or the recipe is not one of a flux.
    """
    from gloam.tables.experiments.facts import BadExperiment
    from gloam.tables.members import Member

    found = recipe(name)
    if not hasattr(found, "experiment_data"):
        known = [known for known in names() if hasattr(recipe(known), "experiment_data")]
        msg = f"{name} does not depend on a flux and has no members of experiments; those that have: {', '.join(known)}"
        raise BadExperiment(msg)
    return Member(found, experiment(path))
