"""Code that was compiled ahead, in one shared library for all processors of a kind, instead of compiling at the first use.

``gloam warm --library`` writes it, into the code cache or a directory ``kernels`` beside gloam's sources (so that a wheel can
bring it). Its name holds the digest of gloam's sources, so that an edit falls back to compiling, and that of its own bytes.
A function that is not in it, and one of the user's own entries, is compiled as without it.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from gloam.lookup.interpolation import code_cache
from llvmlite import binding

PROCESSOR = "x86-64-v3"
NEEDED = ("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe")  # of PROCESSOR, as LLVM names them
VARIABLE = "GLOAM_KERNELS"  # "off": compile even if there is a library
KEY_DIGITS = 20


def fits() -> bool:
    """Whether this machine runs code for PROCESSOR."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    has = binding.get_host_cpu_features()
    return all(has.get(name, False) for name in NEEDED)


def beside_sources() -> Path:
    """The directory of libraries that come with gloam."""
    import gloam.lookup

    return Path(str(gloam.lookup.__file__)).parent / "kernels"


def file_name(content: bytes) -> str:
    """Name of the library of these bytes and of gloam's present sources."""
    return f"gloam-{code_cache.own_key()}-{hashlib.sha256(content).hexdigest()[:KEY_DIGITS]}-{PROCESSOR}.so"


def _whole(path: Path) -> bool:
    """Whether the bytes of a library are those of its name."""
    try:
        return path.name == file_name(path.read_bytes())
    except OSError:
        return False


def found() -> tuple[Path, ...]:
    """The libraries that this process may use: of gloam's present sources, beside them, else in the code cache."""
    if os.environ.get(VARIABLE) == "off" or not fits():
        return ()
    pattern = f"gloam-{code_cache.own_key()}-*-{PROCESSOR}.so"
    paths = [path for path in sorted(beside_sources().glob(pattern)) if _whole(path)]
    directory = None if paths else code_cache.usable()
    return tuple(paths if directory is None else [path for path in sorted(directory.glob(pattern)) if _whole(path)])


@functools.cache
def _opened() -> tuple[Any, ...]:
    opened = []
    for path in found():
        with suppress(OSError):  # not for this system: compiled as without it
            opened.append(ctypes.CDLL(str(path)))
    return tuple(opened)


def symbol(function: Any, signature: Any) -> str:
    """Name in a library of a compiled function (an njit dispatcher) for ``signature``; "" if it cannot be in one."""
    own = function.py_func
    if not own.__module__.startswith("gloam.") or own.__closure__ or "<" in own.__qualname__:
        return ""
    name = f"{own.__module__.removeprefix('gloam.lookup.')}.{own.__qualname__}".replace(".", "_")
    return f"gloam_k_{name}_{hashlib.sha256(str(signature).encode()).hexdigest()[:8]}"


def address_in(function: Any, signature: Any) -> int:
    """Address of a compiled function in the library, 0 if it is not there."""
    name = symbol(function, signature)
    for opened in _opened() if name else ():
        if hasattr(opened, name):
            return ctypes.cast(getattr(opened, name), ctypes.c_void_p).value or 0
    return 0
