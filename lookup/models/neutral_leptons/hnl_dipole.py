"""Heavy neutral lepton N that mixes with the active neutrinos and has transition magnetic moments to them.

The weak interaction of `hnl`, and L = sum_a (mu_tr_a/2) nubar_a sigma_{mu nu} F^{mu nu} N + h.c., mu_tr = 2 d, of `dipole`:
N -> nu gamma, mu_tr^2 m_N^3/(16 pi) for a Dirac N, and nu l+ l-, nu hadrons through a virtual photon. Both add without
interference: the neutrino has the other helicity, and light neutrinos are massless.

Production is that of the mixings. `width_*` are the weak widths alone, and searches that count weak decays (t2k-hnl)
count these: for them the moments shorten the life, and pairs through the photon are left out. br_electrons, br_muons and
br_photon have both.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays import hnl_decays
from gloam.lookup.decays.decay_slots import ELECTRONS, MUONS, PHOTON, STATES
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.models.neutral_leptons import dipole, hnl
from gloam.lookup.vocabulary import C_TAU, CHARGE_STATES, HNL_SLOTS, M_N, NO_DECAYS, SLOTS, U2_E, Model
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS, named
from gloam.tables.physics.hadrons.r_ratio import FIRST_MASS
from gloam.tables.physics.neutral_leptons.dipole_widths import lepton_pair_ratio, neutrino_photon_width

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

NOT_UNITARY = hnl.NOT_UNITARY

MASS, MIXING_E, MOMENT_E = hnl.MASS, hnl.MIXING_E, len(hnl.PARAMETERS)
NATURE, MAJORANA = 0, 1
ROUNDING = hnl.ROUNDING


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters`` (order of PARAMETERS) and ``options`` = (index of nature,).

    ``slots[C_TAU]`` arrives as NO_DECAYS when the search reads no decays, which are then left out (all their slots 0).
    Returns 0, NOT_UNITARY, or 1 + i when input i of the table is outside its range.
    """
    decays = slots[C_TAU] != NO_DECAYS
    for i in range(len(SLOTS)):
        slots[i] = 0.0
    if parameters[MIXING_E] + parameters[MIXING_E + 1] + parameters[MIXING_E + 2] > 1.0 + ROUNDING:
        return NOT_UNITARY
    m_N = parameters[MASS]
    slots[M_N] = m_N
    total2 = 0.0
    for flavour in range(3):
        slots[U2_E + flavour] = parameters[MIXING_E + flavour]
        total2 += parameters[MOMENT_E + flavour] ** 2
    slots[CHARGE_STATES] = 2.0 if options[NATURE] == MAJORANA else 1.0
    if not decays:
        return 0
    photon = total2 * neutrino_photon_width(m_N)
    widths = np.zeros(STATES)
    widths[PHOTON] = photon
    widths[ELECTRONS] = photon * lepton_pair_ratio(m_N, ELECTRON_MASS)
    widths[MUONS] = photon * lepton_pair_ratio(m_N, MUON_MASS)
    status = 0
    if photon > 0.0 and m_N >= FIRST_MASS:
        status = dipole.add_hadrons(m_N, photon, blob, offsets[0], widths)
    if status == 0:
        hnl_decays.fill_widths(slots, widths)
    return status


@entry
def derived(slots: Vector, out: Vector) -> None:
    """Branching ratios of N to weak channels and of its parents, order of DERIVED."""
    hnl_decays.fill_derived(slots, out)


def highest(coupling: str, parameters: dict[str, float]) -> float:
    """Largest value of a mixing beside the others: what unitarity leaves; inf for a moment."""
    return hnl.highest(coupling, parameters) if coupling in hnl.COUPLINGS else math.inf


MODEL = Model(
    name="hnl-dipole",
    title="heavy neutral lepton with mixings and transition magnetic moments",
    parameters=(*hnl.PARAMETERS, *(item for item in dipole.PARAMETERS if item.name.startswith("mu_tr"))),
    options=hnl.OPTIONS,
    tables=dipole.TABLES,
    provides=("m_N", "width", "width_error", "c_tau", "br_electrons", "br_muons", "br_photon", *HNL_SLOTS),
    derived=hnl_decays.DERIVED,
    couplings=(*hnl.COUPLINGS, *dipole.COUPLINGS),
    constants=(*hnl.CONSTANTS, *named("alpha")),
    references=(*hnl.REFERENCES, *dipole.REFERENCES, "arXiv:2109.03831"),
    refusals=hnl.REFUSALS,
    quantities=quantities,
    derive=derived,
    highest=highest,
)
