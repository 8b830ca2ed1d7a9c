"""The compiled functions of models, searches and statistics that others call by their addresses, by kind and name."""

from __future__ import annotations

from typing import Any

from gloam.lookup.callables.modules import model_named, names, search_named
from gloam.lookup.callables.plan import PREDICT, QUANTITIES, THRESHOLD

Asked = tuple[str, str]  # kind ("models", "searches"), name


def everything() -> list[Asked]:
    """All models and searches."""
    return [(kind, name) for kind in ("models", "searches") for name in names(kind)]


def named(kind: str, name: str) -> list[tuple[Any, Any]]:
    """Functions and their signatures of one model or search."""
    if kind == "models":
        return [(model_named(name).quantities, QUANTITIES)]
    search = search_named(name)
    found: list[tuple[Any, Any]] = [(search.predict, PREDICT)]
    return [*found, *((function, THRESHOLD) for function in (search.threshold, search.favoured) if function is not None)]
