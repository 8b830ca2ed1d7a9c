"""The command line as a person meets it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess

import pytest
from gloam import tables
from gloam.builder.__main__ import main
from gloam.lookup.callables import store


def test_plan_counts_nodes_and_chunks(trial, build, tmp_path):
    """Expected by hand: 2 x 24 x 16 nodes; chunks of 5 x 7 make 2 x 5 x 3."""
    code, out, _ = build(trial, "plan", "trial", "--chunk", "5,7", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["nodes"] == 768
    assert found["chunks"] == 30
    assert found["cpu_seconds"] > 0.0
    assert found["task_memory"] > 0
    assert found["finalize_memory"] == found["worker_memory"] + 5 * found["disk"]
    assert found["check_seconds"] == pytest.approx(30000 * found["seconds_per_node"])
    assert found["disk"] >= 4 * 2 * (768 + 2 * 26 * 18)
    code, out, _ = build(trial, "plan", "trial")
    assert "CPU time" in out
    assert "core hours" in out
    assert "MiB per worker process" in out


def test_a_coarse_trial_build_has_fewer_nodes_and_promises_less(trial, build, tmp_path):
    """Expected: 23 and 15 cells over 2 are 12 and 8, so 13 x 9 nodes; the promise is 2^4 looser."""
    code, out, _ = build(trial, "run", "trial", "--shrink", 2, "--out", tmp_path, "--points", 300)
    assert code == 0, out
    assert "promised 0.0016" in out
    spec = json.loads(json.loads((tmp_path / "trial/v1/zarr.json").read_text())["attributes"]["spec"])
    assert [axis["n"] for axis in spec["axes"]] == [13, 9]
    assert "coarse" in spec["title"]


def test_status_tells_the_three_states(trial, build, finished, tmp_path):
    """Expected: not begun, stopped with all chunks and the command, finished with the digest."""

    def row(directory: object) -> dict[str, object]:
        code, out, _ = build(trial, "status", "trial", "--out", directory, "--json")
        assert code == 0
        found: dict[str, object] = json.loads(out)[0]
        return found

    assert row(tmp_path)["state"] == "not begun"
    assert build(trial, "run", "trial", "--out", tmp_path, "--chunk", "24,8", "--no-finalize")[0] == 0
    stopped = row(tmp_path)
    assert (stopped["state"], stopped["chunks_done"], stopped["chunks"]) == ("stopped", 4, 4)
    assert "gloam-build run trial" in str(stopped["note"])
    assert row(finished)["state"] == "finished"
    assert "finished" in build(trial, "status", "--out", finished)[1]


def test_list_shows_every_recipe(capsys, tmp_path):
    """Expected: the names of tables.names(), each on a line, before the directories looked in."""
    assert main(["list", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(tables.names())


@pytest.fixture
def elsewhere(finished, tmp_path, monkeypatch):
    """Lookups look in one directory of GLOAM_STORES, then in the finished store as if it shipped with gloam."""
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr(store, "search_path", lambda: (other, finished))
    return other


def shown(build, trial, *options):
    """Row of `status` as a dictionary, `status` for a person, and `list`."""
    row = json.loads(build(trial, "status", "trial", *options, "--json")[1])[0]
    return row, build(trial, "status", "trial", *options)[1], build(trial, "list", *options)[1]


def test_a_table_that_ships_is_not_called_not_begun(trial, build, finished, elsewhere, tmp_path):
    """Expected: state and path of the store that ships, and all directories looked in."""
    row, text, listed = shown(build, trial, "--out", tmp_path / "none")
    assert (row["state"], row["path"]) == ("ships", str(finished / "trial" / "v1"))
    for shows in (text, listed):
        assert "not begun" not in shows
        assert re.search(r"^trial .* ships ", shows, re.MULTILINE)
        assert f"looked in {tmp_path / 'none'}, which does not exist\nthen in {elsewhere}\n" in shows
        assert f"then in what ships with gloam, {finished}" in shows


def test_a_table_finished_where_lookups_look_is_found_before_the_one_that_ships(trial, build, finished, elsewhere, tmp_path):
    """Expected: finished, with its directory; and that lookups do not look in --out."""
    shutil.copytree(finished / "trial", elsewhere / "trial")
    row, _, listed = shown(build, trial, "--out", tmp_path)
    assert (row["state"], row["path"]) == ("finished", str(elsewhere / "trial" / "v1"))
    assert f"finished in {elsewhere}" in listed
    assert f"lookups do not look in {tmp_path}: put it into the list GLOAM_STORES" in listed


def test_a_build_under_way_is_told_rather_than_the_store_that_ships(trial, build, elsewhere, tmp_path):
    """Expected: stopped, with the directory of the build; a coarse build is never the one that ships."""
    assert build(trial, "begin", "trial", "--out", tmp_path)[0] == 0
    row, _, listed = shown(build, trial, "--out", tmp_path)
    assert (row["state"], row["path"]) == ("stopped", str(tmp_path / "trial" / "v1.building"))
    assert f"stopped in {tmp_path}" in listed
    out = build(trial, "status", "trial", "--shrink", 2, "--out", tmp_path / "none", "--json")[1]
    assert json.loads(out)[0]["state"] == "not begun"


def test_another_version_where_lookups_look_is_a_note(workshop, build, elsewhere, finished, tmp_path):
    """Expected: version 2 is not begun, and lookups take version 1."""
    module = workshop.recipe("second_version", ("version=1", "version=2"))
    row, _, _ = shown(build, module, "--out", tmp_path)
    assert (row["state"], row["version"]) == ("not begun", 2)
    assert row["note"] == f"lookups take another version, {finished / 'trial' / 'v1'}"


def test_one_damaged_store_does_not_hide_the_others(trial, build, finished, tmp_path):
    """Expected: state damaged with the reason, exit 0."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    (tmp_path / "trial" / "v1" / "manifest.json").write_text("{")
    row, _, listed = shown(build, trial, "--out", tmp_path)
    assert row["state"] == "damaged"
    assert "manifest.json is not valid JSON" in row["note"]
    assert f"damaged in {tmp_path}" in listed


@pytest.mark.parametrize("command", [("list",), ("status",), ("verify", "trial", "--points", "100")])
def test_a_directory_of_gloam_stores_that_does_not_exist_is_named(trial, build, finished, tmp_path, monkeypatch, command):
    """Expected: a sentence with the directory and the cure, as lookups give it; without it in the list all is well."""
    missing = tmp_path / "storse"
    monkeypatch.setenv("GLOAM_STORES", f"{missing}{os.pathsep}{finished}")
    code, _, err = build(trial, *command)
    assert code == 1
    assert f"GLOAM_STORES names {missing}, which is no directory here" in err
    monkeypatch.setenv("GLOAM_STORES", str(finished))
    code, out, err = build(trial, *command)
    assert code == 0
    assert str(finished) in out


def test_verify_reports_error_and_worst_point(trial, build, finished):
    """Expected: a largest error within the promise, at a point inside the declared inputs."""
    code, out, _ = build(trial, "verify", "trial", "--store", finished, "--points", 400, "--seed", 7, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["passed"]
    assert 0.0 < found["quantile_99"] <= found["max_error"] <= 1e-4
    assert "a = " in found["worst"]
    assert found["above_bound"] < 0.01
    code, out, _ = build(trial, "verify", "trial", "--store", finished / "trial" / "v1", "--points", 100)
    assert code == 0
    assert "passed" in out


def test_verify_finds_stores_where_lookups_do(trial, build, finished, monkeypatch):
    """Expected: GLOAM_STORES is searched."""
    monkeypatch.setenv("GLOAM_STORES", str(finished))
    code, out, _ = build(trial, "verify", "trial", "--points", 100)
    assert code == 0
    assert str(finished) in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "tral"), ("tral", "did you mean 'trial'")),
        (("run", "trial", "--chunk", "4"), ("--chunk 4", "2 whole numbers", "ln(a)")),
        (("run", "trial", "--chunk", "4,x"), ("--chunk 4,x",)),
        (("run", "trial", "--shrink", "0"), ("--shrink 0",)),
        (("run", "trial", "--workers", "0"), ("--workers 0",)),
        (("run", "trial", "--points", "-3"), ("--points -3",)),
        (("run", "trial", "--executor", "clouds"), ("clouds", "threads")),
        (("walk",), ("walk",)),
    ],
)
def test_bad_usage_exits_2_and_says_what_is_allowed(trial, build, arguments, words):
    """Expected: exit 2, the offending word and the remedy, no traceback."""
    code, out, err = build(trial, *arguments)
    assert code == 2
    assert out == ""
    assert all(word in err for word in words)
    assert "Traceback" not in err


def test_missing_stores_and_builds_are_named(trial, build, tmp_path):
    """Expected: exit 1 and the command that builds."""
    code, _, err = build(trial, "verify", "trial", "--store", tmp_path)
    assert code == 1
    assert "gloam-build run trial" in err
    code, _, err = build(trial, "finalize", "trial", "--out", tmp_path)
    assert code == 1
    assert f"no build of trial is begun in {tmp_path}; do so with `gloam-build run trial" in err


@pytest.mark.parametrize("verb", ["run", "finalize"])
def test_finishing_again_has_nothing_to_do(trial, build, finished, tmp_path, verb):
    """Expected: exit 0 when it is done again, also when the first was killed before it removed the unfinished build."""
    assert build(trial, "run", "trial", "--out", tmp_path, "--no-finalize")[0] == 0
    shutil.copytree(finished / "trial" / "v1", tmp_path / "trial" / "v1")
    for _ in range(2):
        code, out, _ = build(trial, verb, "trial", "--out", tmp_path)
        assert code == 0
        assert "already built" in out
        assert [p.name for p in (tmp_path / "trial").iterdir()] == ["v1"]


def test_a_directory_that_cannot_be_written_is_one_sentence(trial, build, tmp_path):
    """Expected: exit 1 and the path; nobody, root included, can make a directory below a file or in /proc."""
    (tmp_path / "file").write_text("")
    for directory in (tmp_path / "file" / "stores", "/proc/gloam-stores"):
        code, _, err = build(trial, "run", "trial", "--out", directory)
        assert code == 1
        assert str(directory) in err
        assert "--out" in err
        assert "Traceback" not in err


def test_chunk_longer_than_the_axis_is_the_whole_axis(trial, build):
    """Expected: one chunk per choice label."""
    assert json.loads(build(trial, "plan", "trial", "--chunk", "999,999", "--json")[1])["chunks"] == 2


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (">&-", "standard output is closed"),
        ("> /dev/full", "standard output takes nothing (No space left on device)"),
        ("| true", "standard output takes nothing (Broken pipe)"),
    ],
)
@pytest.mark.parametrize("command", [("list",), ("status", "--json"), ("diff", "A", "A")])
def test_standard_output_that_takes_nothing_is_named(workshop, trial, finished, command, way, why):
    """Expected: exit 1 and one sentence with the right cause."""
    words = [str(finished / "trial") if word == "A" else word for word in command]
    line = shlex.join(workshop.command("trial_recipe", *words))
    script = f"set -o pipefail; {line} {way}"
    done = subprocess.run(["bash", "-c", script], env=workshop.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1
    assert why in done.stderr


def test_standard_error_may_be_closed(workshop, trial, finished):
    """Expected: the result and exit 0."""
    line = shlex.join(workshop.command("trial_recipe", "status", "trial", "--out", finished))
    done = subprocess.run(["bash", "-c", f"{line} 2>&-"], env=workshop.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "finished" in done.stdout
