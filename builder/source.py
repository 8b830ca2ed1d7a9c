"""What a build is made of: the recipe, its data files, and the digests of both."""

from __future__ import annotations

import importlib
import math
import platform
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam import tables
from gloam.builder.identity import source_digest
from gloam.lookup.errors import BadParameter, StoreError, UnknownName
from gloam.tables import datafile
from gloam.tables.experiments.facts import BadExperiment
from gloam.tables.spec import TableSpec, digest

if TYPE_CHECKING:
    from types import ModuleType

    from gloam.tables.members import Member

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SMALLEST_AXIS = 6  # nodes left by a coarse trial build


@dataclass(frozen=True)
class Recipe:
    """A recipe as the builder sees it: its module or NAME@FILE.toml of a member, its description and what identifies it."""

    module: str
    spec: TableSpec
    inputs: tuple[tuple[str, str], ...]
    source_digest: str
    shrink: int = 1

    @property
    def digest(self) -> str:
        """SHA-256 of description and input files."""
        return digest(self.spec, dict(self.inputs))

    @property
    def entries(self) -> ModuleType | Member:
        """The module of the recipe, or the member of one."""
        return opened(self.module)

    @property
    def kernel(self) -> Any:
        """The compiled kernel ``kernel(x, parameters, data, out)``."""
        return self.entries.kernel

    @property
    def reference(self) -> Any:
        """What errors are measured against: the recipe's ``reference``, a kernel with other points where the kernel is a
        quasi-random average, so that bounds contain its statistical error; else the kernel itself.
        """
        return getattr(self.entries, "reference", self.kernel)

    def parameters(self, choice: int) -> Array:
        """Shape parameters of one choice label, shape (parameters,)."""
        return np.array(self.spec.parameters[choice], dtype=np.float64)

    def data(self, choice: int) -> Array:
        """The flat array that the kernel needs for one choice label."""
        return _data(self.module, self.inputs, self.spec.labels[choice])


def opened(module: str) -> ModuleType | Member:
    """The recipe of that module, or the member NAME@FILE.toml of one.

    Raises
    ------
    BadParameter
        When the experiment in that file has a fault.
    """
    name, path = tables.split(module)
    if not path:
        return importlib.import_module(module)
    try:
        return tables.member(name, path)
    except BadExperiment as error:
        raise BadParameter(str(error)) from error


@lru_cache(maxsize=8)
def _data(module: str, inputs: tuple[tuple[str, str], ...], label: str) -> Array:
    raw = opened(module).data(label)
    return np.ascontiguousarray(raw, dtype=np.float64).ravel()


def load(recipe: str | ModuleType, shrink: int = 1) -> Recipe:
    """The recipe of that name, or the recipe module itself, with node counts divided by ``shrink``.

    ``NAME@FILE.toml`` is the member of a recipe for the experiment in that file.

    Raises
    ------
    UnknownName
        When no recipe has that name.
    BadParameter
        When the experiment has a fault.
    """
    if isinstance(recipe, str):
        known = tables.names()
        name, path = tables.split(recipe)
        if name not in known:
            raise UnknownName(kind="table", name=name, known=known)
        if path:
            return _member(f"{name}@{Path(path).expanduser().absolute()}", shrink)
        recipe = tables.recipe(name)
    spec: TableSpec = recipe.TABLE
    files: tuple[str, ...] = getattr(recipe, "FILES", ())
    inputs: tuple[tuple[str, str], ...] = ()
    if files:
        inputs = tuple((name, datafile.sha256(name)) for name in sorted(files))
    return Recipe(recipe.__name__, coarse(spec, shrink), inputs, source_digest(recipe), shrink)


def _member(module: str, shrink: int) -> Recipe:
    found = opened(module)
    return Recipe(module, coarse(found.TABLE, shrink), tuple(sorted(found.inputs.items())), source_digest(found), shrink)


def check_here(recipe: Recipe) -> None:
    """Refuse to integrate a recipe whose source on this host is not the driver's.

    Raises
    ------
    StoreError
        Naming the host.
    """
    if not _same_source(recipe.module, recipe.source_digest):
        msg = (
            f"the worker on {platform.node()} has another source of table {recipe.spec.name} than the driver: "
            "install the same gloam on all hosts"
        )
        raise StoreError(msg)


@lru_cache(maxsize=8)
def _same_source(module: str, expected: str) -> bool:
    return source_digest(opened(module)) == expected


def coarse(spec: TableSpec, shrink: int) -> TableSpec:
    """A coarse trial build: cells divided by ``shrink``, promised accuracy loosened by shrink^4."""
    if shrink < 1:
        msg = f"--shrink {shrink}: give a whole number of at least 1"
        raise BadParameter(msg)
    if shrink == 1:
        return spec
    axes = tuple(replace(a, n=min(a.n, max(SMALLEST_AXIS, math.ceil((a.n - 1) / shrink) + 1))) for a in spec.axes)
    title = f"{spec.title} (coarse trial build, 1/{shrink} of the nodes)"
    return replace(spec, axes=axes, title=title, rtol=min(1.0, spec.rtol * shrink**4))
