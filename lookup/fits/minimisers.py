"""Costs for minimisers: -ln L, without prior but for that of explicit nuisances, with the gradient.

Points without an answer cost +inf, which MINUIT and the methods of SciPy without gradient step back from; NaN would pass
in silence. A gradient where there is no answer is an error. Neither package is imported here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from gloam.lookup.callables.space import Array, Space
from gloam.lookup.errors import BadParameter


class Cost:
    """-ln L of the free parameters of a space, as iminuit takes it: names, limits, ``grad`` and ``errordef``."""

    errordef = 0.5

    def __init__(self, space: Space) -> None:
        self.space = space
        self._parameters = {
            name: (low, high) for name, low, high in zip(space.names, space.low.tolist(), space.high.tolist(), strict=True)
        }

    def _pulls(self, x: Array) -> Array:
        return np.where(self.space._normal, x, 0.0)

    def __call__(self, *values: float) -> float:
        x = np.asarray(values, dtype=np.float64)
        return float(0.5 * (self._pulls(x) ** 2).sum() - self.space.log_likelihood(x))

    def grad(self, *values: float) -> Array:
        """Derivatives by the free parameters.

        Raises
        ------
        BadParameter
            When a difference can be taken to neither side, or there is no answer.
        """
        x = np.asarray(values, dtype=np.float64)
        found = self.space.likelihood._gradient(self.space.points(x)[0]).slopes
        slopes = np.array([-found[name] for name in self.space.names]) + self._pulls(x)
        for name, slope in zip(self.space.names, slopes, strict=True):
            if math.isnan(slope):
                msg = f"no derivative by {name} here: it can be moved to neither side; fix it or leave the gradient out"
                raise BadParameter(msg)
        return slopes


def iminuit(space: Space) -> Cost:
    """Cost of ``iminuit.Minuit(iminuit(space), **start)``; limits are set. ``strategy = 0`` trusts the gradient."""
    return Cost(space)


def scipy_minimize(space: Space, start: Mapping[str, float] | Array) -> dict[str, Any]:
    """Arguments of ``scipy.optimize.minimize(**scipy_minimize(space, start))``, for the methods with bounds and a gradient.

    The free parameters run from 0 to 1 over their ranges, in the logarithm where the space is: ``space.prior_transform`` gives
    the values of an answer's ``x``.

    Raises
    ------
    BadParameter
        When the start is outside the ranges.
    """
    cost = Cost(space)
    point = np.array([start[name] for name in space.names]) if isinstance(start, Mapping) else np.asarray(start, dtype=np.float64)
    if point.shape != (space.dimension,) or not space.inside(point[None, :])[0]:
        msg = f"start {start!r} is not inside the ranges of {', '.join(space.names)}"
        raise BadParameter(msg)
    if space._normal.any():
        msg = "explicit nuisances have no range to run over: profile them for scipy"
        raise BadParameter(msg)

    def scaled(u: Array) -> tuple[float, Array]:
        x = space.prior_transform(np.clip(u, 0.0, 1.0))
        width = space.high - space.low
        steps = np.where(space._log, x * np.log(np.where(space._log, space.high / space.low, math.e)), width)
        return cost(*x), cost.grad(*x) * steps

    log = space._log
    ratios = np.where(log, point / np.where(log, space.low, 1.0), 1.0)
    ends = np.where(log, space.high / np.where(log, space.low, 1.0), math.e)
    first = np.where(log, np.log(ratios) / np.log(ends), (point - space.low) / (space.high - space.low))
    return {"fun": scaled, "x0": first, "jac": True, "bounds": [(0.0, 1.0)] * space.dimension}
