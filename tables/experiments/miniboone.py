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
from gloam.tables.experiments.pair_detector import PairDetector

TANK_MASS: Final = 818.0  # [t] mineral oil in the tank
OIL_DENSITY: Final = 0.86  # [g/cm^3]
FIDUCIAL_RADIUS: Final = 5.0  # [m] of the event selection

PUBLIC_RADIUS: Final = 5.746  # [m] sphere of vertices in the public program of arXiv:2308.02543, instead of the tank of 6.10 m
FIDUCIAL_SHARE: Final = 0.55  # [1] of the 2012 efficiencies: the fiducial cut, which they contain
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


EDGES: Final = (0.2, 0.3, 0.375, 0.475, 0.55, 0.675, 0.8, 0.95, 1.1, 1.25, 1.3, 1.5, 3.0)  # [GeV] of E_nu^QE; the release has no
# edge at 1.3, a public fit code has it instead of 1.25: with both, either set of 11 bins is a sum
MERGED: Final = {"1250": 9, "1300": 8}  # first of the two of these 12 bins that make one, by the ninth upper edge [MeV]


def pair_detector(criterion: str = "circle") -> PairDetector:
    """How MiniBooNE sees e+e- pairs in arXiv:2308.02543: smearing, one-ring criterion, efficiency of 2012 with its fiducial
    cut.
    """
    rings, single = read("miniboone_ring_cuts.csv"), read("miniboone_2012_efficiency.csv")
    return PairDetector(
        resolution=0.12,
        noise=0.01,
        degrees=2.7,
        energies=tuple(1e-3 * single["E_MeV"]),
        efficiencies=tuple(single["efficiency"]),
        edges=EDGES,
        cut_energies=tuple(0.5 * (rings["E_low"] + rings["E_high"])),
        cuts=tuple(rings["circle"]),
        opening=math.radians(13.0),
        faint=0.03,
        criterion=criterion,
    )


@dataclass(frozen=True)
class Release:
    """The 2020 release of one mode: nu_e candidates and background, nu_mu control sample, and its fractional covariance."""

    data: tuple[float, ...]
    background: tuple[float, ...]
    control_data: tuple[float, ...]
    control_prediction: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


def release(mode: str) -> Release:
    """The release of ``mode`` "fhc" or "rhc"."""
    candidates, control = read(f"miniboone_2020_{mode}.csv"), read(f"miniboone_2020_{mode}_numu.csv")
    matrix = read(f"miniboone_2020_{mode}_covariance.csv").matrix()
    return Release(
        tuple(candidates["data"].tolist()),
        tuple(candidates["background"].tolist()),
        tuple(control["data"].tolist()),
        tuple(control["prediction"].tolist()),
        tuple(tuple(row) for row in (0.5 * (matrix + matrix.T)).tolist()),
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
