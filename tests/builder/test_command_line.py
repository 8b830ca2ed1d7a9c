"""The command line as a person meets it."""

from __future__ import annotations

import json

import pytest
from gloam import tables
from gloam.builder.__main__ import main


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
    """Expected: the names of tables.names(), each on a line."""
    assert main(["list", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(tables.names())


def test_verify_reports_error_and_worst_point(trial, build, finished):
    """Expected: a largest error within the promise, at a point inside the declared inputs."""
    code, out, _ = build(
        trial, "verify", "trial", "--store", finished, "--points", 400, "--seed", 7, "--json"
    )
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


def test_finalizing_again_has_nothing_to_do(trial, build, finished):
    """Expected: exit 0, as for a second run, when the last job of an array is submitted again."""
    code, out, _ = build(trial, "finalize", "trial", "--out", finished)
    assert code == 0
    assert "already built" in out


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
