"""CEvNS of stopped pions in COHERENT's CsI[Na], folded with its response: weights of every bin of light on thirteen points in ln
E_R.

    W_b(theta) of n_b = dsigma/dE_R/(Q^2/4) R_b(E_R),   R_b = int_bin p(n | E_R) efficiency(n) dn

(`numerics/poles.py`; spectra: `stopped-pion-recoils`; response: `experiments/coherent.py`). The count of a bin is N_T F sum_k
h_k W_b(pi k/12) (Q_a(E_k)/2)^2 for any charge Q_a(E_R). The efficiency in time is not in it.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import named
from gloam.tables.experiments.coherent import CSI_LIGHT_EDGES, KEV, csi_density, csi_efficiency
from gloam.tables.numerics.poles import Poles, fill_weights, pieces_of
from gloam.tables.numerics.quadrature import NODES_16, WEIGHTS_16
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, largest_recoil
from gloam.tables.physics.neutrinos.stopped_pions import FLUXES, flux_averaged, highest_energy
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit
from numpy.typing import NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Array = NDArray[np.float64]

POLES = Poles(0.5 * KEV, 47.3 * KEV, 13)
BINS = len(CSI_LIGHT_EDGES) - 1
PANELS = 40  # of the integral over E_R, in ln E_R, up to the end of each flux
LABELS = tuple(f"{nucleus}-{kind}" for nucleus in ("Cs133", "I127") for kind in ("approximate", "full"))

TABLE = TableSpec(
    name="coherent-csi-weights",
    version=1,
    title="weights of bins of light of COHERENT's CsI for coherent scattering, per Q^2/4",
    inputs=(Input("angle", "1", 0.0, math.pi, "theta of the points ln E = m + l cos(theta), 0.5 to 47.3 keV"),),
    axes=(Axis("angle", 0.0, math.pi, 10 * POLES.degree + 1),),
    coordinates="linear",
    transform="linear",
    unit="cm^2",
    rtol=1e-4,
    components=tuple(f"{flux}_{b}" for flux in FLUXES for b in range(BINS)),
    choice=Choice("reaction", LABELS),
    parameters=((),) * len(LABELS),
    dtype="float64",
    constants=named("G_F", "m_mu", "m_pi", "m_e", "u"),
    references=("arXiv:2110.07730", "10.1103/PhysRevD.9.1389", "10.1016/S0927-6505(96)00047-3"),
)


@njit
def fill_density(recoil: Vector, weight: Vector, numbers: Vector, edges: Vector, out: Array) -> None:
    """Weights times density of one flux for all bins, shape (points, bins); numbers = flux, mass, R, full."""
    for i in range(recoil.size):
        spectrum = weight[i] * flux_averaged(int(numbers[0]), recoil[i], numbers[1], numbers[2], numbers[3] == 1.0)
        for b in range(out.shape[1]):
            width, share = edges[b + 1] - edges[b], 0.0
            for k in range(NODES_16.size):
                light = edges[b] + width * NODES_16[k]
                share += width * WEIGHTS_16[k] * csi_density(light, recoil[i]) * csi_efficiency(light)
            out[i, b] = spectrum * share


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """Weights [cm^2] of fluxes and bins at x = (angle,); data = coefficients, row by row."""
    fill_weights(x[0], data.size // out.size, data, out)


def reaction(label: str) -> tuple[str, bool]:
    """Nucleus, and whether the kinematics are full."""
    nucleus, kind = label.split("-")
    return nucleus, kind == "full"


def data(label: str) -> Vector:
    """Coefficients of all fluxes and bins, flat."""
    name, full = reaction(label)
    nucleus, columns = NUCLEI[name], []
    for flux in range(len(FLUXES)):
        end = min(largest_recoil(highest_energy(flux), nucleus.mass, full), POLES.high)
        logarithm, weight = pieces_of(np.linspace(math.log(POLES.low), math.log(end), PANELS + 1))
        recoil = np.exp(logarithm)
        density = np.empty((recoil.size, BINS))
        numbers = np.array([flux, nucleus.mass, nucleus.radius, float(full)])
        fill_density(recoil, weight * recoil, numbers, np.array(CSI_LIGHT_EDGES), density)
        columns.append(POLES.coefficients(recoil, density))
    return np.concatenate(columns, axis=1).ravel()
