"""Cumulative moments of F^2/(Q + m^2)^2 of nuclear charge form factors: every coherent cross section follows from them.

Below and above q = sqrt(Q), for k = 0, 1, 2, 3 and a mediator of mass m,

    below_k = int_0^{q^2} F^2(Q) Q^k/(Q + m^2)^2 dQ,      above_k = int_{q^2}^{36 GeV^2} of the same.

They know neither the neutrino energy nor the mass of N: vector, scalar, signed interference with Z exchange and both
helicities are polynomials of degree two in Q times these (k = 3 serves the first-power propagator of interference).
"""

from __future__ import annotations

import numpy as np
from gloam.tables.physics.nuclei.formfactors import charge_radius2, weight_shape
from gloam.tables.physics.nuclei.moments import add_moments, end_of_range
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

FILES = ("charge_densities.csv",)
TARGETS = ("C12", "O16", "Al27", "Si28", "Ar40", "Fe56", "Pb208")
Q_END = 1.5  # [GeV]
COHERENT_EDGE = {  # [GeV] q_min above which cross sections are integrated, not composed of the tails
    "C12": 0.6,
    "O16": 0.5,
    "Al27": 0.42,
    "Si28": 0.42,
    "Ar40": 0.35,
    "Fe56": 0.3,
    "Pb208": 0.25,
}

TABLE = TableSpec(
    name="nuclear-moments",
    version=1,
    title="Cumulative form-factor moments of nuclei, massive mediator",
    inputs=(
        Input("q", "GeV", 0.0, Q_END, "momentum transfer sqrt(Q^2) at which the moments are cut"),
        Input("m_mediator", "GeV", 0.005, 10.0, "mass of the mediator"),
    ),
    axes=(
        Axis("asinh(q/0.04)", 0.0, float(np.arcsinh(Q_END / 0.04)), 256),
        Axis("ln(m_mediator)", float(np.log(0.005)), float(np.log(10.0)), 48),
    ),
    coordinates="momentum-mediator",
    choice=Choice("target", TARGETS),
    components=tuple(f"{side}_{k}" for side in ("below", "above") for k in range(4)),
    unit="GeV^(2k-2)",
    prefactor="moments",
    parameters=tuple((6.0 / charge_radius2(weight_shape(target)),) for target in TARGETS),
    rtol=1e-4,
    references=("10.1016/0092-640X(87)90013-1", "arXiv:2207.04137"),
)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Moments at x = (q [GeV], m_mediator [GeV]); at q = 0 the lower ones are their limit, 1 in units of
    the prefactor.
    """
    q2, half = x[0] * x[0], out.size // 2
    out[:] = 0.0
    if q2 > 0.0:
        add_moments(0.0, q2, 0, x[1] * x[1], 2, data, out[:half])
    else:
        out[:half] = 1.0
    add_moments(q2, end_of_range(data), 0, x[1] * x[1], 2, data, out[half:])


def data(label: str) -> Vector:
    """Fourier-Bessel description of the nucleus ``label``."""
    return weight_shape(label)


def promised(label: str, x: Matrix) -> Flags:
    """Where rtol holds at ``x`` (points, D): tails of nuclei only below the edge in q, beyond which none is used."""
    mask = np.ones((len(x), len(TABLE.components)), dtype=np.bool_)
    tails = [name.startswith("above") for name in TABLE.components]
    mask[:, tails] = (x[:, 0] <= COHERENT_EDGE.get(label, np.inf))[:, np.newaxis]
    return mask
