"""Limits: the excluded intervals of one coupling, from the sign changes of ln(N/N_limit) over its whole range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from gloam.lookup.addresses import address
from gloam.lookup.arguments import refuse_positional
from gloam.lookup.compiled import entry
from gloam.lookup.crossings import crossings, decisive, excess_at
from gloam.lookup.errors import BadParameter, DoesNotFit, NoInformation, UnknownName
from gloam.lookup.modules import statement
from gloam.lookup.plan import (
    BINS,
    LIMIT,
    MODEL_OPTIONS,
    PARAMETERS,
    SEARCH_OPTIONS,
    SEARCH_STATUS,
    THRESHOLD,
    evaluate,
)
from gloam.lookup.rates import Array, Rate
from gloam.lookup.vocabulary import MEMO, MODEL_MEMO, SILENT, SLOTS
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PER_DECADE = 16  # scan points per decade of the coupling
TINY = 1e-300  # [1]
REFINED = 33  # values of the coupling in one interval, or between three neighbours of a scan
DECADES = 16  # a coupling whose range starts at 0 is scanned from its upper end down by this many decades


@entry
def _fresh_slots() -> Vector:
    """Slots of a scan: search and model may keep what they need again behind them."""
    return np.full(len(SLOTS) + MEMO + MODEL_MEMO, math.nan)


@entry
def _plane(blob: Vector, plan: Offsets, points: Any, limits: Vector, out: Vector, status: Any) -> None:
    work, slots = np.empty(2 * plan[BINS]), _fresh_slots()
    for i in range(points.shape[0]):
        status[i] = evaluate(blob, plan, points[i], slots, work)
        out[i] = decisive(blob, plan, slots, work, limits)[0] if status[i] == 0 else math.nan


def limits_of(search: Any) -> Vector:
    """The rate of every bin above which a point is excluded, NaN where the search has a ``threshold`` of its own.

    Raises
    ------
    DoesNotFit
        When there is no limit for every bin, or one that no rate is above.
    """
    bins = len(search.BINS)
    if hasattr(search, "threshold"):
        if bins > 1:
            msg = f"{search.NAME}: its threshold is one number for {bins} bins; give LIMIT, one number for every bin"
            raise DoesNotFit(msg)
        return np.full(1, math.nan)
    given = np.atleast_1d(np.asarray(search.LIMIT, dtype=np.float64))
    if given.shape not in ((1,), (bins,)) or not (given > 0.0).all():
        msg = f"{search.NAME}: LIMIT = {search.LIMIT} for {bins} bins; it must be one positive number, or one for every bin"
        raise DoesNotFit(msg)
    return np.array(np.broadcast_to(given, (bins,)))


@dataclass(frozen=True)
class Intervals:
    """Excluded values of a coupling.

    Attributes
    ----------
    coupling, unit : str
    intervals : tuple of (low, high)
        Excluded; None for an end that reaches the end of the scanned range.
    errors : tuple of (low, high)
        Absolute error of every edge: bounds of the tables and, where the search draws events, 95 % of their statistics.
    scanned : (low, high)
        Range that was searched; where a search knows below which value nothing can be excluded, that part is not evaluated.
    statistic : str
    confidence : float
    """

    coupling: str
    unit: str
    intervals: tuple[tuple[float | None, float | None], ...]
    errors: tuple[tuple[float | None, float | None], ...]
    scanned: tuple[float, float]
    statistic: str
    confidence: float

    @property
    def gaps_significant(self) -> tuple[bool, ...]:
        """Whether every gap between neighbouring intervals is wider than the errors of its two ends."""
        pairs = list(zip(self.intervals, self.errors, strict=True))
        return tuple(
            (above[0] or 0.0) - (below[1] or 0.0) >= (before[1] or 0.0) + (after[0] or 0.0)
            for (below, before), (above, after) in pairwise(pairs)
        )

    @property
    def significant(self) -> tuple[bool, ...]:
        """Whether every interval is wider than its errors: statistics of events may make one out of nothing."""
        return tuple(
            low is None or high is None or high - low >= sum(error or 0.0 for error in errors)
            for (low, high), errors in zip(self.intervals, self.errors, strict=True)
        )


class Limit:
    """A limit on one coupling of a model from one search; make it with :func:`limit`.

    The coupling is scanned over its positive values or, where its sign is physical (``eps`` of dark-neutrino) and ``negative``
    is set, over its negative ones.
    """

    def __init__(self, search: str, model: str, coupling: str | None, options: dict[str, Any], negative: bool = False) -> None:
        self.rate = Rate(search, model, options)
        if not hasattr(self.rate.search, "STATISTIC"):
            msg = f"{search} gives no limit: {self.rate.search.NO_LIMIT}"
            raise DoesNotFit(msg)
        known = self.rate.model.COUPLINGS
        if coupling is None and len(known) == 1:
            coupling = known[0]
        if coupling is None:
            msg = f"name the coupling to be limited (on the command line --coupling NAME): {', '.join(known)}"
            raise BadParameter(msg)
        if coupling not in known:
            raise UnknownName("coupling", coupling, known)
        self.coupling = coupling
        self._index = [item.name for item in self.rate.parameters].index(coupling)
        item = self.rate.parameters[self._index]
        if negative and item.low >= 0.0:
            msg = f"{coupling} of {model} has no negative values ({item.low:g} to {item.high:g})"
            raise BadParameter(msg)
        largest = -item.low if negative else item.high
        low = item.low if item.low > 0.0 else largest * 10.0**-DECADES
        self._item, self._sign = item, -1.0 if negative else 1.0
        self._limits = limits_of(self.rate.search)
        self.grid = np.geomspace(low, largest, 1 + math.ceil(PER_DECADE * math.log10(largest / low)))  # of the modulus

    def __reduce__(self) -> tuple[Any, tuple[str, str, str, dict[str, Any], bool]]:
        return Limit, (self.rate.search.NAME, self.rate.model.NAME, self.coupling, self.rate.options, self._sign < 0.0)

    def __repr__(self) -> str:
        return f"<Limit on {self.coupling} from {self.rate!r}>"

    def _named(self, point: Vector) -> dict[str, float]:
        return dict(zip((item.name for item in self.rate.parameters), point.tolist(), strict=True))

    def _allowed(self, point: Vector) -> Vector:
        """The grid of the coupling, cut above what the model allows beside the other parameters."""
        if not hasattr(self.rate.model, "highest"):
            return self.grid
        top = self.rate.model.highest(self.coupling, self._named(point))
        below = self.grid[self.grid < top]
        return self.grid if below.size in (0, self.grid.size) else np.append(below, top)

    def _scanned(self, point: Vector) -> Vector:
        """As :meth:`_allowed`, cut below what the search may exclude at best too."""
        grid = self._allowed(point)
        if not hasattr(self.rate.search, "lowest"):
            return grid
        first = int(np.searchsorted(grid, self.rate.search.lowest(self.coupling, self._named(point)))) - 1
        return grid[min(max(first, 0), grid.size - 2) :]

    def _farthest(self, parameters: dict[str, float]) -> Vector:
        """The point at the end of the range of the coupling.

        Raises
        ------
        BadParameter
            When the coupling is given.
        """
        if self.coupling in parameters:
            msg = f"{self.coupling} is the coupling to be limited: leave it out"
            raise BadParameter(msg)
        return self.rate.point({**parameters, self.coupling: self._sign * self.grid[-1]})

    def _no_information(self) -> NoInformation:
        return NoInformation(f"{self.rate.search.NAME}: {self.rate.search.NO_INFORMATION}")

    def _edges(self, parameters: dict[str, float], slots: Vector) -> tuple[NDArray[np.float64], Vector, Vector, bool]:
        """Crossings by rising modulus, the point, the values that were scanned, and whether the first of these is excluded."""
        point = self._farthest(parameters)
        grid = self._scanned(point)
        edges = np.empty((2 * grid.size, 2))
        count = crossings(*self.rate.data, point, self._index, grid, self._limits, slots, edges)
        if count < 0:
            for value in grid:
                point[self._index] = self._sign * value
                self.rate._evaluate(tuple(point.tolist()))
            raise self._no_information()
        first = excess_at(*self.rate.data, point, self._index, grid[0], self._limits, slots)
        return edges[:count], point, grid, first > 0.0

    def edges(self, **parameters: float) -> NDArray[np.float64]:
        """Crossings (coupling, side), shape (n, 2), by rising modulus: side +1 where excluded values begin, -1 where they end."""
        return self._edges(parameters, _fresh_slots())[0] * (self._sign, 1.0)

    def excess(self, **parameters: ArrayLike) -> Array:
        """ln(rate/limit) at all parameters, the coupling included: above 0 excluded, NaN without information.

        Parameters
        ----------
        **parameters
            Scalars or arrays that broadcast.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit
        """
        shape, points = self.rate.points(parameters)
        order = np.lexsort((points[:, self._index], *np.delete(points, self._index, axis=1).T))  # one scan after another
        points = points[order]
        found, status = np.empty(len(points)), np.zeros(len(points), dtype=np.int64)
        _plane(*self.rate.data, points, self._limits, found, status)
        bad = np.flatnonzero((status != 0) & (status != SEARCH_STATUS + SILENT))
        if bad.size:
            raise self.rate.explain(int(status[bad[0]]), points[bad[0]], bad.size)
        out = np.empty(len(points))
        out[order] = found
        return out.reshape(shape)

    def __call__(self, *unnamed: float, **parameters: float) -> Intervals:
        """Excluded intervals of the coupling at the given other parameters.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit
        NoInformation
            The published data of the search say nothing at this point.
        """
        if unnamed:
            names = (item.name for item in self.rate.parameters if item.name != self.coupling)
            refuse_positional(self.rate.model.NAME, names, unnamed)
        slots = _fresh_slots()
        edges, point, grid, inside = self._edges(parameters, slots)
        intervals: list[tuple[float | None, float | None]] = []
        errors: list[tuple[float | None, float | None]] = []
        start: tuple[float | None, float | None] = (None, None)
        for value, side in edges:
            here = (float(value), self._edge_error(point, float(value), slots))
            if side > 0.0:
                start, inside = here, True
            else:
                intervals.append((start[0], here[0]))
                errors.append((start[1], here[1]))
                inside = False
        if inside:
            intervals.append((start[0], None))
            errors.append((start[1], None))
        search = self.rate.search
        scanned = (float(self.grid[0]), float(grid[-1]))
        if self._sign < 0.0:  # from moduli to values
            intervals = [(None if high is None else -high, None if low is None else -low) for low, high in intervals[::-1]]
            errors, scanned = [pair[::-1] for pair in errors[::-1]], (-scanned[1], -scanned[0])
        return Intervals(
            self.coupling, self._item.unit, tuple(intervals), tuple(errors), scanned, *statement(search, self.rate.options)
        )

    def closest(self, **parameters: float) -> tuple[float, float, float]:
        """The coupling at which rate/limit is largest, this ratio and its absolute error [1]: 0 where there are no events at all.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit, NoInformation
        """
        grid = self._sign * self._allowed(self._farthest(parameters))
        for _ in range(3):  # the second and third time between the neighbours of the largest
            found = self.excess(**parameters, **{self.coupling: grid})
            if np.isnan(found).any():
                raise self._no_information()
            best = int(np.argmax(found))
            value, ratio = float(grid[best]), math.exp(found[best])
            grid = np.geomspace(grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)], REFINED)
        relative = self._relative_error(self.rate.point({**parameters, self.coupling: value}), _fresh_slots())
        return value, ratio, ratio * relative if ratio > 0.0 else 0.0

    def drivers(self, intervals: Intervals, /, **parameters: float) -> tuple[tuple[str | None, str | None], ...]:
        """The bin that decides each edge of the ``intervals`` found at ``parameters``; None for an open end."""

        def driver(edge: float | None) -> str | None:
            if edge is None:
                return None
            point: dict[str, Any] = {**parameters, self.coupling: edge}
            rates = np.atleast_1d(self.rate(**point))
            return self.rate.bins[int(np.argmax(rates / self._limits))]

        return tuple((driver(low), driver(high)) for low, high in intervals.intervals)

    def external(self, intervals: Intervals | None = None, /, **parameters: float) -> dict[str, Any]:
        """What no table knows does to every edge: {"external", "external_source", "robust"}.

        "external", the relative shift that follows from :meth:`Rate.external`, has the shape of the intervals, None for an open
        end; 0 and no source where there is no such uncertainty. It is linear in the uncertainty of the rate, so that it
        is large where an interval is about to vanish. "robust" tells for every interval whether some of it stays when all
        rates are lower by that uncertainty. ``intervals`` are those at ``parameters``, if they are known.
        """
        point, slots = self._farthest(parameters), _fresh_slots()
        sources: dict[str, None] = {}

        def size(value: float) -> float:
            found = self.rate.external(**parameters, **{self.coupling: value})
            sources.update(dict.fromkeys(filter(None, found.get("external_source", "").split("; "))))
            return float(found.get("external", 0.0))

        def shift(edge: float | None) -> float | None:
            if edge is None:
                return None
            relative = size(edge)
            slope = self._slope(point, abs(edge), slots) * abs(edge) if relative > 0.0 else 1.0
            return relative / slope if slope > 0.0 else math.inf

        known = intervals or self(**parameters)
        stays = []
        for interval in known.intervals:
            low, high = (end if edge is None else edge for edge, end in zip(interval, known.scanned, strict=True))
            inside = np.geomspace(low, high, REFINED)
            found = self.excess(**parameters, **{self.coupling: inside})
            surest = np.argsort(-found)  # most often the first one decides
            stays.append(any(found[k] > -math.log(max(1.0 - size(float(inside[k])), TINY)) for k in surest))
        shifts = tuple((shift(low), shift(high)) for low, high in known.intervals)
        return {"external": shifts, "external_source": "; ".join(sources), "robust": tuple(stays)}

    def _edge_error(self, point: Vector, edge: float, slots: Vector) -> float:
        """Error of an edge, given by its modulus: that of the rate over its slope in the coupling."""
        point[self._index] = self._sign * edge
        relative = self._relative_error(point, slots)
        slope = self._slope(point, edge, slots)
        return relative / slope if slope > 0.0 else math.inf

    def _relative_error(self, point: Vector, slots: Vector) -> float:
        """Bound of the relative error of the rate [1] in the bin that decides at ``point``; 0 without a rate."""
        bins = len(self.rate.bins)
        out = np.empty(2 * bins)
        evaluate(*self.rate.data, point, slots, out)
        place = decisive(*self.rate.data, slots, out, self._limits)[1]
        return float(out[bins + place] / out[place]) if out[place] > 0.0 else 0.0

    def _slope(self, point: Vector, edge: float, slots: Vector) -> float:
        """|d ln(rate/limit)/d coupling| at an edge; from one side where the other is not allowed."""
        factors = np.array([0.999, 1.0, 1.001])
        values = [excess_at(*self.rate.data, point, self._index, edge * factor, self._limits, slots) for factor in factors]
        first, last = np.flatnonzero(np.isfinite(values))[[0, -1]]
        if first == last:
            return 0.0
        return float(abs(values[last] - values[first]) / (factors[last] - factors[first])) / edge


def favoured(search: str, model: str, coupling: str | None = None, **options: Any) -> Limit | None:
    """As :func:`limit`, for the lower edge of the band that a search favours; None where it favours none.

    The coupling values above the edges are those with more than the least contribution that the data ask for.
    """
    found = Limit(search, model, coupling, options)
    function = getattr(found.rate.search, "favoured", None)
    blob, plan = found.rate.data
    first = 2 * plan[PARAMETERS] + plan[MODEL_OPTIONS]
    if function is None or function(np.empty(len(SLOTS)), blob[first : first + plan[SEARCH_OPTIONS]]) <= 0.0:
        return None
    plan = plan.copy()
    plan[LIMIT] = address(function, THRESHOLD)
    found.rate.data = blob, plan
    return found


def limit(search: str, model: str, coupling: str | None = None, *, negative: bool = False, **options: Any) -> Limit:
    """Bind a limit: ``limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac")``.

    Parameters
    ----------
    search, model : str
        Names as listed by ``gloam list``.
    coupling : str
        Parameter of the model to be limited; may be left out where the model has one only.
    negative : bool
        Scan the negative values of the coupling: a sign may decide whether exchanges interfere constructively.
    **options
        As in :func:`gloam.lookup.rate`.

    Returns
    -------
    Limit
        A callable of the model's other parameters that returns the excluded :class:`Intervals`.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    return Limit(search, model, coupling, options, negative)
