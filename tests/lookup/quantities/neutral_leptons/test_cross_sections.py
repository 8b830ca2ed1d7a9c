"""Composed cross sections: thresholds, sums, scaling, published check values and independent integration.

Stores of the four moment tables are taken from the search path. Independent integration uses scipy and formulas written
here: textbook helicity sums and the closed helicity forms, with the Fourier-Bessel sum spelled out.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gloam.lookup.callables import store
from gloam.lookup.quantities.neutral_leptons import cross_section
from gloam.lookup.quantities.neutral_leptons.cross_section import ALL_TARGETS
from gloam.lookup.quantities.neutral_leptons.sigma_dipole import QUANTITY as sigma_dipole
from gloam.lookup.quantities.neutral_leptons.sigma_interference import QUANTITY as sigma_interference
from gloam.lookup.quantities.neutral_leptons.sigma_scalar import QUANTITY as sigma_scalar
from gloam.lookup.quantities.neutral_leptons.sigma_vector import QUANTITY as sigma_vector
from gloam.lookup.quantities.neutral_leptons.sigma_z import QUANTITY as sigma_z
from gloam.lookup.vocabulary import Quantity
from gloam.tables.constants import Z_MASS
from gloam.tables.datafile import read
from gloam.tables.physics.neutral_leptons import fluxaverage as exchange
from gloam.tables.physics.neutral_leptons import upscattering
from gloam.tables.physics.neutral_leptons.kinematics import q2_range, threshold_energy
from gloam.tables.physics.nuclei.formfactors import target_mass, weight_shape
from scipy.integrate import quad

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

TO_CM2 = 3.8937937e-28  # GeV^-2, (hbar c)^2 of the PDG
ALPHA = 1.0 / 137.036
SUMMED, CONSERVING, FLIPPING = range(3)
QUANTITIES = (sigma_vector, sigma_scalar, sigma_dipole, sigma_z, sigma_interference)

WITH_MEDIATOR = (sigma_vector, sigma_scalar, sigma_interference)


@lru_cache(maxsize=8)
def bound(quantity: Quantity) -> tuple[Vector, Integers]:
    """Blob and offsets of a quantity: its tables, then its target blocks."""
    opened = {name: store.open_store(store.find(name)) for name, _ in quantity.tables}
    blocks = [opened[name].blocks[opened[name].spec.labels.index(label)] for name, label in quantity.tables]
    blocks += list(quantity.blocks())
    offsets = np.cumsum([0, *(len(block) for block in blocks[:-1])]).astype(np.int64)
    return np.concatenate(blocks), offsets


def ask(quantity: Quantity, target: str, helicity: int, *x: float, projectile: int = 0) -> tuple[float, float]:
    """(value, absolute error) of a quantity."""
    blob, offsets = bound(quantity)
    choices = np.array([ALL_TARGETS.index(target), helicity, projectile], dtype=np.int64)
    out = np.empty(2)
    assert quantity.evaluate(np.array(x), choices, blob, offsets, out) == 0
    return float(out[0]), float(out[1])


def masses(quantity: Quantity) -> tuple[float, ...]:
    """(m_N,) or (m_N, mediator mass) [GeV] of an ordinary point."""
    return (0.1, 0.03) if len(quantity.inputs) == 3 else (0.1,)


def nuclear_form2(q2: float, isotope: str) -> float:
    """F^2 by the defining Fourier-Bessel sum."""
    row = read("charge_densities.csv").row(isotope)
    a = [value for name, value in row.items() if name[0] == "a"]
    y = math.sqrt(q2) * row["R"] / 0.1973269804
    top = sum(c * (-1) ** n * math.sin(y) / y / ((n * math.pi) ** 2 - y * y) for n, c in enumerate(a, 1))
    return float((top / sum(c * (-1) ** n / (n * math.pi) ** 2 for n, c in enumerate(a, 1))) ** 2)


def oscillator_form2(q2: float) -> float:
    """F^2 of the harmonic oscillator C12, a = 1.65 fm."""
    y = q2 * (1.65 / 0.1973269804) ** 2
    return (1.0 - y / 9.0) ** 2 * math.exp(-y / 2.0)


def integrate(f: Callable[[float], float], energy: float, m: float, target: float, end: float) -> float:
    """int f dQ in ln Q over the kinematic range, cut at ``end`` [GeV^2], in panels of 0.4, over 8 pi x^2, in cm^2."""
    low, high = q2_range(energy, m, target)
    high = min(high, end)
    edges = np.linspace(math.log(low), math.log(high), 2 + int(math.log(high / low) / 0.4))
    total = sum(
        quad(lambda v: math.exp(v) * f(math.exp(v)), a, b, epsrel=1e-10, epsabs=0.0)[0] for a, b in itertools.pairwise(edges)
    )
    return float(total) * TO_CM2 / (8.0 * math.pi * (2.0 * target * energy) ** 2)


def helicity_forms(q2: float, energy: float, m: float, target: float) -> tuple[float, float]:
    """Closed forms (HC, HF) of the charge-only vector bracket, d sigma/dQ = F^2 HC/(4 pi x^2 (m^2+Q)^2)."""
    s = target**2 + 2.0 * target * energy
    w = math.sqrt(s)
    p1, e2, e4 = target * energy / w, (s + target**2) / (2 * w), (s + target**2 - m * m) / (2 * w)
    e3 = (s + m * m - target**2) / (2 * w)
    d = energy - threshold_energy(m, target)
    p3 = target * math.sqrt(d * (d + 2.0 * m)) / w
    low, high = q2_range(energy, m, target)
    minus, plus = (q2 - low) / (2 * p1 * p3), (high - q2) / (2 * p1 * p3)
    flip = p1 * m * m / (e3 + p3) * (low + minus * (p1 * (e4 + p3) - p3 * (e2 - p1) + target**2) - p1 * p3 * minus**2)
    keep = p1 * (e3 + p3) * (high + plus * (p1 * (e4 - p3) + p3 * (e2 - p1) + target**2) + p1 * p3 * plus**2)
    return keep, flip


def dipole_sum(q2: float, energy: float, m: float, target: float) -> float:
    """4 pi alpha K/Q^2 per mu_tr^2, charge only: upscattering through the transition moment."""
    x = 2.0 * target * energy
    s = target**2 + x
    k = q2 * (2 * x * (x - q2) + m**4 - m * m * (2 * s - q2)) - 2 * target**2 * m**4
    return 4.0 * math.pi * ALPHA * k / (q2 * q2)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: str(q.name))
@pytest.mark.parametrize("target", ALL_TARGETS)
def test_nothing_is_produced_below_threshold(quantity: Quantity, target: str) -> None:
    """Expected: exactly 0 with error 0 below E_th = m + m^2/(2M), positive magnitude just above."""
    rest = masses(quantity)
    threshold = threshold_energy(rest[0], target_mass(target))
    assert ask(quantity, target, SUMMED, threshold * (1.0 - 1e-12), *rest) == (0.0, 0.0)
    assert ask(quantity, target, SUMMED, threshold * (1.0 + 1e-9), *rest)[0] != 0.0


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: str(q.name))
def test_the_threshold_is_a_square_root(quantity: Quantity) -> None:
    """Expected: sigma ~ sqrt(E - E_th) (two-body phase space, s wave): a factor 10 for 100 times the distance."""
    rest = masses(quantity)
    threshold = threshold_energy(rest[0], target_mass("C12"))
    near, far = (ask(quantity, "C12", SUMMED, threshold * (1.0 + d), *rest)[0] for d in (1e-9, 1e-7))
    assert far / near == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: str(q.name))
@pytest.mark.parametrize("target", ALL_TARGETS)
@pytest.mark.parametrize("projectile", [0, 1])
def test_helicities_add_up(quantity: Quantity, target: str, projectile: int) -> None:
    """Expected: conserving plus flipping is the sum, by definition."""
    for energy in (0.2, 0.8, 6.0):
        parts = [ask(quantity, target, h, energy, *masses(quantity), projectile=projectile)[0] for h in range(3)]
        assert parts[CONSERVING] + parts[FLIPPING] == pytest.approx(parts[SUMMED], rel=1e-9)


@pytest.mark.parametrize("quantity", WITH_MEDIATOR, ids=lambda q: str(q.name))
@pytest.mark.parametrize("target", ["C12", "Pb208", "proton"])
def test_cross_sections_scale_with_a_heavy_mediator(quantity: Quantity, target: str) -> None:
    """Expected: for Q << m^2 the propagators are 1/m^4, or 1/m^2 next to the Z: sigma from 5 to 10 GeV by 1/16, 1/4.

    E = 0.1 GeV keeps Q below 0.04 GeV^2, so that the correction is below 2 Q/m^2 = 3e-3.
    """
    power = 2 if quantity is sigma_interference else 4
    light, heavy = (ask(quantity, target, SUMMED, 0.1, 0.05, mass)[0] for mass in (5.0, 10.0))
    assert light / heavy == pytest.approx(2.0**power, rel=(2e-2 if power == 2 else 3e-3))


@pytest.mark.parametrize(("energy", "conserving", "flipping"), [(0.5, 9.01e-38, 2.0e-42), (2.0, 1.02e-37, 1.0e-44)])
def test_carbon_agrees_with_the_reference_program_for_a_vector(energy: float, conserving: float, flipping: float) -> None:
    """Expected: DarkNews 0.4.8, coherent C12, m_N = 0.1, m_Z' = 0.03, eps = U_mu4 = 1e-3, V_had = 6 x 1.01914 e eps.

    Its default inputs give d_p = 1.01914 e eps with e^2 = 4 pi alpha; the printed digits set the tolerance.
    """
    couplings = (1e-3 * 6.0 * 1.01914 * 1e-3) ** 2 * 4.0 * math.pi * ALPHA
    found = ask(sigma_vector, "C12", CONSERVING, energy, 0.1, 0.03)[0] * couplings
    assert found == pytest.approx(conserving, rel=6e-3)
    found = ask(sigma_vector, "C12", FLIPPING, energy, 0.1, 0.03)[0] * couplings
    assert found == pytest.approx(flipping, rel=5e-2)


@pytest.mark.parametrize(("energy", "flipping", "conserving"), [(0.5, 3.72e-40, 1.0e-42), (2.0, 6.58e-40, 6.4e-44)])
def test_carbon_agrees_with_the_reference_program_for_a_dipole(energy: float, flipping: float, conserving: float) -> None:
    """Expected: DarkNews 0.4.8, coherent C12, m_N = 0.1 GeV, mu_tr = 1e-6 / GeV; the dipole flips."""
    couplings = 36.0 * 1e-12
    found = ask(sigma_dipole, "C12", FLIPPING, energy, 0.1)[0] * couplings
    assert found == pytest.approx(flipping, rel=6e-3)
    found = ask(sigma_dipole, "C12", CONSERVING, energy, 0.1)[0] * couplings
    assert found == pytest.approx(conserving, rel=5e-2)


@pytest.mark.parametrize(("energy", "conserving"), [(0.5, 9.036e-38), (2.0, 1.0265e-37)])
def test_brackets_with_the_oscillator_form_factor_agree_with_the_reference_program(energy: float, conserving: float) -> None:
    """Expected: DarkNews kinematics with the oscillator form factor, M = 11.174863 GeV, independent of densities."""
    mass, m = 11.174863, 0.1
    f = upscattering.linear_forms(energy, m, mass, True)
    polynomial = [a + b for a, b in zip(upscattering.vector_electric(m, f), upscattering.vector_magnetic(m, f), strict=True)]
    couplings = (1e-3 * 6.0 * 1.01914 * 1e-3) ** 2 * 4.0 * math.pi * ALPHA

    def bracket(q2: float) -> float:
        return oscillator_form2(q2) * sum(c * q2**k for k, c in enumerate(polynomial)) / (q2 + 0.03**2) ** 2

    assert integrate(bracket, energy, m, mass, 2.0) * couplings == pytest.approx(conserving, rel=6e-4)


@pytest.mark.parametrize(("energy", "summed"), [(0.5, 3.749e-40), (2.0, 6.601e-40)])
def test_dipole_with_the_oscillator_form_factor_agrees_with_the_reference_program(energy: float, summed: float) -> None:
    """Expected: DarkNews kinematics with the oscillator form factor, helicity sum, mu_tr = 1e-6 / GeV, Z = 6."""
    mass, m = 11.174863, 0.1
    forms = [upscattering.linear_forms(energy, m, mass, along) for along in (True, False)]
    polynomial = np.sum([np.add(upscattering.dipole_electric(m, f), upscattering.dipole_magnetic(m, f)) for f in forms], axis=0)

    def bracket(q2: float) -> float:
        return oscillator_form2(q2) * 4 * math.pi * ALPHA * sum(c * q2**k for k, c in enumerate(polynomial)) / q2**2

    assert integrate(bracket, energy, m, mass, 2.0) * 36e-12 == pytest.approx(summed, rel=6e-4)


POINTS = ((0.5, 0.1), (5.0, 0.02), (1.3, 0.4), (0.21, 0.2), (18.0, 1.5), (2.2, 1.6), (0.9, 0.75))


@pytest.mark.parametrize("target", ALL_TARGETS[:7])
@pytest.mark.parametrize(("energy", "m"), POINTS)
def test_nuclei_agree_with_independent_integration(target: str, energy: float, m: float) -> None:
    """Expected: scipy over the closed helicity forms and the plain Fourier-Bessel sum; promised 1e-4 and the own bound.

    The points cover the tables, the neighbourhood of the threshold and the far tail of the form factor.
    """
    mass = target_mass(target)
    for i, helicity in enumerate((CONSERVING, FLIPPING)):
        value, error = ask(sigma_vector, target, helicity, energy, m, 0.07)

        def bracket(q2: float, i: int = i) -> float:
            return 2.0 * nuclear_form2(q2, target) * helicity_forms(q2, energy, m, mass)[i] / (q2 + 0.0049) ** 2

        expected = integrate(bracket, energy, m, mass, 36.0)
        assert value == pytest.approx(expected, rel=1e-4)
        assert abs(value - expected) <= error + 1e-6 * expected
    value, error = ask(sigma_dipole, target, SUMMED, energy, m)
    expected = integrate(lambda q2: nuclear_form2(q2, target) * dipole_sum(q2, energy, m, mass), energy, m, mass, 36.0)
    assert value == pytest.approx(expected, rel=1e-4)
    assert abs(value - expected) <= error + 1e-6 * expected


@pytest.mark.parametrize("target", ["proton", "neutron"])
@pytest.mark.parametrize(("energy", "m"), [(0.5, 0.1), (5.0, 0.02), (1.3, 0.4), (0.25, 0.2), (18.0, 1.5)])
def test_nucleons_agree_with_independent_integration(target: str, energy: float, m: float) -> None:
    """Expected: scipy over {G_M^2 (m^2+Q)(2Q-m^2) + R [(2x-m^2-Q)^2 - (4M^2+Q)(m^2+Q)]}/2, dipole form factors."""
    mass = target_mass(target)
    x, moment, charge = 2.0 * mass * energy, (2.792 if target == "proton" else -1.913), float(target == "proton")

    def bracket(q2: float) -> float:
        tau, d2 = q2 / (4 * mass**2), (1.0 + q2 / 0.843**2) ** -4
        r = (charge + tau * moment**2) / (1.0 + tau)
        curly = moment**2 * (m * m + q2) * (2 * q2 - m * m)
        curly += r * ((2 * x - m * m - q2) ** 2 - (4 * mass**2 + q2) * (m * m + q2))
        return d2 * curly / 2.0 / (q2 + 0.0049) ** 2

    value, error = ask(sigma_vector, target, SUMMED, energy, m, 0.07)
    expected = integrate(bracket, energy, m, mass, 1e3)
    assert value == pytest.approx(expected, rel=1e-4)
    assert abs(value - expected) <= error + 1e-6 * expected


def test_the_cross_section_of_a_massless_n_through_a_dipole_is_the_known_logarithm() -> None:
    """Expected: alpha mu_tr^2 (1/T - 1/E) dT of Vogel and Engel with D^2 form factor, m_N = 5 MeV negligible at 1 GeV.

    Corrections are m^2/E^2 in the lower limit, which is taken from the exact Q_min.
    """
    energy, m, mass = 1.0, 0.005, target_mass("C12")
    low, high = q2_range(energy, m, mass)

    def recoil(v: float) -> float:
        q2 = math.exp(v)
        return q2 * nuclear_form2(q2, "C12") * (1.0 / q2 - 1.0 / (2.0 * mass * energy))

    edges = np.linspace(math.log(low), math.log(min(high, 4.0)), 60)
    expected = sum(quad(recoil, a, b)[0] for a, b in itertools.pairwise(edges)) * ALPHA * TO_CM2
    value = ask(sigma_dipole, "C12", SUMMED, energy, m)[0]
    # the exact bracket has 1/Q - Q_min/Q^2 (m^4 term), which takes away 1 from the logarithm
    assert value == pytest.approx(expected - ALPHA * TO_CM2, rel=1e-3)


@pytest.mark.parametrize("target", ["proton", "neutron"])
def test_neutrinos_and_antineutrinos_differ_by_the_vector_axial_term_only(target: str) -> None:
    """Expected: sigma(nu) - sigma(nubar) of NC scattering has the sign of G_M^Z G_A; equal at nuclei, where G_A = 0."""
    neutrino, antineutrino = (ask(sigma_z, target, SUMMED, 1.0, 0.01, projectile=p)[0] for p in (0, 1))
    assert neutrino > antineutrino > 0.0
    assert ask(sigma_z, "C12", SUMMED, 1.0, 0.01) == ask(sigma_z, "C12", SUMMED, 1.0, 0.01, projectile=1)


def test_interference_completes_a_square() -> None:
    """Expected: amplitudes add on a nucleus, 2 sigma_I <= sigma_V r + sigma_Z/r (Cauchy-Schwarz), close
    for m_Zp = 10.
    """
    vector = ask(sigma_vector, "C12", SUMMED, 0.5, 0.1, 10.0)[0]
    cross = ask(sigma_interference, "C12", SUMMED, 0.5, 0.1, 10.0)[0]
    weak = ask(sigma_z, "C12", SUMMED, 0.5, 0.1)[0]
    assert cross**2 <= vector * weak
    assert cross == pytest.approx(math.sqrt(vector * weak), rel=1e-4)


@pytest.mark.parametrize("helicity", [SUMMED, CONSERVING, FLIPPING])
@pytest.mark.parametrize("projectile", [0, 1])
@pytest.mark.parametrize("target", ["proton", "neutron"])
def test_interference_is_good_to_a_share_of_the_squares(target: str, projectile: int, helicity: int) -> None:
    """Signed terms cancel: the error is 1e-5 of sqrt(sigma-vector sigma-z), also where the value crosses zero.

    Expected: scipy over the bracket, whose forms are tested against Dirac traces; the second point is next to a zero.
    """
    mass, regime = target_mass(target), exchange.PROTON if target == "proton" else exchange.NEUTRON
    for energy, m, mediator in ((19.7117, 0.152326, 9.23894), (2.71229, 0.0579148, 1.77638), (0.0872, 0.077, 0.00535)):
        coefficients, value = np.empty((3, cross_section.POWERS)), np.empty(1)
        sign = 1.0 if projectile == 0 else -1.0
        cross_section.bracket(exchange.INTERFERENCE, regime, energy, m, mass, helicity, sign, coefficients)
        numbers = np.array([float(exchange.INTERFERENCE), mediator**2, Z_MASS**2, *coefficients.ravel()])
        shape = weight_shape(target)

        def bracket(q2: float, numbers: Vector = numbers, shape: Vector = shape, value: Vector = value) -> float:
            cross_section.integrand(q2, numbers, shape, value)
            return float(value[0])

        found, error = ask(sigma_interference, target, helicity, energy, m, mediator, projectile=projectile)
        vector = ask(sigma_vector, target, helicity, energy, m, mediator)[0]
        weak = ask(sigma_z, target, helicity, energy, m, projectile=projectile)[0]
        expected = integrate(bracket, energy, m, mass, 1e3)
        assert abs(found - expected) <= 1e-5 * math.sqrt(vector * weak)
        assert abs(found - expected) <= error
