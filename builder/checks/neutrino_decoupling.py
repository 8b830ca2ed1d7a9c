"""neutrino-decoupling: an implicit, adaptive method for the same two equations; thermal integrals by tanh-sinh on a spline."""

from __future__ import annotations

import functools
import math

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.tables.datafile import read
from gloam.tables.recipes.neutrinos.neutrino_decoupling import GASES
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-6
POINTS = 108
ELECTRON, PLANCK_MASS, FERMI = 0.51099895, 1.220890e22, 1.1663788e-11  # [MeV], [MeV], [MeV^-2]
FOLDS = 7.6  # [1] of the scale factor from 10 MeV


@functools.cache
def gas(statistics: float) -> CubicSpline:
    """rho/T^4, p/T^4 and (drho/dT)/T^3 per degree of freedom over ln(m/T), in the momentum k/T."""
    y = np.geomspace(1e-3, 300.0, 500)[:, np.newaxis]
    k, weight = pieces([0.0, 1e-3, 0.03, 0.3, 1.0, 3.0, 8.0, 20.0, 60.0])
    scaled = np.sqrt(y)  # a heavy gas has momenta of the order of sqrt(m T)
    momentum, step = k * np.maximum(1.0, scaled), weight * np.maximum(1.0, scaled)
    energy = np.hypot(momentum, y)
    above = momentum**2 / (energy + y)  # E - m
    occupation = 1.0 / (np.exp(np.minimum(above, 600.0)) + statistics * np.exp(-y))  # over e^-y
    common = step * momentum**2 / (2.0 * math.pi**2) * occupation
    rows = [
        np.sum(common * energy, axis=1),
        np.sum(common * momentum**2 / (3.0 * energy), axis=1),
        np.sum(common * energy**2 * (1.0 - statistics * np.exp(-y) * occupation), axis=1),
    ]
    return CubicSpline(np.log(y[:, 0]), np.stack(rows, axis=1))


def thermal(statistics: float, ratio: float) -> Array:
    """rho/T^4, p/T^4 and (drho/dT)/T^3 per degree of freedom at m/T, 0 above 300."""
    if ratio >= 300.0:
        return np.zeros(3)
    found: Array = gas(statistics)(math.log(max(ratio, 1e-3))) * math.exp(-max(ratio, 1e-3))
    return found


def n_eff(mass: float, degrees: float, statistics: float, electrons: bool) -> float:
    """N_eff [1] with a gas of ``mass`` [MeV] on the side of electrons or of neutrinos."""
    qed, rates = read("qed_pressure.csv"), read("decoupling_rates.csv")

    def slopes(folds: float, temperatures: Array) -> list[float]:
        photon, neutrino = temperatures.tolist()
        rho, pressure, slope = thermal(1.0, ELECTRON / photon)
        owner = photon if electrons else neutrino
        x = degrees * thermal(statistics, mass / owner)
        light, seen = math.pi**2 / 15.0 * photon**4, 3.0 * 7.0 / 120.0 * math.pi**2 * neutrino**4
        hubble = math.sqrt(8.0 * math.pi / 3.0 * (light + 4.0 * rho * photon**4 + seen + x[0] * owner**4)) / PLANCK_MASS
        flow = 0.0
        for flavour, couplings in (("e", 0.727**2 + 0.233**2), ("mu", 2.0 * (0.273**2 + 0.233**2))):
            made, hit = (np.interp(photon, rates["T"], rates[f"{kind}_{flavour}"]) for kind in ("annihilation", "scattering"))
            made *= 32.0 * 0.884 * (photon**9 - neutrino**9)
            hit *= 56.0 * 0.829 * (photon * neutrino) ** 4 * (photon - neutrino)
            flow += 4.0 * couplings * (made + hit) * FERMI**2 / math.pi**5 / hubble
        first, second = (np.interp(photon, qed["T"], qed[name]) for name in ("dP", "d2P"))
        above = 4.0 * light + 12.0 * (rho + pressure) * photon**4 + 3.0 * photon * first + flow
        below = 4.0 * light / photon + 4.0 * slope * photon**3 + photon * second
        above_nu, below_nu = 4.0 * seen - flow, 4.0 * seen / neutrino
        more, heat = 3.0 * (x[0] + x[1]) * owner**4, x[2] * owner**3
        if electrons:
            return [-(above + more) / (below + heat), -above_nu / below_nu]
        return [-above / below, -(above_nu + more) / (below_nu + heat)]

    solved = solve_ivp(slopes, (0.0, FOLDS), (10.0, 10.0), method="LSODA", rtol=1e-8, atol=1e-12)
    photon, neutrino = solved.y[:, -1]
    return float(3.0 * (11.0 / 4.0) ** (4.0 / 3.0) * (neutrino / photon) ** 4)


def check(label: str, x: Array) -> tuple[Array, float]:
    """N_eff [1] at x = (mass [GeV],) for the gas ``label``."""
    degrees, statistics, side = GASES[label]
    return np.array([[n_eff(1e3 * mass, degrees, statistics, side == 1.0)] for mass in x[:, 0].tolist()]), ACCURACY
