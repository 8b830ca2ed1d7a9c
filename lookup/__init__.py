"""Open tables, interpolate them, and combine them into rates, limits and likelihoods."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gloam.lookup.bound_model import model as model
    from gloam.lookup.entries import at as at
    from gloam.lookup.likelihoods import likelihood as likelihood
    from gloam.lookup.limits import limit as limit
    from gloam.lookup.modules import benchmark as benchmark
    from gloam.lookup.other_names import aliases as aliases
    from gloam.lookup.rates import rate as rate
    from gloam.lookup.table import load as load

_HOME = {
    "aliases": "other_names",
    "at": "entries",
    "benchmark": "modules",
    "likelihood": "likelihoods",
    "limit": "limits",
    "load": "table",
    "model": "bound_model",
    "rate": "rates",
}
__all__ = ["aliases", "at", "benchmark", "likelihood", "limit", "load", "model", "rate"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that importing the package costs nothing."""
    if name in _HOME:
        return getattr(importlib.import_module(f"gloam.lookup.{_HOME[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
