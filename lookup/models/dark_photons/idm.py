"""Inelastic dark matter: a pseudo-Dirac pair psi_1, psi_2 with equal Majorana masses mu_L = mu_R.

J_D = i psibar_2 gamma psi_1: the only coupling is off-diagonal, with V_12 = 1 and of vector nature; diagonal couplings
vanish by C. A' -> psi_1 psi_2 (Majorana states) and psi_2 -> psi_1 + (e+e-, mu+mu-, tau+tau-, hadrons).
m_1 = r m_Ap, m_2 = (1 + Delta) m_1. For mu_L != mu_R see `dark_matrices`. Hadrons through R(s): 5 % external uncertainty.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import dark_photon_decays as decays
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import C_TAU, DARK_PHOTON_SLOTS, MUON_FORCE_SLOTS, Model, Parameter
from gloam.tables.constants import named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PARAMETERS = (
    Parameter("m_Ap", "GeV", 1e-3, 10.0, None, "mass of the dark photon", r"m_{A'}"),
    Parameter("r", "1", 1e-3, 10.0, None, "m_1/m_Ap", r"r"),
    Parameter("Delta", "1", 1e-4, 2.0, None, "relative splitting (m_2 - m_1)/m_1", r"\Delta"),
    Parameter("eps", "1", 1e-8, 1.0, None, "kinetic mixing with the photon", r"\varepsilon"),
    Parameter("alpha_D", "1", 1e-12, 4.0 * math.pi, None, "dark coupling g_D^2/(4 pi)", r"\alpha_D"),
)
OPTIONS = ()
HADRON_SCALE = len(OPTIONS)  # place of the factor on R(s) behind the options

M_AP, RATIO, SPLITTING, EPS, ALPHA_D = range(5)  # order of PARAMETERS


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS).

    ``slots[C_TAU]`` says which decays are wanted, see `dark_photon_decays`.
    Returns 0, or a key of REFUSALS.
    """
    inputs = np.zeros(decays.INPUTS)
    m_Ap = parameters[M_AP]
    inputs[decays.IN_M_AP], inputs[decays.IN_EPS], inputs[decays.IN_ALPHA_D] = m_Ap, parameters[EPS], parameters[ALPHA_D]
    inputs[decays.IN_M_1] = parameters[RATIO] * m_Ap
    inputs[decays.IN_M_2] = (1.0 + parameters[SPLITTING]) * parameters[RATIO] * m_Ap
    inputs[decays.IN_M_3] = math.nan
    inputs[decays.V2_12] = 1.0
    inputs[decays.IN_HADRONS] = options[HADRON_SCALE]
    return decays.fill_slots(inputs, slots[C_TAU], blob, offsets, slots)


MODEL = Model(
    name="idm",
    title="inelastic dark matter (pseudo-Dirac pair) with a dark photon",
    parameters=PARAMETERS,
    options=OPTIONS,
    tables=decays.TABLES,
    provides=(*DARK_PHOTON_SLOTS, *MUON_FORCE_SLOTS),
    couplings=("eps",),
    constants=named("alpha", "m_e", "m_mu", "m_tau", "m_pi"),
    references=("arXiv:hep-ph/0101138", "arXiv:1911.03176", "arXiv:2302.05410"),
    refusals=decays.REFUSALS,
    uncertain=decays.UNCERTAIN,
    quantities=quantities,
)
