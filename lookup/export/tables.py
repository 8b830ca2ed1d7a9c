"""Tables for other languages: one portable C99 source, and one data file per table and label."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

from gloam.lookup.callables.table import Table, load
from gloam.lookup.errors import BadParameter
from gloam.lookup.export.linking import source
from gloam.lookup.export.writing import written
from gloam.version import installed

MAGIC, ORDER, FORMAT = b"GLOAMTB\0", 0x01020304, 1
HEADER = struct.Struct("<8sIIQQII")
LEFT_OUT = ("moments",)  # prefactors that the source does not have


def content(table: Table, label: str) -> bytes:
    """Bytes of the data file of a table for one label of its discrete choice ("" if it has none)."""
    spec = table.spec
    block = table.block(label).astype("<f8").tobytes()
    text = {
        "gloam": installed(),
        "label": label,
        "version": spec.version,
        "digest": table.digest,
        "content_digest": table.content_digest,
        "references": spec.references,
    }
    words = [spec.name, spec.unit, json.dumps(text), *(word for item in spec.inputs for word in (item.name, item.unit))]
    letters = b"".join(word.encode("utf-8") + b"\0" for word in (*words, *spec.components))
    checksum = zlib.crc32(letters, zlib.crc32(block))
    return HEADER.pack(MAGIC, ORDER, FORMAT, len(block) // 8, len(letters), checksum, 0) + block + letters


def write_tables(names: list[str], directory: str) -> list[Path]:
    """Write the C source, its header, and the data of the tables ``names``, a file for every label.

    Raises
    ------
    UnknownName, BadParameter, StoreError
    """
    files: dict[str, bytes | str] = {name: source(name) for name in ("gloam_table.h", "gloam_table.c")}
    for name in names:
        table = load(name)
        if not isinstance(table, Table):
            msg = (
                f"{name} is composed of tables and is compiled code: export the tables {', '.join(t.name for t in table.tables)}"
            )
            raise BadParameter(msg)
        if table.spec.prefactor in LEFT_OUT:
            msg = f"{name} has the prefactor {table.spec.prefactor!r}, which the C source does not have; no such table ships"
            raise BadParameter(msg)
        for label in table.spec.labels:
            stem = f"{name}-{label}" if label else name
            files[f"{stem.replace('-', '_')}.table"] = content(table, label)
    return written(files, Path(directory))
