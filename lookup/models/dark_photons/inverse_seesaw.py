"""Dark inverse seesaw in its C-symmetric limit: Majorana states psi_1 < psi_2 < psi_3 of (eta_L, chi_L, chi_R^c).

Mass matrix (mu, Lambda, Lambda; ., 0, M_X; ., M_X, 0) with equal Lambda for chi_L and chi_R. chi_- = (chi_L - chi_R^c)/sqrt2
decouples: m_2 = M_X. Of the even block m_3 + m_1 = mu + M_X and tan(2 theta) = 2 sqrt2 Lambda/(M_X - mu), so that
the masses and the angle obey m_3 = (m_2 -+ m_1 sin^2 theta)/cos^2 theta: r, Delta and theta fix everything. V_32 = cos theta
(vector), V_21 = sin theta, all other couplings vanish. psi_2 psi_1 is a vector transition where the light eigenvalue is
positive (mu M_X > 2 Lambda^2, upper sign) and an axial one where it is negative. The benchmark BP1 of
arXiv:2302.05410 is not of this form: use ``dark-hnl``. Hadrons through R(s): 5 % external uncertainty.
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

OPTIONS = (
    Option("coupling_21", ("vector", "axial"), None, "psi_2 psi_1 A': vector if the light eigenvalue is positive, else axial"),
)
HADRON_SCALE = len(OPTIONS)  # place of the factor on R(s) behind the options

M_AP, RATIO, SPLITTING, EPS, ALPHA_D, THETA = range(6)  # order of the parameters


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (0 vector or 1 axial,).

    ``slots[C_TAU]`` says which decays are wanted, see `dark_photon_decays`.
    Returns 0, or a key of REFUSALS.
    """
    inputs = np.zeros(decays.INPUTS)
    m_Ap = parameters[M_AP]
    inputs[decays.IN_M_AP], inputs[decays.IN_EPS], inputs[decays.IN_ALPHA_D] = m_Ap, parameters[EPS], parameters[ALPHA_D]
    m_1 = parameters[RATIO] * m_Ap
    m_2 = (1.0 + parameters[SPLITTING]) * m_1
    sine2, cosine2 = math.sin(parameters[THETA]) ** 2, math.cos(parameters[THETA]) ** 2
    signed = -m_1 if options[0] == 1.0 else m_1
    inputs[decays.IN_M_1], inputs[decays.IN_M_2] = m_1, m_2
    inputs[decays.IN_M_3] = (m_2 - signed * sine2) / cosine2
    inputs[decays.V2_12], inputs[decays.V2_23] = sine2, cosine2
    inputs[decays.IN_AXIAL_21] = options[0]
    inputs[decays.IN_HADRONS] = options[HADRON_SCALE]
    return decays.fill_slots(inputs, slots[C_TAU], blob, offsets, slots)


MODEL = Model(
    name="inverse-seesaw",
    title="dark inverse seesaw, C-symmetric, with a dark photon",
    parameters=(*COMMON, Parameter("theta", "rad", 1e-6, 1.5, None, "mixing angle of psi_1 and psi_3", r"\theta")),
    options=OPTIONS,
    tables=decays.TABLES,
    provides=(*DARK_PHOTON_SLOTS, *MUON_FORCE_SLOTS),
    couplings=("eps",),
    constants=named("alpha", "m_e", "m_mu", "m_tau", "m_pi"),
    references=("arXiv:2302.05410",),
    refusals=decays.REFUSALS,
    uncertain=decays.UNCERTAIN,
    quantities=quantities,
)
