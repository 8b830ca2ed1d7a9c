"""The order of the tests: files that take long begin, so that no worker is left with one at the end."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent
LONG = ("builder/cluster", "contracts", "lookup/test_babar", "builder")


def pytest_collection_modifyitems(items):
    """Long files first; ``pytest --dist loadfile --no-loadscope-reorder`` keeps the order."""

    def rank(item):
        name = item.path.relative_to(ROOT).as_posix()
        return next((i for i, start in enumerate(LONG) if name.startswith(start)), len(LONG))

    items.sort(key=rank)
