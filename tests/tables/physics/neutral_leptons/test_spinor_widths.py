"""Widths of N against explicit Dirac spinors and gamma matrices, summed over helicities and integrated.

The amplitudes are written with the vertices of the Lagrangian, W exchange without a Fierz transformation and with the
sign of the fermion exchange, so that this route shares nothing with the closed forms but the couplings.
"""

import math

import numpy as np
import pytest
from gloam.tables.constants import ELECTRIC_CHARGE, ELECTRON_MASS, FERMI_CONSTANT, MUON_MASS, SIN2_THETA_W_MSBAR
from gloam.tables.physics.dark_photons import dark_widths as dark
from gloam.tables.physics.neutral_leptons import three_body
from gloam.tables.physics.neutral_leptons.dipole_widths import lepton_pair_ratio, neutrino_photon_width
from gloam.tables.physics.neutral_leptons.weak_widths import neutrino_lepton_pair_width, three_neutrino_width

SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
ZERO, ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = np.array([np.block([[ONE, ZERO], [ZERO, -ONE]]), *(np.block([[ZERO, s], [-s, ZERO]]) for s in SIGMA)])
GAMMA5 = np.block([[ZERO, ONE], [ONE, ZERO]])
LEFT, RIGHT = 0.5 * (np.eye(4) - GAMMA5), 0.5 * (np.eye(4) + GAMMA5)
METRIC = np.array([1.0, -1.0, -1.0, -1.0])
HELICITIES = (0, 1)


def spinor(p, m, spin, antiparticle=False):
    """u(p, spin) or v(p, spin) in the Dirac representation, shape (points, 4)."""
    root = np.sqrt(p[:, 0] + m)[:, None]
    upper = np.eye(2, dtype=complex)[spin] * root
    lower = np.einsum("ni,iab,b->na", p[:, 1:], SIGMA, np.eye(2)[spin]) / root
    return np.hstack([lower, upper] if antiparticle else [upper, lower])


def current(left, matrices, right):
    """bar(left) matrices^mu right with an upper index, shape (points, 4)."""
    return np.einsum("na,mna->nm", left.conj() @ GAMMA[0], right @ matrices.transpose(0, 2, 1))


def contract(a, b):
    """a_mu b^mu at every point."""
    return (a * METRIC * b).sum(axis=1)


def phase_space(m_N, m_l, nodes=32):
    """Points and weights of N(rest) -> nu(1) l-(2) l+(3): momenta and weights of Gamma for mean |M|^2."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    angle, weight = 0.25 * math.pi * (x + 1), 0.25 * math.pi * w
    s0 = 4 * m_l**2
    pair = s0 + (m_N**2 - s0) * np.sin(angle) ** 2
    step = weight * (m_N**2 - s0) * np.sin(2 * angle)
    s, cosine = (grid.ravel() for grid in np.meshgrid(pair, x, indexing="ij"))
    weights = np.outer(step, w).ravel() * 0.5 * (m_N**2 - s) * np.sqrt(1 - s0 / s)
    s12 = m_l**2 + 0.5 * (m_N**2 - s) * (1 - np.sqrt(1 - s0 / s) * cosine)
    s13 = m_N**2 + 2 * m_l**2 - s - s12
    energies = np.array([m_N**2 - s, m_N**2 + m_l**2 - s13, m_N**2 + m_l**2 - s12]) / (2 * m_N)
    momenta = np.sqrt(np.maximum(energies**2 - np.array([[0.0], [m_l**2], [m_l**2]]), 0.0))
    opening = (momenta[2] ** 2 - momenta[0] ** 2 - momenta[1] ** 2) / (2 * momenta[0] * momenta[1])
    opening = np.clip(opening, -1.0, 1.0)
    zero = np.zeros_like(s)
    neutrino = np.stack([energies[0], zero, zero, momenta[0]], axis=1)
    sine = np.sqrt(1 - opening**2)
    lepton = np.stack([energies[1], momenta[1] * sine, zero, momenta[1] * opening], axis=1)
    antilepton = np.stack([energies[2], *(-(neutrino + lepton).T[1:])], axis=1)
    return (neutrino, lepton, antilepton), weights / ((2 * math.pi) ** 3 * 32 * m_N**3)


def width(m_N, m_l, amplitude):
    """Gamma of N -> nu l- l+ for amplitude(momenta, spinors of N, nu, l-, l+), mean over the spin of N."""
    momenta, weights = phase_space(m_N, m_l)
    rest = np.tile([m_N, 0.0, 0.0, 0.0], (len(weights), 1))
    total = 0.0
    for a in HELICITIES:
        for b in HELICITIES:
            for c in HELICITIES:
                for d in HELICITIES:
                    spinors = (
                        spinor(rest, m_N, a),
                        spinor(momenta[0], 0.0, b),
                        spinor(momenta[1], m_l, c),
                        spinor(momenta[2], m_l, d, antiparticle=True),
                    )
                    total += 0.5 * np.sum(weights * np.abs(amplitude(momenta, *spinors)) ** 2)
    return total


def squared_mass(p):
    return p[:, 0] ** 2 - (p[:, 1:] ** 2).sum(axis=1)


def exchange(left, right, propagator):
    """(nubar gamma P_L N)(lbar gamma (left P_L + right P_R) l) times propagator(s) of the pair."""

    def amplitude(momenta, N, nu, lepton, antilepton):
        pair = current(lepton, GAMMA @ (left * LEFT + right * RIGHT), antilepton)
        return contract(current(nu, GAMMA @ LEFT, N), pair) * propagator(squared_mass(momenta[1] + momenta[2]))

    return amplitude


def charged_current(strength):
    """(lbar gamma P_L N)(nubar gamma P_L l), with the minus sign of exchanging nu and l-."""

    def amplitude(momenta, N, nu, lepton, antilepton):
        return -strength * contract(current(lepton, GAMMA @ LEFT, N), current(nu, GAMMA @ LEFT, antilepton))

    return amplitude


def weak_amplitude(same_flavour, sign=1.0):
    """Z (and W) exchange at U = 1, 2 sqrt2 G_F (nubar gamma P_L N)(lbar gamma (g_L P_L + g_R P_R) l)."""
    strength = sign * 2 * math.sqrt(2) * FERMI_CONSTANT
    s2 = SIN2_THETA_W_MSBAR
    neutral = exchange(strength * (s2 - 0.5), strength * s2, lambda s: 1.0)
    charged = charged_current(strength if same_flavour else 0.0)
    return lambda *arguments: neutral(*arguments) + charged(*arguments)


CASES = [(0.05, ELECTRON_MASS), (0.25, MUON_MASS), (0.6, MUON_MASS)]


@pytest.mark.parametrize(("m_N", "m_l"), CASES)
@pytest.mark.parametrize("same_flavour", [False, True])
def test_weak_lepton_pair_width_agrees_with_spinor_sums(m_N, m_l, same_flavour):
    """Z exchange, and W exchange without Fierz transformation, for massive leptons."""
    expected = width(m_N, m_l, weak_amplitude(same_flavour))
    value = neutrino_lepton_pair_width(m_N, m_l, same_flavour, SIN2_THETA_W_MSBAR)
    assert value == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("m_N", "m_l"), CASES)
def test_off_shell_mediator_width_agrees_with_spinor_sums(m_N, m_l):
    """One vector propagator 1/(m_Z'^2 - s): the contact width times K, at m_Z' = 1.3 m_N."""
    m_Zp = 1.3 * m_N
    expected = width(m_N, m_l, exchange(1.0, 1.0, lambda s: 1.0 / (m_Zp**2 - s)))
    square, _ = three_body.three_body_integrals(m_N, m_Zp, m_l)
    assert dark.contact_width(m_N, m_Zp) * square == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("m_N", "m_l"), CASES)
@pytest.mark.parametrize("same_flavour", [False, True])
@pytest.mark.parametrize("eps", [1e-3, -1e-3])
def test_interference_with_weak_exchange_agrees_with_spinor_sums(m_N, m_l, same_flavour, eps):
    """Sum over exchanges with V = -g_D U_a U2_D, lepton charge -e eps and C = -w U_a: both signs of eps, both flavours.

    Couplings are chosen so that both amplitudes are equally large; U = U_D = 1.
    """
    m_Zp = 1.3 * m_N
    g_D = 0.5 * FERMI_CONSTANT * m_Zp**2 / abs(ELECTRIC_CHARGE * eps)
    strength = g_D * ELECTRIC_CHARGE * eps
    mediator = exchange(strength, strength, lambda s: 1.0 / (m_Zp**2 - s))
    weak = weak_amplitude(same_flavour, sign=-1.0)
    expected = width(m_N, m_l, lambda *arguments: mediator(*arguments) + weak(*arguments))
    square, first = three_body.three_body_integrals(m_N, m_Zp, m_l)
    coupling = dark.weak_vector_coupling(0, 0 if same_flavour else 1, SIN2_THETA_W_MSBAR)
    interference = dark.weak_interference_width(m_N, m_Zp, strength, coupling, first)
    value = strength**2 * dark.contact_width(m_N, m_Zp) * square + interference
    value += neutrino_lepton_pair_width(m_N, m_l, same_flavour, SIN2_THETA_W_MSBAR)
    assert value == pytest.approx(expected, rel=1e-8)
    assert (interference > 0.0) == ((eps > 0.0) != same_flavour)


@pytest.mark.parametrize("ratio", [1e-3, 0.25, 0.7, 0.95])
def test_identical_neutrinos_add_both_pairings_coherently(ratio):
    """N -> nu nu nubar of one left-handed state: half of |sum of both pairings|^2, at R = (m_N/m_Z')^2."""
    m_N = 0.2
    m_Zp = m_N / math.sqrt(ratio)

    def amplitude(momenta, N, first, second, anti):
        direct = contract(current(first, GAMMA @ LEFT, N), current(second, GAMMA @ LEFT, anti))
        crossed = contract(current(second, GAMMA @ LEFT, N), current(first, GAMMA @ LEFT, anti))
        direct /= m_Zp**2 - squared_mass(momenta[1] + momenta[2])
        return direct - crossed / (m_Zp**2 - squared_mass(momenta[0] + momenta[2]))

    expected = 0.5 * width(m_N, 0.0, amplitude)
    square, crossing = three_body.massless_square(ratio), three_body.neutrino_exchange(ratio)
    assert dark.three_neutrino_dark_width(m_N, m_Zp, square, crossing) == pytest.approx(expected, rel=1e-6)


def test_three_neutrino_interference_with_the_z_agrees_with_spinor_sums():
    """Both exchanges in N -> nu_u nu_u nubar_u, Z as contact sqrt2 G_F, Z' with -g^2: rank-one state u, U = U_D = 1."""
    m_N, m_Zp = 0.2, 0.25
    g2 = 0.3 * math.sqrt(2) * FERMI_CONSTANT * m_Zp**2

    def amplitude(momenta, N, first, second, anti):
        def strength(s):
            return math.sqrt(2) * FERMI_CONSTANT - g2 / (m_Zp**2 - s)

        direct = contract(current(first, GAMMA @ LEFT, N), current(second, GAMMA @ LEFT, anti))
        crossed = contract(current(second, GAMMA @ LEFT, N), current(first, GAMMA @ LEFT, anti))
        direct *= strength(squared_mass(momenta[1] + momenta[2]))
        return direct - crossed * strength(squared_mass(momenta[0] + momenta[2]))

    expected = 0.5 * width(m_N, 0.0, amplitude)
    ratio = (m_N / m_Zp) ** 2
    square, crossing = three_body.massless_square(ratio), three_body.neutrino_exchange(ratio)
    value = g2**2 * dark.three_neutrino_dark_width(m_N, m_Zp, square, crossing)
    value += dark.three_neutrino_interference_width(m_N, m_Zp, g2, three_body.massless_first(ratio))
    value += 0.5 * three_neutrino_width(m_N)
    assert value == pytest.approx(expected, rel=1e-6)


def test_weak_three_neutrino_width_is_four_units_of_which_two_are_identical():
    """The contact amplitude sqrt2 G_F for identical neutrinos gives 1/2 of G_F^2 m^5/(192 pi^3), other flavours 1/4."""

    def amplitude(momenta, N, first, second, anti):
        direct = contract(current(first, GAMMA @ LEFT, N), current(second, GAMMA @ LEFT, anti))
        return math.sqrt(2) * FERMI_CONSTANT * direct

    unit = width(0.2, 0.0, amplitude)
    assert three_neutrino_width(0.2) == pytest.approx(4.0 * unit, rel=1e-8)


def test_on_shell_width_agrees_with_the_polarisation_sum():
    """Two-body |M|^2 of nubar gamma P_L N eps* with sum -g + q q/m^2, times p/(8 pi m_N^2)."""
    m_N, m_Zp = 0.25, 0.1
    p = (m_N**2 - m_Zp**2) / (2 * m_N)
    nu = np.array([[p, 0.0, 0.0, p]])
    boson = np.array([[m_N - p, 0.0, 0.0, -p]])
    rest = np.array([[m_N, 0.0, 0.0, 0.0]])
    total = 0.0
    for a in HELICITIES:
        for b in HELICITIES:
            j = current(spinor(nu, 0.0, b), GAMMA @ LEFT, spinor(rest, m_N, a))
            total += 0.5 * (-contract(j, j.conj()) + np.abs(contract(j, boson)) ** 2 / m_Zp**2).real.item()
    expected = total * p / (8 * math.pi * m_N**2)
    assert dark.neutrino_mediator_width(m_N, m_Zp) == pytest.approx(expected, rel=1e-12)


def test_dipole_widths_agree_with_spinor_sums():
    """(mu_tr/2) nubar_L sigma_mn F^mn N: real photon with -g, and e e pairs with the photon propagator, mu_tr = 1."""
    m_N, m_l = 0.3, MUON_MASS
    sigma = 0.5j * (np.einsum("mab,nbc->mnac", GAMMA, GAMMA) - np.einsum("nab,mbc->mnac", GAMMA, GAMMA))

    def vertex(nu, N, q):
        """mu_tr nubar_L sigma^{mu nu} q_nu N = (mu_tr/2) nubar_L sigma_mn N (d^m A^n - d^n A^m) up to a phase."""
        return np.einsum("na,ab,mkbc,nk,nc->nm", nu.conj(), GAMMA[0] @ RIGHT, sigma, q * METRIC, N)

    k = 0.5 * m_N
    nu, photon = np.array([[k, 0.0, 0.0, k]]), np.array([[k, 0.0, 0.0, -k]])
    rest = np.array([[m_N, 0.0, 0.0, 0.0]])
    total = 0.0
    for a in HELICITIES:
        for b in HELICITIES:
            j = vertex(spinor(nu, 0.0, b), spinor(rest, m_N, a), photon)
            total -= 0.5 * contract(j, j.conj()).real.item()
    two_body = total * k / (8 * math.pi * m_N**2)
    assert neutrino_photon_width(m_N) == pytest.approx(two_body, rel=1e-12)

    def amplitude(momenta, N, neutrino, lepton, antilepton):
        q = momenta[1] + momenta[2]
        pair = current(lepton, GAMMA, antilepton)
        return ELECTRIC_CHARGE * contract(vertex(neutrino, N, q), pair) / squared_mass(q)

    ratio = width(m_N, m_l, amplitude) / two_body
    assert lepton_pair_ratio(m_N, m_l) == pytest.approx(ratio, rel=1e-8)
