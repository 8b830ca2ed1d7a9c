"""Settings of a run from flags and a TOML file, and the scripts that ``plan`` prints for a batch system."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from gloam.builder.plan import CHECKED
from gloam.builder.settings import seconds_of

TRAP = "it's $(touch trap) `touch trap` 'a b' ; touch trap #"


def plan(build, trial, *options):
    """Exit status, plan as a dictionary, stderr."""
    code, out, err = build(trial, "plan", "trial", "--json", *options)
    return code, json.loads(out) if out else {}, err


def test_flags_win_over_the_file(trial, build, tmp_path):
    """Expected: cores and partition of the file, the account of the flag, in the script of a driver."""
    file = tmp_path / "cluster.toml"
    lines = ('executor = "slurm"', "workers = 8", "cores = 4", 'partition = "long"', 'account = "old"')
    file.write_text("\n".join((*lines, 'directives = ["--exclusive"]')))
    code, found, err = plan(build, trial, "--cluster", file, "--account", "physics", "--out", tmp_path / "stores")
    assert code == 0, err
    driver = found["job_script"].split("# The driver submits 2 jobs of:")
    assert "--partition=long" in driver[0]
    assert "--account=physics" in driver[0]
    assert "gloam-build run trial" in driver[0]
    assert "--workers 8 --cores 4" in driver[0]
    assert "#SBATCH --cpus-per-task=4" in driver[1]
    assert "#SBATCH --exclusive" in driver[1]
    assert not (tmp_path / "stores").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exekutor = 'slurm'", ("exekutor", "did you mean 'executor'")),
        ("executor = 'clouds'", ("clouds", "threads")),
        ("workers = 'many'", ("workers = 'many'", "a whole number")),
        ("workers = 0", ("--workers 0", "at least 1")),
        ("workers = true", ("workers = True", "a whole number")),
        ("directives = 'x'", ("directives = 'x'", "a list of strings")),
        ("walltime = '60'", ("--walltime 60", "hours:minutes:seconds")),
        ("executor = 'distributed'", ("--address",)),
        ("batch_seconds = 0", ("--batch-seconds 0", "above 0")),
        ("batch_seconds = inf", ("--batch-seconds inf", "above 0")),
        ("memory = 'much'", ("--memory much", "'8 GB'")),
        ("memory = '8'", ("--memory 8", "'8 GB'")),
        ("workers 3", ("TOML",)),
        ('partition = "a\\ntouch x"', ("--partition", "a line break")),
        ('account = "a\\rb"', ("--account", "a line break")),
        ('walltime = "1:00:00\\n"', ("--walltime", "a line break")),
        ('memory = "8 GB\\n#SBATCH --x"', ("--memory", "a line break")),
        ('interface = "lo\\u2028"', ("--interface", "a line break")),
        ('prologue = ["true\\nfalse"]', ("--prologue", "more by repeating the flag")),
        ('directives = ["--x\\nrm"]', ("--directives", "a line break")),
        ('directives = ["qos=long"]', ("--directives 'qos=long'", "begins with a dash")),
        ('partition = "a b"', ("--partition 'a b'", "without blanks")),
        ("account = '$(id)'", ("--account '$(id)'", "without blanks and quotes")),
        ('walltime = "1:0_0:00"', ("--walltime 1:0_0:00", "hours:minutes:seconds")),
        ('memory_request = "per-core"', ("per-core", "per-cpu")),
    ],
)
def test_a_bad_setting_exits_2_and_says_what_is_allowed(trial, build, tmp_path, text, words):
    """Expected: exit 2, the setting, its value and the remedy."""
    file = tmp_path / "cluster.toml"
    file.write_text(text)
    code, _, err = plan(build, trial, "--cluster", file)
    assert code == 2
    assert all(word in err for word in words), err
    assert "Traceback" not in err


def test_a_missing_file_is_named(trial, build, tmp_path):
    """Expected: exit 2 with the path."""
    code, _, err = plan(build, trial, "--cluster", tmp_path / "none.toml")
    assert code == 2
    assert "none.toml" in err


def test_the_script_of_a_job_array_has_all_shards_and_finalize(trial, build, tmp_path):
    """Expected: an array 1-7 of `run --shard`, and `finalize` after it; the shell accepts the script."""
    code, found, _ = plan(build, trial, "--shards", "7", "--out", tmp_path, "--prologue", "module load python")
    assert code == 0
    script = found["job_script"]
    assert "--array=1-7" in script
    assert f'gloam-build run trial --out {tmp_path} --shard "$SLURM_ARRAY_TASK_ID/7"' in script
    assert f"gloam-build finalize trial --out {tmp_path}" in script
    assert script.count("module load python") == 2
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_script_of_mpi_has_a_rank_more_than_workers(trial, build):
    """Expected: rank 0 drives."""
    code, found, _ = plan(build, trial, "--executor", "mpi", "--workers", "16")
    assert code == 0
    assert "#SBATCH --ntasks=17" in found["job_script"]
    assert "--executor mpi" in found["job_script"]


def test_memory_in_any_unit_is_what_slurm_reads(trial, build):
    """Expected by hand: SLURM takes whole numbers with one letter; 1.5 GiB are 1536 MiB, 3 GB are 2861.02 MiB."""
    for size, written in (("1.5 GiB", "1536M"), ("3 GB", "2862M")):
        _, found, _ = plan(build, trial, "--shards", 2, "--memory", size)
        assert found["job_script"].count(f"#SBATCH --mem={written}\n") == 2


def test_a_driver_lives_longer_than_its_jobs(trial, build, monkeypatch):
    """Expected by hand: 10 h of work on 2 workers, twice over, are 10 h; the jobs, replaced meanwhile, ask for 10 minutes."""
    monkeypatch.setattr("gloam.builder.plan.time_per_node", lambda recipe: 36000.0 / (768 + CHECKED))
    _, found, _ = plan(build, trial, "--executor", "slurm", "--workers", 2, "--walltime", "0:10:00", "--chunk", "4,4")
    driver, job = found["job_script"].split("# The driver submits 2 jobs of:")
    assert "#SBATCH --time=10:00:00\n" in driver
    assert "#SBATCH -t 0:10:00" in job


@pytest.mark.parametrize(("text", "seconds"), [("0:01:00", 60), ("12:00:00", 43200), ("2-03:04:05", 183845)])
def test_walltime_in_seconds(text, seconds):
    """Expected by hand."""
    assert seconds_of(text) == seconds


@pytest.fixture
def batch(tmp_path):
    """Stand-ins for sbatch, which runs the script at once, for mpirun and for gloam-build, which writes down its arguments."""
    directory = tmp_path / "bin"
    directory.mkdir()
    scripts = {
        "sbatch": "SLURM_ARRAY_TASK_ID=1 bash -eu\necho 17",
        "mpirun": 'exec "$@"',
        "gloam-build": f"printf '%s\\0' \"$@\" >> {tmp_path}/words",
    }
    for name, text in scripts.items():
        (directory / name).write_text(f"#!/bin/bash\n{text}\n")
        (directory / name).chmod(0o755)
    return {**os.environ, "PATH": f"{directory}{os.pathsep}{os.environ['PATH']}"}


WAYS = [("--shards", 1), ("--executor", "mpi"), ("--executor", "slurm", "--directives", f"--comment={TRAP}")]


@pytest.mark.parametrize("way", WAYS)
def test_what_stands_in_a_path_or_a_setting_is_not_run_as_code(trial, build, batch, tmp_path, way):
    """Expected: gloam-build gets the directory, and the settings, letter by letter, and nothing else is run."""
    out = tmp_path / TRAP
    code, found, err = plan(build, trial, *way, "--out", out, "--prologue", "true", "--workers", 2)
    assert code == 0, err
    script = found["job_script"]
    done = subprocess.run(["bash"], input=script, cwd=tmp_path, env=batch, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    words = (tmp_path / "words").read_text().split("\0")
    assert words[words.index("--out") + 1] == str(out)
    assert ("--directives=--comment=" + TRAP in words) is ("slurm" in way)
    assert not list(tmp_path.rglob("trap"))


def test_a_line_break_in_a_path_is_refused(trial, build, tmp_path):
    """Expected: exit 2 with the path, since no line of a script can hold it; without a script it is a name like any other."""
    code, _, err = plan(build, trial, "--shards", 2, "--out", tmp_path / "a\nSHARD\ntouch x")
    assert code == 2
    assert "a\\nSHARD\\ntouch x" in err
    assert plan(build, trial, "--out", tmp_path / "a\nb")[0] == 0


@pytest.mark.parametrize("options", [("--directives", "--qos=long"), ("--directives=--qos=long",), ("--directives", "-q long")])
def test_directives_may_begin_with_dashes(trial, build, options):
    """Expected: the line in the script, however it is given; what follows is read as before."""
    code, found, err = plan(build, trial, "--shards", 2, *options, "--directives", "--exclusive", "--account", "physics")
    assert code == 0, err
    assert found["job_script"].count(f"#SBATCH {options[-1].removeprefix('--directives=')}\n") == 2
    assert found["job_script"].count("#SBATCH --exclusive\n") == 2
    assert found["job_script"].count("#SBATCH --account=physics\n") == 2


MEMORY = [  # executor or array, request, lines with 2 cores or 3 ranks of 1 GiB (of a job for arrays and dask, of a rank for mpi)
    (("--shards", 2), "per-node", ["--mem=1024M"] * 2),
    (("--shards", 2), "per-cpu", ["--mem-per-cpu=512M"] * 2),
    (("--shards", 2), "none", []),
    (("--executor", "mpi"), "per-node", ["--mem=3072M"]),
    (("--executor", "mpi"), "per-cpu", ["--mem-per-cpu=1024M"]),
    (("--executor", "mpi"), "none", []),
    (("--executor", "slurm"), "per-node", ["--mem=1024M"]),
    (("--executor", "slurm"), "per-cpu", ["--mem-per-cpu=512M"]),
    (("--executor", "slurm"), "none", []),
]


@pytest.mark.parametrize(("way", "request_by", "lines"), MEMORY)
def test_memory_is_asked_for_as_the_site_wants(trial, build, way, request_by, lines):
    """Expected by hand; the driver of dask has a line of its own kind, and repeats the setting."""
    options = ("--memory", "1 GiB", "--memory-request", request_by, "--cores", 2, "--workers", 2)
    code, found, err = plan(build, trial, *way, *options)
    assert code == 0, err
    first, _, jobs = found["job_script"].partition("# The driver submits")
    asked = re.findall(r"^(?:# )?#SBATCH (--mem\S*)$", jobs or first, re.MULTILINE)
    assert asked == lines
    if "slurm" in way:
        kinds = {line.partition("=")[0] for line in re.findall(r"^#SBATCH (--mem\S*)$", first, re.MULTILINE)}
        assert kinds == {line.partition("=")[0] for line in lines}
        assert f"--memory-request {request_by}" in first


def test_the_handlers_of_signals_survive_what_is_imported(workshop, trial):
    """Expected: dask-jobqueue sets one of SIGINT when it is imported, an exit with status 0; ours is back at once."""
    script = (
        "import signal; from gloam.builder import pools; before = signal.getsignal(signal.SIGINT); "
        "pools.require('dask_jobqueue', 'hpc'); assert signal.getsignal(signal.SIGINT) is before; "
        "import sys; assert 'dask_jobqueue' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
