"""How the grid is cut into chunks and batches, and what the build will cost."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder.evaluation import stored_values

if TYPE_CHECKING:
    from gloam.builder.source import Recipe
    from gloam.builder.workspace import Chunk

CHUNK_SECONDS = 0.5  # wanted work in a chunk [s]
BATCH_SECONDS = 1.0  # least work in a task [s]
SAMPLE_SECONDS = 0.3  # spent on the timed sample, at least [s]
CHUNK_BYTES = 2**24  # most bytes of a chunk
CHOICES_TIMED = 2


@dataclass(frozen=True)
class Plan:
    """Cost of a build: counts, CPU time [s], memory and disk [bytes]."""

    table: str
    nodes: int
    components: int
    choices: int
    chunk: Chunk
    chunks: int
    batch: int
    seconds_per_node: float
    cpu_seconds: float
    task_memory: int
    disk: int

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Table for a person."""
        rows = (
            ("table", self.table),
            ("nodes", f"{self.nodes} ({self.choices} choices, {self.components} components each)"),
            ("chunks", f"{self.chunks} of {'x'.join(map(str, self.chunk))} nodes, {self.batch} in a task"),
            (
                "CPU time",
                f"{duration(self.cpu_seconds)} ({1e6 * self.seconds_per_node:.3g} us per node, timed sample)",
            ),
            ("memory per task", f"{self.task_memory / 2**20:.1f} MiB beside the interpreter"),
            ("disk", f"{self.disk / 2**20:.2f} MiB finished, twice that while finalizing"),
        )
        return "\n".join(f"{name:<16} {value}" for name, value in rows)


def duration(seconds: float) -> str:
    """A time in the unit a person would use."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.2g} s"


def compile_kernel(recipe: Recipe) -> None:
    """Compile everything a task calls, on one node."""
    stored_values(recipe, 0, np.array([[axis.low for axis in recipe.spec.axes]]))


def time_per_node(recipe: Recipe) -> float:
    """CPU time of one grid point [s], from a timed sample of nodes spread over the grid (compiles first)."""
    spec, rng = recipe.spec, np.random.default_rng(0)
    nodes = [axis.nodes for axis in spec.axes]
    choices = sorted({0, len(spec.labels) - 1})[:CHOICES_TIMED]
    compile_kernel(recipe)
    spent, counted, size = 0.0, 0, 1
    while spent < SAMPLE_SECONDS and counted < 2**20:
        for choice in choices:
            boxes = np.stack([rng.choice(n, size) for n in nodes], axis=1)
            start = time.thread_time()
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


def batch_size(recipe: Recipe, chunk: Chunk, seconds_per_node: float) -> int:
    """Chunks in a task that takes at least ``BATCH_SECONDS``."""
    return max(1, math.ceil(BATCH_SECONDS / (seconds_per_node * math.prod(chunk))))


def estimate(recipe: Recipe, chunk: Chunk | None = None) -> Plan:
    """Plan of a build from a timed sample; ``chunk`` overrides the default chunk shape."""
    spec = recipe.spec
    seconds = time_per_node(recipe)
    chunk = chunk or default_chunk(recipe, seconds)
    components, choices = len(spec.components), len(spec.labels)
    nodes = math.prod(spec.shape[:-1])
    pieces = math.prod(math.ceil(axis.n / c) for axis, c in zip(spec.axes, chunk, strict=True))
    item = np.dtype(spec.dtype).itemsize
    in_chunk = math.prod(chunk)
    memory = in_chunk * (16 * len(spec.axes) + (4 * 8 + 2 * item) * components) + 8 * recipe.data(0).size
    knots = math.prod(axis.n + 2 for axis in spec.axes) * choices
    return Plan(
        spec.name,
        nodes,
        components,
        choices,
        chunk,
        pieces * choices,
        batch_size(recipe, chunk, seconds),
        seconds,
        seconds * nodes,
        memory,
        item * components * (nodes + knots),
    )
