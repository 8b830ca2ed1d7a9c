"""Rates: a search bound to a model, its tables and options, as a callable of the model's parameters by name."""

from __future__ import annotations

import functools
import math
import operator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from gloam.lookup import usage
from gloam.lookup.callables.arguments import RAISE, deliver, named_inputs, numbers, refuse_positional, rows, wants_nan
from gloam.lookup.callables.binding import Binding, blocks_of, reach, seen
from gloam.lookup.callables.differences import SMOOTH, sampled, slopes
from gloam.lookup.callables.explanations import explanation
from gloam.lookup.callables.members import named, tell_left_out
from gloam.lookup.callables.modules import checked_options, complain_about_names, fits, misfit, model_named, search_named
from gloam.lookup.callables.plan import MOST_PARAMETERS, PREDICT, QUANTITIES, batch, first_bin, kernel, model_slots
from gloam.lookup.callables.promises import check_filled
from gloam.lookup.callables.standard_rates import reference, threshold_of, without_new_physics
from gloam.lookup.callables.statuses import Status, statuses_of
from gloam.lookup.callables.table import Table, load
from gloam.lookup.errors import BadParameter, DoesNotFit, shown
from gloam.lookup.interpolation.addresses import address, bound
from gloam.lookup.interpolation.scalars import REAL
from gloam.lookup.vocabulary import SLOT, SLOTS, Model, Option, Parameter, Search
from numba import types
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]
Array = NDArray[np.float64]


@named_inputs
class Rate:
    """A search bound to a model; make it with :func:`rate`.

    Attributes
    ----------
    parameters : tuple of Parameter
        The model's parameters in their order.
    data : tuple
        What :func:`kernel` takes before the parameters: one float64 array and one int64 array.
    """

    kernel = staticmethod(kernel)

    def __init__(self, search: str, model: str, options: dict[str, Any]) -> None:
        self._open(search_named(search), model_named(model), options)
        tell_left_out(search)

    def _open(self, search: Search, model: Model, options: dict[str, Any]) -> None:
        self.search, self.model = search, model
        if not fits(self.search, self.model):
            raise DoesNotFit(misfit(search, model))
        self.options = checked_options(self.model, self.search, options)
        self.parameters: tuple[Parameter, ...] = self.model.parameters
        if len(self.parameters) > MOST_PARAMETERS:
            msg = f"{model.name} has {len(self.parameters)} parameters; a model may have {MOST_PARAMETERS}"
            raise DoesNotFit(msg)
        self._uncertain = self.model.uncertain
        self.unphysical = self.model.unphysical
        self._names = tuple(item.name for item in self.parameters)
        self._defaults = {p.name: p.default for p in self.parameters if p.default is not None}
        self.bins = self.search.bins
        self._tail = (len(self.bins),) if len(self.bins) > 1 else ()
        self.unit = self.search.unit
        self._tables: list[tuple[Table, str]] = []
        self.bind_to(self._bind())
        self._pick = operator.itemgetter(*self._names)
        self._note_use()

    def _note_use(self) -> None:
        usage.note("model", self.model.name, self.model.references)
        usage.note("search", self.search.name, self.search.sources_of(self.options))

    @functools.cached_property
    def _fast(self) -> Any:
        """:func:`gloam.lookup.callables.plan.first_bin` of this rate, compiled or read from the cache at the first call."""
        return bound(first_bin, (types.UniTuple(REAL, len(self._names)),), *self.data)

    def __reduce__(self) -> tuple[Any, tuple[str, str, dict[str, Any]]]:
        return Rate, (self.search.name, self.model.name, self.options)

    def __repr__(self) -> str:
        return f"<Rate {self.search.name} of {self.model.name}({', '.join(self._names)}) {self.options}>"

    def _index(self, option: Option) -> float:
        return float(option.choices.index(self.options[option.name]))

    def bind_to(self, binding: Binding) -> None:
        """Answer from these numbers and tables."""
        self.__dict__.pop("_fast", None)
        self.binding = binding
        self.data: tuple[Vector, Offsets] = binding.data

    def _bind(self) -> Binding:
        discrete = [self._index(option) for option in self.model.options] + [1.0] * len(self._uncertain)
        numeric = [*self.search.numbers(), *(self.options[name] for name in self.search.options)]
        numeric += [self._index(option) for option in self.search.choices]
        bounds = [edge for item in self.parameters for edge in (item.low, item.high)]
        own = np.array([*bounds, *discrete, *numeric], dtype=np.float64)
        self._tables = [(load(name), label) for name, label in (*self.model.tables, *self.search.tables)]
        blocks = blocks_of(self._tables)
        found = reach(blocks)
        of_search = np.array(found.offsets[len(self.model.tables) :], dtype=np.int64)
        inside = (np.array(numeric), seen(found, blocks), of_search)
        self.standard, self.statistic = without_new_physics(self.search, self.options, *inside)
        likelihood, place = reference(self.standard, self.statistic), own.size
        own = np.concatenate([own, likelihood])
        plan = [
            address(self.model.quantities, QUANTITIES),
            address(self.search.predict, PREDICT),
            len(self.parameters),
            len(discrete),
            len(numeric),
            len(self.model.tables),
            len(self.search.tables),
            len(self.bins),
            int(any(SLOT[name].decays for name in self.search.reads)),
            own.size,
            self.statistic.address() if self.statistic is not None else threshold_of(self.search),
            found.base,
            found.span,
            place if likelihood.size else 0,
            likelihood.size,
            *found.offsets,
        ]
        of_model = np.array(found.offsets[: len(self.model.tables)], dtype=np.int64)
        check_filled(self.model, np.array(discrete), seen(found, blocks), of_model)
        return Binding(own, np.array(plan, dtype=np.int64), blocks)

    def _ordered(self, given: dict[str, Any]) -> tuple[Any, ...]:
        values = {**self._defaults, **given}
        if len(values) == len(self._names):
            try:
                ordered: tuple[Any, ...] = self._pick(values)
            except KeyError:
                complain_about_names(self.model.name, self.parameters, self.options, given)
            return ordered
        return complain_about_names(self.model.name, self.parameters, self.options, given)

    def point(self, given: dict[str, Any]) -> Vector:
        """One number per parameter, in order."""
        values = self._numbers(self._ordered(given))
        for name, value in zip(self._names, values, strict=True):
            if value.ndim:
                msg = f"{self.model.name}: {name} is an array; this takes one point at a time"
                raise BadParameter(msg)
        return np.array(values, dtype=np.float64)

    def __call__(self, *unnamed: ArrayLike, out: Array | None = None, outside: str = RAISE, **parameters: ArrayLike) -> Any:
        """Rate at the given parameters: a float for scalars, arrays broadcast; several bins along the last axis.

        Raises
        ------
        BadParameter, UnknownName
            A parameter is missing, unknown or outside its physical range.
        OutOfRange
            A table does not reach the point (``outside="nan"`` returns NaN instead).
        NoInformation
            The published data of the search say nothing at this point (NaN in the same way).
        """
        if unnamed:
            self._refuse_unnamed(unnamed)
        if outside is not RAISE:
            wants_nan(outside)
        values = self._ordered(parameters)
        if out is None and len(self.bins) == 1:
            try:
                value: float = self._fast(values)
                if value == value:
                    return value
            except (TypeError, ValueError):
                pass  # arrays, or explained below
        return deliver(self.model.name, self._evaluate(values, outside)[0], out)

    def scalar(self, *values: float) -> float:
        """Rate of the first bin at positional floats, all parameters in order; NaN where it cannot be answered.

        Raises
        ------
        BadParameter
            When the number of values is another, or one is no float.
        """
        try:
            value: float = self._fast(values)
        except (TypeError, ValueError, LookupError) as error:
            msg = (
                f"{self.model.name}: rate.scalar takes {len(self._names)} numbers in this order, {', '.join(self._names)}; "
                f"got {', '.join(map(shown, values)) or 'none'}"
            )
            raise BadParameter(msg) from error
        return value

    def _refuse_unnamed(self, unnamed: tuple[Any, ...]) -> NoReturn:
        refuse_positional(self.model.name, self._names, unnamed)

    def points(self, given: dict[str, Any]) -> tuple[tuple[int, ...], Array]:
        """Shape of the answer, and all parameters in order as rows, shape (points, parameters)."""
        return self._stacked(self._ordered(given))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that are read."""
        return tuple(table for table, _ in self._tables)

    def completed(self, given: dict[str, Any]) -> dict[str, Any]:
        """``given`` parameters in order, and the defaults of those that have one."""
        values = {**self._defaults, **given}
        return {name: values[name] for name in self._names if name in values}

    def _numbers(self, values: tuple[Any, ...]) -> list[Array]:
        owner = self.model.name
        return [numbers(owner, item, value) for item, value in zip(self.parameters, values, strict=True)]

    def _stacked(self, values: tuple[Any, ...]) -> tuple[tuple[int, ...], Array]:
        return rows(self.model.name, self._numbers(values))

    def _batch(self, x: Array) -> tuple[Array, NDArray[np.int64]]:
        """Rates and errors of the rows ``x``, shape (points, 2 bins), and their codes."""
        result, codes = np.empty((len(x), 2 * len(self.bins))), np.zeros(len(x), dtype=np.int64)
        batch(*self.data, x, result, codes)
        return result, codes

    def _complain(self, codes: NDArray[np.int64], x: Array, outside: str) -> None:
        """Raise the error of the first row without an answer, unless NaN is wanted."""
        bad = np.flatnonzero(codes)
        if not wants_nan(outside) and bad.size:
            raise self.explain(int(codes[bad[0]]), x[bad[0]], bad.size)

    def _evaluate(self, values: tuple[Any, ...], outside: str = "raise") -> tuple[Array, Array]:
        shape, x = self._stacked(values)
        bins = len(self.bins)
        result, codes = self._batch(x)
        self._complain(codes, x, outside)
        return result[:, :bins].reshape(shape + self._tail), result[:, bins:].reshape(shape + self._tail)

    def value_and_error(self, *, outside: str = "raise", **parameters: ArrayLike) -> tuple[Any, Any]:
        """Rates, and the bounds of their absolute errors that come from interpolation."""
        values, errors = self._evaluate(self._ordered(parameters), outside)
        return (float(values), float(errors)) if values.ndim == 0 else (values, errors)

    def error(self, *, outside: str = "raise", **parameters: ArrayLike) -> Any:
        """Bound of the absolute error of the rate that comes from interpolation."""
        return self.value_and_error(outside=outside, **parameters)[1]

    def value_and_status(self, **parameters: ArrayLike) -> tuple[Any, Any]:
        """Rates, NaN where there is none, and the :class:`gloam.lookup.callables.statuses.Status` of every point, which says why.

        A Status for scalars, for arrays an integer array of its values (``Status(number).explain()``).
        """
        shape, x = self._stacked(self._ordered(parameters))
        result, codes = self._batch(x)
        values = result[:, : len(self.bins)].reshape(shape + self._tail)
        statuses = statuses_of(codes, self.unphysical).reshape(shape)
        return (float(values) if values.ndim == 0 else values), (statuses if shape else Status(int(statuses)))

    def gradient(self, *, outside: str = "raise", **parameters: ArrayLike) -> dict[str, Any]:
        """Derivatives of the rate {parameter: value per unit of the parameter}; several bins along the last axis.

        Differences whose step shrinks until several orders agree: good to 1e-7 of the larger of the derivative and
        rate/parameter or, of a search that draws events, to their statistics. :meth:`gradient_and_error` tells the error.
        From one side where the other is not allowed: the range of the parameter or of a table, or the unitarity of
        mixings. NaN where neither side is allowed (U2_e = 0 where U2_mu and U2_D leave nothing for it), or where no step gives an
        error below 1 % (:meth:`gradient_and_status`).

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit, NoInformation
            As for the rate itself.
        """
        return self._slopes(parameters, outside)[0]

    def gradient_and_error(self, *, outside: str = "raise", **parameters: ArrayLike) -> tuple[dict[str, Any], dict[str, Any]]:
        """:meth:`gradient`, and the absolute error of the differences, in the same form.

        It is that of the numerical derivative of this rate; what interpolation does to the rate is in :meth:`error`.
        """
        values, errors, _ = self._slopes(parameters, outside)
        return values, errors

    def gradient_and_status(self, **parameters: ArrayLike) -> tuple[dict[str, Any], dict[str, Any]]:
        """:meth:`gradient`, and for every derivative the :class:`gloam.lookup.callables.statuses.Status` of its points."""
        values, _, statuses = self._slopes(parameters, "nan")
        return values, statuses

    def _slopes(self, parameters: dict[str, Any], outside: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        shape, x = self._stacked(self._ordered(parameters))
        result, codes = self._batch(x)
        self._complain(codes, x, outside)
        bins = len(self.bins)
        rule = SMOOTH if self.search.gradient_step is None else sampled(self.search.gradient_step)
        found = slopes(lambda rows: self._batch(rows)[0][:, :bins], x, result[:, :bins], rule)
        refused = statuses_of(codes, self.unphysical)[:, None]
        statuses = np.where(refused != 0, refused, found.statuses)
        parts: list[dict[str, Any]] = []
        for array in (found.values, found.errors):
            columns = {name: array[:, k].reshape(shape + self._tail) for k, name in enumerate(self._names)}
            parts.append({name: float(column) if column.ndim == 0 else column for name, column in columns.items()})
        told: dict[str, Any] = {}
        for k, name in enumerate(self._names):
            told[name] = statuses[:, k].reshape(shape) if shape else Status(int(statuses[0, k]))
        return parts[0], parts[1], told

    def external(self, **parameters: float) -> dict[str, Any]:
        """Relative uncertainty of the inputs that no table knows, {"external", "external_source"}; empty if none.

        That of the search, of the model's vertices, and of the data behind the model's widths (R(s)), which is the larger
        change of the rate (of any bin) when these data are scaled up or down by their uncertainty; added in quadrature.
        Sources that give less than a thousandth of the sum are not named.
        """
        size, named = self.external_at(self.point(parameters)[np.newaxis])[0]
        return {"external": size, "external_source": "; ".join(named)} if named else {}

    def external_at(self, points: Array) -> list[tuple[float, list[str]]]:
        """Size and sources, as :meth:`external` names them, at rows of parameters, all of them with an answer."""
        bins, changes = len(self.bins), np.empty((len(self._uncertain), len(points)))
        for k in range(len(self._uncertain)):
            rates = [self._scaled(k, factor, points)[:, :bins] for factor in self._factors(k)]
            ratios = np.divide(rates[1:], rates[0], out=np.ones((2, len(points), bins)), where=rates[0] != 0.0)
            changes[k] = np.abs(ratios - 1.0).max(axis=(0, 2))
        told = []
        for point, changed in zip(points.tolist(), changes.T.tolist(), strict=True):
            found = [(part, source) for part, (_, source) in zip(changed, self._uncertain, strict=True)]
            if self.search.external is not None:
                found.append(self.search.external)
            if self.model.external is not None:
                found.append(self.model.external(dict(zip(self._names, point, strict=True))))
            size = math.hypot(*(item[0] for item in found))
            told.append((size, [source for part, source in sorted(found, reverse=True) if part > 1e-3 * size]))
        return told

    def _factors(self, k: int) -> tuple[float, float, float]:
        """1, and the factors on the k-th uncertain input of the model at its uncertainty."""
        return 1.0, 1.0 + self._uncertain[k][0], 1.0 - self._uncertain[k][0]

    def _with(self, k: int, factor: float) -> tuple[Vector, Offsets]:
        """The data with the k-th uncertain input of the model scaled."""
        return self.binding.with_number(2 * len(self._names) + len(self.model.options) + k, factor).data

    def _scaled(self, k: int, factor: float, points: Array) -> Array:
        """Rates and errors of rows of parameters with the k-th uncertain input of the model scaled."""
        result, codes = np.empty((len(points), 2 * len(self.bins))), np.zeros(len(points), dtype=np.int64)
        batch(*self._with(k, factor), points, result, codes)
        self._complain(codes, points, RAISE)
        return result

    def slots(self, **parameters: float) -> dict[str, float]:
        """The physical quantities of the model (widths, c_tau, branching ratios, vertices), by their slot names.

        Of all its states, so that it may refuse where the rate, which needs only those that are made, has an answer.
        """
        x = self.point(parameters)
        out = np.full(len(SLOTS), math.nan)
        status = model_slots(*self.data, x, out)
        if status != 0:
            raise self.explain(status, x, 1)
        return {name: value for name, value in zip(SLOTS, out.tolist(), strict=True) if name in self.model.provides}

    def explain(self, status: int, x: Vector, count: int = 1) -> Exception:
        """The error that belongs to a status of :func:`kernel` at the parameters ``x``."""
        try:
            return explanation(self, int(status), np.asarray(x, dtype=np.float64), count)
        except (TypeError, ValueError, LookupError, OverflowError):
            return BadParameter(
                f"{self.search.name}: {shown(status)} is no status of rate.kernel at {shown(x)} that means no answer"
            )


def rate(search: str, model: str, *, experiment: str | Path | None = None, **options: Any) -> Rate:
    """Bind a search to a model: ``rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")``.

    Parameters
    ----------
    search, model : str
        Names as listed by ``gloam list``.
    experiment : path, optional
        TOML file of an experiment of your own, for the searches that take one.
    **options
        The model's discrete options (``nature``) and the search's numbers (``efficiency``).

    Returns
    -------
    Rate
        A callable of the model's parameters by name.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    return Rate(named(search, experiment), model, options)
