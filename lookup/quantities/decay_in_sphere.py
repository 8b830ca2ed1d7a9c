"""Probability that a produced N decays inside the spherical detector, from the Gauss rule of its momentum."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.spline import contract, error_address
from gloam.tables.physics.momentum import POINTS, RULE_ERROR
from gloam.tables.physics.sphere import decay_probability, decay_slope
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SCRATCH = 2 * POINTS  # doubles that the caller provides


@njit
def average_probability(
    blob: Vector, block: int, work: Vector, component: int, diameter: float, c_tau: float, scratch: Vector
) -> tuple[float, float, float]:
    """Average over the momentum rule of one projectile and target: <P>, d<P>/d ln c_tau and the error bound of <P> [1].

    The bound is that of the interpolation, which the table stores for <P> itself, and of the rule's few points.

    Parameters
    ----------
    blob, block, work
        Block of a momentum table and the point located in it (:func:`gloam.lookup.spline.locate`).
    component : int
        Which rule, counted as projectile x part; its 2 POINTS components start at 2 POINTS component.
    diameter : float
        2R of the detector [m]. The momentum over the mass, p/m, is in the rule: m_N does not appear.
    c_tau : float
        Proper decay length [m], from 0 (<P> = 1) to inf (<P> = 0).
    scratch : float64[SCRATCH]
        Overwritten: u_i and ln w_i.
    """
    if c_tau == 0.0:
        return 1.0, 0.0, 0.0
    contract(blob, block, work, SCRATCH * component, scratch, 0, SCRATCH)
    total, average, slope = 0.0, 0.0, 0.0
    ratio = diameter / c_tau
    for i in range(POINTS):
        y = ratio * math.exp(-scratch[i])
        w = math.exp(scratch[POINTS + i])
        total += w
        average += w * decay_probability(y)
        slope -= w * decay_slope(y)
    average /= total
    bound = blob[error_address(blob, block, work) + SCRATCH * component] + RULE_ERROR
    return average, slope / total, bound * average
