"""Vector bosons behind a beam dump: events from the tables electron-dumps and meson-dumps, calibrated to the published curve.

    N = exposure A P BR(e+e-) K(m_X, kappa),   kappa = m_X Gamma/(hbar c),

K from first principles, exact g, width and branching ratio. A(m_X), one number per mass, is acceptance times what is wrong with
the exposure: by default the one that puts the lower edge of a secluded boson where it was published; its upper edge is then a
test.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import BR_X_ELECTRONS, M_X, SILENT, WIDTH_X, Option
from gloam.tables.constants import ELECTRIC_CHARGE, HBAR_C
from gloam.tables.experiments import proton_dumps
from gloam.tables.experiments.dark_photon_curves import edge
from gloam.tables.experiments.electron_dumps import DUMPS
from gloam.tables.numerics.curve import curve_value
from gloam.tables.physics.gauge_bosons.widths import ELECTRONS, PHOTON_COUPLINGS, WIDTHS, fill_widths
from gloam.tables.recipes.gauge_bosons import meson_dumps
from gloam.tables.recipes.gauge_bosons.electron_dumps import FASTEST, SLOWEST
from gloam.tables.recipes.gauge_bosons.meson_dumps import GAP
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CALIBRATION = Option(
    "calibration",
    ("published", "none"),
    "published",
    "A(m_X) from the lower edge of the published secluded curve, or the acceptance given",
)
NO_INFORMATION = "the published curve that calibrates does not reach this m_X: use calibration=none"
ENERGY_AT, SHIELD_AT, SPECTRUM_AT, SIZE_AT, CURVE_AT = range(5)  # among the options; numbers of a search follow its constants
ELECTRON_DUMPS = len(DUMPS)
MESONS = np.array([dump.meson for dump in proton_dumps.DUMPS.values()])  # [GeV] of the parents


def constants_of(name: str) -> tuple[float, ...]:
    """Constants of the search of a dump: energy, shield, number of its spectrum, how many they are, published lower edge."""
    dump = DUMPS[name] if name in DUMPS else proton_dumps.DUMPS[name]
    number = (*DUMPS, *proton_dumps.DUMPS).index(name)
    curve = edge(dump.curve, "eps_low").flat().tolist()
    return (dump.energy, dump.shield, float(number), float(CURVE_AT + len(curve)), *curve)


@njit
def from_table(
    blob: Vector, block: int, first: float, slowest: float, fastest: float, z: float, kappa: float
) -> tuple[float, float]:
    """K [1] from a table of K e^z/kappa at its ``first`` input and z, and the bound of its relative error.

    0 above ``fastest`` and outside the masses; below ``slowest`` K/kappa is constant.
    """
    if z > fastest:
        return 0.0, 0.0
    x, work, value = np.empty(2), np.empty(WORK), np.empty(1)
    x[0], x[1] = first, max(z, slowest)
    if values_at(blob, block, x, work, value) != 0:
        return 0.0, 0.0
    return value[0] * kappa * math.exp(-z), error_of(blob, block, work, 0) / value[0]


@njit
def decayed(
    spectrum: int, blob: Vector, block: int, energy: float, shield: float, mass: float, width: float
) -> tuple[float, float]:
    """K [1] of a dump at a total width [GeV], and the bound of its relative error; 0 beyond its table.

    ``spectrum`` counts the electron dumps (K per electron and g_e^2), then the dumps of mesons (K per X made); ``energy`` [GeV]
    of the beam, ``shield`` [m].
    """
    if width <= 0.0:
        return 0.0, 0.0
    kappa = mass * width / HBAR_C
    z = kappa * shield / math.sqrt(energy * energy - mass * mass)
    if spectrum < ELECTRON_DUMPS:
        return from_table(blob, block, mass, SLOWEST, FASTEST, z, kappa)
    share = (mass / MESONS[spectrum - ELECTRON_DUMPS]) ** 2
    if share >= GAP:
        return 0.0, 0.0
    return from_table(blob, block, mass / (GAP - share), meson_dumps.SLOWEST, meson_dumps.FASTEST, z, kappa)


@njit
def secluded(spectrum: int, blob: Vector, block: int, energy: float, shield: float, mass: float, eps: float) -> float:
    """(e eps)^2 BR(e+e-) K [1] of a dark photon."""
    widths = np.empty(WIDTHS)
    total = fill_widths(mass, ELECTRIC_CHARGE * PHOTON_COUPLINGS, 1.0, 1.0, widths)
    if total == 0.0:
        return 0.0
    made = (ELECTRIC_CHARGE * eps) ** 2 * widths[ELECTRONS] / total
    return made * decayed(spectrum, blob, block, energy, shield, mass, total * eps * eps)[0]


@njit
def events(coupling2: float, slots: Vector, options: Vector, blob: Vector, block: int) -> tuple[float, float, int]:
    """Events [1], the bound of their relative error, and 0 or SILENT.

    ``coupling2`` is the squared coupling of the production, (e eps)^2 for a dark photon.
    """
    mass, size = slots[M_X], int(options[SIZE_AT])
    energy, shield = options[ENERGY_AT], options[SHIELD_AT]
    found, error = decayed(int(options[SPECTRUM_AT]), blob, block, energy, shield, mass, slots[WIDTH_X])
    found *= coupling2 * slots[BR_X_ELECTRONS]
    if options[size + 3] == 1.0:
        return found * options[size] * options[size + 1], error, 0
    low = curve_value(options, CURVE_AT, mass)
    if math.isnan(low):
        return 0.0, 0.0, SILENT
    published = secluded(int(options[SPECTRUM_AT]), blob, block, energy, shield, mass, low)
    return found / published * options[size + 2] if published > 0.0 else 0.0, 2.0 * error, 0
