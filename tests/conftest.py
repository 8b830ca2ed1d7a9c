"""Tiers of the tests, and how pytest-xdist deals them out: what takes long first, so that no worker ends with it alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent
FIRST = (  # beginnings of what takes long, longest first; all others follow in the order of their names
    "builder/cluster",
    "contracts",
    "external",
    "test_own",
    "builder",
    "lookup/searches/babar",
    "lookup/quantities",
    "lookup/fits",
)
BY_ENTRY = ("contracts/test_pairs", "builder/test_shipped_stores", "builder/test_checks")  # dealt out entry by entry, not by file
SLOW = (  # what --fast leaves out, beside single tests with the mark
    "builder/cluster",
    "builder/test_checks",
    "builder/test_exchange",
    "builder/test_faults",
    "builder/test_interruption",
    "builder/test_other_hosts",
    "builder/test_rounded_stores",
    "builder/test_shards",
    "builder/test_shipped_stores",
    "contracts",
    "external",
    "lookup/export",
    "lookup/fits",
    "lookup/interpolation/test_code_cache",
    "lookup/quantities/neutral_leptons/test_cross_sections",
    "lookup/searches/babar",
    "tables/physics/neutral_leptons/test_momentum",
    "tables/physics/dark_photons/test_missed",
    "test_own",
)
SHOWN = 12  # files whose seconds are printed at the end


def pytest_addoption(parser):
    """``--fast`` and ``--full``; without them what continuous integration runs."""
    group = parser.getgroup("gloam")
    group.addoption("--fast", action="store_true", help="leave out the tests that take long")
    group.addoption("--full", action="store_true", help="with the tests marked exhaustive, and more points in others")


def place(item):
    """File of a test below ``tests``, without its suffix."""
    return item.path.relative_to(ROOT).with_suffix("").as_posix()


def wanted(item, config):
    """Whether a test belongs to the tier that is asked for."""
    slow = item.get_closest_marker("slow") or place(item).startswith(SLOW)
    return not (config.option.fast and slow) and (config.option.full or not item.get_closest_marker("exhaustive"))


def pytest_collection_modifyitems(config, items):
    """Leave out what is of another tier, and put long files first."""
    config.hook.pytest_deselected(items=[item for item in items if not wanted(item, config)])
    items[:] = [item for item in items if wanted(item, config)]
    items.sort(key=lambda item: next((i for i, start in enumerate(FIRST) if place(item).startswith(start)), len(FIRST)))


class ByFileOrEntry(LoadScopeScheduling):
    """Tests of a file stay together on one worker, or those of an entry in it."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        entry = test.partition("[")[2]
        return file + entry if file.removeprefix("tests/").removesuffix(".py") in BY_ENTRY else file


def pytest_xdist_make_scheduler(config, log):
    """How pytest-xdist deals the tests out, whatever ``--dist`` says."""
    return ByFileOrEntry(config, log)


def pytest_terminal_summary(terminalreporter):
    """The files that took longest: what ``FIRST`` and ``SLOW`` should name."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "location"):
                seconds[report.location[0]] += report.duration
    for name, spent in seconds.most_common(SHOWN):
        terminalreporter.write_line(f"{spent:8.1f} s {name}")


@pytest.fixture(scope="session")
def full(request):
    """Whether all points are asked for."""
    return request.config.option.full
