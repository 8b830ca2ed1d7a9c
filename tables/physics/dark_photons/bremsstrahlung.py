"""Dark bremsstrahlung e Z -> e Z A' in the improved Weizsaecker-Williams approximation, thin and thick targets.

J. D. Bjorken, R. Essig, P. Schuster, N. Toro, arXiv:0906.0580; Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815. With
x = E_A'/E and U = m_A'^2 (1-x)/x + m_e^2 x,

    dsigma/dx = 4 alpha^3 eps^2 chi sqrt(1 - m_A'^2/E^2) [(1 - x + x^2/2)/U - x (1-x) (m_A'^2 + 2 m_e^2)/(6 U^2)],

x < 1 - max(m_e, m_A')/E, which is (1 - x + x^2/3)/U for m_e = 0. chi = int dt (t - t_min)/t^2 (G2el + G2in) from
t_min = (m_A'^2/2E)^2 to m_A'^2. Against the exact tree level the approximation is off by -20 to +80 %
(arXiv:2409.12748). The inelastic form factor is Z times the screening factor times the proton's ratio
[1 + t (mu_p^2-1)/(4 m_p^2)]/(1 + t/0.71)^4, once unless told otherwise; 0906.0580 prints the whole ratio squared. For lead at
100 GeV squaring lowers chi by 0.27 % at m_A' = 1 GeV and 79 % at 10 GeV.

Thick target, per electron: dN/dx = (N_A X_0/A) int_0^T dt int dE I(E_0, E, t) E_0 dsigma/dE_A', with the energy loss by
radiation I = ln(E_0/E)^(bt-1)/(E_0 Gamma(bt)), b = 4/3.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from gloam.tables.constants import ALPHA, AVOGADRO, ELECTRON_MASS, PROTON_MASS
from gloam.tables.numerics.quadrature import NODES_12, NODES_48, WEIGHTS_12, WEIGHTS_48, gauss_legendre
from gloam.tables.units import INVERSE_GEV2_TO_CM2
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

MAGNETIC_MOMENT: Final = 2.79  # [nuclear magneton] of the proton as used in the form factor
LOSS: Final = 4.0 / 3.0  # [1] b
SHOWER_END: Final = 30.0  # [1] largest b t that matters: l^s/Gamma(s) is below 1e-30 beyond, for l < 0.7
SPECTRUM_NODES: Final = 16  # [1] Gauss-Legendre points of the spectrum between the lowest and the largest x
FRACTIONS, WEIGHTS = gauss_legendre(SPECTRUM_NODES)


@njit
def elastic_form_factor(t: float, charge: float, weight: float) -> float:
    """G2el [1] at t [GeV^2]: Z^2 [a^2 t/(1 + a^2 t)]^2 (1 + t/d)^-2, a = 111 Z^(-1/3)/m_e, d = 0.164 GeV^2 A^(-2/3)."""
    screening = (111.0 * charge ** (-1.0 / 3.0) / ELECTRON_MASS) ** 2 * t
    return (charge * screening / (1.0 + screening) / (1.0 + t * weight ** (2.0 / 3.0) / 0.164)) ** 2


@njit
def inelastic_form_factor(t: float, charge: float, squared: bool) -> float:
    """G2in [1] at t [GeV^2]: Z [a'^2 t/(1 + a'^2 t)]^2 r, a' = 773 Z^(-2/3)/m_e; r or, if ``squared``, r^2 with

    r = [1 + t (mu_p^2-1)/(4 m_p^2)]/(1 + t/0.71)^4.
    """
    screening = (773.0 * charge ** (-2.0 / 3.0) / ELECTRON_MASS) ** 2 * t
    ratio = (1.0 + t * (MAGNETIC_MOMENT**2 - 1.0) / (4.0 * PROTON_MASS**2)) / (1.0 + t / 0.71) ** 4
    if squared:
        ratio *= ratio
    return charge * (screening / (1.0 + screening)) ** 2 * ratio


@njit
def photon_flux(m_Ap: float, energy: float, charge: float, weight: float, squared: bool) -> float:
    """chi [1] for an electron of ``energy`` [GeV] and m_Ap [GeV]; 48 Gauss-Legendre points in ln t."""
    low, high = (0.5 * m_Ap * m_Ap / energy) ** 2, m_Ap * m_Ap
    if low >= high:
        return 0.0
    span = math.log(high / low)
    total = 0.0
    for k in range(NODES_48.size):
        t = low * math.exp(span * NODES_48[k])
        form = elastic_form_factor(t, charge, weight) + inelastic_form_factor(t, charge, squared)
        total += WEIGHTS_48[k] * span * (t - low) / t * form
    return total


@njit
def cross_section(m_Ap: float, energy: float, x: float, chi: float) -> float:
    """dsigma/dx per eps^2 [cm^2] for an electron of ``energy`` [GeV]; 0 beyond the largest x."""
    if x >= 1.0 - max(m_Ap, ELECTRON_MASS) / energy:
        return 0.0
    return 4.0 * ALPHA**3 * chi * math.sqrt(1.0 - (m_Ap / energy) ** 2) * splitting(m_Ap, x) * INVERSE_GEV2_TO_CM2


@njit
def splitting(m_Ap: float, x: float) -> float:
    """(1 - x + x^2/2)/U - x (1-x) (m_A'^2 + 2 m_e^2)/(6 U^2) [GeV^-2]."""
    m2, e2 = m_Ap * m_Ap, ELECTRON_MASS**2
    u = m2 * (1.0 - x) / x + e2 * x
    return (1.0 - x + 0.5 * x * x) / u - x * (1.0 - x) * (m2 + 2.0 * e2) / (6.0 * u * u)


@njit
def shower_density(loss: float, depth: float) -> tuple[float, float]:
    """(l T(l), int_0^l T) for l = ln(E_0/E) > 0 and T(l) = int_0^depth dt l^(bt-1)/Gamma(bt); depth [radiation lengths]."""
    end = min(LOSS * depth, SHOWER_END)
    log = math.log(loss)
    density, total = 0.0, 0.0
    for k in range(NODES_48.size):
        v = NODES_48[k]
        s = end * v**3
        value = WEIGHTS_48[k] * 3.0 * v * v * end * math.exp(s * log) / math.gamma(s + 1.0)
        total += value
        density += s * value
    return density / LOSS, total / LOSS


@njit
def spectrum(m_Ap: float, beam: float, x: float, depth: float, target: tuple[float, float, float, float]) -> float:
    """dN/dx per electron and eps^2 [1] at x = E_A'/beam; masses and energies [GeV], depth [radiation lengths].

    target = (Z, A [g/mol], X_0 [g/cm^2], 1 for the squared inelastic ratio).
    """
    charge, weight, length, squared = target
    heavier = max(m_Ap, ELECTRON_MASS)
    reach = -math.log(x + heavier / beam)  # largest energy loss that leaves x possible
    if reach <= 0.0:
        return 0.0
    half = 0.5 * reach
    start = 1e-7 * reach  # below it the cross section is that of the full energy
    chi = photon_flux(m_Ap, beam, charge, weight, squared == 1.0)
    total = shower_density(start, depth)[1] * cross_section(m_Ap, beam, x, chi)
    # from the smallest losses to half the reach in ln l
    panels = 10
    width = math.log(half / start) / panels
    for panel in range(panels):
        for k in range(NODES_12.size):
            loss = start * math.exp(width * (panel + NODES_12[k]))
            total += WEIGHTS_12[k] * width * loss_integrand(m_Ap, beam, x, loss, depth, target) * loss
    # from there on in ln(reach - l + small), the peak of the cross section at x E_0 = E
    small = (ELECTRON_MASS / m_Ap) ** 2 + heavier / beam
    width = math.log((half + small) / small) / panels
    for panel in range(panels):
        for k in range(NODES_12.size):
            gap = small * math.exp(width * (panel + NODES_12[k]))
            loss = reach - (gap - small)
            total += WEIGHTS_12[k] * width * loss_integrand(m_Ap, beam, x, loss, depth, target) * gap
    return total * AVOGADRO * length / weight


@njit
def loss_integrand(
    m_Ap: float, beam: float, x: float, loss: float, depth: float, target: tuple[float, float, float, float]
) -> float:
    """exp(-l) T(l) E_0/E dsigma/dx_1 [cm^2] with E = E_0 exp(-l), x_1 = x E_0/E."""
    energy = beam * math.exp(-loss)
    chi = photon_flux(m_Ap, energy, target[0], target[1], target[3] == 1.0)
    density, _ = shower_density(loss, depth)
    return density / loss * cross_section(m_Ap, energy, x * beam / energy, chi)


@njit
def spectrum_point(m_Ap: float, beam: float, lowest: float, node: int) -> tuple[float, float]:
    """(x, weight) [1] of a node of the rule for int dx from ``lowest`` to the largest x of the spectrum.

    Gauss-Legendre in u = -ln(1 - x + (m_e/m_A')^2), which follows the peak at x -> 1.
    """
    heavier = max(m_Ap, ELECTRON_MASS)
    small = (ELECTRON_MASS / m_Ap) ** 2
    largest = 1.0 - heavier / beam
    span = math.log((1.0 - lowest + small) / (1.0 - largest + small))
    gap = (1.0 - lowest + small) * math.exp(-span * FRACTIONS[node])
    return 1.0 - (gap - small), WEIGHTS[node] * span * gap
