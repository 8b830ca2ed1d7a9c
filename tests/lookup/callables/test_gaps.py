"""Refused points in a scan are gaps with their reason, in intervals, arrays, planes, JSON and CSV; edges from closed rates."""

from __future__ import annotations

import csv
import io
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.limits import Limit
from gloam.lookup.callables.statuses import Status
from gloam.lookup.cli import main as cli
from gloam.lookup.cli.plots import draw_plane, plane
from gloam.lookup.errors import BadParameter, DoesNotFit, NoInformation, OutOfRange
from gloam.lookup.vocabulary import EPS, M_AP, SILENT, VECTOR2_MU
from gloam.tables.constants import ELECTRIC_CHARGE

EDGE = 1e-3  # eps at which 1e6 eps^2 reaches the limit of 1
TOO_SMALL, WINDOW = 1000, 1001
ATTRIBUTES: dict[str, Any] = {
    "limit": 1.0,
    "options": {
        "below": (0.0, 1.0, 0.0, "no answer below"),
        "low": (0.0, 2.0, 2.0, "no answer from"),
        "high": (0.0, 2.0, 2.0, "no answer to"),
        "silent": (0.0, 2.0, 2.0, "no information above"),
    },
    "refusals": {TOO_SMALL: "eps is too small to say", WINDOW: "eps is in the window"},
}


@numba.njit
def predict(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
    """N = 1e6 eps^2, without an answer below, in a window, and above."""
    eps = slots[EPS]
    if eps < options[0] * (1.0 if slots[M_AP] < 1.0 else 0.0):
        return TOO_SMALL
    if options[1] <= eps <= options[2] and options[1] < 2.0:
        return WINDOW
    if eps > options[3]:
        return SILENT
    out[0] = 1e6 * eps**2
    error[0] = 1e-6 * out[0]
    return 0


@pytest.fixture
def bind(add_search: Callable[..., str]) -> Callable[..., Limit]:
    """A limit from the made search with the given options."""
    name = add_search("made-gaps", predict, **ATTRIBUTES)
    return lambda scan=None, **options: lookup.limit(name, "dark-photon", scan=scan, **options)


def test_a_refused_point_below_the_edge_is_a_gap_and_the_interval_stays(bind: Callable[..., Limit]) -> None:
    """Expected: excluded from 1e-3 on; the gap ends where answers begin, to the precision of an edge."""
    found = bind(below=3.3e-5)(m_Ap=0.1)
    assert found.intervals == ((pytest.approx(EDGE, rel=1e-9), None),)
    (gap,) = found.gaps
    assert gap.low == 1e-8
    assert gap.high == pytest.approx(3.3e-5, rel=1e-9)
    assert "eps is too small to say (dark-photon: m_Ap = 0.1" in gap.reason
    assert bind(below=3.3e-5)(m_Ap=2.0).gaps == ()


@pytest.mark.parametrize(
    ("options", "intervals", "gaps"),
    [
        ({"below": 5e-3}, [(5e-3, None)], [(1e-8, 5e-3)]),
        ({"low": 4e-3, "high": 6e-2}, [(EDGE, 4e-3), (6e-2, None)], [(4e-3, 6e-2)]),
        ({"low": 4e-4, "high": 6e-3}, [(6e-3, None)], [(4e-4, 6e-3)]),
        ({"silent": 0.02}, [(EDGE, 0.02)], [(0.02, 1.0)]),
        ({"silent": 2e-4}, [], [(2e-4, 1.0)]),
        ({"below": 1e-6, "low": 0.1, "high": 0.3}, [(EDGE, 0.1), (0.3, None)], [(1e-8, 1e-6), (0.1, 0.3)]),
        ({"low": 0.99999 * EDGE, "high": 1.00001 * EDGE}, [(1.00001 * EDGE, None)], [(0.99999 * EDGE, 1.00001 * EDGE)]),
        ({"below": EDGE * (1.0 - 1e-5)}, [(EDGE, None)], [(1e-8, EDGE * (1.0 - 1e-5))]),
    ],
)
def test_intervals_end_at_gaps_without_an_error(
    bind: Callable[..., Limit], options: dict[str, float], intervals: list[Any], gaps: list[Any]
) -> None:
    """Expected: the closed edges; an end at a gap is the end of the gap, and no edge."""
    found = bind(**options)(m_Ap=0.1)
    assert [(pytest.approx(low, rel=1e-8), high and pytest.approx(high, rel=1e-8)) for low, high in intervals] == list(
        found.intervals
    )
    assert [(pytest.approx(low, rel=1e-8), pytest.approx(high, rel=1e-8)) for low, high in gaps] == [
        (gap.low, gap.high) for gap in found.gaps
    ]
    for ends, errors in zip(found.intervals, found.errors, strict=True):
        for end, error in zip(ends, errors, strict=True):
            is_edge = end == pytest.approx(EDGE, rel=1e-6) and "low" not in options
            is_edge = is_edge or (end == pytest.approx(EDGE, rel=1e-6) and options["low"] > 2.0 * EDGE)
            assert (error is not None) == is_edge
    bound = bind(**options)
    assert len(bound.external(found, m_Ap=0.1)["robust"]) == len(found.intervals)
    crossings = bound.edges(m_Ap=0.1)
    assert len(crossings) == sum(error is not None for pair in found.errors for error in pair)


def test_reasons_of_one_gap_are_told_each_once(bind: Callable[..., Limit]) -> None:
    """Two reasons that touch: one gap with both."""
    found = bind(below=1e-5, low=1e-5, high=1e-4)(m_Ap=0.1)
    (gap,) = found.gaps
    assert gap.high == pytest.approx(1e-4, rel=1e-9)
    assert gap.reason.count("eps is too small to say") == 1
    assert gap.reason.count("eps is in the window") == 1


def test_where_no_value_has_an_answer_the_limit_is_refused_and_in_an_array_one_gap(bind: Callable[..., Limit]) -> None:
    """Expected: the reason as an error for one point; with outside="nan" one gap over the scan, beside the other answers."""
    bound = bind(below=1.0, silent=0.5)
    with pytest.raises(DoesNotFit, match="eps is too small to say"):
        bound(m_Ap=0.1)
    with pytest.raises(DoesNotFit, match="eps is too small to say"):
        bound(m_Ap=[2.0, 0.1])
    found = bound(m_Ap=[[2.0], [0.1]], br_invisible=[0.0, 0.5], outside="nan")
    assert found.shape == (2, 2)
    assert found[0, 1].intervals == ((pytest.approx(EDGE, rel=1e-9), pytest.approx(0.5, rel=1e-9)),)
    assert found[1, 0].intervals == ()
    assert [(gap.low, gap.high) for gap in found[1, 0].gaps] == [(1e-8, 1.0)]
    with pytest.raises(NoInformation, match="nothing was published"):
        bind(silent=1e-9)(m_Ap=2.0)


def test_limits_and_externals_of_arrays_are_those_of_their_points(bind: Callable[..., Limit]) -> None:
    """Expected: element by element what single calls give."""
    bound = bind(below=3.3e-5)
    masses = np.array([0.1, 0.7, 3.0])
    found = bound(m_Ap=masses)
    external = bound.external(found, m_Ap=masses)
    again = bound.external(m_Ap=masses)
    for m, one, shift, other in zip(masses, found, external, again, strict=True):
        assert one == bound(m_Ap=float(m))
        assert shift == other == bound.external(m_Ap=float(m))
    with pytest.raises(BadParameter, match="1 intervals for 3 points"):
        bound.external(found[0], m_Ap=masses)


def test_a_scan_covers_what_is_asked_for(bind: Callable[..., Limit]) -> None:
    """Expected: ends of the scan as given, edges as before, and a refusal of ranges that are none."""
    found = bind(scan=(1e-4, 1e-2))(m_Ap=0.1)
    assert found.scanned == (1e-4, 1e-2)
    assert found.intervals == ((pytest.approx(EDGE, rel=1e-9), None),)
    assert bind(scan=(1e-5, 5e-4))(m_Ap=0.1).intervals == ()
    assert bind(scan=(2e-3, 5e-3))(m_Ap=0.1).intervals == ((None, None),)
    assert bind(scan=(4e-5, 5e-3), below=3e-5)(m_Ap=0.1).gaps == ()
    bound = bind(scan=(1e-4, 1e-2))
    assert bound.rate.search.name == "made-gaps"
    assert pickle.loads(pickle.dumps(bound))(m_Ap=0.1) == found
    for wrong in ((1e-2, 1e-4), (0.0, 1e-2), (1e-9, 1e-2), (1e-3, 2.0), (-1e-2, -1e-3), (1e-3,), (math.nan, 1.0)):
        with pytest.raises(BadParameter, match="a scan of eps goes from LOW to HIGH between 1e-08 and 1, without 0"):
            bind(scan=wrong)


def test_a_gap_of_negative_values_is_negative(add_search: Callable[..., str]) -> None:
    """N = 1e10 (4 pi alpha_D) (e eps)^2 U2_mu, even in eps, refused below N = 0.01: the mirror image of the positive values."""

    @numba.njit
    def even(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
        out[0], error[0] = 1e10 * slots[VECTOR2_MU], 1e-9
        return 1000 if out[0] < 1e-2 else 0

    reads = ("m_N", "vector2_mu", "interference_mu")
    name = add_search("made-even", even, limit=1.0, reads=reads, refusals={1000: "too small"})
    point = {"m_N": 0.1, "m_Zp": 1.0, "U2_D": 1.0, "U2_mu": 1e-6, "alpha_D": 1.0}
    edge = 1.0 / (ELECTRIC_CHARGE * math.sqrt(1e10 * 4.0 * math.pi * 1e-6))
    both = [
        lookup.limit(name, "dark-neutrino", "eps", nature="dirac", negative=n, scan=s)(**point)
        for n, s in ((False, (1e-6, 1.0)), (True, (-1.0, -1e-6)))
    ]
    assert both[1].scanned == (-1.0, -1e-6)
    assert len(both[0].gaps) == len(both[1].gaps) == 1
    assert (both[1].gaps[0].low, both[1].gaps[0].high) == (-both[0].gaps[0].high, -both[0].gaps[0].low)
    assert both[0].intervals == ((pytest.approx(edge, rel=1e-9), None),)
    assert both[0].gaps[0].high == pytest.approx(0.1 * edge, rel=1e-9)
    assert both[1].intervals == ((None, -both[0].intervals[0][0]),)
    assert "eps = -1e-06" in both[1].gaps[0].reason


def test_a_plane_with_refused_points_is_drawn_and_tells_why(bind: Callable[..., Limit], tmp_path: Path) -> None:
    """Expected: ln(1e6 eps^2) where there is an answer, refused below eps = 1e-4 for m < 1 GeV."""
    bound = bind(below=1e-4)
    axes = ("m_Ap", 0.1, 9.0), ("eps", 1e-6, 0.1)
    values, refused, reasons = plane(bound, {}, *axes, 40)
    m, eps = np.meshgrid(np.geomspace(0.1, 9.0, 40), np.geomspace(1e-6, 0.1, 40))
    assert np.array_equal(refused, (m < 1.0) & (eps < 1e-4))
    np.testing.assert_allclose(values[~refused], np.log(1e6 * eps[~refused] ** 2), atol=1e-9)
    assert len(reasons) == 1
    assert f"no answer at {refused.sum()} of 1600 points" in reasons[0]
    options = {"below": 1e-4}
    notes = draw_plane(["made-gaps"], "dark-photon", options, {}, axes, tmp_path / "plane.png", 20)
    assert len(notes) == 1
    assert notes[0].startswith("made-gaps: no answer at")
    with pytest.raises(BadParameter, match="m_Ap"):
        plane(bound, {}, ("m_Ap", 0.1, 11.0), axes[1], 4)
    with pytest.raises(DoesNotFit, match="too small"):
        plane(bound, {}, ("m_Ap", 0.1, 0.5), ("eps", 1e-6, 1e-5), 4)


def test_excess_tells_the_status_of_every_point(bind: Callable[..., Limit]) -> None:
    """Expected: refused, no information and bad parameters apart, and the closed excess."""
    bound = bind(below=1e-4, silent=0.5)
    mixings = np.array([1e-5, 1e-2, 0.9, 2.0])
    found, status = bound.excess_and_status(m_Ap=0.1, eps=mixings)
    expected = [Status.REFUSED, Status.ANSWERED, Status.NO_INFORMATION, Status.BAD_PARAMETER]
    assert [Status(item) for item in status] == expected
    assert found[1] == pytest.approx(math.log(1e6 * 1e-4), rel=1e-12)
    with pytest.raises(DoesNotFit):
        bound.excess(m_Ap=0.1, eps=mixings[:2])
    assert np.array_equal(np.isnan(bound.excess(m_Ap=0.1, eps=mixings, outside="nan")), [True, False, True, True])
    assert bound.closest(m_Ap=0.1)[0] == pytest.approx(0.5, rel=0.01)


def test_the_command_line_tells_gaps(bind: Callable[..., Limit], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In words, JSON and CSV; --scan as in Python."""
    bound = bind(below=3.3e-5, scan=(1e-6, 0.1))
    found = bound(m_Ap=0.1)
    command = ["limit", "made-gaps", "--model", "dark-photon", "--option", "below=3.3e-5", "--scan", "1e-6:0.1"]
    assert cli.main([*command, "m_Ap=0.1"]) == 0
    assert "no answer below eps = 3.3e-05, because made-gaps: eps is too small to say" in capsys.readouterr().out
    assert cli.main([*command, "m_Ap=0.1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["gaps"] == [{"low": 1e-6, "high": found.gaps[0].high, "reason": found.gaps[0].reason}]
    assert answer["scanned"] == [1e-6, 0.1]
    (tmp_path / "points.csv").write_text("m_Ap\n0.1\n2.0\n")
    assert cli.main([*command, "--points", str(tmp_path / "points.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["gaps"].startswith("1e-06 to 3.3")
    assert "too small to say" in rows[0]["gaps"]
    assert rows[1]["gaps"] == ""
    assert cli.main([*command[:-1], "1e-6", "m_Ap=0.1"]) == 2
    assert "--scan '1e-6' is not of the form LOW:HIGH" in capsys.readouterr().err


def test_a_table_that_ends_inside_a_scan_leaves_a_gap(add_search: Callable[..., str]) -> None:
    """A search whose table reaches eps of 1e-2 to 1 only (by its status 1): the sentence of the table."""
    from gloam.lookup.vocabulary import BR_AP_11

    @numba.njit
    def beyond(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
        out[0], error[0] = 1e6 * slots[EPS] ** 2 * slots[BR_AP_11], 0.0
        return 1 if slots[EPS] < 1e-2 else 0

    name = add_search("made-table", beyond, limit=1e3, tables=(("na64-yield", ""),))
    bound = lookup.limit(name, "dark-photon")
    found = bound(m_Ap=0.1, br_invisible=1.0)
    assert found.intervals == ((pytest.approx(math.sqrt(1e-3), rel=1e-9), None),)
    assert found.gaps[0].high == pytest.approx(1e-2, rel=1e-9)
    assert "na64-yield: m_Ap" in found.gaps[0].reason
    with pytest.raises(OutOfRange, match="na64-yield"):
        bound.rate(m_Ap=0.1, br_invisible=1.0, eps=1e-3)
