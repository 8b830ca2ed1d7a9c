"""What makes a table stale: an edit of a definition that its kernel reaches, and nothing else."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import gloam
import gloam.builder
import gloam.lookup
import gloam.tables
import pytest
from gloam import tables
from gloam.builder import identity

ASK = """
import json
from gloam import tables
from gloam.builder import identity
print(json.dumps({name: identity.source_digest(tables.recipe(name)) for name in tables.names()}))
"""


def copy_of_gloam(root: Path) -> Path:
    """A copy of gloam's packages below ``root`` without stores; returns its ``tables``."""
    for package in (gloam.tables, gloam.lookup, gloam.builder):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, root / "gloam" / source.name, ignore=shutil.ignore_patterns("__pycache__", "stores"))
    if getattr(gloam, "__file__", None):
        for path in Path(str(gloam.__file__)).parent.glob("*.py"):
            shutil.copy(path, root / "gloam")
    return root / "gloam" / "tables"


def digests_in(root: Path) -> dict[str, str]:
    """Source digests of all recipes of the copy below ``root``, from a fresh process."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def today() -> dict[str, str]:
    """Source digests of all recipes."""
    return {name: identity.source_digest(tables.recipe(name)) for name in tables.names()}


def edit(path: Path, *changes: tuple[str, str]) -> None:
    """Replace texts, each of which occurs once."""
    text = path.read_text()
    for before, after in changes:
        assert text.count(before) == 1, f"{path}: {before!r}"
        text = text.replace(before, after)
    path.write_text(text)


def add_a_constant(room: Path) -> None:
    """One more constant in the dictionary, and a module constant beside it."""
    edit(
        room / "constants.py",
        ('        Constant("hbar",', '        Constant("m_x", 17.0, "GeV", "a test"),\n        Constant("hbar",'),
    )
    with (room / "constants.py").open("a") as file:
        file.write('\nX_MASS: Final = CONSTANTS["m_x"].value\n')


def add_a_map(room: Path) -> None:
    """One more map with its branch in every function that asks for the name, and one more prefactor."""
    path = room / "coordinates.py"
    names = re.search(r"MAPS = \((.*?)\)\n", path.read_text(), re.DOTALL)[1].count('"') // 2
    text = path.read_text().replace(f") = range({names})", f"    CUBIC,\n) = range({names + 1})")
    assert "CUBIC" in text
    text = re.sub(r"(MAPS = \(.*?)\)\n", r'\1    "cubic",\n)\n', text, count=1, flags=re.DOTALL)
    for array, other, power in (("box", "x", "3.0"), ("x", "box", "(1.0 / 3.0)")):
        branch = f"    elif name == LINEAR:\n        for i in range({'dimensions' if array == 'box' else 'x.size'}):\n"
        assert text.count(branch) == 1
        text = text.replace(branch, f"    elif name == CUBIC:\n        {array}[0] = {other}[0] ** {power}\n{branch}")
    path.write_text(text)


def add_an_experiment(room: Path) -> None:
    """A file with the facts of one more experiment."""
    facts = (room / "experiments" / "microboone.py").read_text()
    (room / "experiments" / "sbnx.py").write_text(facts.replace('name="microboone"', 'name="sbnx"'))


def reformat(room: Path) -> None:
    """Every file without comments and in another layout, docstrings replaced, annotations of functions dropped."""
    for path in room.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node):
                node.body[0] = ast.Expr(ast.Constant("Other words."))
            if isinstance(node, ast.FunctionDef):
                node.returns = None
        if tree.body and isinstance(tree.body[0], ast.Expr) and path.name != "__init__.py":
            path.write_text("# another layout\n" + ast.unparse(tree).replace("    ", "  ") + "\n")


def move_files(room: Path) -> None:
    """Modules of physics under other names and one room deeper, imports of them as a module or of their names alike."""
    (room / "physics" / "deeper").mkdir()
    (room / "physics" / "deeper" / "__init__.py").write_text("")
    moved = (("nuclei", "mapped", "panels"), ("neutral_leptons", "fluxaverage", "averages"), ("hadrons", "r_ratio", "ratio"))
    for folder, name, now in moved:
        (room / "physics" / folder / f"{name}.py").rename(room / "physics" / "deeper" / f"{now}.py")
        for path in room.rglob("*.py"):
            text = path.read_text().replace(f"gloam.tables.physics.{folder}.{name} ", f"gloam.tables.physics.deeper.{now} ")
            text = re.sub(
                rf"from gloam.tables.physics.{folder} import {name}$",
                f"from gloam.tables.physics.deeper import {now} as {name}",
                text,
                flags=re.M,
            )
            path.write_text(text)


def rename_definitions(room: Path) -> None:
    """A function and a constant under other names, wherever they are used."""
    for path in room.rglob("*.py"):
        text = re.sub(r"\bflux_moments\b", "moments_of_the_flux", path.read_text())
        path.write_text(re.sub(r"\bTO_CM2\b", "SQUARE_CENTIMETRES", text))


@pytest.mark.parametrize(
    "change", [add_a_constant, add_a_map, add_an_experiment, reformat, move_files, rename_definitions], ids=lambda f: f.__name__
)
def test_what_moves_no_number_makes_no_table_stale(today, tmp_path, change):
    """Expected: the source digests of all recipes are those of the tree without the change."""
    change(copy_of_gloam(tmp_path))
    assert digests_in(tmp_path) == today


def test_one_more_beam_changes_only_tables_that_list_all_beams(today, tmp_path):
    """Expected: tables with the choice "beam" have one more label, so another description; no other table is stale."""
    room = copy_of_gloam(tmp_path)
    add_an_experiment(room)
    edit(
        room / "experiments" / "beams.py",
        ("import microboone, miniboone", "import microboone, miniboone, sbnx"),
        ('    "microboone": (', '    "sbnx": (sbnx.CRYOSTAT, "Ar40"),\n    "microboone": ('),
    )
    found = digests_in(tmp_path)
    listing = {name for name in today if (choice := tables.recipe(name).TABLE.choice) and choice.name == "beam"}
    assert listing
    assert {name for name in today if found[name] != today[name]} <= listing
    assert "decay-vector" in today.keys() - listing


EDITS = {  # file, texts, tables that must be stale, tables that must not
    "a tolerance": (
        "physics/neutral_leptons/fluxaverage.py",
        ("TOLERANCE = 1e-7", "TOLERANCE = 1e-8"),
        {"vector-rates", "z-rates"},
        {"na64-yield"},
    ),
    "a value in the dictionary of constants": (
        "constants.py",
        ('Constant("alpha", 1.0 / 137.035999084', 'Constant("alpha", 1.0 / 137.0'),
        {"na64-yield", "dipole-rates"},
        {"nuclear-moments", "hadronic-width"},
    ),
    "the branch of a map": (
        "coordinates.py",
        ("        x[0] = mass_from_coordinate(box[0], FLUX_SCALE)\n", "        x[0] = mass_from_coordinate(box[0], 0.071)\n"),
        {"vector-rates", "dipole-rates"},
        {"na64-yield", "decay-vector", "nuclear-moments", "three-body-width"},
    ),
    "a number two imports away": (
        "experiments/miniboone.py",
        ("TANK_MASS", "1.001 * TANK_MASS"),
        {"vector-rates"},
        {"na64-yield"},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_a_reached_definition_makes_those_tables_stale(today, tmp_path, name):
    """Expected by hand: which recipes reach the edited line."""
    file, (before, after), stale, kept = EDITS[name]
    path = copy_of_gloam(tmp_path) / file
    text = path.read_text()
    assert before in text
    head, _, tail = text.rpartition(before)
    path.write_text(head + after + tail)
    found = digests_in(tmp_path)
    changed = {table for table in today if found[table] != today[table]}
    assert stale <= changed
    assert not kept & changed


SMALL = '''
"""A recipe in small."""

import math

import helper_of_small
from helper_of_small import SCALE, shaped as form
from gloam.tables.spec import Axis, Input, TableSpec

TABLE = TableSpec(
    name="small", version=1, title="small", inputs=(Input("a", "1", 1.0, 2.0),), axes=(Axis("a", 1.0, 2.0, 8),),
    coordinates="linear", unit="1", rtol=1e-3,
)


def kernel(x, parameters, data, out):
    UNUSED = 3.0
    out[0] = form(x[0]) * SCALE + helper_of_small.OFFSET + math.exp(-x[0]) + recursive(3) + helper_of_small.SECOND


def recursive(n):
    return 1.0 if n == 0 else other(n - 1)


def other(n):
    return recursive(n)


def data(label):
    return helper_of_small.BLOCKS[label]
'''
HELPER = '''
import numpy as np

SCALE, OFFSET = 2.0, 1.0
FIRST, SECOND = range(2)
UNUSED = 5.0
TERMS = np.zeros(3)
TERMS[1] = 0.5
for k in range(3):
    TERMS[k] += 0.25
BLOCKS = {"": np.zeros(1), "other": np.ones(1)}


def shaped(x):
    """x squared and so on."""
    return TERMS[0] + TERMS[1] * x  # a comment


def unused(x):
    return x
'''


@pytest.mark.parametrize(
    ("module", "before", "after", "stale"),
    [
        ("helper_of_small", "UNUSED = 5.0", "UNUSED = 6.0", False),
        ("helper_of_small", "FIRST, SECOND = range(2)", "FIRST, SECOND, THIRD = range(3)", False),
        ("helper_of_small", "FIRST, SECOND = range(2)", "SECOND, FIRST = range(2)", True),
        ("helper_of_small", "def unused(x):\n    return x", "", False),
        ("helper_of_small", "  # a comment", "", False),
        ("helper_of_small", "def shaped(x):", "def shaped(x: float) -> float:", False),
        ("helper_of_small", "SCALE, OFFSET = 2.0, 1.0", "OFFSET = 1.0\nSCALE = 4.0 / 2.0", False),
        ("helper_of_small", '"other": np.ones(1)', '"other": np.ones(2)', False),
        (
            "small_recipe",
            "from helper_of_small import SCALE, shaped as form",
            "from helper_of_small import shaped as form, SCALE",
            False,
        ),
        ("small_recipe", "import math\n", "from math import exp\n", None),
        ("helper_of_small", "SCALE, OFFSET = 2.0, 1.0", "SCALE, OFFSET = 2.0, 1.1", True),
        ("helper_of_small", "TERMS[1] = 0.5", "TERMS[1] = 0.6", True),
        ("helper_of_small", "TERMS[k] += 0.25", "TERMS[k] += 0.26", True),
        ("helper_of_small", '"": np.zeros(1)', '"": np.zeros(2)', True),
        ("helper_of_small", "TERMS[1] * x", "TERMS[2] * x", True),
        ("small_recipe", "return 1.0 if n == 0", "return 2.0 if n == 0", True),
        ("small_recipe", "return recursive(n)", "return recursive(n - 1)", True),
        ("small_recipe", "math.exp", "math.expm1", True),
    ],
)
def test_what_counts_of_a_recipe_and_of_the_module_beside_it(tmp_path, monkeypatch, module, before, after, stale):
    """Expected by hand: what the kernel or its data reach counts, by meaning; names, order and layout do not."""
    texts = {"small_recipe": SMALL, "helper_of_small": HELPER}

    def digest(directory: Path) -> str:
        directory.mkdir()
        for name, text in texts.items():
            (directory / f"{name}.py").write_text(text)
            sys.modules.pop(name, None)
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(directory))
            return identity.source_digest(__import__("small_recipe"))

    first = digest(tmp_path / "before")
    assert texts[module].count(before) == 1
    texts[module] = texts[module].replace(before, after)
    if stale is None:
        texts[module], stale = texts[module].replace("math.exp", "exp"), False
    assert (digest(tmp_path / "after") != first) is stale
