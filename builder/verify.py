"""Check a finished store: files, digests, self-test points, fresh points against direct integration, and a second leg."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from gloam.builder import accuracy, independent, journal
from gloam.builder.archive import answers_digest, content_digest, hashes, keeps_values, read_numbers
from gloam.builder.evaluation import describe_point
from gloam.builder.source import Recipe
from gloam.lookup.callables import store
from gloam.lookup.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from gloam.builder.crew import Crew
    from gloam.builder.journal import Journal
    from gloam.lookup.callables.store import Store

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SEED = 1
MARGIN = 0.01  # distance of fresh points from the nodes [cells]
EXCESS = 2.0  # an error this many times its stored bound fails [1]
SHARE = 1e-3  # and so does a larger share of errors above their bounds [1]
FEW = 5000  # points of a sample in which
SIGMAS = 3.0  # standard deviations above that share are let pass


@dataclass(frozen=True)
class Report:
    """Result of a verification; ``failures`` is empty when the store is as promised."""

    path: str
    table: str
    version: int
    points: int
    rtol: float
    max_error: float
    quantile_99: float
    worst: str
    above_bound: float
    independent: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return {**asdict(self), "passed": not self.failures}

    def text(self) -> str:
        """Summary for a person."""
        rows = [
            ("store", self.path),
            ("table", f"{self.table} version {self.version}"),
            ("points", str(self.points)),
            (
                "largest error",
                f"{self.max_error:.3g} (promised {self.rtol:.3g}), 99 % of values {self.quantile_99:.3g}",
            ),
            ("worst point", self.worst),
            ("above bound", f"{100.0 * self.above_bound:.3g} % of values above the stored bound"),
            ("second leg", independent.Agreement(**self.independent).text() if self.independent else "no independent evaluation"),
            *(("note", note) for note in self.notes),
            *(("FAILED", failure) for failure in self.failures),
            ("result", "failed" if self.failures else "passed"),
        ]
        return "\n".join(f"{name:<14} {value}" for name, value in rows)


def locate(name: str, directory: Path | None) -> Path:
    """The finished store of ``name``: in ``directory`` (or that store itself), or on the search path."""
    if directory is None:
        return store.find(name)
    if (directory / store.MANIFEST).is_file():
        return directory
    found = store.versions(directory / name)
    if not found:
        command = f"gloam-build run {name} --out {directory}"
        msg = f"no finished store of {name!r} in {directory}: build it with `{command}`"
        raise StoreError(msg)
    return found[-1]


def check_files(path: Path) -> list[str]:
    """Differences between the files of a store and its manifest, one sentence each."""
    listed, found = store.read_manifest(path)["files"], hashes(path)
    return [
        *(f"{path / name} is missing" for name in sorted(listed.keys() - found.keys())),
        *(f"{path / name} is not in the manifest" for name in sorted(found.keys() - listed.keys())),
        *(
            f"{path / name} was altered or truncated since the build"
            for name in sorted(listed.keys() & found.keys())
            if listed[name] != found[name]
        ),
    ]


def check_store(
    path: Path,
    recipe: Recipe,
    crew: Crew,
    points: int,
    seed: int = SEED,
    record: Journal | None = None,
    least: int = accuracy.LEAST_SAMPLES,
) -> Report:
    """Verify the finished store at ``path`` with the kernel of ``recipe`` at about ``points`` fresh points.

    The workers of ``crew`` integrate; the result does not depend on which and how many they are. Kernel and answers are also
    compared with the recipe's independent evaluation, here, where it has one. ``record`` is the journal of a store that is
    being finished; ``least`` points at least are in every region of the error.

    Raises
    ------
    StoreError
        When files are missing or altered, so that no comparison makes sense.
    """
    damaged = check_files(path)
    if damaged:
        msg = f"{'; '.join(damaged)}: rebuild the table or restore a copy"
        raise StoreError(msg)
    opened = store.open_store(path)
    group = zarr.open_group(path, mode="r")
    failures, notes = _check_content(opened), _compare_recipe(opened, group, recipe)
    built = Recipe(recipe.module, opened.spec, recipe.inputs, recipe.source_digest, recipe.shrink)
    attributes = dict(group.attrs)
    failures += _self_test(opened, built, attributes)
    scale = np.array(attributes["scale"], dtype=np.float64)
    draw = accuracy.Draw(journal.VERIFICATION, points, seed, MARGIN, least)
    samples = accuracy.measure(crew, built, opened.blocks, scale, draw, record)
    agreement = independent.compare(built, opened, scale, points)
    return _judge(opened, built, samples, agreement, notes, failures)


def _check_content(opened: Store) -> list[str]:
    path, failures = opened.path, []
    names = ("coefficients", "error", *(["values"] if keeps_values(path) else []))
    found = {name: read_numbers(path, name) for name in names}
    failures += [f"{name} are not all finite" for name, numbers in found.items() if not np.isfinite(numbers).all()]
    stated = store.read_manifest(path).get("answers_digest")
    if "values" in found and content_digest(opened.spec, found["values"], found["error"]) != opened.content_digest:
        failures.append("values, error and description do not give the content digest of the manifest")
    if stated is None and "values" not in found:
        failures.append("there are neither values nor a digest of the answers")
    if stated is not None and answers_digest(opened.spec, found["coefficients"], found["error"]) != stated:
        failures.append("coefficients, error and description do not give the digest of the answers in the manifest")
    return failures


def _compare_recipe(opened: Store, group: zarr.Group, recipe: Recipe) -> list[str]:
    notes = []
    if opened.digest != recipe.digest:
        notes.append("the store was built from another description than today's recipe; its own is used")
    if group.attrs["source_digest"] != recipe.source_digest:
        notes.append("the recipe or something it imports changed since the build; today's kernel is used")
    return notes


def _self_test(opened: Store, recipe: Recipe, attributes: dict[str, Any]) -> list[str]:
    failures = []
    for test in attributes["self_test"]:
        choice, x = test["choice"], np.array([test["inputs"]], dtype=np.float64)
        direct = np.array([test["values"]], dtype=np.float64)
        block = opened.blocks[choice]
        found = accuracy.interpolated_values(recipe, choice, block, x)
        scale = np.array(attributes["scale"][choice], dtype=np.float64)
        error = accuracy.relative_error(recipe, found, direct, scale)
        if (error > accuracy.stored_bounds(block, x, direct.shape[1])).any():
            point = describe_point(recipe, choice, x[0])
            failures.append(f"self-test at {point}: off by {error.max():.3g}, more than its bound")
    return failures


def _judge(
    opened: Store,
    recipe: Recipe,
    samples: list[accuracy.Sample],
    agreement: independent.Agreement | None,
    notes: list[str],
    failures: list[str],
) -> Report:
    spec = opened.spec
    if agreement is not None:
        failures.extend(agreement.failures)
    kept = [np.where(s.promised, s.error, 0.0) for s in samples]
    errors = np.concatenate([s.error[s.promised] for s in samples])
    ratios = [s.error / accuracy.stored_bounds(opened.blocks[s.choice], s.x, s.error.shape[1]) for s in samples]
    first = max(range(len(samples)), key=lambda i: float(kept[i].max()))
    worst = samples[first]
    p, c = np.unravel_index(int(kept[first].argmax()), kept[first].shape)
    where = f"{describe_point(recipe, worst.choice, worst.x[p])}, component {spec.components[c]!r}"
    largest, excess = float(errors.max()), max(float(r.max()) for r in ratios)
    if largest > spec.rtol:
        cure = "give the axes more nodes" if recipe.shrink == 1 else f"too coarse a trial, take --shrink below {recipe.shrink}"
        failures.append(f"error {largest:.3g} at {where} is above the promised {spec.rtol:.3g}: {cure}")
    if excess > EXCESS:
        failures.append(f"an error is {excess:.3g} times its stored bound: finalize again with more --points")
    above = float(np.mean(np.concatenate([r.ravel() for r in ratios]) > 1.0))
    points = sum(len(s.x) for s in samples)
    if above > SHARE + (SIGMAS * (SHARE / points) ** 0.5 if points < FEW else 0.0):
        failures.append(f"{above:.2g} of all errors are above their stored bounds: finalize again with more --points")
    return Report(
        str(opened.path),
        spec.name,
        spec.version,
        points,
        spec.rtol,
        largest,
        float(np.quantile(errors, 0.99)),
        where,
        above,
        agreement.as_dict() if agreement is not None else None,
        notes,
        failures,
    )
