"""What there is: listings, descriptions and references, as text."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from gloam import tables
from gloam.lookup import quantity, store
from gloam.lookup.errors import UnknownName
from gloam.lookup.modules import choices, fits, module, names
from gloam.lookup.table import Table, load


def listing(kind: str | None) -> str:
    """Tables and quantities, searches, models, and the matrix of what fits what."""
    parts = []
    if kind in (None, "tables"):
        built = set(store.available())
        rows = [(name, "table" if name in built else "not built: gloam-build run " + name)
                for name in sorted({*tables.names(), *built})]
        rows += [(name, "composed quantity") for name in quantity.names()]
        parts.append(columns("tables and quantities", rows))
    if kind in (None, "searches"):
        parts.append(columns("searches", [(name, module("searches", name).TITLE) for name in names("searches")]))
    if kind in (None, "models"):
        parts.append(columns("models", [(name, module("models", name).TITLE) for name in names("models")]))
    if kind is None:
        rows = [(search, ", ".join(m for m in names("models") if fits(module("searches", search), module("models", m))))
                for search in names("searches")]
        parts.append(columns("models that fit", rows))
    return "\n\n".join(parts)


def columns(title: str, rows: list[tuple[str, str]]) -> str:
    """A title and its rows (name, text), the names in one column."""
    width = max((len(name) for name, _ in rows), default=0) + 2
    return "\n".join([f"{title}:", *(f"  {name:<{width}}{text}" for name, text in rows)])


def find(name: str) -> Any:
    """The table, quantity, model module or search module called ``name``."""
    for kind in ("models", "searches"):
        if name in names(kind):
            return module(kind, name)
    known = {*tables.names(), *store.available(), *quantity.names()}
    if name not in known:
        raise UnknownName("name", name, {*known, *names("models"), *names("searches")})
    return load(name)


def description(name: str) -> str:
    """Everything a user needs to know about one item."""
    item = find(name)
    if isinstance(item, Table):
        return _describe_table(item)
    if isinstance(item, quantity.Quantity):
        part = item.module
        rows = [(i.name, f"[{i.unit}] {i.low:g} to {i.high:g}  {i.description}") for i in part.INPUTS]
        rows += [(choice, ", ".join(labels)) for choice, labels in part.CHOICES.items()]
        return "\n".join([f"{name}: {part.TITLE} [{part.UNIT}]", "", part.DESCRIPTION, "", columns("inputs", rows)])
    return _describe_module(item)


def _describe_table(table: Table) -> str:
    spec = table.spec
    rows = [(i.name, f"[{i.unit}] {i.low:g} to {i.high:g}  {i.description}") for i in spec.inputs]
    if spec.choice:
        rows.append((spec.choice.name, ", ".join(spec.labels)))
    facts = [
        ("unit", spec.unit), ("promised accuracy", f"{spec.rtol:g}"), ("nodes", " x ".join(str(a.n) for a in spec.axes)),
        ("components", ", ".join(spec.components)), ("content digest", table.content_digest), ("store", str(table.path)),
        ("references", ", ".join(spec.references)),
    ]
    facts += [(c.name, f"{c.value:g} {c.unit} ({c.source})") for c in spec.constants]
    head = f"{spec.name} version {spec.version}: {spec.title}"
    return "\n".join([head, "", columns("inputs", rows), "", columns("facts", facts)])


def _describe_module(item: ModuleType) -> str:
    text = [f"{item.NAME}: {item.TITLE}", "", (item.__doc__ or "").strip(), ""]
    if hasattr(item, "PARAMETERS"):
        rows = []
        for p in item.PARAMETERS:
            default = "required" if p.default is None else f"default {p.default:g}"
            rows.append((p.name, f"[{p.unit}] {p.low:g} to {p.high:g}, {default}  {p.description}"))
        rows += [(o.name, f"{' or '.join(o.choices)}, {o.default or 'required'}  {o.description}") for o in item.OPTIONS]
        text.append(columns("parameters", rows))
        points = [(name, " ".join(f"{key}={value}" for key, value in point.items()))
                  for name, point in getattr(item, "BENCHMARKS", {}).items()]
        text += ["", columns("benchmarks", points)] if points else []
    else:
        rows = [(name, f"{low:g} to {high:g}, default {default:g}  {about}")
                for name, (low, high, default, about) in item.OPTIONS.items()]
        rows += [(o.name, f"{' or '.join(o.choices)}, default {o.default}  {o.description}") for o in choices(item)]
        rows.append(("unit", item.UNIT))
        rows.append(("limit", item.STATISTIC if hasattr(item, "STATISTIC") else f"none: {item.NO_LIMIT}"))
        text.append(columns("options and facts", rows))
    return "\n".join(text)


def references(wanted: list[str]) -> list[str]:
    """References of the named items and of the tables they read, each once, in the order met."""
    found: dict[str, None] = {}
    for name in wanted:
        item = find(name)
        if isinstance(item, Table):
            lists, read = [item.spec.references], []
        else:
            part = item.module if isinstance(item, quantity.Quantity) else item
            lists, read = [part.REFERENCES], sorted({table for table, _ in part.TABLES})
        lists += [load(table).spec.references for table in read]
        found |= dict.fromkeys(reference for group in lists for reference in group)
    return list(found)
