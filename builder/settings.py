"""How a build is run: which executor, how many workers, and what a cluster job may use; from flags or one TOML file."""

from __future__ import annotations

import math
import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam.lookup.errors import BadParameter, UnknownName

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

MEMORY_REQUESTS = ("per-node", "per-cpu", "none")  # how a job asks for memory: --mem, --mem-per-cpu, not at all
FREE = ("directives", "prologue")  # settings whose values may begin with dashes
WORD = re.compile(r"[\w.,:;@%+/=\[\]()*-]+")  # a value that goes into an #SBATCH line as it is
WALLTIME = re.compile(r"(?:([0-9]{1,4})-)?([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2})", re.ASCII)
EXECUTORS = ("threads", "processes", "distributed", "slurm", "mpi")


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """Settings of a run; each is a flag of ``run``, ``finalize``, ``verify`` and ``plan``, and a key of the TOML file.

    ``workers`` tasks run at once. ``address`` is that of a running dask scheduler.
    The others describe one SLURM job: partition, account, cores, memory ("" for what ``plan`` states) and how it is asked for
    ("" for the usual way of each script), time limit, network interface, further ``#SBATCH`` lines and lines of shell before
    the worker starts.
    """

    executor: str = "threads"
    workers: int = 1
    address: str = ""
    batch_seconds: float = 1.0
    partition: str = ""
    account: str = ""
    cores: int = 1
    memory: str = ""
    memory_request: str = ""
    walltime: str = ""
    interface: str = ""
    directives: tuple[str, ...] = ()
    prologue: tuple[str, ...] = ()

    @property
    def jobs(self) -> int:
        """SLURM jobs that hold all workers."""
        return -(-self.workers // self.cores)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Flags for all settings."""
    group = parser.add_argument_group("executor", "each can also be a key of the --cluster file; flags win")

    def flag(name: str, metavar: str, text: str, **more: Any) -> None:
        group.add_argument(f"--{name}", metavar=metavar, help=text, **more)

    flag("cluster", "FILE", "TOML file with these settings", type=Path)
    group.add_argument("--executor", choices=EXECUTORS, help="default: threads")
    flag("workers", "N", "tasks at a time (default: the cores of this machine)", type=int)
    flag("batch-seconds", "S", "least work in a task (default: 1)", type=float)
    flag("address", "TCP", "distributed: address of the scheduler, tcp://HOST:PORT")
    flag("partition", "NAME", "slurm: partition")
    flag("account", "NAME", "slurm: account")
    flag("cores", "N", "slurm: cores of a job, each a worker (default: 1)", type=int)
    flag("memory", "SIZE", "slurm: memory of a job, for example '8 GB' (default: as planned)")
    group.add_argument(
        "--memory-request",
        choices=MEMORY_REQUESTS,
        help="slurm: ask for memory by --mem, by --mem-per-cpu, or not at all (default: per-cpu for mpi, else per-node)",
    )
    flag("walltime", "H:M:S", "slurm: time limit of a job (default: 1:00:00)")
    flag("interface", "NAME", "slurm: network interface between driver and workers, for example ib0")
    flag("directives", "TEXT", "slurm: another #SBATCH line; may be repeated", action="append")
    flag("prologue", "TEXT", "slurm: a line of shell before the worker starts; may be repeated", action="append")


def joined(arguments: Sequence[str]) -> list[str]:
    """Arguments with ``--directives --qos=long`` as one, since argparse takes what begins with dashes for a flag."""
    found: list[str] = []
    flags = {f"--{name}" for name in FREE}
    for word in arguments:
        if found and found[-1] in flags and word.startswith("-"):
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def settings_of(options: argparse.Namespace) -> Settings:
    """Settings from the TOML file, then the flags.

    Raises
    ------
    BadParameter, UnknownName
        When the file cannot be read, or a key or a value is not allowed.
    """
    given = read(options.cluster) if options.cluster else {}
    for item in fields(Settings):
        value = getattr(options, item.name)
        if value is not None:
            given[item.name] = tuple(value) if isinstance(value, list) else value
    default = given.get("cores", 1) if given.get("executor") == "slurm" else cores()
    made = Settings(**{"workers": default, **given})
    check(made)
    return made


def read(path: Path) -> dict[str, Any]:
    """Settings in a TOML file, names and types checked."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f'--cluster {path}: {error}; give a TOML file with keys like executor = "slurm"'
        raise BadParameter(msg) from error
    defaults = {item.name: item.default for item in fields(Settings)}
    for name, value in found.items():
        if name not in defaults:
            raise UnknownName(f"setting in {path}", name, defaults)
        default = defaults[name]
        if isinstance(default, tuple):
            good = isinstance(value, list) and all(isinstance(line, str) for line in value)
            found[name], kind = tuple(value) if good else value, "a list of strings"
        elif isinstance(default, float):
            good, kind = isinstance(value, (int, float)) and not isinstance(value, bool), "a number"
        else:
            good, kind = type(value) is type(default), "a whole number" if isinstance(default, int) else "a string"
        if not good:
            msg = f"{path}: {name} = {value!r}: give {kind}"
            raise BadParameter(msg)
    return found


def check(settings: Settings) -> None:
    """Refuse settings that make no sense.

    Raises
    ------
    BadParameter, UnknownName
        Naming the setting and what is allowed.
    """
    if settings.executor not in EXECUTORS:
        raise UnknownName("executor", settings.executor, EXECUTORS)
    if settings.memory_request not in ("", *MEMORY_REQUESTS):
        raise UnknownName("memory request", settings.memory_request, MEMORY_REQUESTS)
    _check_texts(settings)
    for name in ("workers", "cores"):
        value = getattr(settings, name)
        if value < 1:
            msg = f"--{name} {value}: give a whole number of at least 1"
            raise BadParameter(msg)
    if not 0.0 < settings.batch_seconds < math.inf:
        msg = f"--batch-seconds {settings.batch_seconds:g}: give a time above 0 s"
        raise BadParameter(msg)
    if (settings.executor == "distributed") != bool(settings.address):
        msg = "--executor distributed and --address tcp://HOST:PORT go together: give both, or neither"
        raise BadParameter(msg)
    if settings.walltime:
        seconds_of(settings.walltime)
    if settings.memory:
        bytes_of(settings.memory)


def _check_texts(settings: Settings) -> None:
    """Refuse what would break a line of a job script, or end it."""
    for item in fields(Settings):
        value = getattr(settings, item.name)
        flag = f"--{item.name.replace('_', '-')}"
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not all(letter.isprintable() or letter == "\t" for letter in text):
                msg = f"{flag} {text!r} has a line break or another control character: give one line, more by repeating the flag"
                raise BadParameter(msg)
    for name in ("partition", "account", "interface"):
        if (text := getattr(settings, name)) and not WORD.fullmatch(text):
            msg = f"--{name} {text!r}: give a name without blanks and quotes"
            raise BadParameter(msg)
    for text in settings.directives:
        if not text.startswith("-"):
            msg = f"--directives {text!r}: give an option of sbatch that begins with a dash, for example --qos=long"
            raise BadParameter(msg)


def bytes_of(memory: str) -> int:
    """Bytes of a size like ``8 GB``."""
    from dask.utils import parse_bytes

    try:
        total = int(parse_bytes(memory))
    except ValueError:
        total = 0
    if total < 2**20:
        msg = f"--memory {memory}: give a number and a unit, for example '8 GB' or '500 MiB'"
        raise BadParameter(msg)
    return total


def seconds_of(walltime: str) -> int:
    """Seconds of a time limit, H:M:S or D-H:M:S [s]."""
    found = WALLTIME.fullmatch(walltime)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total <= 0:
        msg = f"--walltime {walltime}: give hours:minutes:seconds, or days-hours:minutes:seconds"
        raise BadParameter(msg)
    return total
