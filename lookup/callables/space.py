"""The space of a fit: which parameters are free and over which range, which are fixed, and the prior."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
from gloam.lookup.callables.arguments import Policy, checked_policy, numbers
from gloam.lookup.callables.likelihoods import LOG_FROM, Likelihood
from gloam.lookup.errors import BadParameter, UnknownName
from numpy.typing import NDArray

Array = NDArray[np.float64]
Range = tuple[float, float] | tuple[float, float, str]
SCALES = ("log", "linear")
_normal = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])
_LEAST = 1e-16  # [1] probability of the farthest pull
_LOG_OF_ROOT_2_PI = 0.5 * math.log(2.0 * math.pi)


class Space:
    """Free and fixed parameters of a likelihood.

    Parameters
    ----------
    likelihood : Likelihood
    free : {name: (low, high) or (low, high, "log" or "linear")}, optional
        Parameters to be varied, in this order; default all. "log" is a prior flat in the logarithm, the default where the
        range is positive and its ends differ by more than a factor of ten. Explicit nuisances are always free, standard normal.
    fixed : {name: value}, optional
        All others that have no default.

    Raises
    ------
    BadParameter, UnknownName

    Attributes
    ----------
    names : tuple of str
        Free parameters in order.
    low, high : float64, shape (free,)
    """

    def __init__(
        self, likelihood: Likelihood, free: Mapping[str, Range] | None = None, fixed: Mapping[str, float] | None = None
    ) -> None:
        self.likelihood = likelihood
        known = {item.name: item for item in likelihood.parameters}
        of_model = [item.name for item in likelihood.model.parameters]
        pulls = [name for name in known if name not in of_model]
        bounds = likelihood.bounds
        self._given = (dict(free) if free is not None else None, dict(fixed or {}))
        ranges: dict[str, Range] = dict(free) if free is not None else {name: bounds[name] for name in of_model}
        for name in (*ranges, *(fixed or {})):
            if name not in known:
                raise UnknownName(f"parameter of {likelihood.model.name}", name, known)
        self._fixed = {name: float(numbers(likelihood.model.name, known[name], value)) for name, value in (fixed or {}).items()}
        if free is None:
            ranges = {name: ends for name, ends in ranges.items() if name not in self._fixed}
        for name in ranges:
            if name in self._fixed:
                msg = f"{name} is both free and fixed"
                raise BadParameter(msg)
        free_pulls = [name for name in pulls if name not in self._fixed and name not in ranges]
        self.names = (*ranges, *free_pulls)
        self._normal = np.array([name in pulls for name in self.names])
        checked = [
            self._range(name, ranges[name], bounds[name]) if name in ranges else (*bounds[name], False) for name in self.names
        ]
        self.low, self.high = (np.array([row[k] for row in checked], dtype=np.float64) for k in (0, 1))
        self._log = np.array([row[2] for row in checked], dtype=bool)
        defaults = {name: item.default for name, item in known.items() if item.default is not None}
        start = {**defaults, **self._fixed, **dict.fromkeys(self.names, 0.0)}
        missing = [name for name in known if name not in start]
        if missing:
            msg = f"neither free nor fixed: {', '.join(missing)}"
            raise BadParameter(msg)
        self._row = np.array([start[name] for name in known], dtype=np.float64)
        self._places = np.array([list(known).index(name) for name in self.names], dtype=np.int64)

    def __reduce__(self) -> tuple[Any, ...]:
        return Space, (self.likelihood, *self._given)

    @property
    def dimension(self) -> int:
        """Number of free parameters."""
        return len(self.names)

    def at(self, fixed: Mapping[str, float]) -> Space:
        """The same space with other values of fixed parameters."""
        return Space(self.likelihood, self._given[0], {**self._given[1], **fixed})

    @staticmethod
    def _range(name: str, given: Range, bounds: tuple[float, float]) -> tuple[float, float, bool]:
        low, high = float(given[0]), float(given[1])
        scale = given[2] if len(given) > 2 else ("log" if low > 0.0 and high / low > LOG_FROM else "linear")
        if not low < high or scale not in SCALES or (scale == "log" and low <= 0.0):
            msg = f"range of {name} = {given!r} is not allowed: (low, high) or (low, high, 'log' or 'linear'), low > 0 for 'log'"
            raise BadParameter(msg)
        if high < bounds[0] or low > bounds[1]:
            msg = f"range of {name} = {given!r} has no part in {bounds[0]:g} to {bounds[1]:g}"
            raise BadParameter(msg)
        return low, high, scale == "log"

    def points(self, x: Any) -> Any:
        """Rows of all parameters from those of the free ones, shape (points, free) or (free,).

        Raises
        ------
        BadParameter
        """
        given = np.atleast_2d(np.asarray(x, dtype=np.float64))
        if given.ndim != 2 or given.shape[1] != self.dimension:
            msg = f"points of shape {given.shape}: {self.dimension} free parameters, {', '.join(self.names)}"
            raise BadParameter(msg)
        full = np.tile(self._row, (len(given), 1))
        full[:, self._places] = given
        return full

    def inside(self, x: Any) -> Any:
        """Whether points, shape (points, free), lie in the ranges."""
        return ((x >= self.low) & (x <= self.high)).all(axis=1)

    def log_likelihood(self, x: Any, outside: Policy = "-inf") -> Any:
        """ln L of points, shape (points, free), or of one, shape (free,); ``outside`` as in the likelihood's call."""
        values = self.likelihood.batch(self.points(x), outside=checked_policy(outside))
        return values if np.ndim(x) == 2 else float(values[0])

    def log_likelihood_and_slopes(self, x: Any) -> tuple[Array, Array]:
        """ln L of points, shape (points, free), and its derivatives by the free parameters, of the same shape.

        -inf and 0 where a search has no answer; a derivative that does not exist is NaN.
        """
        values, slopes = self.likelihood._gradients(self.points(x))
        slopes = slopes[:, self._places]
        slopes[~np.isfinite(values)] = 0.0
        return values, slopes

    def log_prior(self, x: Any) -> Any:
        """Logarithm of the prior density of points, shape (points, free): -inf outside the ranges."""
        given = np.atleast_2d(np.asarray(x, dtype=np.float64))
        value = np.full(len(given), -math.inf)
        good = self.inside(given)
        flat, log = ~self._normal & ~self._log, self._log
        width = float(np.log(self.high - self.low)[flat].sum() + np.log(np.log(self.high[log] / self.low[log])).sum())
        value[good] = -width - np.log(given[good][:, log]).sum(axis=1)
        value[good] -= (0.5 * given[good][:, self._normal] ** 2 + _LOG_OF_ROOT_2_PI).sum(axis=1)
        return value if np.ndim(x) == 2 else float(value[0])

    def log_probability(self, x: Any) -> Any:
        """ln L + ln prior of points, shape (points, free) or (free,): -inf outside. ln L is asked for inside the ranges alone."""
        given = np.atleast_2d(np.asarray(x, dtype=np.float64))
        value = self.log_prior(given)
        good = np.isfinite(value)
        if good.any():
            value[good] += self.log_likelihood(given[good])
        return value if np.ndim(x) == 2 else float(value[0])

    def prior_transform(self, cube: Any) -> Array:
        """Free parameters from numbers in [0, 1], shape (..., free), by the prior.

        Raises
        ------
        BadParameter
        """
        u = np.asarray(cube, dtype=np.float64)
        if u.shape[-1:] != (self.dimension,) or not ((u >= 0.0) & (u <= 1.0)).all():
            msg = f"numbers of a unit cube, the last axis {self.dimension} long, are needed: 0 to 1"
            raise BadParameter(msg)
        x = self.low + (self.high - self.low) * u
        log, normal = self._log, self._normal
        x[..., log] = self.low[log] * (self.high[log] / self.low[log]) ** u[..., log]
        if normal.any():
            x[..., normal] = _normal(np.clip(u[..., normal], _LEAST, 1.0 - _LEAST))
        return np.clip(x, self.low, self.high)

    def sample(self, count: int, generator: np.random.Generator) -> Array:
        """Points drawn from the prior, shape (count, free), at which ln L is finite: starts of walkers.

        Raises
        ------
        BadParameter
            When ln L is finite nowhere among 1000 draws per point.
        """
        found: list[Any] = []
        for _ in range(1000):
            drawn = self.prior_transform(generator.random((count, self.dimension)))
            found.extend(drawn[np.isfinite(self.log_probability(drawn))])
            if len(found) >= count:
                return np.array(found[:count])
        msg = f"ln L is finite at {len(found)} of {1000 * count} points of these ranges: choose narrower ones"
        raise BadParameter(msg)
