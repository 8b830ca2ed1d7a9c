"""Tables as functions of JAX: the same coefficients, maps and prefactors as compiled code, in jnp alone.

They run under ``jit``, ``vmap`` and ``grad`` on the device of JAX, in double precision, and are differentiated exactly: the
spline by the derivatives of its weights (``custom_jvp``), maps and prefactors by JAX. A point outside the table is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gloam.lookup.callables import quantity
from gloam.lookup.callables.table import Table, load
from gloam.lookup.errors import BadParameter, DoesNotFit, UnknownName
from gloam.lookup.interpolation.spline import EDGE
from gloam.tables import coordinates, layout
from gloam.tables.coordinates import (
    CLOSENESS_SCALE,
    FLUX_SCALE,
    HEAVIEST_MEDIATOR,
    LIGHTEST_MEDIATOR,
    MASS_SCALE,
    MEDIATOR_SCALE,
    MOMENTUM_SCALE,
)

SERIES_TERMS = 18  # of the moments of a point charge far below the mediator's mass
SERIES_BELOW = 0.1  # [1] Q/a


def require_double() -> None:
    """Refuse single precision, in which the answers of JAX would be wrong in the seventh digit.

    Raises
    ------
    BadParameter
    """
    if not jax.config.jax_enable_x64:
        msg = 'JAX is in single precision: call jax.config.update("jax_enable_x64", True) before it makes any array'
        raise BadParameter(msg)


def _weights(t: Any) -> Any:
    """The four weights of a cubic B-spline at the fraction ``t`` of a cell."""
    s = 1.0 - t
    return jnp.stack([s**3, (3.0 * t - 6.0) * t * t + 4.0, (3.0 * s - 6.0) * s * s + 4.0, t**3]) / 6.0


def _weight_slopes(t: Any) -> Any:
    """Their derivatives by ``t``."""
    s = 1.0 - t
    return jnp.stack([-0.5 * s * s, (1.5 * t - 2.0) * t, (2.0 - 1.5 * s) * s, 0.5 * t * t])


def _contract(block: Any, weights: list[Any]) -> Any:
    for weight in reversed(weights):
        block = jnp.tensordot(block, weight, axes=((block.ndim - 2,), (0,))) if block.ndim > 1 else block
    return block


def _spline(coefficients: Any) -> Callable[[Any], Any]:
    """The spline of all components as a function of the position in cells, shape (axes,); ``custom_jvp`` inside."""
    axes, cells = coefficients.ndim - 1, np.array(coefficients.shape[:-1]) - 3
    size = (4,) * axes + (coefficients.shape[-1],)

    def located(position: Any) -> tuple[Any, Any]:
        cell = jnp.clip(jnp.floor(position), 0, cells - 1)
        corner = jnp.append(cell.astype(jnp.int32), jnp.int32(0))
        return jax.lax.dynamic_slice(coefficients, corner, size), position - jax.lax.stop_gradient(cell)

    @jax.custom_jvp
    def value(position: Any) -> Any:
        block, t = located(position)
        return _contract(block, [_weights(t[i]) for i in range(axes)])

    @value.defjvp
    def value_and_tangent(primals: Any, tangents: Any) -> tuple[Any, Any]:
        block, t = located(primals[0])
        weights, slopes = [_weights(t[i]) for i in range(axes)], [_weight_slopes(t[i]) for i in range(axes)]
        moved = [_contract(block, [slopes[j] if j == i else weights[j] for j in range(axes)]) for i in range(axes)]
        return _contract(block, weights), sum(tangents[0][i] * moved[i] for i in range(axes))

    return value


def _mass(m: Any, scale: float) -> Any:
    return jnp.log(m) + m / scale


def _semivisible(p: Any, x: list[Any]) -> list[Any]:
    low = _mass(p[1] / (x[2] * x[1]), MEDIATOR_SCALE)
    high = _mass(p[2], MEDIATOR_SCALE)
    daughters = 2.0 + x[2] if p[0] == 1.0 else 2.0 * (1.0 + x[2])
    gap = 1.0 - x[1] * daughters
    root = jnp.sqrt(jnp.where(gap > 0.0, gap, 1.0))
    close = jnp.where(gap > 0.0, -jnp.arctanh(CLOSENESS_SCALE * root), -gap)
    return [(_mass(x[0], MEDIATOR_SCALE) - low) / (high - low), close, jnp.log(x[2])]


def _shell(on: bool, mass: Any, mediator: Any) -> Any:
    """As :func:`gloam.tables.coordinates.shell_coordinate`."""
    if on:
        left = 1.0 - jnp.log(mediator / LIGHTEST_MEDIATOR) / jnp.log(mass / LIGHTEST_MEDIATOR)
        return jnp.where(left >= 0.0, 1.0 - jnp.sqrt(jnp.where(left >= 0.0, left, 1.0)), -1.0)
    share = jnp.log(mediator / mass) / jnp.log(HEAVIEST_MEDIATOR / mass)
    return jnp.where(share >= 0.0, jnp.sqrt(jnp.where(share >= 0.0, share, 1.0)), -1.0)


def _box(name: int, p: Any, x: list[Any]) -> list[Any]:
    """As :func:`gloam.tables.coordinates.to_box`; ``p`` are the shape parameters."""
    if name == coordinates.LINEAR:
        return x
    if name == coordinates.SEMIVISIBLE:
        return _semivisible(p, x)
    if name in (coordinates.ON_SHELL, coordinates.OFF_SHELL):
        return [_mass(x[0], MASS_SCALE), _shell(name == coordinates.ON_SHELL, x[0], x[1])]
    if name == coordinates.THREE_BODY:
        above = (x[0] - 2.0 * p[0]) * (x[0] + 2.0 * p[0])
        gap = (x[1] - x[0]) * (x[1] + x[0])
        inside = (gap > 0.0) & (above >= 0.0)
        ratio = jnp.where(inside, above / jnp.where(inside, gap, 1.0), 1.0)
        return [jnp.log(x[0] / (2.0 * p[0])), jnp.where(inside, jnp.log1p(ratio), jnp.nan)]
    box = [jnp.log(item) for item in x]
    if name in (coordinates.MASS, coordinates.MASS_MEDIATOR):
        box[0] = _mass(x[0], MASS_SCALE)
    elif name in (coordinates.FLUX, coordinates.FLUX_MEDIATOR):
        box[0] = _mass(x[0], FLUX_SCALE)
    elif name in (coordinates.MOMENTUM, coordinates.MOMENTUM_MEDIATOR):
        box[0] = jnp.arcsinh(x[0] / MOMENTUM_SCALE)
    return box


def _point_moment(k: int, q2: Any, a: Any) -> Any:
    """As :func:`gloam.tables.coordinates.point_moment`: the series below, the closed form above."""
    r = q2 / a
    small = r < SERIES_BELOW
    far = jnp.where(small, 1.0, r)
    log, end = jnp.log1p(far), far / (1.0 + far)
    closed = (
        end,
        log - end,
        far - 2.0 * log + end,
        0.5 * far * far - 2.0 * far + 3.0 * log - end,
        far**3 / 3.0 - far * far + 3.0 * far - 4.0 * log + end,
    )[k]
    if k == 0:
        return jnp.where(small, r / (1.0 + r), closed) / a
    series = sum((-1.0) ** n * (n + 1) * r ** (n + k + 1) / (n + k + 1) for n in range(SERIES_TERMS))
    return jnp.where(small, series, closed) * a ** (k - 1)


def _tail(k: int, q2: Any, a: Any, scale2: float) -> Any:
    total = q2 + a
    if k == 0:
        return scale2 / (total * (total + scale2))
    if k == 1:
        return jnp.log1p(scale2 / total) * scale2 / (total + scale2)
    return scale2 ** (k + 1) / (total + scale2) ** 2


def _prefactor(name: int, p: Any, x: list[Any], components: int) -> Any:
    """As :func:`gloam.tables.coordinates.prefactor`, of all components or one for all."""
    if name == coordinates.NONE:
        return 1.0
    if name == coordinates.MOMENTS:
        half, q2, a = components // 2, x[0] * x[0], x[1] * x[1]
        positive = q2 > 0.0
        safe = jnp.where(positive, q2, 1.0)
        points = [jnp.where(positive, _point_moment(c, safe, a), 1.0) for c in range(half)]
        return jnp.stack([*points, *(_tail(c, q2, a, p[0]) for c in range(components - half))])
    if name == coordinates.MEDIATOR_RATE:
        m2 = x[1] * x[1]
        return 1.0 / ((m2 + (x[0] * x[0] / 1.6) ** 2 + 1e-6) * (m2 + 0.03))
    value = ((x[0] - 2.0 * p[0]) * (x[0] + 2.0 * p[0]) / (x[0] * x[0])) ** (0.5 * p[1])
    if name == coordinates.THREE_BODY_PREFACTOR:
        value = value / ((x[1] - 2.0 * p[0]) * (x[1] + 2.0 * p[0]) / (x[1] * x[1])) ** 2
    return value


def _coefficients(blob: Any, components: int) -> Any:
    """The coefficients of a block as an array, shape (nodes + 2 of every axis, components)."""
    axes = [layout.AXES + layout.AXIS_FIELDS * i for i in range(int(blob[layout.DIMENSIONS]))]
    shape = (*(int(blob[axis + layout.AXIS_CELLS]) + 3 for axis in axes), components)
    first = int(blob[layout.COEFFICIENTS])
    return blob[first : first + math.prod(shape)].reshape(shape)


def table(name: str | Table, label: str | None = None) -> Callable[..., Any]:
    """A table as a function of JAX: ``table("hadronic-width")(m_N=0.9, m_Zp=1.3)``.

    Parameters
    ----------
    name : str or Table
    label : str, optional
        The discrete choice of a table that has one.

    Returns
    -------
    callable
        Takes the inputs by name, scalars [units of ``spec.inputs``] (``jax.vmap`` for arrays), and returns the value [unit of
        the table], of several components an array. NaN outside. Equal to the table's own call to a relative 1e-13.

    Raises
    ------
    BadParameter
        JAX is in single precision, or the choice is missing.
    DoesNotFit
        A composed quantity is no table.
    """
    require_double()
    if name in quantity.names():
        msg = f"{name!r} is a composed quantity, no table: fits.jax.table takes tables alone (`gloam list tables`)"
        raise DoesNotFit(msg)
    opened: Table = load(name) if isinstance(name, str) else name
    choice = opened.spec.choice
    if (label is None) != (choice is None) or (choice is not None and label not in choice.labels):
        if choice is None or label is not None:
            raise UnknownName(f"label of {opened.name}", label, choice.labels if choice else ())
        msg = f"{opened.name}: {choice.name} is missing; give label= one of {', '.join(choice.labels)}"
        raise BadParameter(msg)
    start = opened.offset(label or "")
    return _function(opened, opened.blob[start : start + int(opened.blob[start])])


def _function(opened: Table, block: Any) -> Callable[..., Any]:
    names, components = tuple(item.name for item in opened.spec.inputs), len(opened.spec.components)
    fields = layout.AXES + layout.AXIS_FIELDS * np.arange(len(names))
    low, inverse = block[fields + layout.AXIS_LOW], block[fields + layout.AXIS_INVERSE_STEP]
    cells = block[fields + layout.AXIS_CELLS]
    bounds = block[layout.BOUNDS : layout.BOUNDS + 2 * len(names)].reshape(-1, 2)
    parameters = [float(value) for value in block[int(block[layout.PARAMETERS]) : int(block[layout.ERRORS])]]
    spline = _spline(jnp.asarray(_coefficients(block, components)))
    kind, factor, logarithmic = int(block[layout.COORDINATES]), int(block[layout.PREFACTOR]), block[layout.TRANSFORM] == 1.0

    def evaluate(**inputs: Any) -> Any:
        if set(inputs) != set(names):
            msg = f"{opened.name} takes {', '.join(names)}, not {', '.join(inputs) or 'nothing'}"
            raise BadParameter(msg)
        given = [jnp.asarray(inputs[item], dtype=jnp.float64) for item in names]
        inside = [(ends[0] <= value) & (value <= ends[1]) for value, ends in zip(given, bounds, strict=True)]
        x = [jnp.where(good, value, ends[1]) for good, value, ends in zip(inside, given, bounds, strict=True)]
        position = (jnp.stack(_box(kind, parameters, x)) - low) * inverse
        good = jnp.stack(inside).all() & ((position >= -EDGE) & (position <= cells + EDGE)).all()
        found = spline(jnp.where(jnp.isfinite(position), position, 0.0))
        found = jnp.exp(found) if logarithmic else found
        found = jnp.where(good, found * _prefactor(factor, parameters, x, components), jnp.nan)
        return found[0] if components == 1 else found

    return evaluate
