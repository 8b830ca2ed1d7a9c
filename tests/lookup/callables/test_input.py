"""What a user gives for a number is that number in the stated unit, or is refused in one sentence; nothing is misread."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numba
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from gloam import lookup
from gloam.lookup.errors import BadParameter, DoesNotFit, GloamError, OutOfRange
from gloam.lookup.models.neutral_leptons import dipole

IN_GEV = {"GeV": 1.0, "TeV": 1e3, "MeV": 1e-3}
POINT: dict[str, Any] = {"m_N": 0.14, "m_Zp": 1.25, "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-6, "U2_D": 1.0}


class Astropy(np.ndarray):
    """An array with a unit as astropy has them: ``unit``, ``to`` and ``value``."""

    unit: str

    def to(self, unit: str) -> Astropy:
        if self.unit not in IN_GEV or unit != "GeV":
            raise ValueError(unit)
        return with_unit(np.asarray(self) * IN_GEV[self.unit], unit)

    @property
    def value(self) -> Any:
        return np.asarray(self)


def with_unit(numbers: Any, unit: str) -> Astropy:
    """``numbers`` in the manner of astropy."""
    found = np.asarray(numbers, dtype=np.float64).view(Astropy)
    found.unit = unit
    return found


class Pint:
    """A quantity as pint has them: ``units``, ``to`` and ``magnitude``; numpy strips the unit with no more than a warning."""

    def __init__(self, magnitude: Any, units: str) -> None:
        self.magnitude, self.units = magnitude, units

    def to(self, unit: str) -> Pint:
        if unit != "GeV":
            raise ValueError(unit)
        return Pint(self.magnitude * IN_GEV[self.units], unit)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.magnitude, dtype=dtype)


QUESTIONS = {
    "table": lambda m_N, **more: lookup.load("hadronic-width")(m_N=m_N, m_Zp=2.0, **more),
    "row": lambda m_N, **more: lookup.load("vector-rates")(m_N=m_N, m_mediator=2.0, beam="microboone", **more),
    "quantity": lambda m_N, **more: lookup.load("width-dark-photon")(m_Ap=m_N, final="electrons", **more),
    "rate": lambda m_N, **more: lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")(
        **{**POINT, "m_N": m_N}, **more
    ),
}
everywhere = pytest.mark.parametrize("kind", QUESTIONS)


@everywhere
def test_a_unit_is_converted_or_refused(kind: str) -> None:
    """Expected: the answer at the same energy in GeV; a length, and a unit that cannot be converted, are refused."""
    ask = QUESTIONS[kind]
    wanted, pair = np.asarray(ask(0.5)), np.asarray(ask([0.5, 0.6]))
    for given in (with_unit(5e-4, "TeV"), Pint(500.0, "MeV"), with_unit(0.5, "GeV"), xr.DataArray(0.5, attrs={"units": "GeV"})):
        assert np.asarray(ask(given)) == pytest.approx(wanted, rel=1e-12)
    for several in (with_unit([5e-4, 6e-4], "TeV"), [Pint(500.0, "MeV"), Pint(6e-4, "TeV")], Pint(np.array([0.5, 0.6]), "GeV")):
        assert np.asarray(ask(several)) == pytest.approx(pair, rel=1e-12)
    for refused in (with_unit(5e-4, "m"), Pint(1.0, "fm"), xr.DataArray(500.0, attrs={"units": "MeV"})):
        with pytest.raises(BadParameter, match="GeV"):
            ask(refused)


def test_a_pure_number_takes_no_energy() -> None:
    """Expected: eps is refused in GeV; without unit it is itself."""
    with pytest.raises(BadParameter, match=r"eps = .* a number without unit"):
        lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")(**{**POINT, "eps": with_unit(1e-3, "GeV")})


@everywhere
def test_what_is_masked_is_nan_or_refused(kind: str) -> None:
    """Expected: NaN where masked and the usual answer beside it; by default an error, as for any point outside."""
    ask = QUESTIONS[kind]
    masked = np.ma.array([0.5, 0.6], mask=[False, True])
    found = np.asarray(ask(masked, outside="nan"))
    assert found[0] == pytest.approx(np.asarray(ask(0.5)), rel=1e-12)
    assert np.isnan(found[1]).all()
    assert np.isnan(np.asarray(ask([0.5, np.ma.masked], outside="nan"))[1]).all()
    with pytest.raises((OutOfRange, BadParameter), match="nan"):
        ask(masked)


@everywhere
@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        [True, 0.5],
        0.5 + 1j,
        np.complex128(0.5 + 1j),
        np.array([0.5 + 0j]),
        "0.5",
        "0_8",
        b"1",
        bytearray(b"1"),
        None,
        pd.NA,
        pd.Series([0.5, pd.NA], dtype=object),
        np.array([0.5, None]),
        10**400,
        np.datetime64("2020"),
        [[0.5], [0.5, 0.6]],
        {0.5},
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_real_number_is_refused_by_every_call(kind: str, value: Any) -> None:
    """Expected: one sentence of gloam that shows the value; also where points outside are NaN."""
    for more in ({}, {"outside": "nan"}):
        with pytest.raises(BadParameter, match=r"(?s)\A[^\n]* = [^\n]* is not [^\n]*\Z"):
            QUESTIONS[kind](value, **more)


@pytest.mark.parametrize("value", [True, "0_8", 0.5 + 1j, np.array([0.5]), None, 10**400])
def test_calls_of_compiled_code_with_numbers_alone_take_nothing_else(value: Any) -> None:
    """Expected: BadParameter from the leanest calls too, which hand their arguments to compiled code."""
    rate = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
    values = rate.point(POINT).tolist()
    with pytest.raises(BadParameter, match="plain number"):
        lookup.load("hadronic-width").bind()(value, 2.0)
    with pytest.raises(BadParameter, match="takes 8 numbers"):
        rate.scalar(value, *values[1:])
    assert rate.scalar(np.float32(0.5), *values[1:]) == rate.scalar(0.5, *values[1:]) == rate.scalar(np.float64(0.5), *values[1:])
    assert rate.scalar(*values[:4], 1, *values[5:]) == rate.scalar(*values)
    with pytest.raises(BadParameter, match="takes 8 numbers"):
        rate.scalar(*values[:-1])


def test_options_are_numbers_and_labels_of_their_kind() -> None:
    """Expected: the text 0_8 is no 0.8, truth is no 1, and a list of labels is no label."""
    for efficiency in ("0_8", True, [0.5, 0.6], 0.5j):
        with pytest.raises(BadParameter, match="efficiency"):
            lookup.rate("miniboone-fhc-total", "dipole", nature="dirac", efficiency=efficiency)
    for nature in (["dirac"], np.array(["dirac", "majorana"]), True, 1.0):
        with pytest.raises(GloamError, match="nature"):
            lookup.rate("miniboone-fhc-total", "dipole", nature=nature)
    with pytest.raises(GloamError, match="beam"):
        lookup.load("vector-rates")(beam=["a", "b"], m_N=0.1, m_mediator=1.0)


@pytest.mark.parametrize("miss", [1e-16, 4e-16, 5e-8])
@pytest.mark.parametrize(("name", "side"), [("m_N", -1.0), ("m_N", 1.0), ("m_Zp", 1.0)])
def test_a_bound_that_is_missed_by_rounding_is_the_bound(name: str, side: float, miss: float) -> None:
    """Expected: the answer at the bound, by every call; 1e-6 beyond it an error."""
    rate = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
    item = next(item for item in rate.parameters if item.name == name)
    bound = item.low if side < 0.0 else item.high
    near, wanted = {**POINT, name: bound * (1.0 + side * miss)}, rate(**{**POINT, name: bound})
    assert rate(**near) == wanted
    assert rate(**{**near, "eps": np.array([1e-3, 1e-3])}).tolist() == pytest.approx([wanted, wanted], rel=1e-12)
    values = np.array([near[p.name] if p.name in near else p.default for p in rate.parameters])
    out = np.empty(2)
    assert rate.kernel(*rate.data, values, out) == 0
    assert out[0] == wanted
    with pytest.raises(BadParameter, match="not allowed"):
        rate(**{**POINT, name: bound * (1.0 + side * 1e-6)})


def test_grids_and_single_precision_reach_the_ends_of_a_range() -> None:
    """Expected: numbers at all 50 points of a grid that ends on both bounds, and at the bound in single precision."""
    table = lookup.load("dipole-rates")
    assert np.isfinite(table(beam="microboone", m_N=np.logspace(np.log10(0.005), np.log10(2), 50))).all()
    low = table(beam="microboone", m_N=0.005)
    assert table(beam="microboone", m_N=np.float32(0.005)).tolist() == low.tolist()
    assert table.bind("microboone", 3)(np.float32(0.005)) == low[3]
    x, out, error = np.array([[0.005 * (1.0 - 2e-16)], [0.1], [0.004]]), np.empty((3, 12)), np.empty((3, 12))
    assert table.fill(x, out, error, label="microboone") == 1
    assert out[0].tolist() == low.tolist()
    assert error[0].tolist() == table.error(beam="microboone", m_N=0.005).tolist()
    assert np.isnan(out[2]).all()
    invisible = lookup.model("dark-photon")
    point = {"m_Ap": 1.0, "eps": 1e-3}
    assert repr(invisible(**point, br_invisible=1.0 + 2.2e-16)) == repr(invisible(**point, br_invisible=1.0))


def test_mev_are_suspected_only_where_they_would_make_sense() -> None:
    """Expected: the hint for 140 in a range to 2 GeV, none for 10.0564 in one to 10, nor for 6e6."""
    found = []
    for m_Ap in (10.0564, 140.0, 6e6):
        with pytest.raises(BadParameter) as caught:
            lookup.model("dark-photon")(m_Ap=m_Ap, eps=1e-3)
        found.append("not MeV" in str(caught.value))
    assert found == [False, True, False]


def test_a_model_that_does_not_fill_what_it_provides_is_not_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: a refusal that names the slots that no line of the model fills."""

    @numba.njit
    def nothing(parameters: Any, options: Any, blob: Any, offsets: Any, slots: Any) -> int:
        return 0

    monkeypatch.setattr(dipole, "MODEL", replace(dipole.MODEL, quantities=nothing))
    with pytest.raises(DoesNotFit, match=r"'dipole' does not fill m_N, m_mediator"):
        lookup.model("dipole", nature="dirac")


def test_messages_stay_short_whatever_is_shown() -> None:
    """Expected: one line of less than 400 characters for a million digits, a page of text and a repr that fails."""

    class Sullen:
        def __repr__(self) -> str:
            raise RuntimeError

    for value in (10**4000, "x" * 10**5, "a\nb", Sullen(), np.zeros((50, 50), dtype=complex)):
        with pytest.raises(BadParameter) as caught:
            lookup.load("hadronic-width")(m_N=value, m_Zp=2.0)
        assert len(str(caught.value)) < 400
        assert re.fullmatch(r"[^\n]+", str(caught.value))
    assert math.isfinite(lookup.load("hadronic-width")(m_N=0.5, m_Zp=2.0))
