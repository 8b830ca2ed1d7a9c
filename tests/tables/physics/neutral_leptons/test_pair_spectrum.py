"""Pieces of the e+e- spectra: production against the Sachs formula, decay against four-vectors, detector curves against
closed forms.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.physics.detectors import pair_response
from gloam.tables.physics.detectors.concentric_spheres import decay_probability
from gloam.tables.physics.detectors.sphere import decay_probability as one_sphere
from gloam.tables.physics.neutral_leptons.pair_spectrum import (
    CARDINAL,
    MOMENTA,
    NODES,
    decay_weights,
    mass_spectrum,
    polarisation,
)
from scipy import integrate

PROTON = 0.93827208816


@pytest.mark.parametrize(("target", "forms"), [(11.174863, (0.7, 0.0)), (PROTON, (0.8, 3.1))])
@pytest.mark.parametrize(("energy", "m", "q2"), [(0.8, 0.1, 0.03), (2.5, 0.4, 0.3)])
def test_production_is_the_sachs_formula(target, forms, energy, m, q2):
    """Expected: half of G_M^2 (m^2 + Q)(2Q - m^2) + R [(2x - m^2 - Q)^2 - (4M^2 + Q)(m^2 + Q)], as in the rate tables; |S|
    <= 1.
    """
    electric, magnetic = forms
    outgoing = energy - q2 / (2.0 * target)
    momentum = math.sqrt(outgoing**2 - m * m)
    cosine = (2.0 * energy * outgoing - m * m - q2) / (2.0 * energy * momentum)
    spin = np.empty(2)
    found = polarisation(energy, q2, target, forms, np.array([outgoing, momentum, cosine, math.sqrt(1.0 - cosine**2)]), spin)
    x = 2.0 * target * energy
    wanted = magnetic * (m * m + q2) * (2.0 * q2 - m * m)
    wanted += electric * ((2.0 * x - m * m - q2) ** 2 - (4.0 * target**2 + q2) * (m * m + q2))
    assert found == pytest.approx(0.5 * wanted, rel=1e-10)
    size = math.hypot(*spin)
    assert size == pytest.approx(1.0, rel=1e-9) if magnetic == 0.0 else size < 1.0
    assert spin[1] < -0.7  # a light-like neutrino makes N of negative helicity


def four_vectors(m, q, n, direction, count):
    """Pair, neutrino and electrons (count) evenly in azimuth about the laboratory direction of the pair, at one cosine c,
    along N's axes.
    """
    star, k = 0.5 * (m * m + q * q) / m, 0.5 * (m * m - q * q) / m
    gamma, boost = n[0] / m, n[1] / m
    pair = np.array(
        [gamma * star + boost * k * direction[0], k * direction[1], k * direction[2], gamma * k * direction[0] + boost * star]
    )
    lepton = np.array([n[0], 0.0, 0.0, n[1]])
    return pair, lepton - pair


@pytest.mark.parametrize("q", [0.02, 0.25])
def test_the_decay_is_the_trace_averaged_over_the_azimuth(q):
    """Expected: K.p2 p1.p3 + K.p1 p2.p3 + m_e^2 K.p3 with four-vectors, averaged over 64 azimuths, over its mean for no spin."""
    m, spin, metric = 0.3, np.array([-0.2, -0.9]), np.array([1.0, -1.0, -1.0, -1.0])
    n = np.array([0.9, math.sqrt(0.9**2 - m * m), 1.0, 0.0])
    direction = (0.3, math.sqrt(1.0 - 0.09) * math.cos(1.1), math.sqrt(1.0 - 0.09) * math.sin(1.1))
    pair, neutrino = four_vectors(m, q, n, direction, 64)
    lab, out = np.empty(4), np.empty(4)
    decay_weights(m, q, n, spin, direction, lab, out)
    assert lab == pytest.approx(pair, rel=1e-12)
    lepton = np.array([n[0], 0.0, 0.0, n[1]])
    vector = np.array([n[1] / m * spin[1], spin[0], 0.0, n[0] / m * spin[1]])
    momentum = np.linalg.norm(pair[1:])
    axis = pair[1:] / momentum
    first = np.cross(axis, [0.0, 1.0, 0.0])
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)

    def trace(k, c, phi):
        star = math.sqrt(q * q / 4.0 - ELECTRON_MASS**2)
        across = star * math.sqrt(1.0 - c * c)
        along = (pair[0] * star * c + momentum * q / 2.0) / q
        electron = np.array([(pair[0] * q / 2.0 + momentum * star * c) / q, *(along * axis)])
        electron[1:] += across * (math.cos(phi) * first + math.sin(phi) * second)
        other = pair - electron
        dot = lambda a, b: float(np.sum(metric * a * b))  # noqa: E731
        return (
            dot(k, other) * dot(electron, neutrino)
            + dot(k, electron) * dot(other, neutrino)
            + ELECTRON_MASS**2 * dot(k, neutrino)
        )

    azimuths = np.arange(64) * 2.0 * math.pi / 64
    c, weight = np.polynomial.legendre.leggauss(8)
    mean = sum(w / 2.0 * np.mean([trace(lepton, x, phi) for phi in azimuths]) for x, w in zip(c, weight, strict=True))
    for x in (-0.8, 0.1, 0.95):
        for k, a0, a2 in ((lepton, out[0], out[1]), (-m * vector, out[2], out[3])):
            wanted = np.mean([trace(k, x, phi) for phi in azimuths]) / mean
            assert a0 + a2 * (1.5 * x * x - 0.5) == pytest.approx(wanted, rel=1e-6, abs=1e-9)


def test_the_mass_spectrum_of_the_contact_limit():
    """Expected: int (1-x)^2 (1+2x) dx = 1/2 for a heavy mediator and massless electrons (electrons cost 1e-4 at 0.5 GeV)."""
    found, _ = integrate.quad(lambda x: mass_spectrum(x, 0.5, 1e3), (2.0 * ELECTRON_MASS / 0.5) ** 2, 1.0)
    assert found == pytest.approx(0.5, rel=1e-4)


def test_the_cardinal_functions_are_1_at_their_node_and_0_at_the_others():
    """Expected: the unit matrix, by Chebyshev sums."""
    end = math.asinh(7.2 / 0.2)
    argument = 2.0 * np.arcsinh(MOMENTA / 0.2) / end - 1.0
    sums = np.cos(np.outer(np.arange(NODES), np.arccos(argument)))
    assert CARDINAL @ sums == pytest.approx(np.eye(NODES), abs=1e-12)


def test_concentric_spheres():
    """Expected: values of another program (64 against its 48 Gauss points in c), the limit 2.85 m of L P, (R2/R1)^3, and one
    sphere.
    """
    found = decay_probability(np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]), 6.10, 5.0)
    assert found == pytest.approx([0.5507, 0.5505, 0.5323, 0.4225, 0.2137, 0.0859, 0.0276], abs=5.1e-5)
    assert 1e7 * decay_probability(1e7, 6.10, 5.0) == pytest.approx(2.85, abs=0.005)
    assert decay_probability(1e-6, 5.746, 5.0) == pytest.approx((5.0 / 5.746) ** 3, rel=1e-12)
    for length in (0.02, 4.9, 5.1, 1e5):
        assert decay_probability(length, 5.0, 5.0) == pytest.approx(one_sphere(10.0 / length), rel=1e-10)


def test_the_quantile_of_the_normal_distribution():
    """Expected: the standard library's, to 1.2e-9."""
    for p in (1e-14, 1e-3, 0.024, 0.3, 0.5, 0.9, 0.99999):
        assert pair_response.normal_quantile(p) == pytest.approx(NormalDist().inv_cdf(p), rel=2e-9, abs=1e-12)


def test_the_mass_axis_of_the_response_has_its_inverse():
    """Expected: 0 at the pair threshold, 1 at rest, and the mass that went in."""
    assert pair_response.mass_position(2.0 * ELECTRON_MASS, 0.5) == pytest.approx(0.0, abs=1e-12)
    assert pair_response.mass_position(0.5, 0.5) == pytest.approx(1.0, rel=1e-12)
    for q in (0.0015, 0.03, 0.3):
        assert pair_response.mass_at(pair_response.mass_position(q, 0.5), 0.5) == pytest.approx(q, rel=1e-9)


def test_cubic_weights_are_exact_for_cubics():
    """Expected: a cubic at any place, also in the first and last cell."""
    weights, values = np.empty(4), np.arange(9.0) ** 3 - 2.0 * np.arange(9.0)
    for position in (0.2, 3.7, 7.9):
        first = pair_response.lagrange_weights(position, 9, weights)
        assert weights @ values[first : first + 4] == pytest.approx(position**3 - 2.0 * position, abs=1e-9)
