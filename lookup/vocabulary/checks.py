"""What is checked when an entry is made: one sentence that names the entry, the field, the value and what is allowed."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any, NoReturn, TypeVar

from gloam.lookup.errors import DoesNotFit, closest, shown
from gloam.lookup.vocabulary.parameter import Option, Parameter
from gloam.lookup.vocabulary.slots import SLOTS

Made = TypeVar("Made")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(@.*\.toml)?")  # with the experiment that a search is bound to
FIRST_REFUSAL, LAST_REFUSAL = 1000, 1998  # statuses that an entry explains itself


def refuse(owner: str, field: str, value: object, allowed: str) -> NoReturn:
    """Raise the sentence.

    Raises
    ------
    DoesNotFit
    """
    msg = f"{owner}: {field} = {value if isinstance(value, float | int) else shown(value)} is not allowed: {allowed}"
    raise DoesNotFit(msg)


def complete(record: type[Made]) -> type[Made]:
    """A dataclass that says in one sentence, too, which field is missing or unknown."""
    described: Any = record
    known = {item.name: item.default is MISSING and item.default_factory is MISSING for item in fields(described)}
    made = described.__init__

    @functools.wraps(made)
    def checked(self: Made, **given: Any) -> None:
        owner = f"{record.__name__.lower()} {given.get('name', 'without a name')!r}"
        for name in given:
            if name not in known:
                near = " or ".join(closest(name, list(known)))
                hint = f"did you mean {near}? " if near else ""
                msg = f"{owner}: there is no field {name!r}: {hint}fields: {', '.join(known)}"
                raise DoesNotFit(msg)
        missing = [name for name, required in known.items() if required and name not in given]
        if missing:
            msg = f"{owner}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            raise DoesNotFit(msg)
        made(self, **given)

    described.__init__ = checked
    return record


def check_name(kind: str, name: object) -> str:
    """How messages call the entry; its name is in kebab case."""
    if not isinstance(name, str) or not KEBAB.fullmatch(name):
        refuse(f"a {kind}", "name", name, "small letters and digits with dashes between them, as `my-search`")
    return f"{kind} {name!r}"


def check_text(owner: str, **fields: object) -> None:
    """Every field is a text that says something."""
    for field, value in fields.items():
        if not isinstance(value, str) or not value.strip():
            refuse(owner, field, value, 'a text that is not empty ("1" for the unit of a pure number)')


def check_names(owner: str, field: str, values: object, *, least: int = 1) -> None:
    """A tuple of different texts."""
    good = isinstance(values, tuple) and all(isinstance(value, str) and value.strip() for value in values)
    if not isinstance(values, tuple) or not good or len(set(values)) != len(values) or len(values) < least:
        what = "a tuple of different texts" + (f", at least {least}" if least else "") + ', as ("one",)'
        refuse(owner, field, values, what)


def check_slots(owner: str, field: str, values: tuple[str, ...]) -> None:
    """A tuple of slots of the vocabulary."""
    check_names(owner, field, values, least=0)
    unknown = [name for name in values if name not in SLOTS]
    if unknown:
        near = [name for wrong in unknown for name in closest(wrong, list(SLOTS))]
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        msg = f"{owner}: {field} holds {', '.join(unknown)}: no such slot{hint}; slots are listed in lookup/vocabulary/slots.py"
        raise DoesNotFit(msg)


def check_tables(owner: str, tables: object) -> None:
    """Pairs of a table and its label."""
    good = isinstance(tables, tuple) and all(
        isinstance(item, tuple) and len(item) == 2 and all(isinstance(part, str) for part in item) for item in tables
    )
    if not good:
        refuse(owner, "tables", tables, 'a tuple of pairs (table, label), as (("photon-pairs", ""),)')


def check_options(owner: str, field: str, options: object) -> None:
    """Different discrete options with labels, whose default is one of them."""
    if not isinstance(options, tuple) or not all(isinstance(item, Option) for item in options):
        refuse(owner, field, options, "a tuple of Option")
    check_names(owner, f"names of {field}", tuple(item.name for item in options), least=0)
    for item in options:
        check_names(owner, f"choices of option {item.name}", item.choices)
        if item.default is not None and item.default not in item.choices:
            refuse(owner, f"default of option {item.name}", item.default, " or ".join(item.choices))


def check_ranges(owner: str, options: object) -> None:
    """Numeric options {name: (low, high, default, meaning)}."""
    if not isinstance(options, Mapping):
        refuse(owner, "options", options, "{name: (low, high, default, meaning)}")
    for name, given in options.items():
        if not isinstance(given, tuple) or len(given) != 4 or not given[0] <= given[2] <= given[1]:
            refuse(owner, f"option {name}", given, "(low, high, default, meaning) with low <= default <= high")


def check_parameters(owner: str, parameters: object) -> None:
    """Different parameters with unit, range, meaning and a default inside."""
    if not isinstance(parameters, tuple) or not parameters or not all(isinstance(item, Parameter) for item in parameters):
        refuse(owner, "parameters", parameters, "a tuple of Parameter, at least one")
    check_names(owner, "names of parameters", tuple(item.name for item in parameters))
    for item in parameters:
        check_text(owner, **{f"unit of parameter {item.name}": item.unit, f"meaning of {item.name}": item.description})
        if not item.low < item.high:
            refuse(owner, f"range of parameter {item.name}", (item.low, item.high), "low < high")
        if item.default is not None and not item.low <= item.default <= item.high:
            refuse(owner, f"default of parameter {item.name}", item.default, f"{item.low:g} to {item.high:g} {item.unit}")


def check_compiled(owner: str, field: str, function: object, arguments: tuple[str, ...]) -> None:
    """A function compiled by ``@entry`` or ``@njit`` with these arguments, since it is called by its address."""
    written = inspect.unwrap(getattr(function, "py_func", function)) if callable(function) else None
    if written is None or not hasattr(function, "py_func"):
        refuse(owner, field, function, f"a function of ({', '.join(arguments)}) compiled with @entry")
    found = tuple(inspect.signature(written).parameters)
    if found != arguments:
        refuse(owner, field, f"a function of ({', '.join(found)})", f"({', '.join(arguments)}) in this order")


def check_callable(owner: str, field: str, function: Callable[..., Any] | None, arguments: tuple[str, ...]) -> None:
    """None, or a Python function with these arguments."""
    if function is None:
        return
    if not callable(function):
        refuse(owner, field, function, f"a function of ({', '.join(arguments)})")
    found = tuple(inspect.signature(function).parameters)
    if found != arguments:
        refuse(owner, field, f"a function of ({', '.join(found)})", f"({', '.join(arguments)}) in this order")


def check_refusals(owner: str, refusals: object, unphysical: Iterable[int] = ()) -> None:
    """Reasons by their statuses."""
    good = isinstance(refusals, Mapping) and all(
        isinstance(code, int) and FIRST_REFUSAL <= code <= LAST_REFUSAL and isinstance(reason, str) and reason
        for code, reason in refusals.items()
    )
    if not isinstance(refusals, Mapping) or not good:
        refuse(owner, "refusals", refusals, f"{{status: reason}} with statuses of {FIRST_REFUSAL} to {LAST_REFUSAL}")
    for code in unphysical:
        if code not in refusals:
            refuse(owner, "unphysical", code, f"keys of refusals: {', '.join(map(str, refusals)) or 'none'}")


def check_uncertainty(owner: str, field: str, value: object) -> None:
    """A relative size and its source."""
    match value:
        case (float(size), str(source)) if size >= 0.0 and source:
            return
        case _:
            refuse(owner, field, value, "(relative size of 0 or more, source)")
