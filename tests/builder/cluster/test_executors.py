"""One small real build through MPI and through a dask scheduler: the content digest of threads."""

from __future__ import annotations

import json
import subprocess
import sys
import time


def test_mpi_ranks_give_the_content_digest_of_threads(mpirun, small, undisturbed, tmp_path):
    """Expected: equal digests; three ranks are one driver and two workers."""
    arguments = (*small.options, *small.chunk, "--executor", "mpi", "--batch-seconds", 1e-6)
    small.run("run", *arguments, "--out", tmp_path, launcher=mpirun)
    assert small.content_digest(tmp_path) == undisturbed
    assert small.provenance(tmp_path)["executors"] == ["mpi"]


def test_a_dask_scheduler_at_an_address_gives_the_content_digest_of_threads(small, undisturbed, tmp_path):
    """Expected: equal digests with `dask scheduler` and `dask worker` as a user starts them."""
    file = tmp_path / "scheduler.json"
    scheduler = [sys.executable, "-P", "-m", "dask", "scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0",
                 "--host", "127.0.0.1", "--scheduler-file", str(file)]
    worker = [sys.executable, "-P", "-m", "dask", "worker", "--nthreads", "2", "--scheduler-file", str(file), "--no-dashboard",
              "--local-directory", str(tmp_path)]
    running = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in (scheduler, worker)]
    try:
        while not file.is_file():
            assert running[0].poll() is None
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        arguments = (*small.options, *small.chunk, "--executor", "distributed", "--address", address)
        small.run("run", *arguments, "--out", tmp_path / "stores")
    finally:
        for process in running:
            process.terminate()
            process.wait()
    assert small.content_digest(tmp_path / "stores") == undisturbed
