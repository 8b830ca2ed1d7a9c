"""Upscattering brackets against explicit Dirac traces built here from gamma matrices, and against textbook sums.

Expected values: d sigma/dQ = (1/2) L.H/(16 pi x^2), x = 2 M E, with numerical traces over 4x4 matrices; N is projected
on helicity h by (1 + h gamma5 s-slash)/2. The traces are evaluated in the centre of mass with numpy only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gloam.tables.physics.neutral_leptons import kinematics, upscattering

if TYPE_CHECKING:
    from collections.abc import Iterator

Complex = np.ndarray[tuple[int, ...], np.dtype[np.complex128]]
Real = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=np.complex128)
ZERO, ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = np.array(
    [np.block([[ONE, ZERO], [ZERO, -ONE]]), *(np.block([[ZERO, p], [-p, ZERO]]) for p in PAULI)], dtype=np.complex128
)
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
SIGMA = 0.5j * (np.einsum("mab,nbc->mnac", GAMMA, GAMMA) - np.einsum("nab,mbc->mnac", GAMMA, GAMMA))
LEFT, RIGHT = 0.5 * (np.eye(4) - GAMMA5), 0.5 * (np.eye(4) + GAMMA5)

CASES = (
    (0.5, 0.1, 11.175),
    (2.0, 0.1, 11.175),
    (1.0, 0.4, 0.938),
    (0.8, 0.14, 37.2),
    (5.0, 1.2, 0.9396),
    (0.22, 0.2, 193.7),
)
FORMS = (0.7, -1.3, 0.4)  # F1, F2, G_A [1], generic values


def slash(p: Real) -> Complex:
    """gamma.p for contravariant p."""
    return np.einsum("m,mab->ab", METRIC @ p, GAMMA)


def bar(matrices: Complex) -> Complex:
    """gamma0 X^dagger gamma0 of (a stack of) 4x4 matrices."""
    return GAMMA[0] @ np.conj(np.swapaxes(matrices, -1, -2)) @ GAMMA[0]


class Point:
    """Four-momenta in the centre of mass: k1 + p2 -> k3 + p4, N with spin vector s3 along its momentum."""

    def __init__(self, energy: float, m: float, target: float, fraction: float) -> None:
        self.energy, self.m, self.target = energy, m, target
        x = 2.0 * target * energy
        s = target**2 + x
        w = math.sqrt(s)
        p1, e3 = x / (2.0 * w), (s + m * m - target**2) / (2.0 * w)
        p3 = math.sqrt(e3 * e3 - m * m)
        cosine = 1.0 - 2.0 * fraction
        direction = np.array([math.sqrt(1.0 - cosine**2), 0.0, cosine])
        self.k1 = np.array([p1, 0.0, 0.0, p1])
        self.p2 = np.array([w - p1, 0.0, 0.0, -p1])
        self.k3 = np.array([e3, *(p3 * direction)])
        self.p4 = self.k1 + self.p2 - self.k3
        self.s3 = np.array([p3, *(e3 * direction)]) / m
        q = self.k1 - self.k3
        self.q2 = -float(q @ METRIC @ q)
        self.x = x

    def spinor_sum(self, helicity: int, antiparticle: bool = False) -> Complex:
        """u ubar (v vbar) of N with the given helicity."""
        mass = -self.m if antiparticle else self.m
        return (slash(self.k3) + mass * np.eye(4)) @ (np.eye(4) + helicity * GAMMA5 @ slash(self.s3)) / 2.0

    def hadron_current(self, forms: tuple[float, float, float]) -> Complex:
        """gamma^mu F1 + i sigma^{mu nu} q_nu F2/(2M) - gamma^mu gamma5 G_A, q = k1 - k3."""
        f1, f2, axial = forms
        q = METRIC @ (self.k1 - self.k3)
        return f1 * GAMMA + 1j * f2 / (2.0 * self.target) * np.einsum("n,mnab->mab", q, SIGMA) - axial * GAMMA @ GAMMA5

    def hadron_tensor(self, forms: tuple[float, float, float]) -> Complex:
        """H^{mu nu} summed over the spins of the target, not averaged."""
        current = self.hadron_current(forms)
        m = self.target * np.eye(4)
        return np.einsum("ab,mbc,cd,nda->mn", slash(self.p4) + m, current, slash(self.p2) + m, bar(current))

    def lepton_tensor(self, vertex: Complex, helicity: int, antineutrino: bool = False) -> Complex:
        """L^{mu nu} of ubar_N vertex u_nu, or of vbar_nu vertex v_N."""
        if antineutrino:
            return np.einsum("ab,mbc,cd,nda->mn", slash(self.k1), vertex, self.spinor_sum(helicity, True), bar(vertex))
        return np.einsum("ab,mbc,cd,nda->mn", self.spinor_sum(helicity), vertex, slash(self.k1), bar(vertex))

    def contract(self, lepton: Complex, hadron: Complex) -> float:
        """Bracket = L.H/4, because (1/2) L.H/(16 pi x^2) = bracket/(8 pi x^2)."""
        value = np.einsum("mn,ma,nb,ab->", lepton, METRIC, METRIC, hadron)
        assert abs(value.imag) < 1e-10 * max(abs(value.real), 1e-20)
        return float(value.real) / 4.0


def points() -> Iterator[tuple[Point, float, float, float]]:
    """Points of phase space at several angles for every case."""
    for energy, m, target in CASES:
        for fraction in (0.05, 0.4, 0.93):
            yield Point(energy, m, target, fraction), energy, m, target


def value(polynomial: tuple[float, ...], q2: float) -> float:
    """Polynomial in Q."""
    return sum(c * q2**k for k, c in enumerate(polynomial))


def sachs(point: Point, forms: tuple[float, float, float]) -> tuple[float, float, float]:
    """(R, G_M, G_A) of F1, F2, G_A."""
    tau = point.q2 / (4.0 * point.target**2)
    electric, magnetic = forms[0] - tau * forms[1], forms[0] + forms[1]
    return (electric**2 + tau * magnetic**2) / (1.0 + tau), magnetic, forms[2]


def vector_bracket(point: Point, along: bool, sign: float) -> float:
    """Bracket of vector exchange composed of the four polynomials."""
    f = upscattering.linear_forms(point.energy, point.m, point.target, along)
    r, magnetic, axial = sachs(point, FORMS)
    return (
        r * value(upscattering.vector_electric(point.m, f), point.q2)
        + magnetic**2 * value(upscattering.vector_magnetic(point.m, f), point.q2)
        + axial**2 * value(upscattering.axial_axial(point.m, f), point.q2)
        + sign * magnetic * axial * value(upscattering.vector_axial(point.m, f), point.q2)
    )


@pytest.mark.parametrize(("helicity", "along"), [(-1, True), (1, False)])
def test_vector_brackets_of_neutrinos_equal_dirac_traces(helicity: int, along: bool) -> None:
    """Expected: trace with gamma^mu P_L; helicity -1 conserves the neutrino's, +1 flips it."""
    for point, *_ in points():
        trace = point.contract(point.lepton_tensor(GAMMA @ LEFT, helicity), point.hadron_tensor(FORMS))
        found = vector_bracket(point, along, 1.0)
        floor = 1e-14 * point.x**2  # traces cancel where a helicity is suppressed
        assert found == pytest.approx(trace, rel=1e-9, abs=floor)


@pytest.mark.parametrize(("helicity", "along"), [(1, True), (-1, False)])
def test_vector_brackets_of_antineutrinos_equal_dirac_traces(helicity: int, along: bool) -> None:
    """Expected: trace of vbar_nu gamma^mu P_L v_N; conserving means helicity +1."""
    for point, *_ in points():
        trace = point.contract(point.lepton_tensor(GAMMA @ LEFT, helicity, True), point.hadron_tensor(FORMS))
        floor = 1e-14 * point.x**2
        assert vector_bracket(point, along, -1.0) == pytest.approx(trace, rel=1e-9, abs=floor)


@pytest.mark.parametrize(("helicity", "along"), [(1, True), (-1, False)])
def test_dipole_brackets_equal_dirac_traces(helicity: int, along: bool) -> None:
    """Expected: trace with sigma^{mu nu} q_nu P_L (d = 1), which flips: N of helicity +1 dominates. Photon
    1/Q^2 outside.
    """
    forms = (FORMS[0], FORMS[1], 0.0)
    for point, *_ in points():
        q = METRIC @ (point.k1 - point.k3)
        vertex = np.einsum("n,mnab->mab", q, SIGMA) @ LEFT
        trace = point.contract(point.lepton_tensor(vertex, helicity), point.hadron_tensor(forms))
        f = upscattering.linear_forms(point.energy, point.m, point.target, along)
        r, magnetic, _ = sachs(point, forms)
        found = r * value(upscattering.dipole_electric(point.m, f), point.q2) + magnetic**2 * value(
            upscattering.dipole_magnetic(point.m, f), point.q2
        )
        assert found == pytest.approx(trace, rel=1e-9, abs=1e-14 * point.x**2 * max(point.q2, point.m**2))


@pytest.mark.parametrize(("helicity", "along"), [(1, True), (-1, False)])
def test_scalar_brackets_equal_dirac_traces(helicity: int, along: bool) -> None:
    """Expected: trace of ubar_N P_L u_nu with the unit scalar vertex on the target."""
    for point, *_ in points():
        m = point.target * np.eye(4)
        hadron = float(np.trace((slash(point.p4) + m) @ (slash(point.p2) + m)).real)
        lepton = float(np.trace(point.spinor_sum(helicity) @ LEFT @ slash(point.k1) @ RIGHT).real)
        f = upscattering.linear_forms(point.energy, point.m, point.target, along)
        found = value(upscattering.scalar(point.m, f), point.q2)
        assert found == pytest.approx(hadron * lepton / 4.0, rel=1e-9, abs=1e-14 * point.x * point.target**2)


def test_vector_helicities_add_up_to_the_textbook_sum() -> None:
    """Expected: G_M^2 (m^2+Q)(2Q-m^2)/2 + R [(2x-m^2-Q)^2 - (4M^2+Q)(m^2+Q)]/2 (G_A = 0)."""
    for point, _, m, target in points():
        q2, x, m2 = point.q2, point.x, m * m
        forms = [upscattering.linear_forms(point.energy, m, target, along) for along in (True, False)]
        electric = sum(value(upscattering.vector_electric(m, f), q2) for f in forms)
        magnetic = sum(value(upscattering.vector_magnetic(m, f), q2) for f in forms)
        assert magnetic == pytest.approx(0.5 * (m2 + q2) * (2.0 * q2 - m2), rel=1e-10, abs=1e-13 * x * x)
        textbook = 0.5 * ((2.0 * x - m2 - q2) ** 2 - (4.0 * target**2 + q2) * (m2 + q2))
        assert electric == pytest.approx(textbook, rel=1e-9)


def test_dipole_and_scalar_helicities_add_up_to_the_textbook_sums() -> None:
    """Expected: K of the dipole cross section with F2 = 0 (R = 1, G_M = 1), (4M^2 + Q)(m^2 + Q)/2 of the scalar one."""
    for point, _, m, target in points():
        q2, x, m2, s = point.q2, point.x, m * m, point.target**2 + point.x
        forms = [upscattering.linear_forms(point.energy, m, target, along) for along in (True, False)]
        dipole = sum(value(upscattering.dipole_electric(m, f), q2) + value(upscattering.dipole_magnetic(m, f), q2) for f in forms)
        textbook = q2 * (2 * x * (x - q2) + m2 * m2 - m2 * (2 * s - q2)) - 2.0 * target**2 * m2 * m2
        assert dipole == pytest.approx(textbook, rel=1e-8, abs=1e-13 * x * x * q2)
        scalar = sum(value(upscattering.scalar(m, f), q2) for f in forms)
        assert scalar == pytest.approx(0.5 * (4.0 * target**2 + q2) * (m2 + q2), rel=1e-10)


def test_axial_helicities_add_up_to_the_stored_sums() -> None:
    """Expected: trace with both helicities, for G_A^2 and for s G_M G_A separately."""
    for point, _, m, target in points():
        tensor = sum(point.lepton_tensor(GAMMA @ LEFT, h) for h in (1, -1))
        axial = point.contract(tensor, point.hadron_tensor((0.0, 0.0, 1.0)))
        vector = point.contract(tensor, point.hadron_tensor((1.0, 0.0, 0.0)))
        both = point.contract(tensor, point.hadron_tensor((1.0, 0.0, 1.0)))
        _, _, axial_sum, mixed_sum = upscattering.summed_vector(point.q2, point.x, m, target)
        assert axial_sum == pytest.approx(axial, rel=1e-9)
        assert mixed_sum == pytest.approx(both - axial - vector, rel=1e-7, abs=1e-12 * point.x**2)


def test_momentum_range_ends_where_the_angle_does() -> None:
    """Expected: Q of the four-momenta at cos = +-1."""
    for energy, m, target in CASES:
        low, high = kinematics.q2_range(energy, m, target)
        assert Point(energy, m, target, 0.0).q2 == pytest.approx(low, rel=1e-6, abs=1e-13)
        assert Point(energy, m, target, 1.0).q2 == pytest.approx(high, rel=1e-9)
