"""The models and searches there are, which fit together, and the labels of their discrete options."""

from __future__ import annotations

import importlib
from importlib.resources import files
from types import ModuleType
from typing import Any

from gloam.lookup.errors import UnknownName
from gloam.lookup.vocabulary import Option


def names(kind: str) -> tuple[str, ...]:
    """Names of all "models" or "searches": the files of that folder, dashes for underscores."""
    stems = (entry.name for entry in files(f"gloam.lookup.{kind}").iterdir())
    return tuple(sorted(s[:-3].replace("_", "-") for s in stems if s.endswith(".py") and s != "__init__.py"))


def module(kind: str, name: str) -> ModuleType:
    """The module of the model or search called ``name``; ``kind`` is "models" or "searches"."""
    if name not in names(kind):
        raise UnknownName({"models": "model", "searches": "search"}[kind], name, names(kind))
    return importlib.import_module(f"gloam.lookup.{kind}.{name.replace('-', '_')}")


def fits(search: ModuleType, model: ModuleType) -> bool:
    """Whether ``model`` provides every slot that ``search`` reads."""
    return set(search.READS) <= set(model.PROVIDES)


def choices(search: ModuleType) -> tuple[Option, ...]:
    """The discrete options of a search; most have none."""
    found: tuple[Option, ...] = getattr(search, "CHOICES", ())
    return found


def label_of(option: Option, value: Any) -> str:
    """The label of ``option`` that ``value`` names; a number names the label that reads as this number."""
    for label in option.choices:
        if value == label or (isinstance(value, int | float) and _is_number(label) and float(label) == value):
            return label
    raise UnknownName(option.name, str(value), option.choices)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
