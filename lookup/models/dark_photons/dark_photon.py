"""Dark photon that decays to Standard Model particles and, if wanted, to a stable dark state.

Invisible decays are given by their branching ratio, or by their width: Gamma = (Gamma_SM + width_dark)/(1 - br_invisible).
br_invisible = 1 stands for a dark width far above the visible one, which is then not known (width_Ap = inf). The invisible
state fills the slots of psi_1 psi_1 with m_1 = 0. Hadrons through R(s): 5 % external uncertainty, up to m_Ap = 10 GeV.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays.dark_photon_decays import HADRONS, R_UNCERTAINTY, fill_visible
from gloam.lookup.decays.decay_slots import decay_length
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import (
    BR_AP_11,
    BR_AP_ELECTRONS,
    C_TAU_2,
    C_TAU_3,
    C_TAU_AP,
    DARK_PHOTON_SLOTS,
    EPS,
    G_MU,
    M_2,
    M_3,
    M_AP,
    M_X,
    MUON_FORCE_SLOTS,
    SLOTS,
    WIDTH_AP,
    Model,
    Parameter,
)
from gloam.tables.constants import ELECTRIC_CHARGE, named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PARAMETERS = (
    Parameter("m_Ap", "GeV", 1e-3, 10.0, None, "mass of the dark photon", r"m_{A'}"),
    Parameter("eps", "1", 1e-8, 1.0, None, "kinetic mixing with the photon", r"\varepsilon"),
    Parameter("br_invisible", "1", 0.0, 1.0, 0.0, "branching ratio to a stable dark state"),
    Parameter("width_dark", "GeV", 0.0, 10.0, 0.0, "width to a stable dark state"),
)

MASS, MIXING, INVISIBLE, WIDTH_DARK = range(4)  # order of PARAMETERS


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (factor on R(s),). Returns 0."""
    slots[: len(SLOTS)] = 0.0
    slots[M_AP], slots[EPS] = parameters[MASS], parameters[MIXING]
    slots[M_X], slots[G_MU] = parameters[MASS], ELECTRIC_CHARGE * parameters[MIXING]
    slots[M_2], slots[M_3], slots[C_TAU_2], slots[C_TAU_3] = math.nan, math.nan, math.inf, math.inf
    visible = fill_visible(parameters[MASS], (ELECTRIC_CHARGE * parameters[MIXING]) ** 2, options[0], slots)
    known = visible + parameters[WIDTH_DARK]
    rest = 1.0 - parameters[INVISIBLE]
    slots[WIDTH_AP] = known / rest if rest > 0.0 else math.inf
    slots[C_TAU_AP] = decay_length(slots[WIDTH_AP])
    share = rest / known if known > 0.0 else 0.0
    for slot in range(BR_AP_ELECTRONS, BR_AP_ELECTRONS + HADRONS + 1):
        slots[slot] *= share
    slots[BR_AP_11] = parameters[INVISIBLE] + share * parameters[WIDTH_DARK]
    return 0


MODEL = Model(
    name="dark-photon",
    title="dark photon, visible or invisible",
    parameters=PARAMETERS,
    provides=(*DARK_PHOTON_SLOTS, *MUON_FORCE_SLOTS),
    couplings=("eps",),
    constants=named("alpha", "m_e", "m_mu", "m_tau", "m_pi"),
    references=("arXiv:1801.04847", "10.1093/ptep/ptaa104"),
    uncertain=(R_UNCERTAINTY,),
    quantities=quantities,
)
