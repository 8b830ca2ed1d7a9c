"""Every table against its independent evaluation, and that such a comparison can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr
from gloam import tables
from gloam.builder import independent, source
from gloam.builder.checks import rules, upscattered
from gloam.lookup.callables import store
from scipy.special import beta, gamma

SHIPPED = sorted(path.name for path in (Path(tables.__file__).parent / "stores").iterdir())
WITHOUT = {"electron-dumps", "meson-dumps", "na64mu-yield", "t2k-flight"}  # tables that have no independent evaluation yet
UNSHIPPED = sorted(set(tables.names()) - set(SHIPPED))


def opened_table(name):
    """Recipe with the description of the shipped store, the store, and the scale of its errors."""
    path = store.versions(Path(tables.__file__).parent / "stores" / name)[-1]
    opened, recipe = store.open_store(path), source.load(name)
    assert opened.spec.version == recipe.spec.version
    return replace(recipe, spec=opened.spec), opened, np.array(zarr.open_group(path, mode="r").attrs["scale"])


def test_every_table_has_an_independent_evaluation_but_those_named_here():
    """A new table brings builder/checks/NAME.py."""
    assert {name for name in tables.names() if independent.check_of(source.load(name)) is None} == WITHOUT


@pytest.mark.parametrize("name", UNSHIPPED)
def test_the_kernel_of_a_table_that_does_not_ship_agrees_with_its_independent_evaluation(name, full):
    """Expected: builder/checks, another rule in another variable, within a tenth of the promise. Shipped: test_shipped_stores."""
    found = independent.compare(source.load(name), None, points=0 if full else 60)
    assert found is not None
    assert found.points >= 50
    assert not found.failures


@pytest.mark.parametrize("factor", [1.0 + 3e-5, 1.0 - 3e-5])
def test_a_shift_of_three_times_the_error_is_seen(factor):
    """z-rates, all proton values off by 3e-5, as an unconverged integral once was: a third of the promise."""
    recipe, opened, scale = opened_table("z-rates")
    check, _ = independent.check_of(recipe)

    def shifted(label, x):
        values, trusted = check(label, x)
        protons = np.array(["proton" in component for component in recipe.spec.components])
        return np.where(protons, factor * values, values), trusted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(independent, "check_of", lambda recipe: (shifted, 60))
        found = independent.compare(recipe, opened, scale, kernel=False)
    assert len(found.failures) == 1
    assert "independent evaluation" in found.failures[0]
    assert "/proton" in found.failures[0]


def test_a_build_whose_kernel_is_wrong_is_not_put_in_place(trial, build, tmp_path, monkeypatch):
    """The trial integral against a closed form that is 1e-3 larger: the point is named; the right one passes and is reported."""

    def closed(error):
        def check(label, x):
            strength = x[:, 0] * source.load(trial).spec.parameters[source.load(trial).spec.labels.index(label)][0]
            values = -np.expm1(-strength) / (2.0 * strength)
            return (1.0 + error) * np.stack(
                [values * x[:, 1], values / x[:, 1]], axis=1
            ), 1e-4  # the rule of the trial, 200 steps, is off by 4e-5

        return lambda recipe: (check, 300)

    monkeypatch.setattr(independent, "check_of", closed(1e-3))
    code, out, _ = build(trial, "run", "trial", "--out", tmp_path, "--points", 600, "--workers", 1)
    assert code == 1
    assert "the kernel differs" in out
    assert "a = " in out
    assert not (tmp_path / "trial" / "v1").exists()
    monkeypatch.setattr(independent, "check_of", closed(0.0))
    code, out, _ = build(trial, "finalize", "trial", "--out", tmp_path, "--points", 600, "--workers", 1)
    assert code == 0, out
    assert "second leg" in out
    assert (tmp_path / "trial" / "v1" / "provenance.json").read_text().count('"independent"') == 1


def test_the_rules_of_the_checks_integrate_closed_forms():
    """x^3 and a Beta function with square roots at both ends; e^-x sin x over pieces."""
    points, weights = rules.clenshaw_curtis(8)
    assert np.sum(weights * points**3) == pytest.approx(0.25, rel=1e-14)
    x, weight = rules.pieces([0.0, 1.0])
    assert np.sum(weight * np.sqrt(x * (1.0 - x))) == pytest.approx(beta(1.5, 1.5), rel=1e-10)
    x, weight = rules.pieces(np.linspace(0.0, 40.0, 21))
    assert np.sum(weight * np.exp(-x) * np.sin(x)) == pytest.approx(0.5, rel=1e-10)
    x, weight = rules.pieces([0.0, 1.0, 4.0, 60.0])
    assert np.sum(weight * np.sqrt(x) * np.exp(-x)) == pytest.approx(gamma(1.5), rel=1e-9)


def test_the_plain_probability_to_decay_in_a_sphere_has_its_limits():
    """3y/8 for small y, 1 - 3/(2y) for large y, and 1 - 3/2 + 3 (1 - 2/e) at y = 1."""
    y = np.array([1e-6, 1.0, 1e6])
    expected = [3.75e-7, -0.5 + 3.0 * (1.0 - 2.0 / np.e), 1.0 - 1.5e-6]
    assert upscattered.inside_sphere(y) == pytest.approx(expected, rel=1e-6)
