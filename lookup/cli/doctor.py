"""A diagnosis of the installation: versions, stores, and how long a fresh process takes to its first answer."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile

import numba
import numpy as np
from gloam import tables
from gloam.lookup.callables import store
from gloam.lookup.errors import GloamError, StoreError
from gloam.lookup.interpolation import code_cache, library

FIRST_ANSWER = """
import json, time
start = time.perf_counter()
from gloam.lookup import rate
imported = time.perf_counter()
made = rate("miniboone-fhc-produced", "dipole", nature="dirac")
bound = time.perf_counter()
value = made(m_N=0.25, mu_tr_mu=1e-6)
end = time.perf_counter()
print(json.dumps([imported - start, bound - imported, end - bound, end - start, value]))
"""
NUMBA_ALONE = """
import json, time
start = time.perf_counter()
import numba
numba.njit(lambda x: x + 1.0)(1.0)
print(json.dumps([time.perf_counter() - start]))
"""
ROUNDS = 3  # processes of each kind; the quickest counts
TOTAL = 3  # place of the whole time in what FIRST_ANSWER prints


def fresh_process(script: str, cache: str | None = None) -> list[float]:
    """What ``script`` prints in a new process [s]; ``cache`` is another directory for compiled code.

    Raises
    ------
    GloamError
        When the script fails; the message is its last line.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    if cache is not None:
        environment["GLOAM_CACHE"] = cache
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise GloamError(done.stderr.strip().splitlines()[-1])
    times: list[float] = json.loads(done.stdout)
    return times


def _in_words(times: list[float], alone: float) -> str:
    imported, bound, answered, total, _ = times
    return (
        f"{total:.2f} s (import {imported:.2f}, open and bind {bound:.2f}, first answer {answered:.2f}), "
        f"{total / alone:.1f} x numba alone"
    )


def diagnosis(cold: bool) -> tuple[list[tuple[str, str]], bool]:
    """Rows (name, finding), and whether all is well; ``cold`` also times a process without compiled code on disk."""
    rows = [
        ("python", platform.python_version()),
        ("numpy", np.__version__),
        ("numba", numba.__version__),
        ("processor", f"{platform.machine()}, compiled for {numba.config.CPU_NAME or 'this very one'}"),
        ("compiled code", code_cache.state()),
        ("compiled ahead", ", ".join(map(str, library.found())) or "nothing (`gloam warm --library`)"),
    ]
    try:
        rows += [("stores", str(path)) for path in store.search_path()]
        names = store.available()
    except StoreError as error:
        return [*rows, ("stores", str(error))], False
    healthy = True
    for name in names:
        try:
            opened = store.open_named(store.find(name))
            stale = name in tables.names() and tables.recipe(name).TABLE != opened.spec
            state = f"not of this gloam's recipe: gloam-build run {name} --restart" if stale else "good"
            healthy = healthy and not stale
            empty = "".join(f"; {path} is empty and passed over: remove it" for path in store.empty_versions(opened.path))
            rows.append((name, f"v{opened.spec.version}, {state}, {opened.content_digest[:12]}{empty}"))
        except GloamError as error:
            healthy = False
            rows.append((name, str(error)))
    try:
        [alone] = min(fresh_process(NUMBA_ALONE) for _ in range(ROUNDS))
        rows.append(("numba alone", f"{alone:.2f} s: its import and one trivial compiled function"))
        first = fresh_process(FIRST_ANSWER)
        rows.append(("value", f"{first[-1]:.5g} N, from miniboone-fhc-produced"))
        warm = min((fresh_process(FIRST_ANSWER) for _ in range(ROUNDS)), key=lambda times: times[TOTAL])
        rows.append(("fresh process", _in_words(warm, alone)))
        if cold:
            with tempfile.TemporaryDirectory() as empty:
                rows.append(("nothing compiled", _in_words(fresh_process(FIRST_ANSWER, empty), alone)))
    except GloamError as error:
        healthy = False
        rows.append(("first answer", str(error)))
    return rows, healthy
