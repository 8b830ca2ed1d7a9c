"""Searches that tests make: rates that are closed expressions of the slots, so that edges and derivatives are too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numba
import pytest
from gloam.lookup.callables import modules
from gloam.lookup.vocabulary import Search

BASE: dict[str, Any] = {
    "title": "made by a test",
    "tables": (),
    "reads": ("m_Ap", "eps"),
    "options": {},
    "constants": (),
    "unit": "events",
    "bins": ("one",),
    "statistic": "excluded if any bin exceeds its limit",
    "confidence": 0.9,
    "no_information": "nothing was published here",
    "refusals": {},
    "references": ("a test",),
}


@pytest.fixture
def add_search(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``add_search(name, predict, **attributes)`` makes a search known to gloam during one test, and returns its name."""

    def add(name: str, predict: Any, **attributes: Any) -> str:
        made = ModuleType(f"gloam.lookup.searches.{name.replace('-', '_')}")
        compiled = predict if hasattr(predict, "py_func") else numba.njit(predict)
        vars(made)["SEARCH"] = Search(**{**BASE, "name": name, "predict": compiled, **attributes})
        known = modules._known
        monkeypatch.setitem(sys.modules, made.__name__, made)
        monkeypatch.setattr(modules, "_known", lambda kind: known(kind) | ({name: made.__name__} if kind == "searches" else {}))
        return name

    return add
