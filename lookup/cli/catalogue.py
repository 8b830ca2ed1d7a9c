"""What there is: listings, descriptions and references, as text."""

from __future__ import annotations

from gloam import tables
from gloam.lookup.callables import members, quantity, store
from gloam.lookup.callables.modules import (
    fits,
    model_named,
    names,
    page_of,
    quantity_named,
    search_named,
    usable_models,
    usable_searches,
)
from gloam.lookup.callables.table import load
from gloam.lookup.errors import UnknownName
from gloam.lookup.vocabulary import Model, Quantity, Search
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
            missing = quantity.missing_tables(quantity_named(name))
            rows.append((name, "composed quantity" + (f", needs {', '.join(missing)}" if missing else "")))
        parts.append(columns("tables and quantities", rows))
    if kind in (None, "searches"):
        parts.append(columns("searches", [(name, item.title) for name, item in usable_searches().items()]))
    if kind in (None, "models"):
        parts.append(columns("models", [(name, item.title) for name, item in usable_models().items()]))
    if kind == "curves":
        for search, item in usable_searches().items():
            if item.curves:
                parts.append(columns(f"curves of {search}", [(name, str(curve)) for name, curve in item.curves.items()]))
    if kind is None:
        models = usable_models()
        rows = [
            (name, ", ".join(known for known, model in models.items() if fits(search, model)))
            for name, search in usable_searches().items()
        ]
        parts.append(columns("models that fit", rows))
    return "\n\n".join(parts)


def columns(title: str, rows: list[tuple[str, str]]) -> str:
    """A title and its rows (name, text), the names in one column."""
    width = max((len(name) for name, _ in rows), default=0) + 2
    return "\n".join([f"{title}:", *(f"  {name:<{width}}{text}" for name, text in rows)])


def find(name: str) -> TableSpec | Model | Search | Quantity:
    """The description of a table, quantity, model or search called ``name``; no table need be built."""
    base, experiment = tables.split(name)
    if experiment:
        return search_named(name) if base in members.templates() else load(name).spec
    if name in names("models"):
        return model_named(name)
    if name in names("searches"):
        return search_named(name)
    if name in quantity.names():
        return quantity_named(name)
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
    if isinstance(item, Quantity):
        return _describe_quantity(item)
    return _describe_model(item) if isinstance(item, Model) else _describe_search(item)


def _describe_quantity(item: Quantity) -> str:
    rows = [(i.name, f"[{i.unit}] {i.low:g} to {i.high:g}  {i.description}") for i in item.inputs]
    rows += [
        (choice, ", ".join(labels) + (f"; default {labels[0]}" if choice in quantity.FIRST_IS_DEFAULT else ""))
        for choice, labels in item.choices.items()
    ]
    missing = quantity.missing_tables(item)
    needs = ["", f"Needs tables that are not built here: run `{quantity.commands(missing)}`"] if missing else []
    return "\n".join([f"{item.name}: {item.title} [{item.unit}]", "", item.description, "", columns("inputs", rows), *needs])


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


def _describe_model(item: Model) -> str:
    rows = []
    for p in item.parameters:
        default = "required" if p.default is None else f"default {p.default:g}"
        rows.append((p.name, f"[{p.unit}] {p.low:g} to {p.high:g}, {default}  {p.description}"))
    rows += [(o.name, f"{' or '.join(o.choices)}, {o.default or 'required'}  {o.description}") for o in item.options]
    points = [(name, " ".join(f"{key}={value}" for key, value in point.items())) for name, point in item.benchmarks.items()]
    text = [f"{item.name}: {item.title}", "", page_of("models", item.name), "", columns("parameters", rows)]
    filled = [(slot.name, f"[{slot.unit}] {slot.meaning}") for slot in item.described().values()]
    return "\n".join([*text, *(["", columns("benchmarks", points)] if points else []), "", columns("quantities", filled)])


def _describe_search(item: Search) -> str:
    rows = [
        (name, f"{low:g} to {high:g}, default {default:g}  {about}") for name, (low, high, default, about) in item.options.items()
    ]
    rows += [
        (o.name, f"{' or '.join(o.choices)}, {'default ' + o.default if o.default else 'required'}  {o.description}")
        for o in item.choices
    ]
    rows.append(("unit", item.unit))
    rows.append(("limit", item.statistic or f"none: {item.no_limit}"))
    head = [f"{item.name}: {item.title}", "", page_of("searches", item.name), ""]
    return "\n".join([*head, columns("options and facts", rows)])


def references(wanted: list[str]) -> list[str]:
    """References of the named items and of the tables they read, each once, in the order met."""
    found: dict[str, None] = {}
    for name in wanted:
        item = find(name)
        read = () if isinstance(item, TableSpec) else item.tables
        own = item.references
        found |= dict.fromkeys(own)
        for table in sorted({table for table, _ in read}):
            found |= dict.fromkeys(references([table]))
    return list(found)
