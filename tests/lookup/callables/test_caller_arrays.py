"""Arrays of the caller in compiled code: read and written in place, or refused with a status and NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup import at
from gloam.lookup.callables.plan import TOO_SHORT, UNUSABLE
from gloam.lookup.errors import BadParameter
from numba import njit

POINT = {"m_N": 0.14, "m_Zp": 1.25, "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-6, "U2_D": 1.0}
RATE = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
KERNEL = RATE.kernel


@njit
def ask(blob: Any, plan: Any, parameters: Any, out: Any) -> int:
    return KERNEL(blob, plan, parameters, out)


@njit
def ask_table(blob: Any, offset: int, x: Any, out: Any) -> int:
    return at(blob, offset, x, out)


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


def unusable() -> dict[str, tuple[Any, Any, Any, Any]]:
    """Arguments of the kernel, each with one fault, and `out` last."""
    blob, plan = RATE.data
    x, out, wide = RATE.point(POINT), np.zeros(2), np.zeros(20)
    column = np.zeros((8, 5))
    column[:, 2] = x
    wide[:8] = x
    return {
        "column": (blob, plan, column[:, 2], out),
        "reversed": (blob, plan, x[::-1], out),
        "column out": (blob, plan, x, np.zeros((2, 3))[:, 1]),
        "single precision": (blob, plan, x.astype(np.float32), out),
        "integers": (blob, plan, x.astype(np.int64), out),
        "single precision out": (blob, plan, x, np.zeros(2, dtype=np.float32)),
        "rows": (blob, plan, x.reshape(8, 1), out),
        "swapped": (plan, blob, x, out),
        "thinned blob": (np.repeat(blob, 2)[::2], plan, x, out),
        "shared": (blob, plan, wide[:8], wide[7:9]),
    }


@pytest.mark.parametrize("call", [KERNEL, ask], ids=["python", "compiled"])
@pytest.mark.parametrize("fault", unusable())
def test_the_kernel_refuses_what_it_would_misread(call: Any, fault: str) -> None:
    """Expected: a status that explains itself, NaN in `out`, nothing written beside it (a column read as a row gave 6e14)."""
    blob, plan, x, out = unusable()[fault]
    beside = None if out.base is None else out.base.copy()
    assert call(blob, plan, x, out) == UNUSABLE
    assert np.isnan(out).all()
    if beside is not None:
        out[...] = 0.0 if fault != "shared" else beside[7:9]
        assert np.array_equal(out.base, beside)
    assert "contiguous" in str(RATE.explain(UNUSABLE, RATE.point(POINT)))


@pytest.mark.parametrize("call", [KERNEL, ask], ids=["python", "compiled"])
def test_the_kernel_refuses_what_is_too_short_or_read_only(call: Any) -> None:
    """Expected: NaN where something is too short or the data are those of another rate; a read-only `out` as it was."""
    x = RATE.point(POINT)
    blob, plan = RATE.data
    for arguments in ((blob, plan, x[:7]), (blob[:-1], plan, x), (blob, plan[:5], x), (np.zeros(0), plan, x)):
        out = np.zeros(2)
        assert call(*arguments, out) == TOO_SHORT
        assert np.isnan(out).all()
    short = np.zeros(1)
    assert call(blob, plan, x, short) == TOO_SHORT
    assert np.isnan(short).all()
    kept = read_only(np.full(2, 3.0))
    assert call(blob, plan, x, kept) == UNUSABLE
    assert kept.tolist() == [3.0, 3.0]
    out = np.zeros(2)
    assert call(blob, plan, read_only(RATE.point(POINT)), out) == 0
    assert out[0] == RATE(**POINT)


@pytest.mark.parametrize("call", [at, ask_table], ids=["python", "compiled"])
def test_the_lookup_refuses_what_it_would_misread(call: Any) -> None:
    """Expected: -1 and NaN for strides, types, shared memory, and offsets at which no table begins; the values otherwise."""
    table = lookup.load("vector-rates")
    blob, offset = table.blob, table.offset("miniboone-rhc")
    x, wide = np.array([0.1, 0.5]), np.zeros(24)
    wide[:2] = x
    faults = [(blob, wrong, x, np.zeros(12)) for wrong in (-1, 1, offset + 1, blob.size, blob.size - 5, 2**62)]
    faults += [
        (blob, offset, np.array([[0.1, 0.0], [0.5, 0.0]])[:, 0], np.zeros(12)),
        (blob, offset, x, np.zeros((12, 2))[:, 0]),
        (blob, offset, x.astype(np.float32), np.zeros(12)),
        (blob, offset, x, np.zeros(11)),
        (blob, offset, x[:1], np.zeros(12)),
        (blob, offset, wide[:2], wide[1:13]),
    ]
    for arguments in faults:
        assert call(*arguments) == -1
        assert np.isnan(arguments[-1]).all()
    own = blob.copy()
    for array in (blob, own):  # the first is read-only
        assert call(array, offset, x, array[:12]) == -1
        assert np.array_equal(array, table.blob)
    out = np.zeros(12)
    assert call(blob, offset, np.array([0.1, 99.0]), out) == 2
    assert np.isnan(out).all()
    assert call(blob, offset, x, out) == 0
    assert out.tolist() == table(m_N=0.1, m_mediator=0.5, beam="miniboone-rhc").tolist()


def test_python_says_in_words_what_compiled_code_cannot_take() -> None:
    """Expected: BadParameter for lists, text, wrong counts and names."""
    blob, plan = RATE.data
    out = np.empty(2)
    for arguments in (([0.1] * 8, out), (RATE.point(POINT), None), ("x", out), (RATE.point(POINT).astype(object), out)):
        with pytest.raises(BadParameter, match=r"kernel takes 4 arguments.*number [34] is"):
            KERNEL(blob, plan, *arguments)
    for offset in (0.0, "a", True, None):
        with pytest.raises(BadParameter, match=r"number 2 is .* not an integer"):
            at(blob, offset, np.zeros(2), out)


def test_fill_refuses_shared_memory_and_what_it_would_leave_unwritten() -> None:
    """Expected: BadParameter that names both arrays (answers were off by up to 626), or the two calls that it takes."""
    table, wide = lookup.load("hadronic-width"), np.full(12, 0.9)
    x, out = wide[:8].reshape(4, 2), np.empty((4, 1))
    for given, words in (
        ((x, wide[6:10].reshape(4, 1)), "out and x share memory"),
        ((x, out, out), "out and error share memory"),
        ((x, out, wide[4:8].reshape(4, 1)), "error and x share memory"),
        ((x, table.blob[:4].reshape(4, 1)), "out is read-only"),
    ):
        with pytest.raises(BadParameter, match=words):
            table.fill(*given)
    with pytest.raises(BadParameter, match="two calls"):
        table.fill(x, np.empty((4, 3, 1)), np.empty((4, 1)), gradient=True)
    for wrong in (read_only(np.empty((4, 1))), np.ma.array(np.empty((4, 1))), np.empty((4, 1), dtype=">f8"), [[0.0]] * 4):
        with pytest.raises(BadParameter, match="out is"):
            table.fill(x, wrong)
    for place in (None, 0.9, [[0.9, 0.9]], np.zeros(2)):
        with pytest.raises(BadParameter, match="x is"):
            table.fill(place, out)


def test_out_is_a_plain_array_that_may_be_written() -> None:
    """Expected: BadParameter for read-only, masked and foreign ones; the answer where it is the input itself."""
    table, m_N = lookup.load("hadronic-width"), np.array([0.9, 1.0])
    for wrong in (read_only(np.empty(2)), np.ma.array([0.0, 0.0], mask=True), np.empty(2, dtype=np.float32), [0.0, 0.0]):
        with pytest.raises(BadParameter, match="out is"):
            table(m_N=m_N, m_Zp=1.3, out=wrong)
    wanted = table(m_N=m_N, m_Zp=1.3).tolist()
    assert table(m_N=m_N, m_Zp=1.3, out=m_N).tolist() == wanted


def test_another_number_of_arguments_is_one_sentence() -> None:
    """Expected: BadParameter that names what is wanted, from a bound table, the lookup and the kernel."""
    table = lookup.load("hadronic-width")
    bound = table.bind()
    for values in ((), (0.9,), (0.9, 1.3, 1.0)):
        with pytest.raises(BadParameter, match=r"a bound table takes 2 numbers in this order, m_N \[GeV\], m_Zp \[GeV\]; got"):
            bound(*values)
    for function in (at, KERNEL):
        with pytest.raises(BadParameter, match=r"takes 4 arguments in order, without names; got 1"):
            function(1)
        with pytest.raises(BadParameter, match=r"got 5, out by name"):
            function(1, 2, 3, 4, out=np.empty(2))


def test_a_float_with_a_unit_is_no_plain_number() -> None:
    """Expected: a class that derives from float and says `units` is refused where it cannot be converted, never read bare."""

    class Quantity(float):
        units = "MeV"

    class Plain(float):
        """A float by another name."""

    table = lookup.load("hadronic-width")
    with pytest.raises(BadParameter, match="carries a unit"):
        table.bind()(Quantity(0.9), 1.3)
    with pytest.raises(BadParameter, match=r"rate\.scalar takes"):
        RATE.scalar(*RATE.point(POINT)[:-1], Quantity(0.0))
    with pytest.raises(BadParameter, match=r"m_N = .* is not in GeV"):
        table(m_N=Quantity(900.0), m_Zp=1.3)
    assert table.bind()(Plain(0.9), 1.3) == table(m_N=Plain(0.9), m_Zp=1.3) == table.bind()(0.9, 1.3)
