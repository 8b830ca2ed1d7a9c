"""The record of heavy neutral leptons N: vertices with nuclei, mixings, widths and what they decay to."""

from __future__ import annotations

from gloam.lookup.vocabulary.record import Kind, Record, Slot, fraction, length, width
from gloam.tables.physics.neutral_leptons.exclusive_widths import CHANNELS

FLAVOURS = ("e", "mu", "tau")


def _per_flavour(name: str, unit: str, meaning: str) -> tuple[Slot, ...]:
    return tuple(Slot(f"{name}_{flavour}", unit, Kind.COUPLING, meaning.format(flavour)) for flavour in FLAVOURS)


NEUTRAL_LEPTON = Record(
    Slot("m_N", "GeV", Kind.MASS, "mass of the heavy neutral lepton"),
    Slot("m_mediator", "GeV", Kind.MASS, "mass of the vector mediator, NaN where there is none"),
    *_per_flavour("vector2", "1", "V_aN^2 (e eps)^2 of nu_{}, per unit target charge"),
    *_per_flavour("interference", "1", "-V_aN C_aN e eps of nu_{}, signed"),
    *_per_flavour("z2", "1", "C_aN^2 of nu_{}"),
    *_per_flavour("dipole2", "GeV^-2", "squared transition moment of nu_{}, mu_tr^2"),
    width("width", "total width of N"),
    Slot("width_error", "1", Kind.RELATIVE_ERROR, "bound of the relative error of the width", decays=True),
    length("c_tau", "proper decay length of N, inf if stable"),
    fraction("br_electrons", "fraction of N decays with an e+e- pair"),
    fraction("br_muons", "fraction with a mu+mu- pair"),
    fraction("br_photon", "fraction with a photon"),
    Slot("br_error", "1", Kind.ERROR, "bound of the absolute error of the sum of the three fractions", decays=True),
    length("c_tau_mediator", "proper decay length of the mediator, 0 where there is none"),
    fraction("br_mediator", "fraction of N decays with an e+e- or mu+mu- pair of a mediator on shell"),
)

# a heavy neutral lepton by its mixings; beside these it has m_N, width, c_tau and the fractions of NEUTRAL_LEPTON
MIXING = Record(
    *_per_flavour("U2", "1", "squared mixing of N with nu_{0}, |U_{0}N|^2"),
    Slot("charge_states", "1", Kind.NUMBER, "of every decay mode: 1 for a Dirac N, 2 for a Majorana N"),
    *(width(f"width_{channel}", f"width to {channel}, all charge states, all flavours") for channel in CHANNELS),
)

# of the pairs that an upscattered N decays to, beside NEUTRAL_LEPTON
PAIR = Record(
    Slot("polarisation", "1", Kind.NUMBER, "1 where the spin of N turns its e+e- pairs (Dirac), 0 where charges cancel that"),
)
