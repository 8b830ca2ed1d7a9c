"""Widths of the dark-photon-like mediator Z' and of N -> nu Z'^(*), per unit coupling.

L = V nubar_a gamma^mu P_L N Z'_mu + h.c. and Z' couples to the electromagnetic current with strength e eps. All widths
of N are for a Dirac N and massless neutrinos; a Majorana N has twice each. Z' widths: P. Ilten, Y. Soreq,
M. Williams, W. Xue, arXiv:1801.04847; the neutrino ones are half a massless lepton's because only one chirality
couples. N -> nu Z': P. Ballett, M. Hostert, S. Pascoli, arXiv:1903.07589; A. Abdullahi, J. Hoefken Zink,
M. Hostert, D. Massaro, S. Pascoli, arXiv:2207.04137.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, FERMI_CONSTANT, MUON_MASS, TAU_MASS
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS, r_ratio
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

ELECTRONS, MUONS, TAUS, HADRONS, NEUTRINOS, NEUTRINO_N, N_PAIR = range(7)
MEDIATOR_CHANNELS = 7


@njit
def neutrino_mediator_width(m_N: float, m_Zp: float) -> float:
    """Gamma(N -> nu Z')/V^2 [GeV] on shell, for masses [GeV]; 0 for m_N <= m_Zp.

    m_N^3/(32 pi m_Zp^2) (1 - b^2)^2 (1 + 2 b^2), b = m_Zp/m_N.
    """
    if m_N <= m_Zp:
        return 0.0
    b2 = (m_Zp / m_N) ** 2
    gap = (m_N - m_Zp) * (m_N + m_Zp) / m_N**2
    return m_N**3 / (32.0 * math.pi * m_Zp**2) * gap**2 * (1.0 + 2.0 * b2)


@njit
def contact_width(m_N: float, m_Zp: float) -> float:
    """Gamma(N -> nu l l)/(V^2 g_l^2) [GeV] for m_N << m_Zp and massless leptons: m_N^5/(768 pi^3 m_Zp^4)."""
    return m_N**5 / (768.0 * math.pi**3 * m_Zp**4)


@njit
def contact_interference(m_N: float, m_Zp: float) -> float:
    """Interference of V g_l/m_Zp^2 with a contact vector amplitude c_V [GeV^-2], Gamma/(2 V g_l c_V) [GeV^3].

    m_N^5/(768 pi^3 m_Zp^2); multiplied by J of `three_body` or `resonance` it holds for any m_N and m_l. The axial part
    of the contact amplitude does not interfere with the vector one once the pair's phase space is integrated.
    """
    return m_N**5 / (768.0 * math.pi**3 * m_Zp**2)


@njit
def weak_vector_coupling(flavour: int, lepton: int, sin2_theta_w: float) -> float:
    """g_L + g_R [1] of N -> nu_flavour l l by Z (and W where the flavours agree): -1/2 + 2 s_W^2 (+ 1).

    The contact vector amplitude is 2 sqrt2 G_F U (g_L + g_R)/2 in the sign convention of `weak_widths`.
    """
    return -0.5 + 2.0 * sin2_theta_w + (1.0 if flavour == lepton else 0.0)


@njit
def weak_interference_width(m_N: float, m_Zp: float, strength: float, vector_coupling: float, first: float) -> float:
    """Z'-weak interference in N -> nu_a l l [GeV].

    strength = g_D U2_aN U2_D e eps [1], vector_coupling = g_L + g_R, first = J [1]. With V_aN = -g_D U_aN U2_D, the
    Z' coupling -e eps of the lepton and C_aN = -w U_aN, V_aN g_l c_V = -strength 2 sqrt2 G_F (g_L + g_R)/2:
    constructive for U2_mu and electrons when eps > 0, destructive for U2_e.
    """
    amplitude = -2.0 * math.sqrt(2.0) * FERMI_CONSTANT * strength * vector_coupling
    return contact_interference(m_N, m_Zp) * amplitude * first


@njit
def three_neutrino_dark_width(m_N: float, m_Zp: float, square: float, exchange: float) -> float:
    """Gamma(N -> nu nu nubar)/(V_N^2 V_nu^2) [GeV] through the Z', (K + E)/2 contact widths.

    The couplings V_ab = g_D U_a U_b U2_D are of rank one: all three neutrinos are the state sum_a U_a nu_a/|U|, the two
    equal ones are identical and both pairings add coherently. K, E: `three_body`. For m_N << m_Zp K + E = 2.
    """
    return 0.5 * (square + exchange) * contact_width(m_N, m_Zp)


@njit
def three_neutrino_interference_width(m_N: float, m_Zp: float, neutral2: float, first: float) -> float:
    """Z'-Z interference in N -> nu nu nubar [GeV]; neutral2 = g_D^2 U2_D^2 (sum_a U2_a)^2 [1], first = J(r = 0) [1].

    C_N C_nu/m_Z^2 = sqrt2 G_F U against V_N V_nu = -g_D^2 U2_D^2 U^3: destructive whatever the sign of eps or g_D.
    """
    return -2.0 * math.sqrt(2.0) * FERMI_CONSTANT * neutral2 * first * contact_interference(m_N, m_Zp)


@njit
def mediator_lepton_width(m_Zp: float, m_l: float) -> float:
    """Gamma(Z' -> l+ l-)/g_l^2 [GeV]: m_Zp/(12 pi) (1 + 2 r^2) sqrt(1 - 4 r^2), r = m_l/m_Zp; masses [GeV]."""
    if m_Zp <= 2.0 * m_l:
        return 0.0
    r2 = (m_l / m_Zp) ** 2
    return m_Zp / (12.0 * math.pi) * (1.0 + 2.0 * r2) * math.sqrt(1.0 - 4.0 * r2)


@njit
def mediator_hadron_width(m_Zp: float) -> float:
    """Gamma(Z' -> hadrons)/(e eps)^2 [GeV]: m_Zp/(12 pi) R(m_Zp^2); m_Zp [GeV] up to 10.5."""
    if m_Zp <= HADRON_THRESHOLD:
        return 0.0
    return m_Zp / (12.0 * math.pi) * r_ratio(m_Zp * m_Zp, KNOTS, RATIOS)


@njit
def mediator_neutrino_width(m_Zp: float) -> float:
    """Gamma(Z' -> nu nubar)/sum_ab |V_ab|^2 [GeV]: m_Zp/(24 pi), Dirac or Majorana neutrinos alike."""
    return m_Zp / (24.0 * math.pi)


@njit
def mediator_neutrino_N_width(m_Zp: float, m_N: float) -> float:
    """Gamma(Z' -> nu Nbar + nubar N)/V^2 [GeV]: m_Zp/(12 pi) (1-z)^2 (1+z/2), z = (m_N/m_Zp)^2; Majorana the same."""
    if m_Zp <= m_N:
        return 0.0
    z = (m_N / m_Zp) ** 2
    return m_Zp / (12.0 * math.pi) * (1.0 - z) ** 2 * (1.0 + 0.5 * z)


@njit
def mediator_N_pair_width(m_Zp: float, m_N: float, majorana: bool) -> float:
    """Gamma(Z' -> N N)/V_NN^2 [GeV] for a left-handed vertex V_NN; with z = (m_N/m_Zp)^2 and b^2 = 1 - 4z:

    m_Zp/(24 pi) b (1 - z) for Dirac (vector V/2 plus axial V/2), m_Zp/(24 pi) b^3 for Majorana (axial, identical).
    """
    if m_Zp <= 2.0 * m_N:
        return 0.0
    z = (m_N / m_Zp) ** 2
    b = math.sqrt(1.0 - 4.0 * z)
    return m_Zp / (24.0 * math.pi) * (b**3 if majorana else b * (1.0 - z))


@njit
def mediator_widths(m_Zp: float, m_N: float, charge2: float, vector2: float, dark2: float, majorana: bool, out: Vector) -> None:
    """Partial widths [GeV] of the Z' into out of shape (MEDIATOR_CHANNELS,), ELECTRONS ... N_PAIR.

    charge2 = (e eps)^2, vector2 = sum_a V_aN^2, dark2 = V_NN^2 = g_D^2 U2_D^2 [1]; the light neutrinos then have
    sum |V_ab|^2 = (vector2)^2/dark2 because the couplings are of rank one.
    """
    out[ELECTRONS] = charge2 * mediator_lepton_width(m_Zp, ELECTRON_MASS)
    out[MUONS] = charge2 * mediator_lepton_width(m_Zp, MUON_MASS)
    out[TAUS] = charge2 * mediator_lepton_width(m_Zp, TAU_MASS)
    out[HADRONS] = charge2 * mediator_hadron_width(m_Zp)
    neutral2 = vector2 * vector2 / dark2 if dark2 > 0.0 else 0.0
    out[NEUTRINOS] = neutral2 * mediator_neutrino_width(m_Zp)
    out[NEUTRINO_N] = vector2 * mediator_neutrino_N_width(m_Zp, m_N)
    out[N_PAIR] = dark2 * mediator_N_pair_width(m_Zp, m_N, majorana)
