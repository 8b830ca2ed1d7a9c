"""The sum over the 4^D coefficients of a cell, and its derivatives, in four-wide vector instructions.

numba does not form vector instructions out of unrolled scalar code, so the sum is written here as LLVM instructions: one
generator for any number of axes and components, values and derivatives alike. LLVM lowers four-wide vectors to what the
machine has (two-wide, or scalar), and fuses products and sums where the machine can; results differ by rounding only.

The tree of partial sums goes axis by axis, the last axis innermost. Each node holds the partial sums of all derivative
orders up to the one wanted, so that a gradient reads every coefficient once.
"""

from __future__ import annotations

import itertools
from typing import Any

from gloam.tables.numerics.elementary import CONTRACT, LANES, VECTOR, first_number
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_DOUBLE, _FLOAT, _WORD, _LANE = ir.DoubleType(), ir.FloatType(), ir.IntType(64), ir.IntType(32)
_UNROLLED = 2  # innermost axes written out; the others are loops, to keep the code small

# Uniform cubic B-splines at the fraction t of a cell, sum_k _POWERS[k][j] t^k for the coefficient j = 0..3 (de Boor)
_POWERS = (
    (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0, 0.0),
    (-0.5, 0.0, 0.5, 0.0),
    (0.5, -1.0, 0.5, 0.0),
    (-1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0),
)

Orders = tuple[int, ...]  # derivative order along every axis


def derivative_orders(dimensions: int, order: int) -> list[Orders]:
    """All orders up to ``order`` in all: the value, the D first derivatives, the second (i <= j), in this order."""
    found = itertools.product(range(order + 1), repeat=dimensions)
    return sorted((o for o in found if sum(o) <= order), key=lambda o: (sum(o), [-k for k in o]))


def _splat(builder: Any, value: Any) -> Any:
    undefined = ir.Constant(VECTOR, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(_LANE, 0))
    return builder.shuffle_vector(single, undefined, ir.Constant(ir.VectorType(_LANE, LANES), [0] * LANES))


def _fused(builder: Any, total: Any, a: Any, b: Any) -> Any:
    """total + a b; ``total`` None stands for 0."""
    product = builder.fmul(a, b, flags=CONTRACT)
    return product if total is None else builder.fadd(total, product, flags=CONTRACT)


def _weights(builder: Any, t: Any, derivative: int) -> Any:
    """The four weights, or their first or second derivatives, at the fraction ``t`` (in all lanes)."""
    rows = []
    for k in range(derivative, 4):
        factor = 1
        for i in range(derivative):
            factor *= k - i
        rows.append(ir.Constant(VECTOR, [factor * c for c in _POWERS[k]]))
    value = rows[-1]
    for row in reversed(rows[:-1]):
        value = builder.fadd(row, builder.fmul(value, t, flags=CONTRACT), flags=CONTRACT)
    return value


class _Tree:
    """Generator of the partial sums of one contraction; see the module's text."""

    def __init__(self, builder: Any, coefficients: Any, strides: list[Any], fractions: list[Any], order: int) -> None:
        self.builder, self.coefficients, self.strides, self.order = builder, coefficients, strides, order
        self.weights = []  # per axis and derivative: a vector, and its place in memory for loops
        for t in fractions:
            vectors = [_weights(builder, _splat(builder, t), derivative) for derivative in range(order + 1)]
            places = [cgutils.alloca_once(builder, VECTOR) for _ in vectors]
            for place, vector in zip(places, vectors, strict=True):
                builder.store(vector, place)
            self.weights.append(list(zip(vectors, places, strict=True)))

    def _load(self, address: Any) -> Any:
        place = self.builder.gep(self.coefficients, [address])
        if self.coefficients.type.pointee == _FLOAT:
            narrow = ir.VectorType(_FLOAT, LANES)
            return self.builder.fpext(self.builder.load(self.builder.bitcast(place, narrow.as_pointer()), align=4), VECTOR)
        return self.builder.load(self.builder.bitcast(place, VECTOR.as_pointer()), align=8)

    def _weight(self, axis: int, derivative: int, i: Any) -> Any:
        vector, place = self.weights[axis][derivative]
        if isinstance(i, int):
            mask = ir.Constant(ir.VectorType(_LANE, LANES), [i] * LANES)
            return self.builder.shuffle_vector(vector, ir.Constant(VECTOR, ir.Undefined), mask)
        number = self.builder.bitcast(place, _DOUBLE.as_pointer())
        return _splat(self.builder, self.builder.load(self.builder.gep(number, [i])))

    def _add(self, axis: int, i: Any, inner: dict[Orders, Any], sums: dict[Orders, Any]) -> None:
        for orders, value in inner.items():
            for derivative in range(self.order - sum(orders) + 1):
                key = (derivative, *orders)
                sums[key] = _fused(self.builder, sums.get(key), value, self._weight(axis, derivative, i))

    def sums(self, axis: int, address: Any) -> dict[Orders, Any]:
        """Partial sums over the axes ``axis``, ``axis`` + 1, ... of the coefficients from ``address`` on."""
        if axis == len(self.strides):
            return {(): self._load(address)}
        sums: dict[Orders, Any] = {}
        if axis >= len(self.strides) - _UNROLLED:
            for i in range(4):
                there = self.builder.add(address, self.builder.mul(self.strides[axis], ir.Constant(_WORD, i)))
                self._add(axis, i, self.sums(axis + 1, there), sums)
            return sums
        keys = derivative_orders(len(self.strides) - axis, self.order)
        places = {key: cgutils.alloca_once(self.builder, VECTOR) for key in keys}
        for place in places.values():
            self.builder.store(ir.Constant(VECTOR, [0.0] * LANES), place)
        with cgutils.for_range(self.builder, ir.Constant(_WORD, 4)) as loop:
            there = self.builder.add(address, self.builder.mul(self.strides[axis], loop.index))
            inner = self.sums(axis + 1, there)
            sums = {key: self.builder.load(place) for key, place in places.items()}
            self._add(axis, loop.index, inner, sums)
            for key, place in places.items():
                self.builder.store(sums[key], place)
        return {key: self.builder.load(place) for key, place in places.items()}

    def last(self, inner: dict[Orders, Any]) -> dict[Orders, Any]:
        """Terms over the last axis where it lies along the lanes: their lanes are still to be added."""
        products = {}
        for orders, value in inner.items():
            for derivative in range(self.order - sum(orders) + 1):
                products[(*orders, derivative)] = self.builder.fmul(value, self.weights[-1][derivative][0])
        return products


def _shuffled_sum(builder: Any, a: Any, b: Any, first: list[int], second: list[int]) -> Any:
    masks = (ir.Constant(ir.VectorType(_LANE, LANES), mask) for mask in (first, second))
    return builder.fadd(*(builder.shuffle_vector(a, b, mask) for mask in masks))


def _lane_sums(builder: Any, vectors: list[Any]) -> Any:
    """Vector of the lane sums of up to four vectors."""
    a, b, c, d = (vectors * LANES)[:LANES]
    left = _shuffled_sum(builder, a, b, [0, 4, 2, 6], [1, 5, 3, 7])
    right = left if len(vectors) <= LANES // 2 else _shuffled_sum(builder, c, d, [0, 4, 2, 6], [1, 5, 3, 7])
    return _shuffled_sum(builder, left, right, [0, 1, 4, 5], [2, 3, 6, 7])


def _unpack(builder: Any, values: Any) -> list[Any]:
    return [builder.extract_value(values, i) for i in range(values.type.count)]


def contraction(order: int, single: bool) -> Any:
    """Intrinsic ``contract(coefficients, begin, strides, fractions, out, start, count)``.

    Parameters
    ----------
    order : int
        Highest derivative: 0 value, 1 gradient, 2 Hessian (upper triangle).
    single : bool
        Whether the table has one component, so that the last axis is contiguous.

    The intrinsic takes the table's array, the position of the first coefficient, D strides and D fractions of a cell,
    and fills ``out`` from ``start`` on (all orders of :func:`derivative_orders` by ``count`` components), derivatives per
    cell. Up to LANES - 1 numbers behind the last coefficient are read, and not used.
    """

    @intrinsic
    def contract(
        typingctx: Any, coefficients: Any, begin: Any, strides: Any, fractions: Any, out: Any, start: Any, count: Any
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            source, target = (first_number(context, builder, signature.args[i], values[i]) for i in (0, 4))
            target = builder.gep(target, [values[5]])
            steps, parts, number = _unpack(builder, values[2]), _unpack(builder, values[3]), values[6]
            orders = derivative_orders(len(steps), order)
            if single:
                tree = _Tree(builder, source, steps[:-1], parts, order)
                totals = tree.last(tree.sums(0, values[1]))
                for i in range(0, len(orders), LANES):
                    sums = _lane_sums(builder, [totals[key] for key in orders[i : i + LANES]])
                    for lane in range(min(LANES, len(orders) - i)):
                        value = builder.extract_element(sums, ir.Constant(_LANE, lane))
                        builder.store(value, builder.gep(target, [ir.Constant(_WORD, i + lane)]))
                return context.get_dummy_value()
            tree = _Tree(builder, source, steps, parts, order)
            lanes, zero, one = (ir.Constant(_WORD, n) for n in (LANES, 0, 1))
            whole = builder.icmp_signed(">=", number, lanes)
            last = builder.sub(number, lanes)
            with cgutils.for_range_slice(builder, zero, number, lanes) as (group, _):
                late = builder.and_(whole, builder.icmp_signed(">", group, last))
                c = builder.select(late, last, group)  # the last group overlaps the one before: whole vectors only
                sums = tree.sums(0, builder.add(values[1], c))
                for i, key in enumerate(orders):
                    row = builder.gep(target, [builder.add(builder.mul(number, ir.Constant(_WORD, i)), c)])
                    with builder.if_else(whole, likely=True) as (then, otherwise):
                        with then:
                            builder.store(sums[key], builder.bitcast(row, VECTOR.as_pointer()), align=8)
                        with otherwise:
                            spare = cgutils.alloca_once(builder, VECTOR)
                            builder.store(sums[key], spare)
                            numbers = builder.bitcast(spare, _DOUBLE.as_pointer())
                            with cgutils.for_range_slice(builder, zero, number, one) as (j, _):
                                builder.store(builder.load(builder.gep(numbers, [j])), builder.gep(row, [j]))
            return context.get_dummy_value()

        return types.void(coefficients, types.int64, strides, fractions, out, types.int64, types.int64), generate

    return contract
