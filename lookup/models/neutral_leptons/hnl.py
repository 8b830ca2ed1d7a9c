"""Heavy neutral lepton N that mixes with the active neutrinos and has the weak interaction only.

Parameters are squared mixings U2_a = |U_aN|^2, to first order: widths are sum_a U2_a Ghat_a(m_N), with every exclusive channel
that opens below 2 GeV (`physics/neutral_leptons/exclusive_widths.py`): 3 nu, nu l l, l_a l_b nu, nu P0, nu V0, l P, l V. Light
neutrinos are massless and N is unpolarised. nature must be chosen: a Majorana N decays to both charge states of every
mode and has twice every width of a Dirac N; both are produced alike.

`gloam query hnl` prints widths, branching ratios, c_tau, and the branching ratios of the decays that produce N
(`physics/neutral_leptons/production.py`, relative to the measured ones of massless neutrinos). Above about 1 GeV
multi-meson states are missing: tens of per cent of the hadronic widths.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import hnl_decays
from gloam.lookup.decays.decay_slots import STATES
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import (
    C_TAU,
    CHARGE_STATES,
    HNL_SLOTS,
    M_N,
    NO_DECAYS,
    SLOTS,
    U2_E,
    Model,
    Option,
    Parameter,
)
from gloam.tables.constants import named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

MASS_RANGE = (1e-3, 2.0)  # [GeV]
PARAMETERS = (
    Parameter("m_N", "GeV", *MASS_RANGE, None, "mass of the heavy neutral lepton", r"m_N"),
    Parameter("U2_e", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_e, |U_eN|^2", r"|U_{e4}|^2"),
    Parameter("U2_mu", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_mu, |U_muN|^2", r"|U_{\mu 4}|^2"),
    Parameter("U2_tau", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_tau, |U_tauN|^2", r"|U_{\tau 4}|^2"),
)
OPTIONS = (Option("nature", ("dirac", "majorana"), None, "N and its antiparticle distinct (dirac) or not (majorana)"),)
COUPLINGS = hnl_decays.ACTIVE
CONSTANTS = named("G_F", "sin2_theta_w_msbar", "f_pi", "f_K", "V_ud", "V_us")
REFERENCES = ("arXiv:1805.08567", "arXiv:2007.03701", "arXiv:0901.3589", "10.1103/PhysRevD.24.1232")

MASS, MIXING_E = 0, 1  # order of PARAMETERS
NATURE, MAJORANA = 0, 1
ROUNDING = 1e-12  # [1] of the sum of the mixings
NOT_UNITARY = 1000
REFUSALS = {
    NOT_UNITARY: "U2_e + U2_mu + U2_tau = {U2_e:.6g} + {U2_mu:.6g} + {U2_tau:.6g} is not allowed: 0 to 1 by unitarity; lower one "
    "of them",
}


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (index of nature,).

    ``slots[C_TAU]`` arrives as NO_DECAYS when the search reads no decays, which are then left out (all their slots 0).
    Returns 0 or NOT_UNITARY.
    """
    decays = slots[C_TAU] != NO_DECAYS
    for i in range(len(SLOTS)):
        slots[i] = 0.0
    if parameters[MIXING_E] + parameters[MIXING_E + 1] + parameters[MIXING_E + 2] > 1.0 + ROUNDING:
        return NOT_UNITARY
    slots[M_N] = parameters[MASS]
    for flavour in range(3):
        slots[U2_E + flavour] = parameters[MIXING_E + flavour]
    slots[CHARGE_STATES] = 2.0 if options[NATURE] == MAJORANA else 1.0
    if decays:
        hnl_decays.fill_widths(slots, np.zeros(STATES))
    return 0


@entry
def derived(slots: Vector, out: Vector) -> None:
    """Branching ratios of N and of its parents, order of DERIVED."""
    hnl_decays.fill_derived(slots, out)


def highest(coupling: str, parameters: dict[str, float]) -> float:
    """Largest value of a mixing beside the others: what unitarity leaves; inf for what is no mixing."""
    if coupling not in COUPLINGS:
        return math.inf
    return 1.0 - sum(parameters[name] for name in COUPLINGS if name != coupling)


MODEL = Model(
    name="hnl",
    title="heavy neutral lepton that mixes with the active neutrinos",
    parameters=PARAMETERS,
    options=OPTIONS,
    provides=("m_N", "width", "width_error", "c_tau", "br_electrons", "br_muons", *HNL_SLOTS),
    derived=hnl_decays.DERIVED,
    couplings=COUPLINGS,
    constants=CONSTANTS,
    references=REFERENCES,
    unphysical=(NOT_UNITARY,),
    refusals=REFUSALS,
    quantities=quantities,
    derive=derived,
    highest=highest,
)
