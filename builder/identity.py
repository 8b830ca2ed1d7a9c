"""What identifies the source of a table: the definitions that its kernel reaches, not the files that hold them.

From the recipe's entries and the table's map and prefactor every name is followed, through imports, to its definition, among
the modules of ``gloam.tables`` and those beside the recipe. A definition counts by its syntax tree without docstrings and
annotations; names of definitions and modules count as the number in which they are first met. So comments, formatting, moves
and renamings change nothing. A plain constant counts by its value; of a dictionary asked with a known label, the entry
counts; and of a function that asks which map it is, the branch of that map.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
from typing import TYPE_CHECKING, Any

from gloam.builder.definitions import Definition, Modules
from gloam.tables.spec import TableSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from gloam.tables.members import Member

COORDINATES = "gloam.tables.coordinates"
ENTRIES = ("kernel", "reference", "data", "promised", "judge")  # of a recipe: they decide what its store holds
LABELLED = ("data", "promised")  # their first argument is a label of the table
DISPATCHERS = (
    ("coordinates", "MAPS", "to_box"),
    ("coordinates", "MAPS", "to_inputs"),
    ("prefactor", "PREFACTORS", "multiply_prefactor"),
)
UNSEEN = ("ctx", "kind", "type_comment", "type_params", "returns", "annotation")  # fields of the syntax tree
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def source_digest(recipe: ModuleType | Member) -> str:
    """SHA-256 over all definitions that decide what the store of ``recipe`` holds."""
    return _Reached(recipe).digest()


class _Reached:
    """The definitions reached from one recipe, numbered in the order in which they are met."""

    def __init__(self, recipe: ModuleType | Member) -> None:
        self.recipe, self.modules = recipe, Modules(recipe)
        self.numbers: dict[Definition, int] = {}
        self.waiting: list[Definition] = []

    def number(self, found: Definition) -> int:
        """The number of a definition, which is read later if it is new."""
        if found not in self.numbers:
            self.numbers[found] = len(self.numbers)
            self.waiting.append(found)
        return self.numbers[found]

    def digest(self) -> str:
        """SHA-256 over entries and definitions."""
        lines = [f"{name} {self.number(found)}" for name, found in self._entries()]
        while self.waiting:
            lines.append(self._text(self.waiting.pop(0)))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _entries(self) -> list[tuple[str, Definition]]:
        spec: TableSpec = self.recipe.TABLE
        found = []
        for name in ENTRIES:
            if hasattr(self.recipe, name):
                values = (spec.labels,) if name in LABELLED else ()
                function = getattr(self.recipe, "DATA", name) if name == "data" else name  # members have another
                found.append((name, self.called(self.recipe.__name__, function, values)))
        coordinates = importlib.import_module(COORDINATES)
        for slot, names, dispatcher in DISPATCHERS:
            index = getattr(coordinates, names).index(getattr(spec, slot))
            found.append((dispatcher, self.called(COORDINATES, dispatcher, ((index,),))))
        return found

    def called(self, module: str, name: str, values: Sequence[tuple[Any, ...] | None]) -> Definition:
        """The definition of a function called with first arguments whose possible ``values`` are known (or None)."""
        found, _ = self.modules.of_dotted(f"{module}.{name}")
        assert isinstance(found, Definition), f"{module} has no {name}"
        return self.with_known(found, values)

    def with_known(self, found: Definition, values: Sequence[tuple[Any, ...] | None]) -> Definition:
        """``found`` with the parameters whose values are known, if it is a function of this many."""
        statements = self.modules.source(found.module).statements.get(found.name, [])
        if len(statements) != 1 or not isinstance(statements[0], ast.FunctionDef):
            return found
        names = [argument.arg for argument in (*statements[0].args.posonlyargs, *statements[0].args.args)]
        known = tuple((name, value) for name, value in zip(names, values, strict=False) if value is not None)
        return Definition(found.module, found.name, known)

    def _text(self, found: Definition) -> str:
        """What counts of a definition."""
        if not found.name:  # a module as a whole
            names = sorted(self.modules.source(found.module).statements)
            return "module " + " ".join(str(self.number(Definition(found.module, name))) for name in names)
        statements = self.modules.source(found.module).statements[found.name]
        write = _Writer(self, found.module, dict(found.known))
        if found.entry:
            entries = dictionary(statements)
            assert entries is not None
            return write.text(entries[found.entry[0]])
        if len(statements) == 1 and isinstance(statements[0], ast.Assign | ast.AnnAssign):
            return self._assigned(found, statements[0], write)
        return " ".join(write.statement(statement) for statement in statements)

    def _assigned(self, found: Definition, statement: ast.Assign | ast.AnnAssign, write: _Writer) -> str:
        value = self.modules.value(found)
        if isinstance(value, TableSpec):
            return "description"  # it has a digest of its own
        calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if all(isinstance(name, ast.Name) and name.id == "range" for name in calls) and _plain(value):
            return f"value {value!r}"
        for target in [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets:
            names = [item.id if isinstance(item, ast.Name) else "" for item in getattr(target, "elts", ())]
            if found.name in names:
                place, values = names.index(found.name), getattr(statement.value, "elts", ())
                return write.text(values[place]) if len(values) == len(names) else f"{place} of {write.text(statement.value)}"
        return write.text(statement.value)


def _plain(value: Any) -> bool:
    """Whether a constant counts by its value, if no function but ``range`` gave it: its last bits may depend on the machine."""
    return all(map(_plain, value)) if isinstance(value, tuple) else isinstance(value, bool | int | float | str | None)


def dictionary(statements: list[ast.stmt]) -> dict[Any, ast.expr] | None:
    """Entries of a name that is defined once as a dictionary with constant keys, else None."""
    if len(statements) != 1 or not isinstance(statements[0], ast.Assign | ast.AnnAssign):
        return None
    value = statements[0].value
    if not isinstance(value, ast.Dict) or not all(isinstance(key, ast.Constant) for key in value.keys):
        return None
    return {key.value: item for key, item in zip(value.keys, value.values, strict=True) if isinstance(key, ast.Constant)}


class _Writer:
    """Writes the syntax tree of one definition, with numbers for all other definitions that it names."""

    def __init__(self, reached: _Reached, module: str, known: dict[str, tuple[Any, ...]]) -> None:
        self.reached, self.modules, self.module, self.known = reached, reached.modules, module, known
        self.scopes: list[set[str]] = []

    def statement(self, node: ast.stmt) -> str:
        """A statement at the top of a module; the name that it defines does not count."""
        if isinstance(node, ast.FunctionDef):
            return self._function(node, "")
        if isinstance(node, ast.ClassDef):
            return self._class(node, "")
        return self._block([node])

    def text(self, node: Any) -> str:
        """Any node, list of nodes or value of a field."""
        if isinstance(node, list):
            return "[" + ",".join(map(self.text, node)) + "]"
        if not isinstance(node, ast.AST):
            return repr(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._reference(node)
        if isinstance(node, ast.Constant):
            return repr(node.value)
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            return self._function(node, getattr(node, "name", ""))
        if isinstance(node, ast.ClassDef):
            return self._class(node, node.name)
        if isinstance(node, ast.Subscript) and (found := self._entries_of(node)):
            return "(" + " ".join(f"#{self.reached.number(item)}" for item in found) + ")"
        if isinstance(node, ast.Call) and (called := self._known_call(node)):
            return f"Call({called},{self.text(node.args)},{self.text(node.keywords)})"
        if isinstance(node, ast.IfExp) and (taken := self._decided(node.test)) is not None:
            return self.text(node.body if taken else node.orelse)
        if isinstance(node, COMPREHENSIONS):
            targets = (name for part in node.generators for name in ast.walk(part.target))
            return self._within({name.id for name in targets if isinstance(name, ast.Name)}, lambda: self._fields(node))
        return self._fields(node)

    def _fields(self, node: ast.AST) -> str:
        parts = []
        for name, value in ast.iter_fields(node):
            if name in UNSEEN or value is None or value == []:
                continue
            block = isinstance(value, list) and isinstance(value[0], ast.stmt)
            parts.append(f"{name}={self._block(value) if block else self.text(value)}")
        return f"{type(node).__name__}({','.join(parts)})"

    def _within(self, names: set[str], write: Any) -> str:
        self.scopes.append(names)
        try:
            return str(write())
        finally:
            self.scopes.pop()

    def _block(self, statements: Sequence[ast.stmt]) -> str:
        """Statements in a row, without docstrings and imports, up to the first that leaves the function for certain."""
        parts: list[str] = []
        for node in self._taken(statements):
            parts.append(self._plain_assignment(node) if isinstance(node, ast.AnnAssign) else self.text(node))
            if isinstance(node, ast.Return | ast.Raise):
                break
        return "[" + ",".join(parts) + "]"

    def _taken(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Statements without those that do nothing, and of an ``if`` on something known only the branch that is taken."""
        taken: list[ast.stmt] = []
        for node in statements:
            nothing = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if nothing or isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
                continue
            decided = self._decided(node.test) if isinstance(node, ast.If) else None
            if isinstance(node, ast.If) and decided is not None:
                taken += self._taken(node.body if decided else node.orelse)
            else:
                taken.append(node)
        return taken

    def _plain_assignment(self, node: ast.AnnAssign) -> str:
        """``x: float = 1.0`` as ``x = 1.0``; nothing of ``x: float``."""
        return f"Assign(targets=[{self.text(node.target)}],value={self.text(node.value)})" if node.value else ""

    def _function(self, node: ast.FunctionDef | ast.Lambda, name: str) -> str:
        outside = [
            self.text(getattr(node, "decorator_list", [])),
            self.text(node.args.defaults),
            self.text(node.args.kw_defaults),
        ]
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        arguments = [argument.arg if argument else "" for argument in every]
        if isinstance(node, ast.Lambda):
            inside = self._within({*arguments}, lambda: self.text(node.body))
        else:
            inside = self._within({*arguments} | _local(node.body), lambda: self._block(node.body))
        return f"Function({name},{arguments},{len(node.args.posonlyargs)},{len(node.args.kwonlyargs)},{outside},{inside})"

    def _class(self, node: ast.ClassDef, name: str) -> str:
        outside = self.text([*node.decorator_list, *node.bases]) + self.text(node.keywords)
        parts, names = [], _local(node.body)
        for item in self._taken(node.body):
            if isinstance(item, ast.FunctionDef):
                parts.append(self._function(item, item.name))
            elif isinstance(item, ast.AnnAssign):  # a field; its type may count
                kind = self.text(item.annotation)
                parts.append(self._within(names, lambda item=item: f"{self.text(item.target)}:{self.text(item.value)}") + kind)
            else:
                parts.append(self._within(names, lambda item=item: self.text(item)))
        return f"Class({name},{outside},[{','.join(parts)}])"

    def _reference(self, node: ast.Name | ast.Attribute) -> str:
        """A name, or a chain of attributes of one: the number of the definition, and what is asked of it."""
        found, rest = self._lead(node)
        if found is None:
            return f"{self.text(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else f"Name({node.id})"
        start = f"#{self.reached.number(found)}" if isinstance(found, Definition) else found
        return ".".join([start, *rest])

    def _lead(self, node: ast.expr) -> tuple[Definition | str | None, list[str]]:
        """Where a name or a chain of attributes leads: None where it is local, builtin or something else."""
        rest: list[str] = []
        while isinstance(node, ast.Attribute):
            rest.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or any(node.id in scope for scope in self.scopes):
            return None, []
        found = self.modules.of_name(self.module, node.id)
        return self.modules.of_dotted(".".join([found, *rest])) if isinstance(found, str) else (found, rest)

    def _known(self, node: ast.expr) -> tuple[Any, ...] | None:
        """The values that an expression may have, where they are known."""
        if isinstance(node, ast.Constant):
            return (node.value,)
        if isinstance(node, ast.Name) and node.id in self.known and not any(node.id in scope for scope in self.scopes[1:]):
            return self.known[node.id]
        found, rest = self._lead(node)
        if isinstance(found, Definition) and found.name and not rest:
            value = self.modules.value(found)
            return (value,) if _plain(value) else None
        return None

    def _decided(self, test: ast.expr) -> bool | None:
        """The value of a condition that follows from what is known, else None."""
        if isinstance(test, ast.BoolOp):
            parts = [self._decided(part) for part in test.values]
            if None in parts:
                return None
            return any(parts) if isinstance(test.op, ast.Or) else all(parts)
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.NotEq):
            return None
        if not isinstance(test.left, ast.Name) or test.left.id not in self.known:
            return None
        left, right = self._known(test.left), self._known(test.comparators[0])
        if left is None or right is None:
            return None
        found = {(one == other) is isinstance(test.ops[0], ast.Eq) for one in left for other in right}
        return found.pop() if len(found) == 1 else None

    def _entries_of(self, node: ast.Subscript) -> list[Definition]:
        """The entries of a dictionary of ours that are asked for, where the key is known."""
        found, rest = self._lead(node.value)
        if not isinstance(found, Definition) or not found.name or rest:
            return []
        entries, keys = dictionary(self.modules.source(found.module).statements[found.name]), self._known(node.slice)
        if entries is None or keys is None or not all(key in entries for key in keys):
            return []
        return [Definition(found.module, found.name, entry=(key,)) for key in keys]

    def _known_call(self, node: ast.Call) -> str:
        """The number of a function of ours that is called with arguments of which something is known, else nothing."""
        values = [self.known.get(item.id) if isinstance(item, ast.Name) else None for item in node.args]
        found, rest = self._lead(node.func)
        if not any(values) or not isinstance(found, Definition) or not found.name or rest:
            return ""
        return f"#{self.reached.number(self.reached.with_known(found, values))}"


def _local(body: Sequence[ast.stmt]) -> set[str]:
    """Names that the statements of a function or class bind, those of functions inside not among them."""
    names: set[str] = set()
    elsewhere: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Global):
            elsewhere |= {*node.names}
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.Import | ast.ImportFrom):
            waiting += ast.iter_child_nodes(node)
    return names - elsewhere
