"""Runs of other hosts, whatever their clocks: respected while they live, waited for once when they are silent."""

from __future__ import annotations

import json
import platform
import subprocess
import threading
import time

import pytest
from gloam.builder import journal, plan, run, source, workspace
from gloam.builder.crew import Crew
from gloam.builder.settings import Settings
from gloam.lookup.errors import StoreError

POINTS = ("--points", "600")


@pytest.fixture
def elsewhere(trial, tmp_path, monkeypatch):
    """A build with a run of another host that says it is running, and waits shorter by forty; its clock may be set."""
    monkeypatch.setattr(journal, "SILENT", 1.5)
    monkeypatch.setattr(journal, "LOOK_EVERY", 0.02)
    place = workspace.workspace_in(source.load(trial), tmp_path)
    todo = run.prepare(place, (24, 16), restart=False)
    plan.time_per_node(place.recipe)  # compiles, before the signs of life are watched
    notes = journal.Journal(place, "threads", "", len(todo))
    notes.run.host, notes.run.pid, notes.written = "elsewhere", 4711, 0.0
    notes.beat(1)
    return place, notes


def set_clock(notes, seconds):
    """Let the last sign of life be from the past or from the future."""
    stale = json.loads(notes.state.read_text())
    stale["updated"] += seconds
    stale["started"] += seconds
    fresh = notes.state.with_suffix(".clock")
    fresh.write_text(json.dumps(stale))
    fresh.replace(notes.state)


CLOCKS = [0.0, -1e6, 1e6]  # of the other host, fast or slow [s]


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_live_driver_on_another_host_is_respected(elsewhere, build, trial, tmp_path, clock):
    """Expected: its process and host are named, and what it writes is left alone, as long as it gives signs of life, whatever its
    clock.
    """
    place, notes = elsewhere
    stopped = threading.Event()

    def live():
        while not stopped.wait(0.1):
            notes.written = 0.0
            notes.beat(1)
            set_clock(notes, clock)

    signs = threading.Thread(target=live)
    signs.start()
    try:
        with pytest.raises(StoreError, match="process 4711 on elsewhere"), Crew(place.recipe, Settings()) as crew:
            run.integrate(place, [(0, 0, 0)], crew)
        written = place.building / "values" / "c.0123abc.partial"
        written.write_bytes(b"half")
        for verb in (("begin", "--restart"), ("run", "--restart"), ("run",), ("finalize",)):
            code, _, err = build(trial, verb[0], "trial", "--out", tmp_path, *verb[1:])
            assert code == 1
            assert "process 4711 on elsewhere" in err
            assert written.is_file()
    finally:
        stopped.set()
        signs.join()


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_dead_driver_on_another_host_is_waited_for_once(elsewhere, build, trial, tmp_path, clock):
    """Expected: without a sign of life for the time set, the build goes on, from the future too; and later ones do not wait."""
    place, notes = elsewhere
    set_clock(notes, clock)
    start = time.monotonic()
    journal.check_alone(place, "")
    assert time.monotonic() - start >= 1.5
    assert [found.state for found in journal.runs(place)] == ["lost"]
    start = time.monotonic()
    journal.check_alone(place, "")
    assert time.monotonic() - start < 1.0
    code, _, err = build(trial, "run", "trial", "--out", tmp_path, *POINTS)
    assert code == 0, err


def test_a_run_from_the_future_is_not_shown_as_alive(elsewhere, build, trial, tmp_path):
    """Expected: `status` says stopped, since a sign of life two minutes ahead is none."""
    _, notes = elsewhere
    assert json.loads(build(trial, "status", "trial", "--out", tmp_path, "--json")[1])[0]["state"] == "building"
    set_clock(notes, 120.0)
    assert json.loads(build(trial, "status", "trial", "--out", tmp_path, "--json")[1])[0]["state"] == "stopped"


def test_a_dead_driver_of_this_host_does_not_block(trial, tmp_path):
    """Expected: a run whose process is gone counts for nothing, however fresh its sign of life."""
    place = workspace.workspace_in(source.load(trial), tmp_path)
    todo = run.prepare(place, (24, 16), restart=False)
    gone = subprocess.Popen(["true"])
    gone.wait()
    notes = journal.Journal(place, "threads", "", len(todo))
    notes.run.pid, notes.written = gone.pid, 0.0
    notes.beat(1)
    assert journal.runs(place)[0].host == platform.node()
    assert not journal.runs(place)[0].alive
