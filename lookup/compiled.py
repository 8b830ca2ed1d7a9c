"""Compiled entry points, cached on disk under a key made of gloam's own sources.

numba's cache looks at one file only, so that an edit in an imported function would answer from the old binary. Here the
cache directory is named by the SHA-256 of all of gloam's Python files: any edit starts a fresh one.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator


@functools.cache
def source_key() -> str:
    """SHA-256 (first 20 digits) of numba's version, the sources of ``gloam.tables`` and ``gloam.lookup``, and the data."""
    import gloam.lookup
    import gloam.tables

    total = hashlib.sha256(numba.__version__.encode())
    for package in (gloam.tables, gloam.lookup):
        root = Path(str(package.__file__)).parent
        for path in sorted([*root.rglob("*.py"), *root.glob("data/*.csv")]):
            total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:20]


@functools.cache
def cache_directory() -> Path:
    """Directory of the compiled code: ``GLOAM_CACHE``, else the user's cache, else a temporary one if not writable."""
    base = os.environ.get("GLOAM_CACHE")
    root = Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gloam"
    directory = root / source_key()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError:
        return Path(tempfile.mkdtemp(prefix="gloam-"))


class _Locator(_CacheLocator):
    """Keeps a function under :func:`cache_directory`, in a folder named like its module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._module = function.__module__

    def get_cache_path(self) -> str:
        return str(cache_directory() / self._module)

    def get_source_stamp(self) -> str:
        return source_key()

    def get_disambiguator(self) -> str:
        return hashlib.sha256(self._module.encode()).hexdigest()[:10]

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> _Locator:
        """Any function will do, whatever its file."""
        return cls(function)


class _Implementation(CompileResultCacheImpl):
    """numba's implementation with our locator."""

    _locator_classes = (_Locator,)


class _Cache(FunctionCache):
    """numba's function cache with our locator."""

    _impl_class = _Implementation


def entry(function: Callable[..., Any]) -> Any:
    """Compile ``function`` on first use, release the GIL while it runs, and keep the binary on disk."""
    dispatcher = numba.njit(nogil=True)(function)
    dispatcher._cache = _Cache(function)
    return dispatcher


def lean_entry(function: Callable[..., Any]) -> Any:
    """As :func:`entry`, but the GIL is kept: letting it go and taking it back costs more than one short answer."""
    dispatcher = numba.njit(function)
    dispatcher._cache = _Cache(function)
    return dispatcher
