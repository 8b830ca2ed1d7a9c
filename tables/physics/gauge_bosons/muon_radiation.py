"""Vector bosons radiated by muons at a nucleus: improved Weizsaecker-Williams approximation with the mass of the muon.

    dsigma/dx = g_mu^2 chi (alpha^2/pi) beta [(1 - x + x^2/2)/U - x (1-x) (M^2 + 2 m^2)/(6 U^2)],   U = M^2 (1-x)/x + m^2 x,

x = E_X/E_0, beta^2 = 1 - (M/x E_0)^2, chi from t_min = (M^2/2E_0)^2 to M^2 + m^2, elastic form factor. C(M, x_c) is its
integral from x_c to the largest x. For M below m the approximation is uncertain, t_min has no muon mass (arXiv:2107.13297).
"""

from __future__ import annotations

import math

from gloam.tables.constants import ALPHA, MUON_MASS
from gloam.tables.numerics.quadrature import NODES_48, WEIGHTS_48, gauss_legendre
from gloam.tables.physics.dark_photons.bremsstrahlung import elastic_form_factor
from gloam.tables.units import INVERSE_GEV2_TO_CM2
from numba import njit

FRACTIONS, WEIGHTS = gauss_legendre(128)


@njit
def elastic_integral(mass: float, energy: float, charge: float, weight: float) -> float:
    """chi [1] of the elastic form factor for a muon of ``energy`` and a boson of ``mass`` [GeV]."""
    low, high = (0.5 * mass * mass / energy) ** 2, mass * mass + MUON_MASS**2
    if low >= high:
        return 0.0
    span = math.log(high / low)
    total = 0.0
    for k in range(NODES_48.size):
        t = low * math.exp(span * NODES_48[k])
        total += WEIGHTS_48[k] * span * (t - low) / t * elastic_form_factor(t, charge, weight)
    return total


@njit
def cumulative_cross_section(mass: float, energy: float, fraction: float, charge: float, weight: float) -> float:
    """C = int_fraction dx dsigma/dx per g_mu^2 and nucleus [cm^2]; mass and energy [GeV], fraction [1]."""
    least, most = max(fraction, mass / energy), 1.0 - MUON_MASS / energy
    if least >= most:
        return 0.0
    m2, muon2 = mass * mass, MUON_MASS**2
    first, last = -math.log1p(-least), -math.log1p(-most)
    total = 0.0
    for k in range(FRACTIONS.size):
        r = FRACTIONS[k]
        gap = math.exp(-(first + (last - first) * r * r))
        x = 1.0 - gap
        u = m2 * gap / x + muon2 * x
        value = (1.0 - x + 0.5 * x * x) / u - x * gap * (m2 + 2.0 * muon2) / (6.0 * u * u)
        beta = math.sqrt(max(1.0 - m2 / (x * energy) ** 2, 0.0))
        total += WEIGHTS[k] * 2.0 * r * (last - first) * gap * beta * value
    return total * elastic_integral(mass, energy, charge, weight) * ALPHA**2 / math.pi * INVERSE_GEV2_TO_CM2
