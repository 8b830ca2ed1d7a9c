"""Cumulative moments of photon exchange, int W Q^(k-2) dQ, for nuclei and nucleons: dipole upscattering.

Above q for k = 0 ... 4 and below q for k = 2, 3, 4 (the lower integrals of k = 0, 1 diverge at q = 0).
"""

from __future__ import annotations

import numpy as np
from gloam.tables.physics.nuclei.formfactors import weight_shape
from gloam.tables.physics.nuclei.moments import add_moments, end_of_range
from gloam.tables.recipes.neutral_leptons.nuclear_moments import COHERENT_EDGE, TARGETS
from gloam.tables.recipes.neutral_leptons.nuclear_moments import Q_END as NUCLEAR_END
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

FILES = ("charge_densities.csv", "nuclear_masses.csv")
WEIGHTS = (*TARGETS, "proton", "neutron")
Q_START, Q_END = 4e-7, 6.2  # [GeV] q_min of the lightest N at 20 GeV is 6e-7

TABLE = TableSpec(
    name="dipole-moments",
    version=1,
    title="Cumulative form-factor moments of photon exchange",
    inputs=(Input("q", "GeV", Q_START, Q_END, "momentum transfer sqrt(Q^2) at which the moments are cut"),),
    axes=(Axis("ln(q)", float(np.log(Q_START)), float(np.log(Q_END)), 1024),),
    coordinates="log",
    choice=Choice("weight", WEIGHTS),
    components=(*(f"above_{k}" for k in range(5)), *(f"below_{k}" for k in (2, 3, 4))),
    unit="GeV^(2k-2)",
    parameters=((),) * len(WEIGHTS),
    rtol=1e-4,
    dtype="float64",
    references=("10.1016/0092-640X(87)90013-1", "arXiv:1803.03262"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Moments at x = (q [GeV],)."""
    q2 = x[0] * x[0]
    out[:] = 0.0
    add_moments(q2, max(end_of_range(data), 2.0 * q2), -2, 1e-12, 0, data, out[:5])
    add_moments(0.0, q2, 0, 1e-12, 0, data, out[5:])


def data(label: str) -> Vector:
    """Description of the weight ``label``."""
    return weight_shape(label)


def promised(label: str, x: Matrix) -> Flags:
    """Where rtol holds at ``x`` (points, D): for nuclei tails below the edge in q and heads below 1.5 GeV."""
    mask = np.ones((len(x), len(TABLE.components)), dtype=np.bool_)
    if label in COHERENT_EDGE:
        for c, name in enumerate(TABLE.components):
            mask[:, c] = x[:, 0] <= (COHERENT_EDGE[label] if name.startswith("above") else NUCLEAR_END)
    return mask
