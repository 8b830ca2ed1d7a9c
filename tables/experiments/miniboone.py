"""MiniBooNE: mineral-oil Cherenkov detector in the Booster Neutrino Beam, 541 m from the target.

Exposures and counts: arXiv:2006.16883 and its data release. Detector: arXiv:0806.4201. Flux: arXiv:0806.1449.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.experiments.experiment import Experiment, Target, sphere_radius

TANK_MASS: Final = 818.0  # [t] mineral oil in the tank
OIL_DENSITY: Final = 0.86  # [g/cm^3]
FIDUCIAL_RADIUS: Final = 5.0  # [m] of the event selection

BINS: Final = 11  # nu_e bins of the 2020 release
_BACKGROUND = slice(BINS, 2 * BINS)  # rows of the covariance that hold the nu_e background

FHC: Final = Experiment(
    name="miniboone-fhc",
    title="MiniBooNE, neutrino mode",
    flux_file="flux_miniboone_fhc.csv",
    exposure=18.75e20,
    fiducial_mass=TANK_MASS,
    targets=(Target("C12", 12.0 / 14.0), Target("p", 2.0 / 14.0)),  # CH2
    references=("arXiv:2006.16883", "arXiv:0806.1449", "arXiv:0806.4201"),
    radius=sphere_radius(TANK_MASS, OIL_DENSITY),
)

RHC: Final = replace(
    FHC,
    name="miniboone-rhc",
    title="MiniBooNE, antineutrino mode",
    flux_file="flux_miniboone_rhc.csv",
    exposure=11.27e20,
)


@dataclass(frozen=True)
class Counts:
    """One bin: events seen, expected background, and standard deviation of their difference [events]."""

    data: float
    background: float
    sigma: float

    @property
    def excess(self) -> float:
        """Data minus background [events]."""
        return self.data - self.background


def fhc_total() -> Counts:
    """All 11 nu_e bins of the neutrino-mode release in one: D, B, sigma^2 = D + sum_ij F_ij B_i B_j.

    F is the background block of the fractional covariance of the release. The nu_mu sample does not constrain
    this total, which makes sigma larger than that of the published excess.
    """
    release = read("miniboone_2020_fhc.csv")
    data, background = release["data"], release["background"]
    fractional = read("miniboone_2020_fhc_covariance.csv").matrix()[_BACKGROUND, _BACKGROUND]
    variance = float(np.sum(data) + background @ fractional @ background)
    return Counts(float(np.sum(data)), float(np.sum(background)), math.sqrt(variance))
