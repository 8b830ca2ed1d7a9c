"""Models with a dark photon: branching ratios, decay lengths, natures, and masses and couplings from mass matrices."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.dark_matrices import dark_states, inelastic_pair, inverse_seesaw_states, takagi
from gloam.lookup.decays import dark_photon_decays as decays
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.lookup.models.dark_photons import dark_hnl, idm
from gloam.lookup.vocabulary import BR_AP_11, PAIRS, PARTNERS, SLOTS, WIDTH_AP
from gloam.tables.constants import ALPHA, ELECTRON_MASS, HBAR_C
from gloam.tables.physics.dark_photons.dark_cascade import dark_three_body_width
from gloam.tables.physics.dark_photons.semivisible import HADRON_NODES, hadron_weights, hadron_width, lepton_width
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS
from gloam.tables.physics.neutral_leptons.on_shell import transition_strength, two_body_width
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

VECTORS = {f"coupling_{pair}": "vector" for pair in ("21", "31", "32")}
BP1 = {name: value for name, value in dark_hnl.MODEL.benchmarks["BP1"].items() if not name.startswith("coupling")}


@functools.cache
def bound(model, options):
    """A model with its tables; any search will do."""
    return lookup.rate("g-2", model, **dict(options))


def slots(model, options=None, **point):
    """All quantities of a model at a point."""
    return bound(model, tuple((options or {}).items())).slots(**point)


def sums(found):
    """Sums of branching ratios of A', psi_2 and psi_3."""
    mediator = sum(found[f"br_Ap_{name}"] for name in (*PAIRS, *PARTNERS))
    second = sum(found[f"br_21_{name}"] for name in PARTNERS)
    third = sum(found[f"br_{pair}_{name}"] for pair in ("31", "32") for name in PARTNERS)
    third += found["br_3_211"] + found["br_3_221"] + found["br_31_dark"] + found["br_32_dark"]
    return mediator, second + found["br_21_dark"], third


@settings(deadline=None, max_examples=60)
@given(
    m_Ap=st.floats(0.02, 10.0),
    r=st.floats(0.05, 0.45),
    Delta=st.floats(0.02, 1.0),
    eps=st.floats(1e-6, 1e-1),
    alpha_D=st.floats(1e-3, 1.0),
    theta=st.floats(0.01, 1.0),
)
def test_branching_ratios_add_up_to_one(m_Ap, r, Delta, eps, alpha_D, theta):
    """Every unstable state decays into something; a state that cannot decay has c_tau = inf and no branching ratio."""
    common = {"m_Ap": m_Ap, "r": r, "Delta": Delta, "eps": eps, "alpha_D": alpha_D}
    hnl = {**common, "r": min(r, 0.35), "Delta_21": Delta, "Delta_32": 0.5 * Delta, "V_21": 0.3, "V_32": 1.0, "V_31": 0.1}
    del hnl["Delta"]
    for model, options, point in (
        ("idm", {}, common),
        ("i2dm", {}, {**common, "theta": theta}),
        ("dark-hnl", {**VECTORS, "coupling_32": "axial"}, hnl),
    ):
        found = slots(model, options, **point)
        totals = sums(found)
        assert totals[0] == pytest.approx(1.0, abs=1e-12)
        for total, name in zip(totals[1:], ("c_tau_2", "c_tau_3"), strict=True):
            assert total == pytest.approx(0.0 if found[name] == math.inf else 1.0, abs=1e-12)


@pytest.mark.parametrize("nature", ["vector", "axial"])
@pytest.mark.parametrize("theta", [0.05, 0.3, 0.7])
def test_branching_ratios_of_the_inverse_seesaw_add_up_to_one(nature, theta):
    """A', psi_2 and psi_3, with hadrons and taus open."""
    found = slots("inverse-seesaw", {"coupling_21": nature}, m_Ap=6.0, r=0.12, Delta=1.5, alpha_D=0.1, eps=1e-3, theta=theta)
    assert found["br_Ap_23"] > 0.0
    assert found["br_21_hadrons"] > 0.1
    assert sums(found) == (pytest.approx(1.0, abs=1e-12),) * 3


def test_idm_benchmark():
    """Gamma_ee/Gamma_dark = 4.52e-5 and c_tau_2 = 0.204 mm at m_A' 1.25, r .33, Delta .4, alpha_D .1, eps .022."""
    found = slots("idm", m_Ap=1.25, r=0.33, Delta=0.4, alpha_D=0.1, eps=0.022)
    assert found["br_Ap_electrons"] / found["br_Ap_12"] == pytest.approx(4.52e-5, rel=1e-3)
    assert found["c_tau_2"] == pytest.approx(2.04e-4, rel=2e-3)
    assert sum(found[f"br_Ap_{name}"] for name in PARTNERS) / found["br_Ap_12"] == pytest.approx(1.4e-4, rel=0.03)
    half = slots("idm", m_Ap=1.25, r=0.33, Delta=0.4, alpha_D=0.1, eps=0.011)
    assert half["c_tau_2"] == pytest.approx(4.0 * found["c_tau_2"], rel=1e-12)


def test_bp1_decays_to_psi_3_psi_2_in_96_per_cent():
    """arXiv:2302.05410, benchmark BP1, 0.9600 of the two dark channels when both are vector (independent evaluation)."""
    found = slots("dark-hnl", VECTORS, m_Ap=1.25, eps=1e-3, **BP1)
    assert found["br_Ap_23"] / (found["br_Ap_23"] + found["br_Ap_12"]) == pytest.approx(0.9600, abs=5e-5)
    assert found["m_1"] / 1.25 == pytest.approx(0.16, rel=1e-12)
    assert found["m_2"] / 1.25 == pytest.approx(0.2512, rel=1e-12)
    assert found["m_3"] / 1.25 == pytest.approx(0.3994, abs=5e-5)


def test_hadronic_decays_from_the_table_are_the_direct_integrals():
    """Widths with R(s) to 1e-4 of the direct integral over the same curve, vector and axial, also next to omega and phi."""
    for transition in ("vector", "axial"):
        rate = lookup.rate("g-2", "dark-hnl", **{**VECTORS, "coupling_21": transition})
        for splitting in (0.283, 0.4, 0.784, 1.0187, 1.0196, 1.5, 3.9):
            m_1, m_Ap, axial = 0.4, 1.0 + 2.0 * splitting, transition == "axial"
            found = rate.slots(
                m_Ap=m_Ap,
                r=m_1 / m_Ap,
                Delta_21=min(splitting / m_1, 3.0),
                Delta_32=1e-4,
                eps=1e-3,
                alpha_D=0.1,
                V_21=1.0,
                V_32=1.0,
            )
            m_2 = found["m_2"]
            weights = np.empty(HADRON_NODES)
            hadron_weights(m_2 - m_1, axial, KNOTS, RATIOS, weights)
            hadrons = hadron_width(m_2, m_1, m_Ap, axial, weights)
            total = hadrons + sum(lepton_width(m_2, m_1, m_Ap, m_l, axial) for m_l in (0.51099895e-3, 0.1056583755, 1.77686))
            assert found["br_21_hadrons"] == pytest.approx(hadrons / total, rel=1e-4)
            assert found["c_tau_2"] == pytest.approx(HBAR_C / (1e-6 * ALPHA * 0.1 * total), rel=1e-4)
            assert abs(found["br_21_hadrons"] * total / hadrons - 1.0) <= 3.0 * found["error_2"] + 1e-9


def test_hadrons_open_at_two_pions():
    """br_21_hadrons is 0 below delta = 2 m_pi and positive above."""
    for factor, some in ((0.999, False), (1.01, True)):
        delta = HADRON_THRESHOLD * factor
        found = slots("idm", m_Ap=2.0, r=0.25, Delta=delta / 0.5, alpha_D=0.1, eps=1e-3)
        assert (found["br_21_hadrons"] > 0.0) == some


def test_axial_transitions_are_three_times_as_wide_when_soft():
    """delta << m_1 and delta << m_A': Gamma_axial = 3 Gamma_vector; here Delta = 0.01, corrections of order Delta."""
    point = {"m_Ap": 3.0, "r": 0.3, "Delta_21": 0.01, "Delta_32": 0.3, "V_21": 1.0, "V_32": 1.0, "eps": 1e-3, "alpha_D": 0.1}
    vector = slots("dark-hnl", VECTORS, **point)
    axial = slots("dark-hnl", {**VECTORS, "coupling_21": "axial"}, **point)
    assert vector["c_tau_2"] / axial["c_tau_2"] == pytest.approx(3.0, rel=0.05)
    assert axial["axial_21"] == 1.0
    assert vector["axial_21"] == 0.0


def test_a_psi_2_below_the_electron_threshold_is_stable():
    """delta < 2 m_e: c_tau = inf, no branching ratio."""
    found = slots("idm", m_Ap=0.01, r=0.4, Delta=0.2, alpha_D=0.1, eps=1e-3)
    assert found["c_tau_2"] == math.inf
    assert sums(found)[1] == 0.0


def test_i2dm_reduces_to_one_dirac_state_without_mixing():
    """theta = 0: A' -> psi_2 psi_2 only, with alpha_D m_A'/3 (1 + 2 z) sqrt(1 - 4 z); psi_2 is stable."""
    found = slots("i2dm", m_Ap=1.0, r=0.2, Delta=0.5, alpha_D=0.1, eps=1e-6, theta=0.0)
    z = 0.3**2
    assert found["width_Ap"] == pytest.approx(0.1 / 3.0 * (1 + 2 * z) * math.sqrt(1 - 4 * z), rel=1e-6)
    assert found["br_Ap_12"] == 0.0
    assert found["c_tau_2"] == math.inf


def test_i2dm_at_maximal_mixing_has_equal_couplings():
    """theta = 45 deg and nearly equal masses: V^2 = 1/4 each, psi_1 psi_2 counts twice: BR 1/4, 1/2, 1/4."""
    found = slots("i2dm", m_Ap=10.0, r=1e-3, Delta=1e-4, alpha_D=0.5, eps=1e-8, theta=0.25 * math.pi)
    assert [found[f"br_Ap_{pair}"] for pair in ("11", "12", "22")] == pytest.approx([0.25, 0.5, 0.25], rel=1e-4)


def test_dark_photon_takes_a_branching_ratio_or_a_width():
    """BR = 1: nothing visible. A width of the size of the visible one: BR 1/2, the same as BR = 1/2 given directly."""
    visible = slots("dark-photon", m_Ap=0.5, eps=1e-3)
    assert sums(visible)[0] == pytest.approx(1.0, abs=1e-12)
    wide = slots("dark-photon", m_Ap=0.5, eps=1e-3, width_dark=visible["width_Ap"])
    half = slots("dark-photon", m_Ap=0.5, eps=1e-3, br_invisible=0.5)
    assert wide["br_Ap_11"] == pytest.approx(0.5, rel=1e-12)
    assert half["width_Ap"] == pytest.approx(wide["width_Ap"], rel=1e-12)
    assert half["br_Ap_electrons"] == pytest.approx(0.5 * visible["br_Ap_electrons"], rel=1e-12)
    assert slots("dark-photon", m_Ap=0.5, eps=1e-3, br_invisible=1.0)["br_Ap_11"] == 1.0


@pytest.mark.parametrize(("m_Ap", "width"), [(0.5, 0.614e-3), (1.0, 2.88e-3), (1.25, 3.45e-3), (1.5, 8.17e-3)])
def test_hadronic_width_of_the_dark_photon_agrees_with_another_compilation(m_Ap, width):
    """Gamma(A' -> hadrons) [GeV] at eps = 1 from the R(s) of Darkcast (arXiv:1801.04847); compilations differ by 3-12 %."""
    found = slots("dark-photon", m_Ap=m_Ap, eps=1.0)
    assert found["br_Ap_hadrons"] * found["width_Ap"] == pytest.approx(width, rel=0.12)


def test_inverse_seesaw_agrees_with_the_diagonalised_mass_matrix():
    """Masses, couplings and natures of the model against Takagi's of (mu, Lambda, Lambda; ., 0, M_X; ., M_X, 0)."""
    for mu, size in ((0.2, 0.6), (1.5, 0.3), (0.4, 0.05)):
        states = inverse_seesaw_states(mu, size, size, 1.0)
        theta = 0.5 * math.atan2(2.0 * math.sqrt(2.0) * size, 1.0 - mu)
        nature = "vector" if mu > 2.0 * size**2 else "axial"
        m_1, m_2, m_3 = states.masses
        found = slots(
            "inverse-seesaw",
            {"coupling_21": nature},
            m_Ap=10.0,
            r=m_1 / 10.0,
            Delta=m_2 / m_1 - 1.0,
            theta=theta,
            eps=1e-3,
            alpha_D=0.1,
        )
        assert found["m_3"] == pytest.approx(m_3, rel=1e-9)
        assert states.nature(2, 1) == nature
        assert states.nature(3, 2) == "vector"
        assert states.nature(3, 1) == "none"
        assert abs(states.couplings[1, 0]) == pytest.approx(math.sin(theta), rel=1e-9)
        assert abs(states.couplings[2, 1]) == pytest.approx(math.cos(theta), rel=1e-9)


def test_inelastic_pair_has_the_closed_masses_and_couplings():
    """m = |(mu_L+mu_R)/2 -+ sqrt(m_D^2 + (mu_R-mu_L)^2/4)|; equal mu: V_12 = 1, vector, no diagonal; else (mu_L-mu_R)/2m_D."""
    equal, split = inelastic_pair(0.02, 0.02, 1.0), inelastic_pair(0.03, 0.01, 1.0)
    assert equal.masses == pytest.approx([0.98, 1.02], rel=1e-12)
    assert equal.nature(2, 1) == "vector"
    assert abs(equal.couplings[1, 0]) == pytest.approx(1.0, rel=1e-12)
    assert np.abs(np.diag(equal.couplings)).max() < 1e-12
    root = math.sqrt(1.0 + 0.01**2)
    assert split.masses == pytest.approx([root - 0.02, root + 0.02], rel=1e-12)
    assert abs(split.couplings[0, 0]) == pytest.approx(0.01, rel=1e-3)


def test_takagi_diagonalises_any_complex_symmetric_matrix():
    """U unitary and U^T M U = diag(m) by multiplication; masses are the singular values."""
    rng = np.random.default_rng(7)
    for n in (2, 3, 5):
        m = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
        m = m + m.T
        masses, mixing = takagi(m)
        np.testing.assert_allclose(mixing.T @ m @ mixing, np.diag(masses), atol=1e-12)
        np.testing.assert_allclose(mixing.conj().T @ mixing, np.eye(n), atol=1e-12)
        np.testing.assert_allclose(masses, np.sort(np.linalg.svd(m, compute_uv=False)), rtol=1e-12)


def test_matrices_give_the_parameters_of_the_model():
    """The chain of a C-symmetric inverse seesaw: masses of the model are those of the matrix."""
    states = inverse_seesaw_states(0.2, 0.6, 0.6, 1.0)
    parameters, options = states.dark_hnl(5.0)
    found = slots("dark-hnl", options, eps=1e-3, alpha_D=0.1, **parameters)
    assert [found[f"m_{i}"] for i in (1, 2, 3)] == pytest.approx(states.masses.tolist(), rel=1e-12)
    mixed = dark_states([[0.3, 0.2 + 0.1j], [0.2 + 0.1j, 0.5j]], (1.0, -1.0))
    assert mixed.nature(2, 1) == "mixed"
    with pytest.raises(BadParameter, match="three states"):
        mixed.dark_hnl(5.0)
    tangled = dark_states([[0.1, 0.2j, 0.3], [0.2j, 0.1, 1.0], [0.3, 1.0, 0.2]], (0.0, 1.0, -1.0))
    with pytest.raises(BadParameter, match=r"vector and .* axial"):
        tangled.dark_hnl(5.0)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [([[1.0, 2.0], [3.0, 1.0]], "symmetric"), ([[1.0, 1.0], [1.0, 1.0]], "massless"), ([1.0, 2.0], "square")],
)
def test_unusable_mass_matrices_are_refused(matrix, message):
    """The message says what a mass matrix is."""
    with pytest.raises(BadParameter, match=message):
        takagi(matrix)


CHAIN = {"m_Ap": 10.0, "r": 0.05, "Delta_21": 1.0, "Delta_32": 2.0, "V_21": 0.1, "V_32": 1.0, "eps": 1e-3, "alpha_D": 0.1}


def test_decays_to_three_dark_states_dominate_where_they_are_open():
    """m_3 = 3 > 2 m_2 + m_1 = 2.5 GeV: Gamma = alpha_D^2 V_32^2 V_21^2 times the width of `dark_cascade`, no eps."""
    found = slots("dark-hnl", VECTORS, **CHAIN)
    assert found["br_3_221"] > 0.999
    assert found["br_3_211"] == 0.0
    width = 0.1**2 * 0.1**2 * dark_three_body_width(3.0, 1.0, 0.5, 10.0, False, False)
    assert found["c_tau_3"] == pytest.approx(found["br_3_221"] * HBAR_C / width, rel=1e-9)
    assert sums(found)[2] == pytest.approx(1.0, abs=1e-12)
    both = slots("dark-hnl", VECTORS, V_31=0.5, **CHAIN)
    ratio = dark_three_body_width(3.0, 0.5, 1.0, 10.0, False, False) / dark_three_body_width(3.0, 1.0, 0.5, 10.0, False, False)
    assert both["br_3_211"] / both["br_3_221"] == pytest.approx(0.25 * ratio, rel=1e-9)
    closed = slots("dark-hnl", VECTORS, **{**CHAIN, "Delta_32": 1.49})
    assert closed["br_3_221"] == 0.0


def test_what_the_models_leave_out_is_refused_in_words():
    """A' almost on shell in psi_2 -> psi_1 A', three dark states through V_ii, NA64 with a dark chain: errors, no numbers."""
    with pytest.raises(BadParameter, match=r"above 0\.8 m_Ap but psi_j -> psi_i A' is not open"):
        slots("idm", m_Ap=1.0, r=0.6, Delta=1.5, eps=1e-3, alpha_D=0.1)
    with pytest.raises(BadParameter, match="line shape"):
        slots("i2dm", m_Ap=1.0, r=0.49, Delta=1.99 / 0.98 - 0.1, eps=1e-3, alpha_D=10.0, theta=0.8)
    with pytest.raises(BadParameter, match="three dark states"):
        slots("dark-hnl", VECTORS, V_11=0.1, **CHAIN)
    with pytest.raises(DoesNotFit, match="three dark states"):
        lookup.rate("na64-semivisible", "dark-hnl", **VECTORS)(**CHAIN)
    assert all(item.low > 0.0 for item in idm.MODEL.parameters)


UNMADE = {"m_Ap": 1.0, "r": 0.3, "Delta_21": 0.5, "Delta_32": 2.0, "V_21": 0.5, "alpha_D": 0.1, "eps": 1e-3}  # m_3 = 1.35 GeV


@pytest.mark.parametrize("search", ["na64-semivisible", "na64-prompt", "babar-monophoton"])
@pytest.mark.parametrize("couplings", [{"V_32": 0.3}, {"V_32": 0.3, "V_11": 0.2}])
def test_a_psi_3_that_no_a_prime_makes_does_not_matter_to_a_search(search, couplings):
    """m_3 + m_1 > m_Ap: the rate is that of V_32 = 0, though m_3 - m_2 = 0.9 m_Ap, and psi_3 -> psi_2 psi_1 psi_1 is open."""
    rate = lookup.rate(search, "dark-hnl", **VECTORS)
    assert rate(**UNMADE, **couplings) == rate(**UNMADE, **{**couplings, "V_32": 0.0}) > 0.0
    with pytest.raises(BadParameter, match=r"three dark states" if "V_11" in couplings else r"above 0\.8 m_Ap"):
        slots("dark-hnl", VECTORS, **UNMADE, **couplings)


def test_an_a_prime_that_makes_no_psi_2_is_invisible_whatever_psi_2_does():
    """m_2 + m_1 = 1.68 m_Ap, m_2 - m_1 = 0.84 m_Ap: all decays to psi_1 psi_1, N of `na64-invisible`; so is the limit."""
    point = {"m_Ap": 1.0, "r": 0.42, "Delta": 2.0, "alpha_D": 0.1, "theta": 0.5}
    seen, unseen = (lookup.limit(f"na64-{kind}", "i2dm") for kind in ("semivisible", "invisible"))
    assert seen.rate(eps=1e-3, **point) == pytest.approx(unseen.rate(eps=1e-3, **point), rel=1e-12)
    assert seen(**point).intervals[0][0] == pytest.approx(unseen(**point).intervals[0][0], rel=1e-9)
    assert lookup.rate("na64-prompt", "i2dm")(eps=1e-3, **point) == pytest.approx(unseen.rate(eps=1e-3, **point), rel=1e-12)


ON_SHELL = {"m_Ap": 1.0, "r": 0.3, "Delta_21": 1.0, "Delta_32": 2.0, "V_21": 0.3, "V_32": 0.4, "V_31": 0.5, "alpha_D": 1e-3}


def test_a_heavy_psi_2_decays_to_a_prime_on_shell():
    """psi_2 -> psi_1 A', alpha_D times the two-body width, then A' -> SM with the branching ratios of A' itself."""
    for eps in (1e-5, 1e-3):
        found = slots("idm", m_Ap=1.0, r=0.6, Delta=1.9, eps=eps, alpha_D=0.1)
        assert found["c_tau_2"] == pytest.approx(HBAR_C / (0.1 * two_body_width(1.74, 0.6, 1.0, False)), rel=1e-6)
        for name in PARTNERS:
            assert found[f"br_21_{name}"] == pytest.approx(found[f"br_Ap_{name}"], rel=1e-12)
        assert found["br_21_dark"] == 0.0


def test_an_a_prime_on_shell_also_decays_to_dark_states():
    """psi_3 -> psi_1 A', psi_2 A' in the ratio of their widths, A' -> psi_1 psi_1, psi_1 psi_2; nothing counted twice."""
    found = slots("dark-hnl", {**VECTORS, "coupling_32": "axial"}, eps=0.1, V_11=0.6, **ON_SHELL)
    assert found["br_Ap_11"] > 0.1
    assert found["br_Ap_12"] > 0.1
    dark = found["br_Ap_11"] + found["br_Ap_12"]
    ratio = 0.4**2 * two_body_width(1.8, 0.6, 1.0, True) / (0.5**2 * two_body_width(1.8, 0.3, 1.0, False))
    assert found["br_32_dark"] / found["br_31_dark"] == pytest.approx(ratio, rel=1e-3)
    for step in ("31", "32"):
        electrons = found[f"br_{step}_electrons"] / found[f"br_{step}_dark"]
        assert electrons == pytest.approx(found["br_Ap_electrons"] / dark, rel=1e-9)
    assert found["br_3_211"] == found["br_3_221"] == 0.0
    assert sums(found)[2] == pytest.approx(1.0, abs=1e-12)
    assert 0.0 < found["error_3"] < 0.05


def test_a_splitting_without_a_coupling_matters_not():
    """m_3 - m_1 = 0.9 m_Ap, but psi_3 decays to psi_2 only: no refusal, psi_3 -> psi_2 as with any m_1."""
    point = {"m_Ap": 1.0, "r": 0.3, "Delta_21": 1.0, "Delta_32": 1.0, "V_21": 0.3, "V_32": 0.4, "alpha_D": 1e-3, "eps": 1e-3}
    found = slots("dark-hnl", VECTORS, **point)
    width = found["br_32_electrons"] * HBAR_C / found["c_tau_3"]
    assert width == pytest.approx(1e-6 * ALPHA * 1e-3 * 0.16 * lepton_width(1.2, 0.6, 1.0, ELECTRON_MASS, False), rel=1e-9)


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize(
    ("r", "delta", "alpha_D", "refused"),
    [
        (0.49, 2.5, 1.0, True),
        (0.42, 3.0, 4.0, True),
        (0.345, 2.95, 1.0, True),
        (0.49, 2.5, 1e-3, False),
        (0.3, 3.6, 1e-2, False),
    ],
)
def test_the_line_shape_of_a_prime_stays_within_its_bound(r, delta, alpha_D, refused, axial):
    """Expected: Breit-Wigner by QUADPACK with widths that run, visible ~ q and psi_1 psi_1 ~ q beta^3, over the narrow width."""
    m_2, eps = r * (1.0 + delta), 1e-4
    inputs, numbers = np.zeros(decays.INPUTS), np.zeros(len(SLOTS))
    inputs[[decays.IN_M_AP, decays.IN_EPS, decays.IN_ALPHA_D, decays.IN_HADRONS]] = 1.0, eps, alpha_D, 1.0
    inputs[[decays.IN_M_1, decays.IN_M_2, decays.V2_11, decays.V2_12]] = r, m_2, 1.0, 1.0
    inputs[decays.IN_AXIAL_21] = float(axial)
    decays.fill_mediator(inputs, numbers)
    dark = numbers[BR_AP_11] * numbers[WIDTH_AP]
    visible = numbers[WIDTH_AP] - dark

    def running(q):
        beta2 = max(1.0 - 4.0 * r * r / (q * q), 0.0) / (1.0 - 4.0 * r * r)
        return visible * q + dark * q * beta2**1.5

    def integrand(angle):
        q2 = 1.0 + numbers[WIDTH_AP] * math.tan(angle)
        width = running(math.sqrt(q2))
        line = ((q2 - 1.0) ** 2 + numbers[WIDTH_AP] ** 2) / ((q2 - 1.0) ** 2 + q2 * width**2)
        strength = transition_strength(q2, (m_2 - r) ** 2, (m_2 + r) ** 2, axial)
        return line * math.sqrt(q2) * width / numbers[WIDTH_AP] * strength

    ends = [math.atan((q2 - 1.0) / numbers[WIDTH_AP]) for q2 in (4.0 * r * r, (m_2 - r) ** 2)]
    exact = quad(integrand, ends[0], 0.0, limit=400)[0] + quad(integrand, 0.0, ends[1], limit=400)[0]
    share = exact / math.pi / transition_strength(1.0, (m_2 - r) ** 2, (m_2 + r) ** 2, axial)
    limit = decays.line_shape_bound((m_2, r, 1.0), axial, inputs, numbers)
    assert abs(share - 1.0) < limit
    assert (limit > decays.LARGEST_TAIL) == refused
