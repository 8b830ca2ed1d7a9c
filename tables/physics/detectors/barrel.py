"""A cylinder around the point where two beams meet: paths from there to its surface (block: `experiments/collider.py`)."""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments.collider import BACKWARD, FORWARD, RADIUS
from gloam.tables.numerics.elementary import numeric

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@numeric
def path_length(detector: Vector, cosine: float) -> float:
    """Distance [m] from the origin to the surface of the volume in a direction of polar cosine ``cosine``."""
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    end = detector[FORWARD] if cosine > 0.0 else detector[BACKWARD]
    return end / max(abs(cosine), end * sine / detector[RADIUS])


@numeric
def shortest_path(detector: Vector) -> float:
    """Least distance [m] from the origin to the surface."""
    return min(detector[RADIUS], detector[FORWARD], detector[BACKWARD])
