"""Compiled entry points, kept on disk (see :mod:`gloam.lookup.interpolation.code_cache`) under a key made of gloam's own sources.

numba's own cache looks at one file only, so that an edit in an imported function would answer from the old binary; it
believes what it reads, and every process that comes too early compiles for itself.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from gloam.lookup.errors import GloamError
from gloam.lookup.interpolation import code_cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

if numba.config.DISABLE_JIT:
    msg = "NUMBA_DISABLE_JIT is set, but gloam's lookups are compiled code: unset it and start Python again"
    raise GloamError(msg)


Compiled = TypeVar("Compiled", bound=Callable[..., Any])
SETTINGS = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX")  # of numba, in the code
IN_KEY = ("gloam.tables.", "gloam.lookup.")  # modules whose files the name of the directory stands for


@functools.cache
def _file_digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class _Kept:
    """What numba asks for the code of one function, instead of its own cache."""

    def __init__(self, function: Callable[..., Any], silent: bool) -> None:
        self._function = function
        self._silent = silent
        self._turn: code_cache.Turn | None = None

    @property
    def cache_path(self) -> str:
        """Directory, for numba's statistics."""
        return code_cache.state()

    def _identity(self, signature: Any, codegen: Any) -> str:
        """All that compiled code depends on beside the sources of gloam, as one line."""
        function = self._function
        code, closure = function.__code__, function.__closure__ or ()
        own = "" if function.__module__.startswith(IN_KEY) else _file_digest(code.co_filename)
        inside = hashlib.sha256(code.co_code + dumps(tuple(cell.cell_contents for cell in closure))).hexdigest()
        name = (function.__module__, function.__qualname__, own, inside)
        settings = [str(getattr(numba.config, setting, "")) for setting in SETTINGS]
        return repr((name, str(signature), codegen.magic_tuple(), sys.implementation.cache_tag, settings))

    def _path(self, identity: str) -> Path | None:
        directory = code_cache.usable()
        if directory is None:
            return None
        name = f"{self._function.__module__}.{self._function.__qualname__}".replace("<", "").replace(">", "")
        return directory / f"{name[-150:]}-{hashlib.sha256(identity.encode()).hexdigest()[:20]}"

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function for ``signature`` in this process, or None: then it is this process's turn to compile."""
        target.refresh()
        identity = self._identity(signature, target.codegen())
        path = self._path(identity)
        found = _rebuilt(path, identity, target)
        if found is None:
            if not self._silent:
                code_cache.tell_of_compiling()
            if path is not None:
                self._turn = code_cache.Turn(path.with_name(path.name + ".lock"))
                self._turn.take()
                found = _rebuilt(path, identity, target)
        return found

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled, unless it holds addresses of this process."""
        identity = self._identity(signature, result.codegen)
        path = self._path(identity)
        if path is not None and not result.library.has_dynamic_globals and not result.lifted:
            code_cache.write(path, dumps((identity, result._reduce())))

    def give_back(self) -> None:
        """End the turn, whatever came of it."""
        if self._turn is not None:
            self._turn.give_back()
            self._turn = None


def _rebuilt(path: Path | None, identity: str, target: Any) -> Any:
    content = code_cache.read(path) if path is not None else None
    if content is None:
        return None
    try:
        known, reduced = pickle.loads(content)
        return CompileResult._rebuild(target, *reduced) if known == identity else None
    except Exception:  # whatever is wrong with it, it is compiled again
        return None


def _keeping(dispatcher: Any, function: Callable[..., Any], silent: bool = False) -> Any:
    """Give a dispatcher of numba our cache."""
    kept, by_numba = _Kept(function, silent), dispatcher.compile

    def compiling(signature: Any) -> Any:
        try:
            return by_numba(signature)
        finally:
            kept.give_back()

    dispatcher._cache, dispatcher.compile = kept, compiling
    return dispatcher


def entry(function: Compiled) -> Compiled:
    """Compile ``function`` on first use, release the GIL while it runs, and keep the binary on disk."""
    kept: Compiled = _keeping(numba.njit(nogil=True)(function), function)
    return kept


def lean_entry(function: Callable[..., Any]) -> Any:
    """As :func:`entry`, but the GIL is kept: letting it go and taking it back costs more than one short answer."""
    return _keeping(numba.njit(function), function)


def silent_entry(function: Callable[..., Any]) -> Any:
    """As :func:`entry`, but nothing is said: for the builder, which compiles kernels in any case."""
    return _keeping(numba.njit(nogil=True)(function), function, silent=True)
