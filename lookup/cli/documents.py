"""Answers as JSON: one document each, of finite numbers, that says where its numbers come from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gloam.version import installed

if TYPE_CHECKING:
    from gloam.lookup.callables.table import Table

WORDS = {math.inf: "infinite", -math.inf: "minus infinite"}  # anything else is not a number


def document(answer: dict[str, Any]) -> str:
    """``answer`` as one line of JSON: null stands for what is not finite, and "not_finite" says by its place what it is."""
    found: dict[str, str] = {}
    finite = _finite(answer, "", found)
    return json.dumps({**finite, "not_finite": found} if found else finite, allow_nan=False)


def _finite(value: Any, place: str, found: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part, f"{place}.{name}" if place else name, found) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part, f"{place}[{i}]", found) for i, part in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        found[place] = WORDS.get(value, "not a number")
        return None
    return value


def provenance(tables: Iterable[Table], parameters: dict[str, Any], options: dict[str, Any], **names: str) -> dict[str, Any]:
    """Where an answer comes from: version, ``names`` (search, model, table), what was asked, and the tables that were read."""
    read = {
        table.name: {"version": table.spec.version, "digest": table.digest, "content_digest": table.content_digest}
        for table in tables
    }
    return {"gloam": installed(), **names, "parameters": parameters, "options": options, "tables": read}
