"""The Monte Carlo check of MiniBooNE's e+e- pairs: it compares most of both tables, and no bin that it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gloam import tables
from gloam.builder.checks import pair_monte_carlo
from gloam.lookup.callables import store

STORES = Path(tables.__file__).parent / "stores"


@pytest.mark.parametrize("branch", ["on", "off"])
def test_the_build_compared_most_values_and_found_nothing(branch):
    """Expected: the second leg in the provenance, without failures, for half of the values of all its points at least."""
    path = store.versions(STORES / f"miniboone-pairs-{branch}-shell")[-1]
    found = json.loads((path / "provenance.json").read_text())["independent"]
    components = len(store.open_store(path).spec.components)
    assert found["failures"] == []
    assert found["points"] >= 35
    assert found["values"] > 0.5 * found["points"] * components
    assert found["accuracy"] <= pair_monte_carlo.SIGMAS * pair_monte_carlo.LARGEST


def test_starved_bins_are_not_compared():
    """Expected: every bin of a light Z' is known; of one of 0.7 GeV, whose pairs open wide, the first bins are not, and no value
    is trusted to more than five standard deviations of 5 %.
    """
    _, trusted = pair_monte_carlo.check("fhc", np.array([[0.05, 0.02], [0.9, 0.7]]))
    assert np.isfinite(trusted[0]).all()
    assert np.isnan(trusted[1]).mean() > 0.5
    assert np.nanmax(trusted) <= 0.25
