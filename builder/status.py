"""Where the builds stand: finished, under way, not begun."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam import tables
from gloam.builder import chunks, journal, lock, workspace
from gloam.builder.plan import duration
from gloam.builder.source import load
from gloam.lookup.callables import store
from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Workspace

NOT_BEGUN, FINISHED, SHIPS = "not begun", "finished", "ships"
STARTING = "starts: compiles the kernel and times it"


@dataclass(frozen=True)
class Status:
    """State of one table: ``not begun``, ``building``, ``stopped``, ``rejected`` by its verification, ``finished``,
    ``damaged``, or ``ships`` with gloam.

    ``in_flight`` are tasks, ``rate`` is in chunks per second, ``seconds_left`` and ``finish`` (local time) are
    estimates of the runs alive for what they work on, chunks, the measurement of errors or the verification, None and ""
    when there is none. ``driver`` is the process id, on ``host``.
    """

    table: str
    version: int
    state: str
    chunks_done: int = 0
    chunks: int = 0
    failed: int = 0
    in_flight: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    finish: str = ""
    core_seconds: float = 0.0
    driver: int | None = None
    host: str = ""
    runs: int = 0
    dashboard: str = ""
    path: str = ""
    content_digest: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Activity:
    """What the runs of an unfinished build say."""

    alive: list[journal.Run]
    failures: dict[tuple[int, ...], str]
    rejected: str

    @property
    def measuring(self) -> journal.Run | None:
        """The run that measures errors or verifies, when all chunks are integrated."""
        return next((run for run in self.alive if run.work != journal.CHUNKS), None)

    @property
    def rate(self) -> float:
        """Chunks per second [1/s]."""
        return sum(run.rate for run in self.alive if run.work == journal.CHUNKS)

    def left(self, chunks_left: int) -> float | None:
        """Seconds until the rest is integrated, or measured."""
        run = self.measuring
        todo, rate = (run.todo - run.done, run.rate) if run else (chunks_left, self.rate)
        return todo / rate if rate > 0.0 else None


def _activity(place: Workspace, have: set[tuple[int, ...]]) -> _Activity:
    found = journal.runs(place)
    failures = {
        tuple(failure["chunk"]): str(failure["why"])
        for run in found
        for failure in run.failures
        if tuple(failure["chunk"]) not in have
    }
    verified = [run for run in found if run.work == journal.VERIFICATION]
    return _Activity([run for run in found if run.alive], failures, verified[-1].rejected if verified else "")


def status_of(place: Workspace) -> Status:
    """State of one workspace; chunks are counted, not read."""
    if place.building.is_dir():
        return _unfinished(place)
    if place.is_finished:
        return _finished(place)
    name, version = place.recipe.spec.name, place.recipe.spec.version
    if owner := lock.owner(place):
        return Status(name, version, "building", driver=owner[0] or None, host=owner[1], path=str(place.building), note=STARTING)
    return Status(name, version, NOT_BEGUN)


def status_here_or_found(recipe: Recipe, directory: Path) -> Status:
    """State in ``directory``; of what is not begun there, that of the finished store which lookups take instead."""
    row = status_of(workspace.workspace_in(recipe, directory))
    if row.state != NOT_BEGUN or recipe.shrink > 1:
        return row
    *others, packaged = store.search_path()
    for other in (*others, packaged):
        if not (found := store.versions(other / row.table)):
            continue
        if found[-1].name != f"v{row.version}":
            return replace(row, note=f"lookups take another version, {found[-1]}")
        row = _finished(workspace.workspace_in(recipe, other))
        return replace(row, state=SHIPS) if other == packaged and row.state == FINISHED else row
    return row


def _finished(place: Workspace) -> Status:
    spec, state, note, content = place.recipe.spec, FINISHED, "", ""
    try:
        manifest = store.read_manifest(place.finished)
    except StoreError as error:
        state, note = "damaged", str(error)
    else:
        content = manifest["content_digest"]
        if manifest["digest"] != place.recipe.digest:
            note = "built from another description than today's recipe"
        elif manifest["source_digest"] != place.recipe.source_digest:
            note = "source changed since the build"
    return Status(spec.name, spec.version, state, path=str(place.finished), content_digest=content, note=note)


def _unfinished(place: Workspace) -> Status:
    spec, path = place.recipe.spec, str(place.building)
    try:
        have, total = chunks.present(place), math.prod(chunks.grid(place))
    except GloamError as error:
        return Status(spec.name, spec.version, "stopped", path=path, note=str(error))
    active, owner = _activity(place, have), lock.owner(place)
    left = active.left(total - len(have))
    first = active.alive[0] if active.alive else None
    ours = _ours(place)
    idle = "rejected" if active.rejected and ours and len(have) == total else "stopped"
    return Status(
        spec.name,
        spec.version,
        "building" if owner or active.alive else idle,
        len(have),
        total,
        len(active.failures),
        sum(run.in_flight for run in active.alive),
        active.rate,
        left,
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time.time() + left)) if left is not None else "",
        journal.totals(place)["core_seconds"],
        (owner[0] if owner else 0) or (first.pid if first else None),
        (owner[1] if owner else "") or (first.host if first else ""),
        len(active.alive),
        first.dashboard if first else "",
        path,
        note=_note(place, active, "" if owner or active.alive else idle)
        if ours
        else f"of another recipe; discard with `{place.command('begin')} --restart`",
    )


def _ours(place: Workspace) -> bool:
    """Whether an unfinished build is of today's recipe."""
    try:
        workspace.check_identity(place)
    except GloamError:
        return False
    return True


def _note(place: Workspace, active: _Activity, idle: str) -> str:
    """What to know of a build of today's recipe; ``idle`` is its state if nobody is at work."""
    if active.failures:
        chunk, why = next(iter(active.failures.items()))
        return f"chunk {','.join(map(str, chunk))}: {why}"
    if run := active.measuring:
        return f"{run.work}: {run.done} of {run.todo} points" if run.todo else "finalizing"
    if idle == "rejected":
        kept = f"; {place.finished} is as it was" if place.is_finished else ""
        return f"verification failed: {active.rejected}{kept}; mend the recipe, then `{place.command('begin')} --restart`"
    return f"resume with `{place.command()}`" if idle else ""


def status_table(rows: list[Status]) -> str:
    """States for a person: a line each, and one more where somebody is at work or something failed."""
    cells = [("table", "version", "state", "done", "failed", "in flight", "CPU time", "finish", "where")]
    for row in rows:
        begun = row.chunks > 0
        cells.append(
            (
                row.table,
                str(row.version),
                row.state,
                f"{row.chunks_done}/{row.chunks} chunks" if begun else "-",
                str(row.failed) if begun else "-",
                f"{row.in_flight} tasks" if begun else "-",
                duration(row.core_seconds) if row.core_seconds else "-",
                row.finish or "-",
                row.path or "-",
            )
        )
    return "\n".join([columns(cells), *(line for row in rows for line in _details(row))])


def _details(row: Status) -> list[str]:
    lines = []
    if row.driver:
        lines.append(f"process {row.driver} on {row.host}")
        if row.rate > 0.0:
            lines[-1] += f", {row.rate:.3g} chunks/s in {row.runs} runs"
        if row.seconds_left is not None:
            lines[-1] += f", {duration(row.seconds_left)} left"
    if row.dashboard:
        lines.append(f"dask dashboard at {row.dashboard}")
    if row.note:
        lines.append(row.note)
    return [f"{row.table}: {line}" for line in lines]


def places(directory: Path, shrink: int = 1) -> str:
    """Where states come from, a line each: ``directory``, then, except for coarse builds, where lookups look."""
    *others, packaged = store.search_path()
    lines = [f"looked in {directory}{'' if directory.is_dir() else ', which does not exist'}"]
    if shrink > 1:
        return lines[0]
    lines += [f"then in {other}" for other in others if other != directory and other.is_dir()]
    lines.append(f"then in what ships with gloam, {packaged}")
    if directory.is_dir() and directory not in (*others, packaged):
        lines.append(f"lookups do not look in {directory}: put it into the list GLOAM_STORES when its tables are to be used")
    return "\n".join(lines)


def recipe_table(directory: Path) -> str:
    """All recipes: what they tabulate, how large they are, and where they are built."""
    cells = [("table", "version", "nodes", "components", "state", "title")]
    for name in tables.names():
        recipe = load(name)
        row, spec = status_here_or_found(recipe, directory), recipe.spec
        state = row.state if row.state in (NOT_BEGUN, SHIPS) else f"{row.state} in {Path(row.path).parents[1]}"
        nodes = "x".join(str(n) for n in spec.shape[:-1] if n > 1)
        cells.append(
            (
                name,
                str(spec.version),
                f"{math.prod(spec.shape[:-1])} ({nodes})",
                str(len(spec.components)),
                state,
                spec.title,
            )
        )
    return columns(cells)


def columns(cells: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)
    return "\n".join(lines)
