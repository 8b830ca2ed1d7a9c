"""The shell script that ``plan`` prints: what to submit on a SLURM machine for this build."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from gloam.builder import plan, pools
from gloam.builder.settings import FREE, bytes_of, seconds_of
from gloam.lookup.errors import BadParameter

if TYPE_CHECKING:
    from gloam.builder.plan import Plan
    from gloam.builder.settings import Settings
    from gloam.builder.workspace import Workspace

RESERVE = 2.0  # time limit over the estimate [1]
DRIVER = 2**30  # memory of a driver with dask's scheduler, at least [bytes]
LEAST_WALLTIME = 600  # [s]


def script(place: Workspace, made: Plan, settings: Settings, shards: int) -> str:
    """The script for a job array of ``shards`` jobs, or for the executor of the settings.

    Raises
    ------
    BadParameter
        When neither needs a batch system.
    """
    if not str(place.root.parent).isprintable():
        msg = f"--out {str(place.root.parent)!r} has a line break or another control character, which no job script can name"
        raise BadParameter(msg)
    if shards:
        return _array(place, made, settings, shards)
    if settings.executor == "mpi":
        return _mpi(place, made, settings)
    if settings.executor == "slurm":
        return _driver(place, made, settings)
    msg = f"--executor {settings.executor} needs no job script; give --shards N, --executor slurm or --executor mpi"
    raise BadParameter(msg)


def estimated_walltime(cpu_seconds: float, workers: int) -> str:
    """Time limit of twice the estimate when ``workers`` share the work."""
    minutes = math.ceil(max(LEAST_WALLTIME, RESERVE * cpu_seconds / workers) / 60.0)
    return f"{minutes // 60}:{minutes % 60:02d}:00"


def walltime(settings: Settings, cpu_seconds: float, workers: int) -> str:
    """Time limit of a job: as set, or as estimated."""
    return settings.walltime or estimated_walltime(cpu_seconds, workers)


def _header(settings: Settings, **more: object) -> list[str]:
    named = {"partition": settings.partition, "account": settings.account, **more}
    lines = [f"#SBATCH --{name.replace('_', '-')}={value}" for name, value in named.items() if value]
    return ["#!/usr/bin/env bash", *lines, *(f"#SBATCH {line}" for line in settings.directives), "set -eu", *settings.prologue]


def _memory(settings: Settings, peak: float, tasks: int = 1) -> dict[str, str]:
    """How a job of ``tasks`` processes asks for memory: as set, or for processes that take ``peak`` bytes each."""
    each = bytes_of(settings.memory) if settings.memory else plan.SYSTEM_RESERVE * peak
    return pools.memory_request(settings, each, tasks)


def _verb(place: Workspace, verb: str, *more: str) -> str:
    return " ".join([place.command(verb), *more])


def _array(place: Workspace, made: Plan, settings: Settings, shards: int) -> str:
    name, limit = place.recipe.spec.name, walltime(settings, made.cpu_seconds, shards * settings.cores)
    memory = _memory(settings, made.worker_memory + (settings.cores - 1) * made.task_memory)
    shard = _header(settings, job_name=f"gloam-{name}", cpus_per_task=settings.cores, **memory, time=limit)
    shard.append(_verb(place, "run", f'--shard "$SLURM_ARRAY_TASK_ID/{shards}" --workers {settings.cores}'))
    last = _header(
        settings,
        job_name=f"gloam-{name}-finalize",
        cpus_per_task=settings.cores,
        **_memory(settings, made.finalize_memory),
        time=walltime(settings, made.check_seconds, settings.cores),
    )
    last.append(_verb(place, "finalize", f"--workers {settings.cores}"))
    return "\n".join(
        (
            "#!/usr/bin/env bash",
            "# Run on the login node; again after a failure: only missing chunks are integrated.",
            "set -eu",
            f"array=$(sbatch --parsable --array=1-{shards} <<'SHARD'",
            *shard,
            "SHARD",
            ")",
            "sbatch --dependency=afterok:\"$array\" --kill-on-invalid-dep=yes <<'FINALIZE'",
            *last,
            "FINALIZE",
        )
    )


def _mpi(place: Workspace, made: Plan, settings: Settings) -> str:
    name, workers = place.recipe.spec.name, settings.workers
    peak = (workers * made.worker_memory + made.finalize_memory) / (workers + 1)  # rank 0 finalizes
    head = _header(
        settings,
        job_name=f"gloam-{name}",
        ntasks=workers + 1,
        **_memory(settings, peak, workers + 1),
        time=walltime(settings, made.cpu_seconds + made.check_seconds, workers),
    )
    return "\n".join((*head, f"mpirun {_verb(place, 'run', '--executor mpi')}"))


def _driver(place: Workspace, made: Plan, settings: Settings) -> str:
    """Script of the driver job, then, as comments, that of the jobs which it submits."""
    pools.require("dask_jobqueue", "hpc")
    from dask_jobqueue.slurm import SLURMJob

    name = place.recipe.spec.name
    options = ["--executor slurm", f"--workers {settings.workers}", f"--cores {settings.cores}"]
    for key in ("partition", "account", "memory", "memory_request", "walltime", "interface"):
        if getattr(settings, key):
            options.append(f"--{key.replace('_', '-')} {shlex.quote(getattr(settings, key))}")
    for key in FREE:
        options += [shlex.quote(f"--{key}={line}") for line in getattr(settings, key)]
    needed = estimated_walltime(made.cpu_seconds + made.check_seconds, settings.workers)
    hours = math.ceil(seconds_of(needed) / 3600.0)  # whole ones, since its jobs wait in the queue meanwhile
    head = _header(
        settings,
        job_name=f"gloam-{name}-driver",
        time=f"{hours}:00:00",
        **pools.memory_request(replace(settings, cores=1), plan.SYSTEM_RESERVE * max(DRIVER, made.finalize_memory)),
    )
    worker = SLURMJob("tls://DRIVER:PORT", name="worker", **pools.job(place.recipe, settings, str(place.jobs))).job_script()
    comments = [f"# {line}".rstrip() for line in worker.splitlines()]
    return "\n".join((*head, _verb(place, "run", *options), "", f"# The driver submits {settings.jobs} jobs of:", *comments))
