"""The rooms of docs/architecture.md: which may import which, and that what is general names no particle and no experiment."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BASE = "constants units spec layout datafile folders references"  # of tables, below all of its rooms
ORDER = {  # a room of tables or lookup, and the rooms beside itself that it may import
    "tables/base": "",
    "tables/numerics": "tables/base",
    "tables/coordinates": "tables/base tables/numerics",
    "tables/experiments": "tables/base tables/numerics",
    "tables/physics": "tables/base tables/numerics tables/coordinates tables/experiments",
    "tables/recipes": "tables/base tables/numerics tables/coordinates tables/experiments tables/physics",
    "lookup/errors": "tables/base",
    "lookup/usage": "",
    "lookup/interpolation": "lookup/errors",
    "lookup/vocabulary": "lookup/errors lookup/interpolation lookup/statistics",
    "lookup/statistics": "lookup/errors lookup/usage lookup/interpolation",
    "lookup/decays": "lookup/errors lookup/vocabulary lookup/interpolation",
    "lookup/events": "lookup/errors lookup/vocabulary lookup/interpolation lookup/statistics lookup/decays",
    "lookup/models": "lookup/errors lookup/vocabulary lookup/interpolation lookup/decays",
    "lookup/quantities": "lookup/errors lookup/vocabulary lookup/interpolation lookup/decays lookup/events",
    "lookup/searches": "lookup/errors lookup/vocabulary lookup/interpolation lookup/statistics lookup/decays lookup/events",
    "lookup/callables": "lookup/errors lookup/usage lookup/vocabulary lookup/interpolation lookup/statistics",
    "lookup/fits": "lookup/errors lookup/vocabulary lookup/interpolation lookup/statistics lookup/callables",
    "lookup/export": "lookup/errors lookup/vocabulary lookup/interpolation lookup/statistics lookup/callables",
    "lookup/cli": (
        "lookup/errors lookup/vocabulary lookup/interpolation lookup/statistics lookup/callables lookup/fits lookup/export"
    ),
}
PHYSICS = (
    "lookup/vocabulary",
    "lookup/decays",
    "lookup/events",
    "lookup/models",
    "lookup/quantities",
    "lookup/searches",
)  # may import all of tables
GENERAL = ("lookup/interpolation", "lookup/callables", "lookup/statistics", "lookup/fits", "lookup/export", "builder")
EXPERIMENTS = "babar na64 na64mu miniboone microboone t2k na62 ps191 pienu e949 e137 e141 e774 orsay kek belle ldmx charm"


def room(module):
    """The room of a module of gloam as in ORDER, "" for one that stands outside the rooms."""
    _, part, *rest = [*module.split("."), ""]
    if part == "tables":
        return f"tables/{rest[0]}" if f"tables/{rest[0]}" in ORDER else "tables/base"
    return f"lookup/{rest[0]}" if part == "lookup" and f"lookup/{rest[0]}" in ORDER else ""


def imported(path):
    """Modules of gloam that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gloam."):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("gloam."))


def files_of(name):
    """Python files of a room."""
    if name == "tables/base":
        return [ROOT / "tables" / f"{stem}.py" for stem in BASE.split()]
    place = ROOT / name
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


@pytest.mark.parametrize("name", ORDER)
def test_a_room_imports_what_stands_below_it(name):
    """Expected: the arrows of docs/architecture.md, imports inside functions included."""
    allowed = {name, "", *ORDER[name].split()}
    if name in PHYSICS:
        allowed |= {known for known in ORDER if known.startswith("tables/")}
    elif name.startswith("lookup/"):
        allowed |= {"tables/base", "tables/numerics", "tables/coordinates"}
    wrong = {(path.name, module) for path in files_of(name) for module in imported(path) if room(module) not in allowed}
    assert wrong == set()


def code_of(path):
    """The code of a file without comments and docstrings, where examples may name what they like."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@pytest.mark.parametrize("name", GENERAL)
def test_what_is_general_names_no_experiment(name):
    """Expected: no code of a general room has the name of an experiment; `builder/checks` belongs to the tables."""
    words = re.compile(rf"\b({'|'.join(EXPERIMENTS.split())})\b", re.IGNORECASE)
    files = [path for path in files_of(name) if "checks" not in path.parts]
    assert {(path.name, hit) for path in files for hit in words.findall(code_of(path))} == set()
