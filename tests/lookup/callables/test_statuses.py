"""The status beside every value: what NaN means, for rates, tables, composed quantities and models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.statuses import Status
from gloam.lookup.errors import BadParameter, UnknownName
from gloam.lookup.vocabulary import EPS, SILENT

POINT = {"m_N": 0.3, "m_Zp": 0.05, "eps": 1e-3, "alpha_D": 0.1, "U2_D": 0.9}
OUTSIDE, BAD, NONE = Status.OUTSIDE_TABLE, Status.BAD_PARAMETER, Status.NO_INFORMATION


def test_a_rate_tells_what_a_point_without_a_number_is() -> None:
    """Expected: U2_mu = 0.5 beside U2_D = 0.9 breaks unitarity, m_N = 3 is above its range, the rest has a number."""
    rate = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
    masses, mixings = np.array([[0.3], [3.0], [np.nan]]), np.array([1e-6, 0.5])
    values, statuses = rate.value_and_status(**{**POINT, "m_N": masses}, U2_mu=mixings)
    expected = [[Status.ANSWERED, Status.UNPHYSICAL], [BAD, BAD], [BAD, BAD]]
    assert [[Status(item) for item in row] for row in statuses] == expected
    assert values[0, 0] == rate(**POINT, U2_mu=1e-6)
    assert np.isnan(values).sum() == 5
    assert rate.value_and_status(**POINT, U2_mu=1e-6) == (values[0, 0], Status.ANSWERED)
    assert np.isnan(rate(**POINT, U2_mu=mixings, outside="nan")[1])
    with pytest.raises(UnknownName):
        rate.value_and_status(**POINT, U2_muon=1e-6)


@pytest.mark.parametrize(
    ("code", "status"), [(0, Status.ANSWERED), (1, OUTSIDE), (1000, Status.REFUSED), (SILENT, NONE), (2, OUTSIDE)]
)
def test_every_answer_of_a_search_has_its_status(add_search: Callable[..., str], code: int, status: Status) -> None:
    """Expected: the meaning of every code of `predict`, and the same through a limit."""

    @numba.njit
    def predict(slots: Any, options: Any, blob: Any, offsets: Any, out: Any, error: Any) -> int:
        out[0], error[0] = 1e6 * slots[EPS] ** 2, 0.0
        return code

    reasons = {"refusals": {1000: "left out"}, "tables": (("na64-yield", ""),), "limit": 1.0}
    name = add_search(f"made-{code}", predict, **reasons)
    value, found = lookup.rate(name, "dark-photon").value_and_status(m_Ap=0.1, eps=1e-2)
    assert found is status
    assert np.isnan(value) == (status is not Status.ANSWERED)
    assert lookup.limit(name, "dark-photon").excess_and_status(m_Ap=0.1, eps=[1e-2])[1].tolist() == [status]
    assert len(found.explain()) > 10


def test_a_model_refuses_what_is_left_out_and_what_is_no_physics_differently() -> None:
    """Expected: a splitting nearly on shell is physics that is left out; a column beyond unitarity is none."""
    idm = lookup.model("idm")
    point = {"m_Ap": 1.0, "r": 0.48, "eps": 1e-3, "alpha_D": 0.1}
    values, statuses = idm.value_and_status(**point, Delta=np.array([0.4, 1.9]))
    assert [Status(item) for item in statuses] == [Status.ANSWERED, Status.REFUSED]
    assert values["c_tau_2"][0] == idm(**point, Delta=0.4)["c_tau_2"]
    assert np.isnan(values["c_tau_2"][1])
    with pytest.raises(BadParameter, match="not included"):
        idm(**point, Delta=1.9)
    dark = lookup.model("dark-neutrino", nature="dirac")
    assert dark.value_and_status(**POINT, U2_mu=0.5)[1] is Status.UNPHYSICAL
    assert dark.value_and_status(**POINT, U2_mu=0.001)[1] is Status.ANSWERED


def test_tables_and_composed_quantities_tell_the_status_too() -> None:
    """Expected: outside by a bound of the table, no number by NaN, an order of masses that is none."""
    table = lookup.load("hadronic-width")
    values, statuses = table.value_and_status(m_N=np.array([0.9, 0.9, np.nan]), m_Zp=np.array([1.3, 11.0, 1.3]))
    assert [Status(item) for item in statuses] == [Status.ANSWERED, OUTSIDE, BAD]
    assert values[0] == table(m_N=0.9, m_Zp=1.3)
    assert table.value_and_status(m_N=0.9, m_Zp=11.0)[1] is OUTSIDE
    rows, statuses = lookup.load("vector-rates").value_and_status(m_N=[0.1, 9.0], m_mediator=0.4, beam="microboone")
    assert rows.shape == (2, 12)
    assert [Status(item) for item in statuses] == [Status.ANSWERED, OUTSIDE]
    width = lookup.load("width-dark-photon")
    values, statuses = width.value_and_status(m_Ap=[0.5, 50.0, np.nan], final="electrons")
    assert [Status(item) for item in statuses] == [Status.ANSWERED, OUTSIDE, BAD]
    assert values[0] == width(m_Ap=0.5, final="electrons")
    pair = lookup.load("width-semivisible")
    known = {"transition": pair.entry.choices["transition"][0], "final": pair.entry.choices["final"][0]}
    assert pair.value_and_status(m_j=0.2, m_i=0.3, m_Ap=1.0, **known)[1] is Status.UNPHYSICAL
    assert pair.value_and_status(m_j=0.95, m_i=0.1, m_Ap=1.0, **known)[1] is Status.REFUSED
    assert pair.value_and_status(m_j=0.3, m_i=0.2, m_Ap=1.0, **known)[1] is Status.ANSWERED
