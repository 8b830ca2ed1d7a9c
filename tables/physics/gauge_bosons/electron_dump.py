"""Vector bosons from an electron beam in a thick target, and those that decay behind a shield.

J. D. Bjorken, R. Essig, P. Schuster, N. Toro, arXiv:0906.0580, with the mass of the electron kept. Per electron and g_e^2,

    W(s) = (N_A X_0/A) int dy e^-y J(y) int dx dsigma/dx exp(-s/p),   y = ln(E_0/E_e), E = x E_e, p^2 = E^2 - M^2,
    dsigma/dx = chi (alpha^2/pi) beta [(1 - x + x^2/2)/U - x (1-x) (M^2 + 2 m_e^2)/(6 U^2)],   U = M^2 (1-x)/x + m_e^2 x,

beta^2 = 1 - (M/E)^2, x < 1 - m_e/E_e, chi from t_min = (M^2/2E_e)^2 to M^2 + m_e^2, unsquared inelastic bracket, J the energy
loss by radiation in 40 radiation lengths. Electrons that lost less than 1e-6 of ln E are a delta function at E_0: up to 0.3 of
W at its upper edge. With kappa = M Gamma/(hbar c), K = W(kappa L_sh) - W(kappa (L_sh + L_dec)) in one integral: no difference
of large numbers.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ALPHA, AVOGADRO, ELECTRON_MASS
from gloam.tables.numerics.quadrature import NODES_32, NODES_48, WEIGHTS_32, WEIGHTS_48, gauss_legendre
from gloam.tables.physics.dark_photons.bremsstrahlung import elastic_form_factor, inelastic_form_factor, shower_density, splitting
from gloam.tables.units import INVERSE_GEV2_TO_CM2
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

DEPTH = 40.0  # [radiation lengths]
LEAST_LOSS = 1e-6  # [1] of ln E
PANELS = 6  # in ln y below half of the largest loss; above, in the root of the distance to it
FRACTIONS, WEIGHTS = gauss_legendre(96)  # in x
NODES_14, WEIGHTS_14 = gauss_legendre(14)  # in a panel


@njit
def form_factor_integral(mass: float, energy: float, charge: float, weight: float) -> float:
    """chi [1] for an electron of ``energy`` and a boson of ``mass`` [GeV]; 48 Gauss-Legendre points in ln t."""
    low, high = (0.5 * mass * mass / energy) ** 2, mass * mass + ELECTRON_MASS**2
    if low >= high:
        return 0.0
    span = math.log(high / low)
    total = 0.0
    for k in range(NODES_48.size):
        t = low * math.exp(span * NODES_48[k])
        form = elastic_form_factor(t, charge, weight) + inelastic_form_factor(t, charge, False)
        total += WEIGHTS_48[k] * span * (t - low) / t * form
    return total


@njit
def seen_by(p: float, kappa: float, shield: float, decay: float, shift: float) -> float:
    """Probability to decay behind the shield over kappa [m/GeV], times exp(shift); lengths [m], 1/p for decay = 0."""
    if decay == 0.0:
        return math.exp(shift - kappa * shield / p)
    x = kappa * decay / p
    part = -math.expm1(-x) / kappa if x > 1e-12 else decay / p
    return math.exp(shift - kappa * shield / p) * part


@njit
def from_electron(
    mass: float, energy: float, lowest: float, target: tuple[float, float, float], decay: tuple[float, float, float, float]
) -> float:
    """int dx dsigma/dx [cm^2] of :func:`seen_by` for an electron of ``energy`` [GeV], bosons above ``lowest`` [GeV]."""
    least, most = lowest / energy, 1.0 - ELECTRON_MASS / energy
    if least >= most:
        return 0.0
    chi = form_factor_integral(mass, energy, target[0], target[1])
    first, last = -math.log1p(-least), math.log(energy / ELECTRON_MASS)
    total = 0.0
    for k in range(FRACTIONS.size):
        r = FRACTIONS[k]
        gap = math.exp(-(first + (last - first) * r * r))
        x = 1.0 - gap
        p2 = (x * energy) ** 2 - mass * mass
        if p2 <= 0.0:
            continue
        p = math.sqrt(p2)
        jacobian = WEIGHTS[k] * 2.0 * r * (last - first) * gap
        total += jacobian * p / (x * energy) * splitting(mass, x) * seen_by(p, decay[0], decay[1], decay[2], decay[3])
    return total * chi * ALPHA**2 / math.pi * INVERSE_GEV2_TO_CM2


@njit
def thick_target(
    mass: float, beam: float, cut: float, target: tuple[float, float, float], decay: tuple[float, float, float, float]
) -> float:
    """Bosons per electron and g_e^2 weighted by :func:`seen_by`.

    Parameters
    ----------
    mass, beam, cut : float
        [GeV]
    target : (Z, A [g/mol], X_0 [g/cm^2])
    decay : (kappa [GeV/m], shield [m], decay volume [m], shift [1])
    """
    lowest = max(cut, mass)
    reach = math.log(beam / (lowest + ELECTRON_MASS))
    if reach <= LEAST_LOSS:
        return 0.0
    total = shower_density(LEAST_LOSS, DEPTH)[1] * from_electron(mass, beam, lowest, target, decay)
    half = 0.5 * reach
    width = math.log(half / LEAST_LOSS) / PANELS
    for panel in range(PANELS):
        for k in range(NODES_14.size):
            loss = LEAST_LOSS * math.exp(width * (panel + NODES_14[k]))
            density, _ = shower_density(loss, DEPTH)
            made = from_electron(mass, beam * math.exp(-loss), lowest, target, decay)
            total += WEIGHTS_14[k] * width * density * math.exp(-loss) * made
    for k in range(NODES_32.size):
        v = NODES_32[k]
        loss = reach - half * v * v
        density, _ = shower_density(loss, DEPTH)
        made = from_electron(mass, beam * math.exp(-loss), lowest, target, decay)
        total += WEIGHTS_32[k] * reach * v * density / loss * math.exp(-loss) * made
    return total * AVOGADRO * target[2] / target[1]
