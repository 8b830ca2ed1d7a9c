"""Call compiled code by its address, so that models and searches are compiled once each and meet in one vector."""

from __future__ import annotations

import functools
from typing import Any

from gloam.lookup.interpolation import library
from numba import types
from numba.extending import intrinsic


@functools.cache
def address(function: Any, signature: Any) -> int:
    """Address of the compiled ``function`` (an njit dispatcher) for ``signature``: compiled ahead if it was, else now."""
    ready = library.address_in(function, signature)
    if ready:
        return ready
    function.compile(signature.args)
    compiled = function.overloads[signature.args]
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


def bound(function: Any, kinds: tuple[Any, ...], *arrays: Any) -> Any:
    """``function(addresses of the arrays..., more)`` with the addresses filled in, called without numba's type dispatch.

    ``kinds`` are the numba types of the further arguments. Whoever keeps the result keeps the arrays alive too.
    """
    signature = (*[types.int64] * len(arrays), *kinds)
    function.compile(signature)
    entry_point = function.overloads[signature].entry_point
    return functools.partial(entry_point, *(array.ctypes.data for array in arrays))


def caller(signature: Any) -> Any:
    """Intrinsic ``call(address, *arguments)`` for use in compiled code, with numba's own calling convention."""

    @intrinsic
    def call(typingctx: Any, place: Any, *arguments: Any) -> Any:
        def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
            function = context.call_conv.get_function_type(signature.return_type, signature.args)
            pointer = builder.inttoptr(values[0], function.as_pointer())
            inner = [builder.extract_value(values[1], i) for i in range(len(signature.args))]
            status, result = context.call_conv.call_function(builder, pointer, signature.return_type, signature.args, inner)
            with builder.if_then(status.is_error, likely=False):
                context.call_conv.return_status_propagate(builder, status)
            return result

        return signature.return_type(types.int64, types.StarArgTuple(signature.args)), generate

    return call
