"""gloam: precomputed tables of dark-sector physics, and the rates and limits that come out of them.

``from gloam import lookup`` is the usual beginning; the public names of :mod:`gloam.lookup` are also those of this package
(``gloam.rate`` is ``gloam.lookup.rate``). Importing the package itself imports nothing else.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gloam import builder as builder
    from gloam import lookup as lookup
    from gloam import tables as tables
    from gloam.lookup import Status as Status
    from gloam.lookup import aliases as aliases
    from gloam.lookup import at as at
    from gloam.lookup import benchmark as benchmark
    from gloam.lookup import citations as citations
    from gloam.lookup import likelihood as likelihood
    from gloam.lookup import limit as limit
    from gloam.lookup import load as load
    from gloam.lookup import model as model
    from gloam.lookup import rate as rate

    __version__: str

_ROOMS = ("builder", "lookup", "tables")
__all__ = [
    "Status",
    "__version__",
    "aliases",
    "at",
    "benchmark",
    "citations",
    "likelihood",
    "limit",
    "load",
    "lookup",
    "model",
    "rate",
    "tables",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for; the version is that of the installed distribution, which ``pyproject.toml`` states."""
    if name == "__version__":
        from gloam.version import installed

        return installed()
    if name in _ROOMS:
        return importlib.import_module(f"gloam.{name}")
    if name in __all__:
        return getattr(importlib.import_module("gloam.lookup"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
