"""Neutrino decoupling with two temperatures, and N_eff with a further relativistic gas X in equilibrium with one side.

M. Escudero, arXiv:2001.04466 and 1812.05605. With N = ln a, photons, electrons and X of the electron side at T, neutrinos and X
of the neutrino side at T_nu, all energies in MeV:

    dT/dN    = -[4 rho_g + 3 (rho_e + p_e + T dP/dT + rho_X + p_X) + d/H]/(4 rho_g/T + drho_e/dT + T d2P/dT2 + drho_X/dT)
    dT_nu/dN = -[4 rho_nu + 3 (rho_X + p_X) - d/H]/(4 rho_nu/T_nu + drho_X/dT_nu),
    d = (G_F^2/pi^5) sum_flavours 4 (g_L^2 + g_R^2) [28.3 f_ann (T^9 - T_nu^9) + 46.4 f_scatt T^4 T_nu^4 (T - T_nu)],

32 x 0.884 and 56 x 0.829 with Fermi statistics, f of `decoupling_rates.csv`, P the pressure of quantum electrodynamics
(`qed_pressure.csv`). One temperature for all neutrinos: 1e-3 in N_eff above the solution with two. N_eff = (8/7) (11/4)^(4/3)
rho_nu/rho_g in the end. Explicit Runge-Kutta steps of fourth order, 800 from 10 MeV over 7.6 e-folds: 1e-7 (500 are unstable
for a heavy X).
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS, FERMI_CONSTANT
from gloam.tables.datafile import read
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FILES = ("qed_pressure.csv", "decoupling_rates.csv")
PLANCK_MASS = 1.220890e22  # [MeV] CODATA 2018
ELECTRON = 1e3 * ELECTRON_MASS  # [MeV]
EXCHANGE = (1e-6 * FERMI_CONSTANT) ** 2 / math.pi**5  # [MeV^-4]
COUPLINGS_E = 0.727**2 + 0.233**2  # [1] g_L^2 + g_R^2 of electron neutrinos with electrons
COUPLINGS_MU = 0.273**2 + 0.233**2  # [1] of the other neutrinos
ANNIHILATION, SCATTERING = 32.0 * 0.884, 56.0 * 0.829  # [1] with Pauli blocking
START, FOLDS, STEPS = 10.0, 7.6, 800  # [MeV], [1], [1]
LOWEST_T, HIGHEST_T, TEMPERATURES = 3e-3, 12.0, 3000  # [MeV], [MeV], [1] of the grid of rates
LOWEST_X, HIGHEST_X, RATIOS = 1e-3, 300.0, 2000  # [1] of the grid in m/T
BOSON, FERMION = -1.0, 1.0
TOWARDS_NEUTRINOS, TOWARDS_ELECTRONS = 0.0, 1.0
# places in the data: ratio grids of fermions and of X, then temperature grids
RHO, PRESSURE, SLOPE = range(3)
RATE_COLUMNS = 6  # dP, d2P, and four f
HEAD = 3  # degrees of freedom and side of X, its statistics


def gas(statistics: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """rho/T^4, p/T^4 and (drho/dT)/T^3 per degree of freedom on the grid of ln(m/T), shape (3, RATIOS).

    k = T sqrt(u (u + 2 y)), E = T (u + y), y = m/T, u = t^2, 200-point Gauss-Legendre in t up to u = 60.
    """
    y = np.geomspace(LOWEST_X, HIGHEST_X, RATIOS)[:, None]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    t = 0.5 * math.sqrt(60.0) * (nodes + 1.0)
    u, measure = t * t, 0.5 * math.sqrt(60.0) * weights * 2.0 * t
    momentum, energy = np.sqrt(u * (u + 2.0 * y)), u + y
    occupation = 1.0 / (np.exp(energy) + statistics)
    common = measure * momentum * energy / (2.0 * math.pi**2)
    rho = np.sum(common * energy * occupation, axis=1)
    pressure = np.sum(common * momentum**2 / (3.0 * energy) * occupation, axis=1)
    slope = np.sum(common * energy**2 * occupation * (1.0 - statistics * occupation), axis=1)
    return np.stack([rho, pressure, slope])


def data_of(degrees: float, statistics: float, side: float) -> Vector:
    """Everything :func:`n_eff` needs for a gas of ``degrees`` of freedom [1], BOSON or FERMION, on one side."""
    qed, rates = read(FILES[0]), read(FILES[1])
    temperature = np.geomspace(LOWEST_T, HIGHEST_T, TEMPERATURES)
    columns = [np.interp(temperature, qed["T"], qed[name]) for name in ("dP", "d2P")]
    names = ("annihilation_e", "scattering_e", "annihilation_mu", "scattering_mu")
    columns += [np.interp(temperature, rates["T"], rates[name]) for name in names]
    head = np.array([degrees, side, statistics])
    return np.concatenate([head, gas(FERMION).ravel(), gas(statistics).ravel(), *columns])


@njit
def on_grid(data: Vector, start: int, place: float) -> float:
    """Straight line between the neighbours of ``place``, counted in steps of a grid that begins at ``start``."""
    i = int(place)
    part = place - i
    return float(data[start + i] + part * (data[start + i + 1] - data[start + i]))


@njit
def thermal(data: Vector, which: int, ratio: float) -> tuple[float, float, float]:
    """rho/T^4, p/T^4, (drho/dT)/T^3 per degree of freedom at m/T; which = 0 electrons, 1 X. 0 above m/T = 300."""
    if ratio >= HIGHEST_X:
        return 0.0, 0.0, 0.0
    place = max(math.log(ratio / LOWEST_X), 0.0) / math.log(HIGHEST_X / LOWEST_X) * (RATIOS - 1)
    start = HEAD + 3 * RATIOS * which
    place = min(place, RATIOS - 1.000001)
    rho, pressure = on_grid(data, start, place), on_grid(data, start + RATIOS, place)
    return rho, pressure, on_grid(data, start + 2 * RATIOS, place)


@njit
def exchange(data: Vector, start: int, place: float, photon: float, neutrino: float) -> float:
    """Energy from electrons to all neutrinos [MeV^5]."""
    total = 0.0
    for flavour in range(2):
        first = start + (2 + 2 * flavour) * TEMPERATURES
        made = ANNIHILATION * on_grid(data, first, place) * (photon**9 - neutrino**9)
        hit = SCATTERING * on_grid(data, first + TEMPERATURES, place) * (photon * neutrino) ** 4 * (photon - neutrino)
        total += 4.0 * (COUPLINGS_E if flavour == 0 else 2.0 * COUPLINGS_MU) * (made + hit)
    return EXCHANGE * total


@njit
def slopes(data: Vector, mass: float, photon: float, neutrino: float) -> tuple[float, float]:
    """dT/dN and dT_nu/dN [MeV] at temperatures [MeV] for a gas of ``mass`` [MeV]."""
    degrees, side = data[0], data[1]
    start = HEAD + 6 * RATIOS
    place = math.log(photon / LOWEST_T) / math.log(HIGHEST_T / LOWEST_T) * (TEMPERATURES - 1)
    t4, t3 = photon**4, photon**3
    rho, pressure, slope = thermal(data, 0, ELECTRON / photon)
    d_qed, d2_qed = on_grid(data, start, place), on_grid(data, start + TEMPERATURES, place)
    light = math.pi**2 / 15.0 * t4
    seen = 7.0 / 4.0 * 3.0 * math.pi**2 / 30.0 * neutrino**4
    owner = photon if side == TOWARDS_ELECTRONS else neutrino
    x_rho, x_pressure, x_slope = thermal(data, 1, mass / owner)
    x_rho, x_pressure, x_slope = degrees * x_rho * owner**4, degrees * x_pressure * owner**4, degrees * x_slope * owner**3
    total = light + 4.0 * rho * t4 + seen + x_rho
    hubble = math.sqrt(8.0 * math.pi / 3.0 * total) / PLANCK_MASS
    flow = exchange(data, start, place, photon, neutrino) / hubble
    above = 4.0 * light + 3.0 * (4.0 * (rho + pressure) * t4 + photon * d_qed) + flow
    below = 4.0 * light / photon + 4.0 * slope * t3 + photon * d2_qed
    above_nu, below_nu = 4.0 * seen - flow, 4.0 * seen / neutrino
    if side == TOWARDS_ELECTRONS:
        return -(above + 3.0 * (x_rho + x_pressure)) / (below + x_slope), -above_nu / below_nu
    return -above / below, -(above_nu + 3.0 * (x_rho + x_pressure)) / (below_nu + x_slope)


@njit
def n_eff(mass: float, data: Vector) -> float:
    """N_eff [1] with a gas of ``mass`` [MeV]; without one where the degrees of freedom of ``data`` are 0."""
    photon, neutrino = START, START
    h = FOLDS / STEPS
    for _ in range(STEPS):
        a, b = slopes(data, mass, photon, neutrino)
        c, d = slopes(data, mass, photon + 0.5 * h * a, neutrino + 0.5 * h * b)
        e, f = slopes(data, mass, photon + 0.5 * h * c, neutrino + 0.5 * h * d)
        p, q = slopes(data, mass, photon + h * e, neutrino + h * f)
        photon += h / 6.0 * (a + 2.0 * c + 2.0 * e + p)
        neutrino += h / 6.0 * (b + 2.0 * d + 2.0 * f + q)
    return 3.0 * (11.0 / 4.0) ** (4.0 / 3.0) * (neutrino / photon) ** 4
