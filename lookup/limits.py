"""Limits: the excluded intervals of one coupling, from the sign changes of ln(N/N_limit) over its whole range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from gloam.lookup.addresses import address
from gloam.lookup.arguments import refuse_positional
from gloam.lookup.compiled import entry
from gloam.lookup.errors import BadParameter, DoesNotFit, NoInformation, UnknownName
from gloam.lookup.plan import (
    LIMIT,
    MODEL_OPTIONS,
    PARAMETERS,
    SEARCH_OPTIONS,
    SEARCH_STATUS,
    THRESHOLD,
    evaluate,
    threshold,
)
from gloam.lookup.rates import Array, Rate
from gloam.lookup.vocabulary import MEMO, SILENT, SLOTS
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PER_DECADE = 16  # scan points per decade of the coupling
DECADES = 16  # a coupling whose range starts at 0 is scanned from its upper end down by this many decades
PARABOLAS = 4  # steps towards an extremum between points of the scan
PRECISION = 1e-10  # relative width at which a bracket is closed


@entry
def _fresh_slots() -> Vector:
    """Slots of a scan: a search may keep what it needs again behind them."""
    return np.full(len(SLOTS) + MEMO, math.nan)


@entry
def _excess(
    blob: Vector, plan: Offsets, point: Vector, index: int, coupling: float, target: float, slots: Vector
) -> float:
    """ln(rate/limit) at a modulus of the coupling; the sign of ``point[index]`` is kept."""
    out = np.empty(2)
    point[index] = math.copysign(coupling, point[index])
    if evaluate(blob, plan, point, slots, out) != 0:
        return math.nan
    if plan[LIMIT] != 0:
        target = threshold(blob, plan, slots)
        if math.isnan(target):
            return math.nan
    return math.log(out[0] / target) if out[0] > 0.0 else -math.inf


@entry
def _plane(blob: Vector, plan: Offsets, points: Any, target: float, out: Vector, status: Any) -> None:
    work, slots = np.empty(2), _fresh_slots()
    for i in range(points.shape[0]):
        status[i] = evaluate(blob, plan, points[i], slots, work)
        limit = threshold(blob, plan, slots) if status[i] == 0 and plan[LIMIT] != 0 else target
        out[i] = math.log(work[0] / limit) if work[0] > 0.0 else -math.inf
        if status[i] != 0 or (math.isnan(limit) and plan[LIMIT] != 0):
            out[i] = math.nan


@entry
def _root(
    blob: Vector, plan: Offsets, point: Vector, index: int, bracket: tuple[float, float, float, float], target: float,
    slots: Vector,
) -> float:
    """Coupling between two of opposite sign, bracket = (low, high, excess there): secant steps that keep the bracket.

    Illinois: the value at an end that stays twice is halved; a step of half the bracket where an end has no rate at all.
    Ends when the bracket, or the distance to the root that the secant predicts, is below PRECISION.
    """
    low, high = math.log(bracket[0]), math.log(bracket[1])
    f_low, f_high = bracket[2], bracket[3]
    side = 0
    middle = 0.5 * (low + high)
    for _ in range(100):
        middle = 0.5 * (low + high)
        slope = (f_high - f_low) / (high - low)
        if math.isfinite(slope):
            middle = min(max(low - f_low / slope, low + 1e-3 * PRECISION), high - 1e-3 * PRECISION)
        f = _excess(blob, plan, point, index, math.exp(middle), target, slots)
        if high - low < PRECISION or (math.isfinite(slope) and abs(f) < PRECISION * abs(slope)):
            break
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = middle, f
            f_low = 0.5 * f_low if side == 1 else f_low
            side = 1
        else:
            low, f_low = middle, f
            f_high = 0.5 * f_high if side == -1 else f_high
            side = -1
    return math.exp(middle)


@entry
def _extremum(
    blob: Vector, plan: Offsets, point: Vector, index: int, around: Vector, excess: tuple[float, float, float], target: float,
    slots: Vector,
) -> tuple[float, float]:
    """Coupling of the extremum of the excess near the second of three couplings ``around``, and the excess there.

    A parabola in the logarithm through three points, drawn again through the three best ones; ends early at a change of sign.
    """
    x = (math.log(around[0]), math.log(around[1]), math.log(around[2]))
    f = excess
    for _ in range(PARABOLAS):
        left, right = (f[1] - f[0]) / (x[1] - x[0]), (f[2] - f[1]) / (x[2] - x[1])
        bend = (right - left) / (x[2] - x[0])
        if bend == 0.0:
            break
        place = 0.5 * (x[0] + x[1] - left / bend)
        if not x[0] < place < x[2] or place == x[1]:
            break
        value = _excess(blob, plan, point, index, math.exp(place), target, slots)
        if (value > 0.0) != (f[1] > 0.0):
            return math.exp(place), value
        better, below = abs(value) < abs(f[1]), place < x[1]
        if better and below:
            x, f = (x[0], place, x[1]), (f[0], value, f[1])
        elif better:
            x, f = (x[1], place, x[2]), (f[1], value, f[2])
        elif below:
            x, f = (place, x[1], x[2]), (value, f[1], f[2])
        else:
            x, f = (x[0], x[1], place), (f[0], f[1], value)
    return math.exp(x[1]), f[1]


@entry
def _scan(
    blob: Vector, plan: Offsets, point: Vector, index: int, grid: Vector, target: float, slots: Vector, edges: Any
) -> int:
    """Write (edge, side) of every crossing into ``edges``; side +1 enters the excluded region. Returns their number.

    Between points of the grid an extremum may cross and return: where three neighbours have one, it is looked for.
    -1 when the rate cannot be computed somewhere on the grid.
    """
    count = 0
    last = before = math.nan
    for i in range(grid.size):
        here = _excess(blob, plan, point, index, grid[i], target, slots)
        if math.isnan(here):
            return -1
        if i > 0 and (before > 0.0) != (here > 0.0):
            edges[count, 0] = _root(blob, plan, point, index, (grid[i - 1], grid[i], before, here), target, slots)
            edges[count, 1] = 1.0 if here > 0.0 else -1.0
            count += 1
        elif i > 1 and (last > 0.0) == (here > 0.0) and abs(before) <= min(abs(last), abs(here)) < math.inf:
            place, value = _extremum(blob, plan, point, index, grid[i - 2 : i + 1], (last, before, here), target, slots)
            if (value > 0.0) != (here > 0.0):
                low, f_low = (grid[i - 2], last) if place < grid[i - 1] else (grid[i - 1], before)
                high, f_high = (grid[i - 1], before) if place < grid[i - 1] else (grid[i], here)
                edges[count, 0] = _root(blob, plan, point, index, (low, place, f_low, value), target, slots)
                edges[count + 1, 0] = _root(blob, plan, point, index, (place, high, value, f_high), target, slots)
                edges[count, 1] = 1.0 if value > 0.0 else -1.0
                edges[count + 1, 1] = -edges[count, 1]
                count += 2
        last, before = before, here
    return count


@dataclass(frozen=True)
class Intervals:
    """Excluded values of a coupling.

    Attributes
    ----------
    coupling, unit : str
    intervals : tuple of (low, high)
        Excluded; None for an end that reaches the end of the scanned range.
    errors : tuple of (low, high)
        Absolute error of every edge from interpolation.
    scanned : (low, high)
        Range that was searched.
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


class Limit:
    """A limit on one coupling of a model from one search; make it with :func:`limit`.

    The coupling is scanned over its positive values or, where its sign is physical (``eps`` of dark-neutrino) and ``negative``
    is set, over its negative ones.
    """

    def __init__(
        self, search: str, model: str, coupling: str | None, options: dict[str, Any], negative: bool = False
    ) -> None:
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
        self._target = math.nan if hasattr(self.rate.search, "threshold") else float(self.rate.search.LIMIT)
        self.grid = np.geomspace(low, largest, 1 + math.ceil(PER_DECADE * math.log10(largest / low)))  # of the modulus

    def __reduce__(self) -> tuple[Any, tuple[str, str, str, dict[str, Any], bool]]:
        return Limit, (self.rate.search.NAME, self.rate.model.NAME, self.coupling, self.rate.options, self._sign < 0.0)

    def _scanned(self, point: Vector) -> Vector:
        """The grid of the coupling, cut where the model allows no larger value beside the other parameters."""
        if not hasattr(self.rate.model, "highest"):
            return self.grid
        names = (item.name for item in self.rate.parameters)
        top = self.rate.model.highest(self.coupling, dict(zip(names, point.tolist(), strict=True)))
        below = self.grid[self.grid < top]
        return self.grid if below.size in (0, self.grid.size) else np.append(below, top)

    def _edges(self, parameters: dict[str, float], slots: Vector) -> tuple[NDArray[np.float64], Vector, bool]:
        if self.coupling in parameters:
            msg = f"{self.coupling} is the coupling to be limited: leave it out"
            raise BadParameter(msg)
        point = self.rate.point({**parameters, self.coupling: self._sign * self.grid[-1]})
        grid = self._scanned(point)
        edges = np.empty((2 * grid.size, 2))
        count = _scan(*self.rate.data, point, self._index, grid, self._target, slots, edges)
        if count < 0:
            for value in grid:
                point[self._index] = self._sign * value
                self.rate._evaluate(tuple(point.tolist()))
            msg = f"{self.rate.search.NAME}: {self.rate.search.NO_INFORMATION}"
            raise NoInformation(msg)
        return edges[:count], point, _excess(
            *self.rate.data, point, self._index, self.grid[0], self._target, slots
        ) > 0.0

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
        _plane(*self.rate.data, points, self._target, found, status)
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
        edges, point, inside = self._edges(parameters, slots)
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
        search, grid = self.rate.search, self._scanned(point)
        scanned = (float(grid[0]), float(grid[-1]))
        if self._sign < 0.0:  # from moduli to values
            intervals = [(None if high is None else -high, None if low is None else -low) for low, high in intervals[::-1]]
            errors, scanned = [pair[::-1] for pair in errors[::-1]], (-scanned[1], -scanned[0])
        return Intervals(self.coupling, self._item.unit, tuple(intervals), tuple(errors), scanned, search.STATISTIC,
                         search.CONFIDENCE)

    def external(self, **parameters: float) -> dict[str, Any]:
        """Relative shift of every edge by what no table knows, {"external", "external_source"} as :meth:`Rate.external`.

        "external" has the shape of the intervals, None for an open end; 0 and no source where there is no such uncertainty.
        """
        point, slots = self.rate.point({**parameters, self.coupling: self._sign * self.grid[-1]}), _fresh_slots()
        sources: dict[str, None] = {}

        def shift(edge: float | None) -> float | None:
            if edge is None:
                return None
            found = self.rate.external(**parameters, **{self.coupling: edge})
            if not found:
                return 0.0
            sources.update(dict.fromkeys(found["external_source"].split("; ")))
            slope = self._slope(point, abs(edge), slots) * abs(edge)
            return float(found["external"] / slope) if slope > 0.0 else math.inf

        shifts = tuple((shift(low), shift(high)) for low, high in self(**parameters).intervals)
        return {"external": shifts, "external_source": "; ".join(sources)}

    def _edge_error(self, point: Vector, edge: float, slots: Vector) -> float:
        """Error of an edge, given by its modulus: that of the rate over its slope in the coupling."""
        out = np.empty(2)
        point[self._index] = self._sign * edge
        evaluate(*self.rate.data, point, slots, out)
        slope = self._slope(point, edge, slots)
        return float(out[1] / out[0] / slope) if slope > 0.0 else math.inf

    def _slope(self, point: Vector, edge: float, slots: Vector) -> float:
        """|d ln(rate/limit)/d coupling| at an edge."""
        bounds = [
            _excess(*self.rate.data, point, self._index, edge * factor, self._target, slots)
            for factor in (0.999, 1.001)
        ]
        return float(abs(bounds[1] - bounds[0])) / (0.002 * edge)


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
