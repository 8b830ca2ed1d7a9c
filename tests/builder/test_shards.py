"""Shares of a build for job arrays: disjoint, complete, and fit to run at the same time."""

from __future__ import annotations

import subprocess

import pytest
from gloam.builder import chunks, lock, run, source, workspace
from gloam.lookup.errors import StoreError


def test_shards_make_the_store_of_one_run(finished, trial, build, workshop, tmp_path):
    """Expected: the digest of the build in one run, whatever the order of the shards."""
    for shard in (3, 1, 2):
        code, out, _ = build(trial, "run", "trial", "--out", tmp_path, "--chunk", "5,7", "--shard", f"{shard}/3")
        assert code == 0
        assert "finalize" in out
    assert build(trial, "finalize", "trial", "--out", tmp_path, "--points", 600)[0] == 0
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)
    assert [p.name for p in (tmp_path / "trial").iterdir()] == ["v1"]


def test_shards_are_disjoint_and_complete(trial, tmp_path):
    """Expected: 2 x 5 x 3 chunks in shares of 8, 8, 7, 7."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    shares = [run.prepare(place, (5, 7), restart=False, shard=(i, 4)) for i in (1, 2, 3, 4)]
    assert [len(share) for share in shares] == [8, 8, 7, 7]
    assert sorted(chunk for share in shares for chunk in share) == chunks.all_chunks(place)


def test_shards_started_together_agree_on_the_chunks(workshop, trial, finished, tmp_path):
    """Expected: three processes at once, none told a chunk shape, and the digest of one run."""
    command = workshop.command("trial_recipe", "run", "trial", "--out", tmp_path, "--workers", "1", "--shard")
    running = [workshop.start([*command, f"{i}/3"]) for i in (1, 2, 3)]
    for process in running:
        _, err = process.communicate()
        assert process.returncode == 0, err
    last = workshop.command("trial_recipe", "finalize", "trial", "--out", tmp_path, "--points", "600")
    subprocess.run(last, env=workshop.environment(), check=True, capture_output=True)
    assert workshop.content_digest(tmp_path) == workshop.content_digest(finished)


def test_a_shard_twice_or_beside_a_driver_is_refused(trial, tmp_path):
    """Expected: other shards may run; the same one, a driver and finalize may not."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    with lock.shared(place, (1, 2)), lock.shared(place, (2, 2)):
        with pytest.raises(StoreError, match="process"), lock.shared(place, (1, 2)):
            pass
        with pytest.raises(StoreError, match="a shard of a job array"), lock.exclusive(place):
            pass
        assert lock.owner(place) == (0, "")
    with lock.exclusive(place), pytest.raises(StoreError, match="process"), lock.shared(place, (1, 2)):
        pass


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--shard", "0/3"), "--shard 0/3"),
        (("--shard", "4/3"), "--shard 4/3"),
        (("--shard", "three"), "--shard three"),
        (("--shard", "1/3", "--restart"), "gloam-build begin trial"),
        (("--shard", "1/3", "--executor", "slurm"), "slurm"),
    ],
)
def test_bad_shards_exit_2(trial, build, tmp_path, arguments, word):
    """Expected: exit 2 and the remedy."""
    code, _, err = build(trial, "run", "trial", "--out", tmp_path, *arguments)
    assert code == 2
    assert word in err


def test_begin_discards_an_unfinished_build_of_another_recipe(workshop, build, tmp_path):
    """Expected: a shard of the changed recipe is refused with the command, then it runs."""
    before = workshop.recipe("begun")
    assert build(before, "run", "trial", "--out", tmp_path, "--shard", "1/2")[0] == 0
    after = workshop.recipe("begun", ("STEPS = 200", "STEPS = 220"))
    code, _, err = build(after, "run", "trial", "--out", tmp_path, "--shard", "1/2")
    assert code == 1
    assert "gloam-build begin trial" in err
    code, out, _ = build(after, "begin", "trial", "--out", tmp_path, "--restart", "--chunk", "24,16")
    assert code == 0
    assert "2 chunks" in out
    assert build(after, "run", "trial", "--out", tmp_path, "--shard", "1/2")[0] == 0


def test_a_task_left_over_from_a_discarded_build_writes_nothing(trial, tmp_path, monkeypatch):
    """Expected: it stops with a sentence when the build is begun afresh between its integration and its write."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    workspace.create(place, (24, 16), replace=False)
    honest = run.stored_values

    def slow(*arguments):
        found = honest(*arguments)
        workspace.discard(place.building)
        workspace.create(place, (24, 16), replace=False)
        return found

    monkeypatch.setattr(run, "stored_values", slow)
    outcome = run.write_chunks(place, [(0, 0, 0)])
    assert outcome.done == 0
    assert "begun afresh" in outcome.failure
    assert chunks.present(place) == set()
