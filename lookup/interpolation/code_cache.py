"""Where compiled code is kept between processes: which directory, which files, whose they are, and who may compile.

The directory ``KEY`` below ``GLOAM_CACHE`` (else the user's cache) is named by a digest of all of gloam's sources: any edit
starts a fresh one. Code is loaded only from a directory that belongs to the user and that nobody else may enter, and only
from files that their own SHA-256 confirms; anything else is compiled again. No fault of the cache ends a calculation: it is
said once per process, with the directory and the remedy.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numba
from gloam.tables import folders

LOG = logging.getLogger("gloam")
KEY = re.compile(r"[0-9a-f]{20}")
PRIVATE, OTHERS = 0o700, 0o077  # mode of the directory, and what it must not have of it
DIGEST_BYTES = 32
KEPT_KEYS, KEPT_DAYS = 20, 30  # old source keys that stay: the last used, if used so many days ago
PATIENCE = 300.0  # wait for another process that compiles the same function [s]
PAUSE = 0.02  # between two looks whether it has finished [s]
_told: set[str] = set()


@functools.cache
def own_key() -> str:
    """SHA-256 (first 20 digits) of gloam's sources (tables, lookup) and data."""
    import gloam.lookup
    import gloam.tables

    total = hashlib.sha256()
    for package in (gloam.tables, gloam.lookup):
        root = Path(str(package.__file__)).parent
        for path in sorted([*root.rglob("*.py"), *root.glob("data/*.csv")]):
            total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:20]


@functools.cache
def source_key() -> str:
    """SHA-256 (first 20 digits) of numba's version, gloam's sources and data (:func:`own_key`), and the user's entries."""
    total = hashlib.sha256(numba.__version__.encode() + own_key().encode())
    for path in folders.own_files():
        total.update(str(path).encode() + path.read_bytes())
    return total.hexdigest()[:20]


def _place() -> Path:
    """The directory that compiled code of this gloam belongs in, whether it can be used or not."""
    base = os.environ.get("GLOAM_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "gloam")
    return Path(os.path.expanduser(base)) / source_key()  # "~" stays where the home is not known


def refusal(directory: Path) -> str:
    """Why code in an existing ``directory`` is not trusted, and what to do; "" where it is.

    Raises
    ------
    OSError
        When the directory cannot be looked at.
    """
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return "it is no directory; remove it"
    if not hasattr(os, "getuid"):
        return ""
    if found.st_uid != os.getuid():
        return f"it belongs to the user with number {found.st_uid}"
    mode = stat.S_IMODE(found.st_mode)
    return f"others may enter it, mode {mode:o}; remove it" if mode & OTHERS else ""


@functools.cache
def _opened() -> tuple[Path | None, str]:
    """The directory of compiled code, made if need be; or None, and why there is none."""
    directory = _place()
    if directory.parts[0].startswith("~"):
        return None, "your home directory is not known"
    try:
        if not os.path.lexists(directory):
            directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            with suppress(OSError):  # it need not be allowed to list what is beside it
                prune(directory)
        reason = refusal(directory)
    except (OSError, ValueError) as error:  # ValueError: NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
    if reason:
        return None, reason
    with suppress(OSError):
        os.utime(directory)  # used today
    return directory, ""


def usable() -> Path | None:
    """The directory of compiled code, or None after a word why there is none."""
    directory, reason = _opened()
    if directory is None:
        _tell_of_fault(reason)
    return directory


def failed() -> bool:
    """Whether this process could not keep or read some code, and has said so."""
    return "fault" in _told


def state() -> str:
    """The directory of compiled code and its condition, for ``gloam doctor``."""
    _, reason = _opened()
    return f"{_place()}{f' cannot be used: {reason}' if reason else ''}"


def _once(kind: str, message: str) -> None:
    if kind not in _told:
        _told.add(kind)
        LOG.warning(message)


def _tell_of_fault(reason: str) -> None:
    _once(
        "fault",
        f"gloam: compiled code cannot be kept in {_place()} ({reason}), so that every process compiles again; "
        "set GLOAM_CACHE to a directory of your own with room in it",
    )


def _tell_of_entry(path: Path, error: OSError) -> None:
    """Say why the code at ``path`` can be neither read nor kept."""
    if path.is_dir():
        _once(
            "fault",
            f"gloam: {path} is a directory where compiled code belongs, so that every process compiles it again: remove it",
        )
    else:
        _tell_of_fault(error.strerror or str(error))


def tell_of_compiling() -> None:
    """Say, once per process, that code is compiled now."""
    directory, _ = _opened()
    kept = f"kept in {directory} for the next time; `gloam warm` does it ahead" if directory else "for this process alone"
    _once("compiling", f"gloam: compiling for this machine, a few seconds to a minute at the first use, {kept}")


def prune(directory: Path) -> None:
    """Remove the directories of old source keys beside ``directory``, but for the last used ones of these weeks."""
    aged = []
    for path in directory.parent.iterdir():
        with suppress(OSError):
            if KEY.fullmatch(path.name) and path != directory and not refusal_to_remove(path):
                aged.append((path.stat().st_mtime, path))
    oldest = time.time() - KEPT_DAYS * 86400.0
    for rank, (used, path) in enumerate(sorted(aged, reverse=True)):
        if rank >= KEPT_KEYS or used < oldest:
            shutil.rmtree(path, ignore_errors=True)


def refusal_to_remove(path: Path) -> bool:
    """Whether ``path`` is anything but a directory of this user."""
    found = path.lstat()
    return not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid())


def read(path: Path) -> bytes | None:
    """What :func:`write` left at ``path``; None where there is nothing, or not what was written."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _tell_of_entry(path, error)
        return None
    content = raw[DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == raw[:DIGEST_BYTES] else None


def write(path: Path, content: bytes) -> None:
    """Keep ``content`` at ``path``, wholly or not at all."""
    temporary = None
    try:
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)  # someone may have emptied the cache meanwhile
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="new-")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(temporary, path)
    except OSError as error:
        _tell_of_entry(path, error)
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


class Turn:
    """The right to compile one function, which one process has at a time; the system takes it back when a process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> None:
        """Wait for it; without it after five minutes, or where the file system keeps no locks or nothing can be written."""
        try:
            import fcntl

            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(PAUSE)
        except (ImportError, OSError):
            pass

    def give_back(self) -> None:
        """Let the next one compile, or find what was compiled."""
        if self._file is not None:
            import fcntl

            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)  # a child that was forked meanwhile holds the same file
            os.close(self._file)
            self._file = None
