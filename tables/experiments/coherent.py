"""COHERENT at the Spallation Neutron Source: the CsI[Na] detector (2021) and the liquid-argon detector CENNS-10 (2020), as
released.

CsI, arXiv:2110.07730: light of E_nr from the scintillation response of the release; number of photoelectrons n ~ Gamma(shape 1 +
b, scale 1/(a (1 + b))), a = 1/(13.35 E_ee), b = 9.56 E_ee with E_ee in keV; efficiencies in light and time. Exposure 3.198e23
protons on target, 14.6 kg, 19.3 m and 0.0848 neutrinos of each flavour per proton are quoted from memory (not read in the
release); with them 346.6 events follow where 341 are published.
Argon, arXiv:2006.12659: quenching factor 0.246 + 0.00078 E_nr/keV, resolution 0.58 sqrt(E_ee/keV) keV.
Both: the proton pulse is a Gaussian of 0.44 +- 0.15 us (release of the argon detector; the CsI one fits 0.5 us a little better).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from gloam.tables.datafile import read
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

KEV: Final = 1e-6  # [GeV]
PULSE_MEAN, PULSE_WIDTH = 0.44, 0.15  # [us]

CSI_REFERENCES: Final = ("arXiv:2110.07730", "arXiv:1708.01294")
CSI_MASS, CSI_DISTANCE, CSI_PROTONS, CSI_YIELD = 14.6, 19.3, 3.198e23, 0.0848  # [kg], [m], [1], [1] (from memory)
CSI_LIGHT_YIELD = 13.35  # [photoelectrons per keV of electrons]
CSI_SCINTILLATION = (0.0554628, 4.30681, -111.707, 840.384)  # E_ee = sum a_n E_nr^n, MeV
CSI_EFFICIENCY = (1.32045, 0.285979, 10.8646, -0.333322)  # a/(1 + exp(-b (n - c))) + d, not below 0
CSI_LIGHT_EDGES = (8.0, 12.0, 16.0, 20.0, 24.0, 32.0, 40.0, 50.0, 60.0)  # [photoelectrons]
CSI_TIMES = 18  # bins of time for each of light
CSI_LATE, CSI_LOSS = 0.52, 0.0494  # [us] from which on the efficiency in time falls, and [1/us] how
CSI_STEADY_SLOPE = 0.0335  # [1/us] of the steady-state background: events before the beam
CSI_SIGNAL_ERROR = 0.13  # [1] of the prediction: flux 10 %, light yield, efficiency and form factor beside it
CSI_ERRORS = {"steady": 0.021, "neutrons": 0.25, "induced": 0.36}  # [1]

LAR_REFERENCES: Final = ("arXiv:2003.10630", "arXiv:2006.12659")
LAR_MASS, LAR_DISTANCE, LAR_PROTONS, LAR_YIELD = 24.4, 27.5, 13.8e22, 0.09  # [kg], [m], [1], [1]
LAR_QUENCHING = (0.246, 0.00078)  # [1], [1/keV]
LAR_RESOLUTION = 0.58  # [sqrt(keV)]
LAR_ENERGY_BIN, LAR_ENERGIES = 10.0, 5  # [keV of electrons] width, and number of bins that CEvNS reaches
LAR_SHAPES, LAR_TIMES = 8, 10  # bins of pulse shape and of time for each of energy
LAR_FIRST_TIME, LAR_TIME_BIN = -0.1, 0.5  # [us]
LAR_PREDICTED, LAR_PREDICTED_ERROR = 128.0, 17.0  # [events] of CEvNS
LAR_ERRORS = {"steady": (3154.0, 25.0), "prompt": (497.0, 160.0), "delayed": (33.0, 33.0)}  # [events] expected, and their errors


@njit
def csi_light(recoil: float) -> float:
    """Photoelectrons expected of a recoil [GeV]."""
    x, total = 1e3 * recoil, 0.0
    for a in CSI_SCINTILLATION[::-1]:
        total = (total + a) * x
    return CSI_LIGHT_YIELD * 1e3 * total


@njit
def csi_efficiency(light: float) -> float:
    """Share of events of ``light`` [photoelectrons] that is kept."""
    a, b, c, d = CSI_EFFICIENCY
    return max(a / (1.0 + math.exp(-b * (light - c))) + d, 0.0)


@njit
def csi_density(light: float, recoil: float) -> float:
    """Probability density per photoelectron of a recoil [GeV] at ``light`` [photoelectrons]."""
    mean = csi_light(recoil)
    shape = 1.0 + 9.56 * mean / CSI_LIGHT_YIELD
    scaled = light * shape / mean
    return math.exp((shape - 1.0) * math.log(scaled) - scaled - math.lgamma(shape)) * shape / mean


def lar_efficiency(recoil: Array) -> Array:
    """Share of recoils [GeV] that is accepted, linear between the points of the release and constant above the last."""
    rows = read("coherent_lar_2020_efficiency.csv")
    found: Array = np.interp(recoil / KEV, rows["E_nr"], rows["efficiency"], left=0.0)
    return found


def exponential_after_pulse(time: float, lifetime: float) -> float:
    """Probability that a decay of ``lifetime`` [us] of what the pulse makes is before ``time`` [us]."""
    u = (time - PULSE_MEAN) / PULSE_WIDTH
    here = 0.5 * math.erfc(-u / math.sqrt(2.0))
    ratio = PULSE_WIDTH / lifetime
    exponent = 0.5 * ratio * ratio - u * ratio
    tail = math.erfc((ratio - u) / math.sqrt(2.0))
    return here - (0.5 * math.exp(exponent) * tail if tail > 0.0 else 0.0)


def arrivals(times: Array, pion: float, muon: float) -> tuple[Array, Array]:
    """Probabilities that prompt (nu_mu of pions) and delayed neutrinos (of their muons) come before ``times`` [us]; lifetimes
    [us].
    """
    prompt = np.array([exponential_after_pulse(t, pion) for t in times.tolist()])
    late = np.array([exponential_after_pulse(t, muon) for t in times.tolist()])
    return prompt, (muon * late - pion * prompt) / (muon - pion)
