"""Exclusion planes: the grid agrees with the intervals, options go where they belong, silence stays silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.bands import favoured
from gloam.lookup.cli.plots import draw_plane, excess, shared
from gloam.lookup.errors import BadParameter, UnknownName
from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment
from matplotlib.figure import Figure

X, Y = ("m_Ap", 0.02, 2.0), ("eps", 1e-5, 0.1)
FIXED = {"r": 0.33, "Delta": 0.4, "alpha_D": 0.1}


def test_the_plane_is_positive_inside_the_intervals_of_the_limit() -> None:
    """Each column of the grid against the edges that the limit finds there."""
    bound = lookup.limit("na64-semivisible", "idm")
    plane = excess(bound, FIXED, X, Y, 30)
    masses, mixings = np.geomspace(*X[1:], 30), np.geomspace(*Y[1:], 30)
    assert (plane > 0.0).any()
    assert (plane < 0.0).any()
    for i in (0, 5, 12, 20, 29):
        inside = np.zeros(30, dtype=bool)
        for low, high in bound(m_Ap=min(float(masses[i]), X[2]), **FIXED).intervals:
            inside |= (mixings > (low or 0.0)) & (mixings < (high or 1.0))
        assert np.array_equal(plane[:, i] > 0.0, inside)


def test_the_excess_is_the_logarithm_of_rate_over_limit_and_nan_without_information() -> None:
    """ln(N/2.3) by definition; NaN beyond the published curve, where yield=published has nothing to say."""
    bound = lookup.limit("na64-invisible", "dark-photon", **{"yield": "published"})
    values = bound.excess(m_Ap=[0.1, 2.0], eps=1e-3, br_invisible=1.0)
    assert values[0] == pytest.approx(np.log(bound.rate(m_Ap=0.1, eps=1e-3, br_invisible=1.0) / 2.3), rel=1e-12)
    assert np.isnan(values[1])
    with pytest.raises(BadParameter, match="m_Ap"):
        bound.excess(m_Ap=[0.1, 20.0], eps=1e-3, br_invisible=1.0)


def test_the_favoured_band_of_2021_begins_at_two_sigma_below_the_mean() -> None:
    """251 - 2 x 59 = 133 [1e-11]; the set of 2025 favours no band, nor does a search without one."""
    band = favoured("g-2", "idm", set="2021")
    assert band is not None
    low = band(m_Ap=1.25, **FIXED).intervals[0][0]
    assert low == pytest.approx((133e-11 / muon_moment(1.25, 1.0)) ** 0.5, rel=1e-9)
    assert favoured("g-2", "idm", set="2025") is None
    assert favoured("na64-invisible", "idm") is None


def test_options_go_to_the_searches_that_know_them() -> None:
    """The year to g-2, the exposure to NA64, the nature of a coupling to all; an unknown one is refused."""
    options = {"set": "2021", "exposure": "9.37e11", "coupling_21": "axial"}
    parts = shared(["g-2", "na64-invisible"], "inverse-seesaw", options)
    assert parts == [{"set": "2021", "coupling_21": "axial"}, {"exposure": "9.37e11", "coupling_21": "axial"}]
    with pytest.raises(UnknownName, match="sets"):
        shared(["g-2"], "idm", {"sets": "2021"})


def test_a_plane_with_several_searches_and_a_band_is_written(tmp_path: Path) -> None:
    """A PNG of more than 10 kB, and another type of file is refused before anything is computed."""
    options = {"set": "2021", "yield": "published"}
    path = tmp_path / "plane.png"
    draw_plane(["na64-semivisible", "na64-invisible", "g-2"], "idm", options, FIXED, (X, Y), path, 40)
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert path.stat().st_size > 10_000
    with pytest.raises(BadParameter, match="1 points along an axis make no plane: 2 or more"):
        draw_plane(["g-2"], "idm", {}, FIXED, (X, Y), path, 1)
    with pytest.raises(BadParameter, match=r"\.png, \.pdf or \.svg"):
        draw_plane(["g-2"], "idm", {}, FIXED, (X, Y), tmp_path / "plane.txt", 40)


def test_axes_and_fixed_parameters_have_their_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GeV of a mass on an axis and in the title, GeV^-1 of a moment, nothing for a number."""
    figures: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
    draw_plane(["g-2"], "idm", {}, {"r": 0.33, "Delta": 0.4, "m_Ap": 0.1}, (("alpha_D", 0.01, 1.0), Y), tmp_path / "a.png", 4)
    moment = ("mu_tr_mu", 1e-8, 1e-4)
    draw_plane(["miniboone-fhc-total"], "dipole", {"nature": "dirac"}, {}, (("m_N", 0.1, 1.0), moment), tmp_path / "b.png", 4)
    first, second = (figure.axes[0] for figure in figures)
    assert "$m_{A'}$ = 0.1 GeV" in first.get_title()
    assert "= 0.33," in first.get_title()
    assert second.get_xlabel() == "$m_N$ [GeV]"
    assert second.get_ylabel().endswith(r" [GeV$^{-1}$]")
