"""Best fits and profiles: ln L at its largest over the free parameters, alone or along one or two of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from gloam.lookup.callables.space import Array, Space
from gloam.lookup.errors import BadParameter, GloamError

SEEDS, POLISHED = 512, 3  # points drawn from the prior, and how many of the best are improved
NEAR = 1e-6  # [1] of a range: as near as a start may be to its ends


@dataclass(frozen=True)
class Best:
    """Largest ln L, and the free parameters where it is, in the order of the space."""

    log_likelihood: float
    point: Array


def _total(space: Space, x: Any) -> Any:
    """ln L of rows, with the normal priors of explicit nuisances; -inf without an answer."""
    given = np.atleast_2d(x)
    return space.log_likelihood(given) - 0.5 * (given[:, space._normal] ** 2).sum(axis=1)


def _unit(space: Space, x: Array) -> Array:
    """Place of a point in the ranges, 0 to 1, in the logarithm where the space is."""
    log = space._log
    low, high, at = (np.where(log, np.log(np.where(log, part, 1.0)), part) for part in (space.low, space.high, x))
    found: Array = (at - low) / (high - low)
    return found


def _from_unit(space: Space, u: Array) -> Array:
    log, span = space._log, space.high - space.low
    x = space.low + span * u
    x[log] = space.low[log] * (space.high[log] / space.low[log]) ** u[log]
    found: Array = np.clip(x, space.low, space.high)
    return found


def _polish(space: Space, start: Array) -> Best:
    """MINUIT's simplex, then its gradient descent, from one point, over the unit cube.

    Raises
    ------
    GloamError
        When iminuit is missing.
    """
    try:
        from iminuit import Minuit
    except ImportError as error:
        msg = "profiles over further free parameters need iminuit: pip install 'gloam[fits]'"
        raise GloamError(msg) from error

    def cost(u: Array) -> float:
        return -float(_total(space, _from_unit(space, np.clip(u, 0.0, 1.0)))[0])

    minuit = Minuit(cost, np.clip(_unit(space, start), NEAR, 1.0 - NEAR), name=space.names)
    minuit.limits = [(0.0, 1.0)] * space.dimension
    minuit.errordef, minuit.strategy, minuit.print_level = 0.5, 0, 0
    minuit.simplex()
    if math.isfinite(minuit.fval):
        minuit.migrad()
    point = _from_unit(space, np.array(minuit.values))
    return Best(float(_total(space, point)[0]), point)


def best_fit(space: Space, starts: Any = None) -> Best:
    """Largest ln L over the free parameters: the best of drawn points and ``starts``, improved.

    Parameters
    ----------
    space : Space
    starts : array, shape (n, free), optional
        Points to begin at besides 512 that are drawn from the prior with a fixed seed.

    Raises
    ------
    BadParameter
        When ln L is finite at none of them.
    GloamError
        When iminuit is missing.
    """
    seeds = space.prior_transform(np.random.default_rng(16).random((SEEDS, space.dimension)))
    seeds = seeds if starts is None else np.vstack([np.atleast_2d(starts), seeds])
    values = _total(space, seeds)
    order = np.argsort(-values)[:POLISHED]
    if not math.isfinite(values[order[0]]):
        msg = f"ln L has no value at any of {len(seeds)} points of these ranges: choose others"
        raise BadParameter(msg)
    found = [_polish(space, seeds[k]) for k in order if math.isfinite(values[k])]
    found.append(Best(float(values[order[0]]), seeds[order[0]]))
    return max(found, key=lambda best: best.log_likelihood)


def profile(space: Space, grid: dict[str, Any]) -> tuple[Array, Array]:
    """ln L at its largest over the free parameters, at every value of one or more others.

    Parameters
    ----------
    space : Space
        Its free parameters are those that the profile maximises over; it may have none.
    grid : {name: array}
        Values of parameters that are fixed in ``space``; the arrays broadcast.

    Returns
    -------
    values : float64, shape of the grid
        NaN where there is no answer.
    points : float64, shape of the grid + (free,)

    Raises
    ------
    BadParameter, UnknownName
    """
    names = [item.name for item in space.likelihood.parameters]
    shape = np.broadcast_shapes(*(np.shape(values) for values in grid.values()))
    columns = {name: np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel() for name, values in grid.items()}
    count = math.prod(shape)
    found, points = np.full(count, math.nan), np.full((count, space.dimension), math.nan)
    if space.dimension == 0:
        full = np.tile(space._row, (count, 1))
        for name, column in columns.items():
            full[:, names.index(name)] = column
        found = space.likelihood.batch(full, outside="nan")
        return found.reshape(shape), points.reshape((*shape, 0))
    before = None
    for k in range(count):
        here = space.at({name: float(column[k]) for name, column in columns.items()})
        try:
            best = best_fit(here, before)
        except BadParameter:
            continue
        found[k], points[k], before = best.log_likelihood, best.point, best.point
    return found.reshape(shape), points.reshape((*shape, space.dimension))
