"""decay-vector: plain averages of the probability to decay over all energies and Q (`upscattered`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.builder.checks import upscattered
from gloam.tables.recipes.neutral_leptons.decay_vector import TABLE

if TYPE_CHECKING:
    from gloam.builder.checks.upscattered import Array


def check(label: str, x: Array) -> tuple[Array, float]:
    """Logits at ``x`` (points, inputs), and the relative accuracy of the probability that follows from them."""
    return upscattered.logits("vector", TABLE.components, x)
