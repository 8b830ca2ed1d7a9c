"""A table in use: callable by physical inputs, with gradient and error, from Python or inside the user's njit code."""

from __future__ import annotations

import functools
import operator
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from gloam import tables
from gloam.lookup import usage
from gloam.lookup.callables import members, store
from gloam.lookup.callables.arguments import (
    RAISE,
    deliver,
    named_inputs,
    numbers,
    refuse_positional,
    require_apart,
    require_array,
    rows,
    wants_nan,
)
from gloam.lookup.callables.blocks import Blocks, ByLabel
from gloam.lookup.callables.modules import names
from gloam.lookup.errors import BadParameter, DoesNotFit, OutOfRange, UnknownName, shown
from gloam.lookup.interpolation.addresses import bound
from gloam.lookup.interpolation.bounds import at_bounds
from gloam.lookup.interpolation.entries import SCALARS, fill_hessians, fill_row, fill_slopes, fill_values
from gloam.lookup.interpolation.scalars import REAL
from gloam.tables.coordinates import CONDITIONS
from gloam.tables.spec import TableSpec
from numba import types
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
NOTHING = np.empty((0, 0))
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@named_inputs
class Table:
    """One stored table; make it with :func:`load`.

    Calling it takes every input by keyword [in the units of ``spec.inputs``], scalars or arrays that broadcast, and the
    discrete choice by its name. A single-component table returns a float or an array; otherwise a last axis runs over
    ``spec.components``.

    The coefficients of a discrete choice are read when it is first asked for, and shared by all that the process binds.
    """

    def __init__(self, opened: store.Store) -> None:
        self.spec: TableSpec = opened.spec
        self.path = opened.path
        self.digest = opened.digest
        self.content_digest = opened.content_digest
        self.blocks = Blocks(opened)
        self._choice = self.spec.choice.name if self.spec.choice else None
        self._names = tuple(item.name for item in self.spec.inputs)
        self._pick = operator.itemgetter(*self._names) if len(self._names) > 1 else self._pick_one
        self._count = len(self._names) + (self._choice is not None)
        self._single = len(self.spec.components) == 1
        usage.note("table", self.name, self.spec.references, self.path)

    def _pick_one(self, inputs: dict[str, Any]) -> tuple[Any, ...]:
        return (inputs[self._names[0]],)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return _opened, (str(self.path),)

    def __repr__(self) -> str:
        names = ", ".join(f"{item.name} [{item.unit}]" for item in self.spec.inputs)
        return f"<Table {self.spec.name} v{self.spec.version}: {self.spec.title}; inputs {names}>"

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.spec.name

    def block(self, label: str = "") -> Vector:
        """The flat array of one discrete choice (see :mod:`gloam.tables.layout`), read-only: all of the process share it."""
        return self.blocks.of(label)

    @property
    def blob(self) -> Vector:
        """All discrete choices in one array for your own compiled code, read-only."""
        return self.blocks.whole

    def offset(self, label: str = "") -> int:
        """Start of the block of the discrete choice ``label`` in ``blob``."""
        return self.blocks.offset(label)

    def _arguments(self, given: dict[str, Any]) -> tuple[Vector, list[NDArray[np.float64]]]:
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
        columns = [numbers(self.name, item, given[item.name]) for item in self.spec.inputs]
        return self.block(label), columns

    def _points(self, given: dict[str, Any]) -> tuple[Vector, tuple[int, ...], Matrix]:
        """The block, shape of the answer, and the inputs as rows."""
        block, columns = self._arguments(given)
        return block, *rows(self.name, columns)

    def _refuse_unnamed(self, unnamed: tuple[Any, ...]) -> NoReturn:
        refuse_positional(self.name, (*self._names, *([self._choice] if self._choice else [])), unnamed)

    def _tail(self) -> tuple[int, ...]:
        return () if self._single else (len(self.spec.components),)

    def _evaluate(self, given: dict[str, Any], outside: str, with_error: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        block, shape, x = self._points(given)
        out = np.empty((len(x), len(self.spec.components)))
        error = np.empty_like(out) if with_error else NOTHING
        outcome = fill_values(block, 0, x, out, error)
        if not wants_nan(outside):
            self._refuse(x, outcome)
        return out.reshape(shape + self._tail()), error.reshape(shape + self._tail()) if with_error else error

    def _refuse(self, x: Matrix, outcome: tuple[int, int, int]) -> None:
        count, first, wrong = outcome
        if count > 0:
            raise self.refusal(wrong, float(x[first, wrong]), count)

    def refusal(self, wrong: int, value: float, count: int = 1) -> OutOfRange:
        """The error for a point outside because of input number ``wrong``."""
        item = self.spec.inputs[wrong]
        condition = CONDITIONS.get(self.spec.coordinates, "")
        return OutOfRange(self.name, (item.name, item.unit, item.low, item.high), value, count, condition)

    def __call__(
        self, *unnamed: ArrayLike, out: NDArray[np.float64] | None = None, outside: str = RAISE, **inputs: ArrayLike | str
    ) -> Any:
        """Values at the given inputs.

        Parameters
        ----------
        out : array, optional
            Filled with the values and returned.
        outside : {"raise", "nan"}
            What to do with points outside the box.
        **inputs
            Every input, and the discrete choice if there is one.

        Raises
        ------
        OutOfRange
            When a point is outside the box; names input, value, unit, bounds and the number of such points.
        BadParameter, UnknownName
            When an input is missing or unknown.
        """
        if unnamed:
            self._refuse_unnamed(unnamed)
        if outside is not RAISE:
            wants_nan(outside)
        if out is None and len(inputs) == self._count:
            try:
                label: Any = inputs[self._choice] if self._choice is not None else ""
                fast = self._fast[label]
                x = self._pick(inputs)
                if self._single:
                    value: float = fast(*x)
                    if value == value:
                        return value
                else:
                    row = np.empty(len(self.spec.components))
                    if fast(x, row) == 0:
                        return row
            except (KeyError, TypeError, ValueError):
                pass  # arrays, or explained below
        return deliver(self.name, self._evaluate(inputs, outside, with_error=False)[0], out)

    def fill(
        self, x: Matrix, out: NDArray[np.float64], error: Matrix = NOTHING, *, label: str = "", gradient: bool = False
    ) -> int:
        """Answer many points into arrays of the caller; nothing is allocated, and the GIL is released.

        Parameters
        ----------
        x : float64, shape (points, D)
            Inputs in the order of ``spec.inputs``, contiguous.
        out : float64, shape (points, components), with ``gradient`` (points, 1 + D, components)
            Filled with the values, with ``gradient`` with the values and their derivatives; NaN outside the box.
        error : float64, shape (points, components), optional
            Filled with the bounds of the absolute error.
        label : str
            The discrete choice.

        Returns
        -------
        int
            Number of points outside the box.

        Raises
        ------
        BadParameter
            When an array has another shape or type, is not contiguous, or shares memory with one that is written; when errors are
            asked for beside derivatives.
        """
        points = x.shape[0] if isinstance(x, np.ndarray) and x.ndim == 2 else 0
        components = len(self.spec.components)
        shape = (points, 1 + len(self._names), components) if gradient else (points, components)
        require_array(self.name, "x", x, (points, len(self._names)), written=False)
        require_array(self.name, "out", out, shape, written=True)
        if error is not NOTHING:
            require_array(self.name, "error", error, (points, components), written=True)
        if error is not NOTHING and gradient:
            msg = f"{self.name}: fill gives errors beside values or, with gradient=True, derivatives: ask for them in two calls"
            raise BadParameter(msg)
        written = {"out": out} if error is NOTHING else {"out": out, "error": error}
        require_apart(self.name, written, {"x": x})  # the table is read-only
        block = self.block(label)
        count = self._fill(block, x, out, error, gradient)
        if count > 0:
            columns = [x[:, i] for i in range(len(self._names))]
            moved = [at_bounds(column, item.low, item.high) for column, item in zip(columns, self.spec.inputs, strict=True)]
            if any(now is not column for now, column in zip(moved, columns, strict=True)):
                count -= self._fill_near(block, x, np.stack(moved, axis=-1), out, error, gradient)
        return count

    def _fill_near(self, block: Vector, x: Matrix, moved: Matrix, out: NDArray[np.float64], error: Matrix, gradient: bool) -> int:
        """Fill again the rows that are ``moved`` to bounds that they missed by rounding: how many are now answered."""
        near = np.flatnonzero((moved != x).any(axis=1) & ~np.isnan(x).any(axis=1))
        some, bounds = out[near], error[near] if error is not NOTHING else NOTHING
        left = self._fill(block, moved[near], some, bounds, gradient)
        out[near] = some
        if error is not NOTHING:
            error[near] = bounds
        return near.size - left

    def _fill(self, block: Vector, x: Matrix, out: NDArray[np.float64], error: Matrix, gradient: bool) -> int:
        outcome = fill_slopes(block, 0, x, out) if gradient else fill_values(block, 0, x, out, error)
        count: int = outcome[0]
        return count

    def value_and_error(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> tuple[Any, Any]:
        """Values and the bounds of their absolute interpolation errors, in the unit of the value."""
        values, errors = self._evaluate(inputs, outside, with_error=True)
        return (float(values), float(errors)) if values.ndim == 0 else (values, errors)

    def value_and_status(self, **inputs: ArrayLike | str) -> tuple[Any, Any]:
        """Values, NaN where there is none, and the ``Status`` of every point, which says why."""
        from gloam.lookup.callables.statuses import Status

        _, shape, x = self._points(dict(inputs))
        values = self._evaluate(dict(inputs), "nan", with_error=False)[0]
        outside = np.isnan(values.reshape(len(x), len(self.spec.components))).any(axis=1)
        wrong = np.isnan(x).any(axis=1)
        statuses = np.where(wrong, Status.BAD_PARAMETER, np.where(outside, Status.OUTSIDE_TABLE, Status.ANSWERED))
        found = values if values.ndim else float(values)
        return found, (statuses.reshape(shape) if shape else Status(int(statuses[0])))

    def error(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> Any:
        """Bound of the absolute interpolation error at the given inputs, in the unit of the value."""
        return self.value_and_error(outside=outside, **inputs)[1]

    def gradient(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> dict[str, Any]:
        """Derivatives of the spline with respect to every input, {name: value per unit of the input}, exact."""
        block, shape, x = self._points(inputs)
        out = np.empty((len(x), 1 + x.shape[1], len(self.spec.components)))
        outcome = fill_slopes(block, 0, x, out)
        if not wants_nan(outside):
            self._refuse(x, outcome)
        rows = {name: out[:, 1 + i].reshape(shape + self._tail()) for i, name in enumerate(self._names)}
        return {name: float(row) if row.ndim == 0 else row for name, row in rows.items()}

    def hessian(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> NDArray[np.float64]:
        """Second derivatives with respect to the inputs, shape (..., D, D) or (..., D, D, components), for Minuit.

        Those of the spline are exact; those of the table's map and prefactor are differences, good to about 1e-9.
        """
        block, shape, x = self._points(inputs)
        dimensions = len(self._names)
        out = np.empty((len(x), dimensions, dimensions, len(self.spec.components)))
        outcome = fill_hessians(block, 0, x, out)
        if not wants_nan(outside):
            self._refuse(x, outcome)
        return out.reshape((*shape, dimensions, dimensions, *self._tail()))

    def bind(self, label: str = "", component: int | str = 0) -> Any:
        """The leanest call: one component at positional floats, ``f(x, y)``; it answers NaN outside the box.

        Another number of values, or one that is no number, is a BadParameter.

        Parameters
        ----------
        label : str
            The discrete choice.
        component : int or str
            Index in ``spec.components``, or its name there.
        """
        if isinstance(component, str):
            if component not in self.spec.components:
                raise UnknownName(f"component of {self.name}", component, self.spec.components)
            component = self.spec.components.index(component)
        whole = isinstance(component, int | np.integer) and not isinstance(component, bool)
        if not whole or not 0 <= component < len(self.spec.components):
            msg = f"{self.name}: component {shown(component)} is not one of 0 to {len(self.spec.components) - 1}"
            raise BadParameter(msg)
        lean = self._bind_one(label, int(component))

        def call(*values: float) -> Any:
            try:
                return lean(*values)
            except TypeError as error:
                names = ", ".join(f"{item.name} [{item.unit}]" for item in self.spec.inputs)
                given = ", ".join(map(shown, values)) or "none"
                msg = f"{self.name}: a bound table takes {len(self._names)} numbers in this order, {names}; got {given}"
                raise BadParameter(msg) from error

        return call

    def _bind_one(self, label: str, component: int = 0) -> Any:
        """``bind`` without words for another number of values."""
        kinds = (types.int64, types.int64, *[REAL] * len(self._names))
        block = self.block(label)
        return functools.partial(bound(SCALARS[len(self._names) - 1], kinds, block), 0, component)

    def _bind_row(self, label: str) -> Any:
        """``fill_row`` of one label, compiled or read from the cache at the first call."""
        kinds = (types.int64, types.UniTuple(REAL, len(self._names)), types.float64[::1])
        return functools.partial(bound(fill_row, kinds, self.block(label)), 0)

    @functools.cached_property
    def _fast(self) -> dict[str, Any]:
        return ByLabel(self.spec.labels, self._bind_one if self._single else self._bind_row)

    @functools.cached_property
    def scalar(self) -> Any:
        """``bind()`` of a table with one component and no discrete choice: ``table.scalar(x, y)``."""
        if self._choice is not None or not self._single:
            wanted = f"one of {self._choice} = {', '.join(self.spec.labels)}" if self._choice is not None else ""
            some = f"a component 0 to {len(self.spec.components) - 1}" if not self._single else ""
            needs = " and ".join(filter(None, (wanted, some)))
            msg = f"{self.name}: table.scalar needs {needs}: use table.bind(label, component)"
            raise BadParameter(msg)
        return self.bind()


@functools.cache
def _opened(path: str) -> Table:
    return Table(store.open_named(Path(path)))


def load(name: str) -> Any:
    """Open the table or composed quantity called ``name`` (see ``gloam list tables``).

    ``NAME@FILE.toml`` is the member of a table for the experiment in that file.

    Raises
    ------
    UnknownName
        When no table, recipe or quantity has that name; the message gives the nearest.
    DoesNotFit
        When it is the name of a model or a search.
    StoreError
        When the table is not built or its store is damaged.
    """
    from gloam.lookup.callables import quantity

    base, experiment = tables.split(name) if isinstance(name, str) else ("", "")
    if experiment:
        return _opened(str(members.find(base, experiment)))
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w@-]*", name):
        raise UnknownName("table or quantity", name, sorted({*store.available(), *quantity.names()}))
    if name in quantity.names():
        return quantity.Quantity(name)
    for kind, call in (("models", "model"), ("searches", "rate")):
        if name in names(kind):
            msg = f"{name!r} is one of the {kind}, no table: use lookup.{call}({name!r}, ...) or `gloam list`"
            raise DoesNotFit(msg)
    try:
        return _opened(str(store.find(name)))
    except UnknownName as error:
        raise UnknownName("table or quantity", name, [*error.known, *quantity.names()]) from error
