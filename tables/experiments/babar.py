"""BaBar's search for a single photon and nothing else, e+e- -> gamma A', A' invisible (arXiv:1702.03327).

Exposure, photon cuts and the published limit: arXiv:1702.03327. The veto of visible activity follows the recast of
arXiv:2302.05410: any track that is seen vetoes. Volume, track threshold and the angle of merged tracks are those of that
recast as remembered, not read there: they are named here and the threshold is an option of the search.
"""

from __future__ import annotations

import math
from typing import Final

from gloam.tables.experiments import collider

LUMINOSITY: Final = 53.0  # [fb^-1] at the Upsilon(2S), (3S) and (4S)
ENERGY: Final = 10.58  # [GeV] centre-of-mass energy, of the Upsilon(4S)
BOOST: Final = 5.9 / 12.1  # [1] velocity of the centre of mass: 9.0 GeV electrons on 3.1 GeV positrons
PHOTON_COSINE: Final = 0.6  # [1] |cos theta*| of the photon in the centre of mass, below
PHOTON_ENERGY_LOW: Final = 3.0  # [GeV] least photon energy E* of the low-mass selection
PHOTON_ENERGY_HIGH: Final = 1.5  # [GeV] of the high-mass selection

RADIUS: Final = 1.375  # [m] a decay outside the calorimeter is not seen
FORWARD: Final = 2.3  # [m] end of the volume along the electron beam
BACKWARD: Final = 1.5  # [m] end of the volume against it
POLAR_FIRST: Final = math.radians(17.0)  # [rad] tracks are seen between these polar angles of the laboratory
POLAR_LAST: Final = math.radians(142.0)
MERGING_ANGLE: Final = math.radians(10.0)  # [rad] closer tracks are one, with the sum of both, at either of their angles
TRACK_THRESHOLDS: Final = (60, 100, 150, 300)  # [MeV] least energy (electrons) or momentum (muons) of a seen track

BARREL: Final = collider.block(
    ENERGY, BOOST, PHOTON_COSINE, (RADIUS, FORWARD, BACKWARD), (POLAR_FIRST, POLAR_LAST), MERGING_ANGLE
)  # what kernels take
TRACK_LABELS: Final = tuple(f"{threshold}MeV" for threshold in TRACK_THRESHOLDS)

REFERENCES: Final = ("arXiv:1702.03327", "arXiv:2302.05410")
