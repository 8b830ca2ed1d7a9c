"""Open tables, interpolate them, and combine them into rates, limits and likelihoods."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gloam.lookup.callables.bound_model import model as model
    from gloam.lookup.callables.citations import citations as citations
    from gloam.lookup.callables.likelihoods import likelihood as likelihood
    from gloam.lookup.callables.limits import limit as limit
    from gloam.lookup.callables.modules import benchmark as benchmark
    from gloam.lookup.callables.other_names import aliases as aliases
    from gloam.lookup.callables.rates import rate as rate
    from gloam.lookup.callables.statuses import Status as Status
    from gloam.lookup.callables.table import load as load
    from gloam.lookup.interpolation.entries import at as at

_HOME = {
    "Status": "callables.statuses",
    "aliases": "callables.other_names",
    "at": "interpolation.entries",
    "benchmark": "callables.modules",
    "citations": "callables.citations",
    "likelihood": "callables.likelihoods",
    "limit": "callables.limits",
    "load": "callables.table",
    "model": "callables.bound_model",
    "rate": "callables.rates",
}
__all__ = ["Status", "aliases", "at", "benchmark", "citations", "likelihood", "limit", "load", "model", "rate"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that importing the package costs nothing."""
    if name in _HOME:
        return getattr(importlib.import_module(f"gloam.lookup.{_HOME[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
