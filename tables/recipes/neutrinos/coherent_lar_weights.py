"""CEvNS of stopped pions in COHERENT's liquid argon, folded with its response: weights of bins of energy on sixteen points in ln
E_R.

    W_b(theta) of n_b = dsigma/dE_R/(Q^2/4) eff(E_R) P(10 keV b < E < 10 keV (b + 1)),   E normal about E_ee(E_R) with 0.58
    sqrt(E_ee/keV) keV

(`numerics/poles.py`; spectra: `stopped-pion-recoils`; response: `experiments/coherent.py`). The efficiency is that of the
release, linear between its points, taken before resolution; no window in time.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import named
from gloam.tables.datafile import read
from gloam.tables.experiments.coherent import (
    KEV,
    LAR_ENERGIES,
    LAR_ENERGY_BIN,
    LAR_QUENCHING,
    LAR_RESOLUTION,
    lar_efficiency,
)
from gloam.tables.numerics.poles import Poles, fill_weights, pieces_of
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, largest_recoil
from gloam.tables.physics.neutrinos.stopped_pions import FLUXES, flux_averaged, highest_energy
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit
from numpy.typing import NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Array = NDArray[np.float64]

FILES = ("coherent_lar_2020_efficiency.csv",)
POLES = Poles(1.01299 * KEV, 150.5 * KEV, 16)  # from where the efficiency begins
LABELS = ("approximate", "full")

TABLE = TableSpec(
    name="coherent-lar-weights",
    version=1,
    title="weights of bins of energy of COHERENT's liquid argon for coherent scattering, per Q^2/4",
    inputs=(Input("angle", "1", 0.0, math.pi, "theta of the points ln E = m + l cos(theta), 1.01299 to 150.5 keV"),),
    axes=(Axis("angle", 0.0, math.pi, 12 * POLES.degree + 1),),
    coordinates="linear",
    transform="linear",
    unit="cm^2",
    rtol=1e-4,
    components=tuple(f"{flux}_{b}" for flux in FLUXES for b in range(LAR_ENERGIES)),
    choice=Choice("kinematics", LABELS),
    parameters=((),) * len(LABELS),
    dtype="float64",
    constants=named("G_F", "m_mu", "m_pi", "m_e", "u"),
    references=("arXiv:2006.12659", "10.1103/PhysRevD.9.1389", "10.1016/S0927-6505(96)00047-3"),
)


@njit
def fill_density(recoil: Vector, weight: Vector, numbers: Vector, out: Array) -> None:
    """Weights times density of one flux for all bins, shape (points, bins); numbers = flux, mass, R, full."""
    for i in range(recoil.size):
        spectrum = weight[i] * flux_averaged(int(numbers[0]), recoil[i], numbers[1], numbers[2], numbers[3] == 1.0)
        energy = recoil[i] / KEV
        seen = energy * (LAR_QUENCHING[0] + LAR_QUENCHING[1] * energy)
        scale = 1.0 / (LAR_RESOLUTION * math.sqrt(2.0 * seen))
        for b in range(out.shape[1]):
            low, high = (LAR_ENERGY_BIN * b - seen) * scale, (LAR_ENERGY_BIN * (b + 1) - seen) * scale
            share = math.erfc(low) - math.erfc(high) if low > 0.0 else math.erf(high) - math.erf(low)
            out[i, b] = 0.5 * spectrum * share


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Weights [cm^2] of fluxes and bins at x = (angle,); data = coefficients, row by row."""
    fill_weights(x[0], data.size // out.size, data, out)


def breaks(end: float) -> Array:
    """Energies [GeV] between which the density of a flux that ends at ``end`` is smooth."""
    points = KEV * read("coherent_lar_2020_efficiency.csv")["E_nr"]
    return np.array([*points[points < end].tolist(), end])


def data(label: str) -> Vector:
    """Coefficients of all fluxes and bins, flat."""
    nucleus, full, columns = NUCLEI["Ar40"], label == "full", []
    for flux in range(len(FLUXES)):
        end = largest_recoil(highest_energy(flux), nucleus.mass, full)
        recoil, weight = pieces_of(breaks(end))
        density = np.empty((recoil.size, LAR_ENERGIES))
        numbers = np.array([flux, nucleus.mass, nucleus.radius, float(full)])
        fill_density(recoil, weight * lar_efficiency(recoil), numbers, density)
        columns.append(POLES.coefficients(recoil, density))
    return np.concatenate(columns, axis=1).ravel()
