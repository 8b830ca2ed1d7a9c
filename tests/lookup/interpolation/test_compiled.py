"""The cache of compiled code: an edited formula never answers from an old binary; the query path stays light."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import gloam
import gloam.lookup
import gloam.tables

ASK = (
    "from gloam import lookup; import sys; "
    "print(lookup.load('dipole-rates')(beam='microboone', m_N=0.25)[0]); "
    "print(sorted({'dask', 'matplotlib', 'zarr', 'h5py'} & set(sys.modules)))"
)


def ask(root: Path, cache: Path) -> tuple[float, str]:
    """Value of one table in a fresh process that imports gloam from ``root``; also the heavy modules it imported."""
    environment = {**os.environ, "PYTHONPATH": str(root), "GLOAM_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True, env=environment, cwd=root)
    value, modules = done.stdout.splitlines()
    return float(value), modules


def test_an_edited_formula_in_an_imported_file_changes_the_answer(tmp_path: Path) -> None:
    """Expected: twice the value after the exponential in the kernel is doubled, and nothing heavy imported."""
    (tmp_path / "gloam").mkdir()
    shutil.copy(str(gloam.__file__), tmp_path / "gloam" / "__init__.py")
    for package in (gloam.tables, gloam.lookup):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, tmp_path / "gloam" / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    cache = tmp_path / "cache"
    first, modules = ask(tmp_path, cache)
    assert modules == "[]"
    assert ask(tmp_path, cache)[0] == first
    spline = tmp_path / "gloam" / "lookup" / "interpolation" / "spline.py"
    text = spline.read_text()
    assert text.count("        exponentiate(out, 0, components)\n") == 1
    doubled = "        exponentiate(out, 0, components)\n        out[0] *= 2.0\n"
    spline.write_text(text.replace("        exponentiate(out, 0, components)\n", doubled))
    assert ask(tmp_path, cache)[0] == 2.0 * first
