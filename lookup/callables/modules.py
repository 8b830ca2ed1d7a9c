"""The models and searches there are, which fit together, and the labels of their discrete options."""

from __future__ import annotations

import importlib
import logging
from types import ModuleType
from typing import Any, NoReturn

from gloam.lookup.callables.arguments import numbers
from gloam.lookup.callables.promises import check_names
from gloam.lookup.errors import BadParameter, UnknownName, distinct
from gloam.lookup.vocabulary import Option
from gloam.tables import folders
from gloam.tables.spec import Input

LOG = logging.getLogger("gloam")


def _known(kind: str) -> dict[str, str]:
    """The module of every model or search, by its name."""
    return folders.modules_of(f"gloam.lookup.{kind}", "NAME")


def names(kind: str) -> tuple[str, ...]:
    """Names of all "models" or "searches": gloam's and the user's files of that folder, dashes for underscores."""
    return tuple(_known(kind))


def module(kind: str, name: str) -> ModuleType:
    """The module of the model or search called ``name``; ``kind`` is "models" or "searches".

    Raises
    ------
    UnknownName, DoesNotFit
    """
    known = _known(kind)
    if not isinstance(name, str) or name not in known:
        raise UnknownName({"models": "model", "searches": "search"}[kind], name, known)
    found = importlib.import_module(known[name])
    check_names(kind, found)
    return found


def usable(kind: str) -> dict[str, ModuleType]:
    """All models or searches that can be loaded, by name; one of the user that cannot is named in a warning and left out."""
    found = {}
    for name, path in _known(kind).items():
        try:
            found[name] = module(kind, name)
        except Exception as error:
            if not path.startswith(f"{folders.OWN}."):
                raise
            LOG.warning("%s %s is left out: %s", kind, name, error)
    return found


def fits(search: ModuleType, model: ModuleType) -> bool:
    """Whether ``model`` provides every slot that ``search`` reads."""
    return set(search.READS) <= set(model.PROVIDES)


def misfit(search: ModuleType, model: ModuleType) -> str:
    """Why ``model`` does not fit ``search``, and what fits each of them."""
    models = [name for name, known in usable("models").items() if fits(search, known)]
    searches = [name for name, known in usable("searches").items() if fits(known, model)]
    lacking = [slot for slot in search.READS if slot not in model.PROVIDES]
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    return (
        f"search {search.NAME!r} takes models {', '.join(models)}, not {model.NAME!r}, which fits {', '.join(searches)}; "
        f"the search reads {', '.join(lacking[:3])}{more}, which the model does not have"
    )


def choices(search: ModuleType) -> tuple[Option, ...]:
    """The discrete options of a search; most have none."""
    found: tuple[Option, ...] = getattr(search, "CHOICES", ())
    return found


def statement(search: Any, options: dict[str, Any]) -> tuple[str, float]:
    """The statistic of a search in words and its confidence level [1], NaN if unknown; some depend on the options."""
    if hasattr(search, "statement"):
        told: tuple[str, float] = search.statement(options)
        return told
    return search.STATISTIC, search.CONFIDENCE


def sources(search: Any, options: dict[str, Any]) -> tuple[str, ...]:
    """The references of a search with its options: one that holds many published results has a function ``sources(options)``."""
    found: tuple[str, ...] = search.sources(options) if hasattr(search, "sources") else search.REFERENCES
    return found


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


def checked_options(model: ModuleType, search: Any, given: dict[str, Any]) -> dict[str, Any]:
    """All options of a model and a search: labels of the discrete ones, numbers of the others, defaults filled in.

    Raises
    ------
    UnknownName, BadParameter
    """
    discrete = {option.name: option for option in (*model.OPTIONS, *choices(search))}
    numeric = search.OPTIONS
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
    of_model = {option.name for option in module("models", model).OPTIONS}
    known = [
        of_model | set(item.OPTIONS) | {option.name for option in choices(item)}
        for item in (module("searches", name) for name in searches)
    ]
    for name in options:
        if not any(name in own for own in known):
            raise UnknownName("option", name, set().union(*known))
    return [{name: value for name, value in options.items() if name in own} for own in known]


def complain_about_names(model: ModuleType, options: dict[str, Any], given: dict[str, Any]) -> NoReturn:
    """Raise the error that explains which parameter of ``given`` is unknown, misplaced or missing."""
    parameters = [item.name for item in model.PARAMETERS]
    traps = {f"{'U'}{f}{n}": f"U2_{f}" for f in ("e", "mu", "tau", "D") for n in ("4", "5", "N", "")}
    traps |= {f"U_{f}": f"U2_{f}" for f in ("e", "mu", "tau", "D")}
    for name in given:
        if name not in parameters:
            if name in traps and traps[name] in parameters:
                msg = f"{name} looks like an amplitude U; gloam takes |U|^2: give {traps[name]} = {name}^2"
                raise BadParameter(msg)
            if name in options:
                msg = (
                    f"{name} is an option: on the command line --option {name}=..., in Python an argument of rate() or "
                    f"limit(), not a parameter of the point"
                )
                raise BadParameter(msg)
            raise UnknownName(f"parameter of {model.NAME}", name, parameters)
    missing = [item for item in model.PARAMETERS if item.name not in given and item.default is None]
    msg = f"{model.NAME}: missing {', '.join(f'{item.name} [{item.unit}]' for item in missing)}"
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
    described = module("models", model)
    known = getattr(described, "BENCHMARKS", {})
    if not isinstance(name, str) or name not in known:
        raise UnknownName(f"benchmark of {model}", name, known)
    discrete = {option.name for option in described.OPTIONS}
    options = {key: value for key, value in known[name].items() if key in discrete}
    return options, {key: value for key, value in known[name].items() if key not in discrete}
