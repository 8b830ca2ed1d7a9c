"""Arguments of samplers: one function each, with what a sampler bears for points without an answer.

Tried on the samplers themselves: all but UltraNest take ln L = -inf for a point without an answer; UltraNest wants a finite
number; none takes NaN. A very low finite number would let the walkers of emcee that start there drift off for ever. None of the
samplers is imported here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.callables.space import Array, Space

FLOOR = -1e100  # ln L of a point without an answer where a sampler needs a finite one


class _Floored:
    """ln L of many points with a finite number where there is no answer."""

    def __init__(self, space: Space) -> None:
        self._space = space

    def __call__(self, x: Any) -> Array:
        values: Array = self._space.log_likelihood(np.atleast_2d(x), outside=FLOOR)
        return values


def emcee(space: Space) -> dict[str, Any]:
    """Arguments of ``emcee.EnsembleSampler(nwalkers, **emcee(space))``: ln L + ln prior of all walkers at once, -inf outside."""
    return {"ndim": space.dimension, "log_prob_fn": space.log_probability, "vectorize": True}


def zeus(space: Space) -> dict[str, Any]:
    """Arguments of ``zeus.EnsembleSampler(nwalkers, **zeus(space))``: as for emcee."""
    return {"ndim": space.dimension, "logprob_fn": space.log_probability, "vectorize": True}


def dynesty(space: Space) -> dict[str, Any]:
    """Arguments of ``dynesty.NestedSampler(**dynesty(space))``: ln L of one point, -inf where there is no answer."""
    return {"loglikelihood": space.log_likelihood, "prior_transform": space.prior_transform, "ndim": space.dimension}


def ultranest(space: Space) -> dict[str, Any]:
    """Arguments of ``ultranest.ReactiveNestedSampler(**ultranest(space))``: many points a call, -1e100 without an answer."""
    return {
        "param_names": list(space.names),
        "loglike": _Floored(space),
        "transform": space.prior_transform,
        "vectorized": True,
    }


def nautilus(space: Space) -> dict[str, Any]:
    """Arguments of ``nautilus.Sampler(**nautilus(space))``: many points a call, -inf where there is no answer."""
    return {
        "prior": space.prior_transform,
        "likelihood": space.log_likelihood,
        "n_dim": space.dimension,
        "vectorized": True,
        "pass_dict": False,
    }
