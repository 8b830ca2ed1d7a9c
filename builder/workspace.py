"""The directory of an unfinished build: its grid of chunks, its digests, its lock."""

from __future__ import annotations

import importlib.metadata
import json
import shlex
import shutil
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from gloam import tables
from gloam.lookup.callables.store import MANIFEST, read_manifest, user_directory
from gloam.lookup.errors import StoreError
from zarr.codecs import Crc32cCodec

if TYPE_CHECKING:
    from pathlib import Path

    from gloam.builder.source import Recipe

Chunk = tuple[int, ...]

ATTRIBUTES = {"spec": str, "inputs": dict, "digest": str, "source_digest": str, "versions": dict, "replace": bool, "mark": str}
COMPUTING = ("gloam", "numpy", "numba")


@dataclass(frozen=True)
class Workspace:
    """Where one table of one version is built: ``root`` is DIR/NAME."""

    recipe: Recipe
    root: Path

    @property
    def finished(self) -> Path:
        """The finished store."""
        return self.root / f"v{self.recipe.spec.version}"

    @property
    def building(self) -> Path:
        """The unfinished store."""
        return self.root / f"v{self.recipe.spec.version}.building"

    @property
    def lock_file(self) -> Path:
        """Held by the one driver that may write here."""
        return self.root / f"v{self.recipe.spec.version}.lock"

    @property
    def jobs(self) -> Path:
        """Logs of the SLURM jobs of a driver; they stay."""
        return self.root / f"v{self.recipe.spec.version}.jobs"

    @property
    def is_finished(self) -> bool:
        """Whether a finished store is in place."""
        return (self.finished / MANIFEST).is_file()

    def command(self, verb: str = "run") -> str:
        """The command line that continues this build, or does ``verb`` to it."""
        name, experiment = tables.split(self.recipe.module)
        text = f"gloam-build {verb} {name if experiment else self.recipe.spec.name}"
        if experiment:
            text += f" --experiment {shlex.quote(experiment)}"
        if self.root.parent != user_directory():
            text += f" --out {shlex.quote(str(self.root.parent))}"
        return text + (f" --shrink {self.recipe.shrink}" if self.recipe.shrink > 1 else "")


def workspace_in(recipe: Recipe, directory: Path) -> Workspace:
    """The workspace of ``recipe`` in ``directory``."""
    return Workspace(recipe, directory / recipe.spec.name)


def discard(path: Path) -> None:
    """Remove a directory so that no half of it can be met under its name."""
    doomed = path.with_name(path.name + ".discarded")
    shutil.rmtree(doomed, ignore_errors=True)
    if path.exists():
        path.rename(doomed)
        shutil.rmtree(doomed)


def create(place: Workspace, chunk: Chunk, replace: bool) -> None:
    """Lay out an empty build: NaN everywhere, every chunk checked by crc32c; appears by one rename.

    When another shard was faster, its layout stays.
    """
    spec, name = place.recipe.spec, uuid.uuid4().hex
    fresh = place.building.with_name(f"{place.building.name}.{name}.new")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    group = zarr.open_group(fresh, mode="w", zarr_format=3)
    group.attrs.update(
        {
            "spec": spec.to_json(),
            "inputs": dict(place.recipe.inputs),
            "digest": place.recipe.digest,
            "source_digest": place.recipe.source_digest,
            "versions": versions(),
            "replace": replace,
            "mark": f"begun-{name}",
        }
    )
    group.create_array(
        "values",
        shape=spec.shape,
        chunks=(1, *chunk, len(spec.components)),
        dtype=spec.node_dtype,
        fill_value=np.nan,
        compressors=Crc32cCodec(),
        config={"write_empty_chunks": True},
    )
    (fresh / f"begun-{name}").touch()
    try:
        fresh.rename(place.building)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not place.building.is_dir():
            raise


def mark(place: Workspace) -> Path:
    """A file that exists as long as this very build does: a worker left over from before must not write."""
    return place.building / str(attributes(place)["mark"])


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of what computes the values; a build is not resumed with others."""
    return {name: version_of(name) for name in COMPUTING}


def version_of(package: str) -> str:
    """Installed version of a package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def attributes(place: Workspace) -> dict[str, Any]:
    """Attributes of the unfinished build."""
    path = place.building / "zarr.json"
    if not place.building.is_dir():
        msg = f"no build of {place.recipe.spec.name} is begun in {place.root.parent}; do so with `{place.command()}`"
        raise StoreError(msg)
    try:
        found: dict[str, Any] = json.loads(path.read_text())["attributes"]
        json.loads(found["spec"])["name"]
        sound = all(isinstance(found[key], kind) for key, kind in ATTRIBUTES.items())
    except (ValueError, LookupError, TypeError, RecursionError, OSError):
        sound = False
    if not sound:
        msg = f"{path} is missing or damaged; discard the unfinished build with `{place.command('begin')} --restart`"
        raise StoreError(msg)
    return found


def check_identity(place: Workspace) -> None:
    """Refuse an unfinished build whose description, input files or source are not today's.

    Raises
    ------
    StoreError
        Saying which of them, or which version of a package, changed and what to do.
    """
    found, recipe = attributes(place), place.recipe
    changed = []
    if found["spec"] != recipe.spec.to_json():
        was, now = json.loads(found["spec"]), json.loads(recipe.spec.to_json())
        changed.append("the description (" + ", ".join(k for k in now if was.get(k) != now[k]) + ")")
    if found["inputs"] != dict(recipe.inputs):
        names = {*found["inputs"], *dict(recipe.inputs)}
        other = sorted(n for n in names if found["inputs"].get(n) != dict(recipe.inputs).get(n))
        changed.append("the input files (" + ", ".join(other) + ")")
    if found["source_digest"] != recipe.source_digest:
        changed.append("the source of the recipe or of something it imports")
    before = found["versions"]
    changed += [f"{name} ({before.get(name)}, now {now})" for name, now in versions().items() if before.get(name) != now]
    if changed or found["digest"] != recipe.digest:
        msg = (
            f"{place.building} was begun with other inputs: {' and '.join(changed) or 'the digest'} changed; "
            f"mixed chunks would be wrong, so start afresh with `{place.command('begin')} --restart`"
        )
        raise StoreError(msg)


def open_values(place: Workspace) -> zarr.Array[Any]:
    """The array of the unfinished build."""
    path, spec = place.building / "values", place.recipe.spec
    try:
        found = zarr.open_array(path, mode="r+", config={"write_empty_chunks": True})
        sound = (found.shape, found.dtype) == (spec.shape, np.dtype(spec.node_dtype)) and len(found.chunks) == len(spec.shape)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError):
        sound = False
    if not sound:
        msg = f"{path}/zarr.json is missing or damaged; discard the build with `{place.command('begin')} --restart`"
        raise StoreError(msg)
    return found


def replacing(place: Workspace) -> bool:
    """Whether an unfinished build is meant to replace the finished store."""
    return place.building.is_dir() and bool(attributes(place)["replace"])


def check_finished(place: Workspace) -> None:
    """Refuse to call a table built when the finished store is of another description or source."""
    manifest = read_manifest(place.finished)
    if (manifest["digest"], manifest["source_digest"]) != (place.recipe.digest, place.recipe.source_digest):
        what = "source" if manifest["digest"] == place.recipe.digest else "description or input files"
        cure = f"raise its version, or replace the store with `{place.command()} --restart`"
        if place.recipe.shrink > 1:
            cure = "build the coarse trial into another directory, --out"
        msg = f"{place.finished} was built from another {what} than today's recipe: {cure}"
        raise StoreError(msg)
