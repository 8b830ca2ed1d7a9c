"""The models, searches and composed quantities there are, which fit together, and the labels of their discrete options."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NoReturn, TypeVar

from gloam import tables
from gloam.lookup.callables import members
from gloam.lookup.callables.arguments import numbers
from gloam.lookup.errors import BadParameter, DoesNotFit, UnknownName, distinct, shown
from gloam.lookup.vocabulary import Model, Option, Parameter, Quantity, Search
from gloam.tables import folders
from gloam.tables.spec import Input

LOG = logging.getLogger("gloam")
MARKERS = {"models": "MODEL", "searches": "SEARCH", "quantities": "QUANTITY"}  # what a file of each folder assigns
Entry = TypeVar("Entry", Model, Search, Quantity)
NOUNS = {"models": "model", "searches": "search", "quantities": "quantity"}


def _known(kind: str) -> dict[str, str]:
    """The module of every model, search or quantity, by its name."""
    return folders.modules_of(f"gloam.lookup.{kind}", MARKERS[kind])


def names(kind: str) -> tuple[str, ...]:
    """Names of all "models", "searches" or "quantities": gloam's and the user's files of that folder, dashes for underscores."""
    return tuple(_known(kind))


def _module(kind: str, name: str) -> ModuleType:
    known = _known(kind)
    if not isinstance(name, str) or name not in known:
        raise UnknownName(NOUNS[kind], name, known)
    return importlib.import_module(known[name])


def _named(found: Any, record: type[Entry], kind: str, name: str) -> Entry:
    """What a file assigns, if it is what belongs there under this name.

    Raises
    ------
    DoesNotFit
    """
    if not isinstance(found, record):
        msg = f"{name}: {MARKERS[kind]} = {shown(found)} is not allowed: {MARKERS[kind]} = {record.__name__}(name={name!r}, ...)"
        raise DoesNotFit(msg)
    if found.name != name:
        msg = f"{NOUNS[kind]} {found.name!r}: name = {found.name!r} is not allowed: that of its file with dashes, {name!r}"
        raise DoesNotFit(msg)
    return found


def model_named(name: str) -> Model:
    """The model called ``name``.

    Raises
    ------
    UnknownName, DoesNotFit
    """
    return _named(_module("models", name).MODEL, Model, "models", name)


def search_named(name: str) -> Search:
    """The search called ``name``; ``NAME@FILE.toml`` is one for the experiment in that file.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter, StoreError
    """
    base, experiment = tables.split(name) if isinstance(name, str) else ("", "")
    if experiment:
        return members.search(base, experiment)
    if name not in names("searches"):
        members.refuse_template(name)
    return _named(_module("searches", name).SEARCH, Search, "searches", name)


def quantity_named(name: str) -> Quantity:
    """The composed quantity called ``name``.

    Raises
    ------
    UnknownName, DoesNotFit
    """
    return _named(_module("quantities", name).QUANTITY, Quantity, "quantities", name)


def page_of(kind: str, name: str) -> str:
    """What the file of a model, search or quantity says of it at its top."""
    base, experiment = tables.split(name)
    if experiment:
        return members.page_of(base)
    return (_module(kind, name).__doc__ or "").strip()


def usable_models() -> dict[str, Model]:
    """All models that can be loaded, by name; one of the user that cannot is named in a warning and left out."""
    return _usable("models", model_named)


def usable_searches() -> dict[str, Search]:
    """All searches that can be loaded, as :func:`usable_models`."""
    return _usable("searches", search_named)


def _usable(kind: str, named: Callable[[str], Entry]) -> dict[str, Entry]:
    found = {}
    for name, path in _known(kind).items():
        try:
            found[name] = named(name)
        except Exception as error:
            if not path.startswith(f"{folders.OWN}."):
                raise
            LOG.warning("%s %s is left out: %s", kind, name, error)
    return found


def fits(search: Search, model: Model) -> bool:
    """Whether ``model`` provides every slot that ``search`` reads."""
    return set(search.reads) <= set(model.provides)


def misfit(search: Search, model: Model) -> str:
    """Why ``model`` does not fit ``search``, and what fits each of them."""
    with_search = [name for name, known in usable_models().items() if fits(search, known)]
    with_model = [name for name, known in usable_searches().items() if fits(known, model)]
    lacking = [slot for slot in search.reads if slot not in model.provides]
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    return (
        f"search {search.name!r} takes models {', '.join(with_search)}, not {model.name!r}, which fits {', '.join(with_model)}; "
        f"the search reads {', '.join(lacking[:3])}{more}, which the model does not have"
    )


def label_of(option: Option, value: Any) -> str:
    """The label of ``option`` that ``value`` names; a number names the label that reads as this number."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    for label in option.choices:
        if (isinstance(value, str) and value == label) or (number and _is_number(label) and float(label) == value):
            return label
    raise UnknownName(option.name, value, option.choices)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def checked_options(model: Model, search: Search, given: dict[str, Any]) -> dict[str, Any]:
    """All options of a model and a search: labels of the discrete ones, numbers of the others, defaults filled in.

    Raises
    ------
    UnknownName, BadParameter
    """
    discrete = {option.name: option for option in (*model.options, *search.choices)}
    numeric = search.options
    for name in given:
        if name not in discrete and name not in numeric:
            raise UnknownName("option", name, [*discrete, *numeric])
    chosen: dict[str, Any] = {}
    missing = [option for name, option in discrete.items() if given.get(name, option.default) is None]
    if missing:
        names = ", ".join(option.name for option in missing)
        choose = "; ".join(f"{option.name} = {' or '.join(option.choices)} ({option.description})" for option in missing)
        msg = f"{names} {'is' if len(missing) == 1 else 'are'} missing or None: choose {choose}"
        raise BadParameter(msg)
    for name, option in discrete.items():
        chosen[name] = label_of(option, given.get(name, option.default))
    for name, (low, high, default, text) in numeric.items():
        found = numbers("option", Input(name, "1", low, high), given.get(name, default))
        if found.ndim:
            msg = f"option {name} is an array; it is one number ({text})"
            raise BadParameter(msg)
        value = float(found)
        if not low <= value <= high:
            shown, lowest, highest = distinct(value, low, high)
            msg = f"option {name} = {shown} is outside {lowest} to {highest} ({text})"
            raise BadParameter(msg)
        chosen[name] = value
    return chosen


def shared(searches: list[str], model: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    """The options that each search takes: those of the model, and its own.

    Raises
    ------
    UnknownName
        When neither the model nor any search knows an option.
    """
    of_model = {option.name for option in model_named(model).options}
    described = [search_named(name) for name in searches]
    known = [of_model | set(item.options) | {option.name for option in item.choices} for item in described]
    for name in options:
        if not any(name in own for own in known):
            raise UnknownName("option", name, set().union(*known))
    return [{name: value for name, value in options.items() if name in own} for own in known]


def complain_about_names(model: str, parameters: Sequence[Parameter], options: dict[str, Any], given: dict[str, Any]) -> NoReturn:
    """Raise the error that explains which parameter of ``given`` is unknown, misplaced or missing."""
    known = [item.name for item in parameters]
    traps = {f"{'U'}{f}{n}": f"U2_{f}" for f in ("e", "mu", "tau", "D") for n in ("4", "5", "N", "")}
    traps |= {f"U_{f}": f"U2_{f}" for f in ("e", "mu", "tau", "D")}
    for name in given:
        if name not in known:
            if name in traps and traps[name] in known:
                msg = f"{name} looks like an amplitude U; gloam takes |U|^2: give {traps[name]} = {name}^2"
                raise BadParameter(msg)
            if name in options:
                msg = (
                    f"{name} is an option: on the command line --option {name}=..., in Python an argument of rate() or "
                    f"limit(), not a parameter of the point"
                )
                raise BadParameter(msg)
            raise UnknownName(f"parameter of {model}", name, known)
    missing = [item for item in parameters if item.name not in given and item.default is None]
    msg = f"{model}: missing {', '.join(f'{item.name} [{item.unit}]' for item in missing)}"
    raise BadParameter(msg)


def benchmark(model: str, name: str) -> tuple[dict[str, str], dict[str, float]]:
    """Options and parameters of a published benchmark point of a model.

    Parameters
    ----------
    model, name : str
        As ``gloam show MODEL`` lists them: ``benchmark("dark-hnl", "BP1")``.

    Returns
    -------
    options, parameters : dict
        The first for :func:`gloam.lookup.rate` or :func:`gloam.lookup.limit`, the second for what these return.

    Raises
    ------
    UnknownName
    """
    described = model_named(model)
    known = described.benchmarks
    if not isinstance(name, str) or name not in known:
        raise UnknownName(f"benchmark of {model}", name, known)
    discrete = {option.name for option in described.options}
    options = {key: value for key, value in known[name].items() if key in discrete}
    return options, {key: value for key, value in known[name].items() if key not in discrete}
