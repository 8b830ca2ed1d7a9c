"""Integrate the missing chunks of a build with any executor; whatever happens, finished chunks are kept."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder import chunks, journal, plan, source, workspace
from gloam.builder.crew import BuildStopped
from gloam.builder.evaluation import stored_values
from gloam.builder.journal import Outcome, cost_since
from gloam.builder.progress import Progress
from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    import threading

    from gloam.builder.crew import Crew
    from gloam.builder.settings import Settings
    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Chunk, Workspace

WHOLE = (1, 1)  # the only shard of a build that is not a job array

log = logging.getLogger(__name__)


def chunk_boxes(recipe: Recipe, chunk: Chunk, shape: Chunk) -> tuple[tuple[slice, ...], Any]:
    """Slices of a chunk in the stored array, and its box points, shape (points, D)."""
    slices = tuple(slice(i * c, min((i + 1) * c, axis.n)) for i, c, axis in zip(chunk[1:], shape, recipe.spec.axes, strict=True))
    nodes = [axis.nodes[s] for axis, s in zip(recipe.spec.axes, slices, strict=True)]
    boxes = np.stack([mesh.ravel() for mesh in np.meshgrid(*nodes, indexing="ij")], axis=1)
    return (slice(chunk[0], chunk[0] + 1), *slices, slice(None)), boxes


def write_chunks(place: Workspace, todo: list[Chunk], stop: threading.Event | None = None) -> Outcome:
    """Integrate and write whole chunks; errors come back in the outcome, because a task may run elsewhere."""
    start, done, failure = time.thread_time(), 0, ""
    chunk: Chunk = ()
    try:
        source.check_here(place.recipe)
        workspace.check_identity(place)
        array, mark = workspace.open_values(place), workspace.mark(place)
        shape = tuple(array.chunks[1:-1])
        for chunk in todo:
            if stop is not None and stop.is_set():
                break
            slices, boxes = chunk_boxes(place.recipe, chunk, shape)
            block = stored_values(place.recipe, chunk[0], boxes).astype(place.recipe.spec.node_dtype)
            if not mark.is_file():
                msg = f"{place.building} was begun afresh by somebody else; nothing more is written there"
                raise StoreError(msg)
            array[slices] = block.reshape([len(range(*s.indices(n))) for s, n in zip(slices, array.shape, strict=True)])
            done += 1
    except StoreError as error:
        failure = str(error)
    except GloamError as error:
        failure = f"{error}; mend the recipe and start afresh with `{place.command('begin')} --restart`"
    except OSError as error:
        path = error.filename or place.building
        failure = (
            f"cannot write {path}: {error.strerror or error}; make room or make it writable, then resume with `{place.command()}`"
        )
    return Outcome(done, cost_since(start), failure, tuple(chunk) if failure else ())


def prepare(place: Workspace, chunk: Chunk | None, restart: bool, shard: tuple[int, int] = WHOLE) -> list[Chunk]:
    """Open or begin the build; returns the chunks still to integrate, of this shard only.

    Raises
    ------
    StoreError
        When the unfinished build belongs to another description or source, has another chunk shape, or is that of a live run
        on another host.
    """
    journal.check_alone(place, _shard_name(shard))
    if restart:
        workspace.discard(place.building)
    if not place.building.is_dir():
        shape = chunk or plan.default_chunk(place.recipe, plan.time_per_node(place.recipe))
        workspace.create(place, shape, replace=restart)
    workspace.check_identity(place)
    have = chunks.chunk_shape(place)
    if chunk is not None and chunk != have:
        msg = (
            f"{place.building} has chunks of {'x'.join(map(str, have))} nodes: resume without --chunk, "
            f"or start afresh with `{place.command('begin')} --restart`"
        )
        raise StoreError(msg)
    if shard == WHOLE and (swept := chunks.sweep(place)):
        log.info("removed %d half-written files or layouts", swept)
    missing, damaged = chunks.survey(place, shard)
    for index, why in damaged.items():
        log.warning("chunk %s is damaged (%s) and is integrated again", index, why)
        chunks.chunk_file(place, index).unlink()
    return sorted([*missing, *damaged])


def _shard_name(shard: tuple[int, int]) -> str:
    return "" if shard == WHOLE else f"{shard[0]}/{shard[1]}"


def batches_of(place: Workspace, todo: list[Chunk], settings: Settings) -> list[list[Chunk]]:
    """Chunks of a task: ``batch_seconds`` of work, but no fewer tasks than workers."""
    seconds = plan.time_per_node(place.recipe)
    size = plan.batch_size(seconds, chunks.chunk_shape(place), settings.batch_seconds)
    size = min(size, math.ceil(len(todo) / settings.workers))
    return [todo[i : i + size] for i in range(0, len(todo), size)]


def integrate(place: Workspace, todo: list[Chunk], crew: Crew, shard: tuple[int, int] = WHOLE) -> None:
    """Integrate the chunks ``todo``; Ctrl-C, SIGTERM and failures keep what is finished.

    Raises
    ------
    BuildStopped
        When a kernel gives a value that cannot be stored, a chunk cannot be written, or workers keep dying.
    """
    if not todo:
        return
    tasks = [(place, batch, crew.stop) for batch in batches_of(place, todo, crew.settings)]
    with (
        journal.kept(place, crew.settings.executor, _shard_name(shard), len(todo)) as notes,
        Progress(f"{place.recipe.spec.name} chunks", len(todo)) as progress,
    ):
        for _, outcome in crew.results(write_chunks, tasks, progress, notes):
            notes.note(outcome)
            progress.advance(outcome.done)
            if outcome.failure:
                raise BuildStopped(outcome.failure)
