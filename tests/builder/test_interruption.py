"""A build that is killed, interrupted or out of room resumes to the same bytes."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest

SLOW = ("STEPS = 200", "STEPS = 200_000")  # about half a millisecond per node
PLANS = [
    pytest.param("24,1", ("--workers", "1"), id="one thread"),
    pytest.param("5,4", ("--workers", "2"), id="two threads"),
    pytest.param("3,16", ("--workers", "2", "--executor", "processes"), id="two processes"),
]


@pytest.fixture(scope="module")
def slow(workshop):
    """A variant of the trial recipe slow enough to be killed half-way."""
    return workshop.recipe("slow_recipe", SLOW)


@pytest.fixture(scope="module")
def undisturbed(workshop, slow, tmp_path_factory):
    """Content digest of an undisturbed build of the slow recipe with default chunks."""
    directory = tmp_path_factory.mktemp("undisturbed")
    command = workshop.command("slow_recipe", "run", "trial", "--out", directory, "--points", "200")
    subprocess.run(command, env=workshop.environment(), check=True, capture_output=True)
    return workshop.content_digest(directory)


@pytest.mark.parametrize(("chunk", "workers"), PLANS)
def test_kill_and_resume_give_the_content_digest_of_an_undisturbed_run(workshop, undisturbed, tmp_path, chunk, workers):
    """Expected: equal bytes after two kill -9 at random moments; finished chunks are not integrated again."""
    building = tmp_path / "trial" / "v1.building"
    rng = random.Random(chunk)
    start = workshop.command("slow_recipe", "run", "trial", "--out", tmp_path, "--points", "200", *workers)
    first = rng.randint(1, 5)
    workshop.interrupt([*start, "--chunk", chunk], building, first, signal.SIGKILL)
    kept = {path: path.stat().st_mtime_ns for path in workshop.chunk_files(building)}
    assert len(kept) >= first
    workshop.interrupt(start, building, len(kept) + rng.randint(1, 4), signal.SIGKILL)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    finish = subprocess.run(start, env=workshop.environment(), capture_output=True, text=True, check=False)
    assert finish.returncode == 0, finish.stderr
    assert workshop.content_digest(tmp_path) == undisturbed


def assert_interrupted(err, out):
    """Beside log lines there is one sentence, with the command that resumes."""
    (line,) = [line for line in err.splitlines() if not line.startswith("time=")]
    assert line == f"gloam-build: interrupted; finished chunks are kept, resume with `gloam-build run trial --out {out}`"


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_control_c_keeps_chunks_and_says_how_to_resume(workshop, slow, tmp_path, executor):
    """Expected: exit 130, one sentence with the command to resume, the finished chunks in place, the lock free."""
    building = tmp_path / "trial" / "v1.building"
    command = workshop.command(
        "slow_recipe",
        "run",
        "trial",
        "--out",
        tmp_path,
        "--chunk",
        "6,1",
        "--workers",
        "2",
        "--executor",
        executor,
    )
    code, err = workshop.interrupt(command, building, 4, signal.SIGINT)
    assert code == 130
    assert_interrupted(err, tmp_path)
    assert len(workshop.chunk_files(building)) >= 4
    assert not (tmp_path / "trial" / "v1.lock").exists()


CALLBACK = """def callback():
    os.kill(os.getpid(), int(os.environ["NAP"]))
    return sum(range(1000))


def data(label):
    if os.environ.get("NAP", "0") != "0":
        ctypes.CFUNCTYPE(ctypes.c_int)(callback)()
"""
LOST = (  # a signal whose exception is raised inside a callback from C, which forgets it
    ("import math\n", "import ctypes\nimport math\nimport os\nimport signal\n"),
    ("def data(label):\n", CALLBACK),
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", ["run", "begin", "plan", "verify"])
def test_a_signal_in_a_callback_from_c_is_not_lost(workshop, finished, tmp_path, verb, number):
    """Expected: 128 + the number and one sentence, in every command that compiles; LLVM calls back like this while it does."""
    workshop.recipe("lost_signal", *LOST)
    where = ("--store", finished) if verb == "verify" else ("--out", tmp_path)
    command = workshop.command("lost_signal", verb, "trial", *where)
    done = subprocess.run(command, env=workshop.environment(number), capture_output=True, text=True, check=False)
    assert done.returncode == 128 + number, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("time=")]
    assert line.startswith("gloam-build: interrupted")


def test_a_signal_that_was_ignored_stays_ignored(workshop, slow, tmp_path):
    """Expected: exit 0, as a background shell or nohup asks for."""
    command = workshop.command("slow_recipe", "run", "trial", "--out", tmp_path, "--points", "200")
    deaf = subprocess.Popen(
        command,
        env=workshop.environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        stderr=subprocess.PIPE,
        text=True,
    )
    while deaf.poll() is None and not workshop.chunk_files(tmp_path / "trial" / "v1.building"):
        time.sleep(0.01)
    deaf.send_signal(signal.SIGINT)
    _, err = deaf.communicate()
    assert deaf.returncode == 0, err


def test_a_file_that_cannot_grow_stops_the_build_with_one_sentence(workshop, tmp_path):
    """Expected: a limit on file sizes stands in for a full disk: exit 1, path and remedy; then it resumes."""
    workshop.recipe("wide_recipe", ("10.0), 24)", "10.0), 90)"), ("2.0), 16)", "2.0), 60)"))
    command = workshop.command("wide_recipe", "run", "trial", "--out", tmp_path, "--chunk", "90,60", "--points", "200")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    full = subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=False, preexec_fn=limit)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert str(tmp_path) in full.stderr
    assert "make room" in full.stderr
    again = subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr


def test_a_real_table_survives_a_kill(workshop, tmp_path):
    """Expected: the coarse nucleon moments have one content digest, killed or not, whatever the chunks."""
    digests = []
    for number, chunk in enumerate(("160,48", "4,6")):
        out = tmp_path / str(number)
        command = [
            sys.executable,
            "-P",
            "-m",
            "gloam.builder",
            "run",
            "nucleon-moments",
            "--shrink",
            "4",
            "--out",
            str(out),
            "--points",
            "300",
            "--workers",
            "2",
        ]
        if number == 1:
            building = out / "nucleon-moments" / "v1.building"
            workshop.interrupt([*command, "--chunk", chunk], building, 20, signal.SIGKILL)
            assert building.is_dir()
        done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        digests.append(workshop.content_digest(out, "nucleon-moments"))
    assert digests[0] == digests[1]


def test_a_second_driver_of_one_build_is_refused(workshop, slow, undisturbed, tmp_path):
    """Expected: exit 1 and the first driver's process id, while status counts its chunks; the first ends undisturbed."""
    building = tmp_path / "trial" / "v1.building"
    command = workshop.command(
        "slow_recipe", "run", "trial", "--out", tmp_path, "--chunk", "2,2", "--workers", "1", "--points", "200"
    )
    first = workshop.start(command)
    try:
        while first.poll() is None and not workshop.chunk_files(building):
            time.sleep(0.01)
        os.kill(first.pid, signal.SIGSTOP)
        second = subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert f"process {first.pid}" in second.stderr
        status = workshop.command("slow_recipe", "status", "trial", "--out", tmp_path, "--json")
        shown = subprocess.run(status, env=workshop.environment(), capture_output=True, text=True, check=True)
        row = json.loads(shown.stdout)[0]
        assert row["driver"] == first.pid
        assert row["state"] == "building"
        assert 1 <= row["chunks_done"] < row["chunks"]
        os.kill(first.pid, signal.SIGCONT)
        _, errors = first.communicate()
        assert first.returncode == 0, errors
        assert workshop.content_digest(tmp_path) == undisturbed
    finally:
        first.kill()
        first.communicate()
