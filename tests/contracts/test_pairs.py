"""What every search bound to every model that fits it must hold, at random points of the model.

Expected values here are relations that hold for any correct pair: two ways to ask give the same bits, a slot that is not
read has no influence, what is not answered is explained in words.
"""

from __future__ import annotations

import math
import os
import pickle

import numpy as np
from gloam.lookup.callables.binding import blocks_of, reach, seen
from gloam.lookup.callables.modules import fits, model_named, names, search_named
from gloam.lookup.callables.plan import FIRST, MODEL_OPTIONS, MODEL_TABLES, PARAMETERS, SEARCH_OPTIONS, SEARCH_TABLES, evaluate
from gloam.lookup.errors import GloamError
from gloam.lookup.vocabulary import SLOTS

FEWEST = 5  # answered points without which the relations below show nothing
FEW = 20


def test_answers_are_finite_and_have_errors(answered):
    """Expected: enough points are answered; every rate is finite, every bound of an error not negative."""
    _, x, value, error = answered
    assert len(x) >= FEWEST
    assert np.isfinite(value).all()
    assert (error >= 0.0).all()
    assert not np.isnan(error).any()


def test_what_is_not_answered_is_explained(rate, points):
    """Expected: a status other than 0 comes with NaN in all numbers and with one of gloam's errors in words."""
    out = np.empty(2 * len(rate.bins))
    for x in points[:100]:
        status = rate.kernel(*rate.data, x, out)
        if status != 0:
            assert np.isnan(out).all()
            error = rate.explain(status, x)
            assert isinstance(error, GloamError)
            assert len(str(error)) > 20
        else:
            assert not np.isnan(out).any()


def test_one_point_many_points_and_the_kernel_agree_to_the_bit(answered):
    """Expected: the same code answers a call by name, a positional call, an array and the compiled kernel."""
    rate, points, value, error = answered
    out = np.empty(2 * len(rate.bins))
    for x, rates, bounds in zip(points[:FEW], value, error, strict=False):
        assert rate.kernel(*rate.data, x, out) == 0
        np.testing.assert_array_equal(out, np.concatenate([rates, bounds]))
        np.testing.assert_array_equal(np.atleast_1d(rate(**dict(zip(rate._names, x.tolist(), strict=True)))), rates)
        assert rate.scalar(*x.tolist()) == rates[0]


def test_a_search_reads_the_slots_that_it_names(answered):
    """Expected: other slots filled with NaN change no bit of the prediction."""
    rate, points, value, error = answered
    blob, plan = rate.data
    blocks = blocks_of(rate._tables)
    tables = seen(reach(blocks), blocks)
    first = 2 * plan[PARAMETERS] + plan[MODEL_OPTIONS]
    options = blob[first : first + plan[SEARCH_OPTIONS]]
    start = FIRST + plan[MODEL_TABLES]
    offsets = plan[start : start + plan[SEARCH_TABLES]]
    unread = [i for i, slot in enumerate(SLOTS) if slot not in rate.search.reads]
    slots, out = np.empty(len(SLOTS)), np.empty(2 * len(rate.bins))
    bins = len(rate.bins)
    for x, rates, bounds in zip(points[:FEW], value, error, strict=False):
        assert evaluate(blob, plan, x, slots, out) == 0
        slots[unread] = math.nan
        predicted, spread = np.empty(bins), np.empty(bins)
        assert rate.search.predict(slots, options, tables, offsets, predicted, spread) == 0
        np.testing.assert_array_equal(predicted, rates)
        np.testing.assert_array_equal(spread, bounds)


def test_a_rate_survives_a_pickle(answered):
    """Expected: less than 4 kB, and the same bits from the copy."""
    rate, points, value, _ = answered
    packed = pickle.dumps(rate)
    assert len(packed) < 4096
    assert pickle.loads(packed).scalar(*points[0].tolist()) == value[0, 0]


def test_a_fork_answers_as_its_parent(answered):
    """Expected: a child made by fork after the first answer gives the same bits."""
    rate, points, value, _ = answered
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, pickle.dumps([rate.scalar(*x.tolist()) for x in points[:FEW]]))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        found = pickle.loads(stream.read())
    assert os.waitpid(child, 0)[1] == 0
    assert found == value[:FEW, 0].tolist()


def test_every_search_has_a_model(search):
    """Expected: a search that no model fits is a mistake in the name of a slot."""
    assert any(fits(search_named(search), model_named(name)) for name in names("models"))
