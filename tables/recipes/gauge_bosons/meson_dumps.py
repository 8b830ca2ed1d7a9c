"""Vector bosons from meson decays that decay behind the shield of a proton dump: K e^z/kappa per X made, all directions counted.

K as in table electron-dumps, for the spectrum of X inside the cone of the detector (`physics/gauge_bosons/meson_decay.py`),
which is computed at 160 masses and taken as straight between them. The first input is **m_X/(1.01 - m_X^2/m^2)**, m the mass of
the parent, even in its logarithm: the mass itself would need ten times the nodes near m. Events = protons x mesons x R BR K
with R = 2 BR(gamma gamma) (1 - m_X^2/m^2)^3 times the U(3) trace.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments.proton_dumps import DUMPS, REFERENCES
from gloam.tables.physics.gauge_bosons.meson_decay import ENERGIES, ENERGY_WEIGHTS, density_grid, fill_spectrum, largest_energy
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ("pions_serpukhov.csv",)
GAP = 1.01  # [1] where the stretched mass would be infinite, of m_X^2/m^2
LIGHTEST, NEAREST = 1e-3, 0.998  # [GeV], and of the mass of the parent [1]
PION = DUMPS["nu-cal-pi0"].meson
LOWEST, HIGHEST = LIGHTEST / (GAP - (LIGHTEST / PION) ** 2), NEAREST * PION / (GAP - NEAREST**2)  # [GeV]
SLOWEST, FASTEST = 1e-6, 40.0  # [1] of z
MASSES = 160
HEAD = 6

TABLE = TableSpec(
    name="meson-dumps",
    version=1,
    title="vector bosons from meson decays decaying behind the shield of a proton dump",
    inputs=(
        Input("stretched", "GeV", LOWEST, HIGHEST, "m_X/(1.01 - m_X^2/m^2), m the mass of the parent"),
        Input("z", "1", SLOWEST, FASTEST, "shield over the decay length at the largest momentum"),
    ),
    axes=(
        Axis("ln(stretched)", math.log(LOWEST), math.log(HIGHEST), 64),
        Axis("ln(z)", math.log(SLOWEST), math.log(FASTEST), 72),
    ),
    coordinates="log",
    unit="m/GeV",
    rtol=2e-3,
    choice=Choice("dump", tuple(DUMPS)),
    parameters=((),) * len(DUMPS),
    references=REFERENCES,
)


@njit
def mass_of(stretched: float, meson: float) -> float:
    """m_X [GeV] of a stretched mass [GeV]."""
    share = stretched / meson**2
    return (math.sqrt(1.0 + 4.0 * GAP * stretched * share) - 1.0) / (2.0 * share)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """K e^z/kappa [m/GeV] at x = (stretched [GeV], z); data = beam, cut, end of parents [GeV], lengths [m], m, densities."""
    beam, cut, last, shield, volume, meson = data[:HEAD]
    mass = mass_of(x[0], meson)
    largest = math.sqrt(beam * beam - mass * mass)
    kappa = x[1] * largest / shield
    place = min(max(math.log(x[0] / LOWEST) / math.log(HIGHEST / LOWEST), 0.0) * (MASSES - 1), MASSES - 1.000001)
    row = int(place)
    part = place - row
    low, high = max(cut, mass), largest_energy(mass, meson, last)
    span = math.log(high / low)
    total = 0.0
    for k in range(ENERGIES.size):
        start = HEAD + row * ENERGIES.size + k
        density = (1.0 - part) * data[start] + part * data[start + ENERGIES.size]
        energy = low * math.exp(span * ENERGIES[k])
        p = math.sqrt(energy * energy - mass * mass)
        decayed = -math.expm1(-kappa * volume / p) / kappa
        total += ENERGY_WEIGHTS[k] * span * energy * density * math.exp(x[1] - kappa * shield / p) * decayed
    out[0] = total


def data(label: str) -> Vector:
    """The experiment, and X per decay and GeV at the nodes in energy of MASSES masses."""
    dump = DUMPS[label]
    ends, grid = density_grid(FILES[0])
    rows = np.empty((MASSES, ENERGIES.size))
    found = np.empty((2, ENERGIES.size))
    for row, stretched in zip(rows, np.geomspace(LOWEST, HIGHEST, MASSES), strict=True):
        mass = mass_of(stretched, dump.meson)
        fill_spectrum(mass, dump.meson, dump.cut, dump.cone, ends, grid, found)
        span = math.log(largest_energy(mass, dump.meson, ends[3]) / max(dump.cut, mass))
        row[:] = found[1] / (ENERGY_WEIGHTS * span * found[0])
    head = (dump.energy, dump.cut, ends[3], dump.shield, dump.decay, dump.meson)
    return np.concatenate([head, rows.ravel()])
