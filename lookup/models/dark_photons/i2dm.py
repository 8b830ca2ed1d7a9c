"""Inelastic Dirac dark matter: two Dirac states of which one, before mixing by theta, is charged under U(1)_D.

J_D = s^2 psibar_1 gamma psi_1 - s c (psibar_2 gamma psi_1 + h.c.) + c^2 psibar_2 gamma psi_2, s = sin theta: all vector.
A' -> psi_1 psi_1, psi_1 psi_2 (both orders), psi_2 psi_2, and psi_2 -> psi_1 + (e+e-, mu+mu-, tau+tau-, hadrons).
m_1 = r m_Ap, m_2 = (1 + Delta) m_1; Delta stays below 2, where psi_2 -> psi_1 psi_1 psi_1 would open. Hadrons through
R(s): 5 % external uncertainty. A. Filimonova, S. Junius, L. Lopez Honorez, S. Westhoff, arXiv:2201.08409.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import dark_photon_decays as decays
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.models.dark_photons.idm import PARAMETERS as COMMON
from gloam.lookup.vocabulary import C_TAU, DARK_PHOTON_SLOTS, MUON_FORCE_SLOTS, Model, Parameter
from gloam.tables.constants import named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

OPTIONS = ()
HADRON_SCALE = len(OPTIONS)  # place of the factor on R(s) behind the options

M_AP, RATIO, SPLITTING, EPS, ALPHA_D, THETA = range(6)  # order of the parameters


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
    sine2, cosine2 = math.sin(parameters[THETA]) ** 2, math.cos(parameters[THETA]) ** 2
    inputs[decays.V2_11], inputs[decays.V2_12], inputs[decays.V2_22] = sine2**2, sine2 * cosine2, cosine2**2
    inputs[decays.DIRAC] = 1.0
    inputs[decays.IN_HADRONS] = options[HADRON_SCALE]
    return decays.fill_slots(inputs, slots[C_TAU], blob, offsets, slots)


MODEL = Model(
    name="i2dm",
    title="inelastic Dirac dark matter with a dark photon",
    parameters=(*COMMON, Parameter("theta", "rad", 0.0, 0.5 * math.pi, None, "mixing angle of the two Dirac states", r"\theta")),
    options=OPTIONS,
    tables=decays.TABLES,
    provides=(*DARK_PHOTON_SLOTS, *MUON_FORCE_SLOTS),
    couplings=("eps",),
    constants=named("alpha", "m_e", "m_mu", "m_tau", "m_pi"),
    references=("arXiv:2201.08409", "arXiv:2302.05410"),
    refusals=decays.REFUSALS,
    uncertain=decays.UNCERTAIN,
    quantities=quantities,
)
