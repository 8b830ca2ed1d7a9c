"""The library of code compiled ahead: what it needs, when it is used, and that its answers are numba's, bit for bit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest
from gloam.lookup.cli.main import main
from gloam.lookup.errors import StoreError
from gloam.lookup.export.objects import emitted, needs_python
from gloam.lookup.export.process import in_process
from gloam.lookup.interpolation import code_cache, library
from numba import types

SEARCH, MODEL, OPTIONS = "miniboone-fhc-produced", "dipole", {"nature": "dirac"}
NEEDED = {  # from outside: the C library and libm only, names of ISO C99 and POSIX
    *"memcpy memset malloc free".split(),
    *"acosh asinh atan2 atanh cos cosh exp exp2 expm1 hypot log log10 log1p log2 pow sin sincos sinh tan tanh".split(),
}
PROGRAM = """
import json, sys, time
import numpy as np
from gloam.lookup import rate
from gloam.lookup.interpolation import code_cache, library
from numba import types
search, model, options = json.loads(sys.argv[1])
made = rate(search, model, **options)
random = np.random.default_rng(16)
x = np.array([np.exp(random.uniform(np.log(max(p.low, 1e-9)), np.log(p.high), 1000)) for p in made.parameters]).T.copy()
x[::50] *= 5.0
result, codes = made._batch(x)
compiled = sum(sum(f.stats.cache_misses.values()) for f in (made.model.quantities, made.search.predict))
print(json.dumps([result.view(np.int64).tolist(), codes.tolist(), compiled, time.process_time()]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one pair, made by the command line."""
    place = tmp_path_factory.mktemp("kernels")
    assert main(["warm", "--library", SEARCH, MODEL, "--into", str(place)]) == 0
    [path] = place.glob("*.so")
    return path


def answers(**more: str) -> Any:
    """Bits, codes, functions compiled and CPU seconds of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, json.dumps([SEARCH, MODEL, OPTIONS])],
        env={**os.environ, "NUMBA_CPU_NAME": library.PROCESSOR, "NUMBA_CPU_FEATURES": "", **more},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_it_needs_the_c_library_and_nothing_of_python(made: Path) -> None:
    """Expected: no name of Python or numba is undefined, and only kernels are defined."""
    told = subprocess.run(["nm", "-D", str(made)], capture_output=True, text=True, check=True).stdout
    undefined = set(re.findall(r" U (\w+)", told))
    assert undefined <= NEEDED
    assert {name[:8] for name in re.findall(r" T (\w+)", told)} == {"gloam_k_"}


def test_its_answers_are_those_of_compiling_to_the_bit(made: Path, tmp_path: Path) -> None:
    """Expected: numba's own code for the same processor, at 1000 points of which some are refused; and nothing compiled anew."""
    by_numba = answers(GLOAM_KERNELS="off")
    ready = tmp_path / "cache" / code_cache.source_key()
    ready.mkdir(mode=0o700, parents=True)
    (ready / made.name).write_bytes(made.read_bytes())
    found = answers(GLOAM_CACHE=str(tmp_path / "cache"))
    assert found[:2] == by_numba[:2]
    assert 0 < sum(code != 0 for code in found[1]) < 900
    assert found[2] == 0


def test_a_library_is_used_only_if_it_is_whole_and_of_these_sources(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: found where gloam looks; not when switched off, altered, or of another key."""
    monkeypatch.setattr(library, "beside_sources", lambda: made.parent)
    assert library.found() == (made,)
    altered = made.with_name(made.name.replace(library.PROCESSOR, f"0-{library.PROCESSOR}"))
    altered.write_bytes(made.read_bytes())
    assert library.found() == (made,)
    monkeypatch.setenv("GLOAM_KERNELS", "off")
    assert library.found() == ()


def test_code_that_needs_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: an assignment of an array to a slice needs Python's exceptions, the same in a loop does not."""
    monkeypatch.setattr(library, "symbol", lambda function, signature: "gloam_k_tested")
    array = types.float64[::1]

    def by_slice(out: Any, x: Any) -> None:
        out[1:3] = x

    def by_loop(out: Any, x: Any) -> None:
        for i in range(2):
            out[1 + i] = x[i]

    found = [needs_python(emitted(numba.njit(function), types.void(array, array))) for function in (by_slice, by_loop)]
    assert found == [True, False]


def test_another_processor_compiles(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: without AVX2 nothing is loaded, and nothing is made."""
    monkeypatch.setattr(library, "beside_sources", lambda: made.parent)
    monkeypatch.setattr(library.binding, "get_host_cpu_features", lambda: {"avx": True, "avx2": False})
    assert library.found() == ()
    with pytest.raises(StoreError, match="this machine is not Linux on x86-64-v3"):
        in_process("library", pairs=[], directory=str(made.parent))
