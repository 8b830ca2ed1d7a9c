"""Thousands of random calls that no one should make: every one is answered, or refused by one of gloam's errors."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from gloam import lookup
from gloam.lookup.errors import GloamError

CALLS = 3000


class Sullen:
    """An object whose every answer is an error."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError

    @property
    def unit(self) -> Any:
        raise RuntimeError


NESTED: list[Any] = []
NESTED.append(NESTED)
VALUES: tuple[Any, ...] = (
    None,
    True,
    np.True_,
    0,
    -1,
    10**400,
    -(10**400),
    0.0,
    -0.0,
    float("nan"),
    float("inf"),
    -float("inf"),
    5e-324,
    1.7e308,
    0.25,
    np.float32(0.25),
    np.float16(0.3),
    np.longdouble("1e4000"),
    1j,
    np.complex64(1),
    "",
    "0.2",
    "0_8",
    "dirac",
    "\0",
    "x" * 10**4,
    "microboone",
    "\udc80",
    b"1",
    bytearray(b"1"),
    memoryview(b"12345678"),
    [],
    (),
    {},
    set(),
    [[]],
    [0.2, None],
    [0.2, [0.3]],
    [0.2, 0.3],
    NESTED,
    {"a": 1},
    range(3),
    object(),
    Sullen(),
    Sullen,
    len,
    iter([0.2]),
    slice(1),
    Ellipsis,
    NotImplemented,
    Fraction(1, 4),
    Decimal("0.2"),
    pd.NA,
    pd.NaT,
    pd.Series([0.2, None]),
    pd.Series([0.2, 0.3]),
    pd.DataFrame({"a": [0.2]}),
    np.datetime64("2020"),
    np.timedelta64(3),
    np.array(0.2),
    np.array([]),
    np.zeros((2, 0)),
    np.array([0.2, 0.3]),
    np.array([0.2, 0.3, 0.4]),
    np.array([True]),
    np.array([1j]),
    np.array(["a"]),
    np.array([None]),
    np.array([object()], dtype=object),
    np.zeros(2, dtype="i4,f8"),
    np.zeros((2, 1, 2)),
    np.array([0.2, 0.3], dtype=">f8"),
    np.ma.masked,
    np.ma.array([0.2, 0.3], mask=[True, False]),
    np.array([0.2, 0.3], dtype=np.float32),
    np.array([2**63], dtype=np.uint64),
    np.full(2, np.nan),
    np.broadcast_to(0.2, 2),
    np.array([[0.2], [0.3]])[::-1],
)
NAMES = (
    "m_N",
    "m_Zp",
    "m_mediator",
    "beam",
    "nature",
    "eps",
    "U2_mu",
    "out",
    "outside",
    "label",
    "scan",
    "",
    "x y",
    "self",
    "m_Ap",
    "E_0",
)
TITLES = (
    "dipole",
    "dark-neutrino",
    "g-2",
    "miniboone-fhc-total",
    "vector-rates",
    "sigma-vector",
    "dark-photon",
    "../x",
    "a/b",
    "",
    "\0",
)


def targets() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Public calls, each with arguments that it answers."""
    table, row, quantity = (lookup.load(name) for name in ("hadronic-width", "vector-rates", "photon-flux-lead"))
    rate = lookup.rate("miniboone-fhc-produced", "dipole", nature="dirac")
    limit = lookup.limit("g-2", "dark-photon", "eps")
    model = lookup.model("dark-photon")
    of_table, of_row = {"m_N": 0.9, "m_Zp": 1.3}, {"m_N": 0.1, "m_mediator": 0.5, "beam": "microboone"}
    of_quantity, of_rate = {"m_Ap": 0.1, "E_0": 100.0, "bracket": "squared"}, {"m_N": 0.2, "mu_tr_mu": 1e-6}
    of_model = {"m_Ap": 0.1, "eps": 1e-3}
    found: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "load": (lookup.load, {"name": "hadronic-width"}),
        "rate": (lookup.rate, {"search": "miniboone-fhc-produced", "model": "dipole", "nature": "dirac"}),
        "limit": (lookup.limit, {"search": "g-2", "model": "dark-photon", "coupling": "eps", "negative": False}),
        "model": (lookup.model, {"name": "dark-photon"}),
        "benchmark": (lookup.benchmark, {"model": "dark-hnl", "name": "BP1"}),
        "table.bind": (row.bind, {"label": "microboone", "component": 3}),
        "table.offset": (row.offset, {"label": "microboone"}),
        "table.fill": (table.fill, {"x": np.full((2, 2), 0.9), "out": np.empty((2, 1)), "error": np.empty((2, 1)), "label": ""}),
        "rate.scalar": (lambda **given: rate.scalar(*given.values()), {"a": 0.2, "b": 0.0, "c": 1e-6, "d": 0.0}),
        "bound table": (lambda **given: table.bind()(*list(given.values())[:2], *[0.9] * (2 - len(given))), {"a": 0.9, "b": 1.3}),
        "rate.explain": (rate.explain, {"status": 10_000, "x": np.array([9.0, 0.0, 0.0, 0.0])}),
        "kernel": (
            lambda parameters=None, out=None, **more: rate.kernel(*rate.data, parameters, out),
            {"parameters": np.array([0.2, 0.0, 1e-6, 0.0]), "out": np.empty(2)},
        ),
    }
    for owner, thing, given in (
        ("table", table, of_table),
        ("row", row, of_row),
        ("quantity", quantity, of_quantity),
        ("rate", rate, of_rate),
        ("model", model, of_model),
        ("limit", limit, {"m_Ap": 0.1}),
    ):
        found[owner] = thing, given
        for name in (
            "value_and_error",
            "error",
            "gradient",
            "hessian",
            "external",
            "slots",
            "edges",
            "closest",
            "value_and_status",
        ):
            if hasattr(thing, name):
                found[f"{owner}.{name}"] = getattr(thing, name), given
    found["limit.excess"] = limit.excess, of_model
    return found


def spoiled(given: dict[str, Any], chance: random.Random) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments with one to three random faults."""
    named, unnamed = dict(given), []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        fault = chance.random()
        if fault < 0.7:
            named[chance.choice(list(named) or ["m_N"])] = chance.choice((*VALUES, *TITLES))
        elif fault < 0.8:
            named[chance.choice(NAMES)] = chance.choice(VALUES)
        elif fault < 0.9 and named:
            del named[chance.choice(list(named))]
        else:
            unnamed.append(chance.choice(VALUES))
    return tuple(unnamed), named


def test_hostile_calls_meet_no_error_but_those_of_gloam() -> None:
    """Expected: an answer or a GloamError in one line; Python's own TypeError where a signature is not met.

    numba, which looks at the arguments of the kernel before gloam can, has words of its own for empty lists and masked arrays.
    """
    chance, known, raw = random.Random(20261201), targets(), Counter[str]()
    answered = 0
    with warnings.catch_warnings(), np.errstate(divide="raise", over="raise", invalid="raise"):
        warnings.simplefilter("error")
        for _ in range(CALLS):
            name = chance.choice(list(known))
            call, given = known[name]
            unnamed, named = spoiled(given, chance)
            try:
                call(*unnamed, **named)
                answered += 1
            except GloamError as error:
                if "\n" in str(error) or len(str(error)) > 2000:
                    raw[f"{name}: {str(error)[:100]}"] += 1
            except Exception as error:
                signature = isinstance(error, TypeError) and any(
                    words in str(error)
                    for words in ("unexpected keyword", "required positional", "multiple values", "positional argument")
                )
                numba_first = any(words in str(error) for words in ("fingerprint of empty list", "Unsupported array type"))
                if not signature and not numba_first:
                    raw[f"{name}: {type(error).__name__}: {str(error)[:200]}"] += 1
    assert not raw, "\n".join(f"{count} x {what}" for what, count in raw.most_common())
    assert 0.05 * CALLS < answered < 0.6 * CALLS
