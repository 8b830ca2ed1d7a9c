"""Every table, quantity, model, search and fitting pair, for the contract tests: a new entry is covered without a new test."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables import quantity, store
from gloam.lookup.callables.modules import fits, model_named, names, search_named

DRAWN = 400  # random points asked of every pair


def log_uniform(low, high, generator):
    """A number between two positive bounds, even in its logarithm."""
    return math.exp(generator.uniform(math.log(low), math.log(high)))


def drawn(parameter, generator):
    """A value of a parameter, a fifth of the time an end of its range or its default; wide ranges are drawn by logarithm."""
    low, high = parameter.low, parameter.high
    if generator.random() < 0.2:
        ends = [low, high] if parameter.default is None else [low, high, parameter.default]
        return float(generator.choice(ends))
    if low > 0.0:
        return log_uniform(low, high, generator)
    size = log_uniform(1e-10 * high, high, generator)
    return size if low == 0.0 or generator.random() < 0.5 else max(-size, low)


def required(options):
    """The first label of every option that has no default."""
    return {option.name: option.choices[0] for option in options if option.default is None}


@functools.cache
def bound_pair(search, model):
    """The rate of a fitting pair; options that must be given take their first label."""
    options = required((*model_named(model).options, *search_named(search).choices))
    return lookup.rate(search, model, **options)


@functools.cache
def bound_model(model):
    """A model by itself; options that must be given take their first label."""
    return lookup.model(model, **required(model_named(model).options))


@functools.cache
def random_points(model):
    """Random points of a model as rows in the order of its parameters, shape (DRAWN, parameters); the same in every run."""
    parameters = model_named(model).parameters
    generator = np.random.default_rng(sum(model.encode()))
    return np.array([[drawn(item, generator) for item in parameters] for _ in range(DRAWN)])


@functools.cache
def answers(search, model):
    """Of a pair: its rate, the points it answers, shape (points, parameters), with rates and errors, shape (points, bins)."""
    rate, x = bound_pair(search, model), random_points(model)
    columns = {item.name: x[:, i] for i, item in enumerate(rate.parameters)}
    value, error = rate.value_and_error(outside="nan", **columns)
    value, error = (np.reshape(part, (len(x), len(rate.bins))) for part in (value, error))
    good = ~np.isnan(value).any(axis=1)
    return rate, x[good], value[good], error[good]


@pytest.fixture
def answered(search, model):
    """As :func:`answers` of the pair of this test."""
    return answers(search, model)


@pytest.fixture
def rate(search, model):
    """The rate of the pair of this test."""
    return bound_pair(search, model)


@pytest.fixture
def points(model):
    """Random points of the model of this test, answered or not."""
    return random_points(model)


@pytest.fixture
def alone(model):
    """The model of this test without a search."""
    return bound_model(model)


def pytest_generate_tests(metafunc):
    """One test per pair, model, search, table or quantity, as the names of its arguments ask."""
    wanted = set(metafunc.fixturenames)
    if {"search", "model"} <= wanted:
        pairs = [(s, m) for s in names("searches") for m in names("models") if fits(search_named(s), model_named(m))]
        metafunc.parametrize(("search", "model"), pairs, ids=[f"{s}-of-{m}" for s, m in pairs])
    elif "model" in wanted:
        metafunc.parametrize("model", names("models"))
    elif "search" in wanted:
        metafunc.parametrize("search", names("searches"))
    elif "table" in wanted:
        metafunc.parametrize("table", sorted(store.available()))
    elif "composed" in wanted:
        metafunc.parametrize("composed", quantity.names())
