"""How far a build is, told from its files alone."""

from __future__ import annotations

import json
import os
import platform
import time

import pytest
from gloam.builder import journal, lock, run, source, workspace


@pytest.fixture
def under_way(trial, tmp_path):
    """A build of 30 chunks with 10 done in 20 s by a live run on another host, and two tasks in flight."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    todo = run.prepare(place, (5, 7), restart=False)
    outcome = run.write_chunks(place, todo[:10])
    notes = journal.Journal(place, "slurm", "", len(todo))
    notes.run.host, notes.run.pid, notes.run.dashboard = "node17", 4711, "http://node17:8787/status"
    notes.run.started -= 20.0
    notes.note(outcome)
    notes.written = 0.0
    notes.beat(2)
    return place, notes


def show(build, trial, place, *options):
    """What ``status`` prints."""
    code, out, _ = build(trial, "status", "trial", "--out", place.root.parent, *options)
    assert code == 0
    return out


def test_status_tells_done_in_flight_and_the_finish(under_way, trial, build):
    """Expected by hand: 10 of 30 in 20 s are 0.5 per second, so 40 s are left."""
    place, _ = under_way
    row = json.loads(show(build, trial, place, "--json"))[0]
    assert (row["state"], row["chunks_done"], row["chunks"], row["failed"], row["in_flight"]) == ("building", 10, 30, 0, 2)
    assert (row["driver"], row["host"]) == (4711, "node17")
    assert row["rate"] == pytest.approx(0.5, rel=0.05)
    assert row["seconds_left"] == pytest.approx(40.0, rel=0.05)
    finish = time.mktime(time.strptime(row["finish"], "%Y-%m-%d %H:%M:%S"))
    assert finish - time.time() == pytest.approx(40.0, abs=5.0)
    text = show(build, trial, place)
    assert "10/30 chunks" in text
    assert "process 4711 on node17, 0.5 chunks/s" in text
    assert "dask dashboard at http://node17:8787/status" in text


def test_a_driver_that_has_not_laid_out_its_build_is_told(trial, build, tmp_path):
    """Expected: building with this very process, not "not begun", while it compiles the kernel."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    with lock.exclusive(place):
        row = json.loads(show(build, trial, place, "--json"))[0]
    assert (row["state"], row["driver"], row["host"]) == ("building", os.getpid(), platform.node())
    assert "compiles the kernel" in row["note"]
    assert json.loads(show(build, trial, place, "--json"))[0]["state"] == "not begun"


def test_status_adds_up_the_shards_that_run(under_way, trial, build):
    """Expected: a second run with the same rate and one task halves the time that is left."""
    place, notes = under_way
    other = journal.Journal(place, "threads", "2/2", 15)
    other.run.host, other.run.done, other.written = "node18", notes.run.done, 0.0
    other.run.started -= 20.0
    other.beat(1)
    row = json.loads(show(build, trial, place, "--json"))[0]
    assert (row["runs"], row["in_flight"]) == (2, 3)
    assert row["seconds_left"] == pytest.approx(20.0, rel=0.05)


def test_status_tells_a_failed_chunk_until_it_is_done(under_way, trial, build):
    """Expected: one failed chunk with its reason while its file is missing, none afterwards."""
    place, notes = under_way
    chunk = (1, 4, 2)
    cost = journal.Cost(0.0, 0, "node17", "kind")
    notes.note(journal.Outcome(0, cost, "the kernel gives nan at a = 3 GeV", chunk))
    notes.close("failed")
    row = json.loads(show(build, trial, place, "--json"))[0]
    assert (row["state"], row["failed"], row["in_flight"], row["seconds_left"]) == ("stopped", 1, 0, None)
    assert "chunk 1,4,2: the kernel gives nan at a = 3 GeV" in show(build, trial, place)
    run.write_chunks(place, [chunk])
    assert json.loads(show(build, trial, place, "--json"))[0]["failed"] == 0
