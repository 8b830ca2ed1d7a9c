"""N_eff with two temperatures against the public Boltzmann code NUDEC_BSM (arXiv:2001.04466) and closed limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam.tables.physics.relics.decoupling import (
    BOSON,
    FERMION,
    HEAD,
    RATIOS,
    TOWARDS_ELECTRONS,
    TOWARDS_NEUTRINOS,
    data_of,
    n_eff,
    thermal,
)


def test_standard_model() -> None:
    """3.04527 for one neutrino temperature."""
    assert n_eff(10.0, data_of(0.0, BOSON, TOWARDS_NEUTRINOS)) == pytest.approx(3.04527, abs=5e-5)


@pytest.mark.parametrize(("mass", "wanted"), [(5.0, 4.133), (10.0, 3.3605), (15.0, 3.1333), (20.0, 3.0699), (30.0, 3.0473)])
def test_vector_on_neutrinos(mass: float, wanted: float) -> None:
    """A thermal L_mu - L_tau boson, four or five digits of that code."""
    assert n_eff(mass, data_of(3.0, BOSON, TOWARDS_NEUTRINOS)) == pytest.approx(wanted, abs=2e-4)


def test_other_gases() -> None:
    """Boson g = 3 of 5 MeV on electrons 2.26823, fermion g = 4 of 10 MeV on neutrinos 3.46365."""
    assert n_eff(5.0, data_of(3.0, BOSON, TOWARDS_ELECTRONS)) == pytest.approx(2.26823, abs=3e-4)
    assert n_eff(10.0, data_of(4.0, FERMION, TOWARDS_NEUTRINOS)) == pytest.approx(3.46365, abs=3e-4)


def test_a_heavy_gas_is_gone_and_more_of_a_gas_does_more() -> None:
    """60 MeV: the Standard Model to 2e-5. Neutrinos gain, photons gain; monotone in mass and in degrees of freedom."""
    standard = n_eff(10.0, data_of(0.0, BOSON, TOWARDS_NEUTRINOS))
    vector, scalar = data_of(3.0, BOSON, TOWARDS_NEUTRINOS), data_of(1.0, BOSON, TOWARDS_NEUTRINOS)
    assert n_eff(60.0, vector) == pytest.approx(standard, abs=2e-5)
    values = [n_eff(mass, vector) for mass in (0.2, 1.0, 3.0, 10.0, 30.0)]
    assert values == sorted(values, reverse=True)
    assert standard < n_eff(3.0, scalar) < n_eff(3.0, vector)
    assert n_eff(3.0, data_of(3.0, BOSON, TOWARDS_ELECTRONS)) < standard


def test_thermal_functions_have_their_closed_limits() -> None:
    """Relativistic: rho = (7/8 or 1) pi^2/30 T^4, p = rho/3, drho/dT = 4 rho/T; cold: the Boltzmann factor."""
    for statistics, factor in ((BOSON, 1.0), (FERMION, 7.0 / 8.0)):
        data = data_of(1.0, statistics, TOWARDS_NEUTRINOS)
        rho, pressure, slope = thermal(data, 1, 1.1e-3)
        assert rho == pytest.approx(factor * math.pi**2 / 30.0, rel=1e-5)
        assert pressure == pytest.approx(rho / 3.0, rel=1e-5)
        assert slope == pytest.approx(4.0 * rho, rel=1e-5)
        rho, pressure, _ = thermal(data, 1, 50.0)
        cold = 50.0 * (50.0 / (2.0 * math.pi)) ** 1.5 * math.exp(-50.0)
        assert rho == pytest.approx(cold * (1 + 27.0 / (8.0 * 50.0)), rel=4e-3)
        assert pressure == pytest.approx(rho / 50.0, rel=0.04)
    assert thermal(data, 1, 400.0) == (0.0, 0.0, 0.0)
    assert np.isfinite(data[: HEAD + 6 * RATIOS]).all()
