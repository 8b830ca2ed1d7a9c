"""Gaussian statistics: bins with a covariance, a measured value, and a published limit read as half a Gaussian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import ClassVar, Self

import numpy as np
from gloam.lookup.errors import BadParameter
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import Statistic, Vector, flat, positive, same_length


@entry
def fixed_covariance(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, total = rates.size, 0.0
    for i in range(bins):
        slope[i] = 0.0
        for j in range(bins):
            slope[i] += numbers[(1 + i) * bins + j] * (numbers[j] - rates[j])
        total -= 0.5 * slope[i] * (numbers[i] - rates[i])
    return total


@entry
def measured(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    distance = (rates[0] - numbers[0]) / numbers[1]
    if distance < 0.0 and numbers[2] == 1.0:
        distance = 0.0
    slope[0] = -distance / numbers[1]
    return -0.5 * distance * distance


@entry
def half_gaussian(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    if rates[0] == 0.0:
        slope[0] = 0.0
        return 0.0
    strength = rates[0] / scale
    slope[0] = -numbers[0] * numbers[0] * strength / scale
    return -0.5 * (numbers[0] * strength) ** 2


@dataclass(frozen=True)
class Gaussian(Statistic):
    """Events ``observed`` over ``background`` in bins with a ``covariance`` [events^2] that no signal changes."""

    observed: tuple[float, ...]
    background: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    kernel: ClassVar = fixed_covariance

    def __post_init__(self) -> None:
        same_length("Gaussian", observed=self.observed, background=self.background, covariance=self.covariance)  # type: ignore[arg-type]
        matrix = np.asarray(self.covariance, dtype=np.float64)
        if matrix.shape != (self.bins, self.bins) or not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] <= 0.0:
            msg = f"Gaussian: covariance is no symmetric, positive definite matrix of {self.bins} x {self.bins}"
            raise BadParameter(msg)

    @property
    def bins(self) -> int:
        return len(self.observed)

    @property
    def numbers(self) -> Vector:
        return flat(flat(self.observed) - flat(self.background), np.linalg.inv(np.asarray(self.covariance)))

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        signal = np.zeros(self.bins) if rates is None else flat(rates)
        return replace(self, observed=tuple((signal + self.background).tolist()))

    def counts(self) -> tuple[Vector, Vector, Vector] | None:
        """As for all; the error of the background is what the variance has beyond the events seen."""
        beyond = np.diag(np.asarray(self.covariance)) - flat(self.observed)
        return flat(self.observed), flat(self.background), np.sqrt(np.maximum(beyond, 0.0))


@dataclass(frozen=True)
class Measurement(Statistic):
    """A contribution measured as ``value`` +- ``sigma``; ``one_sided``: less than the value counts nothing against a point."""

    value: float
    sigma: float
    one_sided: bool = False
    kernel: ClassVar = measured

    def __post_init__(self) -> None:
        positive("Measurement", "sigma", (self.sigma,), 1e-300)

    @property
    def numbers(self) -> Vector:
        return flat(self.value, self.sigma, float(self.one_sided))

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        return replace(self, value=0.0 if rates is None else float(flat(rates)[0]))


@dataclass(frozen=True)
class PublishedCurve(Statistic):
    """A published limit of ``confidence``, turned into half a Gaussian of the signal strength rate/(excluded rate).

    ln L = -(z strength)^2/2 with z the two-sided quantile, so that half a Gaussian over strengths >= 0 holds ``confidence``
    below 1:
    what CLs and a flat prior give for data without excess. Nothing is known of excesses or of other strengths.
    """

    confidence: float
    kernel: ClassVar = half_gaussian
    approximation: ClassVar = "a published limit, approximated by half a Gaussian of the signal strength"

    def __post_init__(self) -> None:
        if not 0.0 < self.confidence < 1.0:
            msg = f"PublishedCurve: confidence = {self.confidence!r} is not allowed: between 0 and 1, without them"
            raise BadParameter(msg)

    @property
    def numbers(self) -> Vector:
        return flat(NormalDist().inv_cdf(0.5 + 0.5 * self.confidence))

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        """Itself: the curve does not tell what was expected."""
        return self
