"""Decay widths of a heavy neutral lepton N through W and Z exchange, per unit |U_aN|^2.

All widths are for a Dirac N (one charge state) and massless light neutrinos; a Majorana N has twice
every width. Tree level; exclusive hadronic channels, summed up to m_N = 2 GeV: above about 1 GeV
multi-meson final states are missing, which is an external uncertainty of the hadronic part of
tens of per cent. Open charm (m_N > 1.87 GeV) is not included.

References: A. Atre, T. Han, S. Pascoli, B. Zhang, arXiv:0901.3589; K. Bondarenko, A. Boyarsky,
D. Gorbunov, O. Ruchayskiy, arXiv:1805.08567; P. Coloma, E. Fernandez-Martinez, M. Gonzalez-Lopez,
J. Hernandez-Garcia, Z. Pavlovic, arXiv:2007.03701 (decay constants of neutral mesons).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import (
    CHARGED_K_STAR_MASS,
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    ETA_DECAY_CONSTANT,
    ETA_MASS,
    ETA_PRIME_DECAY_CONSTANT,
    ETA_PRIME_MASS,
    FERMI_CONSTANT,
    K_STAR_DECAY_CONSTANT,
    KAON_DECAY_CONSTANT,
    MUON_MASS,
    NEUTRAL_PION_MASS,
    OMEGA_DECAY_CONSTANT,
    OMEGA_MASS,
    PHI_DECAY_CONSTANT,
    PHI_MASS,
    PION_DECAY_CONSTANT,
    RHO_DECAY_CONSTANT,
    RHO_MASS,
    TAU_MASS,
    V_UD,
    V_US,
)
from gloam.tables.numerics.quadrature import NODES_16, NODES_32, WEIGHTS_16, WEIGHTS_32
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

CLOSED_FORM_VELOCITY = 0.5  # [1] below this lepton velocity the closed pair functions lose digits
ELECTRON, MUON, TAU = 0, 1, 2
LEPTON_MASSES = (ELECTRON_MASS, MUON_MASS, TAU_MASS)
THREE_NEUTRINOS, ELECTRONS, MUONS, TAUS, UNLIKE_LEPTONS, NEUTRAL_MESONS, CHARGED_MESONS = range(7)
CHANNELS = 7  # groups of channels that `weak_widths` returns


@njit
def kallen(a: float, b: float, c: float) -> float:
    """Kallen function a^2 + b^2 + c^2 - 2ab - 2ac - 2bc."""
    return (a - b - c) ** 2 - 4.0 * b * c


@njit
def fermi_width(m_N: float) -> float:
    """G_F^2 m_N^5/(192 pi^3) [GeV], the muon-decay form, for m_N [GeV]."""
    return FERMI_CONSTANT**2 * m_N**5 / (192.0 * math.pi**3)


@njit
def three_neutrino_width(m_N: float) -> float:
    """Width of N -> nu_a nu nubar summed over flavours [GeV]: G_F^2 m_N^5/(192 pi^3); arXiv:1805.08567 section 3."""
    return fermi_width(m_N)


@njit
def pair_functions(r: float) -> tuple[float, float]:
    """Phase-space functions (f1, f2) of N -> nu l+ l- for r = m_l/m_N, in [0, 1/2).

    Gamma = G_F^2 m_N^5/(192 pi^3) [(g_L^2 + g_R^2) f1 + g_L g_R f2]; arXiv:0901.3589
    appendix C, with the logarithm in a form that does not cancel, L = 4 ln(2r/(1 + w)), w^2 = 1 - 4 r^2.
    Near threshold the closed form cancels like w^7, and the integrals over x = m_ll^2/m_N^2
      f1 = int (1-x)^2 b [(1+2x)(2 - 2y) + 6y] dx,  f2 = 24 r^2 int (1-x)^2 b dx,
    y = r^2/x, b^2 = 1 - 4y, are done instead.
    """
    w = math.sqrt((1.0 - 2.0 * r) * (1.0 + 2.0 * r))
    if w < CLOSED_FORM_VELOCITY:
        return pair_functions_near_threshold(r, w)
    if r == 0.0:
        return 1.0, 0.0
    x2 = r * r
    x4 = x2 * x2
    log = 4.0 * math.log(2.0 * r / (1.0 + w))
    f1 = (1.0 - 14.0 * x2 - 2.0 * x4 - 12.0 * x2 * x4) * w + 12.0 * x4 * (x4 - 1.0) * log
    f2 = 4.0 * (x2 * (2.0 + 10.0 * x2 - 12.0 * x4) * w + 6.0 * x4 * (1.0 - 2.0 * x2 + 2.0 * x4) * log)
    return f1, f2


@njit
def pair_functions_near_threshold(r: float, w: float) -> tuple[float, float]:
    """Evaluate (f1, f2) of `pair_functions` by quadrature, with x = 4r^2 + w^2 v^2 (b = w v/sqrt x)."""
    f1 = 0.0
    f2 = 0.0
    for k in range(NODES_16.size):
        v, weight = NODES_16[k], WEIGHTS_16[k]
        x = 4.0 * r * r + (w * v) ** 2
        y = r * r / x
        phase = 2.0 * weight * w**2 * v * (w**2 * (1.0 - v * v)) ** 2 * w * v / math.sqrt(x)
        f1 += phase * ((1.0 + 2.0 * x) * (2.0 - 2.0 * y) + 6.0 * y)
        f2 += phase * 24.0 * r * r
    return f1, f2


@njit
def neutrino_lepton_pair_width(m_N: float, m_l: float, same_flavour: bool, sin2_theta_w: float) -> float:
    """Width of N -> nu_a l+ l- [GeV] (masses [GeV]); l = a adds the charged current.

    arXiv:1805.08567 section 3: g_L = -1/2 + sin^2 theta_W (+ 1 if l = a), g_R = sin^2 theta_W.
    """
    if m_N <= 2.0 * m_l:
        return 0.0
    f1, f2 = pair_functions(m_l / m_N)
    g_left = -0.5 + sin2_theta_w + (1.0 if same_flavour else 0.0)
    g_right = sin2_theta_w
    return fermi_width(m_N) * ((g_left**2 + g_right**2) * f1 + g_left * g_right * f2)


@njit
def charged_current_integral(x: float, y: float, z: float) -> float:
    """Three-body function I1(x, y, z) of squared masses over m_N^2, one for massless daughters.

    I1 = 12 int ds/s (s - x - y)(1 + z - s) sqrt(lambda(s, x, y) lambda(1, s, z)), from
    (sqrt x + sqrt y)^2 to (1 - sqrt z)^2; arXiv:1805.08567 section 3. It is symmetric, so z is taken to
    be the smallest argument. s = x + y + 2 sqrt(xy) cosh(eta), eta = eta_max (1 - v^2) removes both
    square roots. Zero at and below threshold.
    """
    x, y, z = sorted_descending(x, y, z)
    upper = (1.0 - math.sqrt(z)) ** 2
    if math.sqrt(x) + math.sqrt(y) + math.sqrt(z) >= 1.0:
        return 0.0
    if y == 0.0:
        return one_massive_daughter(x)
    scale = 2.0 * math.sqrt(x * y)
    eta_max = math.acosh((upper - x - y) / scale)
    total = 0.0
    for k in range(NODES_32.size):
        v, weight = NODES_32[k], WEIGHTS_32[k]
        growth = math.exp(eta_max * (1.0 - v * v))
        s = x + y + 0.5 * scale * (growth + 1.0 / growth)
        below = upper - s
        recoil = below * (below + 4.0 * math.sqrt(z))
        momentum = 0.5 * scale * (growth - 1.0 / growth)
        total += weight * 2.0 * v * momentum**2 * (s - x - y) * (1.0 + z - s) / s * math.sqrt(max(recoil, 0.0))
    return 12.0 * eta_max * total


@njit
def sorted_descending(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Three numbers, largest first."""
    if x < y:
        x, y = y, x
    if y < z:
        y, z = z, y
    if x < y:
        x, y = y, x
    return x, y, z


@njit
def one_massive_daughter(y: float) -> float:
    """I1(0, y, 0) = 1 - 8y + 8y^3 - y^4 - 12 y^2 ln y, the muon-decay function."""
    if y == 0.0:
        return 1.0
    return 1.0 - 8.0 * y + 8.0 * y**3 - y**4 - 12.0 * y**2 * math.log(y)


@njit
def neutrino_pseudoscalar_width(m_N: float, m_P: float, f_P: float) -> float:
    """Width of N -> nu P0 [GeV] for m_P, f_P [GeV]: G_F^2 f_P^2 m_N^3 (1 - m_P^2/m_N^2)^2/(32 pi).

    arXiv:1805.08567 section 3, with the normalisation of f_P in which f_pi0 = f_pi+ = 0.130 GeV.
    """
    if m_N <= m_P:
        return 0.0
    return FERMI_CONSTANT**2 * f_P**2 * m_N**3 * (1.0 - (m_P / m_N) ** 2) ** 2 / (32.0 * math.pi)


@njit
def lepton_pseudoscalar_width(m_N: float, m_l: float, m_P: float, f_P: float, ckm: float) -> float:
    """Width of N -> l- P+ [GeV], arXiv:1805.08567 section 3; masses and f_P [GeV], CKM element [1].

    G_F^2 f_P^2 |V|^2 m_N^3/(16 pi) sqrt(lambda(1, a, b)) [(1-a)^2 - b(1+a)], a, b squared mass ratios of l, P.
    """
    if m_N <= m_l + m_P:
        return 0.0
    a, b = (m_l / m_N) ** 2, (m_P / m_N) ** 2
    bracket = (1.0 - a) ** 2 - b * (1.0 + a)
    coupling = FERMI_CONSTANT**2 * (f_P * ckm) ** 2 * m_N**3 / (16.0 * math.pi)
    return coupling * math.sqrt(max(kallen(1.0, a, b), 0.0)) * bracket


@njit
def neutrino_vector_width(m_N: float, m_V: float, f_V: float, g_V: float) -> float:
    """Width of N -> nu V0 [GeV], arXiv:1805.08567 section 3; m_V [GeV], f_V [GeV^2], weak charge g_V [1].

    G_F^2 f_V^2 g_V^2 m_N^3/(32 pi m_V^2) (1 + 2b)(1 - b)^2, b = (m_V/m_N)^2.
    """
    if m_N <= m_V:
        return 0.0
    b = (m_V / m_N) ** 2
    coupling = (FERMI_CONSTANT * f_V * g_V / m_V) ** 2 * m_N**3 / (32.0 * math.pi)
    return coupling * (1.0 + 2.0 * b) * (1.0 - b) ** 2


@njit
def lepton_vector_width(m_N: float, m_l: float, m_V: float, f_V: float, ckm: float) -> float:
    """Width of N -> l- V+ [GeV], arXiv:1805.08567 section 3; masses [GeV], f_V [GeV^2], CKM element [1].

    G_F^2 f_V^2 |V|^2 m_N^3/(16 pi m_V^2) sqrt(lambda(1, a, b)) [(1-a)^2 + b(1+a) - 2 b^2].
    """
    if m_N <= m_l + m_V:
        return 0.0
    a, b = (m_l / m_N) ** 2, (m_V / m_N) ** 2
    bracket = (1.0 - a) ** 2 + b * (1.0 + a) - 2.0 * b * b
    coupling = (FERMI_CONSTANT * f_V * ckm / m_V) ** 2 * m_N**3 / (16.0 * math.pi)
    return coupling * math.sqrt(max(kallen(1.0, a, b), 0.0)) * bracket


@njit
def unlike_lepton_width(m_N: float, m_a: float, m_b: float) -> float:
    """Width of N -> l_a- l_b+ nu_b [GeV], a != b, per |U_aN|^2: G I1, arXiv:1805.08567 section 3; masses [GeV]."""
    return fermi_width(m_N) * charged_current_integral((m_b / m_N) ** 2, (m_a / m_N) ** 2, 0.0)


@njit
def neutral_meson_width(m_N: float, sin2_theta_w: float) -> float:
    """Sum of N -> nu (pi0, eta, eta', rho0, omega, phi) [GeV]; weak charges of arXiv:2007.03701."""
    return (
        neutrino_pseudoscalar_width(m_N, NEUTRAL_PION_MASS, PION_DECAY_CONSTANT)
        + neutrino_pseudoscalar_width(m_N, ETA_MASS, ETA_DECAY_CONSTANT)
        + neutrino_pseudoscalar_width(m_N, ETA_PRIME_MASS, ETA_PRIME_DECAY_CONSTANT)
        + neutrino_vector_width(m_N, RHO_MASS, RHO_DECAY_CONSTANT, 1.0 - 2.0 * sin2_theta_w)
        + neutrino_vector_width(m_N, OMEGA_MASS, OMEGA_DECAY_CONSTANT, -2.0 * sin2_theta_w / 3.0)
        + neutrino_vector_width(m_N, PHI_MASS, PHI_DECAY_CONSTANT, -math.sqrt(2.0) * (0.5 - 2.0 * sin2_theta_w / 3.0))
    )


@njit
def charged_meson_width(m_N: float, m_l: float) -> float:
    """Sum of N -> l- (pi+, K+, rho+, K*+) [GeV] for masses [GeV]."""
    return (
        lepton_pseudoscalar_width(m_N, m_l, CHARGED_PION_MASS, PION_DECAY_CONSTANT, V_UD)
        + lepton_pseudoscalar_width(m_N, m_l, CHARGED_KAON_MASS, KAON_DECAY_CONSTANT, V_US)
        + lepton_vector_width(m_N, m_l, RHO_MASS, RHO_DECAY_CONSTANT, V_UD)
        + lepton_vector_width(m_N, m_l, CHARGED_K_STAR_MASS, K_STAR_DECAY_CONSTANT, V_US)
    )


@njit
def weak_widths(m_N: float, flavour: int, sin2_theta_w: float, out: Vector) -> None:
    """Widths [GeV] of a Dirac N that mixes with one flavour, |U|^2 = 1, into out of shape (CHANNELS,).

    flavour is ELECTRON, MUON or TAU; the order of the channels is THREE_NEUTRINOS ... CHARGED_MESONS.
    A Majorana N has twice each. Sources: the function of each channel.
    """
    out[THREE_NEUTRINOS] = three_neutrino_width(m_N)
    out[UNLIKE_LEPTONS] = 0.0
    for lepton in range(3):
        mass = LEPTON_MASSES[lepton]
        out[ELECTRONS + lepton] = neutrino_lepton_pair_width(m_N, mass, lepton == flavour, sin2_theta_w)
        if lepton != flavour:
            out[UNLIKE_LEPTONS] += unlike_lepton_width(m_N, LEPTON_MASSES[flavour], mass)
    out[NEUTRAL_MESONS] = neutral_meson_width(m_N, sin2_theta_w)
    out[CHARGED_MESONS] = charged_meson_width(m_N, LEPTON_MASSES[flavour])
