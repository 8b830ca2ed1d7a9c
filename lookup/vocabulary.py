"""The closed list of slots in which models and searches meet, and how both describe what they take.

A model writes physical quantities into one float64 vector, a search reads them from it: M models and S searches are
M + S compilations.
"""

from __future__ import annotations

from dataclasses import dataclass

from gloam.tables.physics.neutral_leptons.exclusive_widths import CHANNELS

FLAVOURS = ("e", "mu", "tau")

NEUTRAL_LEPTON_SLOTS = (
    "m_N",  # [GeV] mass of the heavy neutral lepton
    "m_mediator",  # [GeV] mass of the vector mediator, NaN where there is none
    *(f"vector2_{flavour}" for flavour in FLAVOURS),  # [1] V_aN^2 (e eps)^2, per unit target charge
    *(f"interference_{flavour}" for flavour in FLAVOURS),  # [1] -V_aN C_aN e eps, signed
    *(f"z2_{flavour}" for flavour in FLAVOURS),  # [1] C_aN^2
    *(f"dipole2_{flavour}" for flavour in FLAVOURS),  # [GeV^-2] mu_tr_a^2
    "width",  # [GeV] total width of N
    "width_error",  # [1] bound of its relative error
    "c_tau",  # [m] proper decay length of N, inf if stable
    "br_electrons",  # [1] fraction of N decays with an e+e- pair
    "br_muons",  # [1] fraction with a mu+mu- pair
    "br_photon",  # [1] fraction with a photon
    "br_error",  # [1] bound of the absolute error of the sum of the three fractions
    "c_tau_mediator",  # [m] proper decay length of the mediator, 0 where there is none
    "br_mediator",  # [1] fraction of N decays with an e+e- or mu+mu- pair of a mediator on shell
)

PAIRS = ("11", "12", "13", "22", "23", "33")  # of dark states psi_i psi_j that an A' decays to
PARTNERS = ("electrons", "muons", "taus", "hadrons")  # what A' and A'* turn into outside the dark sector

DARK_PHOTON_SLOTS = (
    "m_Ap",  # [GeV] mass of the dark photon A'
    "eps",  # [1] kinetic mixing, its modulus
    "width_Ap",  # [GeV] total width of A', inf where only the branching ratio is given
    "c_tau_Ap",  # [m] proper decay length of A'
    *(f"br_Ap_{pair}" for pair in PAIRS),  # [1] A' -> psi_i psi_j (both orders); psi_1 is stable and unseen
    *(f"br_Ap_{partner}" for partner in PARTNERS),  # [1] A' -> SM
    *(f"m_{i}" for i in (1, 2, 3)),  # [GeV] masses of the dark states, NaN where there is none
    *(f"c_tau_{i}" for i in (2, 3)),  # [m] their proper decay lengths, inf if stable or absent
    *(f"error_{i}" for i in (2, 3)),  # [1] bound of the relative error of c_tau_i, absolute of its fractions
    *(f"br_21_{partner}" for partner in PARTNERS),  # [1] fraction psi_2 -> psi_1 + partner
    *(f"br_31_{partner}" for partner in PARTNERS),  # [1] fraction psi_3 -> psi_1 + partner
    *(f"br_32_{partner}" for partner in PARTNERS),  # [1] fraction psi_3 -> psi_2 + partner
    *(f"br_{pair}_dark" for pair in ("21", "31", "32")),  # [1] fraction psi_j -> psi_i A', A' on shell -> dark states
    "br_3_211",  # [1] fraction psi_3 -> psi_2 psi_1 psi_1 through A'*
    "br_3_221",  # [1] fraction psi_3 -> psi_2 psi_2 psi_1 through A'*
    *(f"axial_{pair}" for pair in ("21", "31", "32")),  # [1] 1 where the transition is axial, 0 where it is vector
)

# a heavy neutral lepton by its mixings; beside these it has m_N, width, c_tau and the fractions of NEUTRAL_LEPTON_SLOTS
HNL_SLOTS = (
    *(f"U2_{flavour}" for flavour in FLAVOURS),  # [1] squared mixings |U_aN|^2
    "charge_states",  # [1] of every decay mode: 1 for a Dirac N, 2 for a Majorana N
    *(f"width_{channel}" for channel in CHANNELS),  # [GeV] all charge states, all flavours
)

MUON_FORCE_SLOTS = (  # all that the muon's magnetic moment needs to know about a vector boson
    "m_X",  # [GeV] mass of the boson
    "g_mu",  # [1] its vector coupling to the muon
)

GAUGE_BOSON_SLOTS = (
    *(f"g_{fermion}" for fermion in ("u", "d", "s", "c", "b", "t", "e", "tau", "nu_e", "nu_mu", "nu_tau")),  # [1] signed
    "eps_loop_0",  # [1] kinetic mixing of charged-lepton loops at q^2 = 0, inf where it diverges
    "eps_loop_real",  # [1] real part at q^2 = m_X^2
    "eps_loop_imaginary",  # [1] imaginary part at q^2 = m_X^2
    "anomaly",  # [1] coefficient of SU(2)^2 U(1)', 0 where it cancels
    "width_X",  # [GeV] total width
    "c_tau_X",  # [m] proper decay length
    *(f"br_X_{state}" for state in ("electrons", "muons", "taus", "neutrinos", "photons", "dark", "hadrons")),  # [1]
    *(f"br_X_{state}" for state in ("pi0_gamma", "eta_gamma", "2pi", "3pi", "4pi", "KK")),  # [1] of the hadrons
    "delta_a_mu",  # [1] contribution to the anomalous magnetic moment of the muon, given where it is asked for
)

BEFORE_BOSONS = len(NEUTRAL_LEPTON_SLOTS) + len(DARK_PHOTON_SLOTS) + len(HNL_SLOTS)
SLOTS = (*NEUTRAL_LEPTON_SLOTS, *DARK_PHOTON_SLOTS, *HNL_SLOTS, *MUON_FORCE_SLOTS, *GAUGE_BOSON_SLOTS)
(
    M_N,
    M_MEDIATOR,
    VECTOR2_E,
    VECTOR2_MU,
    VECTOR2_TAU,
    INTERFERENCE_E,
    INTERFERENCE_MU,
    INTERFERENCE_TAU,
    Z2_E,
    Z2_MU,
    Z2_TAU,
    DIPOLE2_E,
    DIPOLE2_MU,
    DIPOLE2_TAU,
    WIDTH,
    WIDTH_ERROR,
    C_TAU,
    BR_ELECTRONS,
    BR_MUONS,
    BR_PHOTON,
    BR_ERROR,
    C_TAU_MEDIATOR,
    BR_MEDIATOR,
    M_AP,
    EPS,
    WIDTH_AP,
    C_TAU_AP,
    BR_AP_11,
    BR_AP_12,
    BR_AP_13,
    BR_AP_22,
    BR_AP_23,
    BR_AP_33,
    BR_AP_ELECTRONS,
    BR_AP_MUONS,
    BR_AP_TAUS,
    BR_AP_HADRONS,
    M_1,
    M_2,
    M_3,
    C_TAU_2,
    C_TAU_3,
    ERROR_2,
    ERROR_3,
    BR_21_ELECTRONS,
    BR_21_MUONS,
    BR_21_TAUS,
    BR_21_HADRONS,
    BR_31_ELECTRONS,
    BR_31_MUONS,
    BR_31_TAUS,
    BR_31_HADRONS,
    BR_32_ELECTRONS,
    BR_32_MUONS,
    BR_32_TAUS,
    BR_32_HADRONS,
    BR_21_DARK,
    BR_31_DARK,
    BR_32_DARK,
    BR_3_211,
    BR_3_221,
    AXIAL_21,
    AXIAL_31,
    AXIAL_32,
    U2_E,
    U2_MU,
    U2_TAU,
    CHARGE_STATES,
    WIDTH_CHANNEL,  # the first of as many as there are CHANNELS
) = range(BEFORE_BOSONS - len(CHANNELS) + 1)
(
    M_X,
    G_MU,
    G_U,
    G_D,
    G_S,
    G_C,
    G_B,
    G_T,
    G_E,
    G_TAU,
    G_NU_E,
    G_NU_MU,
    G_NU_TAU,
    EPS_LOOP_0,
    EPS_LOOP_REAL,
    EPS_LOOP_IMAGINARY,
    ANOMALY,
    WIDTH_X,
    C_TAU_X,
    BR_X_ELECTRONS,
    BR_X_MUONS,
    BR_X_TAUS,
    BR_X_NEUTRINOS,
    BR_X_PHOTONS,
    BR_X_DARK,
    BR_X_HADRONS,
    BR_X_PI0_GAMMA,
    BR_X_ETA_GAMMA,
    BR_X_2PI,
    BR_X_3PI,
    BR_X_4PI,
    BR_X_KK,
    DELTA_A_MU,
) = range(BEFORE_BOSONS, len(SLOTS))


def unit_of(slot: str) -> str:
    """Unit of a slot."""
    if slot.startswith("dipole2"):
        return "GeV^-2"
    if slot.startswith("c_tau"):
        return "m"
    return "GeV" if slot.startswith(("m_", "width")) and not slot.endswith("_error") else "1"


# what a model finds in slots[C_TAU]: no decays are read; those of what a search can meet; those of every unstable state
NO_DECAYS, DECAYS_MET, ALL_DECAYS = -1.0, 0.0, 1.0
# numbers that a search, and behind them those that a model may keep behind the slots during a scan, NaN at its start
MEMO, MODEL_MEMO = 1216, 27


@dataclass(frozen=True)
class Parameter:
    """A continuous parameter: name, unit ("1" if none), allowed range, default (None if required), meaning."""

    name: str
    unit: str
    low: float
    high: float
    default: float | None
    description: str


@dataclass(frozen=True)
class Option:
    """A discrete choice bound when a rate is made; ``default`` None means that it must be given."""

    name: str
    choices: tuple[str, ...]
    default: str | None
    description: str


SILENT = 1999  # status of a search whose published data say nothing at this point
ALWAYS = ""  # key in UNCERTAIN of a composed quantity: its uncertain data enter whatever is chosen
