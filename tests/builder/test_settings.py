"""Settings of a run from flags and a TOML file, and the scripts that ``plan`` prints for a batch system."""

from __future__ import annotations

import json
import subprocess

import pytest
from gloam.builder.plan import CHECKED
from gloam.builder.settings import seconds_of


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
