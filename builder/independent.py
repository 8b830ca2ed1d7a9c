"""The second leg of verification: an evaluation that shares no integrator with the kernel.

``gloam.builder.checks`` has a module per table, named like its recipe, with

    check(label, x) -> values, accuracy

for physical inputs ``x`` (points, D): ``values`` (points, components) in the table's unit, NaN where it says nothing, by another
variable, another rule or plain Monte Carlo, and how far they can be trusted in the measure of the table's errors (a number or an
array that broadcasts, NaN where not far enough to compare), and optionally ``POINTS``, for how many points it is affordable. A
table that has members of experiments has ``check_experiment(experiment, label, x)`` beside it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam import tables
from gloam.builder import accuracy
from gloam.builder.evaluation import describe_point, direct_values, physical_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from gloam.builder.source import Recipe
    from gloam.lookup.callables.store import Store

    Check = Callable[[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]], tuple[Any, Any]]

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

PACKAGE = "gloam.builder.checks"
POINTS = 300  # per table, unless the check has another number
SEED = 2
KERNEL_SHARE = 0.1  # of the promised accuracy: a kernel may be off by that and what the check is
EXCESS = 2.0  # an answer off by so many times its stored bound and the check fails [1]
SHARE = 1e-3  # and so does a larger share of answers above them [1], three standard deviations aside
SIGMAS = 3.0


@dataclass(frozen=True)
class Agreement:
    """Outcome of a comparison: how many points and values, the largest differences in the measure of the table's errors [1]."""

    points: int
    values: int
    kernel: float
    answers: float
    accuracy: float
    worst: str
    failures: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    def text(self) -> str:
        """One line for a person."""
        kernel = "" if np.isnan(self.kernel) else f"kernel within {self.kernel:.3g}, "
        answers = "" if np.isnan(self.answers) else f"answers within {self.answers:.3g}, "
        return f"{self.points} points: {kernel}{answers}the check itself good to {self.accuracy:.3g}; worst at {self.worst}"


def check_of(recipe: Recipe) -> tuple[Check, int] | None:
    """The independent evaluation of a recipe and the number of points that it is for, None if it has none."""
    entries = recipe.entries
    name = f"{PACKAGE}.{entries.__name__.rpartition('.')[2]}"
    if importlib.util.find_spec(name) is None:
        return None
    module = importlib.import_module(name)
    points = getattr(module, "POINTS", POINTS)
    if tables.split(recipe.module)[1]:
        return functools.partial(module.check_experiment, entries.experiment), points
    return module.check, points


def points_inside(recipe: Recipe, choice: int, count: int, rng: np.random.Generator) -> Array:
    """``count`` physical inputs or a few less, uniform in the box coordinates and inside the declared ranges."""
    spec = recipe.spec
    low, high = (np.array([getattr(axis, end) for axis in spec.axes]) for end in ("low", "high"))
    x = physical_inputs(recipe, choice, low + (high - low) * rng.uniform(size=(4 * count, len(spec.axes))))
    inside = np.all([(i.low <= v) & (v <= i.high) for i, v in zip(spec.inputs, x.T, strict=True)], axis=0)
    chosen: Array = x[inside][:count]
    return chosen


@dataclass(frozen=True)
class Compared:
    """Points of one choice label: errors of kernel and answers, and how many times what is allowed; NaN where not compared."""

    choice: int
    x: Array
    kernel: Array
    kernel_ratio: Array
    answers: Array
    answers_ratio: Array
    trusted: float


def compare(
    recipe: Recipe, opened: Store | None, scale: Array | None = None, points: int = 0, kernel: bool = True, seed: int = SEED
) -> Agreement | None:
    """Compare kernel and answers of a table with its independent evaluation; None if it has none.

    Parameters
    ----------
    recipe
        With the description that the store was built from.
    opened, scale
        The store whose answers are compared, if any, and the scale of its errors, shape (choices, components).
    points
        Points in all, evenly over the choice labels; as many as the check asks for, or all of ``points`` where it is less.
    kernel
        Whether the kernel is compared.
    """
    found = check_of(recipe)
    if found is None:
        return None
    check, most = found
    count = max(1, min(points or most, most) // len(recipe.spec.labels))
    rows = []
    for choice, label in enumerate(recipe.spec.labels):
        x = points_inside(recipe, choice, count, accuracy.generator(recipe.spec.name, seed, choice))
        values, trusted = check(label, x)
        ruler = np.nanmax(np.abs(values), axis=0) if scale is None else scale[choice]
        off, wrong = np.full_like(values, np.nan), np.full_like(values, np.nan)
        bound = np.ones_like(values)
        if kernel:
            off = accuracy.relative_error(recipe, direct_values(recipe, choice, x, at_nodes=True), values, ruler)
        if opened is not None:
            block = opened.blocks[choice]
            wrong = accuracy.relative_error(recipe, accuracy.interpolated_values(recipe, choice, block, x), values, ruler)
            bound = accuracy.stored_bounds(block, x, values.shape[1])
        off, wrong = (np.where(np.isnan(trusted), np.nan, errors) for errors in (off, wrong))
        limit = trusted + KERNEL_SHARE * recipe.spec.rtol
        rows.append(Compared(choice, x, off, off / limit, wrong, wrong / (bound + trusted), float(np.nanmax(trusted))))
    return _judge(recipe, rows, kernel, opened is not None)


def _largest(recipe: Recipe, rows: list[Compared], name: str) -> tuple[float, str]:
    """Largest number of an attribute, and where it is."""
    row = max(rows, key=lambda row: float(np.nanmax(getattr(row, name))))
    values = getattr(row, name)
    p, c = np.unravel_index(int(np.nanargmax(values)), values.shape)
    return float(values[p, c]), f"{describe_point(recipe, row.choice, row.x[p])}, component {recipe.spec.components[c]!r}"


def _judge(recipe: Recipe, rows: list[Compared], kernel: bool, answers: bool) -> Agreement:
    failures, where, worst = [], "", {"kernel": float("nan"), "answers": float("nan")}
    if kernel:
        worst["kernel"], _ = _largest(recipe, rows, "kernel")
        ratio, where = _largest(recipe, rows, "kernel_ratio")
        if ratio > 1.0:
            failures.append(f"the kernel differs {ratio:.3g} times as much as allowed from an independent evaluation at {where}")
    if answers:
        worst["answers"], _ = _largest(recipe, rows, "answers")
        ratio, where = _largest(recipe, rows, "answers_ratio")
        every = np.concatenate([row.answers_ratio.ravel() for row in rows])
        every = every[np.isfinite(every)]
        above = float(np.mean(every > 1.0))
        if ratio > EXCESS or above > SHARE + SIGMAS * (SHARE / len(every)) ** 0.5:
            failures.append(
                f"{100.0 * above:.2g} % of answers differ from an independent evaluation by more than bound and accuracy, "
                f"{ratio:.3g} times as much at {where}"
            )
    shown = [row.kernel if kernel else row.answers for row in rows]
    values = sum(int(np.isfinite(row).sum()) for row in shown)
    trusted = max(row.trusted for row in rows)
    return Agreement(sum(len(row.x) for row in rows), values, worst["kernel"], worst["answers"], trusted, where, tuple(failures))
