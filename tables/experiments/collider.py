"""A detector around the point where two beams meet as the flat block of numbers that kernels take: beams, cut, volume, cones.

`physics/detectors/barrel.py` and `physics/dark_photons/` have the functions of such a block; an experiment fills one with its
facts (:func:`block`), and nothing else tells one detector from another.
"""

from __future__ import annotations

import math

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

# places in the block: centre-of-mass energy [GeV], velocity of the centre of mass along the first beam [1] and its gamma, largest
# |cos theta*| of the photon, radius and ends of the volume along and against the first beam [m], cosines and sines of the
# polar angles between which tracks are seen, cosine of the angle below which two tracks are one
ENERGY, BOOST, GAMMA, PHOTON_COSINE, RADIUS, FORWARD, BACKWARD = range(7)
FIRST, LAST, FIRST_SINE, LAST_SINE, MERGED = range(7, 12)
ACCEPTANCE = 5  # numbers from FIRST on


def block(
    energy: float,
    boost: float,
    photon_cosine: float,
    volume: tuple[float, float, float],
    polar: tuple[float, float],
    merging_angle: float,
) -> Vector:
    """The block of a detector.

    Parameters
    ----------
    energy, boost : float
        Centre-of-mass energy [GeV], and velocity of the centre of mass along the first beam [1].
    photon_cosine : float
        |cos theta*| of the photon in the centre of mass, below [1].
    volume : (radius, forward, backward)
        Of the cylinder outside of which a decay is not seen, ends along and against the first beam [m].
    polar : (first, last)
        Polar angles in the laboratory between which tracks are seen [rad].
    merging_angle : float
        Closer tracks are one [rad].
    """
    cosines, sines = map(math.cos, polar), map(math.sin, polar)
    gamma = 1.0 / math.sqrt(1.0 - boost * boost)
    return np.array([energy, boost, gamma, photon_cosine, *volume, *cosines, *sines, math.cos(merging_angle)])
