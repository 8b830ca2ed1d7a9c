"""The models: vertices, total widths, decay lengths and branching ratios, with the stored width tables."""

import math
from itertools import pairwise

import numpy as np
import pytest
from gloam.lookup import load, rate
from gloam.lookup.models.neutral_leptons import dark_neutrino, dipole
from gloam.lookup.vocabulary import SLOTS
from gloam.tables.constants import (
    ALPHA,
    ELECTRIC_CHARGE,
    ELECTRON_MASS,
    FERMI_CONSTANT,
    HBAR_C,
    MUON_MASS,
    SIN2_THETA_W_MSBAR,
    Z_MASS,
)
from gloam.tables.physics.dark_photons import dark_widths as dark
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS, dipole_hadron_integral
from gloam.tables.physics.hadrons.resonance import hadron_integral
from gloam.tables.physics.neutral_leptons import three_body
from gloam.tables.physics.neutral_leptons.dipole_widths import hadron_ratio, lepton_pair_ratio, neutrino_photon_width
from gloam.tables.physics.neutral_leptons.weak_widths import neutrino_lepton_pair_width


class Bound:
    """A model with its tables: call it with parameters by name and get the slots by name."""

    def __init__(self, model):
        self.model = model
        blocks = []
        for name, label in model.tables:
            table = load(name)
            start = table.offset(label)
            blocks.append(table.blob[start : start + int(table.blob[start])])
        self.offsets = np.cumsum([0, *(len(block) for block in blocks[:-1])]).astype(np.int64)
        self.blob = np.concatenate(blocks)

    def __call__(self, nature="dirac", **parameters):
        defaults = {item.name: item.default for item in self.model.parameters}
        values = np.array([{**defaults, **parameters}[name] for name in defaults], dtype=float)
        factors = [1.0] * len(self.model.uncertain)
        options = np.array([float(self.model.options[0].choices.index(nature)), *factors])
        slots = np.full(len(SLOTS), np.nan)
        assert self.model.quantities(values, options, self.blob, self.offsets, slots) == 0
        return dict(zip(SLOTS, slots.tolist(), strict=True))


@pytest.fixture(scope="module")
def dark_model():
    return Bound(dark_neutrino.MODEL)


@pytest.fixture(scope="module")
def dipole_model():
    return Bound(dipole.MODEL)


BENCHMARK = {"m_Zp": 1.25, "eps": 1e-2, "alpha_D": 0.25 / math.pi, "U2_D": 1.0, "U2_mu": 1e-6}
LIGHT = {**BENCHMARK, "m_Zp": 0.03}


@pytest.mark.parametrize(("m_N", "c_tau"), [(0.1, 767.1), (0.25, 0.7842), (0.38, 0.07646)])
def test_without_dark_coupling_only_weak_decays_are_left(dark_model, m_N, c_tau):
    """c_tau [m] of a Dirac N with U2_mu = 1 from an independent implementation of the weak widths (four digits)."""
    slots = dark_model(m_N=m_N, m_Zp=1.25, eps=1e-3, alpha_D=0.0, U2_D=0.0, U2_mu=1.0)
    assert slots["c_tau"] == pytest.approx(c_tau, rel=2e-4)


def test_vertices_are_the_documented_products_of_couplings(dark_model):
    """V = -g_D U U2_D, C = -w U, w^2 = sqrt2 G_F m_Z^2 (from G_F/sqrt2 = g^2/8 m_W^2): here g_D = 1."""
    slots = dark_model(m_N=0.1, **{**BENCHMARK, "U2_D": 0.5, "U2_e": 4e-6})
    charge, w2 = ELECTRIC_CHARGE * 1e-2, math.sqrt(2) * FERMI_CONSTANT * Z_MASS**2
    assert slots["vector2_mu"] == pytest.approx(1e-6 * 0.25 * charge**2, rel=1e-12)
    assert slots["vector2_e"] == pytest.approx(4 * slots["vector2_mu"], rel=1e-12)
    assert slots["z2_mu"] == pytest.approx(w2 * 1e-6, rel=1e-12)
    assert slots["interference_mu"] == pytest.approx(1e-6 * 0.5 * math.sqrt(w2) * charge, rel=1e-12)
    assert slots["interference_mu"] ** 2 == pytest.approx(slots["vector2_mu"] * slots["z2_mu"], rel=1e-12)
    assert slots["vector2_tau"] == slots["dipole2_mu"] == slots["br_photon"] == 0.0


def test_sign_of_the_mixing_only_moves_the_interference(dark_model):
    """eps -> -eps flips V C (e eps) and keeps V^2 (e eps)^2."""
    plus, minus = (dark_model(m_N=0.1, **{**BENCHMARK, "eps": eps}) for eps in (1e-2, -1e-2))
    assert plus["interference_mu"] == -minus["interference_mu"] > 0.0
    assert plus["vector2_mu"] == minus["vector2_mu"]


@pytest.mark.parametrize(("flavour", "constructive"), [("U2_e", False), ("U2_mu", True), ("U2_tau", True)])
def test_electron_pairs_interfere_with_the_sign_of_the_weak_vector_coupling(dark_model, flavour, constructive):
    """g_L + g_R = -1/2 + 2 s_W^2 < 0, + 1 with W exchange: eps > 0 adds for U2_mu, U2_tau, not for U2_e."""
    parameters = {"m_N": 0.1, "m_Zp": 1.25, "alpha_D": 0.08, "U2_D": 1.0, flavour: 1e-6}
    plus, minus = (dark_model(eps=eps, **parameters) for eps in (1e-5, -1e-5))
    assert (plus["width"] > minus["width"]) == constructive
    coupling = -0.5 + 2 * SIN2_THETA_W_MSBAR + (flavour == "U2_e")
    strength = math.sqrt(4 * math.pi * 0.08) * 1e-6 * ELECTRIC_CHARGE * 1e-5
    _, first = three_body.three_body_integrals(0.1, 1.25, ELECTRON_MASS)
    expected = -4 * math.sqrt(2) * FERMI_CONSTANT * strength * coupling * first
    expected *= 0.1**5 / (768 * math.pi**3 * 1.25**2)
    assert plus["width"] - minus["width"] == pytest.approx(expected, rel=1e-6)


def test_majorana_nature_doubles_every_width_and_keeps_the_branching_ratios(dark_model, dipole_model):
    """Massless neutrinos: Gamma_Majorana = 2 Gamma_Dirac channel by channel, on shell, off shell and for the dipole."""
    for model, parameters in (
        (dark_model, {"m_N": 0.3, **BENCHMARK}),
        (dark_model, {"m_N": 0.3, **LIGHT}),
        (dipole_model, {"m_N": 0.3, "mu_tr_mu": 1e-6}),
    ):
        dirac, majorana = model("dirac", **parameters), model("majorana", **parameters)
        assert majorana["width"] == pytest.approx(2 * dirac["width"], rel=1e-14)
        assert majorana["c_tau"] == pytest.approx(0.5 * dirac["c_tau"], rel=1e-14)
        assert majorana["br_electrons"] == dirac["br_electrons"]


def test_off_shell_widths_are_the_direct_integrals(dark_model):
    """Channels by quadrature; the mean over eps = +-0.1 removes the interference, weak squares are 1e-7."""
    m_N, m_Zp, U2 = 0.9, 1.25, 1e-8
    pair = [dark_model(m_N=m_N, **{**BENCHMARK, "eps": eps, "U2_mu": U2}) for eps in (0.1, -0.1)]
    electrons, _ = three_body.three_body_integrals(m_N, m_Zp, ELECTRON_MASS)
    muons, _ = three_body.three_body_integrals(m_N, m_Zp, MUON_MASS)
    hadrons = hadron_integral(m_N, m_Zp, 0.0, KNOTS, RATIOS)
    unit = U2 * (ELECTRIC_CHARGE * 0.1) ** 2 * dark.contact_width(m_N, m_Zp)
    for name, expected in (("br_electrons", electrons), ("br_muons", muons)):
        assert np.mean([s[name] * s["width"] for s in pair]) == pytest.approx(unit * expected, rel=2e-6)
    total = np.mean([s["width"] for s in pair])
    assert total == pytest.approx(unit * (electrons + muons + hadrons), rel=2e-6 + pair[0]["width_error"])


def test_large_mixing_makes_the_three_neutrino_mode_dominate(dark_model):
    """eps = 0: N decays to three neutrinos through the Z' with twice one pairing's width in the contact limit."""
    slots = dark_model(m_N=0.01, m_Zp=5.0, eps=0.0, alpha_D=1.0, U2_D=1.0, U2_mu=0.01)
    g2 = 4 * math.pi
    single = (g2 * 0.1) ** 2 * (0.01) ** 2 * 0.01**5 / (1536 * math.pi**3 * 5.0**4)
    weak = 0.01 * FERMI_CONSTANT**2 * 0.01**5 / (192 * math.pi**3)
    interference = -4 * math.sqrt(2) * FERMI_CONSTANT * g2 * 0.01**2 * 0.01**5 / (1536 * math.pi**3 * 25.0)
    pairs = 0.01 * neutrino_lepton_pair_width(0.01, ELECTRON_MASS, False, SIN2_THETA_W_MSBAR)
    assert slots["width"] == pytest.approx(2 * single + weak + interference + pairs, rel=1e-4)
    assert slots["br_electrons"] == pytest.approx(pairs / slots["width"], rel=1e-9)


@pytest.mark.parametrize(("offset", "share", "digit"), [(1e-5, 0.008, 1e-3), (1e-4, 0.44, 0.01), (1e-3, 0.987, 1e-3)])
def test_just_above_threshold_the_on_shell_width_is_only_a_part(dark_model, offset, share, digit):
    """At eps = 1e-2 the on-shell width is 0.8, 44, 98.7 % of the Breit-Wigner integral (independent evaluation, these digits)."""
    m_N = 0.03 * (1 + offset)
    on_shell = 1e-6 * dark.neutrino_mediator_width(m_N, 0.03)
    assert on_shell / dark_model(m_N=m_N, **LIGHT)["width"] == pytest.approx(share, abs=0.5 * digit)


@pytest.mark.parametrize(("eps", "ratio"), [(0.05, 1.3), (0.05, 1.5), (0.02, 1.2)])
def test_on_shell_width_holds_the_tails_under_the_phi(dark_model, eps, ratio):
    """Expected: scipy's integral of N -> nu Z'* times the decays of Z'* over a Breit-Wigner, R(s) of the same curve.

    dGamma/ds = Gamma(N -> nu Z'*(s)) sqrt(s) Gamma_X(sqrt(s)) / (pi [(s - M^2)^2 + M^2 Gamma^2]), M = 1.02 GeV.
    """
    mediator, m_N = 1.02, 1.02 * ratio
    charge2 = (ELECTRIC_CHARGE * eps) ** 2
    pairs = [(ELECTRON_MASS, 0), (MUON_MASS, 1)]

    def visible(mass):
        leptons = sum(dark.mediator_lepton_width(mass, m) for m, _ in pairs if mass > 2.0 * m)
        return charge2 * (leptons + dark.mediator_hadron_width(mass))

    total = visible(mediator)

    def density(s):
        line = (s - mediator**2) ** 2 + (mediator * total) ** 2
        return dark.neutrino_mediator_width(m_N, math.sqrt(s)) * math.sqrt(s) * visible(math.sqrt(s)) / (math.pi * line)

    line_edges = mediator**2 + total * np.arange(-40, 41, 0.25)
    edges = np.concatenate([[4e-6, 0.01, 0.08, 0.4], np.arange(0.5, m_N, 0.002) ** 2, line_edges])
    edges = np.unique(edges[(edges >= 4.0 * ELECTRON_MASS**2) & (edges < m_N**2)])
    nodes, weights = np.polynomial.legendre.leggauss(6)
    steps = np.diff(np.append(edges, m_N**2))
    points = edges[:, None] + 0.5 * steps[:, None] * (1.0 + nodes)
    wanted = 1e-6 * np.sum(np.vectorize(density)(points) * weights * 0.5 * steps[:, None])
    found = dark_model(m_N=m_N, m_Zp=mediator, eps=eps, alpha_D=0.1, U2_mu=1e-6, U2_D=1.0)
    assert found["width"] == pytest.approx(4.0 * math.pi * 0.1 * wanted, rel=4e-4)


@pytest.mark.parametrize("m_Zp", [0.03, 0.25, 0.78, 1.25])
@pytest.mark.parametrize("eps", [1e-5, 1e-3, 1e-2])
def test_width_is_continuous_through_equal_masses_and_the_joints_of_the_regimes(dark_model, m_Zp, eps):
    """Across each joint the width jumps by no more than the stated error, and it rises monotonically through m_Zp."""
    parameters = {**BENCHMARK, "m_Zp": m_Zp, "eps": eps}
    for centre in (1 - 0.01, 1.0, 1 + 0.01):
        low, high = (dark_model(m_N=m_Zp * centre * (1 + side * 1e-12), **parameters) for side in (-1, 1))
        allowed = 1e-8 + low["width_error"] + high["width_error"]
        assert abs(high["width"] / low["width"] - 1) < allowed
        assert abs(high["br_electrons"] - low["br_electrons"]) < 2 * allowed
        assert allowed < 5e-4
    widths = [dark_model(m_N=m_Zp * (1 + x), **parameters)["width"] for x in np.linspace(-0.02, 0.02, 401)]
    assert all(a < b for a, b in pairwise(widths))


def test_a_broad_mediator_widens_the_resonant_window_instead_of_jumping(dark_model):
    """eps = 0.3: Gamma/m_Zp = 2e-3, so the joint lies where |m_N/m_Zp - 1| = 16 sqrt(Gamma/m_Zp), capped at 0.3."""
    parameters = {**BENCHMARK, "eps": 0.3}
    slots = [dark_model(m_N=1.25 * x, **parameters) for x in np.linspace(0.65, 1.35, 1401)]
    steps = [math.log(b["width"] / a["width"]) for a, b in pairwise(slots)]
    allowed = 0.08 + np.array([b["width_error"] for b in slots[1:]])
    assert (np.array(steps) > 0.0).all()
    assert (np.array(steps) < allowed).all()


def test_on_shell_electrons_follow_the_branching_ratio_of_the_mediator(dark_model):
    """m_Zp = 30 MeV decays to e+e- and, through U2, to neutrinos: all of N's width but nu nu nubar ends in e+e-."""
    slots = dark_model(m_N=0.15, m_Zp=0.03, eps=1e-4, alpha_D=0.25 / math.pi, U2_D=1.0, U2_mu=1e-4)
    electrons = (ELECTRIC_CHARGE * 1e-4) ** 2 * dark.mediator_lepton_width(0.03, ELECTRON_MASS)
    neutrinos = 1e-4**2 * 0.03 / (24 * math.pi)
    assert slots["br_electrons"] == pytest.approx(electrons / (electrons + neutrinos), rel=1e-6)
    assert slots["br_muons"] < 1e-12
    assert slots["width"] == pytest.approx(1e-4 * dark.neutrino_mediator_width(0.15, 0.03), rel=1e-6)


def test_mediator_decay_length_is_that_of_a_dark_photon(dark_model):
    """c tau = hbar c/(alpha eps^2 m/3) for m_e << m_Zp < 2 m_mu, neutrinos negligible; 1 + O(r^4)."""
    slots = dark_model(m_N=0.15, m_Zp=0.1, eps=1e-3, alpha_D=0.1, U2_D=1.0, U2_mu=1e-9)
    assert slots["c_tau_mediator"] == pytest.approx(HBAR_C / (ALPHA * 1e-6 * 0.1 / 3), rel=1e-8)


def test_heavy_mediator_decays_to_pairs_of_n_first(dark_model):
    """m_Zp > 2 m_N: Dirac alpha_D m/6 sqrt(1-4z)(1-z), Majorana alpha_D m/6 (1-4z)^(3/2), z = (m_N/m_Zp)^2."""
    parameters = {"m_N": 0.3, "m_Zp": 1.25, "eps": 1e-6, "alpha_D": 0.1, "U2_D": 1.0, "U2_mu": 1e-12}
    z = (0.3 / 1.25) ** 2
    unit = 0.1 * 1.25 / 6
    dirac = HBAR_C / (unit * math.sqrt(1 - 4 * z) * (1 - z))
    assert dark_model("dirac", **parameters)["c_tau_mediator"] == pytest.approx(dirac, rel=1e-8)
    majorana = HBAR_C / (unit * (1 - 4 * z) ** 1.5)
    assert dark_model("majorana", **parameters)["c_tau_mediator"] == pytest.approx(majorana, rel=1e-8)


def test_without_any_mixing_n_is_stable(dark_model, dipole_model):
    """U2 = 0, or mu_tr = 0: width exactly 0, c_tau infinite, no branching ratio."""
    for slots in (dark_model(m_N=0.15, **{**BENCHMARK, "U2_mu": 0.0}), dipole_model(m_N=0.15)):
        assert slots["width"] == 0.0
        assert slots["c_tau"] == math.inf
        assert slots["br_electrons"] == slots["br_muons"] == slots["br_photon"] == 0.0


def test_closed_channels_have_exactly_no_branching_ratio(dark_model, dipole_model):
    """Below 2 m_mu there is no muon pair."""
    assert dark_model(m_N=2 * MUON_MASS, **BENCHMARK)["br_muons"] == 0.0
    assert dark_model(m_N=2 * MUON_MASS * (1 + 1e-6), **BENCHMARK)["br_muons"] > 0.0
    assert dipole_model(m_N=0.2, mu_tr_e=1e-6)["br_muons"] == 0.0


def test_dipole_decay_length_has_its_known_value(dipole_model):
    """mu_tr = 1e-6, m_N = .25 GeV: c_tau = .6348 m for nu gamma alone (arXiv:1803.03262), shared with e e and mu mu."""
    slots = dipole_model(m_N=0.25, mu_tr_mu=1e-6)
    assert slots["c_tau"] / slots["br_photon"] == pytest.approx(0.6348, rel=1e-4)
    assert slots["br_electrons"] / slots["br_photon"] == pytest.approx(0.007267, rel=1e-4)


def test_dipole_moments_of_different_flavours_add_in_the_width_and_stay_apart_as_vertices(dipole_model):
    """Three final-state neutrinos do not interfere: sum of squares."""
    slots = dipole_model(m_N=0.25, mu_tr_e=1e-6, mu_tr_mu=2e-6, mu_tr_tau=3e-6)
    assert slots["width"] == pytest.approx(14 * dipole_model(m_N=0.25, mu_tr_e=1e-6)["width"], rel=1e-12)
    assert slots["dipole2_tau"] == pytest.approx(9e-12, rel=1e-14)
    assert math.isnan(slots["m_mediator"])


@pytest.mark.parametrize("m_N", [0.1, 0.25, HADRON_THRESHOLD * 1.001, 0.79, 1.02, 2.0])
def test_branching_ratios_of_the_dipole_add_up_to_one_with_hadrons(dipole_model, m_N):
    """Photon, pairs and hadrons, the last by direct integration of R(s): the sum is 1."""
    slots = dipole_model(m_N=m_N, mu_tr_mu=1e-7)
    hadrons = slots["br_photon"] * hadron_ratio(dipole_hadron_integral(m_N, KNOTS, RATIOS))
    total = slots["br_photon"] + slots["br_electrons"] + slots["br_muons"] + hadrons
    assert total == pytest.approx(1.0, abs=1e-9)
    expected = 1e-14 * neutrino_photon_width(m_N) * (1 + lepton_pair_ratio(m_N, ELECTRON_MASS))
    assert slots["width"] > expected * (1 - 1e-12)


@pytest.mark.parametrize("m_N", [0.05, 0.2, 0.9, 1.24, 1.2499, 1.26, 2.0])
def test_branching_ratios_of_the_dark_neutrino_stay_within_their_sum(dark_model, m_N):
    """Visible fractions are positive and below 1 everywhere, and the error of the sum is stated and small."""
    slots = dark_model(m_N=m_N, **BENCHMARK)
    visible = slots["br_electrons"] + slots["br_muons"]
    assert 0.0 < visible <= 1.0
    assert 0.0 < slots["br_error"] < 5e-4
    assert slots["c_tau"] == pytest.approx(HBAR_C / slots["width"], rel=1e-14)


def test_r_is_in_the_external_uncertainty_of_a_heavy_n():
    """N decays in the sphere: only hadrons feel R(s), which 5 % more take away from the visible and shorten the life."""
    search = rate("miniboone-fhc-total", "dark-neutrino", nature="dirac")
    point = {"m_N": 1.8, "m_Zp": 1.2, "eps": 1e-3, "alpha_D": 0.1, "U2_D": 0.9, "U2_mu": 1e-7}
    found = search.external(**point)
    assert "R(s)" in found["external_source"]
    assert 1e-3 < found["external"] < 0.05
    assert search.external(**{**point, "m_N": 0.2})["external"] == pytest.approx((1.2 / 91.1876) ** 2, rel=1e-2)
