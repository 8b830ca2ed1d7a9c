"""Flux averages of free nucleons against adaptive quadrature in other variables, and integrals that do not converge."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam import lookup
from gloam.builder import source
from gloam.builder.evaluation import KernelError, direct_values
from gloam.tables.constants import Z_MASS
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.experiment import flux_knots
from gloam.tables.physics.neutral_leptons import fluxaverage
from gloam.tables.physics.nuclei import mapped
from gloam.tables.physics.nuclei.formfactors import target_mass
from numba import njit
from scipy.integrate import quad

MOMENTS = {"proton": 2.792, "neutron": -1.913}
CASES = [  # exchange, beam, projectile, nucleon, m_N, m_mediator [GeV]; the first is where a rule once gave up in silence
    ("vector", "miniboone-fhc", "numu", "proton", 0.0620907, 0.3),
    ("vector", "miniboone-fhc", "numu", "neutron", 0.0620907, 0.3),
    ("vector", "microboone", "nue", "proton", 0.048, 0.9),
    ("vector", "miniboone-rhc", "numubar", "neutron", 0.0931, 0.17),
    ("z", "miniboone-fhc", "numu", "proton", 0.071, Z_MASS),
    ("z", "miniboone-rhc", "nuebar", "neutron", 0.055, Z_MASS),
]


def cross_section(exchange, nucleon, energy, m, mediator):
    """sigma [cm^2] by QUADPACK in the cosine of the centre-of-mass angle; vector-vector and axial-axial parts."""
    mass = target_mass(nucleon)
    x = 2.0 * mass * energy
    s = mass * mass + x
    initial = x / (2.0 * math.sqrt(s))
    final = math.sqrt(((s + m * m - mass * mass) / (2.0 * math.sqrt(s))) ** 2 - m * m)
    e_final = math.sqrt(final**2 + m * m)

    def integrand(log):
        rest = math.exp(log)  # 1 - cosine, from the forward direction
        q2 = 2.0 * initial * (e_final - final) - m * m + 2.0 * initial * final * rest
        h, tau = 0.5 * (m * m + q2), q2 / (4.0 * mass * mass)
        y = x - h
        dipole = (1.0 + q2 / 0.843**2) ** -2
        own, other = MOMENTS[nucleon], MOMENTS["neutron" if nucleon == "proton" else "proton"]
        charge = 1.0 if nucleon == "proton" else 0.0
        electric, magnetic, axial = charge * dipole, own * dipole, 0.0
        if exchange == "z":
            weak = 0.5 - 2.0 * 0.23121
            electric, magnetic = (weak * charge - 0.5 * (1.0 - charge)) * dipole, (weak * own - 0.5 * other) * dipole
            axial = 0.63 * (1.0 + q2 / 1.02**2) ** -2
        r = (electric**2 + tau * magnetic**2) / (1.0 + tau)
        bracket = r * (2.0 * y * y - (4.0 * mass * mass + q2) * h) + magnetic**2 * h * (2.0 * q2 - m * m)
        bracket += axial**2 * (2.0 * y * y + h * (q2 - m * m + 4.0 * mass * mass))
        return rest * bracket / (q2 + mediator**2) ** 2

    edges = np.log([1e-14, 1e-6, 1e-3, 0.03, 0.3, 2.0])
    total = sum(quad(integrand, a, b, epsabs=0.0, epsrel=1e-9, limit=200)[0] for a, b in pairwise(edges))
    return 3.893793721e-28 / (8.0 * math.pi * x * x) * 2.0 * initial * final * total


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:4])))
def test_free_nucleons_agree_with_adaptive_quadrature(case):
    """Scipy in the scattering angle, Gauss points in the square root of the energy above threshold between knots of the flux."""
    exchange, beam, projectile, nucleon, m, mediator = case
    experiment, nucleus = BEAMS[beam]
    knots, flux = flux_knots(experiment, projectile)
    mass = target_mass(nucleon)
    threshold = m + m * m / (2.0 * mass)
    ends = [threshold, *knots[knots > threshold]]
    expected = 0.0
    for k, (low, high) in enumerate(pairwise(ends)):
        nodes, weights = np.polynomial.legendre.leggauss(8 if k < 4 else 2)
        first, last = math.sqrt(low - threshold), math.sqrt(high - threshold)
        for s, w in zip(first + 0.5 * (last - first) * (nodes + 1.0), weights, strict=True):
            energy = threshold + s * s
            sigma = cross_section(exchange, nucleon, energy, m, mediator)
            expected += w * (last - first) * s * np.interp(energy, knots, flux) * sigma
    kind = fluxaverage.VECTOR if exchange == "vector" else fluxaverage.Z_EXCHANGE
    regime = fluxaverage.PROTON if nucleon == "proton" else fluxaverage.NEUTRON
    data = fluxaverage.beam_data(experiment, nucleus)
    out = fluxaverage.flux_average(kind, regime, m, mediator**2, Z_MASS**2, data)
    index = ("numu", "numubar", "nue", "nuebar").index(projectile)
    assert out[2 * index] == pytest.approx(expected, rel=2e-6)


def test_the_rate_of_the_dark_neutrino_with_free_nucleons():
    """10972.932 by an independent reference, which an unconverged flux average missed by 2.5e-5."""
    rate = lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="dirac")
    point = {"m_N": 0.0620907, "m_Zp": 0.3, "eps": 1e-3, "alpha_D": 0.0796, "U2_mu": 1e-6, "U2_D": 1.0}
    value, error = rate.value_and_error(**point)
    assert value == pytest.approx(10972.932, rel=2e-6)
    assert abs(value - 10972.932) < error


@njit
def rough(q2, numbers, data, values):
    """A function with structure finer than any panel."""
    values[0] = math.sin(1e12 * q2)


@njit
def jump(q2, numbers, data, values):
    """A step at an irrational place."""
    values[0] = 1.0 if q2 > 0.1 * math.pi else 0.0


def test_an_integral_that_does_not_converge_is_not_a_number():
    """sin(1e12 Q) never agrees with its halves; a step inside the range is met by halving."""
    numbers, shape, out = np.empty(0), np.array([1.0, 0.938]), np.zeros(1)
    mapped.add_integral(rough, 0.0, 1.0, 0.2, shape, 1e-7, numbers, shape, out)
    assert np.isnan(out[0])
    out[0] = 0.0
    mapped.add_integral(jump, 0.0, 1.0, 0.2, shape, 1e-6, numbers, shape, out)
    assert out[0] == pytest.approx(1.0 - 0.1 * math.pi, rel=1e-5)


@njit
def unconverged(x, parameters, data, out):
    """What a kernel gives whose integral does not converge."""
    mapped.add_integral(rough, 0.0, x[0], 0.2, np.array([1.0, 0.938]), 1e-7, parameters, data, out)


def test_the_builder_names_table_label_and_point_of_an_unconverged_integral(monkeypatch):
    """An error instead of a value in the table."""
    recipe = source.load("dipole-rates")
    monkeypatch.setattr("gloam.tables.recipes.neutral_leptons.dipole_rates.kernel", unconverged)
    with pytest.raises(KernelError, match=r"dipole-rates: .* nan .* does not converge .* beam = microboone, m_N = 0\.1 GeV"):
        direct_values(recipe, recipe.spec.labels.index("microboone"), np.array([[0.1]]), at_nodes=True)
