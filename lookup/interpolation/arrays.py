"""Arrays that a caller gives to compiled code: what it may read and write through pointers.

A pointer knows neither strides nor length nor type, so everything else is refused before one is made. What the types tell is
decided when the caller's code is compiled, and costs nothing afterwards.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.errors import BadParameter, shown
from gloam.tables.numerics.elementary import first_number
from gloam.tables.numerics.memory import INTEGERS, REALS
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic

KINDS = {np.dtype(name) for name in ("float64", "float32", "int64", "int32", "complex128", "bool")}  # that numba has, most used


def _pointers(kind: Any) -> Any:
    @intrinsic
    def pointer_of(typingctx: Any, array: Any) -> Any:
        """Pointer to the first number of a row of this type; null for anything else."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            if _is_array_of(array, kind.dtype):
                return first_number(context, builder, signature.args[0], values[0])
            return ir.Constant(context.get_value_type(kind), None)

        return kind(array), generate

    return pointer_of


reals_of, integers_of = _pointers(REALS), _pointers(INTEGERS)


def _is_array_of(kind: Any, dtype: Any) -> bool:
    return isinstance(kind, types.Array) and kind.ndim == 1 and kind.dtype == dtype and kind.aligned


def _emit_row(context: Any, builder: Any, kind: Any, value: Any, dtype: Any, written: bool) -> Any:
    """Emit whether an array of one axis and this type lies in memory number by number and, if ``written``, may be written."""
    if not _is_array_of(kind, dtype) or (written and not kind.mutable):
        return ir.Constant(ir.IntType(1), 0)
    if kind.layout == "C":
        return ir.Constant(ir.IntType(1), 1)
    found = context.make_array(kind)(context, builder, value)
    (stride,), (count,) = (_members(builder, part) for part in (found.strides, found.shape))
    near = builder.icmp_signed("==", stride, found.itemsize)
    return builder.or_(near, builder.icmp_signed("<", count, ir.Constant(count.type, 2)))


def _rows(dtype: Any) -> Any:
    @intrinsic
    def is_row(typingctx: Any, array: Any) -> Any:
        """Whether an array of one axis and this type lies in memory number by number."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return _emit_row(context, builder, array, values[0], dtype, written=False)

        return types.boolean(array), generate

    return is_row


def _members(builder: Any, packed: Any) -> list[Any]:
    return [builder.extract_value(packed, i) for i in range(packed.type.count)]


is_row, is_whole_row = _rows(types.float64), _rows(types.int64)


@intrinsic
def length(typingctx: Any, array: Any) -> Any:
    """Numbers in an array of one axis; 0 for anything else."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        if not isinstance(array, types.Array) or array.ndim != 1:
            return ir.Constant(ir.IntType(64), 0)
        return _members(builder, context.make_array(array)(context, builder, values[0]).shape)[0]

    return types.int64(array), generate


def _extent(context: Any, builder: Any, kind: Any, value: Any) -> tuple[Any, Any]:
    """First address, and one behind the last, of the numbers of a contiguous array."""
    found = context.make_array(kind)(context, builder, value)
    begin = builder.ptrtoint(found.data, ir.IntType(64))
    return begin, builder.add(begin, builder.mul(found.nitems, found.itemsize))


def _emit_apart(context: Any, builder: Any, kinds: tuple[Any, Any], values: tuple[Any, Any]) -> Any:
    """Emit whether two contiguous arrays share no memory; what is no array shares none."""
    if not all(isinstance(kind, types.Array) for kind in kinds):
        return ir.Constant(ir.IntType(1), 1)
    first, second = (_extent(context, builder, kind, value) for kind, value in zip(kinds, values, strict=True))
    below, above = builder.icmp_unsigned("<=", first[1], second[0]), builder.icmp_unsigned("<=", second[1], first[0])
    return builder.or_(below, above)


@intrinsic
def is_written_row(typingctx: Any, out: Any, x: Any, blob: Any) -> Any:
    """Whether ``out`` is a row that may be written, and has memory of its own."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        row = _emit_row(context, builder, out, values[0], types.float64, written=True)
        of_x = _emit_apart(context, builder, (out, x), (values[0], values[1]))
        of_blob = _emit_apart(context, builder, (out, blob), (values[0], values[2]))
        return builder.and_(row, builder.and_(of_x, of_blob))

    return types.boolean(out, x, blob), generate


@intrinsic
def spoil(typingctx: Any, wrong: Any, out: Any, blob: Any) -> Any:
    """Where ``wrong``, fill ``out`` with NaN if it can be written and is no part of ``blob``.

    Written without a branch or an array of numba's, whose references would be counted at every call that is right.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        if isinstance(out, types.Array) and out.mutable and isinstance(out.dtype, types.Float):
            apart = _emit_apart(context, builder, (out, blob), (values[1], values[2]))
            with builder.if_then(builder.and_(values[0], apart), likely=False):
                array = context.make_array(out)(context, builder, values[1])
                nan = context.get_constant(out.dtype, math.nan)
                with cgutils.loop_nest(builder, _members(builder, array.shape), ir.IntType(64)) as indices:
                    place = cgutils.get_item_pointer(context, builder, out, array, indices)
                    context.pack_value(builder, out.dtype, nan, place, align=None if out.aligned else 1)
        return context.get_dummy_value()

    return types.none(types.boolean, out, blob), generate


class Counting(CPUDispatcher):
    """A compiled function of which a call from Python with another number of arguments is one of gloam's errors."""

    wanted: int | None = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self.wanted is not None and (named or len(arguments) != self.wanted):
            by_name = f", {', '.join(named)} by name" if named else ""
            wanted = f"{self.__name__} takes {self.wanted} arguments in order, without names"
            raise BadParameter(f"{wanted}; got {len(arguments) + len(named)}{by_name}")
        return super().__call__(*arguments, **named)


def answer_arrays_alone(dispatcher: Any, count: int, whole: tuple[int, ...] = ()) -> None:
    """Let a call of ``dispatcher`` from Python say in one of gloam's errors what it cannot take.

    It takes ``count`` arguments, integers at the places ``whole`` and arrays elsewhere, and judges the arrays itself. numba asks
    this where no compiled code fits the arguments.
    """

    def compile_for(*arguments: Any) -> Any:
        wanted = f"{dispatcher.__name__} takes {count} arguments in order, without names"
        for place, value in enumerate(arguments):
            if place in whole:
                fits = isinstance(value, int | np.integer) and not isinstance(value, bool) and abs(int(value)) < 2**63
            else:
                fits = type(value) in (np.ndarray, np.memmap) and value.dtype in KINDS
            if not fits:
                kind = "an integer" if place in whole else "an array of float64 (the second of a rate's data: int64)"
                msg = f"{wanted}; number {place + 1} is {shown(value)}, not {kind}"
                raise BadParameter(msg)
        return type(dispatcher)._compile_for_args(dispatcher, *arguments)

    dispatcher._compile_for_args = compile_for
    dispatcher.__class__, dispatcher.wanted = Counting, count
