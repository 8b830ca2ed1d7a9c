"""The compiled functions of models and searches that others call by their addresses."""

from __future__ import annotations

from typing import Any

from gloam.lookup.callables.modules import model_named, names, search_named
from gloam.lookup.callables.plan import PREDICT, QUANTITIES, THRESHOLD

Function = tuple[Any, Any]  # dispatcher, signature


def of_model(name: str) -> list[Function]:
    """Those of one model."""
    return [(model_named(name).quantities, QUANTITIES)]


def of_search(name: str) -> list[Function]:
    """Those of one search."""
    search = search_named(name)
    more = [function for function in (search.threshold, search.favoured) if function is not None]
    return [(search.predict, PREDICT), *((function, THRESHOLD) for function in more)]


def of_pairs(pairs: list[tuple[str, str]]) -> list[Function]:
    """Those of pairs of a search and a model, each once; of all searches and models if there are none."""
    searches, models = zip(*pairs, strict=True) if pairs else (names("searches"), names("models"))
    found = [item for name in dict.fromkeys(searches) for item in of_search(name)]
    found += [item for name in dict.fromkeys(models) for item in of_model(name)]
    return list(dict.fromkeys(found))
