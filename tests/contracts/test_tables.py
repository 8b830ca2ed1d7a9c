"""What every table and every composed quantity must hold, at random points of its range."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.modules import search_named
from gloam.lookup.errors import GloamError, OutOfRange

POINTS = 1000


def inputs_of(items, generator):
    """Random inputs {name: array}, by logarithm where the range is positive."""
    found = {}
    for item in items:
        u = generator.random(POINTS)
        if item.low > 0.0:
            found[item.name] = item.low * (item.high / item.low) ** u
        else:
            found[item.name] = item.low + (item.high - item.low) * u
    return found


def answered_rows(callable_, given, labels):
    """Values and errors, NaN where a condition on several inputs leaves a point out."""
    value, error = callable_.value_and_error(outside="nan", **given, **labels)
    return np.asarray(value), np.asarray(error)


def check(callable_, given, labels):
    """Finite values with bounds of their errors, the same one by one, in a copy, and beside points outside."""
    value, error = answered_rows(callable_, given, labels)
    good = ~np.isnan(value.reshape(POINTS, -1)).any(axis=1)
    assert good.sum() >= 5
    assert np.isfinite(value[good]).all()
    assert (error[good] >= 0.0).all()
    for i in np.flatnonzero(good)[:10]:
        alone = callable_(**{name: float(column[i]) for name, column in given.items()}, **labels)
        np.testing.assert_array_equal(alone, value[i])
    copy, _ = answered_rows(pickle.loads(pickle.dumps(callable_)), given, labels)
    np.testing.assert_array_equal(copy, value)


def test_a_table_answers(table):
    """Expected: finite values with bounds, the same one by one, in an array and in a copy, for every label."""
    opened = lookup.load(table)
    generator = np.random.default_rng(len(table))
    given = inputs_of(opened.spec.inputs, generator)
    for label in opened.spec.labels:
        check(opened, given, {opened.spec.choice.name: label} if opened.spec.choice else {})


def test_a_table_refuses_what_lies_outside(table):
    """Expected: one of gloam's errors that names the input and its unit, for every input and both ends."""
    opened = lookup.load(table)
    labels = {opened.spec.choice.name: opened.spec.labels[0]} if opened.spec.choice else {}
    middle = {item.name: (item.low * item.high) ** 0.5 if item.low > 0.0 else item.low for item in opened.spec.inputs}
    for item in opened.spec.inputs:
        for beyond in (item.low - 0.1 * abs(item.low) - 1e-6, 1.1 * item.high):
            with pytest.raises(OutOfRange, match=item.name):
                opened(**{**middle, item.name: beyond}, **labels)


def test_a_quantity_answers(composed):
    """Expected: as a table, for the first and the last label of every choice."""
    opened = lookup.load(composed)
    given = inputs_of(opened.entry.inputs, np.random.default_rng(len(composed)))
    for end in (0, -1):
        check(opened, given, {name: known[end] for name, known in opened.entry.choices.items()})


def test_a_quantity_refuses_what_lies_outside(composed):
    """Expected: one of gloam's errors for every input and both ends."""
    opened = lookup.load(composed)
    labels = {name: known[0] for name, known in opened.entry.choices.items()}
    middle = {item.name: (item.low * item.high) ** 0.5 if item.low > 0.0 else item.low for item in opened.entry.inputs}
    for item in opened.entry.inputs:
        for beyond in (item.low - 0.1 * abs(item.low) - 1e-6, 1.1 * item.high):
            with pytest.raises(GloamError):
                opened(**{**middle, item.name: beyond}, **labels)


def test_a_search_says_what_it_is(search):
    """Expected: title, unit, bins, references; a statistic with its confidence, or the reason why there is none."""
    entry = search_named(search)
    assert entry.title
    assert entry.unit
    assert entry.bins
    assert entry.references
    if entry.statistic:
        assert 0.0 < entry.confidence < 1.0
    else:
        assert entry.no_limit
