"""Derivatives of what has no exact ones: differences whose step shrinks until several orders agree, with their error.

At every step h the derivative is taken in three ways, central of fourth order (the answer) and of second order from either side.
They agree where the function is smooth over 4 h, and disagree where it bends, jumps or peaks in between, however narrow that is;
their largest difference, with the rounding of the values, is the error. Where one side is not allowed, third and second order
of the other side are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from gloam.lookup.callables.statuses import Status
from numpy.typing import NDArray

Array = NDArray[np.float64]
Evaluate = Callable[[Array], Array]

STEP = 1e-5  # [1] of the parameter, the first and widest
SHRINK = 0.125  # [1] of one step to the next
MOST_STEPS = 7  # down to 4e-11
ROUNDING = 8.0 * np.finfo(float).eps  # [1] of the values
OFFSETS = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])  # in steps
CENTRAL = np.array([0.0, 1.0, -8.0, 8.0, -1.0, 0.0]) / 12.0
BACKWARD = np.array([0.0, 1.0, -4.0, 0.0, 0.0, 0.0]) / 2.0  # second order, without the value at the point
BACKWARD_THIRD = np.array([-2.0, 9.0, -18.0, 0.0, 0.0, 0.0]) / 6.0


@dataclass(frozen=True)
class Slopes:
    """Derivatives, their errors and :class:`Status` values, shapes (points, parameters[, bins])."""

    values: Array
    errors: Array
    statuses: NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """Relative first step, and the error over the scale of a derivative at which it is good, and beyond which it is none.

    The scale is the larger of the derivative and value/parameter.
    """

    step: float = STEP
    good: float = 1e-7
    useless: float = 1e-2


SMOOTH = Rule()


def sampled(step: float) -> Rule:
    """The rule for a rate that draws events: their statistics is all that the orders can agree to."""
    return Rule(step, good=0.1, useless=1.0)


def slopes(evaluate: Evaluate, x: Array, here: Array, rule: Rule = SMOOTH) -> Slopes:
    """Derivatives of ``evaluate`` with respect to every parameter at the points ``x`` (points, parameters).

    ``evaluate`` takes such rows and returns (rows, bins), NaN where a row is not allowed; ``here`` are its values at ``x``.
    A derivative is NaN where there is no value, and NOT_CONVERGED where no step gives orders that agree.
    """
    points, parameters = x.shape
    values, errors = np.full((2, points, parameters, here.shape[1]), np.nan)
    errors[:] = np.inf
    answered = ~np.isnan(here).any(axis=1, keepdims=True)
    active = np.argwhere(np.broadcast_to(answered, (points, parameters)))
    scale = np.abs(here[:, None, :] / np.where(x == 0.0, np.inf, np.abs(x))[:, :, None])
    relative = rule.step
    for _ in range(MOST_STEPS):
        if not len(active):
            break
        i, j = active.astype(np.int64).T
        found, spread = _at_one_step(evaluate, x[i], here[i], j, relative, rule.step)
        better = spread < errors[i, j]
        values[i, j] = np.where(better, found, values[i, j])
        errors[i, j] = np.where(better, spread, errors[i, j])
        good = errors[i, j] <= rule.good * np.maximum(np.abs(values[i, j]), scale[i, j])
        active = active[~good.all(axis=1)]
        relative *= SHRINK
    bad = ~(errors <= rule.useless * np.maximum(np.abs(values), scale))
    values[bad], errors[bad] = np.nan, np.nan
    return Slopes(values, errors, np.where(bad.any(axis=2), int(Status.NOT_CONVERGED), int(Status.ANSWERED)))


def _at_one_step(
    evaluate: Evaluate, x: Array, here: Array, j: NDArray[np.int64], relative: float, first: float
) -> tuple[Array, Array]:
    """Derivative of row k of ``x`` with respect to its parameter j[k], and its error, inf where neither side is allowed."""
    rows = np.arange(len(x))
    centre = x[rows, j]
    step = np.where(centre != 0.0, relative * np.abs(centre), relative * first)
    step = (centre + step) - centre  # as it will be
    moved = np.repeat(x[:, None, :], OFFSETS.size, axis=1)
    moved[rows[:, None], np.arange(OFFSETS.size), j[:, None]] += OFFSETS * step[:, None]
    with np.errstate(invalid="ignore"):
        f = evaluate(moved.reshape(-1, x.shape[1])).reshape(len(x), OFFSETS.size, -1)
        seen = np.where(np.isnan(f), 0.0, f)
        central = _dot(CENTRAL, f[:, :, :], seen)
        left = 1.5 * here + _dot(BACKWARD, f, seen)
        right = -1.5 * here - _dot(BACKWARD[::-1], f, seen)
        left_third = 11.0 / 6.0 * here + _dot(BACKWARD_THIRD, f, seen)
        right_third = -11.0 / 6.0 * here - _dot(BACKWARD_THIRD[::-1], f, seen)
        both = np.maximum(np.abs(left - central), np.abs(right - central))
        choices = (
            (np.isnan(central), central, both),
            (np.isnan(right_third), right_third, np.abs(right - right_third)),
            (np.isnan(left_third), left_third, np.abs(left - left_third)),
        )
    found, spread = np.full(here.shape, np.nan), np.full(here.shape, np.inf)
    for missing, value, error in choices:
        use = np.isnan(found) & ~missing
        found, spread = np.where(use, value, found), np.where(use, error + ROUNDING * np.abs(here), spread)
    width = np.where(step != 0.0, step, np.nan)[:, None]  # no step is left beside the smallest numbers there are
    return found / width, spread / width


def _dot(weights: Array, f: Array, seen: Array) -> Array:
    """Sum over the offsets of one rule; NaN where one that it needs is not allowed."""
    needed = weights != 0.0
    total: Array = np.zeros((seen.shape[0], seen.shape[2]))
    for o, weight in enumerate(weights.tolist()):  # in this order, so that other languages give the same bits
        total = total + weight * seen[:, o]
    return np.where(np.isnan(f[:, needed]).any(axis=1), np.nan, total)
