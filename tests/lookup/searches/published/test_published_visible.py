"""Recast of published limits on dark photons: identity, Darkcast's own recasts, closed regions, what is not known, drivers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import DoesNotFit, NoInformation
from gloam.lookup.events.recast import dump_time, log_decayed
from gloam.tables.constants import ELECTRIC_CHARGE
from gloam.tables.experiments.dark_photon_curves import CURVES, edge

# Darkcast (arXiv:1801.04847; micha-a-schmidt/darkcast db9a0f6, files recast/limits): lowest excluded g at a mass [GeV]
B_MINUS_L = {
    "babar-2014": [(0.02077, 8.9809e-4), (0.28514, 2.1685e-4), (0.60342, 1.8709e-4), (2.3035, 2.2149e-4), (7.6669, 2.5704e-4)],
    "a1-2014": [(0.069003, 6.0971e-4), (0.13699, 4.7914e-4), (0.17101, 5.2185e-4), (0.27301, 4.9120e-4)],
    "na48-2015": [(0.013433, 3.2293e-4), (0.027012, 2.3264e-4), (0.050229, 5.9829e-4), (0.089367, 6.7184e-4)],
    "kloe-2018-combined": [(0.575, 4.1206e-4), (0.693, 3.7280e-4), (0.809, 3.7778e-4), (0.927, 2.0672e-4)],
    "lhcb-2019-prompt": [(0.3517, 1.9973e-4), (0.8353, 1.6901e-4), (3.985, 5.8091e-4), (6.913, 8.9140e-4)],
}
BARYON = {
    "na48-2015": [(0.013433, 3.9973e-3), (0.027012, 2.3929e-3), (0.050229, 2.8192e-3), (0.089367, 2.2448e-3)],
    "a1-2014": [(0.069003, 0.66404), (0.10297, 0.59818)],
    "lhcb-2019-prompt": [(6.913, 0.73470)],
}
LEPTONS_OF_B = -((ELECTRIC_CHARGE / (4 * math.pi)) ** 2)  # charge that Darkcast gives to leptons of its B boson


def bound(curve: str, group: str, coupling: str = "g_X", displaced: str = "spectrum") -> lookup.Limit:
    """A limit from one curve."""
    return lookup.limit("published-visible", "gauge-boson", coupling, group=group, curve=curve, displaced=displaced)


@pytest.mark.parametrize(
    "curve", ["e137-2012", "nu-cal-1991", "babar-2014", "na64-2018-visible", "kloe-2015", "lhcb-2017-prompt"]
)
def test_a_secluded_boson_gets_the_published_curve_back(curve: str) -> None:
    """R = 1 at the published edges, interpolated in logarithms."""
    low, high = CURVES[curve].masses
    for mass in (low * (high / low) ** 0.3, low * (high / low) ** 0.6):
        published = float(edge(curve, "eps_low")(mass))
        if math.isnan(published):
            continue
        ((first, last),) = bound(curve, "secluded", "eps", "two-edge")(m_X=mass).intervals
        assert first == pytest.approx(published, rel=1e-6)
        if CURVES[curve].lifetime == "dump":
            assert last == pytest.approx(float(edge(curve, "eps_high")(mass)), rel=1e-5)
        else:
            assert last is None


@pytest.mark.parametrize("curve", list(B_MINUS_L))
def test_b_minus_l_agrees_with_darkcast(curve: str) -> None:
    """Five prompt experiments at 21 masses: 6 %, the spread of hadronic widths (2 % below the pion pair threshold)."""
    limit = bound(curve, "B-L")
    for mass, coupling in B_MINUS_L[curve]:
        ((low, _),) = limit(m_X=mass).intervals
        assert low == pytest.approx(coupling, rel=0.02 if mass < 0.28 else 0.065)


@pytest.mark.parametrize("curve", list(BARYON))
def test_baryon_number_agrees_with_darkcast(curve: str) -> None:
    """B with leptons of charge -(e/4 pi)^2 where Darkcast's coupling is below 1: 4 %."""
    limit = bound(curve, "B")
    for mass, coupling in BARYON[curve]:
        ((low, _),) = limit(m_X=mass, q_e=LEPTONS_OF_B, q_mu=LEPTONS_OF_B, q_tau=LEPTONS_OF_B).intervals
        assert low == pytest.approx(coupling, rel=0.04)


def test_prompt_and_invisible_limits_scale_with_branching_ratios() -> None:
    """B-L below 2 m_mu: g = eps e/sqrt(BR), BR 0.4 to electrons, 0.6 to neutrinos."""
    visible = float(edge("babar-2014", "eps_low")(0.1)) * ELECTRIC_CHARGE / math.sqrt(0.4)
    assert bound("babar-2014", "B-L")(m_X=0.1).intervals[0][0] == pytest.approx(visible, rel=1e-5)
    unseen = float(edge("na64-2019-invisible", "eps_low")(0.1)) * ELECTRIC_CHARGE / math.sqrt(0.6)
    assert bound("na64-2019-invisible", "B-L")(m_X=0.1).intervals[0][0] == pytest.approx(unseen, rel=1e-5)


def test_the_two_edge_rule_has_equal_events_at_both_edges() -> None:
    """Its equation; at the tip of a region x exp(-x) (1 - exp(-r x)) is stationary in x = t Gamma: 1.40 for E137."""
    ratio = 204 / 179
    for low, high in ((1e-8, 1e-5), (1e-7, 3e-7)):
        x = dump_time(low, high, ratio)
        step = 2 * math.log(low / high)
        assert step + log_decayed(x * math.exp(step), ratio) == pytest.approx(log_decayed(x, ratio), abs=1e-9)
    assert dump_time(1.0, 1.0001, ratio) == pytest.approx(1.40, abs=0.01)


def test_b_minus_l_beam_dump_is_closed_near_its_tip() -> None:
    """E137 at 313 MeV excludes no coupling (N_max/N_95 = 0.35 by the full spectrum); at 10.2 MeV 8.8e-9 to 7.3e-6 to 2 %."""
    assert bound("e137-2012", "B-L")(m_X=0.313).intervals == ()
    ((low, high),) = bound("e137-2012", "B-L")(m_X=0.0102).intervals
    assert low == pytest.approx(8.76e-9, rel=0.02)
    assert high == pytest.approx(7.27e-6, rel=0.025)


def test_what_is_not_known_is_said() -> None:
    """Vetoed resonance (BaBar at the J/psi), outside a curve, invisible curve for a boson without invisible decays."""
    with pytest.raises(NoInformation, match="resonance is vetoed"):
        bound("babar-2014", "B-L")(m_X=3.1)
    with pytest.raises(NoInformation, match="does not reach"):
        bound("e141-2012", "B-L")(m_X=0.5)
    with pytest.raises(DoesNotFit, match="no neutrino couples"):
        bound("babar-2017-invisible", "secluded", "eps")(m_X=0.1)


def test_quarks_decouple_from_lepton_flavour_bosons() -> None:
    """L_mu - L_tau without mixing: no electron or meson makes it, so that these curves exclude nothing; a muonic one does."""
    for curve in ("e137-2012", "nu-cal-1991", "babar-2014", "na48-2015"):
        mass = math.sqrt(CURVES[curve].masses[0] * CURVES[curve].masses[1])
        assert bound(curve, "L_mu-L_tau")(m_X=mass).intervals == ()
    ((low, _),) = bound("babar-2016-4mu", "L_mu-L_tau")(m_X=0.5).intervals
    assert 1e-4 < low < 1e-2


def test_lhcb_displaced_reproduces_the_release_and_moves_with_lifetime() -> None:
    """Secluded at 0.3 GeV: 1.4e-5 to 5.1e-5, the published edges of that row, 3 %; none for B-L, whose rate is below."""
    ((low, high),) = bound("lhcb-2019-displaced", "secluded", "eps")(m_X=0.2996).intervals
    assert low == pytest.approx(1.43e-5, rel=0.03)
    assert high == pytest.approx(5.15e-5, rel=0.03)


def test_all_curves_at_once_are_the_union_and_name_the_driver() -> None:
    """Intervals of all-visible against those of single curves at 30 MeV and 0.3 GeV."""
    limit = lookup.limit("all-visible", "gauge-boson", "g_X", group="B-L")
    for mass in (0.03, 0.3):
        found = limit(m_X=mass)
        single = {}
        for curve in CURVES:
            try:
                single[curve] = bound(curve, "B-L")(m_X=mass).intervals
            except NoInformation:
                continue
        lowest = min(interval[0][0] for interval in single.values() if interval)
        assert found.intervals[0][0] == pytest.approx(lowest, rel=1e-6)
        for (low, high), (first, last) in zip(found.intervals, limit.drivers(found, m_X=mass), strict=True):
            assert any(low == pytest.approx(ends[0], rel=1e-6) for ends in single[first])
            assert (last is None) == (high is None)
            if last is not None:
                assert any(high == pytest.approx(ends[1], rel=1e-6) for ends in single[last])


def test_rates_over_the_limit_are_the_same_in_a_plane_and_one_by_one() -> None:
    """What a scan keeps of a mass does not leak into the next."""
    limit = lookup.limit("all-visible", "gauge-boson", "g_X", group="B")
    masses, couplings = np.array([0.01, 0.1, 0.5])[:, None], np.array([1e-7, 1e-4, 1e-2])[None, :]
    plane = limit.excess(m_X=masses, g_X=couplings)
    for i in range(3):
        for k in range(3):
            assert plane[i, k] == limit.excess(m_X=float(masses[i, 0]), g_X=float(couplings[0, k]))
