"""Dated comparisons of the muon's anomalous magnetic moment with the Standard Model, in units of 1e-11.

The significance of 2021 and 2023 rests on the dispersive evaluation of hadronic vacuum polarisation (White Paper 2020,
arXiv:2006.04822); the White Paper of 2025 uses lattice results instead and leaves no preference for new physics. The
measurement of the 2025 set and both White Paper values are quoted from memory: check them before they go into a paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Comparison:
    """Measured and predicted a_mu, their difference and its standard deviation [1e-11], and the publications."""

    measured: float
    predicted: float
    difference: float
    sigma: float
    references: tuple[str, ...]

    def upper(self, sigmas: float) -> float:
        """Largest contribution [1e-11] of new physics at ``sigmas`` standard deviations."""
        return self.difference + sigmas * self.sigma


COMPARISONS: Final = {
    "2021": Comparison(116592061.0, 116591810.0, 251.0, 59.0, ("arXiv:2104.03281", "arXiv:2006.04822")),
    "2023": Comparison(116592059.0, 116591810.0, 249.0, 48.0, ("arXiv:2308.06230", "arXiv:2006.04822")),
    "2025": Comparison(116592071.5, 116592033.0, 38.0, 63.0, ("arXiv:2506.03069", "arXiv:2505.21476")),
}
ONE_SIDED_95: Final = 1.6448536269514722  # [1] 95 % quantile of the normal distribution
