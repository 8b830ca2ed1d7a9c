"""What a table is: the frozen description that is stored with the data and identifies it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")  # of a table, and of its directory


@dataclass(frozen=True)
class Input:
    """A physical argument of a table: name, unit ("1" if none), range and meaning."""

    name: str
    unit: str
    low: float
    high: float
    description: str = ""


@dataclass(frozen=True)
class Axis:
    """An evenly spaced box coordinate: ``n`` nodes from ``low`` to ``high``."""

    name: str
    low: float
    high: float
    n: int

    @property
    def nodes(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Node positions, shape (n,)."""
        return np.linspace(self.low, self.high, self.n)


@dataclass(frozen=True)
class Choice:
    """A discrete leading axis, for example the target nucleus."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Constant:
    """A number that enters a table: name, value, unit and source."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class TableSpec:
    """Identity of a table; everything but the kernel is stored with the data.

    ``coordinates`` and ``prefactor`` name entries of :mod:`gloam.tables.coordinates`;
    ``parameters`` holds their shape parameters, one row per choice label (one row without a choice).
    The stored array is ``transform(value / prefactor)`` and ``rtol`` is the accuracy promised between nodes,
    relative to the value [1]. ``dtype`` is how a finished store keeps it: "float32", "float64", or "int16", integers with
    one scale for the whole array, which move its numbers by at most 1/131068 of their range. ``regions`` are the error
    regions along every axis; without them the builder chooses.
    """

    name: str
    version: int
    title: str
    inputs: tuple[Input, ...]
    axes: tuple[Axis, ...]
    coordinates: str
    unit: str
    rtol: float
    components: tuple[str, ...] = ("value",)
    choice: Choice | None = None
    transform: str = "log"
    prefactor: str = "none"
    parameters: tuple[tuple[float, ...], ...] = ((),)
    dtype: str = "float32"
    constants: tuple[Constant, ...] = ()
    references: tuple[str, ...] = ()
    description: str = ""
    regions: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or type(self.version) is not int or not 0 < self.version < 10**9:
            what = "a name has letters, digits, '-', '_', '.' and '@', a version is a whole number of at least 1"
            msg = f"table {self.name!r} version {self.version!r}: {what}"
            raise ValueError(msg)
        for item in (*self.inputs, *((self.choice,) if self.choice else ())):
            if not item.name.isidentifier():
                msg = f"table {self.name}: {item.name!r} is no name of an input or a choice; give letters, digits and '_'"
                raise ValueError(msg)
        if len(self.inputs) != len(self.axes):
            msg = f"table {self.name}: {len(self.inputs)} inputs but {len(self.axes)} axes"
            raise ValueError(msg)
        if len(self.parameters) != len(self.labels):
            msg = f"table {self.name}: {len(self.parameters)} parameter rows for {len(self.labels)} choices"
            raise ValueError(msg)
        if self.transform not in ("log", "linear"):
            msg = f"table {self.name}: transform {self.transform!r} is not 'log' or 'linear'"
            raise ValueError(msg)
        if self.dtype not in ("float32", "float64", "int16"):
            msg = f"table {self.name}: dtype {self.dtype!r} is not 'float32', 'float64' or 'int16'"
            raise ValueError(msg)
        if self.regions and len(self.regions) != len(self.axes):
            msg = f"table {self.name}: {len(self.regions)} numbers of regions but {len(self.axes)} axes"
            raise ValueError(msg)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the discrete axis; one empty label where there is none."""
        return self.choice.labels if self.choice else ("",)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stored values: (choices, nodes of every axis, components)."""
        return (len(self.labels), *(axis.n for axis in self.axes), len(self.components))

    @property
    def node_dtype(self) -> str:
        """Type of the node values while a table is built: not rounded where only the finished store is."""
        return "float64" if self.dtype == "int16" else self.dtype

    def to_json(self) -> str:
        """Canonical JSON of the whole description, without ``regions`` where the builder chooses them."""
        raw = asdict(self)
        if not self.regions:
            del raw["regions"]
        return json.dumps(raw, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> TableSpec:
        """Inverse of :meth:`to_json`."""
        raw: dict[str, Any] = json.loads(text)
        raw["inputs"] = tuple(Input(**item) for item in raw["inputs"])
        raw["axes"] = tuple(Axis(**item) for item in raw["axes"])
        raw["choice"] = Choice(raw["choice"]["name"], tuple(raw["choice"]["labels"])) if raw["choice"] else None
        raw["constants"] = tuple(Constant(**item) for item in raw["constants"])
        raw["parameters"] = tuple(tuple(row) for row in raw["parameters"])
        for key in ("components", "references", "regions"):
            raw[key] = tuple(raw.get(key, ()))
        known = {field.name for field in fields(TableSpec)}
        return TableSpec(**{key: value for key, value in raw.items() if key in known})


def digest(spec: TableSpec, inputs: dict[str, str]) -> str:
    """SHA-256 of the description and of the hashes of its input files ``{name: sha256}``."""
    text = spec.to_json() + json.dumps(inputs, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
