"""published-hnl: the published points themselves, natures, mixtures, refusals, and splines that fail where it does not."""

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.cli.main import main
from gloam.lookup.errors import DoesNotFit, NoInformation
from gloam.tables.datafile import read
from gloam.tables.experiments.hnl_curves import CURVES
from scipy.interpolate import CubicSpline

POINTS = read("limit_hnl_curves.csv")


def points(name):
    """Masses [GeV] and U2 of one curve."""
    rows = np.array([label == name for label in POINTS.labels])
    return POINTS["m_N"][rows], POINTS["U2"][rows]


@pytest.mark.parametrize(
    ("curve", "coupling", "nature"),
    [
        ("mu-na62", "U2_mu", "dirac"),
        ("e-na62", "U2_e", "majorana"),
        ("e-t2k", "U2_e", "majorana"),
        ("mu-microboone-2023", "U2_mu", "dirac"),
        ("tau-nomad", "U2_tau", "dirac"),
    ],
)
def test_a_limit_passes_through_its_published_points(curve, coupling, nature):
    """The edge at a published mass is the published number, whatever lies between; every fifth point."""
    masses, values = points(curve)
    bound = lookup.limit("published-hnl", "hnl", coupling, nature=nature, curve=curve)
    for m, value in list(zip(masses, values, strict=True))[2:-2:5]:
        found = bound(m_N=float(m))
        assert found.intervals[0][0] == pytest.approx(value, rel=1e-6)
        assert found.confidence == CURVES[curve].confidence
        assert curve in found.statistic


def test_a_band_has_two_edges_and_a_contour_its_inside():
    """BEBC's upper edge at 1.2 GeV is 3.9e-3 (figure of arXiv:2208.00416); ArgoNeuT's contour at .5 GeV ends too."""
    bound = lookup.limit("published-hnl", "hnl", "U2_e", nature="dirac", curve="e-bebc-barouki")
    ((low, high),) = bound(m_N=1.2).intervals
    assert high == pytest.approx(3.9e-3, rel=0.02)
    assert low < 1e-5 < high
    ((low, high),) = lookup.limit("published-hnl", "hnl", "U2_tau", nature="dirac", curve="tau-argoneut")(m_N=0.5).intervals
    assert 0.0 < low < high < 1.0


def test_majorana_and_dirac_limits_differ_by_the_root_of_two_where_decays_count():
    """Twice the width: the long-lived edge of a Dirac limit is 1/sqrt2 of it for Majorana; the edge of equal lifetimes 1/2."""
    dirac = lookup.limit("published-hnl", "hnl", "U2_e", nature="dirac", curve="e-bebc-barouki")(m_N=1.2)
    majorana = lookup.limit("published-hnl", "hnl", "U2_e", nature="majorana", curve="e-bebc-barouki", recast="lifetime")(m_N=1.2)
    assert majorana.intervals[0][0] == pytest.approx(dirac.intervals[0][0] / math.sqrt(2.0), rel=1e-8)
    assert majorana.intervals[0][1] == pytest.approx(dirac.intervals[0][1] / 2.0, rel=1e-8)


def test_a_mixture_is_recast_by_its_width():
    """U2_mu^2 -> U2_mu Gamma/Ghat: the recast edge and the pure one obey U_mu sum_b U_b Ghat_b = U_old^2 Ghat_mu."""
    m = 0.2
    pure = lookup.limit("published-hnl", "hnl", "U2_mu", nature="dirac", curve="mu-microboone-2023")(m_N=m).intervals[0][0]
    bound = lookup.limit("published-hnl", "hnl", "U2_mu", nature="dirac", curve="mu-microboone-2023", recast="lifetime")
    mixed = bound(m_N=m, U2_e=1e-7).intervals[0][0]
    width = lookup.load("width-hnl")
    ghat = {flavour: width(m_N=m, channel="total", flavour=flavour, nature="dirac") for flavour in ("e", "mu")}
    assert mixed * (mixed * ghat["mu"] + 1e-7 * ghat["e"]) == pytest.approx(pure**2 * ghat["mu"], rel=1e-6)
    assert mixed < pure


def test_what_was_not_published_is_refused_with_the_remedy():
    """Mixtures and other natures need recast=lifetime; colliders have none; other masses have no information."""
    rate = lookup.rate("published-hnl", "hnl", nature="majorana", curve="mu-microboone-2023")
    with pytest.raises(DoesNotFit, match="recast=lifetime"):
        rate(m_N=0.2, U2_mu=1e-7)
    rate = lookup.rate("published-hnl", "hnl", nature="dirac", curve="e-cms-2018", recast="lifetime")
    with pytest.raises(DoesNotFit, match="no recast"):
        rate(m_N=1.5, U2_e=1e-3)
    with pytest.raises(NoInformation, match="not published at this mass"):
        lookup.rate("published-hnl", "hnl", nature="dirac", curve="mu-na62")(m_N=0.5, U2_mu=1e-7)


@pytest.mark.parametrize("nature", ["dirac", "majorana"])
def test_peak_searches_see_their_own_mixing_only(nature):
    """U2_mu alone decides, whatever the nature and the other mixings (N escapes)."""
    rate = lookup.rate("published-hnl", "hnl", nature=nature, curve="mu-na62")
    assert rate(m_N=0.3, U2_mu=1e-7, U2_e=1e-3) == pytest.approx(rate(m_N=0.3, U2_mu=1e-7), rel=1e-12)


NEGATIVE = ("mu-microboone-2022-majorana", "mu-microboone-2023", "mu-nutev", "mu-psi", "e-bebc-barouki", "e-charm", "e-belle")


@pytest.mark.parametrize("curve", NEGATIVE)
def test_a_cubic_spline_of_the_mixing_goes_negative_inside_the_range_where_the_answer_is_positive(curve):
    """GAMBIT's NeutrinoBit splines U2 in m (natural cubic): its limit is then negative, that is, absent.

    Its failure is made here with scipy from the same points; the right answer is an edge between the two neighbouring points.
    """
    rows = np.array([label == curve for label in POINTS.labels]) & (POINTS["piece"] <= 1.0)
    order = np.argsort(POINTS["m_N"][rows], kind="stable")
    masses, first = np.unique(POINTS["m_N"][rows][order], return_index=True)
    values = POINTS["U2"][rows][order][first]
    fine = np.linspace(masses[0], masses[-1], 20001)
    spline = CubicSpline(masses, values, bc_type="natural")(fine)
    assert spline.min() < 0.0
    inside = (fine > 1e-3) & (fine < 2.0)
    m = float(fine[inside][np.argmin(spline[inside])])
    k = int(np.searchsorted(masses, m))
    flavour = curve.split("-")[0]
    nature = ("dirac", "majorana", "dirac", "dirac")[CURVES[curve].nature]
    low = lookup.limit("published-hnl", "hnl", f"U2_{flavour}", nature=nature, curve=curve)(m_N=m).intervals[0][0]
    neighbours = sorted(values[k - 1 : k + 1])
    assert neighbours[0] * (1.0 - 1e-9) <= low <= neighbours[1] * (1.0 + 1e-9)


@pytest.mark.parametrize("curve", list(CURVES))
def test_every_curve_answers_inside_its_range_and_is_silent_outside(curve):
    """A positive, finite ratio at all of 200 masses inside where it is a limit; NaN outside; never negative."""
    known = CURVES[curve]
    low, high = (max(known.masses[0], 1e-3), min(known.masses[1], 2.0))
    nature = ("dirac", "majorana")[known.nature] if known.nature < 2 else "dirac"
    flavour = ("e", "mu", "tau")[known.flavour]
    rate = lookup.rate("published-hnl", "hnl", nature=nature, curve=curve)
    if low < high:
        found = rate(m_N=np.geomspace(low * 1.0001, high * 0.9999, 200), **{f"U2_{flavour}": 1e-4}, outside="nan")
        finite = np.isfinite(found)
        assert finite.mean() > 0.9
        assert (found[finite] >= 0.0).all()
    for m in (known.masses[0] * 0.99, known.masses[1] * 1.01):
        if 1e-3 < m < 2.0:
            assert math.isnan(rate(m_N=m, **{f"U2_{flavour}": 1e-4}, outside="nan"))


def test_curves_are_listed_with_kind_nature_level_range_and_reference(capsys):
    """`gloam list curves` has a line for every curve; `gloam limit` names level and curve."""
    assert main(["list", "curves"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in CURVES)
    (line,) = (row for row in printed.splitlines() if row.strip().startswith("mu-na62 "))
    assert "peak, any, 90 %; 0.2 to 0.384 GeV; NA62:2021bji (2021)" in line
    arguments = ["limit", "published-hnl", "--model", "hnl", "--coupling", "U2_e", "m_N=1.5", "nature=dirac"]
    assert main([*arguments, "--option", "curve=e-delphi-long"]) == 0
    assert "excluded at 95 %" in capsys.readouterr().out
