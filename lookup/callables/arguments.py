"""What every call shares: numbers in, points outside, arrays of the caller."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

import numpy as np
from gloam.lookup.errors import BadParameter, shown
from gloam.lookup.interpolation.bounds import at_bounds
from gloam.lookup.vocabulary import Parameter
from gloam.tables.spec import Input
from numpy.typing import NDArray

Policy = str | float
POLICIES = ("raise", "nan", "-inf", "no-information")  # for points without an answer
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

PLAIN = {float, int, np.float64}  # types in a list that numpy reads as they are meant
RAISE = "raise"  # what a call does with points outside unless told otherwise
REAL_NUMBERS = "a real number or an array of them"
ARRAYS = (np.ndarray, np.memmap)  # that are written as they say: others mask, carry units, or are no arrays
NO_UNIT = "a number alone, without its unit"
Item = Input | Parameter
Kind = TypeVar("Kind", bound=type)
POSITIONAL = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL}


class Refused(Exception):
    """What a value is not, in words that follow "is not"."""


def numbers(owner: str, item: Item, value: Any) -> NDArray[np.float64]:
    """``value`` of the input or parameter ``item`` as float64 in its unit: the one door for what a user gives.

    A quantity with a unit (astropy, pint, unyt, or lists of them) is converted; what is masked becomes NaN; what misses a bound
    by the rounding of single precision or less is put on the bound.

    Raises
    ------
    BadParameter
        When it is no real number or array of real numbers; names owner, item and value.
    """
    return at_bounds(_plain(owner, item, value), item.low, item.high)


def _plain(owner: str, item: Item, value: Any) -> NDArray[np.float64]:
    if type(value) is np.ndarray and value.dtype.kind in "iuf":
        return value.astype(np.float64, copy=False)
    try:
        with np.errstate(over="ignore"):  # a long double may be too large: it is then outside
            found = _converted(item, value)
    except Refused as refused:
        what = str(refused)
    except Exception:  # whatever an object does when it is asked for its numbers
        what = REAL_NUMBERS
    else:
        return found
    msg = f"{owner}: {item.name} = {shown(value)} is not {what}"
    raise BadParameter(msg)


def _converted(item: Item, value: Any) -> NDArray[np.float64]:
    if isinstance(value, str | bytes | bytearray):
        raise Refused(NO_UNIT if isinstance(value, str) else REAL_NUMBERS)
    if isinstance(value, list | tuple) and not PLAIN.issuperset(map(type, value)):
        return np.array([_converted(item, part) for part in value], dtype=np.float64)
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    value = _without_unit(item, value)
    found = np.asarray(value)
    if found.dtype.kind not in "iuf":
        raise Refused(REAL_NUMBERS)
    mask = getattr(value, "mask", None)
    if mask is None or inspect.isroutine(mask):  # a method of pandas
        return found.astype(np.float64, copy=False)
    return np.where(mask, np.nan, found.astype(np.float64))


def _without_unit(item: Item, value: Any) -> Any:
    """The number or array in a quantity that carries a unit, in the unit of ``item``; anything else as it is."""
    for mark in ("units", "unit"):
        unit = getattr(value, mark, None)
        if unit is None or inspect.isroutine(unit):
            continue
        if isinstance(unit, str) and unit in ((item.unit, "", "dimensionless") if item.unit == "1" else (item.unit,)):
            return value
        try:
            converted = value.to("" if item.unit == "1" else item.unit.replace("^", "**"))
            bare = getattr(converted, "magnitude", None)
            return converted.value if bare is None else bare
        except Exception as error:
            wanted = "a number without unit" if item.unit == "1" else f"in {item.unit} and cannot be converted to it"
            raise Refused(wanted) from error
    return value


def named_inputs(kind: Kind) -> Kind:
    """Let the methods of a class that take inputs by name refuse those without one, by its ``_refuse_unnamed``.

    Python would refuse them in words of its own.
    """
    for name, method in list(vars(kind).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            kinds = {item.kind for item in inspect.signature(method).parameters.values()}
            if inspect.Parameter.VAR_KEYWORD in kinds and not kinds & POSITIONAL:
                setattr(kind, name, _by_name(method))
    return kind


def _by_name(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, *unnamed: Any, **given: Any) -> Any:
        if unnamed:
            self._refuse_unnamed(unnamed)
        return method(self, **given)

    return call


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
    if not isinstance(outside, str) or outside not in ("raise", "nan"):
        msg = f"outside = {shown(outside)} is not allowed: 'raise' (an error) or 'nan' (NaN for these points)"
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
    if not isinstance(outside, str) or outside not in POLICIES:
        msg = f"outside = {shown(outside)} is not allowed: {', '.join(POLICIES)} or a number to stand for ln L"
        raise BadParameter(msg)
    policy: str = outside
    return policy


def refuse_positional(owner: str, names: Iterable[str], values: tuple[Any, ...]) -> NoReturn:
    """The error for inputs without names."""
    msg = f"{owner}: {', '.join(map(shown, values))} without a name: give every input by name, of {', '.join(names)}"
    raise BadParameter(msg)


def require_array(owner: str, name: str, array: Any, shape: tuple[int, ...], written: bool) -> None:
    """Refuse what compiled code cannot read or write in place.

    Raises
    ------
    BadParameter
        Unless ``array`` is contiguous float64 of ``shape`` and, if ``written``, writeable.
    """
    if type(array) not in ARRAYS:
        found = f"a {type(array).__name__}"
    elif array.shape != shape or array.dtype != np.float64:
        found = f"{array.dtype} of shape {array.shape}"
    elif not array.flags.c_contiguous or not array.flags.aligned:
        found = "not contiguous (C order)"
    elif written and not array.flags.writeable:
        found = "read-only"
    else:
        return
    msg = f"{owner}: {name} is {found}; it must be a contiguous{' writeable' if written else ''} float64 array of shape {shape}"
    raise BadParameter(msg)


def require_apart(owner: str, written: dict[str, NDArray[np.float64]], read: dict[str, NDArray[np.float64]]) -> None:
    """Refuse arrays that share memory when one of them is written; all are contiguous.

    Raises
    ------
    BadParameter
        Names the two arrays.
    """
    arrays = {**written, **read}
    for name, array in written.items():
        for other in arrays:
            if other != name and np.may_share_memory(array, arrays[other]):
                msg = f"{owner}: {name} and {other} share memory; {name} must have memory of its own"
                raise BadParameter(msg)


def deliver(owner: str, values: NDArray[np.float64], out: Any) -> Any:
    """The answer: a float, an array, or ``out`` filled with it."""
    if out is None:
        return float(values) if values.ndim == 0 else values
    if type(out) not in ARRAYS:
        found = f"a {type(out).__name__}"
    elif out.dtype != np.float64 or not (out.shape == values.shape or out.size == values.size == 1):
        found = f"{out.dtype} of shape {out.shape}"
    elif not out.flags.writeable:
        found = "read-only"
    else:
        out[...] = values
        return out
    msg = f"{owner}: out is {found}; the answer is float64 of shape {values.shape}, and is written into a plain array"
    raise BadParameter(msg)
