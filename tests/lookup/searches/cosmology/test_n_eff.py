"""The search n-eff: thermal values, both sides of the bound, and where nothing is known."""

from __future__ import annotations

import pytest
from gloam import lookup
from gloam.lookup.errors import NoInformation


@pytest.mark.parametrize(("mass", "wanted"), [(5e-3, 4.133), (10e-3, 3.3605), (20e-3, 3.0699), (0.5, 3.04527)])
def test_mu_tau_has_the_thermal_value(mass: float, wanted: float) -> None:
    """Values of NUDEC_BSM (arXiv:2001.04466); heavy: the Standard Model, 3.04527."""
    found = lookup.rate("n-eff", "gauge-boson", group="L_mu-L_tau")(m_X=mass, g_X=1e-5)
    assert found[0] == pytest.approx(wanted, abs=2e-4)
    assert found[1] == pytest.approx(1.0 / found[0])


def test_a_dark_photon_lowers_it_and_is_excluded_from_below() -> None:
    """Electrons heated by X: 2.26823 at 5 MeV, below 2.99 - 0.34; 4.133 is above 3.33; 3.07 at 20 MeV is neither."""
    dark = lookup.limit("n-eff", "gauge-boson", "eps", group="secluded")
    muonic = lookup.limit("n-eff", "gauge-boson", "g_X", group="L_mu-L_tau")
    assert dark.rate(m_X=5e-3, eps=1e-4)[0] == pytest.approx(2.26823, abs=3e-4)
    assert dark.excess(m_X=5e-3, eps=1e-4) > 0.0
    assert muonic.excess(m_X=5e-3, g_X=1e-5) > 0.0
    assert muonic.excess(m_X=20e-3, g_X=1e-5) < 0.0


def test_what_is_not_in_equilibrium_with_one_side_is_said() -> None:
    """Freeze-in, electrons and neutrinos both (B-L, or loops), a light boson; a very weak one changes nothing."""
    rate = lookup.rate("n-eff", "gauge-boson", group="L_mu-L_tau")
    for point in ({"m_X": 5e-3, "g_X": 1e-11}, {"m_X": 5e-5, "g_X": 1e-5}):
        with pytest.raises(NoInformation, match="freezes in"):
            rate(**point)
    with pytest.raises(NoInformation, match="holds both together"):
        lookup.rate("n-eff", "gauge-boson", group="B-L")(m_X=5e-3, g_X=1e-5)
    assert rate(m_X=5e-3, g_X=1e-15)[0] == pytest.approx(3.04527, abs=5e-5)
