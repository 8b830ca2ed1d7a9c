"""Heavy neutral lepton N charged under a U(1)_D whose massive gauge boson Z' mixes with the photon.

With L = -(eps/2) F X - g X J for every current, the light flavour states couple to N through the Z' with
V_aN = -g_D U_aN U2_D and through the Z with C_aN = w U_aN, w = g/(2 cos theta_W), g_D^2 = 4 pi alpha_D, U2_D the dark content
|U_DN|^2 of N; matter of charge Q couples to the Z' with -e eps Q. sign(eps) is physical: it decides whether Z' and Z
exchange interfere constructively (N -> nu l l with U2_mu or U2_tau, eps > 0) or destructively (nuclei, N -> nu_e e e).
U2_a and U2_D are squared mixings. m_Zp is well below m_Z: mass mixing with the Z is neglected.

Mixings are taken to first order in U2_a: V_aN = -g_D U_aN U2_D is exact for one heavy state, C_aN lacks a factor
1 - U2_e - U2_mu - U2_tau, and the width to light neutrinos takes the same V_aN (with one dark neutrino it is larger by
1/U2_D); `external` holds twice the sum of U2_a for that. U2_e + U2_mu + U2_tau + U2_D is the norm of one column of the
mixing matrix and never above 1. U2_D = 1 beside a small U2_a is the usual short hand for 1 - U2_a, so an excess up to
0.01 U2_D is answered: rates go as U2_D^2, and up to U2_D^4 through the lifetime, which `external` tells. Beyond it the
point is refused.

N decays: Z' on and off shell into e+e-, mu+mu-, hadrons and neutrinos, weak decays (exclusive hadrons), and the
interference of both in nu l l and 3 nu. Not included: Z'-Z interference in hadronic modes, Z' -> pi0 gamma below
2 m_pi. External uncertainty: 5 % of R(s); not in it: tens of per cent of the weak hadronic modes above 1 GeV.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import dark_decays
from gloam.lookup.decays.dark_photon_decays import R_UNCERTAINTY
from gloam.lookup.decays.decay_slots import STATES, decay_length, fill_decay_slots
from gloam.lookup.decays.weak_decays import add_weak_decays
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import (
    C_TAU,
    C_TAU_MEDIATOR,
    INTERFERENCE_E,
    M_MEDIATOR,
    M_N,
    NEUTRAL_LEPTON_SLOTS,
    NO_DECAYS,
    PAIR_SLOTS,
    POLARISATION,
    SLOTS,
    VECTOR2_E,
    Z2_E,
    Model,
    Option,
    Parameter,
)
from gloam.tables.constants import ELECTRIC_CHARGE, FERMI_CONSTANT, SIN2_THETA_W_MSBAR, Z_MASS, named
from gloam.tables.numerics.memory import shifted
from gloam.tables.physics.dark_photons.dark_widths import HADRONS as MEDIATOR_HADRONS
from gloam.tables.physics.dark_photons.dark_widths import MEDIATOR_CHANNELS, mediator_widths
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

OPTIONS = (Option("nature", ("dirac", "majorana"), None, "N and its antiparticle distinct (dirac) or not (majorana)"),)
ACTIVE = ("U2_e", "U2_mu", "U2_tau")

EXCESS = 0.01  # [1] of U2_D: what is let pass of U2_e + U2_mu + U2_tau + U2_D above 1
ROUNDING = 1e-12  # [1] of that sum
NOT_UNITARY = 1000
REFUSALS = {
    NOT_UNITARY: "U2_D + U2_e + U2_mu + U2_tau = {U2_D:.6g} + {U2_e:.6g} + {U2_mu:.6g} + {U2_tau:.6g} is not allowed: 0 to 1 by "
    "unitarity (an excess of 0.01 U2_D is let pass); lower U2_D, for one dark neutrino to 1 - U2_e - U2_mu - U2_tau",
}

WEAK_COUPLING2 = math.sqrt(2.0) * FERMI_CONSTANT * Z_MASS**2  # [1] w^2, from G_F/sqrt2 = w^2/(2 m_Z^2)

MASS, MEDIATOR, EPS, ALPHA_D, U2_D, U2_E, U2_MU, U2_TAU = range(8)  # order of the parameters
NATURE, MAJORANA = 0, 1
HADRON_SCALE = len(OPTIONS)  # place of the factor on R(s) behind the options


@njit
def fill_vertices(parameters: Vector, slots: Vector) -> None:
    """Masses and squared vertices; all vertices of one flavour are proportional to U2_a."""
    slots[M_N], slots[M_MEDIATOR] = parameters[MASS], parameters[MEDIATOR]
    charge = ELECTRIC_CHARGE * parameters[EPS]
    vector = math.sqrt(4.0 * math.pi * parameters[ALPHA_D]) * parameters[U2_D]
    for flavour in range(3):
        mixing = parameters[U2_E + flavour]
        slots[VECTOR2_E + flavour] = vector * vector * charge * charge * mixing
        slots[INTERFERENCE_E + flavour] = vector * math.sqrt(WEAK_COUPLING2) * charge * mixing
        slots[Z2_E + flavour] = WEAK_COUPLING2 * mixing


@njit
def fill_inputs(parameters: Vector, inputs: Vector) -> None:
    """Inputs of the dark decays, see `dark_decays`."""
    charge = ELECTRIC_CHARGE * parameters[EPS]
    vector = math.sqrt(4.0 * math.pi * parameters[ALPHA_D]) * parameters[U2_D]
    inputs[dark_decays.M_N], inputs[dark_decays.M_ZP] = parameters[MASS], parameters[MEDIATOR]
    inputs[dark_decays.CHARGE2] = charge * charge
    inputs[dark_decays.DARK2] = vector * vector
    inputs[dark_decays.VECTOR2] = 0.0
    for flavour in range(3):
        inputs[dark_decays.VECTOR2] += vector * vector * parameters[U2_E + flavour]
        inputs[dark_decays.STRENGTH_E + flavour] = vector * charge * parameters[U2_E + flavour]
    inputs[dark_decays.SIN2_THETA_W] = SIN2_THETA_W_MSBAR


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (index of nature, factor on R(s)).

    ``slots[C_TAU]`` arrives as NO_DECAYS when the search reads no decays, which are then left out (all their slots 0).
    Returns 0, NOT_UNITARY, or 16 t + 1 + i when input i of table t of TABLES is outside its range.
    """
    decays = slots[C_TAU] != NO_DECAYS
    for i in range(len(SLOTS)):
        slots[i] = 0.0
    total = parameters[U2_D] + parameters[U2_E] + parameters[U2_MU] + parameters[U2_TAU]
    if total > 1.0 + EXCESS * parameters[U2_D] + ROUNDING:
        return NOT_UNITARY
    fill_vertices(parameters, slots)
    slots[POLARISATION] = 0.0 if options[NATURE] == MAJORANA else 1.0
    if not decays:
        return 0
    inputs = np.empty(dark_decays.INPUTS)
    fill_inputs(parameters, inputs)
    inputs[dark_decays.HADRONS] = options[HADRON_SCALE]
    majorana = options[NATURE] == MAJORANA
    mediator = np.empty(MEDIATOR_CHANNELS)
    mediator_widths(
        parameters[MEDIATOR],
        parameters[MASS],
        inputs[dark_decays.CHARGE2],
        inputs[dark_decays.VECTOR2],
        inputs[dark_decays.DARK2],
        majorana,
        mediator,
    )
    mediator[MEDIATOR_HADRONS] *= inputs[dark_decays.HADRONS]
    slots[C_TAU_MEDIATOR] = decay_length(mediator.sum())
    widths = np.zeros(STATES)
    add_weak_decays(parameters[MASS], shifted(parameters, U2_E), SIN2_THETA_W_MSBAR, widths)
    status = dark_decays.add_dark_decays(inputs, mediator, blob, offsets, widths)
    if status == 0:
        fill_decay_slots(widths, 2.0 if majorana else 1.0, slots)
    return status


def highest(coupling: str, parameters: dict[str, float]) -> float:
    """Largest value of a coupling beside the other ``parameters``: what unitarity leaves for a squared mixing, else inf."""
    if not coupling.startswith("U2_"):
        return math.inf
    active = sum(parameters[name] for name in ACTIVE if name != coupling)
    if coupling == "U2_D":
        return (1.0 - active) / (1.0 - EXCESS)
    return 1.0 - active - (1.0 - EXCESS) * parameters["U2_D"]


def external(parameters: dict[str, float]) -> tuple[float, str]:
    """Relative uncertainty [1] of the rate: Z' and Z mix by (m_Zp/m_Z)^2, terms of second order in the mixings, and a U2_D
    beyond unitarity.
    """
    active = sum(parameters[name] for name in ACTIVE)
    excess = max(active + parameters["U2_D"] - 1.0, 0.0)
    parts = (
        ((parameters["m_Zp"] / Z_MASS) ** 2, "mixing of the mediator with the Z, (m_Zp/m_Z)^2"),
        (2.0 * active, "second order in the mixings, 2 (U2_e + U2_mu + U2_tau)"),
        (4.0 * excess / parameters["U2_D"] if excess > 0.0 else 0.0, "U2_D beyond unitarity, up to U2_D^4"),
    )
    size = math.hypot(*(part[0] for part in parts))
    return size, "; ".join(source for part, source in parts if part > 0.03 * size)  # others change it by less than 1e-3


MODEL = Model(
    name="dark-neutrino",
    title="heavy neutral lepton with a dark photon-like mediator",
    parameters=(
        Parameter("m_N", "GeV", 0.005, 2.0, None, "mass of the heavy neutral lepton", r"m_N"),
        Parameter("m_Zp", "GeV", 0.005, 10.0, None, "mass of the mediator", r"m_{Z'}"),
        Parameter("eps", "1", -1.0, 1.0, None, "kinetic mixing with the photon; its sign is physical", r"\varepsilon"),
        Parameter("alpha_D", "1", 0.0, 4.0 * math.pi, None, "dark coupling g_D^2/(4 pi)", r"\alpha_D"),
        Parameter("U2_D", "1", 0.0, 1.0, None, "squared mixing of N with the dark neutrino, |U_DN|^2", r"|U_{D4}|^2"),
        Parameter("U2_e", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_e, |U_eN|^2", r"|U_{e4}|^2"),
        Parameter("U2_mu", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_mu, |U_muN|^2", r"|U_{\mu 4}|^2"),
        Parameter("U2_tau", "1", 0.0, 1.0, 0.0, "squared mixing of N with nu_tau, |U_tauN|^2", r"|U_{\tau 4}|^2"),
    ),
    options=OPTIONS,
    tables=dark_decays.TABLES,
    provides=(*NEUTRAL_LEPTON_SLOTS, *PAIR_SLOTS),  # dipole vertices and photons are exactly zero
    couplings=("eps", "alpha_D", "U2_D", *ACTIVE),
    constants=named("alpha", "G_F", "sin2_theta_w_msbar", "m_Z"),
    references=(
        "arXiv:1807.09877",
        "arXiv:1808.02915",
        "arXiv:1903.07589",
        "arXiv:2207.04137",
        "arXiv:1805.08567",
        "arXiv:2007.03701",
    ),
    unphysical=(NOT_UNITARY,),
    refusals=REFUSALS,
    uncertain=(R_UNCERTAINTY,),
    quantities=quantities,
    highest=highest,
    external=external,
)
