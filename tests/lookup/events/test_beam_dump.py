"""Electron dumps from first principles: published secluded curves, calibration, recast, and NA64mu."""

from __future__ import annotations

import pytest
from gloam import lookup
from gloam.lookup.errors import DoesNotFit, NoInformation
from gloam.tables.experiments.dark_photon_curves import edge

# masses [MeV]; A, events that are not excluded over those at the published lower edge; model over published upper edge: of an
# independent implementation with the same assumptions
ACCEPTANCE = {
    "e137": [(2.3, 0.47, 0.99), (9.0, 0.53, 1.00), (70.0, 0.545, 1.035), (290.0, 0.355, 1.02)],
    "kek": [(1.8, 0.43, 1.00), (4.6, 0.45, 1.00), (12.0, 0.37, 1.00), (29.0, 0.11, 1.05)],
    "orsay": [(3.2, 0.555, 1.02), (12.0, 0.64, 1.00), (43.0, 0.48, 1.03), (73.0, 0.32, 1.05)],
    "e774": [(1.5, 0.92, 1.00), (6.0, 0.92, 1.01)],
    "e141": [(3.0, 0.067, 1.045), (10.0, 0.067, 1.01)],
}


@pytest.mark.parametrize("dump", list(ACCEPTANCE))
def test_published_secluded_curves(dump: str) -> None:
    """A to 5 % (E141 at 3 MeV: 0.070), the upper edge to 2 %: 1209.6083 is reproduced."""
    plain = lookup.limit(f"{dump}-visible", "gauge-boson", "eps", group="secluded", calibration="none")
    tied = lookup.limit(f"{dump}-visible", "gauge-boson", "eps", group="secluded")
    for mass, acceptance, upper in ACCEPTANCE[dump]:
        m = 1e-3 * mass
        low, high = (float(edge(f"{dump}-2012", name)(m)) for name in ("eps_low", "eps_high"))
        events = plain.rate(m_X=m, eps=low)
        assert plain.rate.options["events"] / events == pytest.approx(acceptance, rel=0.05)
        ((first, last),) = tied(m_X=m).intervals
        assert first == pytest.approx(low, rel=1e-3)
        assert last / high == pytest.approx(upper, abs=0.021)


@pytest.mark.parametrize(
    ("mass", "low", "high"), [(0.0102, 8.76e-9, 7.27e-6), (0.027, 1.09e-8, 2.43e-6), (0.075, 1.49e-8, 7.25e-7)]
)
def test_b_minus_l_in_e137(mass: float, low: float, high: float) -> None:
    """Edges of an independent direct calculation, 1 %; the same through the search of the dump and through the recast curve."""
    one = lookup.limit("e137-visible", "gauge-boson", "g_X", group="B-L")(m_X=mass).intervals
    other = lookup.limit("published-visible", "gauge-boson", "g_X", group="B-L", curve="e137-2012")(m_X=mass).intervals
    assert one[0] == pytest.approx((low, high), rel=0.01)
    assert other[0] == pytest.approx(one[0], rel=1e-5)


def test_the_spectrum_closes_what_one_momentum_leaves_open() -> None:
    """B-L at 6 MeV in E774 (true maximum 0.86 of the limit, rule 2.8) and at 46 MeV in KEK (0.80, 1.6)."""
    for curve, mass, truth in (("e774-2012", 6e-3, 0.86), ("kek-2012", 46e-3, 0.80)):
        rule = lookup.limit("published-visible", "gauge-boson", "g_X", group="B-L", curve=curve, displaced="two-edge")
        assert rule(m_X=mass).intervals != ()
        spectrum = lookup.limit("published-visible", "gauge-boson", "g_X", group="B-L", curve=curve)
        assert spectrum(m_X=mass).intervals == ()
        assert spectrum.closest(m_X=mass)[1] == pytest.approx(truth, abs=0.08)


def test_events_behind_a_dump_have_their_limits() -> None:
    """Long lifetime: N ~ g^4; beyond the curve nothing calibrates; a boson without electrons makes no events."""
    rate = lookup.rate("e137-visible", "gauge-boson", group="B-L", calibration="none")
    assert rate(m_X=0.01, g_X=2e-11) == pytest.approx(16 * rate(m_X=0.01, g_X=1e-11), rel=1e-3)
    assert rate(m_X=0.01, g_X=1e-3) == 0.0
    with pytest.raises(NoInformation, match="calibration=none"):
        lookup.rate("e137-visible", "gauge-boson", group="B-L")(m_X=0.5, g_X=1e-7)
    assert lookup.rate("e137-visible", "gauge-boson", group="L_mu-L_tau")(m_X=0.01, g_X=1e-6) == 0.0


@pytest.mark.parametrize(("mass", "coupling"), [(0.01, 9.4e-5), (0.05, 1.0e-4), (0.1, 1.19e-4), (0.2, 1.71e-4)])
def test_na64mu_coupling(mass: float, coupling: float) -> None:
    """2.3 events of 1.98e10 muons with efficiency 1, x > 0.5, L_mu - L_tau: an independent evaluation, 1 %."""
    ((low, high),) = lookup.limit("na64mu", "gauge-boson", "g_X", group="L_mu-L_tau", efficiency=1.0)(m_X=mass).intervals
    assert low == pytest.approx(coupling, rel=0.012)
    assert high is None


def test_na64mu_above_two_muons_and_windows() -> None:
    """Half of the decays are neutrinos far above 2 m_mu; the window 0.375-0.9375 has 2.377/1.786 of x > 0.5 at 1 MeV."""
    invisible = lookup.rate("na64mu", "gauge-boson", group="L_mu-L_tau")
    both = lookup.model("gauge-boson", group="L_mu-L_tau")(m_X=1.0, g_X=1e-3)
    muonic = lookup.rate("na64mu", "gauge-boson", group="L_mu")
    assert both["br_X_neutrinos"] == pytest.approx(0.5, abs=0.02)
    ratio = invisible(m_X=1.0, g_X=1e-3) / muonic(m_X=1.0, g_X=1e-3)
    assert ratio == pytest.approx(both["br_X_neutrinos"] / (1 / 3), rel=0.02)
    talk = lookup.rate("na64mu", "gauge-boson", group="L_mu-L_tau", x_low=0.375, x_high=0.9375)
    assert talk(m_X=1e-3, g_X=1e-4) / invisible(m_X=1e-3, g_X=1e-4) == pytest.approx(2.377 / 1.786, rel=2e-3)
    with pytest.raises(DoesNotFit, match="window is empty"):
        lookup.rate("na64mu", "gauge-boson", group="L_mu", x_low=0.6, x_high=0.5)(m_X=0.01, g_X=1e-3)


def test_nu_cal_reproduces_its_published_curve() -> None:
    """Pions alone, E > 3 GeV, cone 1.3/87: A = 2.3 to 2.4 from 1.3 to 72 MeV, upper edge 0.974 to 1.024 of the published one."""
    plain = lookup.limit("nu-cal-visible", "gauge-boson", "eps", group="secluded", calibration="none")
    tied = lookup.limit("nu-cal-visible", "gauge-boson", "eps", group="secluded")
    recast = lookup.limit("published-visible", "gauge-boson", "eps", group="secluded", curve="nu-cal-1991")
    for m in (1.3e-3, 3e-3, 0.01, 0.03, 0.072):
        low, high = (float(edge("nu-cal-1991", name)(m)) for name in ("eps_low", "eps_high"))
        assert 3.6 / plain.rate(m_X=m, eps=low) == pytest.approx(2.35, abs=0.08)
        ((first, last),) = tied(m_X=m).intervals
        assert first == pytest.approx(low, rel=1e-3)
        assert 0.974 <= last / high <= 1.024
        assert recast(m_X=m).intervals[0] == pytest.approx((first, last), rel=1e-5)


def test_protophobic_bosons_are_not_made_by_pions() -> None:
    """2 g_u + g_d = 0: no event in nu-Cal whatever the coupling."""
    rate = lookup.rate("nu-cal-visible", "gauge-boson", group="protophobic", calibration="none")
    assert rate(m_X=0.02, g_X=1e-6) < 1e-20
