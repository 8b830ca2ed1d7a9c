"""Integrate the missing chunks of a build, in threads or processes."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dask
import numpy as np
from dask.callbacks import Callback
from gloam.builder import chunks, plan, workspace
from gloam.builder.evaluation import stored_values
from gloam.builder.progress import Progress
from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Chunk, Workspace

EXECUTORS = ("threads", "processes")

log = logging.getLogger(__name__)


class BuildStopped(GloamError):
    """A build that cannot go on; finished chunks are kept."""


@dataclass(frozen=True)
class Outcome:
    """What a task reports: chunks written, CPU time [s], peak resident memory [bytes], and why it stopped."""

    done: int
    seconds: float
    peak: int
    failure: str = ""


@dataclass(frozen=True)
class Workers:
    """Which executor runs the tasks, and how many workers it has."""

    executor: str = "threads"
    count: int = 1


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
    try:
        array = workspace.open_values(place)
        shape = tuple(array.chunks[1:-1])
        for chunk in todo:
            if stop is not None and stop.is_set():
                break
            slices, boxes = chunk_boxes(place.recipe, chunk, shape)
            block = stored_values(place.recipe, chunk[0], boxes).astype(place.recipe.spec.dtype)
            array[slices] = block.reshape(
                [len(range(*s.indices(n))) for s, n in zip(slices, array.shape, strict=True)]
            )
            done += 1
    except StoreError as error:
        failure = str(error)
    except GloamError as error:
        failure = f"{error}; mend the recipe and start afresh with `{place.command()} --restart`"
    except OSError as error:
        path = error.filename or place.building
        failure = (
            f"cannot write {path}: {error.strerror or error}; make room or make it writable, "
            f"then resume with `{place.command()}`"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Outcome(done, time.thread_time() - start, peak, failure)


def _prepare_worker() -> None:
    """A worker leaves Ctrl-C to the driver, and ends when the driver is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _pool(place: Workspace, workers: Workers) -> Iterator[tuple[Executor, threading.Event | None]]:
    if workers.executor == "threads":
        stop = threading.Event()
        with ThreadPoolExecutor(workers.count) as threads:
            try:
                yield threads, stop
            finally:
                stop.set()
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers.count, context, _prepare_worker) as processes:
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # children are born deaf to Ctrl-C
        futures = [processes.submit(plan.compile_kernel, place.recipe) for _ in range(workers.count)]
        signal.signal(signal.SIGINT, handler)
        try:
            wait(futures)
            yield processes, None
        finally:
            processes.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class _Ledger:
    """Notes every finished task, moves the progress, and stops at the first failure."""

    place: Workspace
    progress: Progress
    executor: str

    def note(self, key: Any, outcome: Outcome, *_: Any) -> None:
        """Called by dask in the driver after each task."""
        if outcome.failure:
            raise BuildStopped(outcome.failure)
        line = {
            "chunks": outcome.done,
            "core_seconds": outcome.seconds,
            "peak_bytes": outcome.peak,
            "executor": self.executor,
        }
        with (self.place.building / workspace.LEDGER).open("a") as handle:
            handle.write(json.dumps(line) + "\n")
        self.progress.advance(outcome.done)


def prepare(place: Workspace, chunk: Chunk | None, restart: bool) -> list[Chunk]:
    """Open or begin the build; returns the chunks still to integrate.

    Raises
    ------
    StoreError
        When the unfinished build belongs to another description or source, or has another chunk shape.
    """
    if restart:
        workspace.discard(place.building)
    if not place.building.is_dir():
        workspace.create(
            place,
            chunk or plan.default_chunk(place.recipe, plan.time_per_node(place.recipe)),
            replace=restart,
        )
    workspace.check_identity(place)
    have = chunks.chunk_shape(place)
    if chunk is not None and chunk != have:
        msg = (
            f"{place.building} has chunks of {'x'.join(map(str, have))} nodes: resume without --chunk, "
            f"or start afresh with `{place.command()} --restart`"
        )
        raise StoreError(msg)
    if swept := chunks.sweep(place):
        log.info("removed %d half-written files", swept)
    missing, damaged = chunks.survey(place)
    for index, why in damaged.items():
        log.warning("chunk %s is damaged (%s) and is integrated again", index, why)
        chunks.chunk_file(place, index).unlink()
    return sorted([*missing, *damaged])


def integrate(place: Workspace, todo: list[Chunk], workers: Workers) -> None:
    """Integrate the chunks ``todo``; Ctrl-C and failures keep what is finished.

    Raises
    ------
    BuildStopped
        When a kernel gives a value that cannot be stored, or a chunk cannot be written.
    """
    if not todo:
        return
    seconds = plan.time_per_node(place.recipe)
    size = plan.batch_size(place.recipe, chunks.chunk_shape(place), seconds)
    size = min(size, -(-len(todo) // workers.count))
    batches = [todo[i : i + size] for i in range(0, len(todo), size)]
    with (
        Progress(f"{place.recipe.spec.name} chunks", len(todo)) as progress,
        _pool(place, workers) as (pool, stop),
    ):
        tasks = [dask.delayed(write_chunks)(place, batch, stop) for batch in batches]
        with Callback(posttask=_Ledger(place, progress, workers.executor).note):
            dask.compute(*tasks, scheduler=workers.executor, pool=pool, chunksize=1)
