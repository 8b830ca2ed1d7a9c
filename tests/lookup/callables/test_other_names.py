"""Names of other programs: one test per trap; expectations are the definitions of these programs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.errors import BadParameter, UnknownName


def test_amplitudes_of_darknews_are_squared() -> None:
    """DarkNews 0.4.8: Umu4, UD4 are amplitudes, gD a coupling; m4, mzprime [GeV], epsilon as they are."""
    found = lookup.aliases("darknews")(m4=0.14, mzprime=1.25, Umu4=1e-3, UD4=0.5, gD=2.0, epsilon=-1e-3, HNLtype="Majorana")
    assert found == {
        "m_N": 0.14,
        "m_Zp": 1.25,
        "U2_mu": pytest.approx(1e-6),
        "U2_D": 0.25,
        "alpha_D": pytest.approx(1.0 / math.pi),
        "eps": -1e-3,
        "nature": "majorana",
    }


def test_mixings_of_gambit_are_squares_already() -> None:
    """NeutrinoBit: Ue1, Um1, Ut1 stand for |U|^2; squaring them would be wrong by orders of magnitude."""
    assert lookup.aliases("gambit")(M_1=1.0, Ue1=1e-6, Um1=2e-6) == {"m_N": 1.0, "U2_e": 1e-6, "U2_mu": 2e-6}


def test_the_coupling_of_foresee_is_eps_of_the_dark_photon() -> None:
    """arXiv:2105.07077; of other models it is something else, so that the name says which."""
    assert lookup.aliases("foresee-dark-photon")(mass=0.1, coupling=1e-4) == {"m_Ap": 0.1, "eps": 1e-4}
    with pytest.raises(UnknownName, match="did you mean 'foresee-dark-photon'"):
        lookup.aliases("foresee")


def test_dirac_or_majorana_is_never_guessed() -> None:
    """Left out, there is no nature in the answer, and the model asks for it."""
    assert "nature" not in lookup.aliases("darknews")(m4=0.1)
    with pytest.raises(UnknownName, match="unknown HNLtype of darknews 'weyl'"):
        lookup.aliases("darknews")(HNLtype="weyl")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"chi": 1e-3}, "chi is not converted: it mixes with hypercharge"),
        ({"epsilon2": 1e-6}, "lost the sign of eps"),
        ({"gD": 1.0, "alphaD": 0.1}, "gD and alphaD both give alpha_D"),
        ({"m4": "heavy"}, "not a number alone"),
    ],
)
def test_what_cannot_be_converted_is_refused(given: dict[str, object], words: str) -> None:
    """One sentence with the reason."""
    with pytest.raises(BadParameter, match=words):
        lookup.aliases("darknews")(**given)
    with pytest.raises(UnknownName, match="did you mean 'Umu4'"):
        lookup.aliases("darknews")(Umu5=1e-3)


def test_arrays_are_converted_too() -> None:
    """Element by element."""
    found = lookup.aliases("darknews")(Umu4=np.array([1e-3, 2e-3]))
    np.testing.assert_allclose(found["U2_mu"], [1e-6, 4e-6])
