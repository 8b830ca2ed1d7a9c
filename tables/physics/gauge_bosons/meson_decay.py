"""Vector bosons from meson -> gamma X in the forward cone of a proton dump, integrated backwards.

At fixed energy and angle of X inside the acceptance, over the energy of the parent and its azimuth about X:

    d2N/dE_X dOmega = int dE_P m/(2 p_P p*) <F(E_P, theta_P)>,   F = f/(2 pi sin theta),
    E_P from m (E_X^2 + p*^2)/(E_X E* + p_X p*) to m (E_X E* + p_X p*)/M^2,   1 - cos d = (p_P p_X - E_P E_X + m E*)/(p_P p_X),

E*, p* of X at rest of the parent, d the angle between both. No node sits on the edge of an acceptance, so that there is none of
the 1-2 % noise of forward sums. f is monotone-cubic between the published points in asinh(theta/2 mrad) and in E, straight
between the points of a fine grid.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.numerics.quadrature import gauss_legendre
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

ANGLE = 2e-3  # [rad] below which the grid of angles is even
FINE_ANGLES, FINE_ENERGIES = 240, 480
ENERGIES, ENERGY_WEIGHTS = gauss_legendre(64)
ANGLES, ANGLE_WEIGHTS = gauss_legendre(8)
PARENTS, PARENT_WEIGHTS = gauss_legendre(48)
AZIMUTHS = 24


def monotone_cubic(x: Vector, y: Matrix, at: Vector) -> Matrix:
    """Fritsch-Carlson interpolation along the last axis of ``y`` at points inside the range of x."""
    step = np.diff(x)
    slope = np.diff(y, axis=-1) / step
    left, right = slope[..., :-1], slope[..., 1:]
    weight = 2.0 * step[1:] + step[:-1], step[1:] + 2.0 * step[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weight[0] + weight[1]) / (weight[0] / left + weight[1] / right)
    inner = np.where(left * right > 0.0, mean, 0.0)
    slopes = np.concatenate([slope[..., :1], inner, slope[..., -1:]], axis=-1)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, x.size - 2)
    h, t = step[i], (at - x[i]) / step[i]
    found = (1 + 2 * t) * (1 - t) ** 2 * y[..., i] + t * t * (3 - 2 * t) * y[..., i + 1]
    return found + h * t * (1 - t) ** 2 * slopes[..., i] - h * t * t * (1 - t) * slopes[..., i + 1]


def density_grid(file: str) -> tuple[Vector, Matrix]:
    """Ends of asinh(theta/ANGLE) and of E [GeV], and F [1/(GeV sr)] between, (FINE_ANGLES, FINE_ENERGIES), of a spectrum."""
    data = read(file)
    theta, energy = np.unique(data["theta"]), np.unique(data["E"])
    density = data["density"].reshape(theta.size, energy.size) / (2.0 * math.pi * np.sin(theta))[:, None]
    place = np.arcsinh(theta / ANGLE)
    fine_energy = np.linspace(energy[0], energy[-1], FINE_ENERGIES)
    fine_place = np.linspace(place[0], place[-1], FINE_ANGLES)
    fine = monotone_cubic(place, monotone_cubic(energy, density, fine_energy).T, fine_place).T
    return np.array([place[0], place[-1], energy[0], energy[-1]]), np.ascontiguousarray(fine)


@njit
def density_at(theta: float, energy: float, ends: Vector, grid: Matrix) -> float:
    """F [1/(GeV sr)]; 0 beyond the energies, the first or last angle outside the angles."""
    if not ends[2] <= energy <= ends[3]:
        return 0.0
    place = min(max(math.asinh(theta / ANGLE), ends[0]), ends[1])
    u = (place - ends[0]) / (ends[1] - ends[0]) * (FINE_ANGLES - 1)
    v = (energy - ends[2]) / (ends[3] - ends[2]) * (FINE_ENERGIES - 1)
    i, j = min(int(u), FINE_ANGLES - 2), min(int(v), FINE_ENERGIES - 2)
    a, b = u - i, v - j
    low = grid[i, j] * (1.0 - b) + grid[i, j + 1] * b
    high = grid[i + 1, j] * (1.0 - b) + grid[i + 1, j + 1] * b
    return float(low * (1.0 - a) + high * a)


@njit
def boson_density(mass: float, meson: float, energy: float, angle: float, ends: Vector, grid: Matrix) -> float:
    """d2N/dE_X dOmega [1/(GeV sr)] per decay at E_X [GeV] and an angle [rad]."""
    momentum = math.sqrt(energy * energy - mass * mass)
    rest_momentum, rest_energy = (meson**2 - mass**2) / (2.0 * meson), (meson**2 + mass**2) / (2.0 * meson)
    product = energy * rest_energy + momentum * rest_momentum
    low, high = meson * (energy**2 + rest_momentum**2) / product, meson * product / mass**2
    high = min(high, ends[3])
    if low >= high:
        return 0.0
    span = math.log(high / low)
    total = 0.0
    for k in range(PARENTS.size):
        parent = low * math.exp(span * PARENTS[k])
        p = math.sqrt(max(parent * parent - meson * meson, 0.0))
        gap = max(p * momentum - parent * energy + meson * rest_energy, 0.0) / (p * momentum)  # 1 - cos d
        opening = 2.0 * math.asin(min(math.sqrt(0.5 * gap), 1.0))
        mean = 0.0
        for i in range(AZIMUTHS):
            phi = math.pi * (i + 0.5) / AZIMUTHS
            turn = math.sin(angle) * math.sin(opening) * math.sin(0.5 * phi) ** 2
            theta = 2.0 * math.asin(min(math.sqrt(math.sin(0.5 * (angle - opening)) ** 2 + turn), 1.0))
            mean += density_at(theta, parent, ends, grid)
        total += PARENT_WEIGHTS[k] * span * parent * meson / (2.0 * p * rest_momentum) * mean / AZIMUTHS
    return total


@njit
def largest_energy(mass: float, meson: float, beam: float) -> float:
    """Largest energy [GeV] of X from a parent of the energy of the beam."""
    rest_momentum, rest_energy = (meson**2 - mass**2) / (2.0 * meson), (meson**2 + mass**2) / (2.0 * meson)
    return (beam * rest_energy + math.sqrt(beam * beam - meson * meson) * rest_momentum) / meson


@njit
def fill_spectrum(mass: float, meson: float, cut: float, cone: float, ends: Vector, grid: Matrix, out: Matrix) -> None:
    """Nodes E_X [GeV] and X per decay at each into ``out``, shape (2, 64): energies above ``cut`` inside ``cone`` [rad]."""
    low, high = max(cut, mass), largest_energy(mass, meson, ends[3])
    span = math.log(high / low)
    for k in range(ENERGIES.size):
        energy = low * math.exp(span * ENERGIES[k])
        total = 0.0
        for i in range(ANGLES.size):
            angle = cone * math.sqrt(ANGLES[i])  # even in the solid angle
            total += ANGLE_WEIGHTS[i] * math.pi * cone * cone * boson_density(mass, meson, energy, angle, ends, grid)
        out[0, k], out[1, k] = energy, ENERGY_WEIGHTS[k] * span * energy * total
