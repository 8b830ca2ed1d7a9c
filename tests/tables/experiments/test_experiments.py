"""Facts of the experiments: geometry, target numbers, flux knots, one-bin counts."""

from __future__ import annotations

import numpy as np
import pytest
from gloam.tables.constants import AVOGADRO
from gloam.tables.datafile import read
from gloam.tables.experiments import microboone, miniboone
from gloam.tables.experiments.experiment import PROJECTILES, Experiment, flux_knots

EXPERIMENTS = (miniboone.FHC, miniboone.RHC, microboone.CRYOSTAT, microboone.TPC)


def test_the_oil_of_miniboone_fills_a_sphere_of_six_metres() -> None:
    """arXiv:0806.4201: 818 t of mineral oil of 0.86 g/cm^3 in a tank of radius 610 cm."""
    assert miniboone.FHC.radius == pytest.approx(6.10083, rel=2e-6)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: str(e.name))
def test_mass_fractions_add_up(experiment: Experiment) -> None:
    """The targets are all of the fiducial mass."""
    assert sum(target.mass_fraction for target in experiment.targets) == pytest.approx(1.0, rel=1e-15)


def test_carbon_and_hydrogen_in_miniboone_are_moles_of_oil() -> None:
    """818e6 g of CH2, 12/14 and 2/14 of it, over the masses of bare nuclei: 11.99671 and 1.00728 g/mol (CODATA, AME)."""
    assert miniboone.FHC.target_count("C12") == pytest.approx(818.0e6 * 12.0 / 14.0 * AVOGADRO / 11.99671, rel=1e-5)
    assert miniboone.FHC.target_count("p") == pytest.approx(818.0e6 * 2.0 / 14.0 * AVOGADRO / 1.007276467, rel=1e-6)


def test_miniboone_nucleons_are_those_of_carbon_and_hydrogen() -> None:
    """Six protons and six neutrons per C12, and hydrogen."""
    carbon, hydrogen = miniboone.FHC.target_count("C12"), miniboone.FHC.target_count("p")
    assert miniboone.FHC.proton_count == pytest.approx(6.0 * carbon + hydrogen, rel=1e-14)
    assert miniboone.FHC.neutron_count == pytest.approx(6.0 * carbon, rel=1e-14)


def test_argon_in_microboone_is_moles_of_argon() -> None:
    """170e6 g (86.19e6 g in the TPC) at 39.962 g/mol, with 18 protons and 22 neutrons each."""
    argon = microboone.CRYOSTAT.target_count("Ar40")
    assert argon == pytest.approx(170.0e6 * AVOGADRO / 39.962, rel=4e-4)
    assert microboone.CRYOSTAT.proton_count == pytest.approx(18.0 * argon, rel=1e-14)
    assert microboone.CRYOSTAT.neutron_count == pytest.approx(22.0 * argon, rel=1e-14)
    assert microboone.TPC.target_count("Ar40") / argon == pytest.approx(86.19 / 170.0, rel=1e-14)


def test_an_unknown_target_is_named_together_with_the_known_ones() -> None:
    """The error names what was asked for and what there is."""
    with pytest.raises(KeyError, match=r"miniboone-fhc.*'Ar40'.*C12, p"):
        miniboone.FHC.target_count("Ar40")


@pytest.mark.parametrize("projectile", PROJECTILES)
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: str(e.name))
def test_the_linear_flux_has_the_integral_of_the_bins_but_for_its_ends(experiment: Experiment, projectile: str) -> None:
    """Trapezia: sum f w - f_first w/2 (none below the first mid-point) - f_last w/4 (final triangle)."""
    energies, flux = flux_knots(experiment, projectile)
    assert (np.diff(energies) > 0.0).all()
    assert flux[-1] == 0.0
    assert flux[-2] > 0.0
    bins = read(experiment.flux_file)[projectile]
    start = bins[0] / 4.0 * (1.0 - (0.004 / 0.025) ** 2)
    expected = 0.05 * (bins.sum() - bins[0] / 2.0 + start - flux[-2] / 4.0)
    assert np.trapezoid(flux, energies) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("experiment", "projectile", "end"),
    [(miniboone.FHC, "numu", 7.15), (miniboone.FHC, "numubar", 7.20), (miniboone.RHC, "nuebar", 7.60)],
)
def test_the_flux_ends_at_the_upper_edge_of_the_last_bin_with_neutrinos(
    experiment: Experiment, projectile: str, end: float
) -> None:
    """Last non-zero bins of the release: 7.10-7.15, 7.15-7.20 and, after an empty one, 7.55-7.60 GeV."""
    energies, _ = flux_knots(experiment, projectile)
    assert energies[:2] == pytest.approx([0.004, 0.025])
    assert energies[-1] == pytest.approx(end)


def test_an_unknown_projectile_is_named_together_with_the_known_ones() -> None:
    """A column of the file that is no projectile is refused as well."""
    with pytest.raises(KeyError, match=r"'E_low'.*numu, numubar, nue, nuebar"):
        flux_knots(miniboone.FHC, "E_low")


def test_the_one_bin_total_of_miniboone_is_the_sum_of_the_release() -> None:
    """3202 events, 533.9 above the unconstrained background: 2020 release, as quoted for arXiv:2308.02543."""
    total = miniboone.fhc_total()
    assert total.data == 3202.0
    assert total.excess == pytest.approx(533.9, abs=0.05)


def test_the_one_bin_error_adds_counting_and_every_pair_of_background_bins() -> None:
    """sigma^2 = D + sum_ij F_ij B_i B_j, pair by pair from the columns background_1 ... background_11."""
    background = read("miniboone_2020_fhc.csv")["background"]
    fractional = read("miniboone_2020_fhc_covariance.csv")
    variance = 3202.0
    for i in range(11):
        for j in range(11):
            variance += background[i] * background[j] * fractional[f"background_{j + 1}"][11 + i]
    assert miniboone.fhc_total().sigma == pytest.approx(np.sqrt(variance), rel=1e-12)
