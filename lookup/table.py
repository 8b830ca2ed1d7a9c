"""A table in use: callable by physical inputs, with gradient and error, from Python or inside the user's njit code."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from gloam.lookup import spline, store
from gloam.lookup.compiled import entry
from gloam.lookup.errors import BadParameter, OutOfRange, UnknownName
from gloam.tables import layout
from gloam.tables.spec import TableSpec
from numba import njit
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

STEP = 1e-5  # relative step of the central differences of gradients [1]


@njit
def at(blob: Vector, offset: int, x: Vector, out: Vector) -> int:
    """Physical values of all components at the inputs ``x``, inside your own compiled code.

    Parameters
    ----------
    blob : float64, 1-D
        A table's array (``table.blob``), or a longer one that holds it.
    offset : int
        Where the table begins in ``blob`` (``table.offset(label)``).
    x : float64, shape (inputs,)
        Physical inputs in the stated units.
    out : float64, shape (components,)
        Filled with the values.

    Returns
    -------
    int
        0, or 1 + i when input i is outside the box or not a number; ``out`` is then undefined.
    """
    return spline.values_at(blob, offset, x, np.empty(spline.WORK), out)


@entry
def _batch(blob: Vector, offset: int, x: Matrix, out: Matrix, error: Matrix, status: Any) -> None:
    work = np.empty(spline.WORK)
    log = blob[offset + layout.TRANSFORM] == 1.0
    for i in range(x.shape[0]):
        status[i] = spline.values_at(blob, offset, x[i], work, out[i])
        for c in range(out.shape[1]):
            if status[i] != 0:
                out[i, c] = math.nan
                error[i, c] = math.nan
            else:
                bound = spline.error_of(blob, offset, work, c)
                error[i, c] = bound * abs(out[i, c]) if log else bound


@entry
def _scalar(blob: Vector, offset: int, component: int, *x: float) -> float:
    components = int(blob[offset + layout.COMPONENTS])
    work = np.empty(spline.WORK + components + len(x))
    values = work[spline.WORK : spline.WORK + components]
    inputs = work[spline.WORK + components :]
    for i in range(len(x)):
        inputs[i] = x[i]
    if spline.values_at(blob, offset, inputs, work, values) != 0:
        return math.nan
    return values[component]


def _absolute_errors(opened: store.Store, choice: int) -> store.Array:
    """Block of one choice whose error bounds are absolute for a linear table (those of a log table stay relative)."""
    block = opened.blocks[choice].copy()
    if opened.spec.transform == "linear":
        first, last = int(block[layout.ERRORS]), int(block[layout.COEFFICIENTS])
        bounds = block[first:last].reshape(-1, len(opened.spec.components))
        bounds *= opened.scale[choice]
    return block


class Table:
    """One stored table; make it with :func:`load`.

    Calling it takes every input by keyword [in the units of ``spec.inputs``], scalars or arrays that broadcast, and the
    discrete choice by its name. A single-component table returns a float or an array; otherwise a last axis runs over
    ``spec.components``.
    """

    def __init__(self, opened: store.Store) -> None:
        self.spec: TableSpec = opened.spec
        self.path = opened.path
        self.digest = opened.digest
        self.content_digest = opened.content_digest
        self.blob = np.concatenate([_absolute_errors(opened, i) for i in range(len(opened.blocks))])
        sizes = [block.size for block in opened.blocks]
        self._offsets = dict(zip(self.spec.labels, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return _reopen, (str(self.path),)

    def __repr__(self) -> str:
        names = ", ".join(f"{item.name} [{item.unit}]" for item in self.spec.inputs)
        return f"<Table {self.spec.name} v{self.spec.version}: {self.spec.title}; inputs {names}>"

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.spec.name

    def offset(self, label: str = "") -> int:
        """Start of the block of the discrete choice ``label`` in ``blob``."""
        if label not in self._offsets:
            kind = self.spec.choice.name if self.spec.choice else "choice"
            raise UnknownName(kind, label, self._offsets)
        return int(self._offsets[label])

    def _arguments(self, given: dict[str, Any]) -> tuple[int, list[NDArray[np.float64]]]:
        label = ""
        if self.spec.choice is not None:
            if self.spec.choice.name not in given:
                msg = f"{self.name}: {self.spec.choice.name} is missing; choose one of {', '.join(self.spec.labels)}"
                raise BadParameter(msg)
            label = given.pop(self.spec.choice.name)
        names = [item.name for item in self.spec.inputs]
        for name in given:
            if name not in names:
                raise UnknownName(f"input of {self.name}", name, names)
        missing = [item for item in self.spec.inputs if item.name not in given]
        if missing:
            wanted = ", ".join(f"{item.name} [{item.unit}]" for item in missing)
            msg = f"{self.name}: missing {wanted}"
            raise BadParameter(msg)
        return self.offset(label), [np.asarray(given[name], dtype=np.float64) for name in names]

    def _evaluate(self, given: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        outside = given.pop("outside", "raise")
        offset, columns = self._arguments(given)
        columns = list(np.broadcast_arrays(*columns))
        shape = columns[0].shape
        x = np.ascontiguousarray(np.stack([column.ravel() for column in columns], axis=-1))
        out = np.empty((len(x), len(self.spec.components)))
        error, status = np.empty_like(out), np.zeros(len(x), dtype=np.int64)
        _batch(self.blob, offset, x, out, error, status)
        if outside != "nan":
            self._refuse(x, status)
        tail = (len(self.spec.components),) if len(self.spec.components) > 1 else ()
        return out.reshape(shape + tail), error.reshape(shape + tail)

    def _refuse(self, x: Matrix, status: NDArray[np.int64]) -> None:
        bad = np.flatnonzero(status)
        if bad.size:
            item = self.spec.inputs[int(status[bad[0]]) - 1]
            bound = (item.name, item.unit, item.low, item.high)
            raise OutOfRange(self.name, bound, float(x[bad[0], int(status[bad[0]]) - 1]), bad.size)

    def __call__(self, *, out: NDArray[np.float64] | None = None, **inputs: ArrayLike | str) -> Any:
        """Values at the given inputs; ``outside="nan"`` returns NaN instead of raising, ``out`` is filled if given.

        Raises
        ------
        OutOfRange
            When a point is outside the box; names input, value, unit, bounds and the number of such points.
        """
        values, _ = self._evaluate(dict(inputs))
        if out is not None:
            out[...] = values
            return out
        return float(values) if values.ndim == 0 else values

    def error(self, **inputs: ArrayLike | str) -> Any:
        """Bound of the absolute interpolation error at the given inputs, in the unit of the value."""
        _, errors = self._evaluate(dict(inputs))
        return float(errors) if errors.ndim == 0 else errors

    def gradient(self, **inputs: ArrayLike | str) -> dict[str, Any]:
        """Derivatives with respect to every input {name: value per unit of the input}, by central differences.

        The spline has continuous second derivatives, so that the differences are good to about 1e-9.
        """
        gradient = {}
        for item in self.spec.inputs:
            centre = np.asarray(inputs[item.name], dtype=np.float64)
            step = STEP * np.abs(centre) + 1e-12 * (item.high - item.low)
            low, high = np.maximum(centre - step, item.low), np.minimum(centre + step, item.high)
            difference = self._evaluate({**inputs, item.name: high})[0] - self._evaluate({**inputs, item.name: low})[0]
            width = high - low
            gradient[item.name] = difference / (width[..., None] if difference.ndim > width.ndim else width)
        return gradient

    def scalar(self, *x: float, label: str = "", component: int = 0) -> float:
        """One value at positional floats, the lean way; NaN outside the box."""
        value: float = _scalar(self.blob, self.offset(label), component, *x)
        return value


def _reopen(path: str) -> Table:
    from pathlib import Path

    return Table(store.open_store(Path(path)))


@functools.cache
def _opened(path: str) -> Table:
    return _reopen(path)


def load(name: str) -> Any:
    """Open the table or composed quantity called ``name`` (see ``gloam list tables``).

    Raises
    ------
    UnknownName
        When no table, recipe or quantity has that name; the message gives the nearest.
    StoreError
        When the table is not built or its store is damaged.
    """
    from gloam.lookup import quantity

    if name in quantity.names():
        return quantity.Quantity(name)
    return _opened(str(store.find(name)))
