"""Production of a heavy neutral lepton N in decays of mesons, muons and taus, as branching ratios per |U_aN|^2.

Every branching ratio is that of the decay to a massless neutrino, as measured (Particle Data Group 2022), times the ratio of the
phase-space and helicity factors of the massive and the massless decay, so that decay constants, CKM elements, form-factor
normalisations and most radiative corrections drop out. N is unpolarised; Dirac and Majorana N are produced alike.

Two-body: Gamma(P -> l N) ~ [a + b - (a - b)^2] sqrt(lambda(1, a, b)), a = (m_l/M)^2, b = (m_N/M)^2 (R. E. Shrock, Phys. Rev. D
24 (1981) 1232). Semileptonic: the integral over Q = q^2 of

  Q^-3 sqrt(lam_h lam_l) {f_+^2 lam_h [2 Q^2 - Q (a + b) - (a - b)^2]/3 + f_0^2 (M^2 - m'^2)^2 [Q (a + b) - (a - b)^2]},

a = m_l^2, b = m_N^2, lam_h = lambda(M^2, m'^2, Q), lam_l = lambda(Q, a, b), with pole form factors of masses .89166 (K*) and
1.252 GeV (scalar) (arXiv:1805.08567 appendix A; the s_23 integral done in closed form). Leptons: I1 of `weak_widths`.
"""

from __future__ import annotations

import math

from gloam.tables.constants import (
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    MUON_MASS,
    NEUTRAL_KAON_MASS,
    NEUTRAL_PION_MASS,
    RHO_MASS,
    TAU_MASS,
)
from gloam.tables.numerics.quadrature import NODES_48, WEIGHTS_48
from gloam.tables.physics.neutral_leptons.measured import CHARGED_D_MASS, DS_MASS, branching_ratio
from gloam.tables.physics.neutral_leptons.weak_widths import charged_current_integral, kallen
from numba import njit

VECTOR_POLE, SCALAR_POLE = 0.89166, 1.252  # [GeV] poles of the K -> pi form factors
MASSLESS = 1e-6  # [GeV] mass that stands for a massless neutrino in the semileptonic integral: changes it by less than 1e-8

PROCESSES = (
    "pi_e_n",
    "pi_mu_n",
    "k_e_n",
    "k_mu_n",
    "k_pi0_e_n",
    "k_pi0_mu_n",
    "kl_pi_e_n",  # both charges
    "kl_pi_mu_n",
    "mu_e_n",  # N in the place of nu_mu or nu_e
    "tau_pi_n",
    "tau_k_n",
    "tau_rho_n",
    "tau_e_n",  # N in the place of nu_tau or nu_e
    "tau_mu_n",
    "d_e_n",
    "d_mu_n",
    "ds_e_n",
    "ds_mu_n",
    "ds_tau_n",
)
(
    PI_E_N,
    PI_MU_N,
    K_E_N,
    K_MU_N,
    K_PI0_E_N,
    K_PI0_MU_N,
    KL_PI_E_N,
    KL_PI_MU_N,
    MU_E_N,
    TAU_PI_N,
    TAU_K_N,
    TAU_RHO_N,
    TAU_E_N,
    TAU_MU_N,
    D_E_N,
    D_MU_N,
    DS_E_N,
    DS_MU_N,
    DS_TAU_N,
) = range(len(PROCESSES))
# flavours whose mixing enters: those set in (e, mu, tau)
FLAVOURS = (
    (1, 0, 0),
    (0, 1, 0),
    (1, 0, 0),
    (0, 1, 0),
    (1, 0, 0),
    (0, 1, 0),
    (1, 0, 0),
    (0, 1, 0),
    (1, 1, 0),
    (0, 0, 1),
    (0, 0, 1),
    (0, 0, 1),
    (1, 0, 1),
    (0, 1, 1),
    (1, 0, 0),
    (0, 1, 0),
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 1),
)
NORMALISATION = (
    branching_ratio("br_pi_e_nu"),
    branching_ratio("br_pi_mu_nu"),
    branching_ratio("br_K_e_nu"),
    branching_ratio("br_K_mu_nu"),
    branching_ratio("br_K_pi0_e_nu"),
    branching_ratio("br_K_pi0_mu_nu"),
    branching_ratio("br_K_L_pi_e_nu"),
    branching_ratio("br_K_L_pi_mu_nu"),
    1.0,
    branching_ratio("br_tau_pi_nu"),
    branching_ratio("br_tau_K_nu"),
    branching_ratio("br_tau_rho_nu"),
    branching_ratio("br_tau_e_nu_nu"),
    branching_ratio("br_tau_mu_nu_nu"),
    branching_ratio("br_D_mu_nu"),
    branching_ratio("br_D_mu_nu"),
    branching_ratio("br_Ds_mu_nu"),
    branching_ratio("br_Ds_mu_nu"),
    branching_ratio("br_Ds_mu_nu"),
)


@njit
def two_body_factor(a: float, b: float) -> float:
    """rho = [a + b - (a - b)^2] sqrt(lambda(1, a, b)) [1] of P -> l N; a, b squared masses of l, N over that of P."""
    if math.sqrt(a) + math.sqrt(b) >= 1.0:
        return 0.0
    return (a + b - (a - b) ** 2) * math.sqrt(max(kallen(1.0, a, b), 0.0))


@njit
def two_body_ratio(M: float, m_l: float, m_N: float, m_reference: float) -> float:
    """Gamma(P -> l N)/Gamma(P -> l' nu) at |U|^2 = 1 [1]; masses [GeV] of P, l, N and of the lepton l' of the measured decay."""
    reference = (m_reference / M) ** 2
    return two_body_factor((m_l / M) ** 2, (m_N / M) ** 2) / (reference * (1.0 - reference) ** 2)


@njit
def rest_momentum(M: float, m_l: float, m_N: float) -> float:
    """Momentum p* [GeV] of N in the rest frame of the parent of M -> l N (masses [GeV]); 0 where it is closed."""
    if m_l + m_N >= M:
        return 0.0
    return math.sqrt((M - m_l - m_N) * (M + m_l + m_N) * (M - m_l + m_N) * (M + m_l - m_N)) / (2.0 * M)


@njit
def semileptonic_integral(M: float, m_P: float, m_l: float, m_N: float) -> float:
    """The integral of the module docstring for M -> m_P l N [GeV^8], form factors 1 at Q = 0; masses [GeV]; 0 where it is closed.

    Q = a + b + 2 m_l m_N cosh(eta), eta = eta_max (1 - v^2), removes the square roots at both ends; m_l, m_N > 0.
    """
    if m_P + m_l + m_N >= M:
        return 0.0
    a, b = m_l * m_l, m_N * m_N
    top = (M - m_P) ** 2
    eta_max = math.acosh(max((top - a - b) / (2.0 * m_l * m_N), 1.0))
    total = 0.0
    for k in range(NODES_48.size):
        v = NODES_48[k]
        growth = math.exp(eta_max * (1.0 - v * v))
        Q = a + b + m_l * m_N * (growth + 1.0 / growth)
        root_l = m_l * m_N * (growth - 1.0 / growth)  # sqrt(lambda(Q, a, b)), also dQ/d eta
        lam_h = max((top - Q) * ((M + m_P) ** 2 - Q), 0.0)
        plus, scalar = 1.0 / (1.0 - Q / VECTOR_POLE**2), 1.0 / (1.0 - Q / SCALAR_POLE**2)
        spin_1 = plus * plus * lam_h * (2.0 * Q * Q - Q * (a + b) - (a - b) ** 2) / 3.0
        spin_0 = scalar * scalar * (M * M - m_P * m_P) ** 2 * (Q * (a + b) - (a - b) ** 2)
        total += WEIGHTS_48[k] * 2.0 * v * eta_max * root_l * root_l * math.sqrt(lam_h) * (spin_1 + spin_0) / Q**3
    return total


@njit
def semileptonic_ratio(M: float, m_P: float, m_l: float, m_N: float) -> float:
    """Gamma(M -> m_P l N)/Gamma(M -> m_P l nu) at |U|^2 = 1 [1]; masses [GeV]."""
    return semileptonic_integral(M, m_P, m_l, max(m_N, MASSLESS)) / semileptonic_integral(M, m_P, m_l, MASSLESS)


@njit
def leptonic_ratio(M: float, m_l: float, m_N: float) -> float:
    """Gamma(L -> l N nu)/Gamma(L -> l nu nu) at |U|^2 = 1 [1]; masses [GeV] of L, l and N (in place of either neutrino)."""
    x = (m_l / M) ** 2
    return charged_current_integral(x, (m_N / M) ** 2, 0.0) / charged_current_integral(x, 0.0, 0.0)


@njit
def tau_meson_ratio(m_N: float, m_P: float, spin: int) -> float:
    """Gamma(tau -> P N)/Gamma(tau -> P nu) at |U_tau|^2 = 1 [1] for a meson of mass m_P [GeV] and spin 0 or 1.

    sqrt(lambda(1, x, y)) [(1 - x)^2 - y (1 + x)] or, for a vector, [(1 - x)^2 + y (1 + x) - 2 y^2]; x, y squared masses of N
    and meson over that of tau (arXiv:1805.08567 section 2).
    """
    if m_N + m_P >= TAU_MASS:
        return 0.0
    x, y = (m_N / TAU_MASS) ** 2, (m_P / TAU_MASS) ** 2
    root = math.sqrt(max(kallen(1.0, x, y), 0.0))
    if spin == 0:
        return root * ((1.0 - x) ** 2 - y * (1.0 + x)) / (1.0 - y) ** 2
    return root * ((1.0 - x) ** 2 + y * (1.0 + x) - 2.0 * y * y) / ((1.0 - y) ** 2 * (1.0 + 2.0 * y))


@njit
def _meson_ratio(process: int, m_N: float) -> float:
    """Ratios of pions, kaons and charmed mesons."""
    if process <= PI_MU_N:
        m_l = ELECTRON_MASS if process == PI_E_N else MUON_MASS
        return two_body_ratio(CHARGED_PION_MASS, m_l, m_N, m_l)
    if process <= K_MU_N:
        m_l = ELECTRON_MASS if process == K_E_N else MUON_MASS
        return two_body_ratio(CHARGED_KAON_MASS, m_l, m_N, m_l)
    if process <= K_PI0_MU_N:
        return semileptonic_ratio(CHARGED_KAON_MASS, NEUTRAL_PION_MASS, ELECTRON_MASS if process == K_PI0_E_N else MUON_MASS, m_N)
    if process <= KL_PI_MU_N:
        return semileptonic_ratio(NEUTRAL_KAON_MASS, CHARGED_PION_MASS, ELECTRON_MASS if process == KL_PI_E_N else MUON_MASS, m_N)
    if process <= D_MU_N:
        return two_body_ratio(CHARGED_D_MASS, ELECTRON_MASS if process == D_E_N else MUON_MASS, m_N, MUON_MASS)
    m_l = ELECTRON_MASS if process == DS_E_N else MUON_MASS if process == DS_MU_N else TAU_MASS
    return two_body_ratio(DS_MASS, m_l, m_N, MUON_MASS)


@njit
def _lepton_ratio(process: int, m_N: float) -> float:
    """Ratios of muons and taus."""
    if process == MU_E_N:
        return leptonic_ratio(MUON_MASS, ELECTRON_MASS, m_N)
    if process == TAU_PI_N:
        return tau_meson_ratio(m_N, CHARGED_PION_MASS, 0)
    if process == TAU_K_N:
        return tau_meson_ratio(m_N, CHARGED_KAON_MASS, 0)
    if process == TAU_RHO_N:
        return tau_meson_ratio(m_N, RHO_MASS, 1)
    return leptonic_ratio(TAU_MASS, ELECTRON_MASS if process == TAU_E_N else MUON_MASS, m_N)


@njit
def production_branching_ratio(process: int, m_N: float) -> float:
    """Branching ratio [1] per |U|^2 of the process with that index in PROCESSES, for m_N [GeV]; FLAVOURS says which |U|^2."""
    if MU_E_N <= process <= TAU_MU_N:
        return NORMALISATION[process] * _lepton_ratio(process, m_N)
    return NORMALISATION[process] * _meson_ratio(process, m_N)
