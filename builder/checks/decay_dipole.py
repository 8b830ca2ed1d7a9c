"""decay-dipole: plain averages of the probability to decay over all energies and Q (`upscattered`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.builder.checks import upscattered
from gloam.tables.recipes.neutral_leptons.decay_dipole import TABLE, components

if TYPE_CHECKING:
    from gloam.builder.checks.upscattered import Array
    from gloam.tables.experiments.experiment import Experiment


def check(label: str, x: Array) -> tuple[Array, float]:
    """Logits at ``x`` (points, inputs), and the relative accuracy of the probability that follows from them."""
    return upscattered.logits("dipole", TABLE.components, x)


def check_experiment(experiment: Experiment, nucleus: str, x: Array) -> tuple[Array, float]:
    """The same for a member of the table: the flux of an experiment on one of its nuclei, a sphere."""
    return upscattered.logits("dipole", components(experiment.projectiles), x, (experiment, nucleus))
