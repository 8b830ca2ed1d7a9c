"""What there is: listings, descriptions, references and a diagnosis of the installation, as text."""

from __future__ import annotations

import platform
import time
from types import ModuleType
from typing import Any

from gloam import tables
from gloam.lookup import quantity, store
from gloam.lookup.errors import GloamError, UnknownName
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
        parts.append(_columns("tables and quantities", rows))
    if kind in (None, "searches"):
        parts.append(_columns("searches", [(name, module("searches", name).TITLE) for name in names("searches")]))
    if kind in (None, "models"):
        parts.append(_columns("models", [(name, module("models", name).TITLE) for name in names("models")]))
    if kind is None:
        rows = [(search, ", ".join(m for m in names("models") if fits(module("searches", search), module("models", m))))
                for search in names("searches")]
        parts.append(_columns("models that fit", rows))
    return "\n\n".join(parts)


def _columns(title: str, rows: list[tuple[str, str]]) -> str:
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
        return "\n".join([f"{name}: {part.TITLE} [{part.UNIT}]", "", part.DESCRIPTION, "", _columns("inputs", rows)])
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
    return "\n".join([head, "", _columns("inputs", rows), "", _columns("facts", facts)])


def _describe_module(item: ModuleType) -> str:
    text = [f"{item.NAME}: {item.TITLE}", "", (item.__doc__ or "").strip(), ""]
    if hasattr(item, "PARAMETERS"):
        rows = []
        for p in item.PARAMETERS:
            default = "required" if p.default is None else f"default {p.default:g}"
            rows.append((p.name, f"[{p.unit}] {p.low:g} to {p.high:g}, {default}  {p.description}"))
        rows += [(o.name, f"{' or '.join(o.choices)}, {o.default or 'required'}  {o.description}") for o in item.OPTIONS]
        text.append(_columns("parameters", rows))
        points = [(name, " ".join(f"{key}={value}" for key, value in point.items()))
                  for name, point in getattr(item, "BENCHMARKS", {}).items()]
        text += ["", _columns("benchmarks", points)] if points else []
    else:
        rows = [(name, f"{low:g} to {high:g}, default {default:g}  {about}")
                for name, (low, high, default, about) in item.OPTIONS.items()]
        rows += [(o.name, f"{' or '.join(o.choices)}, default {o.default}  {o.description}") for o in choices(item)]
        rows.append(("unit", item.UNIT))
        rows.append(("limit", item.STATISTIC if hasattr(item, "STATISTIC") else f"none: {item.NO_LIMIT}"))
        text.append(_columns("options and facts", rows))
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


def diagnosis() -> tuple[str, bool]:
    """Versions, stores and their state, cache and the time of a first answer; whether all is well."""
    import numba
    import numpy as np
    from gloam.lookup.compiled import cache_directory

    rows = [("python", platform.python_version()), ("numpy", np.__version__), ("numba", numba.__version__),
            ("compiled code", str(cache_directory()))]
    rows += [("stores", str(path)) for path in store.search_path()]
    healthy = True
    for name in store.available():
        try:
            opened = store.open_store(store.find(name))
            rows.append((name, f"v{opened.spec.version}, good, {opened.content_digest[:12]}"))
        except GloamError as error:
            healthy = False
            rows.append((name, str(error)))
    start = time.perf_counter()
    try:
        from gloam.lookup.rates import rate

        value = rate("miniboone-fhc-produced", "dipole", nature="dirac")(m_N=0.25, mu_tr_mu=1e-6)
        rows.append(("first answer", f"{value:.5g} N after {time.perf_counter() - start:.2f} s"))
    except GloamError as error:
        healthy = False
        rows.append(("first answer", str(error)))
    return _columns("gloam doctor", rows), healthy
