"""Files of one directory, with their SHA-256."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from gloam.lookup.errors import StoreError


def written(files: dict[str, bytes | str], place: Path) -> list[Path]:
    """Write files and their SHA256SUMS, each wholly or not at all."""
    contents = {name: text.encode("utf-8") if isinstance(text, str) else text for name, text in files.items()}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(contents.items()))
    contents["SHA256SUMS"] = sums.encode()
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, data in contents.items():
            temporary = place / f".{name}.new"
            temporary.write_bytes(data)
            os.replace(temporary, place / name)
    except OSError as error:
        msg = f"cannot write {error.filename or place}: {error.strerror}; choose another directory with -o"
        raise StoreError(msg) from error
    return [place / name for name in contents]
