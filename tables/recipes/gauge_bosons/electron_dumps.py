"""Vector bosons that decay behind the shield of an electron beam dump: K e^z/kappa per electron and g_e^2.

K of `physics/gauge_bosons/electron_dump.py`, kappa = m_X Gamma/(hbar c), **z = kappa L_sh/p_max**, p_max^2 = E_0^2 - m_X^2. e^z
takes away nearly all of the exponential, what is left is a power of z; below z = 1e-8 K/kappa is constant. Every model has the
same table: events = electrons g_e^2 BR K.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import named
from gloam.tables.experiments.electron_dumps import DUMPS, REFERENCES
from gloam.tables.physics.gauge_bosons.electron_dump import thick_target
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

FILES = ()
LIGHTEST, HEAVIEST = 1e-3, 0.4  # [GeV]
SLOWEST, FASTEST = 1e-8, 80.0  # [1] of z

TABLE = TableSpec(
    name="electron-dumps",
    version=1,
    title="vector bosons decaying behind the shield of an electron beam dump",
    inputs=(
        Input("m_X", "GeV", LIGHTEST, HEAVIEST, "mass of the boson"),
        Input("z", "1", SLOWEST, FASTEST, "shield over the decay length at the largest momentum"),
    ),
    axes=(
        Axis("ln(m_X)", math.log(LIGHTEST), math.log(HEAVIEST), 48),
        Axis("ln(z)", math.log(SLOWEST), math.log(FASTEST), 80),
    ),
    coordinates="log",
    unit="m/GeV",
    rtol=5e-4,
    choice=Choice("dump", tuple(DUMPS)),
    parameters=((),) * len(DUMPS),
    constants=named("alpha", "m_e", "m_p", "N_A"),
    references=REFERENCES,
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """K e^z/kappa [m/GeV] at x = (m_X [GeV], z); data = E_0, cut [GeV], Z, A, X_0, shield and decay volume [m]."""
    largest = math.sqrt(data[0] ** 2 - x[0] ** 2)
    kappa = x[1] * largest / data[5]
    out[0] = thick_target(x[0], data[0], data[1], (data[2], data[3], data[4]), (kappa, data[5], data[6], x[1]))


def data(label: str) -> Vector:
    """The experiment."""
    dump = DUMPS[label]
    numbers = (dump.energy, dump.cut, dump.charge, dump.weight, dump.radiation_length, dump.shield, dump.decay)
    return np.array(numbers)


def promised(label: str, x: Matrix) -> Flags:
    """Where rtol holds at ``x`` (points, inputs): up to the heaviest boson within reach; the cut of E141 is a kink beyond."""
    return x[:, :1] <= DUMPS[label].heaviest
