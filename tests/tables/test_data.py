"""The published numbers in ``tables/data``: complete, documented, in accord with other sources."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gloam.tables import datafile
from gloam.tables.constants import ATOMIC_MASS_UNIT, ELECTRON_MASS, PROTON_MASS
from gloam.tables.datafile import names, read, sha256

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "tables" / "data"
CHARGE_RADII = {"C12": 2.4702, "O16": 2.6991, "Al27": 3.0610, "Si28": 3.1224, "Ar40": 3.4274, "Fe56": 3.7377}
CHARGE_RADII |= {"Pb208": 5.5012}  # [fm] I. Angeli, K. Marinova, At. Data Nucl. Data Tables 99 (2013) 69
HEADER = ("What:", "Columns", "Publication:", "Collected: 2026-1", "Origin of the stored", "Conversion:")


def charge_density(isotope: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Radii [fm] and rho [e/fm^3] of the Fourier-Bessel series, rho = sum_n a_n sin(n pi r/R)/(n pi r/R)."""
    row = read("charge_densities.csv").row(isotope)
    r = np.linspace(0.0, row["R"], 4001)
    return r, sum((row[f"a{n}"] * np.sinc(n * r / row["R"]) for n in range(1, 18)), np.zeros(r.size))


def test_every_file_has_a_row_in_the_list_of_sources() -> None:
    """The list and the folder must name the same files."""
    listed = re.findall(r"^\| `([^`]+)`", (FOLDER / "SOURCES.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in FOLDER.iterdir() if path.name not in ("SOURCES.md", "references.bib"))
    assert tuple(sorted(listed)) == names()


@pytest.mark.parametrize("name", names())
def test_every_file_states_content_columns_publication_date_and_origin(name: str) -> None:
    """The rule of the folder."""
    header = read(name).header
    for word in HEADER:
        assert f"# {word}" in header


@pytest.mark.parametrize("name", names())
def test_columns_are_finite_and_read_only(name: str) -> None:
    """Data files hold no missing value, and a reader cannot change what the next one sees."""
    for values in read(name).values():
        assert np.isfinite(values).all()
        assert not values.flags.writeable


def test_the_hash_is_that_of_the_bytes_on_disk() -> None:
    """hashlib on the file itself."""
    assert sha256("r_ratio.csv") == hashlib.sha256((FOLDER / "r_ratio.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("call", [read, sha256])
def test_an_unknown_file_is_named_together_with_the_known_ones(call: object) -> None:
    """The error names what was asked for and what there is."""
    assert callable(call)
    with pytest.raises(FileNotFoundError, match=r"'fluxes\.csv'.*flux_microboone\.csv.*r_ratio\.csv"):
        call("fluxes.csv")


def test_an_unknown_column_or_row_is_named_together_with_the_known_ones() -> None:
    """The error names what was asked for and what there is."""
    with pytest.raises(KeyError, match=r"'energy'.*sqrt_s, "):
        read("r_ratio.csv")["energy"]
    with pytest.raises(KeyError, match=r"'C13'.*C12"):
        read("nuclear_masses.csv").row("C13")
    with pytest.raises(KeyError, match="no names"):
        read("r_ratio.csv").row("C12")


def test_a_row_of_the_wrong_length_is_refused_with_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file must not shift columns."""
    monkeypatch.setattr(datafile, "_content", lambda name: b"# What\na,b\n1,2\n3\n")
    with pytest.raises(ValueError, match=r"broken\.csv, row 2: 1 entries for 2 columns"):
        read.__wrapped__("broken.csv")


@pytest.mark.parametrize("isotope", read("charge_densities.csv").labels)
def test_charge_densities_integrate_to_the_charge(isotope: str) -> None:
    """4 pi int rho r^2 dr = Z, the definition of the density: 1 % for all, 1e-3 for the targets in use."""
    r, rho = charge_density(isotope)
    charge = 4.0 * np.pi * np.trapezoid(rho * r**2, r)
    tolerance = 1e-3 if isotope in CHARGE_RADII else 1e-2
    assert charge == pytest.approx(read("charge_densities.csv").row(isotope)["Z"], rel=tolerance)


@pytest.mark.parametrize(("isotope", "radius"), CHARGE_RADII.items())
def test_charge_radii_agree_with_the_world_average(isotope: str, radius: float) -> None:
    """rms charge radii of Angeli and Marinova, a compilation of its own (muonic atoms included), to 1.5 %."""
    r, rho = charge_density(isotope)
    mean_square = np.trapezoid(rho * r**4, r) / np.trapezoid(rho * r**2, r)
    assert np.sqrt(mean_square) == pytest.approx(radius, rel=1.5e-2)


@pytest.mark.parametrize(("name", "mass"), [("p", PROTON_MASS), ("n", 0.93956542052), ("H3", 2.80892113298)])
def test_light_masses_are_those_of_codata(name: str, mass: float) -> None:
    """Proton, neutron and triton mass [GeV] of CODATA 2018, an evaluation of its own."""
    assert read("nuclear_masses.csv").row(name)["mass"] == pytest.approx(mass, rel=2e-10)


def test_the_carbon_nucleus_weighs_twelve_units_less_its_electrons() -> None:
    """12 u - 6 m_e + 1030.1 eV, the six ionisation energies of carbon (NIST); the fit used gives 1045 eV."""
    expected = 12.0 * ATOMIC_MASS_UNIT - 6.0 * ELECTRON_MASS + 1030.1e-9
    assert read("nuclear_masses.csv").row("C12")["mass"] == pytest.approx(expected, abs=2e-8)


def test_every_nuclear_mass_follows_from_its_atomic_mass() -> None:
    """M = atomic mass - Z m_e + electron binding, to the digits printed (1e-10)."""
    table = read("nuclear_masses.csv")
    electrons = table["Z"] * ELECTRON_MASS - table["electron_binding"]
    expected = table["atomic_mass"] * ATOMIC_MASS_UNIT - electrons
    np.testing.assert_allclose(table["mass"], expected, rtol=1e-10)


def test_every_charge_density_has_a_mass() -> None:
    """A target needs both."""
    masses, densities = read("nuclear_masses.csv"), read("charge_densities.csv")
    assert set(masses.labels) == set(densities.labels) | {"p", "n"}
    for isotope in densities.labels:
        assert (masses.row(isotope)["Z"], masses.row(isotope)["A"]) == (
            densities.row(isotope)["Z"],
            densities.row(isotope)["A"],
        )


@pytest.mark.parametrize(
    ("name", "projectile", "flux", "energy"),
    [
        ("flux_miniboone_fhc.csv", "numu", 5.16e-10, 0.788),
        ("flux_miniboone_rhc.csv", "numubar", 2.93e-10, 0.665),
    ],
)
def test_miniboone_fluxes_have_the_published_integral_and_mean(name: str, projectile: str, flux: float, energy: float) -> None:
    """nu/cm^2/POT and mean energy [GeV] below 3 GeV: arXiv:1002.2680 (nu_mu), arXiv:1301.7067 (nu_mubar)."""
    table = read(name)
    below = table["E_high"] <= 3.0 + 1e-9
    per_bin = (table[projectile] * (table["E_high"] - table["E_low"]))[below]
    middle = 0.5 * (table["E_high"] + table["E_low"])[below]
    assert per_bin.sum() == pytest.approx(flux, rel=1e-3)
    assert (per_bin * middle).sum() / per_bin.sum() == pytest.approx(energy, rel=2e-3)


def test_the_microboone_flux_is_the_miniboone_flux_nearer_to_the_target() -> None:
    """Same beam at 470 m instead of 541 m: (541/470)^2 times the flux, to 10 % (a beam is not a point)."""
    totals = [float(np.sum(read(f"flux_{name}.csv")["numu"])) for name in ("microboone", "miniboone_fhc")]
    assert totals[0] / totals[1] == pytest.approx((541.0 / 470.0) ** 2, rel=0.1)


@pytest.mark.parametrize("name", ["flux_miniboone_fhc.csv", "flux_miniboone_rhc.csv", "flux_microboone.csv"])
def test_flux_bins_are_contiguous_and_end_with_one_empty_bin(name: str) -> None:
    """The layout that the header promises."""
    table = read(name)
    np.testing.assert_array_equal(table["E_low"][1:], table["E_high"][:-1])
    np.testing.assert_allclose(table["E_high"] - table["E_low"], 0.05, rtol=1e-9)
    fluxes = table.matrix()[:, 2:]
    assert not fluxes[-1].any()
    assert fluxes[-2].any()


def test_the_null_chi2_of_miniboone_is_that_of_the_release() -> None:
    """31.802 for 19 bins without signal, the value of the 2020 data release.

    Covariance of (signal, background, nu_mu) collapsed to (signal + background, nu_mu); chi^2 = r E^-1 r.
    """
    nue, numu = read("miniboone_2020_fhc.csv"), read("miniboone_2020_fhc_numu.csv")
    prediction = np.concatenate([np.zeros(11), nue["background"], numu["prediction"]])
    covariance = read("miniboone_2020_fhc_covariance.csv").matrix() * np.outer(prediction, prediction)
    collapse = np.zeros((19, 30))
    collapse[:11, :11] = collapse[:11, 11:22] = np.eye(11)
    collapse[11:, 22:] = np.eye(8)
    residual = np.concatenate([nue["data"], numu["data"]]) - collapse @ prediction
    chi2 = residual @ np.linalg.solve(collapse @ covariance @ collapse.T, residual)
    assert chi2 == pytest.approx(31.802, abs=5e-4)


def test_miniboone_counts_are_the_published_ones() -> None:
    """arXiv:2006.16883: 2870 events in 200-1250 MeV over 2309.4 (after the nu_mu constraint: 1 %)."""
    table = read("miniboone_2020_fhc.csv")
    inside = table["E_high_MeV"] <= 1250.0
    assert table["data"][inside].sum() == 2870
    assert table["background"][inside].sum() == pytest.approx(2309.4, rel=1e-2)


def test_r_ratio_is_sorted_and_tends_to_the_parton_model() -> None:
    """Three light flavours: 3 sum Q^2 (1 + alpha_s/pi) = 2.16 with alpha_s = 0.25, at 2.5-3.6 GeV, to 5 %."""
    table = read("r_ratio.csv")
    assert (np.diff(table["sqrt_s"]) >= 0.0).all()
    continuum = (table["sqrt_s"] > 2.5) & (table["sqrt_s"] < 3.6)
    error = np.hypot(table["stat_up"], 0.01 * table["syst_percent"] * table["R"])[continuum]
    assert np.average(table["R"][continuum], weights=error**-2.0) == pytest.approx(2.16, rel=5e-2)


def test_r_ratio_peaks_at_the_phi_and_the_omega() -> None:
    """Masses 1.01946 and 0.78266 GeV of the Particle Data Group, to 2 MeV."""
    table = read("r_ratio.csv")
    for low, high, mass in ((0.9, 1.1, 1.01946), (0.6, 0.9, 0.78266)):
        inside = np.flatnonzero((table["sqrt_s"] > low) & (table["sqrt_s"] < high))
        assert table["sqrt_s"][inside[np.argmax(table["R"][inside])]] == pytest.approx(mass, abs=2e-3)
