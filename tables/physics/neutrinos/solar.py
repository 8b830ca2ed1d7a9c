"""Solar neutrinos on the Earth: spectra, their moments above an energy, and the probabilities of flavours.

    P_ea = A_a + B_a <cos 2 theta_m>,   A_a = c13^2 (|U_a1|^2 + |U_a2|^2)/2 + s13^2 |U_a3|^2,   B_a = c13^2 (|U_a1|^2 -
    |U_a2|^2)/2,

three flavours, adiabatic, phases averaged, by day; cos 2 theta_m = (c2 - b)/sqrt((c2 - b)^2 + s2^2), b = 2 E V c13^2/dm21^2
where they are made, averaged over the production region (E. K. Akhmedov, M. A. Tortola, J. W. F. Valle, JHEP 05 (2004) 057).
P_e does not depend on delta_CP, P_mu - P_tau does, linearly in its cosine.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.experiments.solar import MASS_DIFFERENCES, electron_potential, oscillation_row
from gloam.tables.numerics.quadrature import gauss_legendre
from gloam.tables.physics.neutrinos.nuclear_scattering import cross_section_factor, least_energy
from numba import njit
from numpy.typing import NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Array = NDArray[np.float64]

MEV, EV = 1e-3, 1e-9  # [GeV]
NODES, WEIGHTS = gauss_legendre(4)
HEAD = 3  # numbers before the grid: points, mass [GeV] and R [1/GeV] of the nucleus
FILES = ("solar_spectra.csv", "solar_production.csv")


def matter_cosine(source: str, label: str, energy: Array) -> Array:
    """<cos 2 theta_m> [1] over the production region at energies [GeV], for the parameters ``label``."""
    rows = read("solar_production.csv")
    inside = np.array([word == source for word in rows.words["source"]])
    radius, share = rows["r"][inside], rows["share"][inside]
    weight = np.gradient(radius) * share
    sin12, sin13, _ = oscillation_row(label)
    cos2, sin2 = 1.0 - 2.0 * sin12, 2.0 * math.sqrt(sin12 * (1.0 - sin12))
    potential = electron_potential(radius) * EV
    ratio = 2.0 * np.outer(energy, potential) * (1.0 - sin13) / (MASS_DIFFERENCES[label] * EV**2)
    cosine = (cos2 - ratio) / np.hypot(cos2 - ratio, sin2)
    found: Array = cosine @ weight / weight.sum()
    return found


def spectrum(source: str) -> tuple[Array, Array]:
    """Energies [GeV] and spectrum [1/GeV], with the end at which it is 0."""
    rows = read("solar_spectra.csv")
    inside = np.array([word == source for word in rows.words["source"]])
    return MEV * rows["E"][inside], rows["spectrum"][inside] / MEV


def flux_block(source: str, label: str, mass: float, radius: float) -> Vector:
    """What :func:`recoil_pieces` reads: head, E, phi/E^2, <cos 2 theta_m>, and six moments above every point of the grid.

    phi/E^2 and the cosine are linear between the points, so that moments are finite at E = 0 and integrals of polynomials.
    """
    energy, phi = spectrum(source)
    energy, shape = np.append(0.0, energy), phi / energy**2
    shape = np.append(shape[0], shape)
    cosine = matter_cosine(source, label, energy)
    above = np.zeros((6, energy.size))
    for i in range(energy.size - 2, -1, -1):
        above[:, i] = above[:, i + 1] + _cell(energy[i], energy[i], energy[i + 1], shape[i : i + 2], cosine[i : i + 2])
    return np.concatenate([[float(energy.size), mass, radius], energy, shape, cosine, above.ravel()])


@njit
def _cell(low: float, first: float, last: float, shape: Vector, cosine: Vector) -> Vector:
    """int phi E^-n (1, cosine) dE from ``low`` to the end of a cell, n = 0, 1, 2: six numbers, plain ones first."""
    found = np.zeros(6)
    for k in range(NODES.size):
        energy = low + (last - low) * NODES[k]
        part = (energy - first) / (last - first)
        weight = (last - low) * WEIGHTS[k] * (shape[0] + part * (shape[1] - shape[0]))
        mixed = cosine[0] + part * (cosine[1] - cosine[0])
        for n in range(3):
            value = weight * energy ** (2 - n)
            found[n] += value
            found[3 + n] += value * mixed
    return found


@njit
def moments(block: Vector, least: float) -> Vector:
    """int_least phi E^-n (1, <cos 2 theta_m>) dE [GeV^-n], n = 0, 1, 2: six numbers, plain ones first; 0 above the end."""
    size = int(block[0])
    energy, shape = block[HEAD : HEAD + size], block[HEAD + size : HEAD + 2 * size]
    cosine, above = block[HEAD + 2 * size : HEAD + 3 * size], block[HEAD + 3 * size : HEAD + 9 * size]
    if least >= energy[size - 1]:
        return np.zeros(6)
    i = min(max(int(np.searchsorted(energy, least)) - 1, 0), size - 2)
    found = _cell(least, energy[i], energy[i + 1], shape[i : i + 2], cosine[i : i + 2])
    for j in range(6):
        found[j] += above[j * size + i + 1]
    return found


@njit
def recoil_pieces(recoil: float, block: Vector, out: Vector) -> None:
    """dsigma/dE_R over Q^2/4 [cm^2/GeV] folded with a spectrum that is 1 in all, and with it times <cos 2 theta_m>."""
    found = moments(block, least_energy(recoil, block[1], False))
    factor = cross_section_factor(recoil, block[1], block[2])
    for j in range(2):
        out[j] = factor * (found[3 * j] - 0.5 * block[1] * recoil * found[3 * j + 2])


@njit
def fill_pieces(recoil: Vector, block: Vector, out: Array) -> None:
    """:func:`recoil_pieces` of many energies [GeV], shape (points, 2)."""
    for i in range(recoil.size):
        recoil_pieces(recoil[i], block, out[i])


@njit
def fill_probabilities(sin12: float, sin13: float, sin23: float, cosine: float, out: Vector) -> None:
    """A_a, then B_a, of e, mu, tau from squared sines and cos(delta_CP)."""
    cos12, cos13 = 1.0 - sin12, 1.0 - sin13
    twist = 2.0 * math.sqrt(sin12 * cos12 * sin23 * (1.0 - sin23) * sin13) * cosine
    for a in range(3):
        if a == 0:
            one, two, three = cos12 * cos13, sin12 * cos13, sin13
        else:
            near, sign = (sin23, 1.0) if a == 1 else (1.0 - sin23, -1.0)
            one = sin12 * (1.0 - near) + cos12 * near * sin13 + sign * twist
            two = cos12 * (1.0 - near) + sin12 * near * sin13 - sign * twist
            three = near * cos13
        out[a] = 0.5 * cos13 * (one + two) + sin13 * three
        out[3 + a] = 0.5 * cos13 * (one - two)
