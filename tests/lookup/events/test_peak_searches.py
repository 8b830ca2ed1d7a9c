"""Peak searches, nucleosynthesis and unitarity: published points, the gate of the lifetime, what counts and what does not."""

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import NoInformation
from gloam.tables.datafile import read

POINTS = read("limit_hnl_curves.csv")


def published(curve, piece=0.0):
    """Masses [GeV] and U2 of one curve."""
    rows = np.array([label == curve for label in POINTS.labels]) & (POINTS["piece"] == piece)
    return POINTS["m_N"][rows], POINTS["U2"][rows]


@pytest.mark.parametrize(
    ("search", "curve", "coupling", "options"),
    [
        ("na62-kmu", "mu-na62", "U2_mu", {}),
        ("na62-ke", "e-hepdata-na62-2020", "U2_e", {}),
        ("na62-pie", "e-na62-pion-2025", "U2_e", {}),
        ("e949", "mu-e949", "U2_mu", {}),
        ("pienu", "e-hepdata-pienu-2017", "U2_e", {"lepton": "e"}),
        ("pienu", "mu-hepdata-pienu-2019-hight", "U2_mu", {"lepton": "mu"}),
    ],
)
def test_limits_pass_through_the_published_points_for_both_natures(search, curve, coupling, options):
    """The published number at its mass (three of them); nature and another mixing change nothing."""
    masses, values = published(curve)
    for nature in ("dirac", "majorana"):
        bound = lookup.limit(search, "hnl", coupling, nature=nature, **options)
        for i in (2, len(masses) // 2, len(masses) - 10):
            found = bound(m_N=float(masses[i]), U2_tau=1e-4)
            assert found.intervals[0][0] == pytest.approx(values[i], rel=1e-6)


@pytest.mark.parametrize(("search", "coupling", "edge"), [("na62-kmu", "U2_mu", 1.58e-2), ("na62-ke", "U2_e", 1.07e-2)])
def test_the_gate_acts_where_the_weak_lifetime_is_50_ns(search, coupling, edge):
    """tau = 50 ns of a Dirac N at .3 GeV: U2_mu = 1.58e-2, U2_e = 1.07e-2 (independent evaluation), ends the interval."""
    ((_, high),) = lookup.limit(search, "hnl", coupling, nature="dirac")(m_N=0.3).intervals
    assert high == pytest.approx(edge, rel=4e-3)
    ((_, without),) = lookup.limit(search, "hnl", coupling, nature="dirac", tau_min=0.0)(m_N=0.3).intervals
    assert without is None


def test_peak_searches_say_nothing_elsewhere():
    """Outside the published masses there is no information, which names them."""
    with pytest.raises(NoInformation, match=r"0\.2 to 0\.384 GeV"):
        lookup.rate("na62-kmu", "hnl", nature="dirac")(m_N=0.39, U2_mu=1e-7)


@pytest.mark.parametrize("flavour", ["e", "mu", "tau"])
def test_nucleosynthesis_has_its_published_edges_and_depends_on_the_lifetime_only(flavour):
    """Upper edge of arXiv:2006.07387 for a Dirac N at a published mass; for a Majorana N, of half the lifetime, half of it."""
    masses, values = published(f"{flavour}-bbn-sabti", 2.0)
    i = int(np.argmin(abs(masses - 0.1)))
    coupling = f"U2_{flavour}"
    edges = {
        nature: lookup.limit("bbn-hnl", "hnl", coupling, nature=nature)(m_N=float(masses[i])).intervals[0][1]
        for nature in ("dirac", "majorana")
    }
    assert edges["dirac"] == pytest.approx(values[i], rel=1e-6)
    assert edges["majorana"] == pytest.approx(0.5 * values[i], rel=1e-6)


def test_nucleosynthesis_of_a_mixture_is_that_of_equal_lifetime():
    """U2_mu with a little U2_e: at the edge the lifetime equals that at the edge of the dominant flavour alone, to 1e-6."""
    made, m_N = lookup.model("hnl", nature="dirac"), 0.2
    pure = lookup.limit("bbn-hnl", "hnl", "U2_mu", nature="dirac")(m_N=m_N).intervals[0][1]
    mixed = lookup.limit("bbn-hnl", "hnl", "U2_mu", nature="dirac")(m_N=m_N, U2_e=0.1 * pure).intervals[0][1]
    lifetime = made(m_N=m_N, U2_mu=pure)["c_tau"]
    assert made(m_N=m_N, U2_mu=mixed, U2_e=0.1 * pure)["c_tau"] == pytest.approx(lifetime, rel=1e-6)
    assert lookup.limit("bbn-hnl", "hnl", "U2_mu", nature="dirac")(m_N=m_N).confidence == 0.9545


def test_unitarity_takes_each_flavour_by_itself_above_the_tau():
    """The published number of every flavour at 1.9 GeV; no information at 1 GeV."""
    for flavour in ("e", "mu", "tau"):
        masses, values = published(f"{flavour}-pmns-unitarity")
        expected = math.exp(np.interp(math.log(1.9), np.log(masses), np.log(values)))
        found = lookup.limit("unitarity-hnl", "hnl", f"U2_{flavour}", nature="dirac")(m_N=1.9)
        assert found.intervals[0][0] == pytest.approx(expected, rel=1e-6)
    with pytest.raises(NoInformation, match=r"1\.777"):
        lookup.rate("unitarity-hnl", "hnl", nature="dirac")(m_N=1.0, U2_e=0.1)
