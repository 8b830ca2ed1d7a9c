"""Gaussian bins whose covariance grows with the signal: the combined form of MiniBooNE's data releases.

    chi^2 = r^T E^-1 r,   r = (D - S - B, D_c - B_c),   E = T [F o (v v^T) + diag(S, 0, 0)] T^T,   v = (S, B, B_c),

F the fractional covariance of signal, background and a control sample (the nu_mu bins), T what adds signal and background of a
bin: arXiv:2006.16883, data release. E is factored at every point (Cholesky). The determinant of E is left out, as in
the release, unless it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from gloam.lookup.errors import BadParameter
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.statistic import Statistic, Vector, flat, positive, same_length
from numba import njit


@njit
def fill_covariance(rates: Vector, means: Vector, fractional: Any, total: Any) -> None:
    """E, lower triangle, into ``total`` (bins + control, same): ``means`` are background and control expectation."""
    bins = rates.size
    size = means.size
    for i in range(size):
        for j in range(i + 1):
            value = fractional[bins + i, bins + j] * means[i] * means[j]
            if i < bins and j < bins:
                value += fractional[i, j] * rates[i] * rates[j]
                value += fractional[i, bins + j] * rates[i] * means[j] + fractional[bins + i, j] * means[i] * rates[j]
            elif j < bins:
                value += fractional[bins + i, j] * means[i] * rates[j]
            total[i, j] = value
        if i < bins:
            total[i, i] += rates[i]


@njit
def factor(total: Any) -> bool:
    """Cholesky factor in the lower triangle of ``total``; False where the matrix is not positive definite."""
    for i in range(total.shape[0]):
        for j in range(i + 1):
            value = total[i, j]
            for k in range(j):
                value -= total[i, k] * total[j, k]
            if i > j:
                total[i, j] = value / total[j, j]
            elif value > 0.0:
                total[i, i] = math.sqrt(value)
            else:
                return False
    return True


@njit
def solve(lower: Any, x: Vector) -> float:
    """``x`` := E^-1 x from the factor; returns x^T E^-1 x."""
    size, square = x.size, 0.0
    for i in range(size):
        for k in range(i):
            x[i] -= lower[i, k] * x[k]
        x[i] /= lower[i, i]
        square += x[i] * x[i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            x[i] -= lower[k, i] * x[k]
        x[i] /= lower[i, i]
    return square


@njit
def covariance_slope(k: int, rates: Vector, means: Vector, fractional: Any, x: Vector, y: Vector) -> float:
    """x^T (dE/dS_k) y, where S_k changes row and column k of E alone."""
    bins, left, right = rates.size, 0.0, 0.0
    for j in range(means.size):
        change = fractional[k, bins + j] * means[j]
        if j < bins:
            change += fractional[k, j] * rates[j]
        left += change * x[j]
        right += change * y[j]
    return x[k] * y[k] + x[k] * right + y[k] * left


@entry
def signal_covariance(rates: Vector, scale: float, pulls: Vector, numbers: Vector, slope: Vector) -> float:
    bins, size, determinant = rates.size, int(numbers[0]), numbers[1]
    data, means = numbers[2 : 2 + size], numbers[2 + size : 2 + 2 * size]
    fractional = numbers[2 + 2 * size :].reshape(bins + size, bins + size)
    lower, x = np.empty((size, size)), data - means
    for i in range(bins):
        x[i] -= rates[i]
    fill_covariance(rates, means, fractional, lower)
    if not factor(lower):
        slope[:] = math.nan
        return math.nan
    total = solve(lower, x)
    for k in range(bins):
        slope[k] = x[k] + 0.5 * covariance_slope(k, rates, means, fractional, x, x)
    if determinant == 1.0:
        for i in range(size):
            total += 2.0 * math.log(lower[i, i])
        column = np.empty(size)
        for k in range(bins):  # tr(E^-1 dE/dS_k) = 2 e_k^T E^-1 c - dE_kk, with c the changed column
            for j in range(size):
                column[j] = fractional[k, bins + j] * means[j] + (fractional[k, j] * rates[j] if j < bins else 0.0)
            column[k] += 0.5
            solve(lower, column)
            slope[k] -= column[k]
    return -0.5 * total


@dataclass(frozen=True)
class FractionalCovariance(Statistic):
    """Events in bins with a control sample and a fractional covariance that scales with signal, background and control.

    Attributes
    ----------
    observed, background : tuple of float
        Of the bins with signal [events].
    control_observed, control_expected : tuple of float
        Of a sample without signal that constrains the background; may be empty.
    fractional : tuple of rows
        Fractional covariance, order signal, background, control; (2 bins + control) squared.
    determinant : bool
        Whether -2 ln L has ln det E, with its value at no signal subtracted nowhere.
    """

    observed: tuple[float, ...]
    background: tuple[float, ...]
    control_observed: tuple[float, ...]
    control_expected: tuple[float, ...]
    fractional: tuple[tuple[float, ...], ...]
    determinant: bool = False
    kernel: ClassVar = signal_covariance

    def __post_init__(self) -> None:
        owner = "FractionalCovariance"
        same_length(owner, observed=self.observed, background=self.background)
        positive(owner, "background", self.background)
        positive(owner, "control_expected", self.control_expected)
        size, control = 2 * self.bins + len(self.control_observed), len(self.control_observed)
        matrix = np.asarray(self.fractional, dtype=np.float64)
        if control != len(self.control_expected) or matrix.shape != (size, size) or not np.allclose(matrix, matrix.T, atol=1e-9):
            msg = (
                f"{owner}: {control} and {len(self.control_expected)} numbers of the control sample and a fractional covariance "
                f"of shape {matrix.shape}; it is symmetric, 2 x {self.bins} bins + control, squared"
            )
            raise BadParameter(msg)
        if math.isnan(self.value_and_slope(np.zeros(self.bins))[0]):
            msg = f"{owner}: the covariance of the background is not positive definite"
            raise BadParameter(msg)

    @property
    def bins(self) -> int:
        return len(self.observed)

    @property
    def numbers(self) -> Vector:
        matrix = np.asarray(self.fractional, dtype=np.float64)
        data, means = flat(self.observed, self.control_observed), flat(self.background, self.control_expected)
        return flat(data.size, float(self.determinant), data, means, 0.5 * (matrix + matrix.T))

    def expected(self, rates: Sequence[float] | None = None) -> Self:
        signal = np.zeros(self.bins) if rates is None else flat(rates)
        return replace(self, observed=tuple((signal + self.background).tolist()), control_observed=tuple(self.control_expected))
