"""The closed list of slots in which models and searches meet, and the place of each.

A model writes physical quantities into one float64 vector, a search reads them from it: M models and S searches are
M + S compilations. The place of the slot ``br_Ap_11`` is ``BR_AP_11`` of :mod:`gloam.lookup.vocabulary`.
"""

from __future__ import annotations

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

SLOTS = (*NEUTRAL_LEPTON_SLOTS, *DARK_PHOTON_SLOTS, *HNL_SLOTS, *MUON_FORCE_SLOTS, *GAUGE_BOSON_SLOTS)
PLACES = {name.upper(): place for place, name in enumerate(SLOTS)}
PLACES["WIDTH_CHANNEL"] = SLOTS.index(f"width_{CHANNELS[0]}")  # the first of as many as there are CHANNELS


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
