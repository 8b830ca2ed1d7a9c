"""Bindings share the tables of their process: memory, life, and one label at a time."""

from __future__ import annotations

import gc
import json
import multiprocessing
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables import store
from gloam.lookup.callables.table import Table
from gloam.lookup.errors import StoreError

POINT = {"m_N": 0.14, "m_Zp": 1.25, "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-6, "U2_D": 1.0}
PAIR = ("miniboone-fhc-produced", "dark-neutrino")
FURTHER = 0.2  # MB of memory that a binding may cost when its tables are there

MEMORY = """
import gc, json, psutil
from gloam import lookup

def megabytes():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6

def bindings():
    yield lookup.rate("babar-monophoton", "idm")
    yield lookup.rate("na64-semivisible", "idm")
    yield lookup.limit("babar-monophoton", "idm", "eps")
    yield lookup.limit("na64-semivisible", "idm", "eps")
    yield lookup.model("idm")
    yield lookup.likelihood(["na64-semivisible", "babar-monophoton"], "idm")

kept = list(bindings())
tables = {(table.name, label): table.block(label).nbytes / 1e6 for rate in kept[:2] for table, label in rate._tables}
first = megabytes()
kept += [binding for _ in range(10) for binding in bindings()]
print(json.dumps({"tables": sum(tables.values()), "further": (megabytes() - first) / 60}))
"""


def test_sixty_bindings_share_their_tables() -> None:
    """Expected: rates, limits, models and likelihoods of tables of tens of MB cost at most 0.2 MB each beyond the first."""
    told = subprocess.run([sys.executable, "-P", "-c", MEMORY], capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    assert found["tables"] > 10.0
    assert found["further"] <= FURTHER


def test_only_the_labels_that_are_asked_for_are_read() -> None:
    """Expected: of a fresh table no label, then the one that answers; the others stay on the disk."""
    table = Table(store.open_store(store.find("vector-rates")))
    assert table.blocks.held == ()
    table(m_N=0.1, m_mediator=0.5, beam="miniboone-rhc")
    assert table.blocks.held == ("miniboone-rhc",)
    assert (
        table.blob[table.offset("microboone") :][: table.block("microboone").size].tolist() == table.block("microboone").tolist()
    )
    with pytest.raises(ValueError, match="read-only"):
        table.block("microboone")[0] = 0.0


def test_a_store_that_is_replaced_between_two_labels_is_refused(tmp_path: Path) -> None:
    """Expected: no answer from two stores in one table."""
    source = store.find("vector-rates")
    path = Path(shutil.copytree(source, tmp_path / source.parent.name / source.name))
    table = Table(store.open_store(path))
    table.blocks.hold(["miniboone-rhc"])
    manifest = json.loads((path / store.MANIFEST).read_text())
    (path / store.MANIFEST).write_text(json.dumps({**manifest, "content_digest": "0" * 64}))
    with pytest.raises(StoreError, match="was replaced since it was opened: start Python again"):
        table.blocks.hold(["microboone"])


def test_the_data_of_a_rate_outlive_it() -> None:
    """Expected: compiled code of the user answers the same bits when the rate, its tables and a scaled copy are gone."""
    from gloam.lookup.callables import table

    rate = lookup.rate(*PAIR, nature="dirac")
    x, wanted, out = rate.point(POINT), rate(**POINT), np.empty(2)
    data, kernel = rate.data, rate.kernel
    scaled = rate.binding.with_number(0, 0.0).data
    del rate
    table._opened.cache_clear()
    gc.collect()
    for kept in (data, scaled):
        assert kernel(*kept, x, out) == 0
        assert out[0] == wanted


def _answer(packed: bytes) -> float:
    value: float = pickle.loads(packed)(**POINT)
    return value


def test_bindings_survive_pickle_and_fork() -> None:
    """Expected: the same bits from a copy here and in a forked process, which shares the tables of its parent."""
    rate = lookup.rate(*PAIR, nature="dirac")
    wanted, packed = rate(**POINT), pickle.dumps(rate)
    assert _answer(packed) == wanted
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(_answer, (packed,)) == wanted
