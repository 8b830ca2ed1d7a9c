"""Exclusive decay widths of a heavy neutral lepton N through W and Z exchange, channel by channel and flavour by flavour.

Dirac N (one charge state), massless light neutrinos, tree level, per unit |U_aN|^2; a Majorana N reaches the charge-conjugate
states too and has twice every width. Flavours do not interfere: Gamma = sum_a U2_a Ghat_a(m_N). Channels that open below 2 GeV;
above about 1 GeV multi-meson states are missing (tens of per cent of the hadronic width).

Equations: arXiv:1805.08567 section 3 with the decay constants of arXiv:2007.03701, as in `physics/weak_widths.py`.
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
from gloam.tables.physics.neutral_leptons.weak_widths import (
    lepton_pseudoscalar_width,
    lepton_vector_width,
    neutrino_lepton_pair_width,
    neutrino_pseudoscalar_width,
    neutrino_vector_width,
    three_neutrino_width,
    unlike_lepton_width,
)
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

CHANNELS = (
    "nu_nu_nu",
    "nu_ee",
    "nu_mumu",
    "nu_emu",  # l_a- l_b+ nu_b, both orders of e and mu
    "nu_etau",
    "nu_mutau",
    "nu_pi0",
    "nu_eta",
    "nu_eta_prime",
    "nu_rho",
    "nu_omega",
    "nu_phi",
    "e_pi",
    "e_k",
    "e_rho",
    "e_k_star",
    "mu_pi",
    "mu_k",
    "mu_rho",
    "mu_k_star",
    "tau_pi",
)
(
    NU_NU_NU,
    NU_EE,
    NU_MUMU,
    NU_EMU,
    NU_ETAU,
    NU_MUTAU,
    NU_PI0,
    NU_ETA,
    NU_ETA_PRIME,
    NU_RHO,
    NU_OMEGA,
    NU_PHI,
    E_PI,
    E_K,
    E_RHO,
    E_K_STAR,
    MU_PI,
    MU_K,
    MU_RHO,
    MU_K_STAR,
    TAU_PI,
) = range(len(CHANNELS))
COUNT = len(CHANNELS)
ELECTRON, MUON, TAU = range(3)  # flavours


@njit
def _fill_leptons(m_N: float, flavour: int, sin2_theta_w: float, unlike: tuple[float, float, float], out: Vector) -> None:
    """Purely leptonic channels [GeV] of one flavour."""
    out[NU_NU_NU] = three_neutrino_width(m_N)
    out[NU_EE] = neutrino_lepton_pair_width(m_N, ELECTRON_MASS, flavour == ELECTRON, sin2_theta_w)
    out[NU_MUMU] = neutrino_lepton_pair_width(m_N, MUON_MASS, flavour == MUON, sin2_theta_w)
    out[NU_EMU] = unlike[0] if flavour != TAU else 0.0
    out[NU_ETAU] = unlike[1] if flavour != MUON else 0.0
    out[NU_MUTAU] = unlike[2] if flavour != ELECTRON else 0.0


@njit
def _fill_neutral_mesons(m_N: float, sin2_theta_w: float, out: Vector) -> None:
    """N -> nu + neutral meson [GeV], equal for all flavours; weak charges of arXiv:2007.03701."""
    out[NU_PI0] = neutrino_pseudoscalar_width(m_N, NEUTRAL_PION_MASS, PION_DECAY_CONSTANT)
    out[NU_ETA] = neutrino_pseudoscalar_width(m_N, ETA_MASS, ETA_DECAY_CONSTANT)
    out[NU_ETA_PRIME] = neutrino_pseudoscalar_width(m_N, ETA_PRIME_MASS, ETA_PRIME_DECAY_CONSTANT)
    out[NU_RHO] = neutrino_vector_width(m_N, RHO_MASS, RHO_DECAY_CONSTANT, 1.0 - 2.0 * sin2_theta_w)
    out[NU_OMEGA] = neutrino_vector_width(m_N, OMEGA_MASS, OMEGA_DECAY_CONSTANT, -2.0 * sin2_theta_w / 3.0)
    charge = -math.sqrt(2.0) * (0.5 - 2.0 * sin2_theta_w / 3.0)
    out[NU_PHI] = neutrino_vector_width(m_N, PHI_MASS, PHI_DECAY_CONSTANT, charge)


@njit
def _fill_charged_mesons(m_N: float, m_l: float, out: Vector, first: int) -> None:
    """N -> l (pi, K, rho, K*) [GeV] into ``out[first:first + 4]``."""
    out[first] = lepton_pseudoscalar_width(m_N, m_l, CHARGED_PION_MASS, PION_DECAY_CONSTANT, V_UD)
    out[first + 1] = lepton_pseudoscalar_width(m_N, m_l, CHARGED_KAON_MASS, KAON_DECAY_CONSTANT, V_US)
    out[first + 2] = lepton_vector_width(m_N, m_l, RHO_MASS, RHO_DECAY_CONSTANT, V_UD)
    out[first + 3] = lepton_vector_width(m_N, m_l, CHARGED_K_STAR_MASS, K_STAR_DECAY_CONSTANT, V_US)


@njit
def unlike_widths(m_N: float) -> tuple[float, float, float]:
    """Widths [GeV] of N -> e mu nu, e tau nu, mu tau nu at U2 = 1 of either flavour: the only ones that need a quadrature."""
    return (
        unlike_lepton_width(m_N, ELECTRON_MASS, MUON_MASS),
        unlike_lepton_width(m_N, ELECTRON_MASS, TAU_MASS),
        unlike_lepton_width(m_N, MUON_MASS, TAU_MASS),
    )


@njit
def exclusive_widths(m_N: float, flavour: int, sin2_theta_w: float, out: Vector) -> None:
    """Widths Ghat_a [GeV] of a Dirac N of mass m_N [GeV], |U_aN|^2 = 1, into out of shape (COUNT,), order of CHANNELS.

    flavour is ELECTRON, MUON or TAU; sin2_theta_w [1] enters the neutral currents. A closed channel is an exact 0.
    """
    fill_exclusive(m_N, flavour, sin2_theta_w, unlike_widths(m_N), out)


@njit
def fill_exclusive(m_N: float, flavour: int, sin2_theta_w: float, unlike: tuple[float, float, float], out: Vector) -> None:
    """:func:`exclusive_widths` with :func:`unlike_widths` known, which serve all flavours."""
    for channel in range(COUNT):
        out[channel] = 0.0
    _fill_leptons(m_N, flavour, sin2_theta_w, unlike, out)
    _fill_neutral_mesons(m_N, sin2_theta_w, out)
    if flavour == ELECTRON:
        _fill_charged_mesons(m_N, ELECTRON_MASS, out, E_PI)
    elif flavour == MUON:
        _fill_charged_mesons(m_N, MUON_MASS, out, MU_PI)
    else:
        out[TAU_PI] = lepton_pseudoscalar_width(m_N, TAU_MASS, CHARGED_PION_MASS, PION_DECAY_CONSTANT, V_UD)
