"""Measured branching ratios [1] and charmed masses [GeV] that normalise the production of heavy neutral leptons.

All of the Particle Data Group, Review of Particle Physics 2022, noted on 2026-12-01; BR(K -> mu nu) as used in arXiv:2109.03831,
the others written down from that edition without its text at hand.
"""

from __future__ import annotations

from typing import Final

from gloam.tables.spec import Constant

_PDG = "Particle Data Group, Review of Particle Physics 2022"

MEASURED: Final[dict[str, Constant]] = {
    constant.name: constant
    for constant in (
        Constant("br_pi_e_nu", 1.230e-4, "1", _PDG),
        Constant("br_pi_mu_nu", 0.9998770, "1", _PDG),
        Constant("br_K_e_nu", 1.582e-5, "1", _PDG),
        Constant("br_K_mu_nu", 0.6356, "1", _PDG),
        Constant("br_K_pi0_e_nu", 0.0507, "1", _PDG),
        Constant("br_K_pi0_mu_nu", 0.03352, "1", _PDG),
        Constant("br_K_L_pi_e_nu", 0.4055, "1", _PDG + ", both charges"),
        Constant("br_K_L_pi_mu_nu", 0.2704, "1", _PDG + ", both charges"),
        Constant("br_tau_pi_nu", 0.1082, "1", _PDG),
        Constant("br_tau_K_nu", 6.96e-3, "1", _PDG),
        Constant("br_tau_rho_nu", 0.2549, "1", _PDG + ", tau -> pi pi0 nu"),
        Constant("br_tau_e_nu_nu", 0.1782, "1", _PDG),
        Constant("br_tau_mu_nu_nu", 0.1739, "1", _PDG),
        Constant("br_D_mu_nu", 3.74e-4, "1", _PDG),
        Constant("br_Ds_mu_nu", 5.43e-3, "1", _PDG),
        Constant("m_D", 1.86966, "GeV", _PDG),
        Constant("m_D_s", 1.96835, "GeV", _PDG),
    )
}

CHARGED_D_MASS: Final = MEASURED["m_D"].value  # [GeV]
DS_MASS: Final = MEASURED["m_D_s"].value  # [GeV]


def branching_ratio(name: str) -> float:
    """The measured branching ratio [1] called ``name``; KeyError when there is none."""
    return MEASURED[name].value
