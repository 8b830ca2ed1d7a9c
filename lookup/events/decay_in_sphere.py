"""Probability that a produced N decays inside the spherical detector, from the logits that the tables hold."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.spline import contract, error_address
from gloam.tables.numerics.memory import shifted
from gloam.tables.physics.neutral_leptons.momentum import LOGITS, MIDDLE, MOMENTUM_SCALE, ORDER, logit_weights
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SCRATCH = 3 * ORDER  # doubles: weights of the logits, of their slope, and the logits
INTEGRATION_ERROR = 4e-5  # [1] of <P>, relative: quadrature (1e-5) and polynomial in s (3e-5), as the tests hold


@njit
def lifetime_weights(m: float, diameter: float, c_tau: float, scratch: Vector) -> tuple[float, int]:
    """Odds of one momentum's decay outside, e^-t, and the first logit that this lifetime needs.

    The weights of the logits go into ``scratch``, for every table.

    Parameters
    ----------
    m : float
        Mass of N [GeV].
    diameter, c_tau : float
        2R of the detector and proper decay length [m]; c_tau from 0 (<P> = 1) to inf (<P> = 0).
    scratch : float64[SCRATCH]
        Weights for :func:`average_probability`.
    """
    outside = c_tau * (m + MOMENTUM_SCALE) / (diameter * m)
    s = 1.0 / (1.0 + math.sqrt(outside * math.exp(MIDDLE)))
    start = logit_weights(s, scratch, shifted(scratch, ORDER))
    for i in range(ORDER):
        scratch[ORDER + i] *= 0.5 * s * (1.0 - s)  # slope in s to slope in t
    return outside, start


@njit
def average_probability(
    blob: Vector, block: int, work: Vector, component: int, lifetime: tuple[float, int], scratch: Vector
) -> tuple[float, float, float]:
    """Average over the momenta of one flavour and target: <P>, d<P>/d ln c_tau and the error bound of <P> [1].

    The bound is that of the interpolation, which the table stores for <P> itself, and of the direct integration.

    Parameters
    ----------
    blob, block, work
        Block of a decay table and the point located in it (:func:`gloam.lookup.interpolation.spline.locate`).
    component : int
        Flavour and part, counted as flavour x part; its LOGITS components start at LOGITS component.
    lifetime : tuple
        What :func:`lifetime_weights` returned.
    scratch : float64[SCRATCH]
        What it filled.
    """
    outside, start = lifetime
    contract(blob, block, work, LOGITS * component + start, scratch, 2 * ORDER, ORDER)
    logit, slope = 0.0, 1.0
    for i in range(ORDER):
        logit += scratch[i] * scratch[2 * ORDER + i]
        slope += scratch[ORDER + i] * scratch[2 * ORDER + i]
    inside = 1.0 / (1.0 + outside * math.exp(-logit))
    bound = blob[error_address(blob, block, work) + LOGITS * component] + INTEGRATION_ERROR
    return inside, -inside * (1.0 - inside) * slope, bound * inside
