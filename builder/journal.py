"""What every run writes down beside the chunks: finished tasks, signs of life, failures.

Each run has two files in ``vN.building/runs``, so that no two writers share one: ``ID.jsonl`` with a line per finished
task, and ``ID.json``, replaced as a whole every few seconds, with how far the run is. Any machine that sees the store
can read them.
"""

from __future__ import annotations

import json
import logging
import math
import os
import platform
import resource
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam.lookup.errors import GloamError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gloam.builder.workspace import Chunk, Workspace

RUNS = "runs"
CHUNKS, ERRORS, VERIFICATION = "chunks", "error measurement", "verification"  # what a run works on
WORKS = (CHUNKS, ERRORS, VERIFICATION)
LIFE_SIGN = 5.0  # between two signs of life [s]
SILENT = 60.0  # a run that gave no sign for so long is taken for dead [s]; network file systems show changes that late
LOOK_EVERY = 0.5  # while waiting for a sign of life [s]
KINDS: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float), "list[dict[str, Any]]": list}
TASK: dict[str, type | tuple[type, ...]] = {
    "work": str,
    "done": int,
    "core_seconds": (int, float),
    "peak_bytes": int,
    "executor": str,
    "host": str,
    "kind": str,
}

log = logging.getLogger(__name__)


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
    """State of one run as its file tells it; times are seconds since the epoch by the clock of its host.

    ``todo`` and ``done`` count chunks, or points while errors are measured or verified; ``sequence`` counts the signs of life.
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
    sequence: int = 0

    @classmethod
    def from_json(cls, text: str) -> Run:
        """The run that a file tells of.

        Raises
        ------
        ValueError, TypeError, RecursionError
            When the text is no such thing.
        """
        found = cls(**json.loads(text))
        values = [(getattr(found, item.name), KINDS[str(item.type)]) for item in fields(cls)]
        sound = all(isinstance(value, kind) and _finite(value) for value, kind in values)
        if not sound or not all(map(_is_failure, found.failures)):
            msg = "no state of a run"
            raise ValueError(msg)
        return found

    @property
    def alive(self) -> bool:
        """Whether the run says that it is running, and said so lately by the clock here; good enough to be shown."""
        if self.state != "running" or abs(time.time() - self.updated) > SILENT:
            return False
        return self.host != platform.node() or _exists(self.pid)

    @property
    def rate(self) -> float:
        """Chunks or points per second since the start [1/s]."""
        return self.done / max(self.updated - self.started, 1e-3)


def _is_failure(item: object) -> bool:
    chunk = item.get("chunk") if isinstance(item, dict) and "why" in item else None
    return isinstance(chunk, list) and all(isinstance(index, int) for index in chunk)


def _finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


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
        fresh = self.state.with_suffix(".json.partial")
        with self.writing:
            self.run.updated = self.written = time.time()
            self.run.sequence += 1
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
    """All runs of an unfinished build, oldest first; a file that is damaged counts for nothing."""
    return sorted(_files(place).values(), key=lambda run: run.started)


def _files(place: Workspace) -> dict[Path, Run]:
    found = {}
    for path in (place.building / RUNS).glob("*.json"):
        with suppress(ValueError, TypeError, RecursionError, OSError):
            found[path] = Run.from_json(path.read_text())
    return found


def check_alone(place: Workspace, shard: str) -> None:
    """Refuse to run beside a live run on another host; there a file lock may not reach.

    What counts is whether its signs of life go on, not what its clock says: one that says that it is running is watched until the
    next sign, and is taken for dead, and noted as lost, when none came for ``SILENT`` seconds.

    Raises
    ------
    StoreError
        Naming process and host.
    """
    first = _others(place, shard)
    for look in range(round(SILENT / LOOK_EVERY)):  # counted, so that a pause of this very process is no silence of others
        if not first:
            return
        now = _others(place, shard)
        ended = {path for path, run in _files(place).items() if run.state != "running"}
        first = {path: run for path, run in first.items() if path not in ended}
        for path, run in now.items():
            if first.setdefault(path, run).sequence != run.sequence:
                who = f"process {run.pid} on {run.host}"
                msg = f"another gloam-build ({who}) is working on {place.building}: wait for it, or stop it"
                raise StoreError(msg)
        if first and look == round(2.0 * LIFE_SIGN / LOOK_EVERY):
            who = ", ".join(f"process {run.pid} on {run.host}" for run in first.values())
            log.info("waiting up to %.0f s for a sign of life of %s", SILENT, who)
        time.sleep(LOOK_EVERY)
    for path, run in first.items():
        path.write_text(json.dumps({**asdict(run), "state": "lost"}))


def _others(place: Workspace, shard: str) -> dict[Path, Run]:
    """Runs on other hosts that say that they are running and would be in the way of ``shard``."""
    return {
        path: run
        for path, run in _files(place).items()
        if run.host != platform.node() and run.state == "running" and (shard == run.shard or not (shard and run.shard))
    }


def tasks(directory: Path) -> list[dict[str, Any]]:
    """Lines of all finished tasks; a line torn by a kill, or damaged, does not count."""
    lines = []
    for path in sorted((directory / RUNS).glob("*.jsonl")):
        for text in path.read_text(errors="replace").splitlines():
            with suppress(ValueError, RecursionError):
                line = json.loads(text)
                sound = isinstance(line, dict) and all(
                    isinstance(line.get(k), kind) and _finite(line[k]) for k, kind in TASK.items()
                )
                lines += [line] if sound and line["work"] in WORKS else []
    return lines


def totals(place: Workspace) -> dict[str, Any]:
    """Core seconds and peak memory of the tasks so far [s], [bytes]: in all, per kind of work and per kind of host."""
    lines = tasks(place.building)
    works = dict.fromkeys(WORKS, 0.0)
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
