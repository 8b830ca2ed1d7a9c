"""The compiled functions of models, searches and statistics that others call by their addresses, by kind and name."""

from __future__ import annotations

from typing import Any

from gloam.lookup.callables.modules import module, names
from gloam.lookup.callables.plan import PREDICT, QUANTITIES, THRESHOLD

Asked = tuple[str, str]  # kind ("models", "searches"), name


def everything() -> list[Asked]:
    """All models and searches."""
    return [(kind, name) for kind in ("models", "searches") for name in names(kind)]


def named(kind: str, name: str) -> list[tuple[Any, Any]]:
    """Functions and their signatures of one model or search."""
    entry = module(kind, name)
    if kind == "models":
        return [(entry.quantities, QUANTITIES)]
    found = [(entry.predict, PREDICT)]
    return [*found, *((getattr(entry, part), THRESHOLD) for part in ("threshold", "favoured") if hasattr(entry, part))]
