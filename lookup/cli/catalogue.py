"""What there is: listings, descriptions and references, as text."""

from __future__ import annotations

from types import ModuleType

from gloam import tables
from gloam.lookup.callables import quantity, store
from gloam.lookup.callables.modules import choices, fits, module, names, usable
from gloam.lookup.callables.table import load
from gloam.lookup.errors import UnknownName
from gloam.tables.spec import TableSpec


def listing(kind: str | None) -> str:
    """Tables and quantities, searches, models, and the matrix of what fits what."""
    parts = []
    if kind in (None, "tables"):
        built = set(store.available())
        rows = [
            (name, "table" if name in built else "not built: gloam-build run " + name)
            for name in sorted({*tables.names(), *built})
        ]
        for name in quantity.names():
            missing = quantity.missing_tables(quantity.module_of(name))
            rows.append((name, "composed quantity" + (f", needs {', '.join(missing)}" if missing else "")))
        parts.append(columns("tables and quantities", rows))
    if kind in (None, "searches"):
        parts.append(columns("searches", [(name, item.TITLE) for name, item in usable("searches").items()]))
    if kind in (None, "models"):
        parts.append(columns("models", [(name, item.TITLE) for name, item in usable("models").items()]))
    if kind == "curves":
        for search, item in usable("searches").items():
            if any(option.name == "curve" for option in choices(item)):
                parts.append(columns(f"curves of {search}", [(name, str(curve)) for name, curve in item.CURVES.items()]))
    if kind is None:
        models = usable("models")
        rows = [
            (name, ", ".join(known for known, model in models.items() if fits(search, model)))
            for name, search in usable("searches").items()
        ]
        parts.append(columns("models that fit", rows))
    return "\n\n".join(parts)


def columns(title: str, rows: list[tuple[str, str]]) -> str:
    """A title and its rows (name, text), the names in one column."""
    width = max((len(name) for name, _ in rows), default=0) + 2
    return "\n".join([f"{title}:", *(f"  {name:<{width}}{text}" for name, text in rows)])


def find(name: str) -> TableSpec | ModuleType:
    """The description of a table, or the module of a quantity, model or search, called ``name``; no table need be built."""
    for kind in ("models", "searches"):
        if name in names(kind):
            return module(kind, name)
    if name in quantity.names():
        return quantity.module_of(name)
    if name in store.available():
        spec: TableSpec = load(name).spec
        return spec
    if name in tables.names():
        recipe: TableSpec = tables.recipe(name).TABLE
        return recipe
    known = (tables.names(), store.available(), quantity.names(), names("models"), names("searches"))
    raise UnknownName("name", name, set().union(*known))


def description(name: str) -> str:
    """Everything a user needs to know about one item."""
    item = find(name)
    if isinstance(item, TableSpec):
        return _describe_table(item)
    return _describe_quantity(item) if name in quantity.names() else _describe_module(item)


def _describe_quantity(item: ModuleType) -> str:
    rows = [(i.name, f"[{i.unit}] {i.low:g} to {i.high:g}  {i.description}") for i in item.INPUTS]
    rows += [
        (choice, ", ".join(labels) + (f"; default {labels[0]}" if choice in quantity.FIRST_IS_DEFAULT else ""))
        for choice, labels in item.CHOICES.items()
    ]
    missing = quantity.missing_tables(item)
    needs = ["", f"Needs tables that are not built here: run `{quantity.commands(missing)}`"] if missing else []
    return "\n".join([f"{item.NAME}: {item.TITLE} [{item.UNIT}]", "", item.DESCRIPTION, "", columns("inputs", rows), *needs])


def _describe_table(spec: TableSpec) -> str:
    rows = [(i.name, f"[{i.unit}] {i.low:g} to {i.high:g}  {i.description}") for i in spec.inputs]
    if spec.choice:
        rows.append((spec.choice.name, ", ".join(spec.labels)))
    facts = [
        ("unit", spec.unit),
        ("promised accuracy", f"{spec.rtol:g}"),
        ("nodes", " x ".join(str(a.n) for a in spec.axes)),
        ("components", ", ".join(spec.components)),
        *_whereabouts(spec.name),
        ("references", ", ".join(spec.references)),
    ]
    facts += [(c.name, f"{c.value:g} {c.unit} ({c.source})") for c in spec.constants]
    head = [f"{spec.name} version {spec.version}: {spec.title}", ""]
    if spec.name in tables.names():
        head += [(tables.recipe(spec.name).__doc__ or "").strip(), ""]
    return "\n".join([*head, columns("inputs", rows), "", columns("facts", facts)])


def _whereabouts(name: str) -> list[tuple[str, str]]:
    """Rows about the store of a table."""
    if name not in store.available():
        return [("store", f"not built here: gloam-build run {name}")]
    table = load(name)
    return [("content digest", table.content_digest), ("store", str(table.path))]


def _describe_module(item: ModuleType) -> str:
    text = [f"{item.NAME}: {item.TITLE}", "", (item.__doc__ or "").strip(), ""]
    if hasattr(item, "PARAMETERS"):
        rows = []
        for p in item.PARAMETERS:
            default = "required" if p.default is None else f"default {p.default:g}"
            rows.append((p.name, f"[{p.unit}] {p.low:g} to {p.high:g}, {default}  {p.description}"))
        rows += [(o.name, f"{' or '.join(o.choices)}, {o.default or 'required'}  {o.description}") for o in item.OPTIONS]
        text.append(columns("parameters", rows))
        points = [
            (name, " ".join(f"{key}={value}" for key, value in point.items()))
            for name, point in getattr(item, "BENCHMARKS", {}).items()
        ]
        text += ["", columns("benchmarks", points)] if points else []
    else:
        rows = [
            (name, f"{low:g} to {high:g}, default {default:g}  {about}")
            for name, (low, high, default, about) in item.OPTIONS.items()
        ]
        rows += [
            (o.name, f"{' or '.join(o.choices)}, {'default ' + o.default if o.default else 'required'}  {o.description}")
            for o in choices(item)
        ]
        rows.append(("unit", item.UNIT))
        rows.append(("limit", item.STATISTIC if hasattr(item, "STATISTIC") else f"none: {item.NO_LIMIT}"))
        text.append(columns("options and facts", rows))
    return "\n".join(text)


def references(wanted: list[str]) -> list[str]:
    """References of the named items and of the tables they read, each once, in the order met."""
    found: dict[str, None] = {}
    for name in wanted:
        item = find(name)
        own, read = (item.references, []) if isinstance(item, TableSpec) else (item.REFERENCES, item.TABLES)
        found |= dict.fromkeys(own)
        for table in sorted({table for table, _ in read}):
            found |= dict.fromkeys(references([table]))
    return list(found)
