"""Where the builds stand: finished, under way, not begun."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gloam import tables
from gloam.builder import chunks, workspace
from gloam.builder.plan import duration
from gloam.builder.source import load
from gloam.lookup.errors import GloamError
from gloam.lookup.store import read_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gloam.builder.workspace import Workspace


@dataclass(frozen=True)
class Status:
    """State of one table in one directory: ``not begun``, ``building``, ``stopped`` or ``finished``."""

    table: str
    version: int
    state: str
    chunks_done: int
    chunks: int
    core_seconds: float
    driver: int | None
    path: str
    content_digest: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)


def status_of(place: Workspace) -> Status:
    """State of one workspace; chunks are counted, not read."""
    spec = place.recipe.spec
    driver = workspace.lock_owner(place)
    state, note, content, path = "not begun", "", "", ""
    done = total = 0
    seconds = 0.0
    if place.is_finished:
        manifest = read_manifest(place.finished)
        state, content, path = "finished", manifest["content_digest"], str(place.finished)
        if manifest["digest"] != place.recipe.digest:
            note = "built from another description than today's recipe"
        elif manifest["source_digest"] != place.recipe.source_digest:
            note = "source changed since the build"
    if place.building.is_dir():
        state, path = "building" if driver else "stopped", str(place.building)
        try:
            grid = chunks.all_chunks(place)
            done, total = sum(chunks.chunk_file(place, c).is_file() for c in grid), len(grid)
            seconds = workspace.totals(place)["core_seconds"]
            workspace.check_identity(place)
            note = "" if driver else f"resume with `{place.command()}`"
        except GloamError as error:
            note = (
                str(error) if total == 0 else f"of another recipe; discard with `{place.command()} --restart`"
            )
    return Status(spec.name, spec.version, state, done, total, seconds, driver, path, content, note)


def status_table(rows: list[Status]) -> str:
    """States for a person."""
    cells = [("table", "version", "state", "chunks", "CPU time", "driver", "where", "note")]
    for row in rows:
        pieces = f"{row.chunks_done}/{row.chunks}" if row.chunks else "-"
        time = duration(row.core_seconds) if row.core_seconds else "-"
        cells.append(
            (
                row.table,
                str(row.version),
                row.state,
                pieces,
                time,
                str(row.driver or "-"),
                row.path or "-",
                row.note,
            )
        )
    return columns(cells)


def recipe_table(directory: Path) -> str:
    """All recipes: what they tabulate, how large they are, and whether they are built in ``directory``."""
    cells = [("table", "version", "nodes", "components", "state", "title")]
    for name in tables.names():
        recipe = load(name)
        state = status_of(workspace.workspace_in(recipe, directory)).state
        spec = recipe.spec
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
