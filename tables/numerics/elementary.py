"""Logarithm and exponential compiled in place, for one number or four at once.

numba calls the C library for each, at about 6 ns a call and out of reach of the vector units. These are plain
arithmetic (argument reduction and a power series), good to 1 ulp (exp) and 2 ulp (log) for normal numbers, with the
usual limits: exp of -inf, inf and NaN; log of 0, inf, NaN and of negative numbers (NaN).
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 4
CONTRACT = ("contract",)  # lets LLVM fuse a product and a sum where the machine can
# compiles kernels of plain arithmetic: 1/0 is inf and raises nothing, sums of products are fused, divisors shared
numeric = njit(error_model="numpy", fastmath={"contract", "arcp", "nsz"})

_DOUBLE, _WORD = ir.DoubleType(), ir.IntType(64)
VECTOR = ir.VectorType(_DOUBLE, LANES)

_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")  # 33 bits of ln 2: its products with exponents are exact
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")  # the rest
_EXP_TERMS = [1.0 / math.factorial(k) for k in range(2, 14)]  # |r| <= ln2/2: the next term is below 5e-18
_LOG_TERMS = [2.0 / (2 * k + 3) for k in range(11)]  # z = ((m-1)/(m+1))^2 <= 0.0295: the next term is below 1e-18
_ROUNDING = 1.5 * 2.0**52  # adding it leaves the nearest integer in the last bits


def _fill(kind: Any, value: float) -> Any:
    """The constant ``value`` in all lanes of ``kind`` (double, 64-bit integer, or a vector of them)."""
    return ir.Constant(kind, [value] * kind.count if isinstance(kind, ir.VectorType) else value)


def _words(kind: Any) -> Any:
    """The type of 64-bit integers with as many lanes as ``kind``."""
    return ir.VectorType(_WORD, kind.count) if isinstance(kind, ir.VectorType) else _WORD


def _call(builder: Any, name: str, *values: Any) -> Any:
    function = builder.module.declare_intrinsic(f"llvm.{name}", [values[0].type])
    return builder.call(function, values)


def _series(builder: Any, x: Any, coefficients: list[float]) -> Any:
    """Sum of coefficients[k] x^k in Estrin's order: short chains."""
    terms = [_fill(x.type, c) for c in coefficients]
    power = x
    while len(terms) > 1:
        paired = [
            builder.fadd(terms[i], builder.fmul(terms[i + 1], power, flags=CONTRACT), flags=CONTRACT)
            for i in range(0, len(terms) - 1, 2)
        ]
        terms = paired + terms[len(terms) - len(terms) % 2 :]
        power = builder.fmul(power, power)
    return terms[0]


def emit_exp(builder: Any, x: Any) -> Any:
    """LLVM code of exp(x), x a double or a vector of doubles: exp(n ln2 + r), |r| <= ln2/2."""
    kind, words = x.type, _words(x.type)
    # beyond this range the result is 0 or inf all the same, and the two scalings below are still exact; NaN stays NaN
    low, high = _fill(kind, -800.0), _fill(kind, 800.0)
    clipped = builder.select(builder.fcmp_ordered("<", x, low), low, x)
    clipped = builder.select(builder.fcmp_ordered(">", clipped, high), high, clipped)
    shifted = builder.fadd(
        builder.fmul(clipped, _fill(kind, 1.0 / math.log(2.0)), flags=CONTRACT), _fill(kind, _ROUNDING), flags=CONTRACT
    )
    n = builder.fsub(shifted, _fill(kind, _ROUNDING))
    r = builder.fsub(clipped, builder.fmul(n, _fill(kind, _LN2_HIGH), flags=CONTRACT), flags=CONTRACT)
    r = builder.fsub(r, builder.fmul(n, _fill(kind, _LN2_LOW), flags=CONTRACT), flags=CONTRACT)
    tail = builder.fmul(builder.fmul(r, r), _series(builder, r, _EXP_TERMS), flags=CONTRACT)
    value = builder.fadd(builder.fadd(r, tail, flags=CONTRACT), _fill(kind, 1.0))
    exponent = builder.sub(builder.bitcast(shifted, words), builder.bitcast(_fill(kind, _ROUNDING), words))
    half = builder.ashr(exponent, _fill(words, 1))
    for part in (half, builder.sub(exponent, half)):  # two steps: the result may be subnormal or infinite
        bits = builder.shl(builder.add(part, _fill(words, 1023)), _fill(words, 52))
        value = builder.fmul(value, builder.bitcast(bits, kind))
    return value


def emit_log(builder: Any, x: Any) -> Any:
    """LLVM code of ln(x), x a double or a vector: k ln2 + 2 atanh((m-1)/(m+1)), m in [1/sqrt2, sqrt2).

    Not for subnormal x (below 2.3e-308): no physical input comes near.
    """
    kind, words = x.type, _words(x.type)
    bits = builder.bitcast(x, words)
    offset = _fill(words, 0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
    exponent = builder.ashr(builder.sub(bits, offset), _fill(words, 52))
    mantissa = builder.bitcast(builder.sub(bits, builder.shl(exponent, _fill(words, 52))), kind)
    k = builder.sitofp(exponent, kind)
    f = builder.fsub(mantissa, _fill(kind, 1.0))
    s = builder.fdiv(f, builder.fadd(mantissa, _fill(kind, 1.0)))
    z = builder.fmul(s, s)
    tail = builder.fmul(builder.fmul(s, z), _series(builder, z, _LOG_TERMS))
    tail = builder.fadd(tail, builder.fmul(k, _fill(kind, _LN2_LOW), flags=CONTRACT), flags=CONTRACT)
    value = builder.fadd(tail, builder.fmul(s, _fill(kind, 2.0)))
    value = builder.fadd(value, builder.fmul(k, _fill(kind, _LN2_HIGH), flags=CONTRACT), flags=CONTRACT)
    zero, infinite = _fill(kind, 0.0), _fill(kind, math.inf)
    value = builder.select(builder.fcmp_unordered("==", x, infinite), x, value)  # inf and NaN
    value = builder.select(builder.fcmp_ordered("==", x, zero), _fill(kind, -math.inf), value)
    return builder.select(builder.fcmp_ordered("<", x, zero), _fill(kind, math.nan), value)


def first_number(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Address of the first number of a contiguous array, or a pointer itself."""
    return value if isinstance(kind, types.CPointer) else context.make_array(kind)(context, builder, value).data


@intrinsic
def exp(typingctx: Any, x: Any) -> Any:
    """exp(x) of one float64."""
    return types.float64(types.float64), lambda context, builder, signature, values: emit_exp(builder, values[0])


@intrinsic
def log(typingctx: Any, x: Any) -> Any:
    """ln(x) of one float64."""
    return types.float64(types.float64), lambda context, builder, signature, values: emit_log(builder, values[0])


@intrinsic
def exponentiate(typingctx: Any, array: Any, first: Any, count: Any) -> Any:
    """Replace ``count`` numbers of a float64 array or pointer, from index ``first`` on, by their exponentials."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        start = builder.gep(first_number(context, builder, signature.args[0], values[0]), [values[1]])
        lanes, zero = ir.Constant(_WORD, LANES), ir.Constant(_WORD, 0)
        whole = builder.and_(values[2], ir.Constant(_WORD, -LANES))
        with cgutils.for_range_slice(builder, zero, whole, lanes) as (i, _):
            place = builder.bitcast(builder.gep(start, [i]), VECTOR.as_pointer())
            builder.store(emit_exp(builder, builder.load(place, align=8)), place, align=8)
        with cgutils.for_range_slice(builder, whole, values[2], ir.Constant(_WORD, 1)) as (i, _):
            place = builder.gep(start, [i])
            builder.store(emit_exp(builder, builder.load(place)), place)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), generate
