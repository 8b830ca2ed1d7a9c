"""na64-yield: the thick target the other way round, depth outside, energy loss inside, by the double-exponential rule.

With l = ln(E_0/E) the energy loss behind a depth t [radiation lengths] has the density l^(bt-1) e^-l/Gamma(bt), b = 4/3, so that

    dN/dx = (N_A X_0/A) int_0^T dt int_0^1 dv lmax^(bt)/Gamma(bt + 1) d sigma/dx'(E_0 e^-l, x e^l),   l = lmax v^(1/(bt)):

no logarithmic singularity at l = 0 is left. chi is the rule in ln t at 33 Chebyshev points of ln E and their polynomial.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.tables.constants import ALPHA, AVOGADRO, ELECTRON_MASS, PROTON_MASS
from gloam.tables.experiments.na64 import BEAM_ENERGY, LOWEST_FRACTION, TARGET_DEPTH
from gloam.tables.physics.dark_photons.bremsstrahlung import SPECTRUM_NODES
from gloam.tables.units import INVERSE_GEV2_TO_CM2
from numpy.polynomial import Chebyshev
from scipy.special import gammaln

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-8
POINTS = 200
ENDS = (math.log(0.5 * BEAM_ENERGY), math.log(BEAM_ENERGY))  # of ln E
CHARGE, WEIGHT, LENGTH = 82.0, 207.2, 6.37  # [1], [g/mol], [g/cm^2] of lead
DEPTHS = (0.0, 0.3, 1.5, 5.0, 15.0, TARGET_DEPTH)  # [radiation lengths] ends of the pieces in t


def photon_flux(m_Ap: float, energy: Array) -> Array:
    """chi [1] of lead at every energy [GeV], one power of the proton's ratio in the inelastic part."""
    start, end = np.log((0.5 * m_Ap**2 / energy) ** 2), math.log(m_Ap**2)
    nodes, weights = pieces((0.0, 0.25, 0.5, 0.75, 1.0))
    t = np.exp(start[:, np.newaxis] + (end - start)[:, np.newaxis] * nodes)
    elastic = (111.0 * CHARGE ** (-1.0 / 3.0) / ELECTRON_MASS) ** 2 * t
    form = (CHARGE * elastic / (1.0 + elastic) / (1.0 + t * WEIGHT ** (2.0 / 3.0) / 0.164)) ** 2
    inelastic = (773.0 * CHARGE ** (-2.0 / 3.0) / ELECTRON_MASS) ** 2 * t
    ratio = (1.0 + t * (2.79**2 - 1.0) / (4.0 * PROTON_MASS**2)) / (1.0 + t / 0.71) ** 4
    form += CHARGE * (inelastic / (1.0 + inelastic)) ** 2 * ratio
    chi: Array = (end - start) * np.sum(weights * (1.0 - np.exp(start)[:, np.newaxis] / t) * form, axis=1)
    return chi


def flux_of_logarithm(log: Any, m_Ap: float) -> Any:
    """chi [1] at ln(E/GeV)."""
    return photon_flux(m_Ap, np.exp(log))


def spectrum(m_Ap: float, x: float, chi: Chebyshev) -> float:
    """dN/dx [1] per electron and eps^2 at x = E_A'/E_0; ``chi`` is a polynomial in ln E."""
    largest = -math.log(x + max(m_Ap, ELECTRON_MASS) / BEAM_ENERGY)
    if largest <= 0.0:
        return 0.0
    t, depth = pieces(DEPTHS)
    v, step = pieces((0.0, 0.5, 1.0))
    order = 4.0 / 3.0 * t[:, np.newaxis]
    loss = largest * np.exp(np.log(v) / order)
    fraction = x * np.exp(loss)
    energy = BEAM_ENERGY * np.exp(-loss)
    m2, e2 = m_Ap**2, ELECTRON_MASS**2
    rest = np.maximum(1.0 - fraction, max(m_Ap, ELECTRON_MASS) / energy)
    u = m2 * rest / fraction + e2 * fraction
    shape = (1.0 - fraction + 0.5 * fraction**2) / u - fraction * rest * (m2 + 2.0 * e2) / (6.0 * u * u)
    cross = 4.0 * ALPHA**3 * chi(np.log(energy)) * np.sqrt(1.0 - m2 / energy**2) * shape * INVERSE_GEV2_TO_CM2
    density = np.exp(order * math.log(largest) - gammaln(order + 1.0))
    return float(np.sum(depth[:, np.newaxis] * step * density * cross)) * AVOGADRO * LENGTH / WEIGHT


def check(label: str, x: Array) -> tuple[Array, float]:
    """Weights w_k [1] at x = (m_Ap [GeV],): dN/dx at the points of the table's rule times their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(SPECTRUM_NODES)
    out = np.empty((len(x), SPECTRUM_NODES))
    for row, mass in zip(out, x[:, 0].tolist(), strict=True):
        chi = Chebyshev.interpolate(flux_of_logarithm, 32, ENDS, args=(mass,))
        small, heavier = (ELECTRON_MASS / mass) ** 2, max(mass, ELECTRON_MASS)
        span = math.log((1.0 - LOWEST_FRACTION + small) / (heavier / BEAM_ENERGY + small))
        gap = (1.0 - LOWEST_FRACTION + small) * np.exp(-0.5 * span * (nodes + 1.0))
        values = [spectrum(mass, fraction, chi) for fraction in (1.0 - (gap - small)).tolist()]
        row[:] = 0.5 * weights * span * gap * values
    return out, ACCURACY
