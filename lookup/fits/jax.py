"""gloam under JAX (extra ``jax``): tables as pure functions of jnp, likelihoods through a callback with their own gradient.

from gloam.lookup.fits import jax as gloam_jax

log_likelihood = gloam_jax.log_likelihood(space)  # of an array of the free parameters; jit, vmap, grad
width = gloam_jax.table("hadronic-width")  # of its inputs by name; jit, vmap, grad, on the device of JAX
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gloam.lookup.callables.space import Array, Space
from gloam.lookup.fits.jax_tables import require_double, table

__all__ = ["log_likelihood", "table"]


def log_likelihood(space: Space) -> Callable[[Any], Any]:
    """ln L of the free parameters of a space as a function of JAX, for NUTS, HMC, Laplace and what else wants a gradient.

    It calls compiled code on the host, all points of a ``vmap`` in one call. Forward and reverse derivatives of first order are
    those of ``likelihood.value_and_gradient``; there are none of second order.

    Returns
    -------
    callable
        Takes float64, shape (free,), in the order of ``space.names``, and returns ln L, -inf where a search has no answer (with
        derivatives 0). Priors, and those of explicit nuisances, are left to the caller. A derivative that does not exist is NaN.

    Raises
    ------
    BadParameter
        JAX is in single precision.
    """
    require_double()

    def values(x: Any) -> Array:
        given = np.asarray(x)
        found: Array = space.log_likelihood(given.reshape(-1, space.dimension)).reshape(given.shape[:-1])
        return found

    def values_and_slopes(x: Any) -> tuple[Array, Array]:
        given = np.asarray(x)
        found, slopes = space.log_likelihood_and_slopes(given.reshape(-1, space.dimension))
        return found.reshape(given.shape[:-1]), slopes.reshape(given.shape)

    @jax.custom_jvp
    def function(x: Any) -> Any:
        x = jnp.asarray(x, dtype=jnp.float64)
        return jax.pure_callback(values, jax.ShapeDtypeStruct(x.shape[:-1], jnp.float64), x, vmap_method="broadcast_all")

    @function.defjvp
    def value_and_tangent(primals: Any, tangents: Any) -> tuple[Any, Any]:
        x = jnp.asarray(primals[0], dtype=jnp.float64)
        shapes = (jax.ShapeDtypeStruct(x.shape[:-1], jnp.float64), jax.ShapeDtypeStruct(x.shape, jnp.float64))
        found, slopes = jax.pure_callback(values_and_slopes, shapes, x, vmap_method="broadcast_all")
        return found, (slopes * tangents[0]).sum(axis=-1)

    return function
