"""The data file of a rate that the C library maps into memory; ``sources/gloam.c`` is its reader, field by field.

A header, then sections at multiples of 64 bytes, the tables at a multiple of a page; little-endian; padded so that
what the digest covers is a multiple of 64.
"""

from __future__ import annotations

import ctypes
import json
import math
import struct
from typing import Any

import numpy as np
from gloam.lookup.callables.differences import SMOOTH, sampled
from gloam.lookup.export.contents import Bound, bound_data, sentences
from gloam.lookup.interpolation import code_cache, library
from gloam.version import installed

MAGIC, ORDER, FORMAT = b"GLOAMRT\0", 0x01020304, 1
HEADER = struct.Struct("<8sIIQQ32s3d4Qq18Q")
CODE_AT, DIGEST_AT = 32, 24  # [bytes] in the header; the digest is of all from CODE_AT on
BLOCK, PAGE = 64, 4096  # [bytes]
SELF_TESTS, REFUSED, TRIED = 20, 2, 4000  # points of the self-test, those of them without an answer, and trial points
SEED, SMALLEST = 16, 1e-6  # of trial points; of the upper bound, where a range begins at or below zero


class _Strings:
    """Texts, each once, by their place."""

    def __init__(self) -> None:
        self.content, self._places = bytearray(), dict[str, int]()

    def __call__(self, text: str) -> int:
        if text not in self._places:
            self._places[text] = len(self.content)
            self.content += text.encode("utf-8") + b"\0"
        return self._places[text]


def trial_points(rate: Any, count: int) -> Any:
    """Points (count, parameters) in the ranges of the parameters, logarithmic."""
    random = np.random.default_rng(SEED)
    columns = []
    for item in rate.parameters:
        low = item.low if item.low > 0.0 else SMALLEST * item.high
        columns.append(np.exp(random.uniform(math.log(low), math.log(item.high), count)))
    return np.ascontiguousarray(np.array(columns).T)


def _self_tests(rate: Any) -> Any:
    """Rows (parameters, rates, error bounds, status) of some points, most of them answered."""
    points = trial_points(rate, TRIED)
    answers, codes = rate._batch(points)
    rows = np.column_stack([points, answers, codes])
    good, bad = rows[codes == 0], rows[codes != 0]
    return np.concatenate([good[: SELF_TESTS - len(bad[:REFUSED])], bad[:REFUSED]])


def _text(rate: Any) -> str:
    """What the file is, as JSON."""
    tables = [
        {"name": table.name, "label": label, "version": table.spec.version, "digest": table.digest}
        for table, label in dict.fromkeys(rate._tables)
    ]
    return json.dumps(
        {
            "gloam": installed(),
            "sources": code_cache.own_key(),
            "processor": library.PROCESSOR,
            "search": {"name": rate.search.name, "title": rate.search.title, "bins": rate.bins, "unit": rate.unit},
            "model": {"name": rate.model.name, "title": rate.model.title},
            "options": rate.options,
            "tables": tables,
            "references": [*dict.fromkeys((*rate.search.references, *rate.model.references))],
        }
    )


def _records(rate: Any, bound: Bound, strings: _Strings) -> list[bytes]:
    """The sections between tables and strings."""
    parameters = b"".join(
        struct.pack(
            "<QQQddd",
            *(strings(text) for text in (item.name, item.unit, item.description)),
            item.low,
            item.high,
            math.nan if item.default is None else item.default,
        )
        for item in rate.parameters
    )
    bins = b"".join(struct.pack("<Q", strings(name)) for name in rate.bins)
    statuses = b"".join(struct.pack("<qqQ", status, meaning, strings(text)) for status, meaning, text in sentences(rate))
    functions = b"".join(struct.pack("<QQ", place, strings(name)) for place, name in bound.functions.items())
    return [parameters, bins, statuses, functions, _self_tests(rate).astype("<f8").tobytes()]


def content(rate: Any, digest: Any) -> bytes:
    """Bytes of the data file of a rate; ``digest`` is the library's function of that name."""
    strings, bound = _Strings(), bound_data(rate)
    names = [strings(text) for text in (rate.search.name, rate.model.name, rate.unit, _text(rate))]
    step = rate.search.gradient_step
    rule = SMOOTH if step is None else sampled(step)
    records = _records(rate, bound, strings)
    parts = [bound.plan.astype("<i8").tobytes(), bound.numbers.astype("<f8").tobytes(), *records, bytes(strings.content)]
    parts.append(bound.tables.astype("<f8").tobytes())
    body, sections = bytearray(), []
    begin = -(-HEADER.size // BLOCK) * BLOCK
    for i, part in enumerate(parts):
        room = PAGE if i in (1, len(parts) - 1) else BLOCK
        body += bytes(-(begin + len(body)) % room)
        sections += [begin + len(body), len(part)]
        body += part
    body += bytes((CODE_AT - begin - len(body)) % BLOCK)  # so that the digest is of whole blocks
    size = begin + len(body)
    head = HEADER.pack(
        MAGIC,
        ORDER,
        FORMAT,
        size,
        0,
        code_cache.own_key().encode(),
        rule.step,
        rule.good,
        rule.useless,
        *names,
        bound.tables_at,
        *sections,
    )
    whole = bytearray(head + bytes(begin - len(head)) + body)
    checked = bytes(whole[CODE_AT:])
    struct.pack_into("<Q", whole, DIGEST_AT, digest(checked, ctypes.c_uint64(len(checked))))
    return bytes(whole)
