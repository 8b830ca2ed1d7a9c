"""How well the interpolation answers: fresh points, direct integration, error per region."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder import plan
from gloam.builder.evaluation import describe_point, direct_values, physical_inputs
from gloam.builder.journal import Cost, Outcome, cost_since
from gloam.builder.progress import Progress
from gloam.builder.source import check_here
from gloam.lookup.errors import GloamError, StoreError
from gloam.lookup.interpolation import spline
from gloam.lookup.interpolation.compiled import silent_entry
from scipy.ndimage import maximum_filter

if TYPE_CHECKING:
    from collections.abc import Callable

    from gloam.builder.crew import Crew
    from gloam.builder.journal import Journal
    from gloam.builder.source import Recipe
    from gloam.tables.spec import TableSpec

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

SAFETY = 1.5  # stored bound over the largest error seen [1]
FLOOR = 1e-7  # of the stored bound: rounding [1]
LEAST_SAMPLES = 8  # in every region, unless told otherwise
ROUNDS = 40  # attempts to place a point of a region inside the declared inputs
LEAST_POINTS, MOST_POINTS = 16, 2**16  # of a task; fewer where its values would take more than ``plan.CHUNK_BYTES``


@dataclass(frozen=True)
class Draw:
    """How fresh points are drawn: about how many in all, from which seed, how far from nodes [cells], how many per region."""

    label: str
    points: int
    seed: int
    margin: float
    least: int = LEAST_SAMPLES


@dataclass(frozen=True)
class Sample:
    """Fresh points of one choice label, with the directly integrated and the interpolated values.

    ``cells``, ``x`` (points, D), ``direct``, ``error`` (points, components); the error is relative
    to the value for log tables, to the largest value of the component for linear ones [1]. ``promised``
    (points, components) says where the recipe promises its rtol.
    """

    choice: int
    cells: Integers
    x: Array
    direct: Array
    error: Array
    promised: Flags


def region_counts(spec: TableSpec) -> tuple[int, ...]:
    """Error regions along every axis: those of the description, else 64 in all or so; at most one per cell."""
    most = spec.regions or len(spec.axes) * ({1: 64, 2: 8}.get(len(spec.axes), 4),)
    return tuple(min(axis.n - 1, count) for axis, count in zip(spec.axes, most, strict=True))


def generator(name: str, seed: int, choice: int) -> np.random.Generator:
    """Random numbers fixed by table name, seed and choice, so that a measurement can be repeated."""
    word = hashlib.sha256(f"{name}/{seed}/{choice}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(word[:16], dtype=np.uint64)))


def regions_of(spec: TableSpec, cells: Integers) -> Integers:
    """Region index along every axis, as :func:`gloam.lookup.interpolation.spline.error_of` counts them."""
    counts = np.array([axis.n - 1 for axis in spec.axes])
    regions: Integers = cells * np.array(region_counts(spec)) // counts
    return regions


def boundary_cells(spec: TableSpec) -> Integers:
    """All cells that touch the edge of the box, shape (cells, D)."""
    shape = [axis.n - 1 for axis in spec.axes]
    edge = np.zeros(shape, dtype=bool)
    for axis, n in enumerate(shape):
        for end in (0, n - 1):
            edge[(slice(None),) * axis + (end,)] = True
    return np.argwhere(edge)


def _place(recipe: Recipe, choice: int, cells: Integers, fractions: Array) -> tuple[Integers, Array]:
    """A point at ``fractions`` of every cell; those outside the declared inputs are left out."""
    spec = recipe.spec
    low = np.array([axis.low for axis in spec.axes])
    step = np.array([(axis.high - axis.low) / (axis.n - 1) for axis in spec.axes])
    x = physical_inputs(recipe, choice, low + step * (cells + fractions))
    inside = np.all([(i.low <= v) & (v <= i.high) for i, v in zip(spec.inputs, x.T, strict=True)], axis=0)
    return cells[inside], x[inside]


def fresh_points(recipe: Recipe, choice: int, draw: Draw) -> tuple[Integers, Array]:
    """Cells and inputs of fresh points, uniform in box coordinates: boundary cells, then anywhere.

    Every boundary cell gets a point (as many as asked for if there are more), half as many points at least are
    spread over the whole box, and every region ends with ``draw.least`` points or more where the declared
    inputs allow.
    """
    spec = recipe.spec
    rng = generator(spec.name, draw.seed, choice)
    count = max(1, draw.points // len(spec.labels))
    edge = rng.permutation(boundary_cells(spec))[:count]
    inner = max(count - len(edge), count // 2)
    wanted = np.concatenate([np.stack([rng.integers(0, axis.n - 1, inner) for axis in spec.axes], axis=1), edge])
    found = np.zeros(region_counts(spec), dtype=np.int64)
    cells, points = [], []
    for _ in range(ROUNDS):
        inside, x = _place(recipe, choice, wanted, rng.uniform(draw.margin, 1.0 - draw.margin, wanted.shape))
        cells.append(inside)
        points.append(x)
        np.add.at(found, tuple(regions_of(spec, inside).T), 1)
        short = np.argwhere(found < draw.least)
        if not len(short):
            break
        wanted = np.concatenate([_cells_in(spec, r, draw.least - int(found[tuple(r)]), rng) for r in short])
    if not found.any():
        msg = f"table {spec.name}: no point of the box has its inputs in their ranges; mend TABLE"
        raise StoreError(msg)
    return np.concatenate(cells), np.concatenate(points)


def _cells_in(spec: TableSpec, region: Integers, count: int, rng: np.random.Generator) -> Integers:
    columns = []
    for axis, index, regions in zip(spec.axes, region, region_counts(spec), strict=True):
        low = math.ceil(index * (axis.n - 1) / regions)
        columns.append(rng.integers(low, math.ceil((index + 1) * (axis.n - 1) / regions), count))
    return np.stack(columns, axis=1)


@silent_entry
def _interpolate(block: Array, x: Array, out: Array) -> int:
    work = np.empty(spline.WORK)
    for p in range(x.shape[0]):
        if spline.values_at(block, 0, x[p], work, out[p]) != 0:
            return p
    return -1


@silent_entry
def _bounds(block: Array, x: Array, out: Array) -> None:
    work = np.empty(spline.WORK)
    for p in range(x.shape[0]):
        spline.locate(block, 0, x[p], work)
        for c in range(out.shape[1]):
            out[p, c] = spline.error_of(block, 0, work, c)


def interpolated_values(recipe: Recipe, choice: int, block: Array, x: Array) -> Array:
    """What a user's lookup answers at ``x`` (points, D): shape (points, components)."""
    out = np.empty((len(x), len(recipe.spec.components)))
    refused = _interpolate(block, x, out)
    if refused >= 0:
        point = describe_point(recipe, choice, x[refused])
        msg = f"table {recipe.spec.name}: the lookup refuses {point}, which is inside the declared inputs"
        raise StoreError(msg)
    return out


def stored_bounds(block: Array, x: Array, components: int) -> Array:
    """Stored error bounds at ``x`` (points, D): shape (points, components) [1]."""
    out = np.empty((len(x), components))
    _bounds(block, x, out)
    return out


def judge_of(recipe: Recipe) -> Callable[[Array, Array], Array] | None:
    """The recipe's own measure of error, of (points, components) found and direct: shape (points, components) [1]."""
    return getattr(recipe.entries, "judge", None) if recipe.module else None


def relative_error(recipe: Recipe, found: Array, direct: Array, scale: Array) -> Array:
    """Error of ``found``: relative to the value (log tables) or to ``scale`` (components,) [1].

    A recipe whose components mean something together only has its own ``judge(found, direct)`` instead.
    """
    judge = judge_of(recipe)
    if judge is not None:
        judged: Array = judge(found, direct)
        return judged
    reference = direct if recipe.spec.transform == "log" else scale
    return np.abs(found - direct) / reference


def promised_values(recipe: Recipe, choice: int, x: Array) -> Flags:
    """Where rtol is promised at ``x`` (points, D), shape (points, components): everywhere unless the
    recipe has a function ``promised(label, x)``. Stored error bounds are honest everywhere.
    """
    promised = getattr(recipe.entries, "promised", None)
    if promised is None:
        return np.ones((len(x), len(recipe.spec.components)), dtype=np.bool_)
    mask: Flags = promised(recipe.spec.labels[choice], x)
    return mask


def direct_or_failure(recipe: Recipe, choice: int, x: Array) -> tuple[Array | GloamError, Cost]:
    """Directly integrated values at ``x`` and their cost; an error is returned, since a scheduler tries again what is raised."""
    start = time.thread_time()
    try:
        check_here(recipe)
        return direct_values(recipe, choice, x), cost_since(start)
    except GloamError as error:
        return error, cost_since(start)


def integrated(crew: Crew, recipe: Recipe, points: list[Array], label: str, notes: Journal | None = None) -> list[Array]:
    """Values by direct integration at ``points``, an array (points, D) per choice label: (points, components) each.

    A value depends on its point alone, and not on the executor, the number of workers or the size of the tasks.
    """
    total = sum(map(len, points))
    size = int(crew.settings.batch_seconds / plan.time_per_node(recipe))
    most = min(MOST_POINTS, plan.CHUNK_BYTES // (8 * len(recipe.spec.components)))
    size = min(max(size, LEAST_POINTS), most, math.ceil(total / crew.settings.workers))
    spans = [(c, slice(i, i + size)) for c, x in enumerate(points) for i in range(0, len(x), size)]
    values: list[Array] = [np.empty((len(x), len(recipe.spec.components))) for x in points]
    with Progress(f"{recipe.spec.name} {label}", total) as progress:
        tasks = [(recipe, choice, points[choice][part]) for choice, part in spans]
        for number, (found, cost) in crew.results(direct_or_failure, tasks, progress, notes):
            if isinstance(found, GloamError):
                raise found
            choice, part = spans[number]
            values[choice][part] = found
            progress.advance(len(found))
            if notes is not None:
                notes.note(Outcome(len(found), cost))
    return values


def measure(
    crew: Crew, recipe: Recipe, blocks: tuple[Array, ...], scale: Array, draw: Draw, notes: Journal | None = None
) -> list[Sample]:
    """Samples of every choice label: interpolation against direct integration by the workers.

    ``scale`` has shape (choices, components): largest |value| of the component [unit of the table].
    """
    sets = [fresh_points(recipe, choice, draw) for choice in range(len(blocks))]
    plan.time_per_node(recipe)  # compiles, before the time of the measurement is taken
    if notes is not None:
        notes.run.todo, notes.run.started = sum(len(x) for _, x in sets), time.time()
    values = integrated(crew, recipe, [x for _, x in sets], draw.label, notes)
    samples = []
    for choice, ((cells, x), direct) in enumerate(zip(sets, values, strict=True)):
        found = interpolated_values(recipe, choice, blocks[choice], x)
        error = relative_error(recipe, found, direct, scale[choice])
        samples.append(Sample(choice, cells, x, direct, error, promised_values(recipe, choice, x)))
    return samples


def error_regions(spec: TableSpec, samples: list[Sample]) -> Any:
    """Bound per region, float32 (choices, regions..., components), from it and its neighbours."""
    shape = (*region_counts(spec), len(spec.components))
    size = [3] * len(spec.axes) + [1]
    out = np.empty((len(spec.labels), *shape), dtype=np.float32)
    for sample in samples:
        worst = np.full(shape, -1.0)
        np.maximum.at(worst, tuple(regions_of(spec, sample.cells).T), sample.error)
        for _ in range(max(shape)):
            worst = np.where(worst < 0.0, maximum_filter(worst, size=size, mode="nearest"), worst)
        bound = SAFETY * maximum_filter(worst, size=size, mode="nearest") + FLOOR
        out[sample.choice] = np.nextafter(bound.astype(np.float32), np.float32(np.inf))
    return out
