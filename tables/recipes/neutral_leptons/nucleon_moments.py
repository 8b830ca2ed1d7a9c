"""Cumulative moments of the free-nucleon weights: D^2/(1 + tau) of proton and neutron, and D D_A of the
vector-axial term.

As in ``nuclear_moments``, with k = 0 ... 4 and the tails integrated to 10^6 GeV^2. With tau = Q/(4 M^2) everything else
is a sum of positive terms: D^2 = (1 + tau) D^2/(1 + tau), R = (G_E^2 + tau G_M^2)/(1 + tau), G_M^2 = mu^2 D^2.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.physics.nuclei.formfactors import weight_shape
from gloam.tables.recipes.neutral_leptons.nuclear_moments import kernel as kernel
from gloam.tables.spec import Axis, Choice, Input, TableSpec

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ("nuclear_masses.csv",)
WEIGHTS = ("proton", "neutron", "mixed")
Q_END = 6.2  # [GeV] above the largest q of a proton at E_nu = 20 GeV
FALL_OFF = 0.3  # [GeV^2] where the dipole weights fall off

TABLE = TableSpec(
    name="nucleon-moments",
    version=1,
    title="Cumulative form-factor moments of free nucleons, massive mediator",
    inputs=(
        Input("q", "GeV", 0.0, Q_END, "momentum transfer sqrt(Q^2) at which the moments are cut"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("asinh(q/0.04)", 0.0, float(np.arcsinh(Q_END / 0.04)), 208),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 56),
    ),
    coordinates="momentum-mediator",
    choice=Choice("weight", WEIGHTS),
    components=tuple(f"{side}_{k}" for side in ("below", "above") for k in range(5)),
    unit="GeV^(2k-2)",
    prefactor="moments",
    parameters=((FALL_OFF,),) * len(WEIGHTS),
    rtol=1e-4,
    references=("arXiv:2207.04137",),
)


def data(label: str) -> Vector:
    """Description of the weight ``label``."""
    return weight_shape(label)
