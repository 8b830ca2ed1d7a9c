"""Integrate the missing chunks of a build with any executor; whatever happens, finished chunks are kept."""

from __future__ import annotations

import logging
import math
import platform
import resource
import signal
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder import chunks, journal, plan, pools, source, workspace
from gloam.builder.evaluation import stored_values
from gloam.builder.journal import Outcome
from gloam.builder.progress import Progress
from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor, Future

    from gloam.builder.pools import Pool
    from gloam.builder.settings import Settings
    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Chunk, Workspace

AHEAD = 2  # tasks submitted per slot: one at work, one waiting
WHOLE = (1, 1)  # the only shard of a build that is not a job array

log = logging.getLogger(__name__)


class BuildStopped(GloamError):
    """A build that cannot go on; finished chunks are kept."""


def chunk_boxes(recipe: Recipe, chunk: Chunk, shape: Chunk) -> tuple[tuple[slice, ...], Any]:
    """Slices of a chunk in the stored array, and its box points, shape (points, D)."""
    slices = tuple(
        slice(i * c, min((i + 1) * c, axis.n))
        for i, c, axis in zip(chunk[1:], shape, recipe.spec.axes, strict=True)
    )
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
            block = stored_values(place.recipe, chunk[0], boxes).astype(place.recipe.spec.dtype)
            if not mark.is_file():
                msg = f"{place.building} was begun afresh by somebody else; nothing more is written there"
                raise StoreError(msg)
            array[slices] = block.reshape(
                [len(range(*s.indices(n))) for s, n in zip(slices, array.shape, strict=True)]
            )
            done += 1
    except StoreError as error:
        failure = str(error)
    except GloamError as error:
        failure = f"{error}; mend the recipe and start afresh with `{place.command('begin')} --restart`"
    except OSError as error:
        path = error.filename or place.building
        failure = (
            f"cannot write {path}: {error.strerror or error}; make room or make it writable, "
            f"then resume with `{place.command()}`"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    spent = time.thread_time() - start
    return Outcome(done, spent, peak, platform.node(), host_kind(), failure, tuple(chunk) if failure else ())


@lru_cache
def host_kind() -> str:
    """Processor and system of this host."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.processor() or platform.machine()}, {platform.system()} {platform.machine()}"


def prepare(
    place: Workspace, chunk: Chunk | None, restart: bool, shard: tuple[int, int] = WHOLE
) -> list[Chunk]:
    """Open or begin the build; returns the chunks still to integrate, of this shard only.

    Raises
    ------
    StoreError
        When the unfinished build belongs to another description or source, or has another chunk shape.
    """
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
        log.info("removed %d half-written files", swept)
    missing, damaged = chunks.survey(place, shard)
    for index, why in damaged.items():
        log.warning("chunk %s is damaged (%s) and is integrated again", index, why)
        chunks.chunk_file(place, index).unlink()
    return sorted([*missing, *damaged])


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM, which a batch system sends at the time limit, is a Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class _Drive:
    """The tasks of one run: those not submitted, those in flight, and what came back."""

    place: Workspace
    batches: deque[list[Chunk]]
    notes: journal.Journal
    progress: Progress
    flying: dict[Future[Outcome], list[Chunk]] = field(default_factory=dict)

    def through(self, pool: Pool, workers: int) -> None:
        """Run all batches in a pool; those in flight return to ``batches`` when the pool breaks."""
        done: SimpleQueue[Future[Outcome]] = SimpleQueue()
        self.notes.run.dashboard = pool.dashboard
        try:
            while self.batches or self.flying:
                self.notes.run.workers = pool.slots()
                ahead = AHEAD * max(self.notes.run.workers, workers)
                while self.batches and len(self.flying) < ahead:
                    future = pool.executor.submit(write_chunks, self.place, self.batches[0], pool.stop)
                    self.flying[future] = self.batches.popleft()
                    future.add_done_callback(done.put)
                self.notes.beat(min(len(self.flying), self.notes.run.workers))
                self._collect(done)
        finally:
            self.batches.extend(self.flying.values())
            self.flying.clear()

    def _collect(self, done: SimpleQueue[Future[Outcome]]) -> None:
        try:
            future = done.get(timeout=journal.LIFE_SIGN)
        except Empty:
            self.progress.alive(f"{self.notes.run.workers} workers")
            return
        outcome = future.result()
        del self.flying[future]
        self.notes.note(outcome)
        self.progress.advance(outcome.done)
        if outcome.failure:
            raise BuildStopped(outcome.failure)


def batches_of(place: Workspace, todo: list[Chunk], settings: Settings) -> deque[list[Chunk]]:
    """Chunks of a task: ``batch_seconds`` of work, but no fewer tasks than workers."""
    seconds = plan.time_per_node(place.recipe)
    size = plan.batch_size(seconds, chunks.chunk_shape(place), settings.batch_seconds)
    size = min(size, math.ceil(len(todo) / settings.workers))
    return deque(todo[i : i + size] for i in range(0, len(todo), size))


def integrate(
    place: Workspace,
    todo: list[Chunk],
    settings: Settings,
    shard: tuple[int, int] = WHOLE,
    ranks: Executor | None = None,
) -> None:
    """Integrate the chunks ``todo``; Ctrl-C, SIGTERM and failures keep what is finished.

    Raises
    ------
    BuildStopped
        When a kernel gives a value that cannot be stored, a chunk cannot be written, or workers keep dying.
    """
    if not todo:
        return
    batches = batches_of(place, todo, settings)
    name = "" if shard == WHOLE else f"{shard[0]}/{shard[1]}"
    journal.check_alone(place, name)
    notes = journal.Journal(place, settings.executor, name, len(todo))
    state = "interrupted"
    try:
        with Progress(f"{place.recipe.spec.name} chunks", len(todo)) as progress, _stopped_by_sigterm():
            _drive(_Drive(place, batches, notes, progress), settings, ranks)
        state = "done"
    except BuildStopped:
        state = "failed"
        raise
    finally:
        notes.close(state)


def _drive(drive: _Drive, settings: Settings, ranks: Executor | None) -> None:
    """Open a pool, again when its workers died, until all batches are done."""
    losses = 0
    while drive.batches:
        before = len(drive.batches)
        with pools.open_pool(drive.place, settings, ranks) as pool:
            try:
                drive.through(pool, settings.workers)
            except pool.lost as error:
                losses = losses + 1 if len(drive.batches) == before else 0
                _lost(drive, losses, error)


def _lost(drive: _Drive, losses: int, error: BaseException) -> None:
    why = f"workers die before they finish a task ({error or type(error).__name__})"
    if losses >= pools.RETRIES:
        msg = (
            f"{why}: give them more memory (`gloam-build plan {drive.place.recipe.spec.name}` states the need) "
            f"or fewer --workers, then resume with `{drive.place.command()}`"
        )
        raise BuildStopped(msg) from error
    log.warning("%s; their tasks are done again", why)
