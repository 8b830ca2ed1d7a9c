"""Rates of N produced: against the physics page's check values, closed limits and direct integration."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.rates import Rate
from gloam.lookup.errors import BadParameter, DoesNotFit, UnknownName
from gloam.lookup.events.production import target_numbers
from gloam.tables.experiments.miniboone import FHC

DARK = {"m_N": 0.15, "m_Zp": 0.03, "eps": 8e-4, "alpha_D": 1 / (4 * math.pi), "U2_mu": 1e-8, "U2_D": 1.0}
DARKNEWS_CHARGE = 1.01914  # [1] g s_W/e of DarkNews's inputs: its proton charge is this times e eps


def produced(search: str, model: str = "dark-neutrino") -> Rate:
    """The rate of a produced-N search for a Dirac N."""
    return lookup.rate(search, model, nature="dirac")


@pytest.mark.parametrize(("search", "events"), [("miniboone-fhc-produced", 18450.0), ("microboone-produced", 4845.0)])
def test_light_mediator_events_agree_with_the_published_check_values(search: str, events: float) -> None:
    """Expected: DarkNews 0.4.8 event sums, nu_mu only (check value 9); numubar adds its flux share, below 7 %."""
    rate = produced(search)
    ours = rate(**DARK) * DARKNEWS_CHARGE**2
    assert events < ours < 1.07 * events


def test_rate_scales_exactly_with_couplings() -> None:
    """Expected: N is linear in U2_mu and, where Z exchange is negligible, quadratic in eps (closed scaling law)."""
    rate = produced("miniboone-fhc-produced")
    one = rate(**DARK)
    assert rate(**{**DARK, "U2_mu": 3e-8}) == pytest.approx(3 * one, rel=1e-12)
    assert rate(**{**DARK, "eps": 8e-3}) == pytest.approx(100 * one, rel=1e-2)


def test_interference_is_destructive_on_carbon_and_odd_in_eps() -> None:
    """Expected: C_had = 6 (1/2 - 2 s_W^2) - 6/2 < 0 on carbon; N(eps) + N(-eps) - 2 N(Z alone) is quadratic in eps."""
    numbers = target_numbers(FHC, "C12")
    assert numbers[3] < 0.0 < min(numbers[4:6])
    rate = produced("miniboone-fhc-produced")
    heavy = {**DARK, "m_Zp": 5.0, "m_N": 0.14, "U2_mu": 1e-6}
    weak = rate(**{**heavy, "eps": 0.0})

    def even(eps: float) -> float:
        return (rate(**{**heavy, "eps": eps}) + rate(**{**heavy, "eps": -eps}) - 2.0 * weak) / eps**2

    assert even(1e-2) == pytest.approx(even(1e-3), rel=1e-6)
    assert rate(**{**heavy, "eps": 1e-3}) != rate(**{**heavy, "eps": -1e-3})


def test_flavours_use_their_own_flux() -> None:
    """Expected: nu_e is about half a per cent of the BNB flux (arXiv:0806.1449), tau neutrinos are absent."""
    rate = produced("miniboone-fhc-produced")
    muon = rate(**DARK)
    electron = rate(**{**DARK, "U2_mu": 0.0, "U2_e": 1e-8})
    assert 0.003 < electron / muon < 0.02
    assert rate(**{**DARK, "U2_mu": 0.0, "U2_tau": 1e-8}) == 0.0


def test_scalar_array_out_and_compiled_calls_give_the_same_bits() -> None:
    """Expected: one kernel behind every way of asking."""
    rate = produced("miniboone-fhc-produced")
    one = rate(**DARK)
    many = rate(**{**DARK, "m_N": np.full((2, 3), 0.15)})
    out = np.empty(3)
    rate(**{**DARK, "m_N": np.full(3, 0.15)}, out=out)
    values = [DARK.get(item.name, item.default) for item in rate.parameters]
    assert many.shape == (2, 3)
    assert np.all(many == one)
    assert np.all(out == one)
    assert rate.scalar(*values) == one
    kernel = rate.kernel

    @numba.njit
    def mine(blob: np.ndarray, plan: np.ndarray, point: np.ndarray) -> float:
        result = np.empty(2)
        kernel(blob, plan, point, result)
        return result[0]

    assert mine(*rate.data, np.array(values)) == one


def test_handles_pickle_small_and_threads_agree() -> None:
    """Expected: a handle is its names and options (below 4 kB), and 8 threads give identical bits."""
    rate = produced("miniboone-fhc-produced")
    assert len(pickle.dumps(rate)) < 4000
    again = pickle.loads(pickle.dumps(rate))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: again(**DARK), range(64)))
    assert set(results) == {rate(**DARK)}


def test_gradient_of_a_power_law_is_its_exponent() -> None:
    """Expected: dN/dU2_mu = N/U2_mu, because N is linear in it."""
    rate = produced("miniboone-fhc-produced")
    assert rate.gradient(**DARK)["U2_mu"] == pytest.approx(rate(**DARK) / 1e-8, rel=1e-8)


@pytest.mark.parametrize(("U2_mu", "U2_D"), [(0.01, 1.0), (0.505, 0.5), (1.0, 0.0)])
def test_the_gradient_at_the_edge_of_unitarity_is_taken_from_inside(U2_mu: float, U2_D: float) -> None:
    """U2_mu = 1 - 0.99 U2_D is the last value allowed. N is linear in it; U2_tau = 0 can be moved to neither side."""
    rate = produced("miniboone-fhc-produced")
    point = {**DARK, "U2_mu": U2_mu, "U2_D": U2_D}
    with pytest.raises(BadParameter, match="is not allowed"):
        rate(**{**point, "U2_mu": U2_mu + 1e-6})
    slopes = rate.gradient(**point)
    assert slopes["U2_mu"] == pytest.approx(rate(**point) / U2_mu, rel=1e-8)
    assert math.isnan(slopes["U2_tau"])
    assert math.isfinite(slopes["m_N"])
    with pytest.raises(BadParameter, match="by unitarity"):
        rate.gradient(**{**point, "U2_mu": 0.99, "U2_e": 0.5})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"m_N": -0.1}, "m_N = -0.1 GeV is not allowed"),
        ({"m_N": float("nan")}, "m_N = nan GeV is not allowed"),
        ({"m_Zp": 20.0}, "m_Zp = 20 GeV is not allowed"),
        ({"m_N": 2.0000002}, "m_N = 2.0000002 GeV is not allowed: 0.005 to 2.0 GeV"),
        ({"m_Zpp": 1.0}, "did you mean 'm_Zp'"),
        ({"Umu4": 1e-4}, "give U2_mu"),
        ({"m_N": "heavy"}, "not a number alone, without its unit"),
    ],
)
def test_bad_parameters_are_refused_by_name(change: dict[str, object], words: str) -> None:
    """Expected: the error names the parameter, the value and what is allowed."""
    with pytest.raises((BadParameter, UnknownName), match=words.replace("(", r"\(")):
        produced("miniboone-fhc-produced")(**{**DARK, **change})


def test_missing_parameters_natures_and_unfit_questions_are_refused() -> None:
    """Expected: each refusal says what is missing or why."""
    with pytest.raises(BadParameter, match=r"missing m_N \[GeV\]"):
        produced("miniboone-fhc-produced")(**{k: v for k, v in DARK.items() if k != "m_N"})
    with pytest.raises(BadParameter, match="nature is missing or None: choose nature = dirac or majorana"):
        lookup.rate("miniboone-fhc-produced", "dark-neutrino")
    with pytest.raises(UnknownName, match="did you mean 'majorana'"):
        lookup.rate("miniboone-fhc-produced", "dark-neutrino", nature="majorna")
    with pytest.raises(UnknownName, match="did you mean 'miniboone-fhc-produced'"):
        lookup.rate("miniboone-fhc-produce", "dark-neutrino", nature="dirac")
    with pytest.raises(DoesNotFit, match="before any decay"):
        lookup.limit("miniboone-fhc-produced", "dark-neutrino", "U2_mu", nature="dirac")


def test_inputs_without_names_are_refused_with_the_names() -> None:
    """Expected: the parameters of the model in their order, and no TypeError about Python's own conventions."""
    rate = produced("miniboone-fhc-produced")
    order = "m_N, m_Zp, eps, alpha_D, U2_D, U2_e, U2_mu, U2_tau"
    with pytest.raises(BadParameter, match=f"^dark-neutrino: 0.1 without a name: give every input by name, of {order}$"):
        rate(0.1)
    with pytest.raises(BadParameter, match=f"takes 8 numbers in this order, {order}; got 0.1$"):
        rate.scalar(0.1)
    with pytest.raises(BadParameter, match=r"of m_N, m_Zp$"):
        lookup.load("hadronic-width")(1.5, 3.0)
    with pytest.raises(BadParameter, match=r"of m_Ap, final$"):
        lookup.load("width-dark-photon")(1.0, "muons")
    with pytest.raises(BadParameter, match=r"of m_Ap, r, Delta, alpha_D$"):
        lookup.limit("g-2", "idm")(1.0)
    with pytest.raises(BadParameter, match=r"of m_Ap, r, Delta, eps, alpha_D$"):
        lookup.model("idm")(1.0)


def test_shapes_that_do_not_broadcast_are_refused() -> None:
    """Expected: the error names table or model, and the shapes."""
    with pytest.raises(BadParameter, match=r"hadronic-width: the shapes of the inputs do not broadcast .*\(2,\).*\(3,\)"):
        lookup.load("hadronic-width")(m_N=[1.0, 1.5], m_Zp=[3.0, 4.0, 5.0])
    with pytest.raises(BadParameter, match="dark-neutrino: the shapes of the inputs do not broadcast"):
        produced("miniboone-fhc-produced")(**{**DARK, "m_N": [0.1, 0.2], "m_Zp": [1.0, 2.0, 3.0]})


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("hadronic-width", {"m_N": 1.5, "m_Zp": 3.0}),
        ("vector-rates", {"m_N": 0.1, "m_mediator": 1.0, "beam": "microboone"}),
        ("width-dark-photon", {"m_Ap": 1.0, "final": "muons"}),
    ],
)
def test_an_unknown_word_for_outside_is_refused_inside_too(name: str, inputs: dict[str, object]) -> None:
    """Expected: the two words that are allowed, although no point is outside."""
    with pytest.raises(BadParameter, match=r"outside = 'clip' is not allowed: 'raise' .* or 'nan'"):
        lookup.load(name)(**inputs, outside="clip")


def test_outside_policies_raise_or_return_nan() -> None:
    """Expected: NaN only where it was asked for."""
    rate = produced("miniboone-fhc-produced")
    with pytest.raises(BadParameter, match="outside = 'clip' is not allowed"):
        rate(**DARK, outside="clip")
    many = rate(**{**DARK, "m_N": np.array([0.15, 3.0])}, outside="nan")
    assert math.isnan(many[1])
    assert many[0] == rate(**DARK)
