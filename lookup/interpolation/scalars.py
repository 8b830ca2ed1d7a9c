"""Numbers at the door of a scalar call: what arrives in compiled code is a plain number, or one sentence says what it is.

numba asks any object for a float: text is read, truth counts as 1, an imaginary part is dropped. :data:`REAL` in a signature
takes floats, integers and numpy's scalars of both kinds, and refuses the rest; a class that derives from float may carry a unit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.errors import BadParameter, shown
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import NativeValue, intrinsic, models, register_model, unbox

HEAP_TYPE = 1 << 9  # flag of a type that is made while Python runs, as by `class`


class Real(types.Type):
    """Type of an argument that is a plain number: a float64 in compiled code, read by :func:`float_of`."""

    def __init__(self) -> None:
        super().__init__(name="Real")


REAL = Real()


@register_model(Real)
class _RealModel(models.PrimitiveModel):
    """A float64."""

    def __init__(self, manager: Any, kind: Real) -> None:
        super().__init__(manager, kind, ir.DoubleType())


def plain_number(value: Any) -> float:
    """A number that is no float as a float.

    Raises
    ------
    BadParameter
        When it is no plain number.
    """
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        if any(getattr(value, name, None) is not None for name in ("unit", "units")):
            msg = f"{shown(value)} carries a unit: this call takes plain numbers, in the stated units"
            raise BadParameter(msg)
        try:
            return float(value)
        except OverflowError:
            pass
    msg = f"{shown(value)} is not a plain number: this call takes one float for every input, in order, in the stated units"
    raise BadParameter(msg)


@unbox(Real)
def _unbox(kind: Real, given: Any, context: Any) -> NativeValue:
    builder = context.builder
    missing = cgutils.is_null(builder, given)  # behind the end of a tuple that is too short
    number, failed = cgutils.alloca_once(builder, ir.DoubleType()), cgutils.alloca_once_value(builder, missing)
    with builder.if_then(builder.not_(missing), likely=True):
        _read(given, context, number, failed)
    return NativeValue(builder.load(number), is_error=builder.load(failed))


def _read(given: Any, context: Any, number: Any, failed: Any) -> None:
    """Emit what puts the number ``given`` at ``number``, or sets ``failed`` and Python's error."""
    api, builder = context.pyapi, context.builder
    floats = api.get_c_object("PyFloat_Type")
    derives = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.IntType(32), [api.pyobj, api.pyobj]), "PyType_IsSubtype"
    )
    known = cgutils.alloca_once_value(builder, builder.icmp_unsigned("==", api.get_type(given), floats))
    with builder.if_then(builder.not_(builder.load(known)), likely=False):  # numpy's float64 derives from float
        found = builder.call(derives, [api.get_type(given), floats])
        word = ir.IntType(64)  # unsigned long
        flags = cgutils.get_or_insert_function(builder.module, ir.FunctionType(word, [api.pyobj]), "PyType_GetFlags")
        made = builder.and_(builder.call(flags, [api.get_type(given)]), ir.Constant(word, HEAP_TYPE))
        own = builder.icmp_unsigned("==", made, ir.Constant(word, 0))
        builder.store(builder.and_(builder.icmp_signed("!=", found, ir.Constant(ir.IntType(32), 0)), own), known)
        whole = builder.icmp_unsigned("==", api.get_type(given), api.get_c_object("PyLong_Type"))
        with builder.if_then(builder.and_(whole, cgutils.is_null(builder, api.err_occurred()))):
            api.float_as_double(given)  # too large for a float: left to the words of plain_number
            builder.store(cgutils.is_null(builder, api.err_occurred()), known)
            api.err_clear()
    with builder.if_else(builder.load(known), likely=True) as (plain, other):
        with plain:
            builder.store(api.float_as_double(given), number)
        with other:
            _read_other(given, context, number, failed)


def _read_other(given: Any, context: Any, number: Any, failed: Any) -> None:
    """As :func:`_read` by :func:`plain_number`, unless an error is set already: numba unboxes a tuple to its end."""
    api, builder = context.pyapi, context.builder
    clear = cgutils.is_null(builder, api.err_occurred())
    builder.store(builder.not_(clear), failed)
    with builder.if_then(clear):
        function = api.unserialize(api.serialize_object(plain_number))
        answer = api.call_function_objargs(function, (given,))
        api.decref(function)
        empty = cgutils.is_null(builder, answer)
        builder.store(empty, failed)
        with builder.if_then(builder.not_(empty)):
            builder.store(api.float_as_double(answer), number)
            api.decref(answer)


@intrinsic
def float_of(typingctx: Any, value: Any) -> Any:
    """The float64 of a :class:`Real`."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return values[0]

    return types.float64(REAL), generate
