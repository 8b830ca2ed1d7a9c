"""How the grid is cut into chunks and batches, and what the build will cost."""

from __future__ import annotations

import math
import resource
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder.evaluation import KernelError, stored_values

if TYPE_CHECKING:
    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Chunk

CHUNK_SECONDS = 0.5  # wanted work in a chunk [s]
SAMPLE_SECONDS = 0.3  # spent on the timed sample, at least [s]
SAMPLE_WALL = 10 * SAMPLE_SECONDS  # after which a busy machine ends the sample [s]
CHUNK_BYTES = 2**24  # most bytes of a chunk
CHOICES_TIMED = 2
BASE_MARGIN = 1.25  # stated over measured memory of a worker with compiled kernel [1]
CHECKED = 30000  # points in an error measurement and a verification, at most
FINALIZE_COPIES = 5  # of the arrays that are held, in the type of the node values, at once while finalizing: 4.5 measured [1]
SYSTEM_RESERVE = 1.25  # memory of a job over that of its worker, since dask pauses a worker at 80 % [1]


@dataclass(frozen=True)
class Plan:
    """Cost of a build: counts, CPU time [s] and [h], memory and disk [bytes].

    ``worker_memory`` is the peak of a worker process with one task at a time, ``task_memory`` of each further thread,
    ``finalize_memory`` that of the process that finalizes and verifies; ``check_seconds`` is the CPU time of doing so.
    ``disk`` is the finished store, ``finalize_disk`` that with the build beside it.
    """

    table: str
    nodes: int
    components: int
    choices: int
    chunk: Chunk
    chunks: int
    batch: int
    seconds_per_node: float
    cpu_seconds: float
    core_hours: float
    check_seconds: float
    task_memory: int
    worker_memory: int
    finalize_memory: int
    disk: int
    finalize_disk: int

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Table for a person."""
        rows = (
            ("table", self.table),
            ("nodes", f"{self.nodes} ({self.choices} choices, {self.components} components each)"),
            ("chunks", f"{self.chunks} of {'x'.join(map(str, self.chunk))} nodes, {self.batch} in a task"),
            ("CPU time", f"{self.core_hours:.3g} core hours, {duration(self.seconds_per_node)} per node (timed sample)"),
            ("", f"{self.check_seconds / 3600.0:.3g} core hours to measure errors and to verify"),
            ("memory", f"{mebi(self.worker_memory)} per worker process, {mebi(self.task_memory)} per further thread"),
            ("", f"{mebi(self.finalize_memory)} to finalize and verify"),
            ("disk", f"{mebi(self.disk)} finished, {mebi(self.finalize_disk)} while finalizing"),
        )
        return "\n".join(f"{name:<16} {value}" for name, value in rows)


def mebi(size: int) -> str:
    """A size in MiB."""
    return f"{size / 2**20:.3g} MiB"


def duration(seconds: float) -> str:
    """A time in the unit a person would use."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.2g} s"


def compile_kernel(recipe: Recipe) -> None:
    """Compile everything a task calls, on one node."""
    with suppress(KernelError):
        stored_values(recipe, 0, np.array([[axis.low for axis in recipe.spec.axes]]))


@lru_cache(maxsize=8)
def time_per_node(recipe: Recipe) -> float:
    """CPU time of one grid point [s], from a timed sample of nodes spread over the grid (compiles first).

    A node with a bad value counts like any other: the build meets it when all that comes before is kept.
    """
    spec, rng = recipe.spec, np.random.default_rng(0)
    nodes = [axis.nodes for axis in spec.axes]
    choices = sorted({0, len(spec.labels) - 1})[:CHOICES_TIMED]
    compile_kernel(recipe)
    spent, counted, size = 0.0, 0, 1
    latest = time.monotonic() + SAMPLE_WALL
    while spent < SAMPLE_SECONDS and counted < 2**20 and time.monotonic() < latest:
        for choice in choices:
            boxes = np.stack([rng.choice(n, size) for n in nodes], axis=1)
            start = time.thread_time()
            with suppress(KernelError):
                stored_values(recipe, choice, boxes)
            spent += time.thread_time() - start
            counted += size
        size *= 2
    return spent / counted


def default_chunk(recipe: Recipe, seconds_per_node: float) -> Chunk:
    """Chunk shape worth about ``CHUNK_SECONDS`` of work: whole rows of the last axes first."""
    spec = recipe.spec
    wanted = CHUNK_SECONDS / seconds_per_node
    wanted = max(1.0, min(wanted, CHUNK_BYTES / (8.0 * len(spec.components))))
    shape = []
    for axis in reversed(spec.axes):
        length = int(min(axis.n, max(1.0, wanted)))
        pieces = math.ceil(axis.n / length)
        shape.append(math.ceil(axis.n / pieces))
        wanted /= length
    return tuple(reversed(shape))


def batch_size(seconds_per_node: float, chunk: Chunk, batch_seconds: float) -> int:
    """Chunks in a task that takes at least ``batch_seconds`` [s]."""
    return max(1, math.ceil(batch_seconds / (seconds_per_node * math.prod(chunk))))


def task_memory(recipe: Recipe, chunk: Chunk) -> int:
    """Peak memory of one task beside the interpreter and the kernel [bytes]."""
    spec, points = recipe.spec, math.prod(chunk)
    item = np.dtype(spec.node_dtype).itemsize
    return points * (16 * len(spec.axes) + (4 * 8 + 2 * item) * len(spec.components)) + 8 * recipe.data(0).size


def worker_memory(recipe: Recipe, chunk: Chunk) -> int:
    """Peak memory of a worker process with one task: that of this process after it compiled the kernel [bytes]."""
    compile_kernel(recipe)
    unit = 1 if sys.platform == "darwin" else 1024
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return int(BASE_MARGIN * here) + task_memory(recipe, chunk)


def job_memory(recipe: Recipe, threads: int) -> int:
    """Memory to ask of a batch system for a worker process with ``threads`` threads [bytes]."""
    chunk = default_chunk(recipe, time_per_node(recipe))
    return int(SYSTEM_RESERVE * (worker_memory(recipe, chunk) + (threads - 1) * task_memory(recipe, chunk)))


def estimate(recipe: Recipe, chunk: Chunk | None = None, batch_seconds: float = 1.0) -> Plan:
    """Plan of a build from a timed sample; ``chunk`` overrides the default chunk shape."""
    spec = recipe.spec
    seconds = time_per_node(recipe)
    chunk = chunk or default_chunk(recipe, seconds)
    components, choices = len(spec.components), len(spec.labels)
    nodes = math.prod(spec.shape[:-1])
    pieces = math.prod(math.ceil(axis.n / c) for axis, c in zip(spec.axes, chunk, strict=True))
    item, node_item = np.dtype(spec.dtype).itemsize, np.dtype(spec.node_dtype).itemsize
    knots = math.prod(axis.n + 2 for axis in spec.axes) * choices
    worker, disk = worker_memory(recipe, chunk), item * components * (nodes + knots)
    return Plan(
        spec.name,
        nodes,
        components,
        choices,
        chunk,
        pieces * choices,
        batch_size(seconds, chunk, batch_seconds),
        seconds,
        seconds * nodes,
        seconds * nodes / 3600.0,
        seconds * CHECKED,
        task_memory(recipe, chunk),
        worker,
        worker + FINALIZE_COPIES * node_item * components * (nodes + knots),
        disk,
        disk + node_item * components * nodes,
    )
