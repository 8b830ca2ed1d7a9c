"""Heavy neutral leptons from kaons at ND280: what their lifetime does to the decays in the detector.

h(m_N/p*, y) [1/GeV] of `physics/neutral_leptons/flight.py`: decays = long-lived decays x exp(-y h), y = L m_N/c_tau [GeV],
L = 280 m, for K -> mu N and K -> e N with the kaons of `experiments/t2k.py`. m_N/p* (p* of N in the frame of the kaon) is the
boost that straightens the caustic; at both ends of y h is constant to the promise.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import CHARGED_KAON_MASS, ELECTRON_MASS, MUON_MASS, named
from gloam.tables.experiments import t2k
from gloam.tables.physics.neutral_leptons.flight import MOST, arrivals, flight, mass_from_boost, spline_block
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ()
SLOWEST, FASTEST = math.exp(-2.6), math.exp(5.0)  # [1] m_N/p*: from 20 MeV to within 0.04 MeV (K -> mu N) of threshold
LONGEST, SHORTEST = 1e-4, 1200.0  # [GeV] y

TABLE = TableSpec(
    name="t2k-flight",
    version=1,
    title="lifetime in the decays of heavy neutral leptons from kaons at ND280",
    inputs=(
        Input("boost", "1", SLOWEST, FASTEST, "m_N over its momentum in the frame of the kaon"),
        Input("y", "GeV", LONGEST, SHORTEST, "280 m times m_N over c_tau"),
    ),
    axes=(
        Axis("ln(m_N/p*)", math.log(SLOWEST), math.log(FASTEST), 64),
        Axis("ln(y)", math.log(LONGEST), math.log(SHORTEST), 64),
    ),
    coordinates="log",
    choice=Choice("lepton", ("electron", "muon")),
    parameters=((ELECTRON_MASS,), (MUON_MASS,)),
    unit="GeV^-1",
    rtol=1e-4,
    constants=named("m_e", "m_mu", "m_K"),
    references=t2k.REFERENCES,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """h [1/GeV] at x = (m_N/p*, y [GeV]) for the lepton mass parameters[0] [GeV]; data = (angle, delta, spectrum)."""
    momenta, weights = np.empty(MOST), np.empty(MOST)
    m_N = mass_from_boost(x[0], CHARGED_KAON_MASS, parameters[0])
    count = arrivals(CHARGED_KAON_MASS, parameters[0], m_N, data[0], data[2:], momenta, weights)
    out[0] = flight(momenta, weights, count, x[1], data[1])[1]


def data(label: str) -> Vector:
    """Angle [rad] and length over distance [1], then the spectrum of the kaons."""
    return np.concatenate(
        [[t2k.KAON_ANGLE, t2k.LENGTH / t2k.BASELINE], spline_block(np.log(t2k.KAON_MOMENTA), t2k.KAON_LOGARITHMS)]
    )
