"""Who may write: one driver alone, or any number of different shards of one job array."""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from gloam.lookup.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gloam.builder.workspace import Workspace

TRIES = 3
NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)  # of a file system that keeps none


@contextmanager
def exclusive(place: Workspace) -> Iterator[None]:
    """Hold the lock of a workspace; a second driver is refused with the first one's process id and host.

    Raises
    ------
    StoreError
        When a driver or a shard is at work.
    """
    place.root.mkdir(parents=True, exist_ok=True)
    with _held(place.lock_file, fcntl.LOCK_EX, place) as handle:
        _sign(handle)
        try:
            yield
        finally:
            place.lock_file.unlink(missing_ok=True)


@contextmanager
def shared(place: Workspace, shard: tuple[int, int]) -> Iterator[None]:
    """Hold the lock of shard i of n; the same shard twice, or a shard beside a driver, is refused.

    Raises
    ------
    StoreError
        When a driver, or this shard, is at work.
    """
    place.root.mkdir(parents=True, exist_ok=True)
    own = place.lock_file.with_name(f"{place.finished.name}.shard-{shard[0]}-of-{shard[1]}.lock")
    with _held(place.lock_file, fcntl.LOCK_SH, place), _held(own, fcntl.LOCK_EX, place) as handle:
        _sign(handle)
        try:
            yield
        finally:
            own.unlink(missing_ok=True)


@contextmanager
def _held(path: Path, kind: int, place: Workspace) -> Iterator[IO[str]]:
    """An open file with a lock on it; locks again when the file was replaced in between."""
    tries = 0
    while True:
        with path.open("a+") as handle:
            try:
                fcntl.flock(handle, kind | fcntl.LOCK_NB)
            except BlockingIOError as error:
                tries += 1
                if tries < TRIES:  # `status` holds the lock for a moment when it looks
                    time.sleep(0.1)
                    continue
                handle.seek(0)
                who = handle.read().strip()
                owner = f"process {who}" if who else "a shard of a job array"
                msg = f"another gloam-build ({owner}) is working on {place.building}: wait for it, or stop it"
                raise StoreError(msg) from error
            except OSError as error:
                if error.errno not in NO_LOCKS:
                    raise
                msg = (
                    f"the file system of {place.root} keeps no file locks ({error.strerror}): choose --out on another one, "
                    "or have it mounted with them (Lustre: option flock or localflock)"
                )
                raise StoreError(msg) from error
            if not path.exists() or os.fstat(handle.fileno()).st_ino != path.stat().st_ino:
                continue
            if kind == fcntl.LOCK_SH:
                handle.truncate(0)
            yield handle
            return


def _sign(handle: IO[str]) -> None:
    handle.truncate(0)
    handle.write(f"{os.getpid()} on {platform.node()}\n")
    handle.flush()


def owner(place: Workspace) -> tuple[int, str] | None:
    """Process id and host of the driver that holds the lock, (0, "") for shards, or None."""
    try:
        with place.lock_file.open("r+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid, _, host = handle.read().strip().partition(" on ")
                return int(pid or 0), host
    except OSError:  # there is none, or this machine may only read: then the signs of life tell
        pass
    return None
