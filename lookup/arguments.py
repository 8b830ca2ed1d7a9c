"""What every call shares: numbers in, points outside, arrays of the caller."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np
from gloam.lookup.errors import BadParameter
from numpy.typing import NDArray

Policy = str | float
POLICIES = ("raise", "nan", "-inf", "no-information")  # for points without an answer
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def numbers(owner: str, name: str, value: Any) -> NDArray[np.float64]:
    """``value`` as float64.

    Raises
    ------
    BadParameter
        When it is no number or array of numbers; names owner, parameter and value.
    """
    try:
        found = np.asarray(value)
        if found.dtype.kind in "biuf":
            return found.astype(np.float64, copy=False)
    except ValueError:  # a ragged list
        pass
    what = "a number alone, without its unit" if isinstance(value, str) else "a real number or an array of them"
    msg = f"{owner}: {name} = {value!r} is not {what}"
    raise BadParameter(msg)


def rows(owner: str, columns: list[NDArray[np.float64]]) -> tuple[tuple[int, ...], Matrix]:
    """Shape of the answer, and the inputs as contiguous rows, shape (points, inputs).

    Raises
    ------
    BadParameter
        When the shapes of ``columns`` do not broadcast.
    """
    try:
        same = np.broadcast_arrays(*columns)
    except ValueError as error:
        msg = f"{owner}: the shapes of the inputs do not broadcast ({error})"
        raise BadParameter(msg) from error
    return same[0].shape, np.ascontiguousarray(np.stack([column.ravel() for column in same], axis=-1))


def wants_nan(outside: str) -> bool:
    """Whether points outside are to be NaN instead of an error; ``outside`` is "raise" or "nan"."""
    if outside not in ("raise", "nan"):
        msg = f"outside = {outside!r} is not allowed: 'raise' (an error) or 'nan' (NaN for these points)"
        raise BadParameter(msg)
    return outside == "nan"


def checked_policy(outside: Any) -> Policy:
    """A policy for points without an answer.

    Raises
    ------
    BadParameter
    """
    if isinstance(outside, int | float) and not isinstance(outside, bool) and not math.isnan(outside):
        return float(outside)
    if outside not in POLICIES:
        msg = f"outside = {outside!r} is not allowed: {', '.join(POLICIES)} or a number to stand for ln L"
        raise BadParameter(msg)
    policy: str = outside
    return policy


def refuse_positional(owner: str, names: Iterable[str], values: tuple[Any, ...]) -> NoReturn:
    """The error for inputs without names."""
    msg = f"{owner}: {', '.join(map(repr, values))} without a name: give every input by name, of {', '.join(names)}"
    raise BadParameter(msg)


def require_array(owner: str, name: str, array: Any, shape: tuple[int, ...], written: bool) -> None:
    """Refuse what compiled code cannot read or write in place.

    Raises
    ------
    BadParameter
        Unless ``array`` is contiguous float64 of ``shape`` and, if ``written``, writeable.
    """
    if not isinstance(array, np.ndarray):
        found = f"a {type(array).__name__}"
    elif array.shape != shape or array.dtype != np.float64:
        found = f"{array.dtype} of shape {array.shape}"
    elif not array.flags.c_contiguous:
        found = "not contiguous (C order)"
    elif written and not array.flags.writeable:
        found = "read-only"
    else:
        return
    msg = f"{owner}: {name} is {found}; it must be a contiguous{' writeable' if written else ''} float64 array of shape {shape}"
    raise BadParameter(msg)


def deliver(owner: str, values: NDArray[np.float64], out: NDArray[np.float64] | None) -> Any:
    """The answer: a float, an array, or ``out`` filled with it."""
    if out is not None:
        fits = isinstance(out, np.ndarray) and (out.shape == values.shape or out.size == values.size == 1)
        if not fits or out.dtype != np.float64:
            found = f"{out.dtype} of shape {out.shape}" if isinstance(out, np.ndarray) else f"a {type(out).__name__}"
            msg = f"{owner}: out is {found}; the answer is float64 of shape {values.shape}"
            raise BadParameter(msg)
        out[...] = values
        return out
    return float(values) if values.ndim == 0 else values
