"""Give a finished store today's source digest and today's form, after proof that today's kernel gives its numbers."""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from gloam.builder import accuracy, archive, finalize, lock, verify
from gloam.builder.evaluation import describe_point, direct_values
from gloam.builder.journal import host_kind
from gloam.lookup.callables import store
from gloam.lookup.errors import StoreError
from gloam.lookup.interpolation.rounding import SCALE

if TYPE_CHECKING:
    from pathlib import Path

    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Workspace

LAST_BITS = 1e-12  # [1] another processor or mathematical library may move a value by this


@dataclass(frozen=True)
class Stamp:
    """What became of one store: ``points`` self-test points were integrated again, of whose ``values`` numbers ``moved``
    were not equal to the bit, by at most ``largest`` [1]. ``slimmed`` is True where the values at the nodes were left out.
    """

    table: str
    path: str
    points: int
    values: int
    moved: int
    largest: float
    changed: bool
    slimmed: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    def text(self) -> str:
        """One line for a person."""
        equal = "equal to the bit" if not self.moved else f"{self.moved} differ, by at most {self.largest:.2g}"
        what = "restamped" if self.changed else "has today's source digest"
        what += ", values left out" if self.slimmed else ""
        return f"{self.path}: {what}; {self.values} numbers at {self.points} self-test points, {equal}"


def restamp(place: Workspace, keep_values: bool = False) -> Stamp:
    """Write the source digest of today's recipe into a finished store whose self-test points its kernel gives again.

    The files that answers come from, and its content digest, stay as they are; the values at the nodes, which no lookup reads,
    are left out unless ``keep_values``.

    Raises
    ------
    StoreError
        When the store is missing or damaged, is of another description, or a self-test point moved.
    """
    if not place.is_finished:
        msg = f"there is no finished store {place.finished}: build it with `{place.command()}`"
        raise StoreError(msg)
    with lock.exclusive(place):
        return _restamped(place.finished, place.recipe, keep_values)


def _restamped(path: Path, recipe: Recipe, keep_values: bool) -> Stamp:
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
    slimmed = archive.keeps_values(path) and not keep_values
    found = Stamp(recipe.spec.name, str(path), *counts, before != recipe.source_digest, slimmed)
    if found.changed or found.slimmed:
        if slimmed:
            manifest["answers_digest"] = _proven_answers(path, manifest["content_digest"])
        fresh = path.with_name(f"{path.name}.restamped")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(path, fresh)
        metadata["attributes"]["source_digest"] = recipe.source_digest
        if slimmed:
            shutil.rmtree(fresh / "values")
            del metadata["consolidated_metadata"]["metadata"]["values"]
        (fresh / "zarr.json").write_text(json.dumps(metadata, indent=2))
        provenance = archive.read_provenance(path)
        provenance.setdefault("restamped", []).append(_note(before, found))
        archive.seal(fresh, {**manifest, "source_digest": recipe.source_digest}, provenance)
        finalize.exchange(fresh, path)
    return found


def _proven_answers(path: Path, content: str) -> str:
    """Digest of the answers of a store that keeps its values, after proof that these give its content digest and coefficients."""
    spec = store.open_store(path).spec
    values, coefficients, error = (archive.read_numbers(path, name) for name in ("values", "coefficients", "error"))
    steps: Any = tuple(zarr.open_array(path / name, mode="r").attrs.get(SCALE, 0.0) for name in ("values", "coefficients"))
    belong = not finalize.misfit(spec, values, coefficients, steps)
    if not belong or archive.content_digest(spec, values, error) != content:
        msg = f"{path}: its values do not give its content digest or its coefficients: build it anew, or restore a copy"
        raise StoreError(msg)
    return archive.answers_digest(spec, coefficients, error)


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
        "values_left_out": found.slimmed,
    }
