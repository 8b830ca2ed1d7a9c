"""Searches that tests make: rates that are closed expressions of the slots, so that edges and derivatives are too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numba
import pytest
from gloam.lookup.callables import modules

BASE: dict[str, Any] = {
    "TITLE": "made by a test",
    "TABLES": (),
    "READS": ("m_Ap", "eps"),
    "OPTIONS": {},
    "CONSTANTS": (),
    "UNIT": "events",
    "BINS": ("one",),
    "STATISTIC": "excluded if any bin exceeds its limit",
    "CONFIDENCE": 0.9,
    "NO_INFORMATION": "nothing was published here",
    "REFUSALS": {},
    "REFERENCES": (),
}


@pytest.fixture
def add_search(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``add_search(name, predict, **attributes)`` makes a search known to gloam during one test, and returns its name."""

    def add(name: str, predict: Any, **attributes: Any) -> str:
        made = ModuleType(f"gloam.lookup.searches.{name.replace('-', '_')}")
        compiled = predict if hasattr(predict, "py_func") else numba.njit(predict)
        vars(made).update({**BASE, "NAME": name, "predict": compiled, **attributes})
        known = modules._known
        monkeypatch.setitem(sys.modules, made.__name__, made)
        monkeypatch.setattr(modules, "_known", lambda kind: known(kind) | ({name: made.__name__} if kind == "searches" else {}))
        return name

    return add
