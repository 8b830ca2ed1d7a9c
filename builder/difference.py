"""Compare two stores of one table point by point, against the promised accuracy and the stated errors."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from gloam import tables
from gloam.builder import accuracy, source, verify
from gloam.builder.archive import node_inputs, values_at_nodes
from gloam.builder.evaluation import describe_point, prefactors
from gloam.builder.source import Recipe
from gloam.lookup.callables import store
from gloam.lookup.errors import DoesNotFit, StoreError

if TYPE_CHECKING:
    from gloam.lookup.callables.store import Store
    from gloam.tables.spec import TableSpec

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

NOTEWORTHY = 0.01  # [1] relative change of a stated error


@dataclass(frozen=True)
class Moved:
    """How far one component of one label moved.

    ``largest`` and ``rms`` are relative to the value (log tables) or to the largest value of the component (linear ones),
    or what today's recipe measures with its ``judge`` [1]; ``beyond`` counts nodes that moved by more than the promised
    accuracy, ``unexplained`` those that moved by more than the sum of both stated errors (and half a step of values that
    are rounded); ``outside`` counts nodes that the second store does not cover. ``stated_before`` and ``stated_after`` are the
    largest stated errors of the two stores at the nodes that both cover, relative.
    """

    label: str
    component: str
    points: int
    largest: float
    rms: float
    beyond: int
    unexplained: int
    outside: int
    worst: str
    stated_before: float
    stated_after: float


@dataclass(frozen=True)
class Difference:
    """Result of a comparison: ``same`` when no value moved by more than promised and nothing was lost."""

    first: str
    second: str
    table: str
    rtol: float
    changes: list[str]
    lost: list[str]
    moved: list[Moved]

    @property
    def same(self) -> bool:
        """Whether a user of the first store gets the promised numbers from the second."""
        return not self.lost and not any(item.beyond or item.outside for item in self.moved)

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return {**asdict(self), "same": self.same}

    def text(self) -> str:
        """Summary for a person, components in falling order of their largest change."""
        order = sorted(self.moved, key=lambda item: -item.largest)
        rows = [
            ("first", self.first),
            ("second", self.second),
            ("table", f"{self.table}, promised accuracy {self.rtol:.3g}"),
            *(("changed", change) for change in self.changes),
            *(("LOST", item) for item in self.lost),
            *(("moved" if item.beyond else "within", self._line(item)) for item in order),
            ("result", "same within the promised accuracy" if self.same else "values moved"),
        ]
        return "\n".join(f"{name:<14} {value}" for name, value in rows)

    def _line(self, item: Moved) -> str:
        label = f"{item.label}, " if item.label else ""
        line = f"{label}{item.component!r}: at most {item.largest:.3g} = {item.largest / self.rtol:.3g} x promised"
        if item.largest:
            line += f" at {item.worst}; rms {item.rms:.3g}"
        if item.beyond:
            line += f"; {item.beyond} of {item.points} nodes beyond the promise"
        if item.unexplained:
            line += f"; {item.unexplained} beyond both stated errors"
        if abs(item.stated_after - item.stated_before) > NOTEWORTHY * item.stated_before:
            line += f"; stated errors at most {item.stated_after:.2g}, were {item.stated_before:.2g}"
        return line + (f"; {item.outside} nodes not covered" if item.outside else "")


def find(text: str) -> Path:
    """A finished store: its directory, the directory of its table (newest version), or the name of a table."""
    path = Path(text)
    if (path / store.MANIFEST).is_file():
        return path
    if found := store.versions(path):
        return found[-1]
    if path.is_dir():
        msg = f"{path} is no finished store and has none: give NAME/vN, NAME in a directory of stores, or a table"
        raise StoreError(msg)
    return store.find(text)


def compare(first: Path, second: Path) -> Difference:
    """Compare the values at all nodes of the first store with those of the second.

    Raises
    ------
    StoreError
        When a store is damaged.
    DoesNotFit
        When the stores have other inputs or units, so that no point of one is a point of the other.
    """
    for path in (first, second):
        if damaged := verify.check_files(path):
            msg = f"{'; '.join(damaged)}: restore a copy"
            raise StoreError(msg)
    before, after = (_Opened(path) for path in (first, second))
    _check_comparable(before.spec, after.spec)
    labels = [label for label in before.spec.labels if label in after.spec.labels]
    moved = [item for label in labels for item in _moved(before, after, label)]
    lost = [
        *(f"label {label!r}" for label in before.spec.labels if label not in labels),
        *(f"component {name!r}" for name in before.spec.components if name not in after.spec.components),
    ]
    changes = _changes(before, after)
    return Difference(str(first), str(second), before.spec.name, before.spec.rtol, changes, lost, moved)


class _Opened:
    """A store with its values at the nodes."""

    def __init__(self, path: Path) -> None:
        self.store: Store = store.open_store(path)
        self.spec: TableSpec = self.store.spec
        self.attributes: dict[str, Any] = dict(zarr.open_group(path, mode="r").attrs)
        self.values, self.rounding = values_at_nodes(path, self.spec)
        self.recipe = Recipe("", self.spec, (), "")

    def at_nodes(self, label: str) -> tuple[Array, Array]:
        """Inputs of all nodes (points, D) and the values there (points, components), in the table's unit."""
        choice = self.spec.labels.index(label)
        x = node_inputs(self.recipe, choice).reshape(-1, len(self.spec.axes))
        stored = self.values[choice].reshape(len(x), -1).astype(np.float64)
        plain = np.exp(stored) if self.spec.transform == "log" else stored
        return x, plain * prefactors(self.recipe, choice, x)

    def between_nodes(self, label: str, x: Array) -> Array:
        """What a lookup answers at ``x``, NaN outside, shape (points, components)."""
        choice, bounds = self.spec.labels.index(label), self.spec.inputs
        inside = np.all([(i.low <= v) & (v <= i.high) for i, v in zip(bounds, x.T, strict=True)], axis=0)
        out = np.full((len(x), len(self.spec.components)), np.nan)
        block = self.store.blocks[choice]
        out[inside] = accuracy.interpolated_values(self.recipe, choice, block, np.ascontiguousarray(x[inside]))
        return out

    def bounds(self, label: str, x: Array) -> Array:
        """Stated relative errors at ``x``, with what the stored values are rounded by, shape (points, components)."""
        choice = self.spec.labels.index(label)
        stated = accuracy.stored_bounds(self.store.blocks[choice], x, len(self.spec.components))
        if self.spec.transform == "log" or not self.rounding:
            return stated + self.rounding
        return stated + self.rounding * np.abs(prefactors(self.recipe, choice, x)) / self.store.scale[choice]


def _check_comparable(before: TableSpec, after: TableSpec) -> None:
    for what, one, other in (
        ("inputs", [(i.name, i.unit) for i in before.inputs], [(i.name, i.unit) for i in after.inputs]),
        ("unit", before.unit, after.unit),
        ("transform", before.transform, after.transform),
    ):
        if one != other:
            msg = f"the stores cannot be compared: {what} {one} of {before.name}, {other} of {after.name}"
            raise DoesNotFit(msg)


def _changes(before: _Opened, after: _Opened) -> list[str]:
    one, other = (json.loads(opened.spec.to_json()) for opened in (before, after))
    found = [f"description: {key}" for key in one if one[key] != other[key]]
    files = before.attributes["inputs"], after.attributes["inputs"]
    found += [f"input file {n}" for n in sorted({*files[0], *files[1]}) if files[0].get(n) != files[1].get(n)]
    if before.attributes["source_digest"] != after.attributes["source_digest"]:
        found.append("source of the recipe or of something it imports")
    return found


def _moved(before: _Opened, after: _Opened, label: str) -> list[Moved]:
    x, old = before.at_nodes(label)
    nodes, new = after.at_nodes(label)
    if not np.array_equal(x, nodes):
        declared = before.spec.inputs
        covered = np.all([(i.low <= v) & (v <= i.high) for i, v in zip(declared, x.T, strict=True)], axis=0)
        x, old = np.ascontiguousarray(x[covered]), old[covered]
        new = after.between_nodes(label, x)
    choice = before.spec.labels.index(label)
    names = [name for name in before.spec.components if name in after.spec.components]
    mine, others = ([spec.components.index(name) for name in names] for spec in (before.spec, after.spec))
    change = _change(before.spec, names, old[:, mine], new[:, others])
    inside = np.isfinite(change).all(axis=1)
    at = np.ascontiguousarray(x[inside])
    stated = before.bounds(label, at)[:, mine], after.bounds(label, at)[:, others]
    return [
        _summary(before, choice, name, at, change[inside, c], (stated[0][:, c], stated[1][:, c]), int((~inside).sum()))
        for c, name in enumerate(names)
    ]


def _change(spec: TableSpec, names: list[str], old: Array, new: Array) -> Array:
    """Change by the measure of the promised accuracy: the recipe's own, or relative as :class:`Moved` says."""
    if spec.name in tables.names() and names == list(spec.components):
        judge = accuracy.judge_of(source.load(spec.name))
        if judge is not None:
            return judge(new, old)
    scale = np.abs(old) if spec.transform == "log" else np.abs(old).max(axis=0)
    return np.abs(new - old) / scale


def _summary(
    before: _Opened, choice: int, name: str, x: Array, change: Array, stated: tuple[Array, Array], outside: int
) -> Moved:
    worst = int(change.argmax()) if len(change) else -1
    return Moved(
        before.spec.labels[choice],
        name,
        len(change),
        float(change[worst]) if len(change) else 0.0,
        float(np.sqrt(np.mean(change**2))) if len(change) else 0.0,
        int((change > before.spec.rtol).sum()),
        int((change > stated[0] + stated[1]).sum()),
        outside,
        describe_point(before.recipe, choice, x[worst]) if len(change) else "",
        float(stated[0].max(initial=0.0)),
        float(stated[1].max(initial=0.0)),
    )
