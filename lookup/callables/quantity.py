"""Composed quantities: they answer through the same calls as stored tables, built from small tables at query time."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np
from gloam.lookup import usage, vocabulary
from gloam.lookup.callables import modules, store
from gloam.lookup.callables.arguments import deliver, named_inputs, numbers, refuse_positional, rows, wants_nan
from gloam.lookup.callables.binding import blocks_of, reach
from gloam.lookup.callables.differences import slopes
from gloam.lookup.callables.statuses import Status
from gloam.lookup.callables.table import Table, _opened
from gloam.lookup.errors import BadParameter, OutOfRange, StoreError, UnknownName
from gloam.lookup.interpolation.addresses import address, caller
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import ALWAYS
from gloam.tables.numerics.memory import reals
from numba import carray, types
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

_REALS, _INTEGERS = types.float64[::1], types.int64[::1]
EVALUATE = types.int64(_REALS, _INTEGERS, _REALS, _INTEGERS, _REALS)
_call_evaluate = caller(EVALUATE)
REFUSED = 1000  # statuses from here on are explained by the refusals of the quantity
FIRST_IS_DEFAULT = ("helicity", "bracket")  # choices whose first label need not be given


def names() -> tuple[str, ...]:
    """Names of all composed quantities: the files below ``lookup/quantities`` that define QUANTITY, and the user's."""
    return modules.names("quantities")


def missing_tables(part: vocabulary.Quantity) -> list[str]:
    """Names of the tables of a quantity that are not built here."""
    return sorted({table for table, _ in part.tables} - set(store.available()))


def commands(tables: list[str]) -> str:
    """The shell command that builds ``tables``."""
    return " && ".join(f"gloam-build run {table}" for table in tables)


@entry
def _batch(places: tuple[int, int, int], offsets: Integers, choices: Integers, x: Matrix, out: Matrix, status: Any) -> None:
    """``places``: addresses of the function and of the lowest block, and the numbers from there to the end of the highest."""
    blob = carray(reals(places[1]), places[2])
    for i in range(x.shape[0]):
        status[i] = _call_evaluate(places[0], x[i], choices, blob, offsets, out[i])
        if status[i] != 0:
            out[i, :] = math.nan


@named_inputs
class Quantity:
    """One composed quantity; make it with ``lookup.load(name)``. Calls are those of a table."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entry = modules.quantity_named(name)
        self.unit = self.entry.unit
        missing = missing_tables(self.entry)
        if missing:
            msg = f"{self.name} is composed of tables that are not built here, {', '.join(missing)}: run `{commands(missing)}`"
            raise StoreError(msg)
        self.tables: tuple[Table, ...] = tuple(_opened(str(store.find(table_name))) for table_name, _ in self.entry.tables)
        labels = (label for _, label in self.entry.tables)
        self._blocks = [*blocks_of(zip(self.tables, labels, strict=True)), *_own_blocks(self.entry.blocks or tuple)]
        self._reach = reach(self._blocks)
        self._offsets = np.array(self._reach.offsets, dtype=np.int64)
        self._place = address(_compiled(self.entry), EVALUATE)
        usage.note("quantity", self.name, self.entry.references)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return Quantity, (self.name,)

    def __repr__(self) -> str:
        inputs = ", ".join(f"{item.name} [{item.unit}]" for item in self.entry.inputs)
        return f"<Quantity {self.name} [{self.unit}]: {self.entry.title}; inputs {inputs}>"

    def _refuse_unnamed(self, unnamed: tuple[Any, ...]) -> NoReturn:
        refuse_positional(self.name, (*(item.name for item in self.entry.inputs), *self.entry.choices), unnamed)

    def _complete(self, given: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
        """Labels of all discrete choices, and all inputs.

        Raises
        ------
        BadParameter, UnknownName
            What is missing, all at once, or unknown.
        """
        labels = {name: known[0] for name, known in self.entry.choices.items() if name in FIRST_IS_DEFAULT}
        labels |= {name: given[name] for name in self.entry.choices if name in given}
        inputs = {item.name: given[item.name] for item in self.entry.inputs if item.name in given}
        for name in given:
            if name not in inputs and name not in labels:
                inputs_and_choices = [*(item.name for item in self.entry.inputs), *self.entry.choices]
                raise UnknownName(f"input of {self.name}", name, inputs_and_choices)
        missing = [f"{item.name} [{item.unit}]" for item in self.entry.inputs if item.name not in inputs]
        missing += [f"{name} ({' or '.join(known)})" for name, known in self.entry.choices.items() if name not in labels]
        if missing:
            msg = f"{self.name}: missing {', '.join(missing)}"
            raise BadParameter(msg)
        for name, allowed in self.entry.choices.items():
            if not isinstance(labels[name], str) or labels[name] not in allowed:
                raise UnknownName(name, labels[name], allowed)
        return labels, inputs

    def _evaluate(self, given: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        nan = wants_nan(given.pop("outside", "raise"))
        labels, values = self._complete(given)
        inputs = self.entry.inputs
        shape, x = rows(self.name, [numbers(self.name, item, values[item.name]) for item in inputs])
        self._check(x, nan)
        out, status = self._answer(labels, x)
        refused = np.flatnonzero(status >= REFUSED)
        if refused.size and not nan:
            point = ", ".join(f"{item.name} = {value:.6g}" for item, value in zip(inputs, x[refused[0]], strict=True))
            msg = f"{self.name}: {self.entry.refusals[int(status[refused[0]])]} ({point}; {refused.size} such points)"
            raise BadParameter(msg)
        return out[:, 0].reshape(shape), out[:, 1].reshape(shape)

    def _answer(self, labels: dict[str, str], x: Matrix) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Values and errors, shape (points, 2), and codes of rows of inputs, NaN where an input is outside its range."""
        choices = np.array([known.index(labels[name]) for name, known in self.entry.choices.items()], dtype=np.int64)
        out, status = np.full((len(x), 2), math.nan), np.zeros(len(x), dtype=np.int64)
        _batch((self._place, self._reach.base, self._reach.span), self._offsets, choices, x, out, status)
        return out, status

    def _check(self, x: Matrix, nan: bool) -> None:
        for i, item in enumerate(self.entry.inputs):
            bad = np.flatnonzero(~((x[:, i] >= item.low) & (x[:, i] <= item.high)))
            if bad.size and not nan:
                raise OutOfRange(self.name, (item.name, item.unit, item.low, item.high), float(x[bad[0], i]), bad.size)
            x[bad] = math.nan

    def __call__(self, *unnamed: ArrayLike, out: NDArray[np.float64] | None = None, **inputs: ArrayLike | str) -> Any:
        """Values at the given inputs, scalars or arrays that broadcast, discrete choices by name.

        Raises
        ------
        OutOfRange, UnknownName, BadParameter
        """
        if unnamed:
            self._refuse_unnamed(unnamed)
        return deliver(self.name, self._evaluate(dict(inputs))[0], out)

    def value_and_error(self, **inputs: ArrayLike | str) -> tuple[Any, Any]:
        """Values and the bounds of their absolute errors that come from the tables, in the unit of the value."""
        values, errors = self._evaluate(dict(inputs))
        return (float(values), float(errors)) if values.ndim == 0 else (values, errors)

    def error(self, **inputs: ArrayLike | str) -> Any:
        """Bound of the absolute error that comes from the tables, in the unit of the value."""
        return self.value_and_error(**inputs)[1]

    def external(self, **inputs: ArrayLike | str) -> dict[str, Any]:
        """Relative uncertainty of the data that enter, {"external", "external_source"}; empty if there is none."""
        labels = list(self._complete({name: value for name, value in inputs.items() if name != "outside"})[0].values())
        uncertain = self.entry.uncertain
        for chosen in (*labels, ALWAYS):
            if chosen in uncertain:
                size, source = uncertain[chosen]
                return {"external": size, "external_source": source}
        return {}

    def gradient(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> dict[str, Any]:
        """Derivatives with respect to every input {name: value per unit of the input}, by differences as those of a rate."""
        return self.gradient_and_error(outside=outside, **inputs)[0]

    def gradient_and_error(self, *, outside: str = "raise", **inputs: ArrayLike | str) -> tuple[dict[str, Any], dict[str, Any]]:
        """:meth:`gradient` and the absolute error of its differences; NaN where no step gives orders that agree."""
        here = np.atleast_1d(self._evaluate({**inputs, "outside": outside})[0])
        labels, values = self._complete(dict(inputs))
        names = tuple(item.name for item in self.entry.inputs)
        shape, x = rows(self.name, [numbers(self.name, item, values[item.name]) for item in self.entry.inputs])

        def evaluate(moved: NDArray[np.float64]) -> NDArray[np.float64]:
            columns = dict(zip(names, moved.T, strict=True))
            return self._evaluate({**labels, **columns, "outside": "nan"})[0][:, None]

        found = slopes(evaluate, x, here.reshape(-1, 1))
        parts: list[dict[str, Any]] = []
        for array in (found.values, found.errors):
            columns = {name: array[:, k, 0].reshape(shape) for k, name in enumerate(names)}
            parts.append({name: column if shape else float(column) for name, column in columns.items()})
        return parts[0], parts[1]

    def value_and_status(self, **inputs: ArrayLike | str) -> tuple[Any, Any]:
        """Values, NaN where there is none, and the ``Status`` of every point, which says why."""
        labels, values = self._complete(dict(inputs))
        shape, x = rows(self.name, [numbers(self.name, item, values[item.name]) for item in self.entry.inputs])
        wrong = np.isnan(x).any(axis=1)
        self._check(x, nan=True)
        outside = np.isnan(x).any(axis=1)
        out, codes = self._answer(labels, x)
        unphysical = self.entry.unphysical
        statuses = np.array([Status.OUTSIDE_TABLE if 0 < code < REFUSED else Status.ANSWERED for code in codes], dtype=np.int64)
        for k in np.flatnonzero(codes >= REFUSED):
            statuses[k] = Status.UNPHYSICAL if int(codes[k]) in unphysical else Status.REFUSED
        statuses = np.where(wrong, Status.BAD_PARAMETER, np.where(outside, Status.OUTSIDE_TABLE, statuses))
        found = np.where(statuses == Status.ANSWERED, out[:, 0], math.nan).reshape(shape)
        return (found, statuses.reshape(shape)) if shape else (float(found), Status(int(statuses[0])))


@functools.cache
def _own_blocks(make: Callable[[], Iterable[Vector]]) -> tuple[Vector, ...]:
    """What a quantity reads beside tables, once per process."""
    return tuple(make())


@functools.cache
def _compiled(quantity: vocabulary.Quantity) -> Any:
    evaluate: Any = quantity.evaluate
    return entry(evaluate.py_func)
