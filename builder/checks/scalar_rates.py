"""scalar-rates: the cross section folded with the flux: energy outside, Q inside (`upscattered`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.builder.checks import upscattered
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.recipes.neutral_leptons.scalar_rates import COMPONENTS, components

if TYPE_CHECKING:
    from gloam.builder.checks.upscattered import Array
    from gloam.tables.experiments.experiment import Experiment


def check(label: str, x: Array) -> tuple[Array, float]:
    """Flux averages [1/POT] at ``x`` (points, inputs) for the beam ``label``, and their relative accuracy."""
    return upscattered.rates("scalar", COMPONENTS, BEAMS[label], x)


def check_experiment(experiment: Experiment, nucleus: str, x: Array) -> tuple[Array, float]:
    """The same for a member of the table: the flux of an experiment on one of its nuclei."""
    return upscattered.rates("scalar", components(experiment.projectiles), (experiment, nucleus), x)
