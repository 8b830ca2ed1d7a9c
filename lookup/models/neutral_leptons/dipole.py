"""Heavy neutral lepton N with transition magnetic moments to the light neutrinos.

L = sum_a (mu_tr_a/2) nubar_a sigma_{mu nu} F^{mu nu} N + h.c., mu_tr = 2 d. N decays to nu gamma and, through a virtual
photon, to nu e+e-, nu mu+mu- and nu hadrons (R(s), external uncertainty 5 % of a mode that is below 1 % of the width).
Weak mixing of N is not part of this model. N -> nu l l counts as a lepton pair, not as a photon.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays.decay_slots import (
    ELECTRONS,
    ERROR,
    MUONS,
    OTHER,
    PHOTON,
    STATES,
    fill_decay_slots,
)
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import (
    C_TAU,
    DIPOLE2_E,
    M_MEDIATOR,
    M_N,
    NEUTRAL_LEPTON_SLOTS,
    NO_DECAYS,
    SLOTS,
    Model,
    Option,
    Parameter,
)
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS, named
from gloam.tables.numerics.memory import scratch
from gloam.tables.physics.hadrons.r_ratio import FIRST_MASS
from gloam.tables.physics.neutral_leptons.dipole_widths import lepton_pair_ratio, neutrino_photon_width
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

LARGEST = 1.0  # [GeV^-1] end of the range of mu_tr: far above any bound, still an effective operator at 1 GeV
PARAMETERS = (
    Parameter("m_N", "GeV", 0.005, 2.0, None, "mass of the heavy neutral lepton", r"m_N"),
    Parameter("mu_tr_e", "GeV^-1", 0.0, LARGEST, 0.0, "transition magnetic moment to nu_e, mu_tr = 2 d", r"\mu_{\rm tr}^{e}"),
    Parameter("mu_tr_mu", "GeV^-1", 0.0, LARGEST, 0.0, "transition magnetic moment to nu_mu, mu_tr = 2 d", r"\mu_{\rm tr}^{\mu}"),
    Parameter(
        "mu_tr_tau", "GeV^-1", 0.0, LARGEST, 0.0, "transition magnetic moment to nu_tau, mu_tr = 2 d", r"\mu_{\rm tr}^{\tau}"
    ),
)
TABLES = (("dipole-hadronic-width", ""),)
COUPLINGS = ("mu_tr_e", "mu_tr_mu", "mu_tr_tau")
REFERENCES = ("arXiv:1803.03262",)

MASS, MU_TR_E = 0, 1  # order of PARAMETERS
NATURE, MAJORANA = 0, 1


@njit
def add_hadrons(m_N: float, photon: float, blob: Vector, block: int, widths: Vector) -> int:
    """Add N -> nu hadrons [GeV], relative to the width N -> nu gamma [GeV], from its table where it is open."""
    x, out, work = scratch(1), scratch(1), scratch(WORK)
    x[0] = m_N
    status = values_at(blob, block, x, work, out)
    if status == 0:
        widths[OTHER] += photon * out[0]
        widths[ERROR] += photon * out[0] * error_of(blob, block, work, 0)
    return status


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (index of nature,).

    ``slots[C_TAU]`` arrives as NO_DECAYS when the search reads no decays, which are then left out (all their slots 0).
    Returns 0, or 1 + i when input i of the table is outside its range.
    """
    decays = slots[C_TAU] != NO_DECAYS
    for i in range(len(SLOTS)):
        slots[i] = 0.0
    m_N = parameters[MASS]
    slots[M_N], slots[M_MEDIATOR] = m_N, math.nan
    total2 = 0.0
    for flavour in range(3):
        slots[DIPOLE2_E + flavour] = parameters[MU_TR_E + flavour] ** 2
        total2 += slots[DIPOLE2_E + flavour]
    if not decays:
        return 0
    photon = total2 * neutrino_photon_width(m_N)
    widths = np.zeros(STATES)
    widths[PHOTON] = photon
    widths[ELECTRONS] = photon * lepton_pair_ratio(m_N, ELECTRON_MASS)
    widths[MUONS] = photon * lepton_pair_ratio(m_N, MUON_MASS)
    status = 0
    if photon > 0.0 and m_N >= FIRST_MASS:
        status = add_hadrons(m_N, photon, blob, offsets[0], widths)
    if status == 0:
        fill_decay_slots(widths, 2.0 if options[NATURE] == MAJORANA else 1.0, slots)
    return status


MODEL = Model(
    name="dipole",
    title="heavy neutral lepton with a transition magnetic moment",
    parameters=PARAMETERS,
    options=(Option("nature", ("dirac", "majorana"), None, "N and its antiparticle distinct (dirac) or not (majorana)"),),
    tables=TABLES,
    provides=NEUTRAL_LEPTON_SLOTS,  # vertices of mediators are exactly zero
    couplings=COUPLINGS,
    constants=named("alpha", "m_e", "m_mu"),
    references=REFERENCES,
    quantities=quantities,
)
