"""Arrays that take minutes to compute and enter several tables, kept on disk under the digest of all that they depend on.

The directory is ``GLOAM_CACHE``/arrays, or gloam/arrays in the user's cache. A file that is damaged or of another length is
computed again.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

DIGEST = 32  # bytes of SHA-256 at the end of a file


def directory() -> Path:
    """Where arrays are kept."""
    given = os.environ.get("GLOAM_CACHE")
    if given:
        return Path(given) / "arrays"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gloam" / "arrays"


def remembered(name: str, module: ModuleType, key: Sequence[float], compute: Callable[[], Vector]) -> Vector:
    """``compute()`` (n,), from disk if it was computed before by the same text of ``module`` with the same numbers ``key``.

    A directory that cannot be written costs the time only.
    """
    text = inspect.getsource(module) + repr([float(number) for number in key]) + sys.byteorder
    path = directory() / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.bin"
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    body = content[:-DIGEST]
    if content and hashlib.sha256(body).digest() == content[-DIGEST:]:
        return np.frombuffer(body, dtype=np.float64)
    values = np.ascontiguousarray(compute(), dtype=np.float64)
    body = values.tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(body + hashlib.sha256(body).digest())
        os.replace(file.name, path)
    except OSError:
        pass
    return values
