"""Turn a complete build into a finished store: coefficients, measured errors, manifest, verification, one rename."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder import accuracy, chunks, journal, verify, workspace
from gloam.builder.archive import Contents, answers_digest, content_digest, node_inputs, seal, sync, write_provenance, write_store
from gloam.builder.evaluation import prefactors
from gloam.lookup.callables.store import pack
from gloam.lookup.errors import StoreError
from gloam.lookup.interpolation.reference import not_a_knot_coefficients
from gloam.lookup.interpolation.rounding import Rounding
from gloam.tables import layout

if TYPE_CHECKING:
    from gloam.builder.crew import Crew
    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Workspace
    from gloam.tables.spec import TableSpec

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SELF_TESTS = 20
SEED = 0  # of the error measurement that is stored; verification has another
SOLVED = 2e-15  # rounding of the solution for the coefficients, of the largest number [1]
MARGIN = 0.25  # the error of a cubic spline is largest in the middle half of a cell [1]
PACKAGES = ("gloam", "numpy", "numba", "zarr", "scipy", "dask", "dask-jobqueue", "mpi4py")


def read_values(place: Workspace) -> Any:
    """All values of a complete build, not rounded.

    Raises
    ------
    StoreError
        When chunks are missing or damaged; the message names the first.
    """
    missing, damaged = chunks.survey(place)
    if missing or damaged:
        first = missing[0] if missing else next(iter(damaged))
        why = "missing" if missing else f"damaged ({damaged[first]})"
        msg = (
            f"{place.building} is not complete: {len(missing)} chunks missing, {len(damaged)} damaged, "
            f"first {chunks.chunk_file(place, first)} is {why}; integrate them with `{place.command()}`"
        )
        raise StoreError(msg)
    return np.asarray(workspace.open_values(place)[...])


def solve(spec: TableSpec, values: Any) -> Any:
    """Not-a-knot coefficients of every choice, solved in float64 from the stored values."""
    rows = [not_a_knot_coefficients(row.astype(np.float64), len(spec.axes)) for row in values]
    return np.stack(rows).astype(spec.node_dtype)


def misfit(spec: TableSpec, values: Any, coefficients: Any, steps: tuple[float, float]) -> float:
    """How far ``coefficients`` miss what :func:`solve` demands of them, over what rounding explains [1]; 0 if not at all.

    ``steps`` are those of the 16-bit integers that hold values and coefficients, 0 for floating-point numbers. A spline through
    the values has sums (1, 4, 1)/6 of neighbours at the nodes and (1, -4, 6, -4, 1) = 0 at the ends, which repeat an error of a
    coefficient up to 1 and 16 times.
    """
    precision = 2.0 * float(np.finfo(spec.node_dtype).eps) + SOLVED
    slack = 0.5 * steps[0] + precision * float(np.abs(values).max())
    each = 0.5 * steps[1] + precision * float(np.abs(coefficients).max())
    worst = 0.0
    for row, wanted in zip(coefficients, values, strict=True):
        left, allowed = row.astype(np.float64), np.full(row.shape, each)
        for axis in range(len(spec.axes)):
            c, a = np.moveaxis(left, axis, 0), np.moveaxis(allowed, axis, 0)
            fourth = [e[0] - 4.0 * e[1] + 6.0 * e[2] - 4.0 * e[3] + e[4] for e in (c[:5], c[-5:])]
            left = np.moveaxis(np.concatenate([(c[:-2] + 4.0 * c[1:-1] + c[2:]) / 6.0, np.stack(fourth)]), 0, axis)
            allowed = np.moveaxis(np.concatenate([a[:-2], 16.0 * a[-2:]]), 0, axis)
        nodes = (*(slice(0, axis.n) for axis in spec.axes), slice(None))
        left[nodes] -= wanted
        allowed[nodes] += slack
        worst = max(worst, float((np.abs(left) / allowed).max()))
    return worst if worst > 1.0 else 0.0


def rounded(spec: TableSpec, numbers: Any) -> tuple[Any, dict[str, Any]]:
    """``numbers`` as a reader of the store gets them, and the attributes that decode them."""
    if spec.dtype != "int16":
        return numbers, {}
    rounding = Rounding.of(numbers)
    return rounding.decode(rounding.encode(numbers)), rounding.attributes()


def component_scale(recipe: Recipe, values: Any) -> Array:
    """Largest |value| on the nodes, shape (choices, components), in the table's unit; 1 where the recipe judges itself."""
    if accuracy.judge_of(recipe) is not None:
        return np.ones((len(recipe.spec.labels), len(recipe.spec.components)))
    return node_scale(recipe, values)


def node_scale(recipe: Recipe, values: Any) -> Array:
    """Largest |value| on the nodes, shape (choices, components), in the table's unit."""
    rows = []
    for choice, row in enumerate(values):
        x = node_inputs(recipe, choice).reshape(-1, len(recipe.spec.axes))
        stored = row.reshape(len(x), -1).astype(np.float64)
        plain = np.exp(stored) if recipe.spec.transform == "log" else np.abs(stored)
        rows.append((plain * np.abs(prefactors(recipe, choice, x))).max(axis=0))
    return np.stack(rows)


def blocks_of(spec: TableSpec, coefficients: Any, error: Any) -> tuple[Array, ...]:
    """Blocks as :func:`gloam.lookup.callables.store.open_store` lays them out."""
    return tuple(pack(spec, i, coefficients[i].astype(np.float64), error[i].astype(np.float64)) for i in range(len(spec.labels)))


def contents(place: Workspace, crew: Crew, points: int, notes: journal.Journal) -> Contents:
    """Solve the coefficients, round, and measure the errors of what is then stored at about ``points`` fresh points."""
    recipe, spec, exact = place.recipe, place.recipe.spec, read_values(place)
    coefficients, decode_coefficients = rounded(spec, solve(spec, exact))
    values, decode_values = rounded(spec, exact)
    empty = np.zeros((len(spec.labels), *accuracy.region_counts(spec), len(spec.components)))
    scale = component_scale(recipe, values)
    draw = accuracy.Draw(journal.ERRORS, points, SEED, MARGIN)
    samples = accuracy.measure(crew, recipe, blocks_of(spec, coefficients, empty), scale, draw, notes)
    error, rounding = accuracy.error_regions(spec, samples), {"values": decode_values, "coefficients": decode_coefficients}
    return Contents(values, coefficients, error, scale, _self_test(samples), rounding)


def _self_test(samples: list[accuracy.Sample]) -> list[dict[str, Any]]:
    each = max(1, SELF_TESTS // len(samples))
    return [
        {"choice": sample.choice, "inputs": sample.x[p].tolist(), "values": sample.direct[p].tolist()}
        for sample in samples
        for p in np.linspace(0, len(sample.x) - 1, each).astype(int)
    ]


def provenance(place: Workspace, report: verify.Report | None = None) -> dict[str, Any]:
    """What differs from run to run: when, where, how long, with which versions; after the verification its second leg too."""
    git = ("git", "-C", str(Path(layout.__file__).parent), "rev-parse", "HEAD")
    commit = subprocess.run(git, capture_output=True, text=True, check=False) if shutil.which("git") else None
    spent = journal.totals(place)
    return {
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "host": platform.node(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: workspace.version_of(name) for name in PACKAGES},
        "git_commit": commit.stdout.strip() if commit else "",
        "seeds": {journal.ERRORS: SEED, journal.VERIFICATION: verify.SEED},
        **spent,
        "core_hours": spent["core_seconds"] / 3600.0,
        **({"independent": report.independent} if report is not None else {}),
    }


def manifest(recipe: Recipe, made: Contents, content: str = "") -> dict[str, Any]:
    """What identifies the store, beside the hashes of its files; ``content`` is its digest where the values are not kept."""
    return {
        "format": layout.FORMAT,
        "name": recipe.spec.name,
        "version": recipe.spec.version,
        "digest": recipe.digest,
        "source_digest": recipe.source_digest,
        "content_digest": content or content_digest(recipe.spec, made.values, made.error),
        "answers_digest": answers_digest(recipe.spec, made.coefficients, made.error),
        "inputs": dict(recipe.inputs),
    }


def publish(place: Workspace, crew: Crew, points: int, keep_values: bool = False) -> verify.Report:
    """Finish a complete build: check, solve, measure with the workers of ``crew``, write, verify, rename.

    The values at the nodes, which no lookup reads, are left out of the store unless ``keep_values``.
    A store that fails its verification gets no final name: it stays where the report says, and the build stays too.

    Raises
    ------
    StoreError
        When the build is incomplete, damaged or not of today's recipe, or a finished store is in the way.
    """
    workspace.check_identity(place)
    journal.check_alone(place, "")
    chunks.sweep(place)
    if place.is_finished and not workspace.replacing(place):
        msg = f"{place.finished} exists: raise its version, or replace it with `{place.command()} --restart`"
        raise StoreError(msg)
    recipe, executor = place.recipe, crew.settings.executor
    fresh = place.building.with_name(f"{place.finished.name}.finalizing")
    with journal.kept(place, executor, "", 0, journal.ERRORS) as notes:
        made = contents(place, crew, points, notes)
        write_store(fresh, recipe, made if keep_values else replace(made, values=None))
        seal(fresh, manifest(recipe, made), provenance(place))
    with journal.kept(place, executor, "", 0, journal.VERIFICATION) as notes:
        report = verify.check_store(fresh, recipe, crew, points, record=notes)
        notes.run.rejected = "; ".join(report.failures)
    if report.failures:
        return report
    write_provenance(fresh, provenance(place, report))
    sync(fresh)
    _put_in_place(place, fresh)
    return replace(report, path=str(place.finished))


def _put_in_place(place: Workspace, fresh: Path) -> None:
    """Give the store its name by one rename, then remove the unfinished build."""
    exchange(fresh, place.finished)
    workspace.discard(place.building)


def exchange(fresh: Path, finished: Path) -> None:
    """Give the store ``fresh`` its final name by one rename, then remove what was replaced."""
    old = finished.with_name(f"{finished.name}.replaced")
    if finished.exists():
        shutil.rmtree(old, ignore_errors=True)
        finished.rename(old)
    fresh.rename(finished)
    descriptor = os.open(finished.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    shutil.rmtree(old, ignore_errors=True)
