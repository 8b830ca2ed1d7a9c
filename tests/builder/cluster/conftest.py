"""A SLURM of one node on private ports and directories, started and stopped by the tests, and commands run on it."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gloam.lookup.callables.store import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"))
NEEDED = {
    "munged": "munge",
    "slurmctld": "slurm-wlm",
    "slurmd": "slurm-wlm",
    "sbatch": "slurm-wlm",
    "mpirun": "openmpi-bin",
}
CONFIGURATION = """
ClusterName=gloamtest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={home}/munge/socket
CredType=cred/munge
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1
MpiDefault=none
ReturnToService=2
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
DefMemPerCPU=1000
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
KillWait=5
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 CoresPerSocket=8 RealMemory=16000 State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=1:00:00 State=UP
"""


def program(name: str) -> str:
    """Path of a program; its Debian package is named when it is missing."""
    found = shutil.which(name, path=PATHS)
    if found is None:
        packages = " ".join(sorted({*NEEDED.values()}))
        pytest.fail(f"{name} of Debian's {NEEDED[name]} is needed: apt-get install --no-install-recommends {packages}")
    return found


def free_ports(count: int) -> list[int]:
    """TCP ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for item in sockets:
        item.bind(("127.0.0.1", 0))
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


@dataclass(frozen=True)
class Slurm:
    """A running one-node SLURM; ``home`` has its configuration, keys, logs and state."""

    home: Path

    @property
    def own(self) -> dict[str, str]:
        """Variables by which SLURM's commands find this SLURM and no other."""
        return {"SLURM_CONF": str(self.home / "slurm.conf"), "PATH": PATHS}

    @property
    def environment(self) -> dict[str, str]:
        """The environment with these variables."""
        return {**os.environ, **self.own}

    def command(self, name: str, *arguments: str) -> str:
        """Output of one of SLURM's commands."""
        run = subprocess.run([program(name), *arguments], env=self.environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def jobs(self) -> list[str]:
        """Ids of all jobs that wait, run or end; tasks of an array have the id of the array."""
        return self.command("squeue", "--noheader", "--array", "--format=%F").split()

    def wait(self, jobs: set[str], seconds: float = 150.0) -> None:
        """Wait until these jobs have ended."""
        end = time.monotonic() + seconds
        while jobs & {*self.jobs()}:
            assert time.monotonic() < end, self.command("squeue")
            time.sleep(0.3)

    def cancel(self, jobs: set[str]) -> None:
        """Kill these jobs."""
        for job in jobs:
            self.command("scancel", "--signal=KILL", "--full", job)
            self.command("scancel", job)
        self.wait(jobs, 30.0)


def start(home: Path) -> Slurm:
    """Start munge, controller and node in ``home``."""
    for name in ("munge", "state", "spool"):
        (home / name).mkdir(mode=0o700)
    (home / "munge" / "key").write_bytes(os.urandom(1024))
    (home / "munge" / "key").chmod(0o400)
    controller, daemon = free_ports(2)
    text = CONFIGURATION.format(
        home=home, host=socket.gethostname().split(".")[0], user=getpass.getuser(), controller=controller, daemon=daemon
    )
    (home / "slurm.conf").write_text(text)
    files = {"key-file": "key", "socket": "socket", "log-file": "log", "pid-file": "pid", "seed-file": "seed"}
    munge = [f"--{option}={home / 'munge' / name}" for option, name in files.items()]
    slurm = Slurm(home)
    for command in (["munged", "--force", *munge], ["slurmctld"], ["slurmd"]):
        run = [program(command[0]), *command[1:]]
        subprocess.run(run, env=slurm.environment, check=True, capture_output=True, timeout=60)
    end = time.monotonic() + 30.0
    while "idle" not in slurm.command("sinfo", "--noheader", "--format=%T"):
        assert time.monotonic() < end, (home / "slurmctld.log").read_text() + (home / "slurmd.log").read_text()
        time.sleep(0.2)
    return slurm


def end(slurm: Slurm) -> None:
    """Cancel all jobs, then stop the three daemons by the process ids that they wrote."""
    with suppress(AssertionError):
        slurm.cancel({*slurm.jobs()})
    for name in ("slurmd.pid", "slurmctld.pid", "munge/pid"):
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            pid = int((slurm.home / name).read_text())
            os.kill(pid, signal.SIGTERM)
            for _ in range(100):
                os.kill(pid, 0)
                time.sleep(0.1)


class SmallBuild:
    """One small build of a real table: commands in processes of their own, and what became of it."""

    table = "nucleon-moments"
    options = ("nucleon-moments", "--shrink", "8")
    chunk = ("--chunk", "3,4")
    chunks = 3 * 7 * 6

    @staticmethod
    def command(*arguments: object) -> list[str]:
        """The command line of ``gloam-build`` with this interpreter."""
        return [sys.executable, "-P", "-m", "gloam.builder", *map(str, arguments)]

    def run(self, *arguments: object, environment=None, launcher=()) -> subprocess.CompletedProcess[str]:
        """Run ``gloam-build``, which must exit 0."""
        run = subprocess.run([*launcher, *self.command(*arguments)], env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr + run.stdout
        return run

    def present(self, directory: Path) -> int:
        """Chunks integrated so far."""
        return len(list((directory / self.table / "v1.building" / "values" / "c").glob("*/*/*/0")))

    def content_digest(self, directory: Path) -> str:
        """Content digest of the finished store."""
        return str(read_manifest(directory / self.table / "v1")["content_digest"])

    def provenance(self, directory: Path) -> dict[str, object]:
        """What the finished store tells of its making."""
        found: dict[str, object] = json.loads((directory / self.table / "v1" / "provenance.json").read_text())
        return found


@pytest.fixture(scope="session")
def small():
    """The small build."""
    return SmallBuild()


@pytest.fixture(scope="session")
def undisturbed(small, tmp_path_factory):
    """Content digest of the small build with one thread and default chunks."""
    directory = tmp_path_factory.mktemp("undisturbed")
    small.run("run", *small.options, "--workers", 1, "--out", directory)
    return small.content_digest(directory)


@pytest.fixture(scope="session")
def mpirun():
    """The start of a command line that runs three ranks, as root too."""
    return (program("mpirun"), "--allow-run-as-root", "--oversubscribe", "-n", "3")


@pytest.fixture(scope="session")
def slurm():
    """A SLURM of one node for all tests."""
    home = Path(tempfile.mkdtemp(prefix="gloam"))  # short, since a socket's path may have 107 characters
    running = Slurm(home)
    try:
        yield start(home)
    finally:
        end(running)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def commands(tmp_path_factory):
    """Directory with ``gloam-build`` as a command of this very interpreter, for scripts."""
    directory = tmp_path_factory.mktemp("bin")
    script = directory / "gloam-build"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m gloam.builder "$@"\n')
    script.chmod(0o755)
    return directory


@dataclass(frozen=True)
class Way:
    """How a test gives its command line to an executor: flags, the command before it, environment."""

    options: tuple[object, ...]
    environment: dict[str, str]
    launcher: tuple[str, ...] = ()


@contextmanager
def dask_cluster(environment: dict[str, str], directory: Path) -> Iterator[str]:
    """``dask scheduler`` and ``dask worker`` as a user starts them: the address."""
    file = directory / "scheduler.json"
    scheduler = (
        "scheduler",
        "--port",
        "0",
        "--dashboard-address",
        "127.0.0.1:0",
        "--host",
        "127.0.0.1",
        "--scheduler-file",
        str(file),
    )
    worker = ("worker", "--nthreads", "1", "--scheduler-file", str(file), "--no-dashboard", "--local-directory", str(directory))
    running = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in (scheduler, worker)
    ]
    try:
        while not file.is_file():
            assert running[0].poll() is None
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in running:
            process.terminate()
            process.wait()


@pytest.fixture
def through(request, workshop, tmp_path):
    """The way through an executor, given its name, the workers and further variables; what it needs runs until the end."""
    with ExitStack() as stack:

        def way(executor: str, workers: int = 2, **variables: str) -> Way:
            environment = {**workshop.environment(), **variables}
            options: tuple[object, ...] = ("--executor", executor, "--workers", workers)
            if executor == "mpi":
                return Way(options, environment, request.getfixturevalue("mpirun"))
            if executor == "slurm":
                options += ("--partition", "debug", "--interface", "lo", "--walltime", "0:10:00")
                return Way(options, {**environment, **request.getfixturevalue("slurm").own})
            if executor == "distributed":
                options += ("--address", stack.enter_context(dask_cluster(environment, tmp_path)))
            return Way(options, environment)

        yield way
