"""Physical constants: name, value, unit and source in ``CONSTANTS``, and the same values as plain floats.

A table stores the constants it uses: ``TableSpec(..., constants=named("alpha", "G_F"))``. Compiled code uses
the floats. Masses, lifetimes and CKM elements are those of the Particle Data Group, Review of Particle
Physics, edition 2022 where no other is named.

sin^2(theta_W) depends on the scheme and moves N -> nu l l by 5 per cent: it has three names and no default.
m_tau moved between editions: it has two.
"""

import math
from typing import Final

from gloam.tables.spec import Constant

_PDG = "Particle Data Group, Review of Particle Physics 2022"
_CODATA = "CODATA 2018"
_FLAG = "lattice average, FLAG 2019, arXiv:1902.08191"
_MESONS = "arXiv:2007.03701"
_NUCLEON = "dipole form factors as used in arXiv:2207.04137"

CONSTANTS: Final[dict[str, Constant]] = {
    constant.name: constant
    for constant in (
        Constant("alpha", 1.0 / 137.035999084, "1", _CODATA),
        Constant("G_F", 1.1663788e-5, "GeV^-2", _PDG + ", from the muon lifetime"),
        Constant("sin2_theta_w_msbar", 0.23121, "1", "MS-bar at m_Z, " + _PDG),
        Constant("sin2_theta_w_on_shell", 0.22343, "1", "on-shell scheme, value of DarkNews 0.4.8"),
        Constant("sin2_theta_w_low_energy", 0.23863, "1", "MS-bar at zero momentum transfer, " + _PDG),
        Constant("hbar", 6.582119569e-25, "GeV s", _CODATA),
        Constant("hbar_c", 1.973269804e-16, "GeV m", _CODATA),
        Constant("c", 299792458.0, "m/s", "SI definition"),
        Constant("N_A", 6.02214076e23, "1/mol", "SI definition"),
        Constant("u", 0.93149410242, "GeV", "atomic mass unit, " + _CODATA),
        Constant("tonne", 5.6095886031e29, "GeV", "1000 kg c^2, " + _CODATA),
        Constant("m_e", 0.51099895e-3, "GeV", _CODATA),
        Constant("m_mu", 0.1056583755, "GeV", _PDG),
        Constant("m_tau", 1.77686, "GeV", _PDG),
        Constant("m_tau_2024", 1.77693, "GeV", "Particle Data Group, Review of Particle Physics 2024"),
        Constant("m_p", 0.93827208816, "GeV", _CODATA),
        Constant("m_Z", 91.1876, "GeV", _PDG),
        Constant("m_pi", 0.13957039, "GeV", _PDG),
        Constant("m_pi0", 0.1349768, "GeV", _PDG),
        Constant("m_K", 0.493677, "GeV", _PDG),
        Constant("m_K0", 0.497611, "GeV", _PDG),
        Constant("m_eta", 0.547862, "GeV", _PDG),
        Constant("m_eta_prime", 0.95778, "GeV", _PDG),
        Constant("m_rho", 0.77526, "GeV", _PDG),
        Constant("m_omega", 0.78266, "GeV", _PDG),
        Constant("m_phi", 1.019461, "GeV", _PDG),
        Constant("m_K_star", 0.89167, "GeV", "K*(892)+, " + _PDG),
        Constant("tau_mu", 2.1969811e-6, "s", _PDG),
        Constant("tau_tau", 2.903e-13, "s", _PDG),
        Constant("tau_pi", 2.6033e-8, "s", _PDG),
        Constant("tau_K", 1.2380e-8, "s", _PDG),
        Constant("tau_K_L", 5.116e-8, "s", _PDG),
        Constant("V_ud", 0.97373, "1", _PDG),
        Constant("V_us", 0.2243, "1", _PDG),
        Constant("f_pi", 0.1302, "GeV", _FLAG),
        Constant("f_K", 0.1557, "GeV", _FLAG),
        Constant("f_eta", 0.0817, "GeV", "octet-singlet mixing, " + _MESONS),
        Constant("f_eta_prime", -0.0947, "GeV", "octet-singlet mixing, " + _MESONS),
        Constant("f_rho", 0.171, "GeV^2", _MESONS),
        Constant("f_omega", 0.155, "GeV^2", _MESONS),
        Constant("f_phi", 0.232, "GeV^2", _MESONS),
        Constant("f_K_star", 0.178, "GeV^2", _MESONS),
        Constant("vector_mass", 0.843, "GeV", _NUCLEON),
        Constant("axial_mass", 1.02, "GeV", _NUCLEON),
        Constant("mu_p", 2.792, "nuclear magneton", _NUCLEON),
        Constant("mu_n", -1.913, "nuclear magneton", _NUCLEON),
        Constant("g_A", 1.26, "1", _NUCLEON),
    )
}


def named(*names: str) -> tuple[Constant, ...]:
    """Return the constants called ``names``, in that order.

    Raises
    ------
    KeyError
        When a name is unknown; the message lists the known ones.
    """
    for name in names:
        if name not in CONSTANTS:
            msg = f"no constant {name!r}; known constants: {', '.join(CONSTANTS)}"
            raise KeyError(msg)
    return tuple(CONSTANTS[name] for name in names)


ALPHA: Final = CONSTANTS["alpha"].value  # [1] at zero momentum transfer
ELECTRIC_CHARGE: Final = math.sqrt(4.0 * math.pi * ALPHA)  # [1] Heaviside-Lorentz
FERMI_CONSTANT: Final = CONSTANTS["G_F"].value  # [GeV^-2]
SIN2_THETA_W_MSBAR: Final = CONSTANTS["sin2_theta_w_msbar"].value  # [1] weak widths of heavy neutral leptons
SIN2_THETA_W_ON_SHELL: Final = CONSTANTS["sin2_theta_w_on_shell"].value  # [1] comparisons with DarkNews
SIN2_THETA_W_LOW_ENERGY: Final = CONSTANTS["sin2_theta_w_low_energy"].value  # [1] CEvNS, nu-e scattering
HBAR: Final = CONSTANTS["hbar"].value  # [GeV s]
HBAR_C: Final = CONSTANTS["hbar_c"].value  # [GeV m]
SPEED_OF_LIGHT: Final = CONSTANTS["c"].value  # [m/s]
AVOGADRO: Final = CONSTANTS["N_A"].value  # [1/mol]
ATOMIC_MASS_UNIT: Final = CONSTANTS["u"].value  # [GeV]
TONNE: Final = CONSTANTS["tonne"].value  # [GeV]

ELECTRON_MASS: Final = CONSTANTS["m_e"].value  # [GeV]
MUON_MASS: Final = CONSTANTS["m_mu"].value  # [GeV]
TAU_MASS: Final = CONSTANTS["m_tau"].value  # [GeV]
TAU_MASS_2024: Final = CONSTANTS["m_tau_2024"].value  # [GeV]
PROTON_MASS: Final = CONSTANTS["m_p"].value  # [GeV]
Z_MASS: Final = CONSTANTS["m_Z"].value  # [GeV]
CHARGED_PION_MASS: Final = CONSTANTS["m_pi"].value  # [GeV]
NEUTRAL_PION_MASS: Final = CONSTANTS["m_pi0"].value  # [GeV]
CHARGED_KAON_MASS: Final = CONSTANTS["m_K"].value  # [GeV]
NEUTRAL_KAON_MASS: Final = CONSTANTS["m_K0"].value  # [GeV]
ETA_MASS: Final = CONSTANTS["m_eta"].value  # [GeV]
ETA_PRIME_MASS: Final = CONSTANTS["m_eta_prime"].value  # [GeV]
RHO_MASS: Final = CONSTANTS["m_rho"].value  # [GeV]
OMEGA_MASS: Final = CONSTANTS["m_omega"].value  # [GeV]
PHI_MASS: Final = CONSTANTS["m_phi"].value  # [GeV]
CHARGED_K_STAR_MASS: Final = CONSTANTS["m_K_star"].value  # [GeV]

MUON_LIFETIME: Final = CONSTANTS["tau_mu"].value  # [s]
TAU_LIFETIME: Final = CONSTANTS["tau_tau"].value  # [s]
CHARGED_PION_LIFETIME: Final = CONSTANTS["tau_pi"].value  # [s]
CHARGED_KAON_LIFETIME: Final = CONSTANTS["tau_K"].value  # [s]
LONG_KAON_LIFETIME: Final = CONSTANTS["tau_K_L"].value  # [s]

V_UD: Final = CONSTANTS["V_ud"].value  # [1]
V_US: Final = CONSTANTS["V_us"].value  # [1]

PION_DECAY_CONSTANT: Final = CONSTANTS["f_pi"].value  # [GeV]
KAON_DECAY_CONSTANT: Final = CONSTANTS["f_K"].value  # [GeV]
ETA_DECAY_CONSTANT: Final = CONSTANTS["f_eta"].value  # [GeV]
ETA_PRIME_DECAY_CONSTANT: Final = CONSTANTS["f_eta_prime"].value  # [GeV]
RHO_DECAY_CONSTANT: Final = CONSTANTS["f_rho"].value  # [GeV^2]
OMEGA_DECAY_CONSTANT: Final = CONSTANTS["f_omega"].value  # [GeV^2]
PHI_DECAY_CONSTANT: Final = CONSTANTS["f_phi"].value  # [GeV^2]
K_STAR_DECAY_CONSTANT: Final = CONSTANTS["f_K_star"].value  # [GeV^2]

VECTOR_MASS: Final = CONSTANTS["vector_mass"].value  # [GeV] dipole mass, electromagnetic
AXIAL_MASS: Final = CONSTANTS["axial_mass"].value  # [GeV] dipole mass, axial
PROTON_MOMENT: Final = CONSTANTS["mu_p"].value  # [nuclear magneton]
NEUTRON_MOMENT: Final = CONSTANTS["mu_n"].value  # [nuclear magneton]
AXIAL_COUPLING: Final = CONSTANTS["g_A"].value  # [1]
