"""The library that :mod:`gloam.lookup.interpolation.library` opens: models and searches compiled ahead, for Python itself."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gloam.lookup.errors import StoreError
from gloam.lookup.export import functions
from gloam.lookup.export.linking import linked, source
from gloam.lookup.export.objects import needs_python, object_of
from gloam.lookup.interpolation import code_cache, library


def write_library(pairs: list[tuple[str, str]], directory: str | None = None) -> list[Path]:
    """Compile the searches and models of ``pairs`` (all if empty) into one library in ``directory`` (default: the code cache).

    Raises
    ------
    UnknownName, StoreError
        There is no compiler, or the directory cannot be written.
    """
    place = code_cache.usable() if directory is None else Path(directory)
    if place is None:
        msg = f"the code cache cannot be used ({code_cache.state()}): name another directory with --into"
        raise StoreError(msg)
    made = (object_of(*item) for item in functions.of_pairs(pairs))
    objects = {name: code for name, code in made if not needs_python(code)}  # others are compiled as without a library
    content = linked(objects, {"runtime.c": source("runtime.c")}, list(objects), "gloam-kernels.so")
    path = place / library.file_name(content)
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, prefix="new-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
        for old in place.glob(f"gloam-*-{library.PROCESSOR}.so"):
            if not old.name.startswith(f"gloam-{code_cache.own_key()}-"):
                old.unlink()
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}; choose another directory with --into"
        raise StoreError(msg) from error
    return [path]
