"""Likelihoods: several searches of one model, as a function of its parameters by name, with slopes and nuisances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from gloam.lookup.callables.arguments import Policy, checked_policy, deliver, numbers, refuse_positional, require_array, rows
from gloam.lookup.callables.binding import Binding
from gloam.lookup.callables.coverage import Explanation, Part, bounds_of, nearest_covered
from gloam.lookup.callables.declared import statistic_of
from gloam.lookup.callables.joint import COUPLING, FIRST_STEP, NO_SEARCH_INFORMS, batch, kernel
from gloam.lookup.callables.joint_slopes import batch_slopes, value_and_slopes
from gloam.lookup.callables.modules import complain_about_names, model_named, shared
from gloam.lookup.callables.plan import SEARCH_STATUS
from gloam.lookup.callables.rates import Rate
from gloam.lookup.errors import BadParameter, NoInformation, UnknownName, distinct, shown
from gloam.lookup.statistics import PublishedCurve
from gloam.lookup.vocabulary import SILENT, Parameter
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
FARTHEST_PULL = 10.0  # [sigma] of an explicit nuisance
USELESS, USELESS_OF_EVENTS = 1e-2, 1.0  # [1] error from which on a derivative is none; the same where events are drawn
SIGNAL = Parameter("signal", "1", 0.0, math.inf, 0.0, "relative error of the signal")
LOG_FROM = 10.0  # ratio of the ends of a range from which on its prior is flat in the logarithm


class Gradient(NamedTuple):
    """ln L, its derivatives per unit of every parameter, and their errors; NaN by what can be moved to neither side."""

    value: float
    slopes: dict[str, float]
    errors: dict[str, float]


class Likelihood:
    """ln L of several searches for one model; make it with :func:`likelihood`.

    Attributes
    ----------
    parameters : tuple of Parameter
        Those of the model in their order, then the nuisances that are explicit.
    nuisances : dict
        {name: words}: every nuisance, what it is, and whether it is profiled or a parameter with a standard normal prior.
    data : tuple
        What ``kernel`` takes before the parameters.
    """

    kernel = staticmethod(kernel)

    def __init__(self, searches: Sequence[str], model: str, options: dict[str, Any], settings: dict[str, Any]) -> None:
        self.searches = (searches,) if isinstance(searches, str) else tuple(searches)
        if not self.searches:
            msg = "a likelihood without any search: name at least one"
            raise BadParameter(msg)
        parts = shared(list(self.searches), model, options)
        self.rates = tuple(Rate(name, model, chosen) for name, chosen in zip(self.searches, parts, strict=True))
        self._refuse_the_same_data()
        self.model, self._given = model_named(model), (options, settings)
        self.statistics = tuple(statistic_of(rate) for rate in self.rates)
        self.options = {name: value for rate in self.rates for name, value in rate.options.items()}
        self._relative = self._relative_errors(settings["signal"])
        self._tables, self._explicit = bool(settings["tables"]), settings["nuisances"] == "explicit"
        if settings["nuisances"] not in ("profiled", "explicit"):
            msg = f"nuisances = {settings['nuisances']!r} is not allowed: 'profiled' or 'explicit'"
            raise BadParameter(msg)
        self.nuisances: dict[str, str] = {}
        self.parameters: tuple[Parameter, ...] = self.model.parameters
        self.binding = self._bind()
        self.data = self.binding.data
        self._names = tuple(item.name for item in self.parameters)
        self._defaults = {item.name: item.default for item in self.parameters if item.default is not None}

    def __reduce__(self) -> tuple[Any, ...]:
        return Likelihood, (self.searches, self.model.name, *self._given)

    def __repr__(self) -> str:
        return f"<Likelihood {' + '.join(self.searches)} of {self.model.name}({', '.join(self._names)}) {self.options}>"

    def _refuse_the_same_data(self) -> None:
        known: dict[str, str] = {}
        for name, rate in zip(self.searches, self.rates, strict=True):
            data = rate.search.data or name
            if data in known:
                msg = f"{known[data]} and {name} read the same data ({data}): keep one of them"
                raise BadParameter(msg)
            known[data] = name

    def _relative_errors(self, signal: Any) -> tuple[float, ...]:
        """Relative error of the signal per search: flux and efficiency together."""
        if isinstance(signal, str) and signal == "external":
            return tuple(0.0 if rate.search.external is None else rate.search.external[0] for rate in self.rates)
        given = signal if isinstance(signal, dict) else dict.fromkeys(self.searches, signal)
        for name in given:
            if name not in self.searches:
                raise UnknownName("search of this likelihood", name, self.searches)
        found = tuple(float(numbers("likelihood", SIGNAL, given.get(name, 0.0))) for name in self.searches)
        if not all(0.0 <= size < math.inf for size in found):
            msg = f"signal = {shown(signal)} is not allowed: relative errors of 0 or more, or 'external'"
            raise BadParameter(msg)
        return found

    def _nuisance(self, name: str, words: str) -> int:
        """Enter a nuisance; its place among the parameters, or -1 where it is profiled."""
        self.nuisances[name] = words + (
            "; a parameter in units of sigma, standard normal prior" if self._explicit else "; profiled"
        )
        if not self._explicit:
            return -1
        self.parameters = (*self.parameters, Parameter(name, "1", -FARTHEST_PULL, FARTHEST_PULL, 0.0, words))
        return len(self.parameters) - 1

    def _bind(self) -> Binding:
        off = [k for k, item in enumerate(self.parameters) if item.name in self.model.couplings and item.low > 0.0]
        coupling = off[0] if len(off) == 1 == len(self.model.couplings) else -1
        plan, values = [len(self.rates), 0, coupling], [np.empty(0)]
        for name, rate, (statistic, scale), relative in zip(
            self.searches, self.rates, self.statistics, self._relative, strict=True
        ):
            word, own = name.replace("-", "_"), statistic.numbers
            pulls = [self._nuisance(f"{word}_{item}", f"{item} of {name}") for item in statistic.nuisances]
            signal = -1
            if relative > 0.0 or self._tables:
                parts = [f"{100.0 * relative:g} % of flux and efficiency"] if relative > 0.0 else []
                parts += ["the errors of the tables"] if self._tables else []
                signal = self._nuisance(f"{word}_signal", f"signal of {name}: {' and '.join(parts)}, one for all bins")
            blob, inner = rate.data
            plan += [blob.ctypes.data, blob.size, inner.ctypes.data, inner.size, len(rate.bins), statistic.address()]
            plan += [sum(part.size for part in values), own.size, len(pulls), pulls[0] if pulls else -1, signal]
            plan.append(int(isinstance(statistic, PublishedCurve)))
            step = FIRST_STEP if rate.search.gradient_step is None else rate.search.gradient_step
            useless = USELESS if step == FIRST_STEP else USELESS_OF_EVENTS
            values.append(np.array([relative, float(self._tables), scale, step, useless, *own.tolist()]))
        plan[1] = len(self.parameters)
        return Binding(np.concatenate(values), np.array(plan, dtype=np.int64), [rate.binding for rate in self.rates])

    def _ordered(self, given: dict[str, Any]) -> list[Any]:
        values = {**self._defaults, **given}
        if len(values) != len(self._names) or any(name not in values for name in self._names):
            complain_about_names(self.model.name, self.parameters, self.options, given)
        return [values[name] for name in self._names]

    def points(self, given: dict[str, Any]) -> tuple[tuple[int, ...], Any]:
        """Shape of the answer, and all parameters in order as rows, shape (points, parameters)."""
        owner = self.model.name
        columns = [numbers(owner, item, value) for item, value in zip(self.parameters, self._ordered(given), strict=True)]
        return rows(owner, columns)

    def _point(self, given: dict[str, Any]) -> Any:
        shape, points = self.points(given)
        if shape:
            msg = f"{self.model.name}: this takes one point at a time, not arrays of shape {shape}"
            raise BadParameter(msg)
        return points[0]

    def _evaluate(self, points: Any) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
        count = len(points)
        out, status = np.empty((count, 1 + len(self.rates))), np.empty((count, len(self.rates)), dtype=np.int64)
        codes = np.empty(count, dtype=np.int64)
        batch(*self.data, points, out, status, codes)
        for k in range(len(self.model.parameters), len(self._names)):
            wrong = np.flatnonzero(~(np.abs(points[:, k]) <= FARTHEST_PULL))
            codes[wrong], out[wrong, 0] = len(self.rates) + 1 + k, math.nan
        return out, status, codes

    def _refusal(self, point: Any, status: Any, code: int, count: int = 1) -> Exception:
        """The error of a point without an answer."""
        if code == NO_SEARCH_INFORMS:
            words = "; ".join(str(rate.explain(int(s), point)) for rate, s in zip(self.rates, status, strict=True))
            return NoInformation(f"no search of this likelihood has information here: {words}")
        if code > len(self.rates):
            k = code - len(self.rates) - 1
            shown, low, high = distinct(float(point[k]), -FARTHEST_PULL, FARTHEST_PULL)
            return BadParameter(f"{self._names[k]} = {shown} is not allowed: {low} to {high} (sigma)")
        return self.rates[code - 1].explain(int(status[code - 1]), point[: len(self.model.parameters)], count)

    def _settle(self, points: Any, policy: Policy) -> Array:
        """ln L of all rows, those without an answer by ``policy``."""
        out, status, codes = self._evaluate(points)
        values, bad = out[:, 0], np.flatnonzero(codes)
        if policy == "no-information":
            answered = np.isfinite(out[:, 1:]) & (status == 0)
            rescued = (codes != 0) & (codes <= len(self.rates)) & answered.any(axis=1)
            values[rescued] = np.where(answered, out[:, 1:], 0.0).sum(axis=1)[rescued]
            bad = np.flatnonzero((codes != 0) & ~rescued)
        if bad.size and policy in ("raise", "no-information"):
            raise self._refusal(points[bad[0]], status[bad[0]], int(codes[bad[0]]), bad.size)
        if bad.size:
            values[bad] = float(policy)
        return values

    def __call__(self, *unnamed: ArrayLike, outside: Policy = "raise", **parameters: ArrayLike) -> Any:
        """ln L at the given parameters: a float for scalars; arrays broadcast.

        ln L is 0 where the prediction is what was measured, without constants that no parameter changes. A search that has no
        information at a point (a published curve that ends) counts 0. A coupling of 0 is allowed: the value without signal.

        Parameters
        ----------
        outside : "raise", "nan", "-inf", "no-information" or a number
            Where a search has no answer (outside a table or the range of a parameter, or refused): an error, this value, or the
            sum of the searches that do have one, if there is any.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit
        NoInformation
            No search says anything here.
        """
        if unnamed:
            refuse_positional(self.model.name, self._names, unnamed)
        policy = checked_policy(outside)
        shape, points = self.points(parameters)
        return deliver(self.model.name, self._settle(points, policy).reshape(shape), None)

    def batch(self, points: Any, out: Any = None, *, outside: Policy = "raise") -> Any:
        """ln L of many points.

        Parameters
        ----------
        points : float64, shape (points, parameters)
            Rows in the order of ``parameters``.
        out : float64, shape (points,), optional
            Filled and returned.
        outside
            As for the call.

        Raises
        ------
        BadParameter, OutOfRange, DoesNotFit, NoInformation
        """
        given = np.ascontiguousarray(points, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != len(self._names):
            msg = f"points of shape {given.shape}: give rows of {len(self._names)} numbers, {', '.join(self._names)}"
            raise BadParameter(msg)
        values = self._settle(given, checked_policy(outside))
        if out is None:
            return values
        require_array(self.model.name, "out", out, values.shape, True)
        out[:] = values
        return out

    def value_and_gradient(self, **parameters: float) -> Gradient:
        """ln L and its derivatives at one point, with their errors.

        Those by the rates and by explicit nuisances are exact. Those of the rates by the parameters of the model are differences
        of one small step each, verified together at one more point; the error is what they miss there. Where that is more than
        1e-5, at 0, at the edges of ranges and where a search draws events, they are differences of two steps, central and to one
        side, which shrink until all agree; the error is what they still differ by, and above 1 % there is no derivative (100 %
        where a search draws events). The error of a table that is a nuisance is held constant.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit, NoInformation
        """
        return self._gradient(self._point(parameters))

    def _gradient(self, point: Any) -> Gradient:
        count = len(self.rates)
        out, status = np.empty(1 + count), np.zeros(count, dtype=np.int64)
        slopes, errors = np.empty(len(self._names)), np.empty(len(self._names))
        code = value_and_slopes(*self.data, point, out, status, slopes, errors)
        if code != 0:
            raise self._refusal(point, status, code)
        found = (dict(zip(self._names, part.tolist(), strict=True)) for part in (slopes, errors))
        return Gradient(float(out[0]), *found)

    def _gradients(self, points: Array) -> tuple[Array, Array]:
        """ln L of rows, -inf without an answer, and its derivatives by all parameters."""
        values, slopes, codes = np.empty(len(points)), np.empty(points.shape), np.empty(len(points), dtype=np.int64)
        batch_slopes(*self.data, points, values, slopes, codes)
        far = (np.abs(points[:, len(self.model.parameters) :]) > FARTHEST_PULL).any(axis=1)
        values[(codes != 0) | far] = -math.inf
        return values, slopes

    def parts(self, *, outside: Policy = "raise", **parameters: ArrayLike) -> dict[str, Any]:
        """ln L per search, {search: value}; 0 where a search has no information, by ``outside`` where it has no answer."""
        policy = checked_policy(outside)
        shape, points = self.points(parameters)
        out, status, codes = self._evaluate(points)
        bad = np.flatnonzero(codes > 0)
        if bad.size and policy == "raise":
            raise self._refusal(points[bad[0]], status[bad[0]], int(codes[bad[0]]), bad.size)
        filler = 0.0 if policy in ("no-information", "raise") else float(policy)
        out[:, 1:][(status != 0) & (status != SEARCH_STATUS + SILENT)] = filler
        values = (out[:, 1 + k].reshape(shape) for k in range(len(self.rates)))
        return {name: float(part) if part.ndim == 0 else part for name, part in zip(self.searches, values, strict=True)}

    def explain(self, **parameters: float) -> Explanation:
        """What every search says at one point, which one drives ln L, and the nearest covered point where one has no answer.

        Raises
        ------
        BadParameter, UnknownName
        """
        point = self._point(parameters)
        out, status, codes = self._evaluate(point[None, :])
        null = self._null()
        found = []
        for k, (name, rate) in enumerate(zip(self.searches, self.rates, strict=True)):
            code = int(status[0, k])
            statistic = self.statistics[k][0]
            words = "; ".join(filter(None, (statistic.approximation, rate.search.approximation)))
            if code == 0:
                found.append(Part(name, "informs", float(out[0, 1 + k]), float(out[0, 1 + k] - null[k]), "", words, None))
                continue
            silent = code == SEARCH_STATUS + SILENT
            own = point[: len(self.model.parameters)]
            near = nearest_covered(rate, own, self.data[1][COUPLING])
            kind, value = ("silent", 0.0) if silent else ("refuses", math.nan)
            found.append(Part(name, kind, value, math.nan, str(rate.explain(code, own)), words, near))
        value = float(out[0, 0]) if codes[0] == 0 else math.nan
        return Explanation(value, tuple(found))

    def _null(self) -> list[float]:
        """ln L of every search without any signal, nuisances at 0 or at their best."""
        found = []
        for statistic, _ in self.statistics:
            pulls = np.full(len(statistic.nuisances), 0.0 if self._explicit else math.nan)
            found.append(statistic.value_and_slope(np.zeros(statistic.bins), 1.0, pulls)[0])
        return found

    @property
    def null(self) -> float:
        """ln L without any signal."""
        return float(sum(self._null()))

    @property
    def approximations(self) -> tuple[str, ...]:
        """What every answer must say: one sentence per search that takes part with an approximation."""
        words = [
            (name, statistic.approximation, rate.search.approximation)
            for name, (statistic, _), rate in zip(self.searches, self.statistics, self.rates, strict=True)
        ]
        return tuple(f"{name}: {text}" for name, *texts in words for text in texts if text)

    @property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """Range of every parameter: that of the model, cut where the tables of all searches end."""
        found = bounds_of(self.rates)
        return found | dict.fromkeys(self._names[len(self.model.parameters) :], (-FARTHEST_PULL, FARTHEST_PULL))

    def prior_transform(self, cube: Any) -> Array:
        """Parameters in order from numbers in [0, 1], shape (..., parameters).

        Flat over :attr:`bounds`: in the logarithm where a range is positive and its ends differ by more than a factor of ten,
        else in the parameter itself. Explicit nuisances are standard normal. Others: :class:`gloam.lookup.fits.Space`.

        Raises
        ------
        BadParameter
        """
        from gloam.lookup.callables.space import Space

        return Space(self).prior_transform(cube)


def likelihood(
    searches: Sequence[str] | str,
    model: str,
    *,
    signal: float | str | dict[str, float] = 0.0,
    tables: bool = False,
    nuisances: str = "profiled",
    **options: Any,
) -> Likelihood:
    """Bind searches to a model: ``likelihood(["na64-semivisible", "babar-monophoton", "g-2"], "idm")``.

    Parameters
    ----------
    searches : sequence of str
        Names as listed by ``gloam list``; no two that read the same data.
    model : str
    signal : float, {search: float} or "external"
        Relative error of the signal of a search (flux and efficiency), a factor exp(signal x pull); "external": what the search
        states.
    tables : bool
        Whether the error of interpolation joins the error of the signal.
    nuisances : "profiled" or "explicit"
        Whether pulls take their best value, with the prior in ln L, or are parameters whose prior is left to the caller.
    **options
        Of the model and the searches; each goes to every search that knows it.

    Returns
    -------
    Likelihood
        A callable of the model's parameters by name. It pickles as names and options.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    return Likelihood(searches, model, options, {"signal": signal, "tables": tables, "nuisances": nuisances})
