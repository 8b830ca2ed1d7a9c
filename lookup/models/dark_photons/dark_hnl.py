"""Three heavy neutral leptons psi_1 < psi_2 < psi_3 (Majorana) of a dark U(1) with a dark photon.

m_1 = r m_Ap, m_2 = (1 + Delta_21) m_1, m_3 = (1 + Delta_32) m_2. V_ij multiply g_D; each off-diagonal coupling is of
vector or axial nature, depending on the CP parities of the two states (`dark_matrices` finds masses, couplings and
natures from a mass matrix). Diagonal couplings are those of identical Majorana states, hence axial. psi_3 cascades:
psi_3 -> psi_2 X, psi_1 X, then psi_2 -> psi_1 X; psi_3 -> psi_2 psi_1 psi_1 and psi_2 psi_2 psi_1 through A'* where they are
open. Three-body decays through a diagonal coupling are refused.
BP1 of arXiv:2302.05410: |V_21/V_32|^2 = 0.038 follows from its branching ratio A' -> psi_3 psi_2 of 96 %. Hadrons through
R(s): 5 % external uncertainty.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import dark_photon_decays as decays
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.models.dark_photons.idm import PARAMETERS as COMMON
from gloam.lookup.vocabulary import C_TAU, DARK_PHOTON_SLOTS, MUON_FORCE_SLOTS, Model, Option, Parameter
from gloam.tables.constants import named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

OPTIONS = tuple(
    Option(f"coupling_{pair}", ("vector", "axial"), None, f"nature of psi_{pair[0]} psi_{pair[1]} A'")
    for pair in ("21", "31", "32")
)
BENCHMARKS = {
    "BP1": {
        "r": 0.16,
        "Delta_21": 0.57,
        "Delta_32": 0.59,
        "alpha_D": 0.11,
        "V_32": 1.0,
        "V_21": math.sqrt(0.038),
        "coupling_21": "vector",
        "coupling_31": "vector",
        "coupling_32": "vector",
    }
}
HADRON_SCALE = len(OPTIONS)  # place of the factor on R(s) behind the options

M_AP, RATIO, EPS, ALPHA_D, DELTA_21, DELTA_32, V_21, V_32, V_31, V_11, V_22, V_33 = range(12)  # order of the parameters


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options``, 1 where 21, 31, 32 is axial.

    ``slots[C_TAU]`` says which decays are wanted, see `dark_photon_decays`.
    Returns 0, or a key of REFUSALS.
    """
    inputs = np.zeros(decays.INPUTS)
    m_Ap = parameters[M_AP]
    inputs[decays.IN_M_AP], inputs[decays.IN_EPS], inputs[decays.IN_ALPHA_D] = m_Ap, parameters[EPS], parameters[ALPHA_D]
    m_1 = parameters[RATIO] * m_Ap
    m_2 = (1.0 + parameters[DELTA_21]) * m_1
    inputs[decays.IN_M_1], inputs[decays.IN_M_2], inputs[decays.IN_M_3] = m_1, m_2, (1.0 + parameters[DELTA_32]) * m_2
    inputs[decays.V2_11], inputs[decays.V2_12], inputs[decays.V2_13] = (
        parameters[V_11] ** 2,
        parameters[V_21] ** 2,
        parameters[V_31] ** 2,
    )
    inputs[decays.V2_22], inputs[decays.V2_23], inputs[decays.V2_33] = (
        parameters[V_22] ** 2,
        parameters[V_32] ** 2,
        parameters[V_33] ** 2,
    )
    for k in range(3):
        inputs[decays.IN_AXIAL_21 + k] = options[k]
    inputs[decays.IN_HADRONS] = options[HADRON_SCALE]
    return decays.fill_slots(inputs, slots[C_TAU], blob, offsets, slots)


MODEL = Model(
    name="dark-hnl",
    title="three heavy neutral leptons with a dark photon",
    parameters=(
        *(item for item in COMMON if item.name != "Delta"),
        Parameter("Delta_21", "1", 1e-4, 3.0, None, "relative splitting (m_2 - m_1)/m_1", r"\Delta_{21}"),
        Parameter("Delta_32", "1", 1e-4, 3.0, None, "relative splitting (m_3 - m_2)/m_2", r"\Delta_{32}"),
        Parameter("V_21", "1", 0.0, 1.0, None, "coupling psi_2 psi_1 A' over g_D", r"V_{21}"),
        Parameter("V_32", "1", 0.0, 1.0, None, "coupling psi_3 psi_2 A' over g_D", r"V_{32}"),
        Parameter("V_31", "1", 0.0, 1.0, 0.0, "coupling psi_3 psi_1 A' over g_D", r"V_{31}"),
        Parameter("V_11", "1", 0.0, 1.0, 0.0, "coupling psi_1 psi_1 A' over g_D", r"V_{11}"),
        Parameter("V_22", "1", 0.0, 1.0, 0.0, "coupling psi_2 psi_2 A' over g_D", r"V_{22}"),
        Parameter("V_33", "1", 0.0, 1.0, 0.0, "coupling psi_3 psi_3 A' over g_D", r"V_{33}"),
    ),
    options=OPTIONS,
    benchmarks=BENCHMARKS,
    tables=decays.TABLES,
    provides=(*DARK_PHOTON_SLOTS, *MUON_FORCE_SLOTS),
    couplings=("eps",),
    constants=named("alpha", "m_e", "m_mu", "m_tau", "m_pi"),
    references=("arXiv:2302.05410", "arXiv:2007.11813"),
    refusals=decays.REFUSALS,
    uncertain=decays.UNCERTAIN,
    quantities=quantities,
)
