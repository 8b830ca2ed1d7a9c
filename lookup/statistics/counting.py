"""Poisson statistics of counts: a known background, one with an error per bin or a common one, and no event at all.

ln L = sum_i n_i ln(lambda_i/n_i) - lambda_i + n_i, lambda = signal + background: the likelihood-ratio form of S. Baker and
R. Cousins, Nucl. Instrum. Meth. 221 (1984) 437, over -2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import Statistic, Vector, flat, positive, same_length
from numba import njit

STEPS, FAR = 100, 2.0  # Newton steps of a common error at most, and the longest of them [sigma]
PRECISE = 1e-13  # [sigma] last step of a pull


@njit
def poisson(count: float, mean: float) -> tuple[float, float]:
    """ln L of one bin and its derivative by the mean; -inf where a mean of 0 cannot give the count."""
    if count == 0.0:
        return -mean, -1.0
    if mean <= 0.0:
        return -math.inf, math.inf
    return count * math.log(mean / count) + (count - mean), count / mean - 1.0


@njit
def mean_with_background(count: float, signal: float, background: float, error: float) -> float:
    """signal + background at the best background >= 0 [events]: the root of t^2 - (s + b - sigma^2) t - n sigma^2."""
    variance = error * error
    half = 0.5 * (signal + background - variance)
    root = math.sqrt(half * half + count * variance)
    mean = half + root if half >= 0.0 else (count * variance / (root - half) if count > 0.0 else 0.0)
    return max(mean, signal)


@entry
def known_background(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, total = rates.size, 0.0
    for i in range(bins):
        value, slope[i] = poisson(numbers[i], rates[i] + numbers[bins + i])
        total += value
    return total


@entry
def uncertain_background(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, total = rates.size, 0.0
    for i in range(bins):
        background, error = numbers[bins + i], numbers[2 * bins + i]
        mean = rates[i] + background
        if error > 0.0:
            mean = mean_with_background(numbers[i], rates[i], background, error)
            total -= 0.5 * ((mean - rates[i] - background) / error) ** 2
        value, slope[i] = poisson(numbers[i], mean)
        if error > 0.0 and mean == rates[i]:  # the background has come to its end
            slope[i] = numbers[i] / mean - 1.0 if mean > 0.0 else -1.0
        total += value
    return total


@njit
def _slopes_of_pull(pull: float, rates: Vector, numbers: Vector) -> tuple[float, float]:
    """First and second derivative of ln L (with the prior) by the pull of a common background."""
    bins, relative = rates.size, numbers[2 * rates.size]
    first, second, factor = -pull, -1.0, math.exp(relative * pull)
    for i in range(bins):
        background = numbers[bins + i] * factor
        mean, change = rates[i] + background, relative * background
        if mean > 0.0:
            excess = numbers[i] / mean - 1.0
            first += excess * change
            second += relative * excess * change - numbers[i] * (change / mean) ** 2
    return first, second


@entry
def scaled_background(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, pull, profiled = rates.size, pulls[0], math.isnan(pulls[0])
    if profiled:
        pull = 0.0
        for _ in range(STEPS):
            first, second = _slopes_of_pull(pull, rates, numbers)
            step = -first / second if second < 0.0 else math.copysign(FAR, first)
            step = min(max(step, -FAR), FAR)
            pull += step
            if abs(step) < PRECISE:
                break
    total, factor = -0.5 * pull * pull if profiled else 0.0, math.exp(numbers[2 * bins] * pull)
    for i in range(bins):
        value, slope[i] = poisson(numbers[i], rates[i] + numbers[bins + i] * factor)
        total += value
    slope[bins] = 0.0 if profiled else _slopes_of_pull(pull, rates, numbers)[0] + pull
    return total


@entry
def nothing_seen(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    total = 0.0
    for i in range(rates.size):
        total -= rates[i]
        slope[i] = -1.0
    return total


@dataclass(frozen=True)
class Poisson(Statistic):
    """Events ``observed`` in bins of known ``background`` [events]."""

    observed: tuple[float, ...]
    background: tuple[float, ...]
    kernel: ClassVar = known_background

    def __post_init__(self) -> None:
        owner = type(self).__name__
        same_length(owner, observed=self.observed, background=self.background)
        positive(owner, "observed", self.observed)
        positive(owner, "background", self.background)

    @property
    def bins(self) -> int:
        return len(self.observed)

    @property
    def numbers(self) -> Vector:
        return flat(self.observed, self.background)

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        signal = np.zeros(self.bins) if rates is None else flat(rates)
        return replace(self, observed=tuple((signal + self.background).tolist()))

    def counts(self) -> tuple[Vector, Vector, Vector] | None:
        return flat(self.observed), flat(self.background), np.zeros(self.bins)


@dataclass(frozen=True)
class PoissonBackground(Poisson):
    """As :class:`Poisson`, the background of every bin known to ``error`` [events], independent, profiled in closed form."""

    error: tuple[float, ...]
    kernel: ClassVar = uncertain_background

    def __post_init__(self) -> None:
        super().__post_init__()
        same_length("PoissonBackground", observed=self.observed, error=self.error)
        positive("PoissonBackground", "error", self.error)

    @property
    def numbers(self) -> Vector:
        return flat(self.observed, self.background, self.error)

    def counts(self) -> tuple[Vector, Vector, Vector] | None:
        return flat(self.observed), flat(self.background), flat(self.error)


@dataclass(frozen=True)
class PoissonScale(Poisson):
    """As :class:`Poisson`, with one factor exp(``relative`` x pull) on the background of all bins, profiled by Newton."""

    relative: float
    kernel: ClassVar = scaled_background
    nuisances: ClassVar = ("background",)

    def __post_init__(self) -> None:
        super().__post_init__()
        positive("PoissonScale", "relative", (self.relative,))

    @property
    def numbers(self) -> Vector:
        return flat(self.observed, self.background, self.relative)


@dataclass(frozen=True)
class ZeroEvents(Statistic):
    """No event in any bin: ln L = -N whatever the background. Its limits are exact: N = -ln(1 - confidence)."""

    kernel: ClassVar = nothing_seen

    @property
    def numbers(self) -> Vector:
        return np.empty(0)

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        """Itself: without background nothing is what is expected."""
        return self

    def counts(self) -> tuple[Vector, Vector, Vector] | None:
        return np.zeros(1), np.zeros(1), np.zeros(1)
