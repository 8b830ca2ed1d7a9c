"""Small builds through every executor: equal content digests, equal verifications, and a point to every bad value."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

import psutil
import pytest

MARKING = (  # a file named by the process in a directory from the environment, for every process that integrates
    ("import math\n", "import math\nimport os\nfrom pathlib import Path\n"),
    ("def data(label):\n", "def data(label):\n    Path(os.environ['MARKS'], str(os.getpid())).touch()\n"),
)
WRONG = {
    "gives nan": "total = math.nan",
    "fails (division by zero)": "total /= x[0] - x[0]",
}
TASKS = ("--batch-seconds", 3e-5)  # of the trial recipe: some ten points in a task


def test_mpi_ranks_give_the_content_digest_of_threads(mpirun, small, undisturbed, tmp_path):
    """Expected: equal digests; three ranks are one driver and two workers."""
    arguments = (*small.options, *small.chunk, "--executor", "mpi", "--batch-seconds", 1e-6)
    small.run("run", *arguments, "--out", tmp_path, launcher=mpirun)
    assert small.content_digest(tmp_path) == undisturbed
    assert small.provenance(tmp_path)["executors"] == ["mpi"]


def test_a_dask_scheduler_at_an_address_gives_the_content_digest_of_threads(through, small, undisturbed, tmp_path):
    """Expected: equal digests with `dask scheduler` and `dask worker` as a user starts them."""
    way = through("distributed")
    small.run("run", *small.options, *small.chunk, *way.options, "--out", tmp_path / "stores")
    assert small.content_digest(tmp_path / "stores") == undisturbed
    assert small.provenance(tmp_path / "stores")["executors"] == ["distributed"]


def test_shards_finalized_by_processes_give_the_content_digest_of_threads(small, undisturbed, tmp_path):
    """Expected: equal digests; errors are measured in two processes."""
    for shard in ("2/2", "1/2"):
        small.run("run", *small.options, "--out", tmp_path, "--shard", shard, "--workers", 1)
    done = small.run("finalize", *small.options, "--out", tmp_path, "--executor", "processes", "--workers", 2)
    assert small.content_digest(tmp_path) == undisturbed
    assert 'work="nucleon-moments error measurement"' in done.stderr


@pytest.fixture(scope="module")
def verified(workshop, finished):
    """The report of a verification in one thread."""
    command = workshop.command("trial_recipe", "verify", "trial", "--store", finished, "--points", 3000, "--json", "--workers", 1)
    done = subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("executor", ["threads", "processes", "distributed", "slurm", "mpi"])
def test_verification_does_not_depend_on_the_executor(through, workshop, finished, verified, tmp_path, executor):
    """Expected: the report of one thread to the last digit, and integration outside the driver unless by threads."""
    workshop.recipe("marking_recipe", *MARKING)
    marks = tmp_path / "marks"
    marks.mkdir()
    way = through(executor, MARKS=str(marks))
    command = workshop.command(
        "marking_recipe", "verify", "trial", "--store", finished, "--points", 3000, "--json", *way.options, *TASKS
    )
    done = subprocess.run(
        [*way.launcher, *command], cwd=tmp_path, env=way.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "changed since the build" in found["notes"][0]  # the marking recipe has another text
    assert found == {**verified, "notes": found["notes"]}
    assert len(list(marks.iterdir())) >= (1 if executor == "threads" else 2)
    assert f'work="trial verification" done={found["points"]} of={found["points"]}' in done.stderr


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("executor", ["threads", "processes", "distributed", "slurm"])
def test_a_bad_value_stops_the_build_with_its_point(through, workshop, build, tmp_path, executor, wrong):
    """Expected: exit 1 with the point; status counts one failed chunk and tells the point; the other chunks are kept.

    One worker takes the chunks in order; a = 10 GeV, b = 2 is in the last of the 24 chunks of the first choice label.
    """
    name = f"bad_{executor}_{len(wrong)}"
    line = f"    if x[0] > 9.9 and x[1] > 1.9:\n        {WRONG[wrong]}\n    out[1] = "
    module = workshop.recipe(name, ("    out[1] = ", line))
    way = through(executor, workers=1)
    command = workshop.command(name, "run", "trial", "--out", tmp_path, "--chunk", "4,4", *way.options, "--batch-seconds", "1e-9")
    done = subprocess.run(command, cwd=tmp_path, env=way.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert wrong in done.stderr
    assert "a = 10 GeV, b = 2" in done.stderr
    assert "Traceback" not in done.stderr
    row = json.loads(build(module, "status", "trial", "--out", tmp_path, "--json")[1])[0]
    assert (row["state"], row["failed"], row["in_flight"]) == ("stopped", 1, 0)
    assert "a = 10 GeV, b = 2" in row["note"]
    assert row["chunks_done"] >= 23


def test_a_bad_value_met_by_the_verification_names_its_point(through, workshop, finished, tmp_path):
    """Expected: exit 1 and a point with a > 5 GeV from a worker of dask, without a traceback."""
    line = "    if x[0] > 5.0:\n        total = math.nan\n    out[1] = "
    workshop.recipe("bad_later", ("    out[1] = ", line))
    way = through("distributed")
    command = workshop.command("bad_later", "verify", "trial", "--store", finished, *way.options)
    done = subprocess.run(command, cwd=tmp_path, env=way.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert float(re.search(r"gives nan .* at sign = \w+, a = ([0-9.]+) GeV", done.stderr)[1]) > 5.0
    assert "Traceback" not in done.stderr


def test_a_killed_rank_of_mpi_ends_the_job_and_the_build_resumes(mpirun, workshop, napping, finished, build, tmp_path):
    """Expected: mpirun fails, finished chunks stay, and a run with threads ends with the digest of an undisturbed build."""
    command = workshop.command(
        napping, "run", "trial", "--out", tmp_path, "--chunk", "4,4", "--executor", "mpi", "--batch-seconds", "1e-9"
    )
    job = workshop.start([*mpirun, *command], nap=10_000)
    building = tmp_path / "trial" / "v1.building"
    while len(workshop.chunk_files(building)) < 3:
        assert job.poll() is None, job.communicate()
        time.sleep(0.01)
    ranks = [p for p in psutil.Process(job.pid).children(recursive=True) if "program_" in " ".join(p.cmdline())]
    assert len(ranks) == 3
    ranks[-1].kill()
    job.communicate(timeout=60)
    assert job.returncode != 0
    assert 3 <= len(workshop.chunk_files(building)) < 2 * 6 * 4
    code, _, err = build(sys.modules[napping], "run", "trial", "--out", tmp_path, "--points", "600")
    assert code == 0, err
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)
