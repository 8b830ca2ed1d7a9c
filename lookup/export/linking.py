"""A shared library out of object code and C sources, by the C compiler of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

from gloam.lookup.errors import StoreError

C_FLAGS = ("-std=c99", "-O2", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-Wall", "-Wextra")
LINK_FLAGS = (  # nothing undefined but the C library, nothing to be relocated in code, no executable stack
    "-shared",
    "-Wl,-z,defs",
    "-Wl,-z,text",
    "-Wl,-z,relro",
    "-Wl,-z,now",
    "-Wl,-z,noexecstack",
    "-Wl,--gc-sections",
    "-Wl,--strip-all",
    "-Wl,--build-id=none",
)


def source(name: str) -> str:
    """Text of a file of ``sources``."""
    return files("gloam.lookup.export").joinpath("sources", name).read_text(encoding="utf-8")


def compiler() -> str:
    """The C compiler: ``CC``, else cc or gcc.

    Raises
    ------
    StoreError
    """
    for name in (os.environ.get("CC"), "cc", "gcc"):
        found = shutil.which(name) if name else None
        if found:
            return found
    msg = "no C compiler was found (CC, cc, gcc), which links the library: install gcc, or set CC to one"
    raise StoreError(msg)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"{' '.join(command[:3])} ... failed: {done.stderr.strip()[-2000:]}"
        raise StoreError(msg)


def linked(objects: dict[str, bytes], sources: dict[str, str], exported: list[str], soname: str) -> bytes:
    """Bytes of a shared library.

    Parameters
    ----------
    objects : dict
        Object code by its name.
    sources : dict
        C sources, and headers that they include, by the names of their files.
    exported : list of str
        Names that it shows; all others are hidden.
    soname : str
        Its name for the loader.

    Raises
    ------
    StoreError
        No compiler, or it fails.
    """
    with tempfile.TemporaryDirectory(prefix="gloam-link-") as name:
        place = Path(name)
        for stem, code in objects.items():
            (place / f"{stem}.o").write_bytes(code)
        for file, text in sources.items():
            (place / file).write_text(text, encoding="utf-8")
        shown = "".join(f"{item};" for item in exported)
        (place / "exported").write_text(f"{{ global: {shown} local: *; }};\n", encoding="utf-8")
        parts = [str(place / f"{stem}.o") for stem in objects]
        parts += [str(place / file) for file in sources if file.endswith(".c")]
        script = f"-Wl,--version-script={place / 'exported'}"
        out = place / "library.so"
        _run([compiler(), *C_FLAGS, *LINK_FLAGS, script, f"-Wl,-soname,{soname}", "-o", str(out), *parts, "-lm"])
        return out.read_bytes()
