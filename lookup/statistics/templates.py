"""Statistics of spectra that are predicted as a whole: a common pull of Gaussian counts, and Poisson bins of templates with
pulls.

    ScaledCounts:      chi^2 = sum_i [n_i - (1 + sigma p) N_i]^2/n_i + p^2,
    PoissonTemplates:  mean_i = (1 + sigma_s p_s) f_i(p) sum_j S_ij N_j + sum_m (1 + sigma_m p_m) B_mi,

with rates N_j that hold all that neutrinos do, f_i = prod_v (1 + p_v u_vi) for p_v > 0, with d_vi for p_v < 0. ln L of a Poisson
bin is that of `counting`. Pulls are normal; profiled ones come from Newton's method with the second derivatives of the linear
problem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from gloam.lookup.errors import BadParameter
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.counting import poisson
from gloam.lookup.statistics.covariance import factor, solve
from gloam.lookup.statistics.statistic import Statistic, Vector, flat, positive
from numba import njit
from numpy.typing import ArrayLike

BINS, RATES, ENTRIES, BACKGROUNDS, VARIATIONS, SIGNAL, HEAD = range(7)  # of the numbers of PoissonTemplates
STEPS, HALVINGS, LONGEST, PRECISE = 60, 30, 2.0, 1e-8  # Newton steps, halvings of one, the longest and the last of them [sigma]
EMPTY = 1e-300  # [events] of a mean


@entry
def scaled_counts(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, relative, pull = rates.size, numbers[rates.size], pulls[0]
    profiled = math.isnan(pull)
    if profiled:
        first, second = 0.0, 1.0
        for i in range(bins):
            change = relative * rates[i]
            first += (numbers[i] - rates[i]) * change / numbers[i]
            second += change * change / numbers[i]
        pull = first / second
    total, slope[bins] = -0.5 * pull * pull if profiled else 0.0, 0.0
    for i in range(bins):
        distance = (numbers[i] - (1.0 + relative * pull) * rates[i]) / numbers[i]
        total -= 0.5 * distance * distance * numbers[i]
        slope[i] = distance * (1.0 + relative * pull)
        if not profiled:
            slope[bins] += distance * relative * rates[i]
    return total


@njit
def _signal(rates: Vector, numbers: Vector, out: Vector) -> None:
    """sum_j S_ij N_j [events] of every bin."""
    entries, at = int(numbers[ENTRIES]), HEAD + int(numbers[BACKGROUNDS]) + int(numbers[BINS])
    out[:] = 0.0
    for k in range(at, at + 3 * entries, 3):
        out[int(numbers[k + 1])] += rates[int(numbers[k])] * numbers[k + 2]


@njit
def _fill_means(signal: Vector, numbers: Vector, pulls: Vector, mean: Vector, changes: Any) -> None:
    """Means of all bins, and their derivatives by every pull, shape (pulls, bins): signal, backgrounds, variations."""
    bins, backgrounds, variations = int(numbers[BINS]), int(numbers[BACKGROUNDS]), int(numbers[VARIATIONS])
    first = HEAD + backgrounds + bins + 3 * int(numbers[ENTRIES])
    up = first + backgrounds * bins
    norm = max(1.0 + numbers[SIGNAL] * pulls[0], 0.0)
    for i in range(bins):
        mean[i] = norm * signal[i]
        changes[0, i] = numbers[SIGNAL] * signal[i] if norm > 0.0 else 0.0
    for v in range(variations):
        pull = pulls[1 + backgrounds + v]
        at = up + (v if pull >= 0.0 else variations + v) * bins
        for i in range(bins):
            shape = 1.0 + pull * numbers[at + i]
            share = numbers[at + i] / shape if shape > 0.0 else 0.0
            shape = max(shape, 0.0)
            mean[i] *= shape
            for q in range(1 + v):
                row = 0 if q == 0 else backgrounds + q
                changes[row, i] *= shape
            changes[1 + backgrounds + v, i] = mean[i] * share
    for m in range(backgrounds):
        relative = numbers[HEAD + m]
        factor_of = max(1.0 + relative * pulls[1 + m], 0.0)
        at = first + m * bins
        for i in range(bins):
            mean[i] += factor_of * numbers[at + i]
            changes[1 + m, i] = relative * numbers[at + i] if factor_of > 0.0 else 0.0


@njit
def _possible(numbers: Vector, at: int, mean: Vector) -> bool:
    """Whether every bin with events has a mean above 0."""
    for i in range(mean.size):
        if mean[i] <= 0.0 and numbers[at + i] > 0.0:
            return False
    return True


@njit(fastmath=True)
def _sum_of_products(a: Vector, b: Vector, c: Vector) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i] * c[i]
    return total


@njit
def _best_pulls(signal: Vector, numbers: Vector, free: Any, pulls: Vector, mean: Vector, changes: Any) -> None:
    """The values of the ``free`` pulls with the largest ln L - sum p^2/2, in place, with means and derivatives there."""
    bins, size, at = mean.size, pulls.size, HEAD + int(numbers[BACKGROUNDS])
    matrix, step, trial = np.empty((size, size)), np.empty(size), np.empty(size)
    excess, weight, ones = np.empty(bins), np.empty(bins), np.ones(bins)
    _fill_means(signal, numbers, pulls, mean, changes)
    for _ in range(STEPS):
        for i in range(bins):
            safe = max(mean[i], EMPTY)
            excess[i] = numbers[at + i] / safe - 1.0
            weight[i] = numbers[at + i] / (safe * safe)
        for a in range(size):
            step[a] = 0.0
            matrix[a, : a + 1] = 0.0
            if free[a]:
                step[a] = _sum_of_products(excess, changes[a], ones) - pulls[a]
                for b in range(a + 1):
                    if free[b]:
                        matrix[a, b] = _sum_of_products(weight, changes[a], changes[b])
            matrix[a, a] += 1.0
        if not factor(matrix):
            break
        solve(matrix, step)
        longest = np.max(np.abs(step))
        length = min(1.0, LONGEST / longest) if longest > 0.0 else 1.0
        for _ in range(HALVINGS):
            trial[:] = pulls + length * step
            _fill_means(signal, numbers, trial, mean, changes)
            if _possible(numbers, at, mean):
                break
            length *= 0.5
        pulls[:] = trial
        if length * longest < PRECISE:
            break


@entry
def templates(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, size = int(numbers[BINS]), pulls.size
    signal, mean, changes, here = np.empty(bins), np.empty(bins), np.empty((size, bins)), np.zeros(size)
    free = np.isnan(pulls)
    for a in range(size):
        if not free[a]:
            here[a] = pulls[a]
    _signal(rates, numbers, signal)
    _best_pulls(signal, numbers, free, here, mean, changes)
    backgrounds, variations = int(numbers[BACKGROUNDS]), int(numbers[VARIATIONS])
    at = HEAD + backgrounds
    total = 0.0
    slope[:] = 0.0
    by_signal = np.full(bins, max(1.0 + numbers[SIGNAL] * here[0], 0.0))
    up = at + bins + 3 * int(numbers[ENTRIES]) + backgrounds * bins
    for v in range(variations):
        pull = here[1 + backgrounds + v]
        first = up + (v if pull >= 0.0 else variations + v) * bins
        for i in range(bins):
            by_signal[i] *= max(1.0 + pull * numbers[first + i], 0.0)
    for i in range(bins):
        value, change = poisson(numbers[at + i], mean[i])
        total += value
        by_signal[i] *= change
        for a in range(size):
            if not free[a]:
                slope[rates.size + a] += change * changes[a, i]
    for k in range(at + bins, at + bins + 3 * int(numbers[ENTRIES]), 3):
        slope[int(numbers[k])] += by_signal[int(numbers[k + 1])] * numbers[k + 2]
    for a in range(size):
        if free[a]:
            total -= 0.5 * here[a] * here[a]
    return total


@dataclass(frozen=True)
class ScaledCounts(Statistic):
    """Counts ``observed`` [events] with their own Gaussian error and a common ``relative`` error of the prediction [1]."""

    observed: tuple[float, ...]
    relative: float
    kernel: ClassVar = scaled_counts
    nuisances: ClassVar = ("normalisation",)

    def __post_init__(self) -> None:
        positive("ScaledCounts", "observed", self.observed, 1e-300)
        positive("ScaledCounts", "relative", (self.relative,))

    @property
    def bins(self) -> int:
        return len(self.observed)

    @property
    def numbers(self) -> Vector:
        return flat(self.observed, self.relative)

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        """The same with the data ``rates``; without them itself, since no neutrinos are no hypothesis."""
        return self if rates is None else replace(self, observed=tuple(flat(rates).tolist()))


@dataclass(frozen=True)
class PoissonTemplates(Statistic):
    """Events in many bins, from templates of a signal in few rates, backgrounds and shape variations, all with pulls.

    Attributes
    ----------
    observed : tuple of float
        Events per bin.
    shapes : tuple of (rate, bin, value)
        What is not 0 of S: share of a rate that falls into a bin.
    rates : int
        Number of rates.
    backgrounds : {name: (events per bin, relative error)}
    signal : float
        Relative error of all rates.
    variations : {name: (relative change per bin at +1 sigma, minus that at -1 sigma)}
        Of the signal.
    """

    observed: tuple[float, ...]
    shapes: tuple[tuple[int, int, float], ...]
    rates: int
    backgrounds: dict[str, tuple[tuple[float, ...], float]]
    signal: float = 0.0
    variations: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] | None = None
    kernel: ClassVar = templates

    def __post_init__(self) -> None:
        size = len(self.observed)
        positive("PoissonTemplates", "observed", self.observed)
        rows = [row for row, _ in self.backgrounds.values()] + [row for pair in (self.variations or {}).values() for row in pair]
        inside = all(0 <= rate < self.rates and 0 <= place < size for rate, place, _ in self.shapes)
        if any(len(row) != size for row in rows) or not inside:
            msg = f"PoissonTemplates: {size} bins and {self.rates} rates, but a template has another number of bins or of rates"
            raise BadParameter(msg)

    @property
    def bins(self) -> int:
        return self.rates

    @property
    def nuisances(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("signal", *self.backgrounds, *(self.variations or {}))

    @property
    def numbers(self) -> Vector:
        variations = self.variations or {}
        head = (len(self.observed), self.rates, len(self.shapes), len(self.backgrounds), len(variations), self.signal)
        errors = [error for _, error in self.backgrounds.values()]
        rows = [row for row, _ in self.backgrounds.values()]
        sides = [pair[side] for side in range(2) for pair in variations.values()]
        return flat(head, errors, self.observed, self.shapes, *rows, *sides)

    def means(self, rates: ArrayLike) -> Vector:
        """Events per bin at all pulls 0, shape (bins of the data,)."""
        found = (
            np.sum([row for row, _ in self.backgrounds.values()], axis=0) if self.backgrounds else np.zeros(len(self.observed))
        )
        given = flat(rates)
        for rate, place, value in self.shapes:
            found[place] += given[rate] * value
        return np.asarray(found, dtype=np.float64)

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        """The same with the data that ``rates`` give on average; without them, backgrounds alone."""
        return replace(self, observed=tuple(self.means(np.zeros(self.rates) if rates is None else rates).tolist()))
