"""Faults of a cluster, injected: afterwards the build resumes to the content digest of an undisturbed one."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future

import psutil
import pytest
from gloam.builder import journal, pools, run, source, workspace
from gloam.builder.crew import BuildStopped, Crew
from gloam.builder.settings import Settings

POINTS = ("--points", "600")


@pytest.fixture
def resumed(workshop, napping, finished, build):
    """Resume the build in a directory without naps: it must end with the content digest of the undisturbed build."""

    def resume(out):
        code, _, err = build(sys.modules[napping], "run", "trial", "--out", out, *POINTS, "--workers", 2)
        assert code == 0, err
        assert workshop.content_digest(out) == workshop.content_digest(finished)

    return resume


def wait_for(condition, process):
    """Wait until ``condition()`` holds; the process must not end before."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_a_killed_worker_process_is_replaced(workshop, napping, finished, tmp_path):
    """Expected: kill -9 of one of two workers half-way: the run itself goes on to the digest of an undisturbed build."""
    command = workshop.command(
        napping,
        "run",
        "trial",
        "--out",
        tmp_path,
        *POINTS,
        "--workers",
        2,
        "--executor",
        "processes",
        "--chunk",
        "4,4",
        "--batch-seconds",
        1e-9,
    )
    driver = workshop.start(command, nap=10_000)
    building = tmp_path / "trial" / "v1.building"
    wait_for(lambda: len(workshop.chunk_files(building)) >= 3, driver)
    workers = [p for p in psutil.Process(driver.pid).children() if any("spawn_main" in part for part in p.cmdline())]
    workers[0].kill()
    _, errors = driver.communicate()
    assert driver.returncode == 0, errors
    assert "their tasks are done again" in errors
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_a_worker_killed_while_it_verifies_is_replaced(workshop, napping, finished, tmp_path):
    """Expected: kill -9 of one of two workers: the verification goes on to the report of an undisturbed one."""
    command = workshop.command(
        napping,
        "verify",
        "trial",
        "--store",
        finished,
        "--points",
        1000,
        "--json",
        "--workers",
        2,
        "--executor",
        "processes",
        "--batch-seconds",
        1e-3,
    )
    undisturbed, _ = workshop.start(command).communicate()
    driver = workshop.start(command, nap=10_000)
    lines = iter(driver.stderr.readline, "")
    assert any("trial verification" in line for line in lines)
    workers = [p for p in psutil.Process(driver.pid).children() if any("spawn_main" in part for part in p.cmdline())]
    workers[0].kill()
    report, errors = driver.communicate()
    assert driver.returncode == 0, errors
    assert "their tasks are done again" in errors
    assert json.loads(report) == json.loads(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("phase", ["error measurement", "verification"])
def test_a_driver_killed_while_it_measures_errors_resumes(workshop, napping, build, resumed, tmp_path, phase, number):
    """Expected: `status` tells the points measured, a second driver is refused; killed, all chunks are there and no store is in
    place; resumed to the digest of an undisturbed build.
    """
    module = sys.modules[napping]
    assert build(module, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    command = workshop.command(napping, "finalize", "trial", "--out", tmp_path, *POINTS, "--workers", 1, "--batch-seconds", 1e-9)
    driver = workshop.start(command, nap=20_000)

    def row():
        return json.loads(build(module, "status", "trial", "--out", tmp_path, "--json")[1])[0]

    def measured():
        return re.fullmatch(rf"{phase}: ([1-9]\d*) of \d+ points", row()["note"])

    wait_for(measured, driver)
    found = row()
    assert (found["state"], found["chunks_done"], found["driver"]) == ("building", found["chunks"], driver.pid)
    done, points = (int(text) for text in re.fullmatch(rf"{phase}: (\d+) of (\d+) points", found["note"]).groups())
    assert 0 < done < points
    assert found["seconds_left"] >= 0.02 * (points - done)  # 20 ms of sleep at every point
    code, _, err = build(module, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert f"process {driver.pid}" in err
    driver.send_signal(number)
    _, errors = driver.communicate()
    assert driver.returncode != 0
    if number == signal.SIGTERM:
        assert driver.returncode == 143
        assert f"resume with `gloam-build run trial --out {tmp_path}`" in errors
        assert "Traceback" not in errors
    assert "resume with" in row()["note"]
    assert not (tmp_path / "trial" / "v1").exists()
    resumed(tmp_path)


def test_workers_that_always_die_stop_the_build_with_a_remedy(trial, tmp_path, monkeypatch):
    """Expected: after three pools without a finished task, one sentence that speaks of memory."""

    class Broken(Executor):
        opened = 0

        def submit(self, *arguments, **keywords):
            future = Future()
            future.set_exception(BrokenExecutor("gone"))
            return future

    class Opened:
        def __enter__(self):
            Broken.opened += 1
            return pools.Pool(Broken(), lambda: 1)

        def __exit__(self, *error):
            return False

    monkeypatch.setattr(pools, "open_pool", lambda *arguments: Opened())
    place = workspace.workspace_in(source.load(trial), tmp_path)
    todo = run.prepare(place, (24, 16), restart=False)
    with pytest.raises(BuildStopped, match="more memory"), Crew(place.recipe, Settings()) as crew:
        run.integrate(place, todo, crew)
    assert Broken.opened == pools.RETRIES
    assert journal.runs(place)[0].state == "failed"


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_sigterm_at_the_time_limit_keeps_chunks_and_says_how_to_resume(workshop, napping, resumed, tmp_path, executor):
    """Expected: exit 143, the command, state interrupted; resumed to the digest of an undisturbed build."""
    command = workshop.command(
        napping,
        "run",
        "trial",
        "--out",
        tmp_path,
        "--chunk",
        "4,4",
        "--executor",
        executor,
        "--workers",
        "2",
        "--batch-seconds",
        "1e-9",
    )
    driver = workshop.start(command, nap=10_000)
    building = tmp_path / "trial" / "v1.building"
    wait_for(lambda: len(workshop.chunk_files(building)) >= 3, driver)
    driver.terminate()
    _, errors = driver.communicate()
    assert driver.returncode == 143
    assert f"resume with `gloam-build run trial --out {tmp_path}`" in errors
    assert "Traceback" not in errors
    assert 3 <= len(workshop.chunk_files(building)) < 2 * 6 * 4
    states = [json.loads(path.read_text())["state"] for path in (building / "runs").glob("*.json")]
    assert states == ["interrupted"]
    resumed(tmp_path)


def in_mount_namespace(script, workshop, *arguments):
    """Run a shell script as root of a mount namespace of its own, where it may mount what it likes."""
    if shutil.which("unshare") is None:
        pytest.fail("unshare of util-linux is needed to fill a disk: apt-get install util-linux")
    own = [] if os.geteuid() == 0 else ["--map-root-user", "--user"]
    command = ["unshare", *own, "--mount", "sh", "-eu", "-c", script, "sh", *map(str, arguments)]
    return subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=False)


def test_a_full_disk_stops_the_build_and_room_lets_it_resume(workshop, napping, resumed, tmp_path):
    """Expected: on a file system of 120 kB exit 1, path and remedy; with room the digest of an undisturbed build."""
    script = """
    out=$1 room=$2; shift 2
    mount -t tmpfs -o size=120k none "$out"
    code=0; "$@" || code=$?
    cp -r "$out/trial" "$room"
    exit $code
    """
    small, room = tmp_path / "small", tmp_path / "room"
    small.mkdir()
    room.mkdir()
    command = workshop.command(napping, "run", "trial", "--out", small, "--chunk", "1,4", "--workers", "1")
    done = in_mount_namespace(script, workshop, small, room, *command)
    assert done.returncode == 1, done.stderr
    assert "No space left on device; make room" in done.stderr
    assert str(small) in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < len(workshop.chunk_files(room / "trial" / "v1.building")) < 2 * 24 * 4
    resumed(room)


def test_a_store_made_read_only_stops_the_build_and_resumes_when_writable(workshop, napping, build, resumed, tmp_path):
    """Expected: exit 1, path and remedy, while the file system is read-only; then the digest of an undisturbed build."""
    script = """
    out=$1; shift
    mount --bind "$out" "$out"
    mount -o remount,ro,bind "$out"
    exec "$@"
    """
    assert build(sys.modules[napping], "run", "trial", "--out", tmp_path, "--shard", "1/2")[0] == 0
    command = workshop.command(napping, "run", "trial", "--out", tmp_path, "--workers", "1")
    done = in_mount_namespace(script, workshop, tmp_path, *command)
    assert done.returncode == 1, done.stderr
    assert "Read-only file system; make room there or make it writable" in done.stderr
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr
    resumed(tmp_path)


def test_a_disk_that_fills_while_the_store_is_written_keeps_all_chunks(workshop, napping, build, resumed, tmp_path):
    """Expected: exit 1, path and remedy, no store; all 2 x 6 x 4 chunks are kept, and room lets it resume."""
    script = """
    out=$1 room=$2 begun=$3; shift 3
    mount -t tmpfs -o size=$(( 4 * $(find "$begun" -type f | wc -l) + 80 ))k none "$out"
    cp -r "$begun/trial" "$out"
    code=0; "$@" || code=$?
    cp -r "$out/trial" "$room"
    exit $code
    """
    begun, small, room = (tmp_path / name for name in ("begun", "small", "room"))
    small.mkdir()
    room.mkdir()
    assert build(sys.modules[napping], "run", "trial", "--out", begun, "--chunk", "4,4", "--no-finalize")[0] == 0
    command = workshop.command(napping, "finalize", "trial", "--out", small, *POINTS, "--workers", 1)
    done = in_mount_namespace(script, workshop, small, room, begun, *command)
    assert done.returncode == 1, done.stderr
    assert "No space left on device; make room" in done.stderr
    assert str(small) in done.stderr
    assert "Traceback" not in done.stderr
    assert not (room / "trial" / "v1").exists()
    assert len(workshop.chunk_files(room / "trial" / "v1.building")) == 2 * 6 * 4
    resumed(room)
    assert [path.name for path in (room / "trial").iterdir()] == ["v1"]


def test_what_is_read_only_can_be_looked_at_and_verified(workshop, napping, build, finished, tmp_path):
    """Expected: exit 0 where nothing can be written, also beside the lock of a driver elsewhere."""
    script = """
    out=$1; shift
    mount --bind "$out" "$out"
    mount -o remount,ro,bind "$out"
    exec "$@"
    """
    assert build(sys.modules[napping], "begin", "trial", "--out", tmp_path)[0] == 0
    (tmp_path / "trial" / "v1.lock").write_text("4711 on elsewhere\n")
    status = workshop.command(napping, "status", "trial", "--out", tmp_path)
    done = in_mount_namespace(script, workshop, tmp_path, *status)
    assert done.returncode == 0, done.stderr
    assert "0/2 chunks" in done.stdout
    verify = workshop.command("trial_recipe", "verify", "trial", "--store", finished, "--points", 300, "--workers", 1)
    done = in_mount_namespace(script, workshop, finished, *verify)
    assert done.returncode == 0, done.stderr


def test_a_file_system_without_locks_is_named(trial, build, tmp_path, monkeypatch):
    """Expected: exit 1 with the directory and the remedy, as on Lustre mounted without flock; status works there."""

    def flock(handle, kind):
        raise OSError(errno.ENOSYS, "Function not implemented")

    assert build(trial, "begin", "trial", "--out", tmp_path)[0] == 0
    monkeypatch.setattr(fcntl, "flock", flock)
    code, _, err = build(trial, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert f"the file system of {tmp_path / 'trial'} keeps no file locks" in err
    assert "Lustre: option flock" in err
    assert build(trial, "status", "trial", "--out", tmp_path)[0] == 0


def test_resume_is_refused_when_a_version_changed(trial, finished, workshop, build, tmp_path):
    """Expected: exit 1, both versions, and the command that starts afresh; with the old version the digest of no change."""
    assert build(trial, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    file = tmp_path / "trial" / "v1.building" / "zarr.json"
    content = json.loads(file.read_text())
    now = content["attributes"]["versions"]["numba"]
    content["attributes"]["versions"]["numba"] = "0.1"
    file.write_text(json.dumps(content))
    code, _, err = build(trial, "run", "trial", "--out", tmp_path)
    assert code == 1
    assert f"numba (0.1, now {now})" in err
    assert "--restart" in err
    content["attributes"]["versions"]["numba"] = now
    file.write_text(json.dumps(content))
    assert build(trial, "run", "trial", "--out", tmp_path, *POINTS)[0] == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_signals_reach_the_driver_only_while_it_works(trial, tmp_path):
    """Expected: the handler of SIGTERM is another one meanwhile, and the one before once the work is over."""
    before = signal.getsignal(signal.SIGTERM)
    place = workspace.workspace_in(source.load(trial), tmp_path)
    with Crew(place.recipe, Settings()) as crew:
        run.integrate(place, run.prepare(place, (24, 16), restart=False), crew)
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_million_nodes_in_a_hundred_thousand_chunks_are_tracked_below_a_gigabyte(workshop, tmp_path):
    """Expected by hand: 2 x 1000 x 500 nodes in chunks of 1 x 10; a shard in a thousand has 100; the heap is limited to 1 GB."""
    limiter = shutil.which("prlimit")
    if limiter is None:
        pytest.fail("prlimit of util-linux is needed to limit memory: apt-get install util-linux")
    workshop.recipe("huge_recipe", ("STEPS = 200", "STEPS = 1"), ("10.0), 24)", "10.0), 1000)"), ("2.0), 16)", "2.0), 500)"))

    def run(verb, *options):
        command = [limiter, f"--data={10**9}", *workshop.command("huge_recipe", verb, "trial", *options, "--out", tmp_path)]
        done = subprocess.run(command, env=workshop.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    planned = json.loads(run("plan", "--chunk", "1,10", "--json"))
    assert (planned["nodes"], planned["chunks"]) == (10**6, 10**5)
    assert "100000 chunks to integrate" in run("begin", "--chunk", "1,10")
    run("run", "--shard", "7/1000", "--workers", 1)
    row = json.loads(run("status", "--json"))[0]
    assert (row["chunks_done"], row["chunks"]) == (100, 10**5)


def test_the_stated_memory_of_a_worker_is_kept_under_a_real_limit(workshop, trial, finished, tmp_path):
    """Expected: with the heap limited to what `plan` states a worker process integrates, measures errors and verifies, and its
    peak is below.
    """
    limiter = shutil.which("prlimit")
    if limiter is None:
        pytest.fail("prlimit of util-linux is needed to limit memory: apt-get install util-linux")
    environment = {**workshop.environment(), "OPENBLAS_NUM_THREADS": "1"}
    planning = workshop.command("trial_recipe", "plan", "trial", "--json")
    planned = subprocess.run(planning, env=environment, capture_output=True, text=True, check=True)
    stated = json.loads(planned.stdout)["worker_memory"]
    limit = [limiter, f"--data={stated}"]
    hungry = [*limit, sys.executable, "-c", f"bytearray({stated})"]
    assert subprocess.run(hungry, capture_output=True, check=False).returncode != 0
    command = workshop.command(
        "trial_recipe", "run", "trial", "--out", tmp_path, "--executor", "processes", "--workers", "1", *POINTS
    )
    done = subprocess.run([*limit, *command], env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)
    provenance = json.loads((tmp_path / "trial" / "v1" / "provenance.json").read_text())
    assert 0 < provenance["peak_bytes"] < stated
