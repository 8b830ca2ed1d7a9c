"""What every model must hold by itself, at random points."""

from __future__ import annotations

import contextlib
import math
import pickle

import numpy as np
from gloam.lookup.callables.modules import model_named
from gloam.lookup.errors import GloamError
from gloam.lookup.vocabulary import SLOTS

ASKED = 100


def described(alone, points):
    """(point, quantities) for those of the first points that the model answers; others raise one of gloam's errors."""
    for x in points[:ASKED]:
        given = dict(zip(alone._names, x.tolist(), strict=True))
        with contextlib.suppress(GloamError):
            yield given, alone(**given)


def test_a_model_provides_what_it_names(alone, points):
    """Expected: every slot that the model names is filled; NaN stands only for a mass that is absent."""
    found = [quantities for _, quantities in described(alone, points)]
    assert len(found) >= 5
    provided = alone.model.provides
    assert set(provided) <= set(SLOTS)
    assert all(set(quantities) >= set(provided) for quantities in found)
    absent = {name for name in provided if any(math.isnan(quantities[name]) for quantities in found)}
    assert all(name.startswith("m_") for name in absent), absent


def test_fractions_errors_and_lengths_are_what_they_can_be(alone, points):
    """Expected: branching ratios in [0, 1], decay lengths, widths and bounds of errors not negative."""
    for given, quantities in described(alone, points):
        for name, value in quantities.items():
            if "error" in name or name.startswith(("c_tau", "width")):
                assert value >= 0.0, (name, given)
            elif name.startswith("br_"):
                assert 0.0 <= value <= 1.0 + 1e-9, (name, given)


def test_a_model_answers_twice_alike_and_survives_a_pickle(alone, points):
    """Expected: nothing is remembered between calls; a copy answers the same."""
    copy = pickle.loads(pickle.dumps(alone))
    for given, quantities in described(alone, points[:20]):
        for again in (alone(**given), copy(**given)):
            np.testing.assert_array_equal(list(again.values()), list(quantities.values()))


def test_a_model_says_what_it_is(model):
    """Expected: title, references, meaning and unit of every parameter; couplings are parameters with a positive end."""
    entry = model_named(model)
    assert entry.title
    assert entry.references
    named = {item.name: item for item in entry.parameters}
    assert len(named) == len(entry.parameters)
    for item in entry.parameters:
        assert item.description
        assert item.unit
        assert item.low < item.high
        assert item.default is None or item.low <= item.default <= item.high
    assert all(named[coupling].high > 0.0 for coupling in entry.couplings)
