"""Form factors and the weights that multiply the upscattering brackets, as functions of Q = Q^2 [GeV^2].

``shape`` is a flat float64 array: (NUCLEUS, R, coefficients...) or (NUCLEON, M) or (MIXED, 0) or (AXIAL, 0), see
:func:`nuclear_shape`. Nucleons: dipole D = (1 + Q/0.843^2 GeV^2)^-2 with G_E = D for the proton, 0 for the neutron,
G_M = 2.792 D and -1.913 D, axial D_A = (1 + Q/1.02^2 GeV^2)^-2. Everything a nucleon needs follows from moments of
D^2/(1 + tau), of D D_A and of D_A^2, with tau = Q/(4 M^2).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.datafile import read
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

NUCLEUS, NUCLEON, MIXED, AXIAL = range(4)
VECTOR_MASS = 0.843  # [GeV] dipole mass of the electromagnetic form factors
AXIAL_MASS = 1.02  # [GeV] dipole mass of the axial form factor
PROTON_MOMENT = 2.792  # [nuclear magnetons]
NEUTRON_MOMENT = -1.913  # [nuclear magnetons]
AXIAL_COUPLING = 1.26  # [1] g_A
HBAR_C_FM = 0.1973269804  # [GeV fm] CODATA 2018


def nuclear_shape(isotope: str) -> Vector:
    """(NUCLEUS, R [1/GeV], c_1, c_2, ...), c_n normalised to sum c_n/(n pi)^2 = 1, of the Fourier-Bessel charge density.

    F(q) = sum_n (-1)^n a_n R^3 j0(qR)/[(n pi)^2 - (qR)^2], divided by its value at q = 0 (de Vries, de Jager,
    de Vries, At. Data Nucl. Data Tables 36 (1987) 495).
    """
    row = read("charge_densities.csv").row(isotope)
    a = np.array([value for name, value in row.items() if name[0] == "a"])
    n = np.arange(1, a.size + 1)
    coefficients = a * (-1.0) ** n
    coefficients = coefficients / np.sum(coefficients / (n * math.pi) ** 2)
    last = np.flatnonzero(a)[-1] + 1
    return np.array([float(NUCLEUS), row["R"] / HBAR_C_FM, *coefficients[:last]])


def target_mass(target: str) -> float:
    """Mass [GeV] of a bare nucleus such as "C12", of "proton" or of "neutron"."""
    return read("nuclear_masses.csv").row({"proton": "p", "neutron": "n"}.get(target, target))["mass"]


def weight_shape(label: str) -> Vector:
    """Flat description of the weight called ``label``: an isotope, "proton", "neutron", "mixed" or "axial"."""
    if label in ("proton", "neutron"):
        return np.array([float(NUCLEON), target_mass(label)])
    if label in ("mixed", "axial"):
        return np.array([float(MIXED if label == "mixed" else AXIAL), 0.0])
    return nuclear_shape(label)


def charge_radius2(shape: Vector) -> float:
    """Mean square charge radius [GeV^-2] = -6 F'(0) of a Fourier-Bessel density."""
    n = np.arange(1, shape.size - 1) * math.pi
    return float(shape[1] ** 2 * (1.0 - 6.0 * np.sum(shape[2:] / n**4)))


@njit
def fourier_bessel(q2: float, shape: Vector) -> float:
    """Charge form factor [1] with one sine per point; the pole nearest to qR is taken by its limit sin(d)/d."""
    y = math.sqrt(q2) * shape[1]
    nearest = round(y / math.pi)
    d = y - nearest * math.pi
    cardinal = 1.0 - d * d / 6.0 if abs(d) < 1e-5 else math.sin(d) / d
    sign = 1.0 if nearest % 2 == 0 else -1.0
    sine_over_y = cardinal if nearest == 0 else sign * math.sin(d) / y
    total = 0.0
    for n in range(1, shape.size - 1):
        pole = n * math.pi
        if n == nearest:
            total -= shape[1 + n] * sign * cardinal / (y * (y + pole))
        else:
            total += shape[1 + n] * sine_over_y / ((pole - y) * (pole + y))
    return total


@njit
def dipole_form(q2: float, mass: float) -> float:
    """(1 + Q/mass^2)^-2 [1]."""
    return 1.0 / (1.0 + q2 / (mass * mass)) ** 2


@njit
def weight(q2: float, shape: Vector) -> float:
    """The weight of ``shape`` [1]: F^2, D^2/(1+tau), D D_A or D_A^2."""
    kind = int(shape[0])
    if kind == NUCLEUS:
        return fourier_bessel(q2, shape) ** 2
    if kind == NUCLEON:
        return dipole_form(q2, VECTOR_MASS) ** 2 / (1.0 + q2 / (4.0 * shape[1] ** 2))
    if kind == MIXED:
        return dipole_form(q2, VECTOR_MASS) * dipole_form(q2, AXIAL_MASS)
    return dipole_form(q2, AXIAL_MASS) ** 2
