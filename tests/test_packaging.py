"""The wheel, the direction of imports, and what importing costs."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import gloam
import pytest
from gloam import lookup, tables

ROOT = Path(__file__).parents[1]
PLACES = {"package": "", "tables": "tables/", "lookup": "lookup/", "builder": "builder/"}  # in the installed package gloam
ROOMS = tuple(PLACES)
MAY_IMPORT = {
    "package": {"version", "tables", "lookup", "builder"},
    "tables": {"tables"},
    "lookup": {"version", "tables", "lookup"},
    "builder": {"version", "tables", "lookup", "builder"},
}
LINES = 400
WHEEL, TREE = 30e6, 100e6  # [bytes] largest wheel, and what it unpacks to: code, published numbers and stores


def sources(room):
    """Paths of all Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


def packaged_files():
    """All files of the rooms as they stand in the package, without caches and running builds."""
    return {
        place + path.relative_to(ROOT / room).as_posix()
        for room, place in PLACES.items()
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not any(p == "__pycache__" or p.endswith(".building") for p in path.parts)
    }


def imported(path):
    """Full names of all modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel that pip builds from a copy of the sources, which is called ``gloam``."""
    copy = tmp_path_factory.mktemp("parent") / "gloam"
    copy.mkdir()
    for name in (*ROOMS, "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.building"))
        else:
            shutil.copy(source, copy / name)
    target = copy / "wheel"
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(target),
        str(copy),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=copy)
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def wheel_names(wheel):
    """Names in the wheel."""
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def clone(wheel):
    """The checkout that the wheel was made of, ``parent/gloam``; beside it, ``parent/installed``, the unpacked wheel."""
    checkout = wheel.parents[1]
    zipfile.ZipFile(wheel).extractall(checkout.parent / "installed")
    return checkout


def run(clone, where, *arguments):
    """What a fresh Python prints that has the unpacked wheel of ``clone`` installed and is started in directory ``where``."""
    site = str(clone.parent / "installed")
    program = [sys.executable, "-c", f"import sys; sys.path.insert(1, {site!r}); " + arguments[0], *arguments[1:]]
    done = subprocess.run(program, capture_output=True, text=True, check=True, cwd=where)
    return done.stdout.strip()


def test_the_wheel_holds_every_file_of_the_rooms(wheel_names):
    """Expected: the files on disk (code, published numbers, stores), under ``gloam/``."""
    inside = {name.removeprefix("gloam/") for name in wheel_names if name.startswith("gloam/")}
    assert inside == packaged_files()


def test_wheel_and_tree_have_their_size(wheel):
    """Expected: small enough to install anywhere and to stay in git; stores beyond that go into wheels of their own."""
    assert wheel.stat().st_size <= WHEEL
    assert sum(item.file_size for item in zipfile.ZipFile(wheel).infolist()) <= TREE


def test_the_wheel_has_no_top_level_tables(wheel_names):
    """Expected: only ``gloam`` and its metadata, so that ``import tables`` remains PyTables."""
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"gloam"}


@pytest.mark.parametrize("name", ["", "lookup", "tables", "builder", "lookup.models", "tables.recipes"])
@pytest.mark.parametrize("below", [".", "gloam", "gloam/tables"])
def test_a_clone_in_the_current_directory_does_not_shadow_the_wheel(clone, name, below):
    """Expected: the installed file, from the parent of a clone called gloam, from the clone and from a room of it."""
    found = run(
        clone, clone.parent / below, f"import importlib; print(importlib.import_module('gloam.{name}'.strip('.')).__file__)"
    )
    assert Path(found) == clone.parent / "installed" / "gloam" / name.replace(".", "/") / "__init__.py"


def test_from_gloam_import_lookup_beside_a_clone(clone):
    """Expected: the example of the fault, from the parent of a checkout: the installed package, and its version."""
    printed = run(clone, clone.parent, "from gloam import lookup; import gloam; print(lookup.__file__); print(gloam.__version__)")
    assert printed.splitlines() == [str(clone.parent / "installed" / "gloam" / "lookup" / "__init__.py"), stated_version()]


def stated_version():
    """The version in pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_the_version_is_said_once():
    """Expected: in pyproject.toml, and nowhere else in the files that state such things."""
    assert metadata.version("gloam") == gloam.__version__ == stated_version()
    others = [
        ROOT / "CITATION.cff",
        ROOT / "README.md",
        *sources("package"),
        *sources("lookup"),
        *sources("tables"),
        *sources("builder"),
    ]
    quoted = re.compile(rf"(?<![\d.]){re.escape(stated_version())}(?![\d.])")
    assert [path.name for path in others if quoted.search(path.read_text())] == []


@pytest.mark.parametrize("command", [["-m", "gloam"], ["-m", "gloam.builder"]])
def test_a_command_says_its_version(command):
    """Expected: the name of the command and the version of pyproject.toml, on standard output, from any directory."""
    done = subprocess.run([sys.executable, *command, "--version"], capture_output=True, text=True, check=True)
    name = {"gloam": "gloam", "gloam.builder": "gloam-build"}[command[1]]
    assert done.stdout == f"{name} {stated_version()}\n"
    program = Path(sys.executable).with_name(name)
    assert subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout == done.stdout


def test_the_package_has_the_public_names_of_lookup():
    """Expected: the same objects, the rooms, and an AttributeError for what there is not."""
    assert set(lookup.__all__) <= set(dir(gloam))
    assert {name for name in lookup.__all__ if getattr(gloam, name) is not getattr(lookup, name)} == set()
    assert gloam.lookup is lookup
    assert gloam.tables is tables
    with pytest.raises(AttributeError, match="module 'gloam' has no attribute 'ratee'"):
        gloam.ratee  # noqa: B018


def test_importing_the_package_imports_nothing_else():
    """Expected: neither numpy nor numba nor a room of gloam, before one is asked for."""
    program = "import sys; before = set(sys.modules); import gloam; print(sorted(set(sys.modules) - before - {'importlib'}))"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    names = {name.split(".")[0] for name in ast.literal_eval(done.stdout)} - sys.stdlib_module_names
    assert names == {"gloam"}
    assert "gloam." not in done.stdout


def test_every_subpackage_is_listed_in_pyproject():
    """Expected: every directory with an ``__init__.py``; setuptools drops unlisted ones silently."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    found = {
        f"gloam.{PLACES[room]}{init.parent.relative_to(ROOT / room).as_posix()}".replace("/", ".").rstrip("."): (
            init.parent.relative_to(ROOT).as_posix()
        )
        for room in ROOMS
        for init in (ROOT / room).rglob("__init__.py")
    }
    assert set(listed["packages"]) == set(found)
    assert listed["package-dir"] == found


def test_tables_under_pytest_is_not_ours():
    """Expected: nothing, or PyTables from site-packages; never the folder of this repository."""
    spec = importlib.util.find_spec("tables")
    assert spec is None or ROOT / "tables" not in Path(str(spec.origin)).parents


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    """Expected: tables <- lookup <- builder, imports inside functions included."""
    wrong = {
        (path.name, name)
        for path in sources(room)
        for name in imported(path)
        if name.startswith("gloam.") and name.split(".")[1] not in MAY_IMPORT[room]
    }
    assert wrong == set()


@pytest.mark.parametrize("room", ROOMS)
def test_all_imports_are_absolute(room):
    """Expected: no relative import, which the check of the direction would not see."""
    trees = {path: ast.parse(path.read_text()) for path in sources(room)}
    relative = {
        path.name
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    }
    assert relative == set()


@pytest.mark.parametrize("heavy", ["dask", "distributed", "scipy", "matplotlib", "h5py"])
def test_importing_lookup_does_not_import(heavy):
    """Expected: a query needs numpy and numba only (a fresh interpreter, started outside the repository)."""
    program = f"import sys, gloam.lookup; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("heavy", ["dask", "distributed", "scipy", "matplotlib", "h5py"])
def test_no_module_of_lookup_imports_at_its_top(heavy):
    """Expected: none of what builder and plots need; plots import inside functions."""
    wrong = []
    for path in sources("lookup"):
        body = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            wrong += [path.name for name in names if name.split(".")[0] == heavy]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_is_short(room):
    """Expected: at most 400 lines."""
    long = {path.name: count for path in sources(room) if (count := len(path.read_text().splitlines())) > LINES}
    assert long == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_package_says_what_is_in_it(room):
    """Expected: a docstring in every ``__init__.py``."""
    inits = [path for path in sources(room) if path.name == "__init__.py"]
    assert inits != []
    assert [path for path in inits if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_no_exported_name_of_lookup_is_a_module():
    """Expected: ``gloam.lookup.rate`` stays a function whatever is imported, as no module has its name."""
    exported = set(lookup.__all__)
    assert exported >= {"at", "limit", "load", "rate"}
    modules = {path.stem if path.is_file() else path.name for path in (ROOT / "lookup").iterdir()}
    assert exported & modules == set()


def test_table_names_are_the_recipes_on_disk():
    """Expected: one name per file of ``tables/recipes``, dashes for underscores."""
    stems = {path.stem.replace("_", "-") for path in (ROOT / "tables" / "recipes").rglob("*.py")}
    assert set(tables.names()) == stems - {"--init--"}


def test_one_version_of_every_table_ships():
    """Expected: at most one version directory per shipped table, each of a known recipe."""
    shipped = [path for path in (ROOT / "tables" / "stores").iterdir() if path.is_dir()]
    assert shipped != []
    assert {path.name for path in shipped} <= set(tables.names())
    assert [path.name for path in shipped if len(list(path.glob("v*"))) != 1] == []


def test_every_data_file_is_described():
    """Expected: one row of ``SOURCES.md`` per file of published numbers."""
    folder = ROOT / "tables" / "data"
    described = (folder / "SOURCES.md").read_text()
    assert [path.name for path in folder.glob("*.csv") if f"`{path.name}`" not in described] == []
