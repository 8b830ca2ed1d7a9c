"""The recipes of the width tables: kernels against scipy, threshold limits, and the three-body coordinates."""

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.tables import coordinates
from gloam.tables.constants import ALPHA, CHARGED_PION_MASS, ELECTRON_MASS, MUON_MASS
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS, r_ratio
from gloam.tables.recipes.neutral_leptons import dipole_hadronic_width, hadronic_width, three_body_width
from scipy.integrate import quad

THREE_BODY = coordinates.MAPS.index("three-body")
THREE_BODY_PREFACTOR = coordinates.PREFACTORS.index("three-body")


def value(recipe, x, label="", row=0):
    out = np.empty(len(recipe.TABLE.components))
    recipe.kernel(np.array(x), np.array(recipe.TABLE.parameters[row]), recipe.data(label), out)
    return out


def over_prefactor(recipe, x, row=0):
    scale = np.ones(len(recipe.TABLE.components))
    parameters = np.array(recipe.TABLE.parameters[row])
    name = coordinates.PREFACTORS.index(recipe.TABLE.prefactor)
    coordinates.multiply_prefactor(name, parameters, 0, np.array(x), scale.size, scale)
    return value(recipe, x, row=row) / scale


@pytest.mark.parametrize(("row", "m_l"), [(0, ELECTRON_MASS), (1, MUON_MASS)])
@pytest.mark.parametrize(("m_N", "m_Zp"), [(0.25, 0.3), (0.25, 9.0), (1.9, 1.93)])
def test_three_body_kernel_is_the_integral_of_its_docstring(row, m_l, m_N, m_Zp):
    """Scipy over ln(x - 4 r^2); the second component is J/(1 - 4 r^2 R). The kernel promises 1e-7."""
    r2, ratio = (m_l / m_N) ** 2, (m_N / m_Zp) ** 2

    def integrand(log, power):
        x = 4 * r2 + math.exp(log)
        factor = (1 + 2 * r2 / x) * math.sqrt(1 - 4 * r2 / x)
        return 2 * math.exp(log) * (1 - x) ** 2 * (1 + 2 * x) * factor / (1 - ratio * x) ** power

    square, first = (
        quad(integrand, math.log(r2) - 40, math.log(1 - 4 * r2), (power,), epsabs=0.0, epsrel=1e-10, limit=500)[0]
        for power in (2, 1)
    )
    assert value(three_body_width, (m_N, m_Zp), row=row) == pytest.approx([square, first / (1 - 4 * r2 * ratio)], rel=1e-7)


def test_three_body_values_over_their_prefactor_stay_finite_in_every_corner():
    """Threshold, contact limit and m_N -> m_Zp, alone and together: the stored function is O(1) (1.1 to 5.6)."""
    spec = three_body_width.TABLE
    for s in (0.0, 1e-3, 1.0, spec.axes[0].high):
        for length in (0.0, 1e-3, 1.0, spec.axes[1].high):
            for row in (0, 1):
                x = np.empty(2)
                coordinates.to_inputs(THREE_BODY, np.array(spec.parameters[row]), 0, np.array([s, length]), x)
                stored = over_prefactor(three_body_width, x, row)
                assert (stored > 0.99).all()
                assert (stored < 10.0).all()


@pytest.mark.parametrize(("m_N", "m_Zp"), [(0.29, 0.5), (0.8, 0.83), (1.9, 8.0)])
def test_hadronic_kernel_is_the_integral_of_its_docstring(m_N, m_Zp):
    """Scipy knot by knot of the R(s) curve."""
    m2, pole = m_N**2, m_Zp**2

    def integrand(s):
        x = s / m2
        return 2 * (1 - x) ** 2 * (1 + 2 * x) * r_ratio(s, KNOTS, RATIOS) * pole**2 / (m2 * (pole - s) ** 2)

    edges = [HADRON_THRESHOLD**2, *KNOTS[m2 > KNOTS], m2]
    expected = sum(quad(integrand, a, b, epsabs=0.0, epsrel=1e-9)[0] for a, b in pairwise(edges))
    assert value(hadronic_width, (m_N, m_Zp))[0] == pytest.approx(expected, rel=1e-8)


def test_hadronic_threshold_has_the_power_that_is_divided_out():
    """Near 2 m_pi the width falls like the ninth power of the pion velocity: recoil^2, P wave and phase space."""
    values = [over_prefactor(hadronic_width, (HADRON_THRESHOLD * (1 + e), 0.6))[0] for e in (1e-6, 1e-5)]
    assert values[0] == pytest.approx(values[1], rel=1e-3)
    ratios = [over_prefactor(dipole_hadronic_width, (HADRON_THRESHOLD * (1 + e),))[0] for e in (1e-6, 1e-5)]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-3)


def test_dipole_kernel_is_the_integral_of_its_docstring():
    """(alpha/3 pi) int ds/s (1-x)^2 (1+x/2) R(s), scipy knot by knot, at m_N = 0.79 GeV."""
    m2 = 0.79**2
    edges = [HADRON_THRESHOLD**2, *KNOTS[m2 > KNOTS], m2]

    def integrand(s):
        return (1 - s / m2) ** 2 * (1 + s / (2 * m2)) / s * r_ratio(s, KNOTS, RATIOS)

    expected = sum(quad(integrand, a, b, epsabs=0.0, epsrel=1e-9)[0] for a, b in pairwise(edges))
    assert value(dipole_hadronic_width, (0.79,))[0] == pytest.approx(ALPHA / (3 * math.pi) * expected, rel=1e-8)


@pytest.mark.parametrize("mass", [ELECTRON_MASS, MUON_MASS, CHARGED_PION_MASS])
def test_three_body_coordinates_invert_each_other(mass):
    """S = ln(m_N/2m), L = ln[(M^2 - 4m^2)/(M^2 - m_N^2)] there and back, away from the guarded edges."""
    rng = np.random.default_rng(3)
    for s, length in rng.uniform([1e-3, 1e-3], [3.0, 5.0], (200, 2)):
        x, box = np.empty(2), np.empty(2)
        coordinates.to_inputs(THREE_BODY, np.array([mass, 7.0]), 0, np.array([s, length]), x)
        coordinates.to_box(THREE_BODY, np.array([mass, 7.0]), 0, x, 2, box)
        assert box == pytest.approx([s, length], rel=1e-9)


@pytest.mark.parametrize("x", [(0.3, 0.3), (0.4, 0.3), (0.2, 0.3)])
def test_three_body_coordinates_refuse_points_without_an_off_shell_mediator(x):
    """m_N >= m_Zp, or m_N below the pair threshold (0.21 GeV): the second box coordinate is not a number."""
    box = np.empty(2)
    coordinates.to_box(THREE_BODY, np.array([MUON_MASS, 7.0]), 0, np.array(x), 2, box)
    assert math.isnan(box[1])
