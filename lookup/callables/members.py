"""Tables and searches for an experiment of the user, ``NAME@FILE.toml``: found, compared with the file, and bound to it."""

from __future__ import annotations

import importlib
import logging
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam import tables
from gloam.lookup.callables import store
from gloam.lookup.errors import BadParameter, StoreError, UnknownName
from gloam.tables import folders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from gloam.lookup.vocabulary import Search

LOG = logging.getLogger("gloam")


def templates() -> dict[str, str]:
    """Modules of the searches that take an experiment, by name."""
    return folders.modules_of("gloam.lookup.searches", "TEMPLATE")


def named(name: str, path: str | Path | None) -> str:
    """``NAME@FILE.toml``, or the name itself without a path.

    Raises
    ------
    BadParameter
        When the path does not end in .toml.
    """
    if path is None:
        return name
    if not isinstance(path, str | Path) or Path(path).suffix != ".toml":
        msg = f"experiment = {path!r}: give the path of a TOML file, FILE.toml (docs/experiments.md)"
        raise BadParameter(msg)
    return f"{name}@{Path(path).expanduser().absolute()}"


def experiment(path: str) -> Any:
    """The experiment in a TOML file.

    Raises
    ------
    BadParameter
        Saying what is wrong with it.
    """
    try:
        return tables.experiment(path)
    except ValueError as error:
        raise BadParameter(str(error)) from error


def _command(names: Iterable[str], path: str) -> str:
    return "; ".join(f"gloam-build run {name} --experiment {shlex.quote(path)}" for name in names)


def find(name: str, path: str) -> Path:
    """Store of the member of table ``name``, built from the flux that the file ``path`` has now.

    Raises
    ------
    UnknownName, BadParameter
    StoreError
        When it is not built, or from another flux, or by another version of gloam.
    """
    if name not in tables.names():
        raise UnknownName("table", name, tables.names())
    try:
        member = tables.member(name, path)
    except ValueError as error:
        raise BadParameter(str(error)) from error
    wanted = member.TABLE
    if wanted.name not in store.available():
        msg = f"table {wanted.name!r} is not built here: run `{_command([name], path)}`"
        raise StoreError(msg)
    found = store.find(wanted.name)
    inputs = store.read_manifest(found)["inputs"]
    changed = [key for key, digest in member.inputs.items() if inputs.get(key) != digest]
    if changed:
        msg = f"store {found} was built from another {' and another '.join(changed)} than {path} names: "
        raise StoreError(f"{msg}replace it with `{_command([name], path)} --restart`, or give the experiment another name")
    store.compare(found, store.open_store(found).spec, wanted)
    return found


def built(template: ModuleType, of: Any) -> tuple[str, ...]:
    """The recipes that a search needs whose members are built."""
    have = set(store.available())
    return tuple(name for name in template.NEEDS if f"{name}@{of.name}" in have)


def search(name: str, path: str) -> Search:
    """The search ``name`` for the experiment in the file ``path``.

    Raises
    ------
    UnknownName
        When the search does not take an experiment.
    BadParameter
        When the file has a fault.
    StoreError
        When none of its tables is built.
    """
    known = templates()
    if name not in known:
        raise UnknownName("search that takes an experiment", name, known)
    template, of = importlib.import_module(known[name]), experiment(path)
    have = built(template, of)
    if not have:
        msg = f"no table of {of.name} is built here: run `{_command(template.NEEDS[:1], of.source)}`, likewise "
        raise StoreError(f"{msg}{', '.join(template.NEEDS[1:])} as far as the model needs them")
    found: Search = template.search(of, have)
    return found


def page_of(name: str) -> str:
    """What the file of a search that takes an experiment says of it at its top."""
    return (importlib.import_module(templates()[name]).__doc__ or "").strip()


def tell_left_out(name: str) -> None:
    """Warn of the tables that a bound search could read and that are not built."""
    base, path = tables.split(name)
    if not path:
        return
    template, of = importlib.import_module(templates()[base]), experiment(path)
    have = built(template, of)
    missing = [name for name in template.NEEDS if name not in have]
    if missing:
        LOG.warning(
            "%s of %s leaves out what %s would give: not built (`%s`)",
            base,
            of.name,
            ", ".join(missing),
            _command(missing[:1], of.source),
        )


def refuse_template(name: str) -> None:
    """Refuse a search that is asked for without its experiment.

    Raises
    ------
    BadParameter
    """
    if name in templates():
        msg = f"search {name!r} is one for an experiment of your own: give --experiment FILE.toml (in Python experiment=...)"
        raise BadParameter(msg)
