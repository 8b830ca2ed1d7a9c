"""Vector bosons radiated by muons of 160 GeV in lead (NA64mu): C(m_X, x_c) (m_X^2 + 0.3 m_mu^2)/(1 - x_c) per g_mu^2 and nucleus.

C = int dx dsigma/dx from x_c to the largest x (`physics/gauge_bosons/muon_radiation.py`): any window in x is a difference of
two. The factors take away how C falls with mass and where the spectrum ends. The second input is the odds x_c/(1 - x_c), even
in its logarithm.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import MUON_MASS, named
from gloam.tables.experiments.na64mu import BEAM_ENERGY, LEAD_CHARGE, LEAD_WEIGHT, REFERENCES
from gloam.tables.physics.gauge_bosons.muon_radiation import cumulative_cross_section
from gloam.tables.spec import Axis, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ()
LIGHTEST, HEAVIEST = 1e-3, 5.0  # [GeV]
LOWEST_ODDS, HIGHEST_ODDS = 0.05 / 0.95, 0.995 / 0.005  # [1]

TABLE = TableSpec(
    name="na64mu-yield",
    version=1,
    title="vector bosons from 160 GeV muons in lead above a fraction of the beam energy",
    inputs=(
        Input("m_X", "GeV", LIGHTEST, HEAVIEST, "mass of the boson"),
        Input("odds", "1", LOWEST_ODDS, HIGHEST_ODDS, "x_c/(1 - x_c), x_c the lowest fraction of the beam energy"),
    ),
    axes=(
        Axis("ln(m_X)", math.log(LIGHTEST), math.log(HEAVIEST), 64),
        Axis("ln(odds)", math.log(LOWEST_ODDS), math.log(HIGHEST_ODDS), 80),
    ),
    coordinates="log",
    unit="cm^2 GeV^2",
    rtol=5e-4,
    dtype="float64",
    constants=named("alpha", "m_mu"),
    references=REFERENCES,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """The scaled C [cm^2 GeV^2] at x = (m_X [GeV], odds)."""
    fraction = x[1] / (1.0 + x[1])
    value = cumulative_cross_section(x[0], BEAM_ENERGY, fraction, LEAD_CHARGE, LEAD_WEIGHT)
    out[0] = value * (x[0] ** 2 + 0.3 * MUON_MASS**2) * (1.0 + x[1])


def data(label: str) -> Vector:
    """No data."""
    return np.empty(0)
