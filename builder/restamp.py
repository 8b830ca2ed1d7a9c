"""Give a finished store the source digest of today's recipe, after proof that today's kernel gives its numbers."""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder import accuracy, archive, finalize, lock, verify
from gloam.builder.evaluation import describe_point, direct_values
from gloam.builder.journal import host_kind
from gloam.lookup.callables import store
from gloam.lookup.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Workspace

LAST_BITS = 1e-12  # [1] another processor or mathematical library may move a value by this


@dataclass(frozen=True)
class Stamp:
    """What became of one store: ``points`` self-test points were integrated again, of whose ``values`` numbers ``moved``
    were not equal to the bit, by at most ``largest`` [1].
    """

    table: str
    path: str
    points: int
    values: int
    moved: int
    largest: float
    changed: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    def text(self) -> str:
        """One line for a person."""
        equal = "equal to the bit" if not self.moved else f"{self.moved} differ, by at most {self.largest:.2g}"
        what = "restamped" if self.changed else "has today's source digest"
        return f"{self.path}: {what}; {self.values} numbers at {self.points} self-test points, {equal}"


def restamp(place: Workspace) -> Stamp:
    """Write the source digest of today's recipe into a finished store whose self-test points its kernel gives again.

    Its numbers and its content digest stay.

    Raises
    ------
    StoreError
        When the store is missing or damaged, is of another description, or a self-test point moved.
    """
    if not place.is_finished:
        msg = f"there is no finished store {place.finished}: build it with `{place.command()}`"
        raise StoreError(msg)
    with lock.exclusive(place):
        return _restamped(place.finished, place.recipe)


def _restamped(path: Path, recipe: Recipe) -> Stamp:
    if damaged := verify.check_files(path):
        msg = f"{'; '.join(damaged)}: rebuild the table or restore a copy"
        raise StoreError(msg)
    manifest = store.read_manifest(path)
    if manifest["digest"] != recipe.digest:
        msg = f"{path} was built from another description or other input files than today's: build it anew, with a higher version"
        raise StoreError(msg)
    metadata = json.loads((path / "zarr.json").read_text())
    points, moved = _self_test(path, recipe, metadata["attributes"])
    before = manifest["source_digest"]
    counts = points, int(moved.size), int((moved > 0.0).sum()), float(moved.max(initial=0.0))
    found = Stamp(recipe.spec.name, str(path), *counts, before != recipe.source_digest)
    if found.changed:
        fresh = path.with_name(f"{path.name}.restamped")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(path, fresh)
        metadata["attributes"]["source_digest"] = recipe.source_digest
        (fresh / "zarr.json").write_text(json.dumps(metadata, indent=2))
        provenance = archive.read_provenance(path)
        provenance.setdefault("restamped", []).append(_note(before, found))
        archive.seal(fresh, {**manifest, "source_digest": recipe.source_digest}, provenance)
        finalize.exchange(fresh, path)
    return found


def _self_test(path: Path, recipe: Recipe, attributes: dict[str, Any]) -> tuple[int, Any]:
    """Number of points, and how far each value moved [1]: 0 where it is equal to the bit."""
    moved = []
    for test in attributes["self_test"]:
        choice, x = test["choice"], np.array([test["inputs"]], dtype=np.float64)
        stored, today = np.array([test["values"]], dtype=np.float64), direct_values(recipe, choice, x)
        scale = np.array(attributes["scale"][choice], dtype=np.float64)
        change = accuracy.relative_error(recipe, today, stored, scale)
        change = np.where(today == stored, 0.0, np.maximum(change, np.finfo(np.float64).tiny))
        if not (change <= LAST_BITS).all():
            point = describe_point(recipe, choice, x[0])
            moves = f"today's kernel gives other numbers at {point} (by {change.max():.2g})"
            msg = f"{path}: {moves}: build it anew, with a higher version"
            raise StoreError(msg)
        moved.append(change.ravel())
    return len(moved), np.concatenate(moved) if moved else np.empty(0)


def _note(before: str, found: Stamp) -> dict[str, Any]:
    """What the provenance keeps."""
    return {
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "host_kind": host_kind(),
        "source_digest_before": before,
        "self_test_points": found.points,
        "self_test_largest_change": found.largest,
    }
