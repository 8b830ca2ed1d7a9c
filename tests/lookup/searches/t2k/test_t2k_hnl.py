"""t2k-hnl: the release, official limits and contours of T2K, statistics, lifetimes, natures."""

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import NoInformation
from gloam.lookup.searches.t2k import t2k_hnl
from gloam.tables.constants import CHARGED_KAON_MASS, MUON_MASS
from gloam.tables.datafile import read
from gloam.tables.experiments import t2k
from gloam.tables.physics.neutral_leptons import flight, mixing_limits, released_decays

LIMITS = read("t2k_2019_hnl_limits.csv")
CONTOURS = read("t2k_2019_hnl_contours.csv")


def rate(**options):
    """Majorana rate."""
    return lookup.rate("t2k-hnl", "hnl", **{"nature": "majorana", **options})


def limit(coupling, **options):
    """Majorana limit."""
    return lookup.limit("t2k-hnl", "hnl", coupling, **{"nature": "majorana", **options})


@pytest.mark.parametrize(
    ("coupling", "m_N", "N0"),
    [
        ("U2_mu", 0.15, 4.722e12),
        ("U2_mu", 0.25, 6.174e15),
        ("U2_mu", 0.38, 2.081e18),
        ("U2_e", 0.15, 2.442e13),
        ("U2_e", 0.25, 3.061e16),
        ("U2_e", 0.38, 1.009e18),
        ("U2_e", 0.49, 2.221e17),
    ],
)
def test_events_at_unit_mixing_are_those_of_the_release(coupling, m_N, N0):
    """Sums over rows, channels and beam modes of the release, by an independent program (four digits), long-lived."""
    assert rate()(m_N=m_N, **{coupling: 1e-12}) == pytest.approx(1e-24 * N0, rel=6e-4)


def test_mixed_events_are_sums_over_rows_of_the_release():
    """All six coefficients at a released mass from the rows and their published weights (two-flavour rows count half)."""
    events, made = t2k.accepted(), rate()
    i = 16  # 300 MeV
    U = {"U2_e": 2e-12, "U2_mu": 3e-12, "U2_tau": 5e-12}
    e, mu, tau = U.values()
    of = [mu, e, mu, e, 0.5 * (e + tau), 0.5 * (mu + tau), mu, e, mu, e, mu, e]
    expected = sum(events[i, row] * (mu if row % 2 == 0 else e) * of[row // 2] for row in range(24))
    assert made(m_N=0.30, **U) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("name", "coupling", "mean"), [("profiled_mu", "U2_mu", 0.982), ("profiled_e", "U2_e", 0.978)])
def test_official_profiled_limits_are_reproduced(name, coupling, mean):
    """Bayesian, flat in U2, no background or nuisance: ours/published is .98 on average, each within 11 %."""
    bound = limit(coupling, statistic="bayesian", nuisance="none")
    highest = 0.381 if coupling == "U2_mu" else 0.491
    rows = [i for i in range(36) if LIMITS["m_N"][i] < highest and LIMITS["m_N"][i] > 0.141 - (coupling == "U2_mu") * 0.002]
    ratios = [bound(m_N=float(LIMITS["m_N"][i])).intervals[0][0] / LIMITS[name][i] for i in rows]
    assert np.mean(ratios) == pytest.approx(mean, abs=0.01)
    assert 0.89 < min(ratios) <= max(ratios) < 1.05
    with_flux = limit(coupling, statistic="bayesian", nuisance="flux")(m_N=0.3).intervals[0][0]
    without = bound(m_N=0.3).intervals[0][0]
    assert with_flux / without == pytest.approx(1.0173, abs=2e-4)  # independent evaluation of the marginalised posterior


def test_official_contours_are_reproduced():
    """Profile likelihood, 2 ln 10, all correlations: N on the contours over the threshold is 1.03 +- .06 (2 % in U2)."""
    bound = limit("U2_e", nuisance="full")
    found = bound.excess(m_N=CONTOURS["m_N"], U2_e=CONTOURS["U2_e"], U2_mu=CONTOURS["U2_mu"])
    ratios = np.exp(found)
    assert np.mean(ratios) == pytest.approx(1.05, abs=0.03)
    assert np.std(ratios) < 0.07


@pytest.mark.parametrize(
    ("coupling", "m_N", "ratio"),
    [("U2_e", 0.15, 1.503), ("U2_e", 0.2, 1.308), ("U2_e", 0.3, 1.114), ("U2_mu", 0.25, 1.098), ("U2_mu", 0.3, 1.058)],
)
def test_corrected_rows_raise_the_events_by_the_ratio_of_brackets(coupling, m_N, ratio):
    """Independent sums with rows 4-7 multiplied by [(1-x_l)^2 - x_pi (1+x_l)]/[(1-x_pi)^2 - x_l (1+x_pi)]."""
    point = {"m_N": m_N, coupling: 1e-6}
    assert rate(rows="corrected")(**point) / rate()(**point) == pytest.approx(ratio, rel=6e-4)


@pytest.mark.parametrize(
    ("statistic", "events"), [("poisson", math.log(10.0)), ("feldman-cousins", 2.44), ("bayesian", 1.163087**2)]
)
def test_every_statistic_has_its_number_of_events(statistic, events):
    """2.303, 2.44 and erfinv(.9)^2 = 1.3528 expected events at the edge, without nuisance; erfinv(.9) = 1.163087."""
    bound = limit("U2_mu", statistic=statistic, nuisance="none")
    edge = bound(m_N=0.26).intervals[0][0]
    assert rate()(m_N=0.26, U2_mu=edge) == pytest.approx(events, rel=1e-6)
    assert {"poisson": "2.303", "feldman-cousins": "2.44", "bayesian": "1.353"}[statistic] in bound(m_N=0.26).statistic


@pytest.mark.parametrize(("sigma", "factor"), [(0.15, 1.0173), (0.2, 1.0329), (0.25, 1.0578)])
def test_bayesian_limits_with_an_uncertain_normalisation_have_their_printed_factors(sigma, factor):
    """In U2, truncated at no signal (independent quadrature); and the closed profile for comparison: 2 N - sigma^2 N^2 = c."""
    limits = mixing_limits.bayesian_limits()
    assert math.sqrt(mixing_limits.limit_between(limits, sigma) / 1.352769) == pytest.approx(factor, abs=6e-4)
    N = mixing_limits.profile_limit(sigma, 2.0 * math.log(10.0))
    assert 2.0 * N - (sigma * N) ** 2 == pytest.approx(2.0 * math.log(10.0), rel=1e-12)


def left_out(accepted, dropped):
    """Events with one mass left out over those with all, for equal mixings, without e mu nu."""
    reference = np.column_stack([t2k.decays(11), t2k.decays(10)])
    logarithms, weights = np.empty((36, 2, 2)), np.empty((36, 2, released_decays.DECAYS))
    released_decays.fill_divided(accepted, reference, logarithms, weights)
    values = []
    for _ in range(2):
        out, block = np.empty(6), released_decays.release_block(logarithms, weights)
        released_decays.released_events(float(t2k.MASSES[dropped]), np.full(3, 1e-6), 0.0, False, block, out)
        values.append(out.sum())
        logarithms[dropped], weights[dropped] = math.nan, math.nan
    return values[1] / values[0]


@pytest.mark.parametrize(("efficient", "largest"), [(False, 0.011), (True, 0.05)])
def test_a_mass_left_out_of_the_release_is_found_again(efficient, largest):
    """Steps of 20 MeV: decays within 1 % at every mass, thresholds included; 5 % with the efficiencies.

    A line through the released numbers themselves is high by a factor of 2 next to the thresholds.
    """
    accepted = t2k.accepted() if efficient else np.column_stack([t2k.decays(mode) for mode in range(24)])
    ratios = [left_out(accepted, dropped) for dropped in range(2, 24)]
    assert max(abs(ratio - 1.0) for ratio in ratios) < largest


def test_events_are_bilinear_in_the_mixings():
    """N(x U) = x^2 N(U), and N(U + V) + N(U - V) = 2 N(U) + 2 N(V), to 1e-12 (long-lived)."""
    made = rate()

    def N(e, mu, tau):
        return made(m_N=0.31, U2_e=e, U2_mu=mu, U2_tau=tau)

    U, V = np.array([3e-13, 2e-13, 7e-13]), np.array([1e-13, 1.5e-13, 2e-13])
    assert N(*(10.0 * U)) == pytest.approx(100.0 * N(*U), rel=1e-12)
    assert N(*(U + V)) + N(*(U - V)) == pytest.approx(2.0 * N(*U) + 2.0 * N(*V), rel=1e-12)


def test_a_dirac_lepton_has_half_the_events_and_tau_mixing_alone_none():
    """One charge state; kaons make no N through U_tau."""
    assert rate(nature="dirac")(m_N=0.3, U2_mu=1e-12) == pytest.approx(0.5 * rate()(m_N=0.3, U2_mu=1e-12), rel=1e-12)
    assert rate()(m_N=0.3, U2_tau=1e-6) == 0.0


def test_short_lives_have_an_upper_edge_and_long_ones_the_square():
    """At U2 = .01 the loss is exp(-y h) of the kernel's quadrature, y > 1; at small U2 the events go as U2^2."""
    made = rate()
    assert made(m_N=0.35, U2_mu=1e-9) == pytest.approx(1e-2 * made(m_N=0.35, U2_mu=1e-8), rel=5e-5)
    ratio = made(m_N=0.35, U2_mu=1e-2) / (1e20 * made(m_N=0.35, U2_mu=1e-12))
    y = t2k.BASELINE * 0.35 / lookup.model("hnl", nature="majorana")(m_N=0.35, U2_mu=1e-2)["c_tau"]
    momenta, weights = np.empty(flight.MOST), np.empty(flight.MOST)
    spectrum = flight.spline_block(np.log(t2k.KAON_MOMENTA), t2k.KAON_LOGARITHMS)
    count = flight.arrivals(CHARGED_KAON_MASS, MUON_MASS, 0.35, t2k.KAON_ANGLE, spectrum, momenta, weights)
    h = flight.flight(momenta, weights, count, y, t2k.LENGTH / t2k.BASELINE)[1]
    assert y > 1.0
    assert -math.log(ratio) == pytest.approx(y * h, rel=1e-4)


def test_production_closes_at_its_threshold_and_the_release_at_its_ends():
    """K -> mu N ends at .38802 GeV: with U2_mu alone no events above; no answer outside .14 to .49 GeV."""
    assert rate()(m_N=0.388, U2_mu=1e-6) > 0.0
    assert rate()(m_N=0.3881, U2_mu=1e-6) == 0.0
    for m_N in (0.139, 0.491):
        with pytest.raises(NoInformation, match=r"0\.14 to 0\.49"):
            rate()(m_N=m_N, U2_e=1e-6)


def test_the_limit_names_statistic_nuisance_and_rows():
    """What a limit means travels with it."""
    found = limit("U2_e", statistic="bayesian", nuisance="none", rows="corrected")(m_N=0.2)
    assert "official" in found.statistic
    assert "nothing uncertain" in found.statistic
    assert "corrected" in found.statistic
    assert found.confidence == t2k_hnl.SEARCH.confidence
