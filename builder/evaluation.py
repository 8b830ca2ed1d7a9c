"""Direct evaluation of a recipe's kernel: the one loop that builder and verification share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.lookup.errors import GloamError
from gloam.lookup.interpolation.compiled import silent_entry
from gloam.tables import coordinates
from numba import njit
from numba.core.errors import NumbaError

if TYPE_CHECKING:
    from gloam.builder.source import Recipe

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

ROUNDING = 1e-9  # an input this close to its bound, relative, is the bound: rounding of the map [1]


class KernelError(GloamError, ArithmeticError):
    """A kernel that fails or gives a value that cannot be stored: names the point and the component."""


@silent_entry
def _map_points(name: int, parameters: Array, boxes: Array, bounds: Array, x: Array) -> None:
    for p in range(boxes.shape[0]):
        coordinates.to_inputs(name, parameters, 0, boxes[p], x[p])
        for i in range(x.shape[1]):
            low, high = bounds[i, 0], bounds[i, 1]
            if low - ROUNDING * abs(low) <= x[p, i] < low:
                x[p, i] = low
            elif high < x[p, i] <= high + ROUNDING * abs(high):
                x[p, i] = high


@njit(nogil=True)
def _call_kernel(kernel: Any, x: Array, parameters: Array, data: Array, out: Array, position: Integers) -> None:
    for p in range(x.shape[0]):
        position[0] = p
        kernel(x[p], parameters, data, out[p])


@silent_entry
def _prefactors(name: int, parameters: Array, x: Array, out: Array) -> None:
    for p in range(x.shape[0]):
        out[p] = 1.0
        coordinates.multiply_prefactor(name, parameters, 0, x[p], out.shape[1], out[p])


def physical_inputs(recipe: Recipe, choice: int, boxes: Array) -> Array:
    """Physical inputs of box points, shape (points, D); rounding beyond a bound is the bound."""
    spec = recipe.spec
    boxes = np.ascontiguousarray(boxes, dtype=np.float64)
    bounds = np.array([(i.low, i.high) for i in spec.inputs], dtype=np.float64)
    x = np.empty_like(boxes)
    _map_points(coordinates.MAPS.index(spec.coordinates), recipe.parameters(choice), boxes, bounds, x)
    return x


def direct_values(recipe: Recipe, choice: int, x: Array, at_nodes: bool = False) -> Array:
    """Values at the inputs ``x`` (points, D): shape (points, components), in the table's unit.

    By the recipe's kernel ``at_nodes``, else by its reference (the kernel too, unless the recipe has another).

    Raises
    ------
    KernelError
        When the kernel fails, or a value is not finite (or not positive where the logarithm is stored).
    """
    spec = recipe.spec
    out = np.full((len(x), len(spec.components)), np.nan)
    position = np.zeros(1, dtype=np.int64)
    try:
        kernel = recipe.kernel if at_nodes else recipe.reference
        _call_kernel(kernel, x, recipe.parameters(choice), recipe.data(choice), out, position)
    except NumbaError:  # it does not compile
        raise
    except Exception as error:
        raise KernelError(_blame(recipe, choice, x[position[0]], f"fails ({error})")) from error
    good = np.isfinite(out) & (out > 0.0) if spec.transform == "log" else np.isfinite(out)
    if not good.all():
        p, c = np.argwhere(~good)[0]
        why = f"gives {out[p, c]:.6g} {spec.unit} for component {spec.components[c]!r}"
        if np.isnan(out[p, c]):
            why += " (an integral that does not converge is nan)"
        if np.isfinite(out[p, c]):
            why += ", but its logarithm is stored, so it must be positive"
        raise KernelError(_blame(recipe, choice, x[p], why))
    return out


def stored_values(recipe: Recipe, choice: int, boxes: Array) -> Array:
    """``transform(value / prefactor)`` at box points, in float64, shape (points, components)."""
    x = physical_inputs(recipe, choice, boxes)
    values = direct_values(recipe, choice, x, at_nodes=True) / prefactors(recipe, choice, x)
    stored = np.log(values) if recipe.spec.transform == "log" else values
    with np.errstate(over="ignore"):
        finite = np.isfinite(stored.astype(recipe.spec.node_dtype))
    if not finite.all():
        p, c = np.argwhere(~finite)[0]
        name = recipe.spec.components[c]
        why = f"over its prefactor cannot be stored as {recipe.spec.node_dtype} for component {name!r}"
        raise KernelError(_blame(recipe, choice, x[p], why))
    return stored


def prefactors(recipe: Recipe, choice: int, x: Array) -> Array:
    """Prefactor of every component at the physical inputs ``x``, shape (points, components)."""
    out = np.empty((len(x), len(recipe.spec.components)))
    _prefactors(coordinates.PREFACTORS.index(recipe.spec.prefactor), recipe.parameters(choice), x, out)
    return out


def describe_point(recipe: Recipe, choice: int, x: Array) -> str:
    """One point in words: choice label and physical inputs with their units."""
    spec = recipe.spec
    parts = [f"{i.name} = {v:.9g}{'' if i.unit == '1' else ' ' + i.unit}" for i, v in zip(spec.inputs, x, strict=True)]
    if spec.choice:
        parts.insert(0, f"{spec.choice.name} = {spec.labels[choice]}")
    return ", ".join(parts)


def _blame(recipe: Recipe, choice: int, x: Array, why: str) -> str:
    return f"table {recipe.spec.name}: the kernel {why} at {describe_point(recipe, choice, x)}"
