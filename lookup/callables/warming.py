"""Compile ahead what rates, limits, models and tables run, so that nobody waits at the first use."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from gloam.lookup.callables import quantity, store
from gloam.lookup.callables.bound_model import model
from gloam.lookup.callables.limits import limit
from gloam.lookup.callables.modules import fits, misfit, model_named, names, quantity_named, search_named
from gloam.lookup.callables.rates import rate
from gloam.lookup.callables.table import Table, load
from gloam.lookup.errors import DoesNotFit, GloamError

SMALL = 1e-6  # of the upper bound: the value of what may be zero


def pairs() -> list[tuple[str, str]]:
    """All searches with the models that fit."""
    return [
        (search, known)
        for search, known in itertools.product(names("searches"), names("models"))
        if fits(search_named(search), model_named(known))
    ]


def warm(search: str, known: str) -> None:
    """Compile what a rate and a limit of ``search`` for the model ``known`` run, and the model by itself.

    Raises
    ------
    UnknownName, DoesNotFit, StoreError
    """
    described, described_model = search_named(search), model_named(known)
    if not fits(described, described_model):
        raise DoesNotFit(misfit(described, described_model))
    options: dict[str, Any] = {option.name: option.choices[0] for option in (*described_model.options, *described.choices)}
    made = rate(search, known, **options)
    point: dict[str, Any] = {item.name: _inside(item.low, item.high) for item in made.parameters}
    twice: dict[str, Any] = {name: np.full(2, value) for name, value in point.items()}
    asked: list[Callable[[], Any]] = [
        lambda: made.scalar(*point.values()),
        lambda: made(**twice, outside="nan"),
        lambda: made.value_and_status(**twice),
        lambda: made.gradient(**point),
        lambda: made.external(**point),
        lambda: made.kernel(*made.data, np.array([*point.values()]), np.empty(2 * len(made.bins))),
    ]
    alone = model(known, **{option.name: option.choices[0] for option in described_model.options})
    asked.append(lambda: alone(**point))
    if described.statistic:
        bound = limit(search, known, described_model.couplings[0], **options)
        fixed = {name: value for name, value in point.items() if name != bound.coupling}
        asked += [
            lambda: bound(**fixed),
            lambda: bound.closest(**fixed),
            lambda: bound.external(**fixed),
            lambda: bound.excess(**twice),
        ]
    _ask(asked)


def warm_tables() -> None:
    """Compile what the tables and composed quantities run that are built here."""
    for name in store.available():
        table = load(name)
        choice = {table.spec.choice.name: table.spec.labels[0]} if table.spec.choice else {}
        _warm_callable(table, {item.name: _inside(item.low, item.high) for item in table.spec.inputs}, choice)
        _warm_in_place(table)
    for name in quantity.names():
        part = quantity_named(name)
        if not quantity.missing_tables(part):
            inside = {item.name: _inside(item.low, item.high) for item in part.inputs}
            _warm_callable(load(name), inside, {choice: labels[0] for choice, labels in part.choices.items()})


def _warm_callable(table: Any, point: dict[str, float], choice: dict[str, str]) -> None:
    twice: dict[str, Any] = {name: np.full(2, value) for name, value in point.items()}
    asked: list[Callable[[], Any]] = [
        lambda: table(**point, **choice, outside="nan"),
        lambda: table(**twice, **choice, outside="nan"),
        lambda: table.value_and_error(**twice, **choice, outside="nan"),
        lambda: table.gradient(**point, **choice, outside="nan"),
    ]
    if hasattr(table, "hessian"):
        asked.append(lambda: table.hessian(**point, **choice, outside="nan"))
    _ask(asked)


def _warm_in_place(table: Table) -> None:
    label, points = table.spec.labels[0], np.full((2, len(table.spec.inputs)), math.nan)
    out = np.empty((2, len(table.spec.components)))
    error = np.empty_like(out)
    _ask([lambda: table.fill(points, out, error, label=label), lambda: table.bind(label)])


def _inside(low: float, high: float) -> float:
    """A value in a range: the geometric mean, or little where the range begins at or below zero."""
    return math.sqrt(low * high) if low > 0.0 else SMALL * high


def _ask(asked: list[Callable[[], Any]]) -> None:
    """Ask everything; a point that is refused has been compiled for as well."""
    for question in asked:
        with suppress(GloamError):
            question()
