"""The workers of one command: tasks go through whatever executor the settings name, and lost ones are done again."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from gloam.builder import pools, signals
from gloam.builder.journal import LIFE_SIGN
from gloam.lookup.errors import GloamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future
    from types import TracebackType

    from gloam.builder.journal import Journal
    from gloam.builder.progress import Progress
    from gloam.builder.settings import Settings
    from gloam.builder.source import Recipe

    Task = tuple[int, tuple[Any, ...]]  # its number, and the arguments of the function

AHEAD = 2  # tasks submitted per slot: one at work, one waiting

log = logging.getLogger(__name__)


class BuildStopped(GloamError):
    """A build that cannot go on; finished chunks are kept."""


class Crew:
    """Workers for the tasks of one command.

    The pool opens with the first task, opens again when its workers died, and closes at the end of the command, so that
    integration, error measurement and verification share it. Ctrl-C and SIGTERM end the work meanwhile, also where what they
    raise is lost.

    Parameters
    ----------
    recipe
        What the tasks evaluate; workers compile its kernel, and SLURM jobs ask for the memory that it needs.
    settings
        Executor, number of workers, and what a SLURM job may use.
    logs
        Directory for the logs of SLURM jobs; where SLURM puts them if "".
    ranks
        The executor of :func:`gloam.builder.pools.at_root`, for MPI.
    """

    def __init__(self, recipe: Recipe, settings: Settings, logs: str = "", ranks: Executor | None = None) -> None:
        self.recipe, self.settings, self.logs, self.ranks = recipe, settings, logs, ranks
        self.stop = threading.Event() if settings.executor == "threads" else None
        self.pool: pools.Pool | None = None
        self._open, self._signals, self.heard = ExitStack(), ExitStack(), signals.Heard()

    def __enter__(self) -> Crew:
        self.heard = self._signals.enter_context(signals.heard())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.stop is not None:
            self.stop.set()
        with self._signals:
            self._open.close()
        if kind is None:
            self.heard.check()

    def results(
        self, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], progress: Progress, notes: Journal | None = None
    ) -> Iterator[tuple[int, Any]]:
        """The number of every task and its ``function(*task)``, in the order in which they end.

        The journal, if there is one, is told how many workers there are and how many tasks are in flight.

        Raises
        ------
        BuildStopped
            When workers keep dying before they finish a task.
        """
        waiting, losses = deque(enumerate(tasks)), 0
        while waiting:
            finished = 0
            flying: dict[Future[Any], Task] = {}
            try:
                for number, result in self._through(function, waiting, flying, progress, notes):
                    finished += 1
                    yield number, result
            except self._lost as error:
                waiting.extendleft(flying.values())
                losses = 0 if finished else losses + 1
                self._replace(losses, error)

    @property
    def _lost(self) -> tuple[type[Exception], ...]:
        return self.pool.lost if self.pool else ()

    def _through(
        self,
        function: Callable[..., Any],
        waiting: deque[Task],
        flying: dict[Future[Any], Task],
        progress: Progress,
        notes: Journal | None,
    ) -> Iterator[tuple[int, Any]]:
        """Results of all tasks in one pool; ``waiting`` and ``flying`` tell what is left when it breaks."""
        if self.pool is None:
            self.pool = self._open.enter_context(pools.open_pool(self.recipe, self.settings, self.logs, self.ranks))
        done: SimpleQueue[Future[Any]] = SimpleQueue()
        while waiting or flying:
            self.heard.check()
            while waiting and len(flying) < AHEAD * max(self.pool.slots(), self.settings.workers):
                future = self.pool.executor.submit(function, *waiting[0][1])
                flying[future] = waiting.popleft()
                future.add_done_callback(done.put)
            if notes is not None:
                notes.run.workers, notes.run.dashboard = self.pool.slots(), self.pool.dashboard
                if not notes.run.workers and not notes.run.done:
                    notes.run.started = time.time()  # the jobs are in the queue still
                notes.beat(min(len(flying), notes.run.workers))
            try:
                future = done.get(timeout=LIFE_SIGN)
            except Empty:
                progress.alive(self._waiting(self.pool.slots()))
                continue
            result = future.result()
            yield flying.pop(future)[0], result

    def _waiting(self, slots: int) -> str:
        if slots or self.settings.executor != "slurm":
            return f"{slots} workers"
        return f"no workers yet; look at `squeue --me` and at the logs in {self.logs}"

    def _replace(self, losses: int, error: Exception) -> None:
        """Close a pool whose workers died, and give up when that was the last of several."""
        self.pool = None
        self._open.close()
        why = f"workers die before they finish a task ({error or type(error).__name__})"
        if losses >= pools.RETRIES:
            name = self.recipe.spec.name
            msg = (
                f"{why}: give them more memory (`gloam-build plan {name}` states the need) or fewer --workers, "
                "then run the same command again"
            )
            raise BuildStopped(msg) from error
        log.warning("%s; their tasks are done again", why)
