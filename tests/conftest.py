"""How tests are shared among workers: a file stays together, and so do the tests that start a SLURM of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
LONG = ("builder/cluster", "contracts", "lookup/test_babar.py")  # begin first, so that no worker is left with one at the end


def together(path):
    """Name of the group of a test file: its own, or that of the cluster."""
    name = path.relative_to(ROOT).as_posix()
    return "cluster" if name.startswith("builder/cluster/") else name


def rank(path):
    """Position of a test file in the order of work."""
    name = path.relative_to(ROOT).as_posix()
    return next((i for i, start in enumerate(LONG) if name.startswith(start)), len(LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Groups for ``pytest --dist loadgroup``, long ones first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(together(item.path)))
    items.sort(key=lambda item: rank(item.path))
