"""solar-xenon-recoils: the fold in the energy of the neutrino cell by cell, double-exponential, flavours of three neutrinos
by matrices.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.tables.constants import FERMI_CONSTANT, HBAR_C
from gloam.tables.datafile import read
from gloam.tables.experiments.solar import DENSITY, MASS_DIFFERENCES, oscillation_row
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI
from gloam.tables.recipes.neutrinos.solar_xenon_recoils import end_of
from scipy.special import spherical_jn

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 2e-7
POINTS = 60


def rows_of(file: str, source: str) -> Array:
    """Rows of a source."""
    found = read(file)
    inside = [word == source for word in found.words["source"]]
    return found.matrix()[np.array(inside)]


@functools.cache
def cosine(source: str, matter: str) -> tuple[Array, Array]:
    """<cos 2 theta_m> [1] on the grid of the spectrum [GeV]: eigenvectors of the two states in matter, averaged over what is
    made where.
    """
    energy = np.append(0.0, 1e-3 * rows_of("solar_spectra.csv", source)[:, 0])
    radius, share = rows_of("solar_production.csv", source).T
    width = np.gradient(radius) * share
    sin12, sin13, _ = oscillation_row(matter)
    angle = math.asin(math.sqrt(sin12))
    potential = 1e-9 * 7.632467e-14 * 10.0 ** np.interp(radius, *DENSITY)
    half = 1e-18 * MASS_DIFFERENCES[matter] / 4.0  # of dm21^2, times 1/E in the Hamiltonian
    diagonal = half * math.cos(2.0 * angle) - 0.5 * (1.0 - sin13) * np.outer(energy, potential)
    mixed = np.arctan2(half * math.sin(2.0 * angle), diagonal)
    return energy, np.cos(mixed) @ width / width.sum()


def folded(source: str, matter: str, share: float) -> list[float]:
    """Both components [cm^2/GeV]."""
    target = NUCLEI["Xe"]
    recoil = share**2 * end_of(source)
    least = math.sqrt(0.5 * target.mass * recoil)
    rows = rows_of("solar_spectra.csv", source)
    edges, mixed = cosine(source, matter)
    shape = 1e3 * rows[:, 1] / (1e-3 * rows[:, 0]) ** 2
    if least >= edges[-1]:
        return [0.0, 0.0]
    energy, weight = pieces([least, *edges[edges > least].tolist()])
    flux = np.interp(energy, edges, np.append(shape[0], shape)) * energy**2
    value = weight * flux * (1.0 - 0.5 * target.mass * recoil / energy**2)
    fm = 1e15 * HBAR_C
    radius = math.sqrt((1.23 * target.nucleons ** (1.0 / 3.0) - 0.6) ** 2 + 7.0 * (math.pi * 0.52) ** 2 / 3.0 - 5.0 * 0.9**2)
    momentum = math.sqrt(2.0 * target.mass * recoil) / fm
    form = 3.0 * spherical_jn(1, momentum * radius) / (momentum * radius) * math.exp(-0.5 * (0.9 * momentum) ** 2)
    factor = (HBAR_C * 100.0 * FERMI_CONSTANT * form) ** 2 * target.mass / math.pi
    return [float(factor * value.sum()), float(factor * (value * np.interp(energy, edges, mixed)).sum())]


def check(label: str, x: Array) -> tuple[Array, float]:
    """Both components [cm^2/GeV] at x = (share,) of a source."""
    source, matter = label.split("-")
    return np.array([folded(source, matter, share) for share in x[:, 0].tolist()]), ACCURACY
