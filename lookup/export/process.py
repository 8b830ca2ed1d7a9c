"""A process whose numba compiles for :data:`library.PROCESSOR`: numba's choice of a processor belongs to a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gloam.lookup.errors import BadParameter, GloamError, StoreError
from gloam.lookup.interpolation import library

TARGET = {"NUMBA_CPU_NAME": library.PROCESSOR, "NUMBA_CPU_FEATURES": ""}  # empty: else those of this machine are added
BAD, FAILED = 2, 1  # exit status


def in_process(task: str, **arguments: Any) -> list[Path]:
    """Files that a task ("library" or "c") writes, done in a process of its own.

    Raises
    ------
    BadParameter, StoreError
        What the task raises, or what ended the process.
    """
    if not library.fits():
        msg = f"this machine is not Linux on {library.PROCESSOR} (AVX2, FMA), for which code is compiled ahead: use one that is"
        raise StoreError(msg)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "gloam.lookup.export.process"],
        input=json.dumps({"task": task, **arguments}),
        env={**os.environ, **TARGET, library.VARIABLE: "off"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode in (BAD, FAILED):
        raise (BadParameter if done.returncode == BAD else StoreError)(done.stdout.strip())
    if done.returncode != 0:
        msg = f"the process that compiles for {library.PROCESSOR} ended with status {done.returncode}"
        raise StoreError(msg)
    return [Path(line) for line in done.stdout.splitlines()]


def main() -> int:
    """Do the task that standard input describes; its files, or its complaint, on standard output."""
    from gloam.lookup.export import kernels, package

    arguments = json.loads(sys.stdin.read())
    tasks: dict[str, Callable[..., list[Path]]] = {"library": kernels.write_library, "c": package.write_package}
    written = tasks[arguments.pop("task")]
    try:
        print(*written(**arguments), sep="\n")
    except (GloamError, OSError) as error:
        print(error)
        return FAILED if isinstance(error, StoreError | OSError) else BAD
    return 0


if __name__ == "__main__":
    sys.exit(main())
