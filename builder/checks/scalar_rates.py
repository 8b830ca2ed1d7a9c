"""scalar-rates: the cross section folded with the flux: energy outside, Q inside (`upscattered`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.builder.checks import upscattered
from gloam.tables.recipes.neutral_leptons.scalar_rates import COMPONENTS

if TYPE_CHECKING:
    from gloam.builder.checks.upscattered import Array


def check(label: str, x: Array) -> tuple[Array, float]:
    """Flux averages [1/POT] at ``x`` (points, inputs) for the beam ``label``, and their relative accuracy."""
    return upscattered.rates("scalar", COMPONENTS, label, x)
