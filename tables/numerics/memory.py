"""Plain memory for the hot path: pointers to the numbers of an array, and scratch on the stack.

numba counts the references of every array that a compiled function takes or cuts, and lets every index count from the
end: about 5 ns each, more than a table's arithmetic. A pointer is indexed alike (``p[i]``) without any of that. The
kernels take either. Whoever makes a pointer keeps its array alive; an argument of the function at hand is kept alive by
its caller.
"""

from __future__ import annotations

from typing import Any

from gloam.tables.numerics.elementary import first_number
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

REALS = types.CPointer(types.float64)
INTEGERS = types.CPointer(types.int64)


@intrinsic
def shifted(typingctx: Any, place: Any, count: Any) -> Any:
    """Pointer ``count`` numbers behind the first number of a contiguous array, or behind a pointer."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.gep(first_number(context, builder, signature.args[0], values[0]), [values[1]])

    return types.CPointer(place.dtype)(place, types.int64), generate


@njit
def pointer(array: Any) -> Any:
    """Pointer to the first number of a contiguous array."""
    return shifted(array, 0)


@intrinsic(prefer_literal=True)
def scratch(typingctx: Any, count: Any) -> Any:
    """Pointer to ``count`` float64 (a constant) on the stack, of undefined value, gone when the function returns."""
    if not isinstance(count, types.IntegerLiteral):
        msg = "scratch takes a constant: a number or a global name"
        raise TypingError(msg)
    size = count.literal_value

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        block = cgutils.alloca_once(builder, ir.ArrayType(ir.DoubleType(), size))
        return builder.bitcast(block, ir.DoubleType().as_pointer())

    return REALS(count), generate


def _from_address(kind: Any) -> Any:
    @intrinsic
    def convert(typingctx: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], context.get_value_type(kind))

        return kind(types.int64), generate

    return convert


reals, integers = _from_address(REALS), _from_address(INTEGERS)  # pointers from the addresses of arrays
