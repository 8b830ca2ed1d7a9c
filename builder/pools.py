"""The executors behind one interface: each is a :class:`concurrent.futures.Executor` with a number of slots."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import math
import multiprocessing
import os
import shlex
import shutil
import signal
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gloam.builder import plan, signals
from gloam.builder.settings import bytes_of, seconds_of
from gloam.lookup.errors import BadParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client
    from gloam.builder.settings import Settings
    from gloam.builder.source import Recipe

RETRIES = 3  # of a task whose worker was lost, beside those of dask
LOST_WORKERS = 10  # that one task may meet before dask gives it up
WALLTIME = "1:00:00"  # of a SLURM job
LOOPBACK = "127.0.0.1:0"  # where dask shows its dashboards: to users of that host only
NANNY = 300 * 2**20  # dask's nanny, and dask itself in the worker [bytes]
ASK_EVERY = 2.0  # for the number of dask's workers [s]
CONNECT = 30.0  # to a running scheduler [s]
SUBMIT_AGAIN = (2.0, 10.0)  # after so long, when SLURM refuses a job [s]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pool:
    """An executor under way.

    ``slots()`` tells how many tasks run at once now; ``dashboard`` is dask's; ``lost`` are the errors that say that workers died.
    """

    executor: Executor
    slots: Callable[[], int]
    dashboard: str = ""
    lost: tuple[type[Exception], ...] = (BrokenExecutor,)


@contextmanager
def open_pool(recipe: Recipe, settings: Settings, logs: str = "", ranks: Executor | None = None) -> Iterator[Pool]:
    """The executor that the settings name; ``ranks`` is that of :func:`at_root` for MPI, ``logs`` for those of SLURM jobs."""
    if ranks is not None:
        yield Pool(ranks, lambda: max(1, getattr(ranks, "num_workers", 1)))
    elif settings.executor == "threads":
        with _threads(settings.workers) as pool:
            yield pool
    elif settings.executor == "processes":
        with _processes(recipe, settings.workers) as pool:
            yield pool
    else:
        with _distributed(recipe, settings, logs) as pool:
            yield pool


@contextmanager
def _threads(count: int) -> Iterator[Pool]:
    with ThreadPoolExecutor(count) as threads:
        try:
            yield Pool(threads, lambda: count)
        finally:
            threads.shutdown(wait=True, cancel_futures=True)


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
def _processes(recipe: Recipe, count: int) -> Iterator[Pool]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _prepare_worker) as processes:
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # children are born deaf to Ctrl-C
        futures = [processes.submit(plan.compile_kernel, recipe) for _ in range(count)]
        signal.signal(signal.SIGINT, handler)
        try:
            wait(futures)
            yield Pool(processes, lambda: count)
        finally:
            processes.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _distributed(recipe: Recipe, settings: Settings, logs: str) -> Iterator[Pool]:
    """Workers of a dask scheduler: one that runs at an address, or one here whose workers are SLURM jobs."""
    require("distributed", "build")
    import dask
    from distributed import Client
    from distributed.scheduler import KilledWorker

    dask.config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS})
    if settings.executor == "slurm":
        dask.config.set({"distributed.dashboard.link": "http://127.0.0.1:{port}/status"})
    logging.getLogger("distributed").setLevel(logging.WARNING)
    refused: list[str] = []
    with _scheduler(recipe, settings, logs, refused) as target:
        try:
            client = Client(target, timeout=CONNECT)
        except (OSError, ValueError) as error:
            msg = f"--address {settings.address}: no dask scheduler answers ({error}); start one, or check the address"
            raise BadParameter(msg) from error
        with client:
            log.info("dask dashboard at %s", client.dashboard_link)
            tasks = client.get_executor(retries=RETRIES, pure=False)
            try:
                slots = _Slots(client, settings.jobs, refused)
                yield Pool(tasks, slots, client.dashboard_link, (KilledWorker, CancelledError))
            finally:
                tasks.shutdown(wait=False)


@dataclass
class _Slots:
    """Threads of all workers of a scheduler, asked for once in a while; an error when SLURM ``refused`` all ``jobs``."""

    client: Client
    jobs: int
    refused: list[str]
    count: int = field(default=0, init=False)
    asked: float = field(default=-ASK_EVERY, init=False)

    def __call__(self) -> int:
        now = time.monotonic()
        if now - self.asked >= ASK_EVERY:
            self.count, self.asked = sum(self.client.ncores().values()), now
        if not self.count and len(self.refused) >= self.jobs:
            msg = f"SLURM refuses the jobs ({self.refused[-1]}): mend their settings, `gloam-build plan` shows their script"
            raise BadParameter(msg)
        return self.count


@contextmanager
def _scheduler(recipe: Recipe, settings: Settings, logs: str, refused: list[str]) -> Iterator[object]:
    if settings.executor == "distributed":
        yield settings.address
        return
    require("dask_jobqueue", "hpc")
    require("cryptography", "hpc")
    if shutil.which("sbatch") is None:
        msg = "--executor slurm: there is no sbatch on the PATH; start it where jobs are submitted, or choose another --executor"
        raise BadParameter(msg)
    options = {
        "interface": settings.interface or None,
        "job_cls": _job_class(refused),
        "scheduler_options": {"dashboard_address": LOOPBACK},
        **job(recipe, settings, logs),
    }
    try:
        cluster = _cluster_class()(**options, **_encryption(logs))
    except (RuntimeError, ValueError) as error:
        msg = f"--executor slurm: dask starts no scheduler here ({error}); mend the settings, --interface for example"
        raise BadParameter(msg) from error
    with cluster:
        cluster.adapt(minimum_jobs=settings.jobs, maximum_jobs=settings.jobs)  # lost jobs are replaced
        yield cluster


def _cluster_class() -> type:
    """A cluster of SLURM jobs that reads the files with its keys whatever their directory is called."""
    from dask_jobqueue import SLURMCluster

    class Cluster(SLURMCluster):
        def _get_worker_security(self, security: object) -> object:
            found = super()._get_worker_security(security)
            for name in ("tls_ca_file", "tls_worker_cert", "tls_worker_key"):
                setattr(found, name, shlex.quote(getattr(found, name)))
            return found

    return Cluster


def _encryption(logs: str) -> dict[str, object]:
    """Keywords of dask for TLS: driver and workers must show the key made for this run, in files that only their owner reads."""
    from distributed.security import Security

    keys = Path(logs or ".").absolute()
    keys.mkdir(parents=True, exist_ok=True)
    return {"security": Security.temporary(), "protocol": "tls://", "shared_temp_directory": str(keys)}


def _job_class(refused: list[str]) -> type:
    """SLURM jobs that are submitted again when SLURM refuses them; ``refused`` gets the reason of the last refusal.

    With dask-jobqueue alone a job that was refused once counts as running for ever.
    """
    from dask_jobqueue.slurm import SLURMJob
    from distributed.deploy.spec import ProcessInterface

    class Job(SLURMJob):
        async def start(self) -> None:
            for pause in (*SUBMIT_AGAIN, None):
                try:
                    await super().start()
                    return
                except RuntimeError as error:
                    why = " ".join(str(error).rpartition("stderr:")[2].split())
                if pause is not None:
                    await asyncio.sleep(pause)
            log.warning("SLURM refuses a job: %s", why)
            refused.append(why)
            await ProcessInterface.start(self)

    return Job


def memory_request(settings: Settings, size: float, tasks: int = 1) -> dict[str, str]:
    """The option of sbatch by which a job of ``tasks`` processes of ``size`` bytes asks for memory, as ``settings`` want it."""
    way = settings.memory_request or ("per-cpu" if settings.executor == "mpi" else "per-node")
    if way == "none":
        return {}
    cores = 1 if settings.executor == "mpi" else settings.cores
    share = size * tasks if way == "per-node" else size / cores
    return {"mem" if way == "per-node" else "mem_per_cpu": f"{math.ceil(share / 2**20)}M"}


def job(recipe: Recipe, settings: Settings, logs: str) -> dict[str, object]:
    """Keywords of dask-jobqueue for one SLURM job: one process, a thread per core, ended before its time limit."""
    walltime = settings.walltime or WALLTIME
    limit = seconds_of(walltime)
    size = bytes_of(settings.memory) if settings.memory else plan.job_memory(recipe, settings.cores) + NANNY
    asked = [f"--{name.replace('_', '-')}={value}" for name, value in memory_request(settings, size).items()]
    place = logs.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")  # as sbatch reads it between quotes
    logged = [f'--output="{place}/gloam-{recipe.spec.name}-%j.log"'] if logs else []
    return {
        "queue": settings.partition or None,
        "account": settings.account or None,
        "cores": settings.cores,
        "processes": 1,
        "memory": int(size),
        "walltime": walltime,
        "job_name": f"gloam-{recipe.spec.name}",
        "python": shlex.quote(sys.executable),
        "job_directives_skip": ["--mem="],
        "job_extra_directives": [*asked, *logged, *settings.directives],
        "job_script_prologue": list(settings.prologue),
        "worker_extra_args": [
            *("--lifetime", f"{int(0.9 * limit)}s", "--lifetime-stagger", f"{int(0.05 * limit)}s"),
            *("--dashboard-address", LOOPBACK),
        ],
    }


def at_root(work: Callable[[Executor], int]) -> int:
    """Under mpirun: do ``work`` with the executor of all other ranks at rank 0; elsewhere serve it, and return 0.

    Raises
    ------
    BadParameter
        When there is no second rank.
    """
    require("mpi4py", "hpc")
    from mpi4py import MPI
    from mpi4py.futures import MPICommExecutor

    if MPI.COMM_WORLD.Get_size() < 2:
        msg = "--executor mpi needs at least two ranks: start it with `mpirun -n N gloam-build ...`, N >= 2"
        raise BadParameter(msg)
    code = 0
    with MPICommExecutor(MPI.COMM_WORLD) as executor:
        if executor is not None:
            code = work(cast("Executor", executor))
    return code


def require(module: str, extra: str) -> None:
    """Import what an executor needs, and keep our signal handlers: dask-jobqueue makes Ctrl-C an exit with status 0.

    Raises
    ------
    BadParameter
        When it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        msg = f"{module} is not installed: pip install 'gloam[{extra}]'"
        raise BadParameter(msg)
    with signals.kept():
        importlib.import_module(module)
