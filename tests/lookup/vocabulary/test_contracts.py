"""Records of entries: what is wrong is refused when they are made, in one sentence with the entry, the field and its value."""

from __future__ import annotations

import math
from typing import Any

import numba
import pytest
from gloam.lookup import vocabulary
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.vocabulary import SLOT, SLOTS, Kind, Model, Option, Parameter, Quantity, Record, Search, Slot
from gloam.lookup.vocabulary.record import fraction
from gloam.tables.spec import Input


@numba.njit
def predict(slots, options, blob, offsets, out, error):
    return 0


@numba.njit
def threshold(slots, options):
    return 1.0


@numba.njit
def quantities(parameters, options, blob, offsets, slots):
    return 0


@numba.njit
def evaluate(x, choices, blob, offsets, out):
    return 0


@numba.njit
def turned(options, slots, blob, offsets, out, error):
    return 0


def plain(slots, options, blob, offsets, out, error):
    return 0


SEARCH: dict[str, Any] = {
    "name": "made-search",
    "title": "made",
    "reads": ("m_N",),
    "unit": "events",
    "bins": ("a", "b"),
    "limit": 2.3,
    "statistic": "excluded if N > 2.3",
    "confidence": 0.9,
    "references": ("arXiv:0000.00000",),
    "predict": predict,
}
MASS = Parameter("m_N", "GeV", 0.1, 1.0, 0.5, "mass")
MODEL: dict[str, Any] = {
    "name": "made-model",
    "title": "made",
    "parameters": (MASS, Parameter("U2", "1", 0.0, 1.0, None, "mixing")),
    "provides": ("m_N", "width"),
    "couplings": ("U2",),
    "references": ("arXiv:0000.00000",),
    "quantities": quantities,
}
QUANTITY: dict[str, Any] = {
    "name": "made-quantity",
    "title": "made",
    "inputs": (Input("m_N", "GeV", 0.1, 1.0, "mass"),),
    "unit": "1",
    "references": ("arXiv:0000.00000",),
    "description": "made",
    "evaluate": evaluate,
}
WRONG = {  # of a record: what is changed, and words of the sentence
    "name": (Search, {"name": "Made_Search"}, ["a search", "name = 'Made_Search'", "dashes"]),
    "title": (Search, {"title": " "}, ["'made-search'", "title"]),
    "unit": (Search, {"unit": ""}, ["'made-search'", "unit", '"1"']),
    "reference": (Search, {"references": ()}, ["'made-search'", "references", "at least 1"]),
    "one reference as text": (Search, {"references": "arXiv"}, ["'made-search'", "references", "'arXiv'", "tuple"]),
    "slot": (Search, {"reads": ("m_N", "br_muon")}, ["'made-search'", "reads", "br_muon", "no such slot", "br_muons"]),
    "slots as text": (Search, {"reads": "m_N"}, ["'made-search'", "reads", "'m_N'", "tuple"]),
    "equal bins": (Search, {"bins": ("a", "a")}, ["'made-search'", "bins", "different"]),
    "tables": (Search, {"tables": ("one-table",)}, ["'made-search'", "tables", "one-table", "pairs"]),
    "range": (Search, {"options": {"x": (0.0, 1.0, 2.0, "x")}}, ["'made-search'", "option x", "low <= default <= high"]),
    "choice": (Search, {"choices": (Option("c", ("p", "q"), "r", ""),)}, ["'made-search'", "option c", "'r'", "p or q"]),
    "two options of a name": (
        Search,
        {"options": {"c": (0.0, 1.0, 1.0, "")}, "choices": (Option("c", ("p",), None, ""),)},
        ["'made-search'", "options and choices", "different"],
    ),
    "no statistic": (Search, {"statistic": ""}, ["'made-search'", "no_limit", "why"]),
    "no limit": (Search, {"limit": None}, ["'made-search'", "limit = None", "threshold"]),
    "limit and threshold": (Search, {"threshold": threshold}, ["'made-search'", "either a limit or a threshold"]),
    "limits of other bins": (Search, {"limit": (1.0, 2.0, 3.0)}, ["'made-search'", "limit = (1.0, 2.0, 3.0)", "2 bins"]),
    "limit below 0": (Search, {"limit": -1.0}, ["'made-search'", "limit = -1.0", "positive"]),
    "level": (Search, {"confidence": math.nan}, ["'made-search'", "confidence = nan", "between 0 and 1"]),
    "refusals": (Search, {"refusals": {7: "low"}}, ["'made-search'", "refusals", "7", "1000"]),
    "external": (Search, {"external": (-0.1, "flux")}, ["'made-search'", "external", "-0.1", "source"]),
    "step": (Search, {"gradient_step": 0.0}, ["'made-search'", "gradient_step = 0.0", "between 0 and 1"]),
    "order of arguments": (Search, {"predict": turned}, ["'made-search'", "predict", "(options, slots", "(slots, options"]),
    "not compiled": (Search, {"predict": plain}, ["'made-search'", "predict", "@entry"]),
    "no function": (Search, {"predict": 3}, ["'made-search'", "predict = 3", "@entry"]),
    "likelihood": (Search, {"likelihood": lambda: None}, ["'made-search'", "likelihood", "(options)"]),
    "coupling": (Model, {"couplings": ("U",)}, ["'made-model'", "couplings", "'U'", "m_N, U2"]),
    "slot of a model": (Model, {"provides": ("m_S",)}, ["'made-model'", "provides", "m_S", "no such slot"]),
    "unit of a parameter": (
        Model,
        {"parameters": (Parameter("U2", "", 0.0, 1.0, None, "mixing"),)},
        ["'made-model'", "unit of parameter U2"],
    ),
    "default of a parameter": (
        Model,
        {"parameters": (Parameter("U2", "1", 0.0, 1.0, 2.0, "mixing"),)},
        ["'made-model'", "default of parameter U2 = 2.0", "0 to 1"],
    ),
    "empty range": (
        Model,
        {"parameters": (Parameter("U2", "1", 1.0, 1.0, None, "mixing"),)},
        ["'made-model'", "range of parameter U2", "low < high"],
    ),
    "benchmark": (Model, {"benchmarks": {"BP": {"m_4": 0.1}}}, ["'made-model'", "benchmark BP", "'m_4'", "m_N, U2"]),
    "reason": (Model, {"unphysical": (1000,)}, ["'made-model'", "unphysical = 1000", "refusals"]),
    "derived": (Model, {"derived": ("x",)}, ["'made-model'", "derived", "tuple of Slot"]),
    "derived alone": (Model, {"derived": (fraction("x", "x"),)}, ["'made-model'", "derived", "derive"]),
    "arguments of a model": (Model, {"quantities": predict}, ["'made-model'", "quantities", "(parameters, options"]),
    "range of an input": (
        Quantity,
        {"inputs": (Input("m_N", "GeV", 1.0, 0.1, "mass"),)},
        ["'made-quantity'", "m_N", "low < high"],
    ),
    "meaning of an input": (Quantity, {"inputs": (Input("m_N", "GeV", 0.1, 1.0),)}, ["'made-quantity'", "meaning of m_N"]),
    "labels": (Quantity, {"choices": {"final": ()}}, ["'made-quantity'", "choice final", "at least 1"]),
    "uncertain": (Quantity, {"uncertain": {"final": 0.1}}, ["'made-quantity'", "uncertain final = 0.1", "source"]),
    "arguments": (Quantity, {"evaluate": threshold}, ["'made-quantity'", "evaluate", "(x, choices"]),
}
MISSING = {"unit": Search, "references": Search, "predict": Search, "couplings": Model, "description": Quantity}
GOOD = {Search: SEARCH, Model: MODEL, Quantity: QUANTITY}


@pytest.mark.parametrize("record", GOOD)
def test_what_is_right_is_taken(record):
    """Expected: every field as it was given."""
    made = record(**GOOD[record])
    assert all(getattr(made, field) == value for field, value in GOOD[record].items())


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_refused_when_it_is_made(fault):
    """Expected: one line of at most 300 characters with the words listed."""
    record, changed, words = WRONG[fault]
    with pytest.raises(DoesNotFit) as caught:
        record(**{**GOOD[record], **changed})
    text = str(caught.value)
    assert [word for word in words if word not in text] == []
    assert "\n" not in text
    assert len(text) <= 300


@pytest.mark.parametrize("field", MISSING)
def test_what_is_missing_or_unknown_is_named(field):
    """Expected: one sentence with the entry and the field, and for an unknown one what it is close to."""
    record = MISSING[field]
    given = {name: value for name, value in GOOD[record].items() if name != field}
    with pytest.raises(DoesNotFit, match=f"'{given['name']}': {field} is missing"):
        record(**given)
    with pytest.raises(DoesNotFit, match=f"'{given['name']}': there is no field '{field}s': did you mean {field}"):
        record(**GOOD[record], **{f"{field}s": GOOD[record][field]})


def test_the_place_of_a_slot_has_its_name_in_capitals():
    """Expected: places from 0 on without a gap, by definition; no two names alike."""
    places = [vars(vocabulary)[name.upper()] for name in SLOTS]
    assert places == list(range(len(SLOTS)))
    assert SLOTS[vocabulary.BR_AP_11] == "br_Ap_11"
    assert SLOTS[vocabulary.WIDTH_CHANNEL].startswith("width_")


def test_every_slot_has_a_unit_that_fits_its_kind():
    """Expected: masses and widths in GeV, lengths in m, fractions and errors pure numbers, by definition."""
    units = {Kind.MASS: "GeV", Kind.WIDTH: "GeV", Kind.LENGTH: "m"}
    for slot in SLOT.values():
        assert slot.meaning
        if slot.kind is not Kind.COUPLING:
            assert slot.unit == units.get(slot.kind, "1")
    assert SLOT["dipole2_mu"].unit == "GeV^-2"


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ((fraction("a", ""), fraction("a", "")), "slot a is there twice"),
        ((fraction("a", "", "m_2"),), "belongs to m_2, which is no slot"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(slots: tuple[Slot, ...], words: str):
    """Expected: one sentence with the slot."""
    with pytest.raises(DoesNotFit, match=words):
        Record(*slots)
