"""T2K's near detector ND280 as a place where heavy neutral leptons decay in flight: geometry, exposure, kaons, release of 2019.

Geometry and exposure: arXiv:1902.07598, arXiv:2109.03831. Kaons: parents parallel to the beam axis, seen under one angle of
30 mrad, with a spectrum that reproduces the muon neutrinos from K+ (`flux_t2k_kaons.csv`, 3 % from 0.3 to 6 GeV). The angle is
the one parameter that brings the number of decays to that of the release (1.00 +- .04 for K -> mu N); 26 to 34 mrad do so
within a tenth, which is the uncertainty of the momenta.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from gloam.tables.datafile import read
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

BASELINE: Final = 280.0  # [m] from the target to the detector
LENGTH: Final = 1.68  # [m] along the beam: three chambers of 0.56 m
AREA: Final = 1.70 * 1.96  # [m^2] across the beam
EXPOSURE_FHC, EXPOSURE_RHC = 12.34e20, 6.29e20  # protons on target
KAON_ANGLE: Final = 0.030  # [rad] between parallel kaons and the detector
NEGATIVE_KAONS: Final = 0.18  # [1] of K-, relative to K+, in neutrino mode (flux weighted with 1/E)

# ln of the K+ spectrum [1/GeV/POT] at these momenta [GeV], fitted to flux_t2k_kaons.csv with 5 % + 2 % of the maximum
KAON_MOMENTA: Final = np.array([0.25, 0.3965, 0.6287, 0.997, 1.5811, 2.5074, 3.9764, 6.3058, 10.0])
KAON_LOGARITHMS: Final = np.array([-2.4707, -2.4100, -2.6890, -3.1706, -3.7164, -4.3793, -4.9592, -6.5528, -8.7685])

MASSES: Final = np.linspace(0.14, 0.49, 36)  # [GeV] of the release
MODES: Final = 24  # decays and productions: even K -> mu N, odd K -> e N
CHANNELS: Final = 10  # of the selection, all without an event
FLUX_ERROR: Final = 0.15  # [1] fully correlated
REFERENCES: Final = ("arXiv:1902.07598", "arXiv:2109.03831", "arXiv:1211.0469")


def accepted() -> FloatArray:
    """Accepted decays at U2 = 1 (Majorana, long-lived), summed over channels and beam modes, shape (36 masses, 24 modes)."""
    flux, efficiency = read("t2k_2019_hnl_flux.csv"), read("t2k_2019_hnl_efficiency.csv")
    rows = np.column_stack([flux[f"r{k}"] for k in range(2 * MODES)])
    both = np.column_stack([efficiency[f"c{k}"] for k in range(CHANNELS)]).reshape(len(MASSES), MODES, CHANNELS)
    half = CHANNELS // 2
    found: FloatArray = rows[:, :MODES] * both[:, :, :half].sum(2) + rows[:, MODES:] * both[:, :, half:].sum(2)
    return found


def decays(mode: int) -> FloatArray:
    """Decays in the chambers at U2 = 1 of one mode, both beam modes, shape (36 masses,)."""
    flux = read("t2k_2019_hnl_flux.csv")
    return flux[f"r{mode}"] + flux[f"r{MODES + mode}"]


def relative_covariance(corrected: bool) -> FloatArray:
    """Relative covariance [1] of the six coefficients of the expected events, upper triangle by rows, shape (36 masses, 21)."""
    data = read("t2k_2019_hnl_covariance.csv")
    names = [name for name in data if name.startswith("v")]
    return np.column_stack([data[name] for name in names])[data["corrected"] == float(corrected)]
