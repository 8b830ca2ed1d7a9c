"""gloam under JAX: tables equal to compiled ones with exact derivatives, and a chain of NUTS against a grid."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import pytest
from gloam import lookup
from gloam.lookup.errors import BadParameter, DoesNotFit, UnknownName
from gloam.lookup.fits import Space, jax_tables
from gloam.lookup.fits import jax as gloam_jax
from gloam.tables import coordinates
from numpyro import distributions
from numpyro.diagnostics import effective_sample_size
from numpyro.infer import MCMC, NUTS

TABLES = {  # at least one of every map and prefactor among the tables that ship
    "hadronic-width": (None, {"m_N": (0.4, 1.9), "m_Zp": (2.1, 9.0)}),
    "vector-rates": ("microboone", {"m_N": (0.01, 1.8), "m_mediator": (0.02, 9.0)}),
    "dipole-rates": ("miniboone-fhc", {"m_N": (0.006, 1.9)}),
    "decay-vector": (None, {"m_N": (0.01, 1.5), "m_mediator": (0.02, 9.0)}),
    "babar-missed-12-electrons": ("100MeV", {"m_Ap": (1.0, 5.0), "r": (0.2, 0.4), "Delta": (0.1, 0.4)}),
    "na64-yield": (None, {"m_Ap": (0.002, 0.9)}),
}


@pytest.fixture(autouse=True)
def _double():
    """Double precision, and what was before behind it."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


MASSES = np.geomspace(0.02, 1.9, 7)
POINTS = {  # inputs that a map or a prefactor may meet
    "three-body": ([0.2, 0.5], (np.array([0.5, 0.9, 0.41]), np.array([0.7, 8.0, 0.4101]))),
    "threshold": ([0.2, 0.5], (np.array([0.5, 0.9, 0.41]), np.array([0.7, 8.0, 0.4101]))),
    "on-shell": ([], (np.array([0.02, 0.3, 1.0]), np.array([0.01, 0.29, 0.007]))),
    "off-shell": ([], (np.array([0.02, 0.3, 1.0]), np.array([0.021, 0.9, 1.9]))),
    "semivisible": ([1.0, 1.1e-3, 9.0], (np.array([0.5, 3.0]), np.array([0.3, 0.45]), np.array([0.2, 0.05]))),
}
USUAL = ([0.7, 0.0, 0.0], (MASSES, MASSES[::-1] + 0.1))


@pytest.mark.parametrize("name", coordinates.MAPS)
def test_maps_are_those_of_compiled_code(name):
    """Expected: the box of `tables/coordinates.py` and its derivatives there, to rounding."""
    shape, inputs = POINTS.get(name, USUAL)
    inputs = inputs[:1] if name in ("mass", "flux", "momentum") else inputs
    count, kind = len(inputs), coordinates.MAPS.index(name)
    for x in np.array(inputs).T:
        box, slopes = np.empty(count), np.empty(count * count)
        coordinates.to_box(kind, np.array(shape), 0, x, count, box)
        coordinates.map_slopes(kind, np.array(shape), 0, x, count, slopes)
        assert np.allclose(jnp.stack(jax_tables._box(kind, shape, list(x))), box, rtol=1e-14, atol=1e-14)
        turned = jax.jacobian(lambda x, kind=kind, shape=shape: jnp.stack(jax_tables._box(kind, shape, list(x))))(x)
        assert np.allclose(turned, slopes.reshape(count, count), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", coordinates.PREFACTORS)
def test_prefactors_are_those_of_compiled_code(name):
    """Expected: the prefactor of `tables/coordinates.py` and its derivatives there; both sides of the series of a moment."""
    shape, inputs = POINTS.get(name, USUAL)
    kind, components = coordinates.PREFACTORS.index(name), 8

    def prefactors(x, kind, shape):
        return jax_tables._prefactor(kind, shape, list(x), components) * jnp.ones(components)

    for x in np.array(inputs[:2]).T[::3]:
        found = jax_tables._prefactor(kind, shape, list(x), components) * jnp.ones(components)
        turned = jax.jacobian(lambda x, k=kind, s=shape: jax_tables._prefactor(k, s, list(x), components) * jnp.ones(components))(
            x
        )
        for c in range(components):
            expected = coordinates.prefactor(kind, np.array(shape), 0, x, components, c)
            assert float(found[c]) == pytest.approx(expected, rel=1e-12)
            for j in range(2):
                slope = expected * coordinates.prefactor_slope(kind, np.array(shape), 0, x, components, c, j)
                assert float(turned[c, j]) == pytest.approx(slope, rel=1e-9, abs=1e-12 * abs(expected))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_compiled_one_with_its_derivatives(name):
    """Expected: values to 1e-13 and the exact derivatives of the compiled table; jit and vmap; NaN outside."""
    label, ranges = TABLES[name]
    table, function = lookup.load(name), jax.jit(jax.vmap(gloam_jax.table(name, label)))
    generator = np.random.default_rng(5)
    points = {key: generator.uniform(*ends, 40) for key, ends in ranges.items()}
    choice = {table.spec.choice.name: label} if table.spec.choice else {}
    expected = np.asarray(table(**points, **choice))
    found = np.asarray(function(**points))
    scale = np.abs(expected) if table.spec.transform == "log" else np.abs(expected).max(axis=0)
    assert found.shape == expected.shape
    assert (np.abs(found - expected) <= 1e-13 * scale).all()
    slopes = jax.vmap(jax.jacobian(lambda given: gloam_jax.table(name, label)(**given)))(points)
    exact = table.gradient(**points, **choice)
    for key in ranges:
        size = np.abs(exact[key]).max(axis=0)
        assert (np.abs(np.asarray(slopes[key]) - exact[key]) <= 1e-9 * np.maximum(np.abs(exact[key]), 1e-3 * size)).all()
    key = next(iter(ranges))
    beyond = {**points, key: np.full(40, 1e3)}
    assert np.isnan(function(**beyond)).all()


def test_second_derivatives_of_a_table():
    """Expected: the hessian of the compiled table."""
    table, function = lookup.load("dipole-rates"), gloam_jax.table("dipole-rates", "miniboone-fhc")
    found = jax.jacobian(jax.jacobian(lambda m: function(m_N=m)))(0.3)
    assert np.allclose(found, table.hessian(beam="miniboone-fhc", m_N=0.3)[0, 0], rtol=1e-9)


def test_what_cannot_be_asked_is_said():
    """Expected: one sentence each: single precision, a composed quantity, a label that is missing or unknown, other inputs."""
    with pytest.raises(DoesNotFit, match="composed quantity, no table"):
        gloam_jax.table("sigma-dipole")
    with pytest.raises(BadParameter, match="beam is missing; give label= one of"):
        gloam_jax.table("vector-rates")
    with pytest.raises(UnknownName, match="did you mean 'microboone'"):
        gloam_jax.table("vector-rates", "microbone")
    with pytest.raises(BadParameter, match="takes m_N, m_Zp, not m_N"):
        gloam_jax.table("hadronic-width")(m_N=1.0)
    jax.config.update("jax_enable_x64", False)
    with pytest.raises(BadParameter, match="JAX is in single precision"):
        gloam_jax.table("hadronic-width")


@pytest.fixture(scope="module")
def space():
    """Mass and mixing of a dark photon that decays invisibly, against NA64 and the set of 2021 of g-2, both sides."""
    made = lookup.likelihood(["na64-invisible", "g-2"], "dark-photon", set="2021", sided="two")
    return Space(made, {"m_Ap": (0.02, 0.8), "eps": (1e-6, 1e-2)}, {"br_invisible": 1.0, "width_dark": 0.0})


def test_a_likelihood_is_a_function_of_jax(space):
    """Expected: value and slopes of the likelihood itself, alone, under jit, vmap and grad; -inf with slopes 0 outside."""
    function = gloam_jax.log_likelihood(space)
    x = np.array([[0.1, 1e-5], [0.3, 3e-5], [5.0, 1e-5], [1e9, 1e-5]])
    values = jax.jit(jax.vmap(function))(x)
    assert np.array_equal(values, space.log_likelihood(x))
    found, slopes = jax.jit(jax.vmap(jax.value_and_grad(function)))(x)
    assert np.array_equal(found, values)
    assert values[-1] == -np.inf
    assert (slopes[-1] == 0.0).all()
    expected = space.likelihood.value_and_gradient(m_Ap=0.3, eps=3e-5, br_invisible=1.0).slopes
    assert slopes[1].tolist() == [expected["m_Ap"], expected["eps"]]


def test_a_chain_of_nuts_has_the_moments_of_a_grid(space):
    """Expected: mean and width of ln m_Ap and ln eps as a grid gives them, within four errors of the chain (numpyro)."""
    function, low, high = gloam_jax.log_likelihood(space), np.log(space.low), np.log(space.high)

    def model():
        u = numpyro.sample("u", distributions.Uniform(low, high).to_event(1))
        numpyro.factor("ln L", function(jnp.exp(u)))

    chain = MCMC(NUTS(model), num_warmup=300, num_samples=1500, progress_bar=False)
    chain.run(jax.random.PRNGKey(16))
    drawn = np.asarray(chain.get_samples()["u"])
    axes = [low[i] + (high[i] - low[i]) * (np.arange(400) + 0.5) / 400 for i in (0, 1)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    weights = np.exp(space.log_likelihood(np.exp(grid)))
    weights /= weights.sum()
    mean = weights @ grid
    width = np.sqrt(weights @ (grid - mean) ** 2)
    for i in (0, 1):
        independent = effective_sample_size(drawn[None, :, i])
        assert independent > 200
        assert abs(drawn[:, i].mean() - mean[i]) < 4.0 * width[i] / np.sqrt(independent)
        assert drawn[:, i].std() == pytest.approx(width[i], rel=4.0 / np.sqrt(independent))
