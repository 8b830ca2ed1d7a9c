"""Faults and files on a real SLURM: cancelled jobs, a killed driver, the time limit, and the script of the documentation."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from distributed.core import connect
from distributed.security import Security
from gloam.builder.__main__ import main

PAGE = Path(__file__).parents[3] / "docs" / "hpc.md"


@pytest.fixture(scope="module", autouse=True)
def timed_job(slurm, workshop, napping, tmp_path_factory):
    """A job that would take minutes, with the shortest time limit that SLURM knows: directory and job id."""
    out = tmp_path_factory.mktemp("timed")
    command = workshop.command(napping, "run", "trial", "--out", out, "--shard", "1/1", "--workers", "1", "--chunk", "1,4")
    script = "#!/bin/sh\nexec " + " ".join(command)
    job = subprocess.run(
        ["sbatch", "--parsable", "--time=1", f"--output={out}/log"],
        input=script,
        env={**workshop.environment(nap=200_000), **slurm.own},
        capture_output=True,
        text=True,
        check=True,
    )
    return out, job.stdout.strip()


@pytest.fixture
def driver(slurm, small, tmp_path):
    """Start a driver whose workers are SLURM jobs: process and directory."""
    settings, out = tmp_path / "cluster.toml", tmp_path / "stores"
    settings.write_text(
        'executor = "slurm"\nworkers = 2\npartition = "debug"\nwalltime = "0:10:00"\ninterface = "lo"\nbatch_seconds = 1e-6\n'
    )

    running = []

    def start():
        command = small.command("run", *small.options, *small.chunk, "--cluster", settings, "--out", out)
        process = subprocess.Popen(command, env=slurm.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        before = small.present(out)
        while process.poll() is None and small.present(out) <= before:
            time.sleep(0.01)
        return process, out

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_killed_driver_and_cancelled_job_leave_the_content_digest_of_threads(
    slurm, timed_job, driver, small, undisturbed, capsys
):
    """Expected: kill -9 of the driver half-way, then a driver that resumes and loses a job by scancel: equal digests."""
    first, out = driver()
    assert main(["status", *small.options, "--out", str(out), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["state"], row["driver"]) == ("building", first.pid)
    assert row["dashboard"].startswith("http://")
    first.kill()
    first.communicate()
    assert 0 < small.present(out) < small.chunks
    others = {timed_job[1]}
    slurm.cancel({*slurm.jobs()} - others)
    second, _ = driver()
    victim = next(job for job in slurm.jobs() if job not in others)
    slurm.command("scancel", "--signal=KILL", "--full", victim)
    assert small.present(out) < small.chunks
    _, errors = second.communicate(timeout=180)
    assert second.returncode == 0, errors
    assert "dask dashboard at http://" in errors
    assert small.content_digest(out) == undisturbed
    assert small.provenance(out)["executors"] == ["slurm"]
    slurm.wait({*slurm.jobs()} - others)


def listening(processes):
    """Addresses (host, port) on which processes listen."""
    found = set()
    for process in processes:
        for item in psutil.Process(process.pid).net_connections("tcp"):
            if item.status == psutil.CONN_LISTEN:
                found.add((item.laddr.ip, item.laddr.port))
    return found


async def answers(address, security):
    """Whether dask at (host, port) shakes hands with one of this security, or with one in plain text (None)."""
    host, port = address
    keys = security.get_connection_args("client") if security else {}
    try:
        comm = await connect(f"{'tls' if security else 'tcp'}://{host}:{port}", timeout=5, **keys)
    except OSError:
        return False
    await comm.close()
    return True


def ours(keys):
    """The security of one who can read the keys of the run."""
    ca, certificate, key = (next(str(path) for path in keys if f".{name}." in path.name) for name in ("ca_file", "cert", "key"))
    return Security(tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)


@pytest.mark.parametrize("interface", [(), ("--interface", "lo")])
def test_strangers_are_refused_and_ctrl_c_ends_the_driver(slurm, workshop, napping, tmp_path, interface):
    """Expected: what listens beside 127.0.0.1 shakes hands with those who have the key of the run, which only its owner may read,
    and with nobody else; the directory may be called anything; Ctrl-C ends driver and jobs with 130 and one sentence.
    """
    out = tmp_path / "it's $(touch trap) `touch trap` 100%"
    options = (
        "--chunk",
        "4,4",
        "--batch-seconds",
        1e-9,
        "--executor",
        "slurm",
        "--partition",
        "debug",
        "--workers",
        1,
        *interface,
    )
    command = workshop.command(napping, "run", "trial", "--out", out, *options, "--directives", '--comment="a b"')
    before = {*slurm.jobs()}
    driver = subprocess.Popen(
        command,
        env={**workshop.environment(nap=100_000), **slurm.own},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background shell ignores Ctrl-C
    )
    try:
        while driver.poll() is None and not workshop.chunk_files(out / "trial" / "v1.building"):
            time.sleep(0.05)
        assert driver.poll() is None, driver.communicate()
        jobs = [p for p in psutil.process_iter(["cmdline"]) if "dask_worker" in " ".join(p.info["cmdline"] or ())]
        assert "dask dashboard at http://127.0.0.1:" in driver.stderr.readline()
        keys = [path for path in (out / "trial" / "v1.jobs").iterdir() if "dask-jobqueue" in path.name]
        assert len(keys) == 3
        assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
        reached = {item for item in listening([driver, *jobs]) if item[0] != "127.0.0.1"}
        assert bool(reached) is not bool(interface)
        if interface:
            reached = {("127.0.0.1", int(re.search(r"tls://127.0.0.1:(\d+)", " ".join(jobs[0].cmdline()))[1]))}
        for host, port in reached:
            address = "127.0.0.1" if host in ("0.0.0.0", "::") else host, port
            assert not asyncio.run(answers(address, None)), address
            assert not asyncio.run(answers(address, Security.temporary())), address
            assert asyncio.run(answers(address, ours(keys))), address
    finally:
        driver.send_signal(signal.SIGINT)
    _, errors = driver.communicate(timeout=120)
    assert driver.returncode == 130, errors
    assert [line for line in errors.splitlines() if line.startswith("gloam-build: interrupted; finished chunks are kept")]
    assert "Traceback" not in errors
    assert not list(tmp_path.rglob("trap"))
    slurm.wait({*slurm.jobs()} - before)
    assert any(path.suffix == ".log" for path in (out / "trial" / "v1.jobs").iterdir())


def test_jobs_that_slurm_refuses_stop_the_driver_with_its_reason(slurm, small, tmp_path):
    """Expected: exit 2 and what sbatch says of a partition that does not exist; without sbatch that it is missing."""
    command = small.command(
        "run",
        *small.options,
        "--out",
        tmp_path,
        "--executor",
        "slurm",
        "--interface",
        "lo",
        "--workers",
        2,
        "--partition",
        "nonesuch",
    )
    done = subprocess.run(command, env=slurm.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "SLURM refuses the jobs (sbatch: error: invalid partition specified: nonesuch" in done.stderr
    assert "Traceback" not in done.stderr
    done = subprocess.run(command, env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no sbatch on the PATH" in done.stderr


def test_a_network_interface_that_does_not_exist_is_named(slurm, small, tmp_path):
    """Expected: exit 2 and the interface, without a traceback."""
    command = small.command("run", *small.options, "--out", tmp_path, "--executor", "slurm", "--interface", "ib9")
    done = subprocess.run(command, env=slurm.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'ib9' is not a valid network interface" in done.stderr
    assert "--interface" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_job_that_slurm_refuses_for_the_moment_is_submitted_again(slurm, small, undisturbed, tmp_path):
    """Expected: the first submission fails as on a busy controller; the build ends with the digest of threads."""
    (tmp_path / "sbatch").write_text(
        f'#!/bin/sh\nif mkdir {tmp_path}/refused 2>/dev/null; then echo "Socket timed out" >&2; exit 1; fi\n'
        f'exec {shutil.which("sbatch", path=slurm.environment["PATH"])} "$@"\n'
    )
    (tmp_path / "sbatch").chmod(0o755)
    environment = {**slurm.environment, "PATH": f"{tmp_path}{os.pathsep}{slurm.environment['PATH']}"}
    small.run(
        "run",
        *small.options,
        "--out",
        tmp_path / "stores",
        "--executor",
        "slurm",
        "--interface",
        "lo",
        "--workers",
        1,
        environment=environment,
    )
    assert (tmp_path / "refused").is_dir()
    assert small.content_digest(tmp_path / "stores") == undisturbed


def test_the_script_of_the_documentation_runs_as_written(slurm, commands, small, undisturbed, tmp_path):
    """Expected: the page's script, with the page's arguments, ends in a verified store with the digest of threads."""
    (script,) = re.findall(r"```bash\n(#!.*?)```", PAGE.read_text(), re.DOTALL)
    (example,) = re.findall(r"^    (STORES=.* bash regenerate.sh .*--shrink.*)$", PAGE.read_text(), re.MULTILINE)
    (tmp_path / "regenerate.sh").write_text(script)
    environment = {**slurm.environment, "HOME": str(tmp_path)}
    environment["PATH"] = f"{commands}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", example],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    slurm.wait({*re.findall(r"\d+", done.stdout)})
    logs = {path.name: path.read_text() for path in (tmp_path / "gloam-trial" / "logs").iterdir()}
    assert small.content_digest(tmp_path / "gloam-trial") == undisturbed, logs
    assert any("result         passed" in text for text in logs.values())
    assert len(logs) == 2 + 1


def test_the_planned_memory_suffices_where_slurm_ends_jobs_that_take_more(slurm, commands, small, undisturbed, tmp_path):
    """Expected: the planned script ends with the digest of threads; a job that takes half as much again is ended by SLURM."""
    out = tmp_path / "stores"
    planned = small.run("plan", *small.options, "--shards", 2, "--out", out, "--json")
    plan = json.loads(planned.stdout)
    environment = {**slurm.environment, "PATH": f"{commands}{os.pathsep}{slurm.environment['PATH']}"}
    done = subprocess.run(
        ["bash"], input=plan["job_script"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    slurm.wait({*re.findall(r"\d+", done.stdout)})
    assert small.content_digest(out) == undisturbed, [path.read_text() for path in tmp_path.glob("slurm-*.out")]
    assert 0 < small.provenance(out)["peak_bytes"] < plan["worker_memory"]
    asked = int(re.search(r"--mem=(\d+)M", plan["job_script"])[1])
    hungry = f"import time; held = bytearray({3 * asked // 2} * 2**20); time.sleep(60)"
    hog = subprocess.run(
        ["sbatch", "--wait", f"--mem={asked}M", f"--output={tmp_path}/hog"],
        input=f"#!/bin/sh\n{sys.executable} -c '{hungry}'\n",
        env=slurm.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert hog.returncode != 0
    assert "exceeded memory limit" in (tmp_path / "hog").read_text()


@pytest.mark.parametrize("options", [("mpi",), ("slurm", "--partition", "debug", "--interface", "lo")])
def test_the_planned_script_of_an_executor_runs_as_written(slurm, commands, small, undisturbed, tmp_path, options):
    """Expected: `sbatch` of the script ends with the digest of threads."""
    out = tmp_path / "stores"
    planned = small.run("plan", *small.options, "--out", out, "--json", "--workers", 2, "--executor", *options)
    environment = {**slurm.environment, "PATH": f"{commands}{os.pathsep}{slurm.environment['PATH']}"}
    environment |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    done = subprocess.run(
        ["sbatch", "--parsable", f"--output={tmp_path}/log"],
        input=json.loads(planned.stdout)["job_script"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    slurm.wait({done.stdout.strip()})
    log = (tmp_path / "log").read_text()
    assert small.content_digest(out) == undisturbed, log
    assert "result         passed" in log
    assert small.provenance(out)["executors"] == [options[0]]


def test_workers_of_dask_keep_the_planned_memory_and_end_before_their_time_limit(
    slurm, workshop, napping, finished, build, tmp_path
):
    """Expected: a build longer than its jobs: another job takes over, none meets a limit, the digest of one thread."""
    command = workshop.command(
        napping,
        "run",
        "trial",
        "--out",
        tmp_path,
        "--no-finalize",
        "--chunk",
        "4,4",
        "--batch-seconds",
        1e-9,
        "--executor",
        "slurm",
        "--partition",
        "debug",
        "--interface",
        "lo",
        "--workers",
        1,
        "--walltime",
        "0:00:20",
    )
    done = subprocess.run(
        command, env={**workshop.environment(nap=30_000), **slurm.own}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert build(sys.modules[napping], "finalize", "trial", "--out", tmp_path, "--points", 600)[0] == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)
    logs = {path.name: path.read_text() for path in (tmp_path / "trial" / "v1.jobs").iterdir()}
    assert len(logs) >= 2
    assert not any("exceeded memory limit" in text or "DUE TO TIME LIMIT" in text for text in logs.values()), logs


def test_the_time_limit_keeps_chunks_and_the_shard_resumes(slurm, timed_job, workshop, napping, finished, build):
    """Expected: SLURM ends the job; its log says how to resume; resumed to the digest of an undisturbed build."""
    out, job = timed_job
    slurm.wait({job})
    assert "JobState=TIMEOUT" in slurm.command("scontrol", "show", "job", job)
    assert 0 < len(workshop.chunk_files(out / "trial" / "v1.building")) < 2 * 24 * 4
    log = (out / "log").read_text()
    assert f"resume with `gloam-build run trial --out {out} --shard 1/1`" in log
    assert "Traceback" not in log
    code, _, err = build(sys.modules[napping], "run", "trial", "--out", out, "--points", "600")
    assert code == 0, err
    assert workshop.content_digest(out) == workshop.content_digest(finished)
