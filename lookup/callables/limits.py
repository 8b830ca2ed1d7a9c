"""Limits: the excluded intervals of one coupling, from the sign changes of ln(N/N_limit) over its whole range."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from gloam.lookup.callables.arguments import named_inputs, refuse_positional, wants_nan
from gloam.lookup.callables.confidence import ASKED_NOTHING, Asked, excluded_rates, with_bands
from gloam.lookup.callables.crossings import (
    BEGINS,
    BEGINS_EXCLUDED,
    ENDS,
    ENTERS,
    LEAVES,
    crossings,
    decisive,
    excess_at,
    fresh_slots,
    plane,
)
from gloam.lookup.callables.intervals import Gap, Intervals
from gloam.lookup.callables.members import named
from gloam.lookup.callables.plan import SEARCH_STATUS, evaluate
from gloam.lookup.callables.rates import Array, Rate
from gloam.lookup.callables.robustness import REFINED, external_of
from gloam.lookup.callables.scan_range import coupling_of, moduli, scanned
from gloam.lookup.callables.statuses import statuses_of
from gloam.lookup.errors import BadParameter, DoesNotFit, GloamError
from gloam.lookup.vocabulary import SILENT
from numpy.typing import ArrayLike, NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@named_inputs
class Limit:
    """A limit on one coupling of a model from one search; make it with :func:`limit`.

    The coupling is scanned over its positive values or, where its sign is physical (``eps`` of dark-neutrino) and ``negative``
    is set, over its negative ones.
    """

    def __init__(
        self,
        search: str,
        model: str,
        coupling: str | None,
        options: dict[str, Any],
        negative: bool = False,
        scan: tuple[float, float] | None = None,
        asked: Asked = ASKED_NOTHING,
    ) -> None:
        self.rate = Rate(search, model, options)
        if not self.rate.search.statistic:
            msg = f"{search} gives no limit: {self.rate.search.no_limit}"
            raise DoesNotFit(msg)
        coupling = coupling_of(self.rate.model, coupling)
        self.coupling = coupling
        self._index = [item.name for item in self.rate.parameters].index(coupling)
        item = self.rate.parameters[self._index]
        if negative and item.low >= 0.0:
            msg = f"{coupling} of {model} has no negative values ({item.low:g} to {item.high:g})"
            raise BadParameter(msg)
        self._item, self._sign, self._asked = item, -1.0 if negative else 1.0, asked
        self._limits, self._told, self._bands = excluded_rates(self.rate, asked)
        low, high = moduli(model, item, negative, scan)
        self.scan = None if scan is None else (float(scan[0]), float(scan[1]))
        self.grid = scanned(low, high, 2 if scan is None else REFINED)  # of the modulus
        self._end = self._sign * float(self.grid[-1])

    def __reduce__(self) -> tuple[Any, ...]:
        negative = self._sign < 0.0
        return Limit, (
            self.rate.search.name,
            self.rate.model.name,
            self.coupling,
            self.rate.options,
            negative,
            self.scan,
            self._asked,
        )

    def __repr__(self) -> str:
        return f"<Limit on {self.coupling} from {self.rate!r}>"

    def _refuse_unnamed(self, unnamed: tuple[Any, ...]) -> NoReturn:
        refuse_positional(self.rate.model.name, (p.name for p in self.rate.parameters if p.name != self.coupling), unnamed)

    def named(self, point: Vector) -> dict[str, float]:
        return dict(zip((item.name for item in self.rate.parameters), point.tolist(), strict=True))

    def _allowed(self, point: Vector) -> Vector:
        """The grid of the coupling, cut above what the model allows beside the other parameters."""
        highest = self.rate.model.highest
        if highest is None:
            return self.grid
        top = highest(self.coupling, self.named(point))
        below = self.grid[self.grid < top]
        return self.grid if below.size in (0, self.grid.size) else np.append(below, top)

    def _scanned(self, point: Vector) -> Vector:
        """As :meth:`_allowed`, also cut below what the search may exclude at best."""
        grid, lowest = self._allowed(point), self.rate.search.lowest
        if lowest is None or self._asked.method is not None:
            return grid
        first = int(np.searchsorted(grid, lowest(self.coupling, self.named(point)))) - 1
        return grid[min(max(first, 0), grid.size - 2) :]

    def _points(self, parameters: dict[str, Any]) -> tuple[tuple[int, ...], Any]:
        """Shape of the answer, and rows of parameters with the coupling, which must not be given, at the end of its range."""
        if self.coupling in parameters:
            msg = f"{self.coupling} is the coupling to be limited: leave it out"
            raise BadParameter(msg)
        values = self.rate._ordered({**parameters, self.coupling: self._end})
        if all(type(value) is float for value in values):  # one point: nothing to broadcast
            return (), np.array([values])
        return self.rate._stacked(values)

    def _point(self, parameters: dict[str, float]) -> Vector:
        """As :meth:`_points`, for one point alone."""
        self._points(parameters)
        return self.rate.point({**parameters, self.coupling: self._end})

    def _refusal(self, point: Vector, value: float, status: int) -> Exception:
        """The error that belongs to a status at a modulus of the coupling."""
        point = point.copy()
        point[self._index] = self._sign * value
        return self.rate.explain(status, point)

    def _edges(self, point: Vector, slots: Vector) -> tuple[NDArray[np.float64], Vector, Offsets]:
        """Edges and their kinds by rising modulus, the values that were scanned, and their statuses.

        Raises
        ------
        BadParameter, OutOfRange, DoesNotFit, NoInformation
            When no value has an answer: the reason of the lowest.
        """
        grid = self._scanned(point)
        while True:
            edges, statuses = np.empty((2 * grid.size, 2)), np.empty(grid.size, dtype=np.int64)
            count = crossings(*self.rate.data, point, self._index, grid, self._limits, slots, edges, statuses)
            if count >= 0:
                break
            grid = np.sort(np.append(grid, edges[0, 0]))
        if statuses.all():
            raise self._refusal(point, float(grid[0]), int(statuses[0]))
        return edges[:count], grid, statuses

    def edges(self, **parameters: float) -> NDArray[np.float64]:
        """Crossings (coupling, side), shape (n, 2), by rising modulus: side +1 where excluded values begin, -1 where they end."""
        edges = self._edges(self._point(parameters), fresh_slots())[0]
        return edges[np.isin(edges[:, 1], (ENTERS, LEAVES))] * (self._sign, 1.0)

    def excess(self, *, outside: str = "raise", **parameters: ArrayLike) -> Array:
        """ln(rate/limit) at all parameters, the coupling included: above 0 excluded, NaN without information.

        Parameters
        ----------
        outside : {"raise", "nan"}
            What to do with points that have no answer for another reason.
        **parameters
            Scalars or arrays that broadcast.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit
        """
        found, codes, points = self.excess_and_code(parameters)
        bad = np.flatnonzero((codes != 0) & (codes != SEARCH_STATUS + SILENT))
        if bad.size and not wants_nan(outside):
            raise self.rate.explain(int(codes.flat[bad[0]]), points[bad[0]], bad.size)
        return found

    def excess_and_status(self, **parameters: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
        """ln(rate/limit), and the :class:`gloam.lookup.callables.statuses.Status` of every point."""
        found, codes, _ = self.excess_and_code(parameters)
        return found, statuses_of(codes, self.rate.unphysical)

    def excess_and_code(self, parameters: dict[str, Any]) -> tuple[Array, NDArray[np.int64], Any]:
        """ln(rate/limit) and statuses of compiled code in the shape of the answer, and the parameters in rows."""
        shape, points = self.rate.points(parameters)
        order = np.lexsort((points[:, self._index], *np.delete(points, self._index, axis=1).T))  # one scan after another
        out, places = np.empty(len(points)), np.empty(len(points), dtype=np.int64)
        out[order], places[order] = self.excess_of_rows(points[order])
        return out.reshape(shape), places.reshape(shape), points

    def excess_of_rows(self, points: Array) -> tuple[Vector, Offsets]:
        """ln(rate/limit) and statuses of compiled code of rows of parameters, fastest in the order of a scan."""
        found, codes = np.empty(len(points)), np.zeros(len(points), dtype=np.int64)
        plane(*self.rate.data, points, self._limits, found, codes)
        return found, codes

    def __call__(self, *unnamed: float, outside: str = "raise", **parameters: ArrayLike) -> Any:
        """Excluded intervals of the coupling at the given other parameters.

        Parameters
        ----------
        outside : {"raise", "nan"}
            What to do with a point at which no value of the coupling has an answer: an error, or intervals that are one gap.
        **parameters
            Scalars, or arrays that broadcast.

        Returns
        -------
        Intervals, or an array of them (dtype object) for arrays of points

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit
        NoInformation
            The published data of the search say nothing at this point.
        """
        if unnamed:
            self._refuse_unnamed(unnamed)
        nan = wants_nan(outside)
        shape, points = self._points(parameters)
        found = np.empty(len(points), dtype=object)
        for place, point in enumerate(points):
            try:
                found[place] = with_bands(self, self._bands, point)
            except GloamError as error:
                if not nan:
                    raise
                ends = self._values((float(self.grid[0]), float(self.grid[-1])))
                found[place] = self._answer((), (), ends, (Gap(*ends, str(error)),))
        return found.reshape(shape) if shape else found[0]

    def _values(self, pair: tuple[Any, Any]) -> tuple[Any, Any]:
        """From two moduli, None for an open end, to values of the coupling in rising order."""
        return pair if self._sign > 0.0 else (None if pair[1] is None else -pair[1], None if pair[0] is None else -pair[0])

    def _answer(self, intervals: Any, errors: Any, scanned: tuple[float, float], gaps: tuple[Gap, ...]) -> Intervals:
        return Intervals(self.coupling, self._item.unit, intervals, errors, scanned, *self._told, gaps)

    def intervals(self, point: Vector) -> Intervals:
        """The answer at one point, whose coupling is free."""
        slots = fresh_slots()
        edges, grid, statuses = self._edges(point, slots)
        intervals: list[Any] = []
        errors: list[Any] = []
        gaps: list[tuple[float, float]] = []
        scanned = (float(self.grid[0]), float(grid[-1]))
        first = excess_at(*self.rate.data, point, self._index, grid[0], self._limits, slots)
        inside, silent_from = first > 0.0, scanned[0] if statuses[0] else None
        start: tuple[float | None, float | None] = (None, None)
        for value, kind in edges.tolist():
            here = (value, self._edge_error(point, value, slots) if kind in (ENTERS, LEAVES) else None)
            if kind in (LEAVES, ENDS) and inside:
                intervals.append((start[0], here[0]))
                errors.append((start[1], here[1]))
            if kind in (BEGINS, BEGINS_EXCLUDED):
                gaps.append((scanned[0] if silent_from is None else silent_from, value))
            silent_from = value if kind == ENDS else None
            inside, start = kind in (ENTERS, BEGINS_EXCLUDED), here
        if inside:
            intervals.append((start[0], None))
            errors.append((start[1], None))
        if silent_from is not None:
            gaps.append((silent_from, scanned[1]))
        told = tuple(Gap(*self._values(pair), self._reason(point, pair, grid, statuses)) for pair in gaps)
        turn = int(self._sign)
        pairs = tuple(self._values(pair) for pair in intervals)[::turn]
        return self._answer(pairs, tuple(pair[::turn] for pair in errors)[::turn], self._values(scanned), told[::turn])

    def _reason(self, point: Vector, gap: tuple[float, float], grid: Vector, statuses: Offsets) -> str:
        """Why there is no answer in a gap: the reason of every status on the scan in it, each once, from its lowest coupling."""
        within = np.flatnonzero((grid >= gap[0]) & (grid <= gap[1]) & (statuses != 0))
        first = within[np.sort(np.unique(statuses[within], return_index=True)[1])]
        return "; ".join(str(self._refusal(point, float(grid[k]), int(statuses[k]))) for k in first)

    def closest(self, **parameters: float) -> tuple[float, float, float]:
        """The coupling at which rate/limit is largest, this ratio and its absolute error [1]: 0 where there are no events at all.

        Of the values that have an answer.

        Raises
        ------
        BadParameter, UnknownName, OutOfRange, DoesNotFit, NoInformation
        """
        point = self._point(parameters)
        grid = self._sign * self._allowed(point)
        for _ in range(3):  # the second and third time between the neighbours of the largest
            found, codes, rows = self.excess_and_code({**parameters, self.coupling: grid})
            if codes.all():
                raise self.rate.explain(int(codes[0]), rows[0])
            best = int(np.nanargmax(found))
            value, ratio = float(grid[best]), math.exp(found[best])
            grid = np.geomspace(grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)], REFINED)
        point[self._index] = value
        relative = self._relative_error(point, fresh_slots())
        return value, ratio, ratio * relative if ratio > 0.0 else 0.0

    def drivers(self, intervals: Intervals, /, **parameters: float) -> tuple[tuple[str | None, str | None], ...]:
        """The bin that decides each edge of the ``intervals`` found at ``parameters``; None for an end that is no edge."""
        point = self._point(parameters)
        return tuple(
            (self._driver(point, low, below), self._driver(point, high, above))
            for (low, high), (below, above) in zip(intervals.intervals, intervals.errors, strict=True)
        )

    def external(self, intervals: Any = None, /, **parameters: ArrayLike) -> Any:
        """What no table knows does to every edge: {"external", "external_source", "robust"}.

        "external", the relative shift that follows from :meth:`Rate.external`, has the shape of the intervals, None for an open
        end; 0 and no source where there is no such uncertainty. It is linear in the uncertainty of the rate, so that it
        is large where an interval is about to vanish. "robust" tells for every interval whether some of it stays when all
        rates are lower by that uncertainty. ``intervals`` are those at ``parameters``, if they are known. For arrays of points
        an array (dtype object) of such dictionaries.
        """
        shape, points = self._points(parameters)
        known: Any = [intervals] * (len(points) if intervals is None else 1)
        if isinstance(intervals, np.ndarray | list | tuple):
            known = np.asarray(intervals, dtype=object).reshape(-1)
        if len(known) != len(points):
            msg = f"external: {len(known)} intervals for {len(points)} points; give those that the limit returned there"
            raise BadParameter(msg)
        found = np.empty(len(points), dtype=object)
        for place, point in enumerate(points):
            found[place] = external_of(self, self.intervals(point.copy()) if known[place] is None else known[place], point)
        return found.reshape(shape) if shape else found[0]

    def _edge_error(self, point: Vector, edge: float, slots: Vector) -> float:
        """Error of an edge, given by its modulus: that of the rate over its slope in the coupling."""
        point[self._index] = self._sign * edge
        relative, slope = self._relative_error(point, slots), self.slope(point, edge, slots)
        return relative / slope if slope > 0.0 else math.inf

    def _decisive(self, point: Vector, slots: Vector) -> tuple[Vector, int]:
        """Rates and errors of all bins at ``point``, and the bin that decides."""
        out = np.empty(2 * len(self.rate.bins))
        evaluate(*self.rate.data, point, slots, out)
        return out, int(decisive(*self.rate.data, slots, out, self._limits)[1])

    def _driver(self, point: Vector, edge: float | None, error: float | None) -> str | None:
        """Name of the bin that decides at an edge."""
        if edge is None or error is None:
            return None
        point[self._index] = edge
        return self.rate.bins[self._decisive(point, fresh_slots())[1]]

    def _relative_error(self, point: Vector, slots: Vector) -> float:
        """Bound of the relative error of the rate [1] in the bin that decides at ``point``; 0 without a rate."""
        out, place = self._decisive(point, slots)
        return float(out[len(self.rate.bins) + place] / out[place]) if out[place] > 0.0 else 0.0

    def slope(self, point: Vector, edge: float, slots: Vector) -> float:
        """|d ln(rate/limit)/d coupling| at an edge; from one side where the other is not allowed."""
        factors = np.array([0.999, 1.0, 1.001])
        values = [excess_at(*self.rate.data, point, self._index, edge * factor, self._limits, slots) for factor in factors]
        first, last = np.flatnonzero(np.isfinite(values))[[0, -1]]
        if first == last:
            return 0.0
        return float(abs(values[last] - values[first]) / (factors[last] - factors[first])) / edge


def limit(
    search: str,
    model: str,
    coupling: str | None = None,
    *,
    negative: bool = False,
    scan: tuple[float, float] | None = None,
    confidence: float | None = None,
    method: str | None = None,
    expected: bool = False,
    experiment: str | Path | None = None,
    **options: Any,
) -> Limit:
    """Bind a limit: ``limit("miniboone-fhc-total", "dipole", "mu_tr_mu", nature="dirac")``.

    Parameters
    ----------
    search, model : str
        Names as listed by ``gloam list``.
    coupling : str
        Parameter of the model to be limited; may be left out where the model has one only.
    negative : bool
        Scan the negative values of the coupling: a sign may decide whether exchanges interfere constructively.
    scan : (low, high)
        Scan these values of the coupling only, more densely where they are close; the whole range if left out.
    confidence, method : float, "cls" or "delta-chi2"
        Level, and how a rate is excluded by the statistic of the search; if left out, level and rate that the search states.
    expected : bool
        Also what was expected without signal (needs a ``method``): intervals at -2, -1, 0, 1 and 2 sigma of the background.
    experiment, **options : as in :func:`gloam.lookup.rate`

    Returns
    -------
    Limit
        A callable of the model's other parameters that returns the excluded :class:`Intervals`.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    return Limit(named(search, experiment), model, coupling, options, negative, scan, Asked(confidence, method, expected))
