"""The closed list of slots in which models and searches meet, and how both describe what they take.

A model writes physical quantities into one float64 vector, a search reads them from it: M models and S searches are
M + S compilations.
"""

from __future__ import annotations

from dataclasses import dataclass

FLAVOURS = ("e", "mu", "tau")

SLOTS = (
    "m_N",  # [GeV] mass of the heavy neutral lepton
    "m_mediator",  # [GeV] mass of the vector mediator, NaN where there is none
    *(f"vector2_{flavour}" for flavour in FLAVOURS),  # [1] V_aN^2 (e eps)^2, per unit target charge
    *(f"interference_{flavour}" for flavour in FLAVOURS),  # [1] V_aN C_aN (e eps), signed
    *(f"z2_{flavour}" for flavour in FLAVOURS),  # [1] C_aN^2
    *(f"dipole2_{flavour}" for flavour in FLAVOURS),  # [GeV^-2] mu_tr_a^2
    "width",  # [GeV] total width of N
    "width_error",  # [1] bound of its relative error
    "c_tau",  # [m] proper decay length of N, inf if stable
    "br_electrons",  # [1] fraction of N decays with an e+e- pair
    "br_muons",  # [1] fraction with a mu+mu- pair
    "br_photon",  # [1] fraction with a photon
    "br_error",  # [1] bound of the absolute error of the sum of the three fractions
    "c_tau_mediator",  # [m] proper decay length of the mediator, 0 where there is none
)
(
    M_N, M_MEDIATOR,
    VECTOR2_E, VECTOR2_MU, VECTOR2_TAU,
    INTERFERENCE_E, INTERFERENCE_MU, INTERFERENCE_TAU,
    Z2_E, Z2_MU, Z2_TAU,
    DIPOLE2_E, DIPOLE2_MU, DIPOLE2_TAU,
    WIDTH, WIDTH_ERROR, C_TAU, BR_ELECTRONS, BR_MUONS, BR_PHOTON, BR_ERROR, C_TAU_MEDIATOR,
) = range(len(SLOTS))


@dataclass(frozen=True)
class Parameter:
    """A continuous parameter: name, unit ("1" if none), allowed range, default (None if required), meaning."""

    name: str
    unit: str
    low: float
    high: float
    default: float | None
    description: str


@dataclass(frozen=True)
class Option:
    """A discrete choice bound when a rate is made; ``default`` None means that it must be given."""

    name: str
    choices: tuple[str, ...]
    default: str | None
    description: str


TableChoice = tuple[str, str]  # name of a table and label of its discrete choice, "" where there is none
