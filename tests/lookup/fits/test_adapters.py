"""Every adapter, end to end with the real package, on a posterior that is known in closed form.

NA64 for an invisible A' of fixed mass: ln L = -a eps^2, flat in ln eps over a range on which the posterior of N = a eps^2 is
exp(-N)/N between two ends: the cumulative distribution of N is a difference of exponential integrals. Part of the
prior volume (branching ratios above 1) has no answer, which every adapter meets.
"""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gloam import lookup
from gloam.lookup.callables.likelihoods import Likelihood
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.lookup.fits import Space, dynesty, emcee, iminuit, nautilus, pyhf_workspace, scipy_minimize, ultranest, zeus
from scipy.special import exp1

MASS = 0.1
EPS = (3e-6, 1e-3)
quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def likelihood() -> Likelihood:
    """NA64, no event."""
    return lookup.likelihood("na64-invisible", "dark-photon")


@pytest.fixture(scope="module")
def space(likelihood: Likelihood) -> Space:
    """eps flat in the logarithm, and the branching ratio of 1 or below; 1.5 is outside what the model allows."""
    return Space(likelihood, {"eps": EPS, "br_invisible": (0.5, 1.5)}, {"m_Ap": MASS})


def evidence(likelihood: Likelihood) -> float:
    """int d ln eps d br exp(-N), N = a br eps^2, over the prior: exponential integrals of N, and Gauss-Legendre over br."""
    a = -likelihood(m_Ap=MASS, eps=1e-4, br_invisible=1.0) * 1e8
    nodes, weights = np.polynomial.legendre.leggauss(40)
    br = 0.75 + 0.25 * nodes
    ends = [a * br * end**2 for end in EPS]
    inner = 0.5 * (exp1(ends[0]) - exp1(ends[1])) / math.log(EPS[1] / EPS[0])
    return math.log(0.25 * float(weights @ inner))


def mean_of_log_eps(likelihood: Likelihood) -> float:
    """Posterior mean of ln eps by a fine rule in ln eps and br."""
    a = -likelihood(m_Ap=MASS, eps=1e-4, br_invisible=1.0) * 1e8
    logs, br = np.linspace(*np.log(EPS), 4001), np.linspace(0.5, 1.0, 401)
    density = np.exp(-a * br[:, None] * np.exp(2.0 * logs[None, :])).sum(axis=0)
    return float((density * logs).sum() / density.sum())


def check_chain(chain: np.ndarray, likelihood: Likelihood, error: float) -> None:
    """Allowed points alone, and the mean of ln eps."""
    assert (chain[:, 1] <= 1.0).all()
    assert float(np.log(chain[:, 0]).mean()) == pytest.approx(mean_of_log_eps(likelihood), abs=error)


@quiet
def test_emcee_vectorised(space: Space, likelihood: Likelihood) -> None:
    """Walkers stay where there is an answer; the mean within 4 of its errors."""
    import emcee as package

    start = space.sample(40, np.random.default_rng(1))
    sampler = package.EnsembleSampler(40, **emcee(space))
    sampler.random_state = np.random.RandomState(1).get_state()
    sampler.run_mcmc(start, 1500)
    chain = sampler.get_chain(discard=300, thin=5, flat=True)
    check_chain(chain, likelihood, 0.15)


@quiet
def test_zeus_vectorised(space: Space, likelihood: Likelihood) -> None:
    """As for emcee."""
    import zeus as package

    np.random.seed(2)  # noqa: NPY002 (zeus has no other way)
    sampler = package.EnsembleSampler(20, verbose=False, **zeus(space))
    sampler.run_mcmc(space.sample(20, np.random.default_rng(2)), 600, progress=False)
    check_chain(sampler.get_chain(flat=True, discard=100, thin=3), likelihood, 0.2)


@quiet
def test_dynesty(space: Space, likelihood: Likelihood) -> None:
    """The evidence within 4 of its errors."""
    import dynesty as package

    sampler = package.NestedSampler(nlive=200, rstate=np.random.default_rng(3), sample="rwalk", **dynesty(space))
    sampler.run_nested(dlogz=0.1, print_progress=False)
    found = sampler.results
    assert found.logz[-1] == pytest.approx(evidence(likelihood), abs=4.0 * found.logzerr[-1])


@quiet
def test_ultranest_vectorised(space: Space, likelihood: Likelihood, tmp_path: Path) -> None:
    """A finite floor where there is no answer; the evidence within 4 of its errors."""
    import ultranest as package

    np.random.seed(4)  # noqa: NPY002 (UltraNest has no other way)
    sampler = package.ReactiveNestedSampler(**ultranest(space))
    found = sampler.run(min_num_live_points=200, show_status=False, viz_callback=False, dlogz=0.5)
    assert found["logz"] == pytest.approx(evidence(likelihood), abs=4.0 * found["logzerr"])


@quiet
def test_nautilus_vectorised(space: Space, likelihood: Likelihood) -> None:
    """The evidence to 10 %."""
    from nautilus import Sampler

    sampler = Sampler(n_live=300, seed=5, n_networks=1, **nautilus(space))
    sampler.run(verbose=False, n_eff=1000, discard_exploration=True)
    assert sampler.log_z == pytest.approx(evidence(likelihood), abs=0.1)


def moment_space() -> tuple[Space, float]:
    """g-2 of 2021, two-sided, at fixed mass: the best eps gives 251e-11, with sigma 59/(2 x 251) of it."""
    from gloam.tables.physics.dark_photons.anomalous_moment import muon_moment

    made = lookup.likelihood("g-2", "dark-photon", set="2021", sided="two")
    return Space(made, {"eps": (1e-4, 1e-1)}, {"m_Ap": 0.3}), math.sqrt(251e-11 / muon_moment(0.3, 1.0))


def test_iminuit_with_the_gradient() -> None:
    """Minimum and error in closed form; strategy 0 uses the gradient."""
    from iminuit import Minuit

    space, best = moment_space()
    cost = iminuit(space)
    minuit = Minuit(cost, eps=1.7 * best)
    minuit.strategy = 0
    minuit.migrad()
    minuit.hesse()
    assert minuit.valid
    assert minuit.ngrad > 0
    assert minuit.limits["eps"] == (1e-4, 1e-1)
    assert minuit.values["eps"] == pytest.approx(best, rel=1e-3)
    assert minuit.errors["eps"] == pytest.approx(best * 59.0 / (2.0 * 251.0), rel=0.02)
    assert cost.grad(best)[0] == pytest.approx(0.0, abs=1e-3 / best)


def test_a_cost_without_an_answer_is_infinite() -> None:
    """Never NaN: MINUIT would take it in silence."""
    space, _ = moment_space()
    assert iminuit(space)(2.0) == math.inf
    with pytest.raises(BadParameter, match="eps = 2 is not allowed"):
        iminuit(space).grad(2.0)


def test_scipy_minimize() -> None:
    """L-BFGS-B over the unit interval, in the logarithm of eps."""
    from scipy.optimize import minimize

    space, best = moment_space()
    found = minimize(method="L-BFGS-B", **scipy_minimize(space, {"eps": 0.02}))
    assert found.success
    assert space.prior_transform(found.x)[0] == pytest.approx(best, rel=1e-4)
    with pytest.raises(BadParameter, match="not inside the ranges of eps"):
        scipy_minimize(space, {"eps": 0.2})


COBAYA = """
likelihood:
  gloam.lookup.fits.cobaya.Gloam:
    searches: [na64-invisible]
    model: dark-photon
    fixed: {m_Ap: 0.1}
params:
  log_eps:
    prior: {min: -12.716898269296165, max: -6.907755278982137}
    ref: -10
    drop: true
  eps: {value: "lambda log_eps: np.exp(log_eps)"}
  br_invisible:
    prior: {min: 0.5, max: 1.5}
    ref: 0.8
sampler:
  mcmc: {max_samples: 1500, seed: 6, burn_in: 100, learn_proposal: true}
output: OUTPUT
"""


def test_cobaya_run_with_a_file(tmp_path: Path, likelihood: Likelihood) -> None:
    """`cobaya-run FILE.yaml` in a process of its own; points above 1 are outside, the mean of ln eps is that in closed form."""
    file = tmp_path / "fit.yaml"
    file.write_text(COBAYA.replace("OUTPUT", str(tmp_path / "chain")))
    done = subprocess.run(
        [sys.executable, "-m", "cobaya", "run", str(file)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    rows = np.loadtxt(tmp_path / "chain.1.txt")
    names = (tmp_path / "chain.1.txt").read_text().splitlines()[0].lstrip("#").split()
    weights, logs, br = (rows[:, names.index(name)] for name in ("weight", "log_eps", "br_invisible"))
    assert (br <= 1.0).all()
    assert float(np.average(logs, weights=weights)) == pytest.approx(mean_of_log_eps(likelihood), abs=0.4)


def test_cobaya_needs_searches_and_a_model() -> None:
    """One sentence."""
    from gloam.lookup.fits.cobaya import Gloam

    with pytest.raises(BadParameter, match="needs `searches`"):
        Gloam({"stop_at_error": True})


@quiet
def test_pyhf_takes_the_workspace_of_a_search() -> None:
    """MiniBooNE's total: D, B and the systematic part of sigma; -2 ln L of pyhf is about that of the Gaussian."""
    import pyhf

    made = lookup.likelihood("miniboone-fhc-total", "dipole", nature="dirac")
    point = {"m_N": 0.25, "mu_tr_mu": 5e-7}
    workspace = pyhf.Workspace(pyhf_workspace(made, **point))
    model, data = workspace.model(), workspace.data(workspace.model())
    expected = float(model.expected_actualdata(model.config.suggested_init())[0])
    assert expected == pytest.approx(2668.06 + made.rates[0](**point), abs=0.1)
    values = [float(pyhf.infer.mle.fixed_poi_fit(mu, data, model, return_fitted_val=True)[1]) for mu in (0.0, 1.0)]
    ours = [-2.0 * value for value in (made.null, made(**point))]
    assert values[1] - values[0] == pytest.approx(ours[1] - ours[0], rel=0.1)


def test_a_curve_has_no_workspace() -> None:
    """Nothing to count."""
    made = lookup.likelihood("g-2", "dark-photon")
    with pytest.raises(DoesNotFit, match="g-2 has no counts to export"):
        pyhf_workspace(made, m_Ap=0.1, eps=1e-3)


def test_the_core_imports_none_of_them() -> None:
    """A fresh interpreter: a likelihood and a space without any package of the extra `fits`."""
    names = ("emcee", "zeus", "dynesty", "ultranest", "nautilus", "iminuit", "cobaya", "pyhf")
    program = (
        "import sys, gloam.lookup.fits, gloam.lookup.callables.likelihoods; "
        f"sys.exit(', '.join(set(sys.modules) & set({names!r})) or 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def quadratic(values: Any) -> Any:
    """-2 ln L of g-2 over its least, in eps: ((eps^2/best^2 - 1) 251/59)^2."""
    _, best = moment_space()
    return (((np.asarray(values) / best) ** 2 - 1.0) * 251.0 / 59.0) ** 2


def test_a_profile_of_one_and_of_two_parameters_is_the_closed_one() -> None:
    """Nothing free: the curve itself; the mass free: -2 ln L = 0 wherever some mass gives 251e-11."""
    from gloam.lookup.fits.profiles import best_fit, profile

    space, best = moment_space()
    found = best_fit(space)
    assert found.point[0] == pytest.approx(best, rel=1e-4)
    assert found.log_likelihood == pytest.approx(0.0, abs=1e-6)
    eps = best * np.array([0.5, 1.0, 1.5])
    fixed = Space(space.likelihood, {}, {"m_Ap": 0.3, "eps": best})
    np.testing.assert_allclose(-2.0 * profile(fixed, {"eps": eps})[0], quadratic(eps), atol=1e-9)
    free = Space(space.likelihood, {"m_Ap": (0.05, 3.0)}, {"eps": best})
    values, points = profile(free, {"eps": eps})
    np.testing.assert_allclose(values, 0.0, atol=1e-5)
    assert points[1, 0] == pytest.approx(0.3, rel=1e-3)
