"""The modules that a table is made of, as their texts tell: which statements stand behind a name, and where a name leads."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from gloam.tables.members import Member

ROOT = "gloam.tables"
PLAIN = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)  # what they mention beside their targets, they only read
PARSING = threading.Lock()  # ast.parse of CPython 3.11 fails now and then in two threads at once

Known = tuple[tuple[str, tuple[Any, ...]], ...]  # arguments whose possible values are known


@dataclass(frozen=True)
class Definition:
    """A name of a module, what is known of the arguments of a function, or one entry of the dictionary of that name."""

    module: str
    name: str
    known: Known = ()
    entry: tuple[Any, ...] = ()


@dataclass
class Source:
    """One module: what it imports under which name, and the statements behind each of its own names."""

    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    statements: dict[str, list[ast.stmt]] = field(default_factory=dict)


@lru_cache(maxsize=512)
def parsed(text: str, package: str) -> Source:
    """The source of a module in ``package`` with this text."""
    with PARSING:
        tree = ast.parse(text)
    found = Source()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found.imports[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(relative, package) if node.level else relative
            for alias in node.names:
                if alias.name == "*":
                    found.stars.append(base)
                else:
                    found.imports[alias.asname or alias.name] = f"{base}.{alias.name}"
    body = [s for s in tree.body if not isinstance(s, ast.Import | ast.ImportFrom) and not _for_types(s)]
    own = {name for statement in body for name in _bound(statement)}
    for statement in body:
        for name in _bound(statement) if isinstance(statement, PLAIN) else _mentioned(statement) & own:
            found.statements.setdefault(name, []).append(statement)
    return found


def _for_types(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and isinstance(statement.test, ast.Name) and statement.test.id == "TYPE_CHECKING"


def _mentioned(statement: ast.stmt) -> set[str]:
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return names | {node.name for node in ast.walk(statement) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _bound(statement: ast.stmt) -> set[str]:
    """Names that a statement at the top of a module defines, or into whose object it writes."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    written: list[ast.AST] = [statement]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        written = [*statement.targets] if isinstance(statement, ast.Assign) else [statement.target]
    names: set[str] = set()
    for node in (inner for part in written for inner in ast.walk(part)):
        target = node
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(target, ast.Subscript | ast.Attribute):
                target = target.value
            names |= {target.id} if isinstance(target, ast.Name) else set()
    return names


class Modules:
    """The modules of ``gloam.tables`` and those beside a recipe; all others end the search for a definition."""

    def __init__(self, recipe: ModuleType | Member) -> None:
        self.recipe = recipe.__name__
        self.paths: dict[str, Path | None] = {}
        self.sources: dict[str, Source] = {}
        self.beside = self._find(self.recipe)

    def _find(self, module: str) -> Path | None:
        try:
            found = importlib.util.find_spec(module)
        except (ImportError, ValueError):
            return None
        return Path(found.origin) if found is not None and found.origin and found.origin.endswith(".py") else None

    def path(self, module: str) -> Path | None:
        """File of a module that counts, else None."""
        if module not in self.paths:
            ours = module == self.recipe or f"{module}.".startswith(f"{ROOT}.")
            near = module.rpartition(".")[0] == self.recipe.rpartition(".")[0]
            found = self._find(module) if ours or near else None
            beside = found is not None and self.beside is not None and found.parent == self.beside.parent
            self.paths[module] = found if ours or beside else None
        return self.paths[module]

    def source(self, module: str) -> Source:
        """The source of a module that counts."""
        if module not in self.sources:
            path = self.path(module)
            assert path is not None
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            self.sources[module] = parsed(path.read_text(encoding="utf-8"), package)
        return self.sources[module]

    def of_name(self, module: str, name: str) -> Definition | str | None:
        """What ``name`` means in a module: a definition, the dotted name of something imported, or None (a builtin)."""
        source = self.source(module)
        if name in source.statements:
            return Definition(module, name)
        if name in source.imports:
            return source.imports[name]
        for other in source.stars:
            if self.path(other) is not None and (found := self.of_name(other, name)) is not None:
                return found
        return None

    def of_dotted(self, dotted: str) -> tuple[Definition | str, list[str]]:
        """What a dotted name leads to, and the attributes that are left; the name itself where that is not ours."""
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            module, rest = ".".join(parts[:count]), parts[count:]
            if self.path(module) is None:
                continue
            if not rest:
                return Definition(module, ""), []
            found = self.of_name(module, rest[0])
            if isinstance(found, Definition):
                return found, rest[1:]
            if found is not None:
                return self.of_dotted(".".join([found, *rest[1:]]))
            break
        return dotted, []

    def value(self, found: Definition) -> Any:
        """The object of that name."""
        return getattr(importlib.import_module(found.module), found.name)
