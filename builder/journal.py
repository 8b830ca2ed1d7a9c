"""What every run writes down beside the chunks: finished tasks, signs of life, failures.

Each run has two files in ``vN.building/runs``, so that no two writers share one: ``ID.jsonl`` with a line per finished
task, and ``ID.json``, replaced as a whole every few seconds, with how far the run is. Any machine that sees the store
can read them.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gloam.builder.workspace import Chunk, Workspace

RUNS = "runs"
CHUNKS, ERRORS, VERIFICATION = "chunks", "error measurement", "verification"  # what a run works on
LIFE_SIGN = 5.0  # between two signs of life [s]
SILENT = 60.0  # a run that gave no sign for so long is taken for dead [s]


@dataclass(frozen=True)
class Cost:
    """What a task took: CPU time [s], peak resident memory of its process [bytes], the host and its kind."""

    seconds: float
    peak: int
    host: str
    kind: str


def cost_since(start: float) -> Cost:
    """Cost of the task of this thread that began at ``start``, a value of ``time.thread_time()`` [s]."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Cost(time.thread_time() - start, peak, platform.node(), host_kind())


@lru_cache
def host_kind() -> str:
    """Processor and system of this host."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.processor() or platform.machine()}, {platform.system()} {platform.machine()}"


@dataclass(frozen=True)
class Outcome:
    """What a task reports: chunks written or points measured, its cost, why it stopped.

    ``chunk`` is the one that failed, if any.
    """

    done: int
    cost: Cost
    failure: str = ""
    chunk: Chunk = ()


@dataclass
class Run:
    """State of one run as its file tells it; times are seconds since the epoch.

    ``todo`` and ``done`` count chunks, or points while errors are measured or verified.
    """

    host: str
    pid: int
    executor: str
    shard: str
    todo: int
    dashboard: str = ""
    workers: int = 0
    state: str = "running"
    started: float = 0.0
    updated: float = 0.0
    done: int = 0
    in_flight: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    work: str = CHUNKS
    rejected: str = ""  # why the store that was made is not as promised

    @property
    def alive(self) -> bool:
        """Whether the run says that it is running, and said so lately."""
        if self.state != "running" or time.time() - self.updated > SILENT:
            return False
        return self.host != platform.node() or _exists(self.pid)

    @property
    def rate(self) -> float:
        """Chunks or points per second since the start [1/s]."""
        return self.done / max(self.updated - self.started, 1e-3)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


class Journal:
    """Writes the files of the run under way."""

    def __init__(self, place: Workspace, executor: str, shard: str, todo: int, work: str = CHUNKS) -> None:
        now = time.time()
        self.run = Run(platform.node(), os.getpid(), executor, shard, todo, started=now, updated=now, work=work)
        self.writing = threading.Lock()
        directory = place.building / RUNS
        directory.mkdir(exist_ok=True)
        self.state = directory / f"{self.run.host}-{self.run.pid}-{int(1000 * now)}.json"
        self.tasks = self.state.with_suffix(".jsonl")
        self.written = 0.0
        self.beat(0)

    def note(self, outcome: Outcome) -> None:
        """Write down a finished task."""
        line = {
            "work": self.run.work,
            "done": outcome.done,
            "core_seconds": outcome.cost.seconds,
            "peak_bytes": outcome.cost.peak,
            "executor": self.run.executor,
            "host": outcome.cost.host,
            "kind": outcome.cost.kind,
        }
        with self.tasks.open("a") as handle:
            handle.write(json.dumps(line) + "\n")
        self.run.done += outcome.done
        if outcome.failure:
            self.run.failures.append({"chunk": list(outcome.chunk), "why": outcome.failure})

    def beat(self, in_flight: int) -> None:
        """Give a sign of life, if the last one is old enough."""
        self.run.in_flight = in_flight
        if time.time() - self.written >= LIFE_SIGN:
            self._write()

    def close(self, state: str) -> None:
        """Write how the run ended: ``done``, ``failed`` or ``interrupted``."""
        self.run.state, self.run.in_flight = state, 0
        with suppress(OSError):  # the disk may be full: then the last sign of life remains
            self._write()

    def _write(self) -> None:
        self.run.updated = self.written = time.time()
        fresh = self.state.with_suffix(".json.partial")
        with self.writing:
            fresh.write_text(json.dumps(asdict(self.run)))
            fresh.replace(self.state)


@contextmanager
def kept(place: Workspace, executor: str, shard: str, todo: int, work: str = CHUNKS) -> Iterator[Journal]:
    """The journal of a run from its start to its end; a thread gives the signs of life, whatever the run is at.

    Raises
    ------
    StoreError
        When a live run on another host is at work.
    """
    check_alone(place, shard)
    notes, ended, state = Journal(place, executor, shard, todo, work), threading.Event(), "interrupted"

    def live() -> None:
        while not ended.wait(LIFE_SIGN):
            with suppress(OSError):  # the disk may be full: the run itself meets that too
                notes.beat(notes.run.in_flight)

    signs = threading.Thread(target=live, daemon=True)
    signs.start()
    try:
        yield notes
        state = "done"
    except GloamError:
        state = "failed"
        raise
    finally:
        ended.set()
        signs.join()
        notes.close(state)


def runs(place: Workspace) -> list[Run]:
    """All runs of an unfinished build, oldest first."""
    found = []
    for path in (place.building / RUNS).glob("*.json"):
        with suppress(ValueError, TypeError, FileNotFoundError):
            found.append(Run(**json.loads(path.read_text())))
    return sorted(found, key=lambda run: run.started)


def check_alone(place: Workspace, shard: str) -> None:
    """Refuse to run beside a live run on another host; there a file lock may not reach.

    Raises
    ------
    StoreError
        Naming process and host.
    """
    for run in runs(place):
        if run.host != platform.node() and run.alive and (shard == run.shard or not (shard and run.shard)):
            ago = time.time() - run.updated
            msg = (
                f"another gloam-build (process {run.pid} on {run.host}) was working on {place.building} {ago:.0f} s ago: "
                f"wait for it, or stop it; if it is dead, try again {SILENT:.0f} s after its last sign of life"
            )
            raise StoreError(msg)


def tasks(directory: Path) -> list[dict[str, Any]]:
    """Lines of all finished tasks; a line torn by a kill does not count."""
    lines = []
    for path in sorted((directory / RUNS).glob("*.jsonl")):
        for text in path.read_text().splitlines():
            with suppress(ValueError):
                lines.append(json.loads(text))
    return lines


def totals(place: Workspace) -> dict[str, Any]:
    """Core seconds and peak memory of the tasks so far [s], [bytes]: in all, per kind of work and per kind of host."""
    lines = tasks(place.building)
    works = dict.fromkeys((CHUNKS, ERRORS, VERIFICATION), 0.0)
    kinds: dict[str, dict[str, Any]] = {}
    for line in lines:
        works[line["work"]] += line["core_seconds"]
        kind = kinds.setdefault(line["kind"], {"core_seconds": 0.0, "hosts": []})
        kind["core_seconds"] += line["core_seconds"]
        kind["hosts"] = sorted({*kind["hosts"], line["host"]})
    return {
        "core_seconds": sum(works.values()),
        "core_seconds_of": works,
        "peak_bytes": max((line["peak_bytes"] for line in lines), default=0),
        "executors": sorted({line["executor"] for line in lines}),
        "host_kinds": kinds,
    }
