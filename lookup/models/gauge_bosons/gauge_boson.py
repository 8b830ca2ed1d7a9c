"""Vector boson X of a U(1)' group with kinetic mixing: g_f = g Q'_f - eps e Q_f, L = -g_f X_mu fbar gamma^mu f.

``group`` gives the charges; the twelve parameters q_f are added to them, so that ``free`` is their sum alone. ``mixing=loop``
adds the mixing of charged-lepton loops at q^2 = m_X^2, finite for L_i - L_j only, to eps. The sign of eps is physical beside g.
Above 10 GeV mixing with the Z would matter. Where loops make a coupling complex, its modulus is given with the sign of the real
part. Widths: leptons and neutrinos in closed form, hadrons by vector-meson dominance with exclusive channels below 2 GeV (5 %
external uncertainty), three photons below 2 m_e. width_dark is an invisible width beside them. What neutrinos scatter with
has the loops at q^2 = 0.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays.decay_slots import decay_length
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import (
    ALL_DECAYS,
    ANOMALY,
    BR_X_2PI,
    BR_X_3PI,
    BR_X_4PI,
    BR_X_DARK,
    BR_X_ELECTRONS,
    BR_X_ETA_GAMMA,
    BR_X_HADRONS,
    BR_X_KK,
    BR_X_PI0_GAMMA,
    C_TAU,
    C_TAU_X,
    DELTA_A_MU,
    EPS_LOOP_0,
    EPS_LOOP_IMAGINARY,
    EPS_LOOP_REAL,
    G_E,
    G_MU,
    G_TAU,
    G_U,
    GAUGE_BOSON_SLOTS,
    LOOP,
    LOOP_NU,
    M_X,
    MUON_FORCE_SLOTS,
    NO_DECAYS,
    NSI,
    SCATTERING_SLOTS,
    SLOTS,
    WIDTH_X,
    Model,
    Option,
    Parameter,
)
from gloam.tables.constants import ELECTRIC_CHARGE, FERMI_CONSTANT, named
from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment
from gloam.tables.physics.gauge_bosons.charges import COLOURS, ELECTRIC, FERMIONS, GROUPS, TAU, E, describe_groups
from gloam.tables.physics.gauge_bosons.hadronic_channels import ETA_GAMMA, FOUR_PI, KK, PI0_GAMMA, THREE_PI, TWO_PI
from gloam.tables.physics.gauge_bosons.loop_mixing import loop_mixing
from gloam.tables.physics.gauge_bosons.widths import FIRST_HADRONS, PHOTONS, WIDTHS, fill_widths
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

DIVERGENT = 1000

MASS, COUPLING, MIXING, FIRST_CHARGE, WIDTH_DARK = 0, 1, 2, 3, 3 + len(FERMIONS)  # order of the parameters
GROUP_AT, LOOP_AT, NEUTRINOS_AT, HADRONS_AT = range(4)  # order of OPTIONS and UNCERTAIN
ROWS = np.array(list(GROUPS.values()))
# slots of the couplings in the order of FERMIONS
SLOT_OF = np.array([*range(G_U, G_U + 6), G_E, G_MU, G_TAU, *range(G_TAU + 1, G_TAU + 4)])
SCATTERERS, NU_E = (0, 1, E), TAU + 1  # places of u, d, e and of nu_e in FERMIONS
CHANNEL_SLOTS = np.array([BR_X_PI0_GAMMA, BR_X_ETA_GAMMA, BR_X_2PI, BR_X_3PI, BR_X_4PI, BR_X_KK])
CHANNEL_PLACES = np.array([PI0_GAMMA, ETA_GAMMA, TWO_PI, THREE_PI, FOUR_PI, KK])


@njit
def fill_couplings(parameters: Vector, options: Vector, charges: Vector, slots: Vector) -> int:
    """Charges Q' [1] into ``charges``, shape (12,), couplings and mixings into their slots. Returns 0 or DIVERGENT."""
    row = int(options[GROUP_AT])
    divergence, anomaly = 0.0, 0.0
    for i in range(charges.size):
        charges[i] = ROWS[row, i] + parameters[FIRST_CHARGE + i]
        divergence += COLOURS[i] * ELECTRIC[i] * charges[i]
        anomaly += 0.5 * COLOURS[i] * charges[i]
    mass, g = parameters[MASS], parameters[COUPLING]
    slots[ANOMALY] = anomaly if abs(anomaly) > 1e-9 else 0.0
    mixing = complex(parameters[MIXING], 0.0)
    if abs(divergence) > 1e-9:
        if options[LOOP_AT] == 1.0:
            return DIVERGENT
        slots[EPS_LOOP_0], slots[EPS_LOOP_REAL], slots[EPS_LOOP_IMAGINARY] = math.inf, math.inf, math.inf
    else:
        loop = loop_mixing(g, charges[E : TAU + 1], mass * mass)
        slots[EPS_LOOP_0] = loop_mixing(g, charges[E : TAU + 1], 0.0).real
        slots[EPS_LOOP_REAL], slots[EPS_LOOP_IMAGINARY] = loop.real, loop.imag
        if options[LOOP_AT] == 1.0:
            mixing += loop
    for i in range(charges.size):
        coupling = g * charges[i] - mixing * ELECTRIC_CHARGE * ELECTRIC[i]
        slots[SLOT_OF[i]] = math.copysign(abs(coupling), coupling.real)
    fill_scattering(parameters, options, charges, slots)
    return 0


@njit
def fill_scattering(parameters: Vector, options: Vector, charges: Vector, slots: Vector) -> None:
    """Contact interactions of neutrinos into their slots; loops count at q^2 = 0 here, and what makes them run beside."""
    mass, g, loops = parameters[MASS], parameters[COUPLING], options[LOOP_AT] == 1.0
    mixing = parameters[MIXING] + (slots[EPS_LOOP_0] if loops else 0.0)
    scale = 1.0 / (math.sqrt(2.0) * FERMI_CONSTANT * mass * mass)
    for a in range(3):
        neutrino = g * charges[NU_E + a]
        for f in range(3):
            i = SCATTERERS[f]
            slots[NSI + 3 * f + a] = scale * neutrino * (g * charges[i] - mixing * ELECTRIC_CHARGE * ELECTRIC[i])
        if loops:
            slots[LOOP_NU + a] = scale * neutrino * ELECTRIC_CHARGE**2 / (2.0 * math.pi**2)
            slots[LOOP + a] = g * charges[E + a]


@njit
def fill_decays(mass: float, dark: float, neutrino: float, hadrons: float, slots: Vector) -> None:
    """Total width, decay length and branching ratios from the couplings in ``slots``; mass and dark width [GeV]."""
    couplings, widths = np.empty(SLOT_OF.size), np.empty(WIDTHS)
    for i in range(SLOT_OF.size):
        couplings[i] = slots[SLOT_OF[i]]
    total = fill_widths(mass, couplings, neutrino, hadrons, widths) + dark
    slots[WIDTH_X], slots[C_TAU_X] = total, decay_length(total)
    share = 1.0 / total if total > 0.0 else 0.0
    for i in range(PHOTONS + 1):
        slots[BR_X_ELECTRONS + i] = widths[i] * share
    slots[BR_X_DARK] = dark * share
    for i in range(FIRST_HADRONS, WIDTHS):
        slots[BR_X_HADRONS] += widths[i] * share
    for i in range(CHANNEL_SLOTS.size):
        slots[CHANNEL_SLOTS[i]] = widths[FIRST_HADRONS + CHANNEL_PLACES[i]] * share


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = OPTIONS, then a factor on hadronic widths."""
    decays = slots[C_TAU]
    slots[: len(SLOTS)] = 0.0
    slots[M_X] = parameters[MASS]
    status = fill_couplings(parameters, options, np.empty(len(FERMIONS)), slots)
    if status != 0 or decays == NO_DECAYS:
        return status
    neutrino = 2.0 if options[NEUTRINOS_AT] == 1.0 else 1.0
    fill_decays(parameters[MASS], parameters[WIDTH_DARK], neutrino, options[HADRONS_AT], slots)
    if decays == ALL_DECAYS:
        slots[DELTA_A_MU] = muon_moment(parameters[MASS], slots[G_MU] / ELECTRIC_CHARGE)
    return 0


MODEL = Model(
    name="gauge-boson",
    title="vector boson of a U(1)' group with any charges and kinetic mixing",
    parameters=(
        Parameter("m_X", "GeV", 1e-5, 10.0, None, "mass of the boson", r"m_X"),
        Parameter("g_X", "1", 0.0, 1.0, 0.0, "gauge coupling", r"g_X"),
        Parameter("eps", "1", -1.0, 1.0, 0.0, "kinetic mixing with the photon", r"\varepsilon"),
        *(Parameter(f"q_{name}", "1", -100.0, 100.0, 0.0, f"charge of {name}, added to that of the group") for name in FERMIONS),
        Parameter("width_dark", "GeV", 0.0, 10.0, 0.0, "width to an invisible dark state"),
    ),
    options=(
        Option("group", tuple(GROUPS), None, describe_groups()),
        Option("mixing", ("free", "loop"), "free", "eps as given, or with that of charged-lepton loops added (L_i - L_j)"),
        Option("neutrinos", ("left-handed", "dirac"), "left-handed", "dirac: light right-handed partners double the width"),
    ),
    provides=(*MUON_FORCE_SLOTS, *GAUGE_BOSON_SLOTS, *SCATTERING_SLOTS),
    couplings=("g_X", "eps"),
    constants=named("alpha", "G_F", "m_e", "m_mu", "m_tau_2024", "m_pi", "m_K", "m_K0", "m_rho", "m_omega", "m_phi"),
    references=("arXiv:1803.05466", "arXiv:1801.04847", "arXiv:2201.01788", "arXiv:2104.03297", "10.1093/ptep/ptaa104"),
    refusals={
        DIVERGENT: "mixing=loop is logarithmically divergent for these charges (sum of N_c Q Q' over the fermions is not 0): "
        "give eps with mixing=free, or charges of L_i - L_j",
    },
    uncertain=((0.05, "hadronic widths from e+e- data"),),
    quantities=quantities,
)
