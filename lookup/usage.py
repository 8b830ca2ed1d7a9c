"""What this process has used: tables, models, searches, quantities and methods, with the references of each.

Whatever opens one notes it here; :func:`gloam.lookup.citations` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

KINDS = ("table", "quantity", "model", "search", "method")
USED: dict[tuple[str, str], dict[str, None]] = {}  # (kind, name) -> references in the order met
STORES: dict[str, Path] = {}  # where each table was read


def note(kind: str, name: str, references: Iterable[str], path: Path | None = None) -> None:
    """Remember that ``name`` was used, and its references besides those noted before."""
    USED.setdefault((kind, name), {}).update(dict.fromkeys(references))
    if path is not None:
        STORES[name] = path
