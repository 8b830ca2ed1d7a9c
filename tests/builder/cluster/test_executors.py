"""One small real build through every executor: SLURM, MPI, a dask scheduler, a job array, processes; one content digest."""

from __future__ import annotations

import json
import subprocess
import sys
import time


def test_slurm_jobs_give_the_content_digest_of_threads(slurm, small, undisturbed, tmp_path):
    """Expected: equal digests although a job is cancelled half-way and another replaces it; no job is left behind."""
    settings, out = tmp_path / "cluster.toml", tmp_path / "stores"
    settings.write_text(
        'executor = "slurm"\nworkers = 2\npartition = "debug"\nmemory = "1 GB"\nwalltime = "0:10:00"\n'
        'interface = "lo"\nbatch_seconds = 1e-6\n'
    )
    command = small.command("run", *small.options, *small.chunk, *small.points, "--cluster", settings, "--out", out)
    driver = subprocess.Popen(command, env=slurm.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while driver.poll() is None and small.present(out) == 0:
        time.sleep(0.01)
    slurm.command("scancel", "--signal=KILL", "--full", slurm.jobs()[0])
    assert 0 < small.present(out) < small.chunks
    _, errors = driver.communicate(timeout=120)
    assert driver.returncode == 0, errors
    assert "dask dashboard at http://" in errors
    assert small.content_digest(out) == undisturbed
    assert small.provenance(out)["executors"] == ["slurm"]
    slurm.wait(30)


def test_mpi_ranks_give_the_content_digest_of_threads(mpirun, small, undisturbed, tmp_path):
    """Expected: equal digests; three ranks are one driver and two workers."""
    arguments = (*small.options, *small.chunk, *small.points, "--executor", "mpi", "--batch-seconds", 1e-6)
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
        arguments = (*small.options, *small.chunk, *small.points, "--executor", "distributed", "--address", address)
        small.run("run", *arguments, "--out", tmp_path / "stores")
    finally:
        for process in running:
            process.terminate()
            process.wait()
    assert small.content_digest(tmp_path / "stores") == undisturbed
