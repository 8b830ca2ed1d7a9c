"""Sums of exp(-s/c_tau) over many path lengths s, kept once per scan and evaluated at any decay length.

In a scan over eps all decay lengths change by one factor, and the rest does not change. A sum of a thousand exponentials
of 1/c_tau then becomes one on an even grid of ln s: each weight is spread over the neighbouring grid points with the coefficients
of Lagrange's interpolation, which reproduces every exponential to 3e-9 of its weight.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.numerics.elementary import exponentiate, log, numeric
from gloam.tables.numerics.memory import scratch
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

SHORTEST = 1e-18  # [m] below it a path counts as 0
STEP = 0.1  # of ln s
NODES = 490  # up to 1.9e3 m; a longer path counts as that
ORDER = 8  # points of the interpolation
COUPLES = ORDER // 2
PATHS = SHORTEST * np.exp(STEP * np.arange(NODES))  # [m]
NEAREST = 1e-3  # [1] least relative difference of two paths that follow each other
FIRST, LAST, CONSTANT, WEIGHTS = range(4)
SIZE = WEIGHTS + NODES  # doubles of a grid: filled range, weight of s = 0, weights
OFFSETS = np.arange(ORDER) - (ORDER // 2 - 1.0)
SHARES = np.array([1.0 / np.prod([a - b for b in OFFSETS if b != a]) for a in OFFSETS])


@numeric
def following(first: float, second: float) -> tuple[float, float]:
    """Weight w and path s of H = A (e^-C - e^-A)/(A - C) = w (e^(-s rate) - e^-A), A/rate = ``first``, C/rate = ``second`` [m].

    H is the probability that a state decays before the end of its path and the next one does not on the rest of its own. Paths
    closer than NEAREST are taken as that far apart: H changes by half of it, relative.
    """
    if first == 0.0:
        return 0.0, 0.0
    if abs(second - first) < NEAREST * first:
        second = (1.0 - NEAREST) * first
    return first / (first - second), second


@njit
def clear(grid: Vector) -> None:
    """Start an empty grid, float64[SIZE]."""
    grid[:] = 0.0
    grid[FIRST], grid[LAST] = NODES, 0.0


@njit
def spread(grid: Vector, path: float, weight: float) -> None:
    """Add weight exp(-path/c_tau), path in m."""
    if path < SHORTEST:
        grid[CONSTANT] += weight
        return
    place = min(log(path / SHORTEST) / STEP, NODES - 1.0)
    start = min(max(int(place) - ORDER // 2 + 1, 0), NODES - ORDER)
    t = place - start + OFFSETS[0]
    gaps, couples = scratch(ORDER), scratch(COUPLES)
    for i in range(ORDER):
        gaps[i] = t - OFFSETS[i]
    for j in range(COUPLES):
        couples[j] = gaps[2 * j] * gaps[2 * j + 1]
    halves = (couples[2] * couples[3] * weight, couples[0] * couples[1] * weight)
    for j in range(COUPLES):
        others = couples[j ^ 1] * halves[j // 2]
        grid[WEIGHTS + start + 2 * j] += others * gaps[2 * j + 1] * SHARES[2 * j]
        grid[WEIGHTS + start + 2 * j + 1] += others * gaps[2 * j] * SHARES[2 * j + 1]
    grid[FIRST], grid[LAST] = min(grid[FIRST], start), max(grid[LAST], start + ORDER)


@njit
def survivals(first: int, last: int, rate: float) -> Vector:
    """exp(-s rate) of the paths s on the grid from ``first`` to before ``last``, rate = 1/c_tau [1/m]."""
    powers = np.empty(max(last - first, 0))
    for i in range(powers.size):
        powers[i] = -PATHS[first + i] * rate
    exponentiate(powers, 0, powers.size)
    return powers


@njit
def weighted(grid: Vector, first: int, powers: Vector) -> float:
    """Sum of all weights times their ``powers``, which begin at path ``first``."""
    value = grid[CONSTANT]
    for i in range(powers.size):
        value += grid[WEIGHTS + first + i] * powers[i]
    return value


@njit
def total(grid: Vector, rate: float) -> float:
    """Sum of all weights times exp(-path rate), rate = 1/c_tau [1/m]."""
    first = int(grid[FIRST])
    return weighted(grid, first, survivals(first, int(grid[LAST]), rate))


@njit
def totals(grids: Matrix, rate: float, values: Vector) -> None:
    """:func:`total` of every row of ``grids``."""
    first, last = NODES, 0
    for row in range(grids.shape[0]):
        first, last = min(first, int(grids[row, FIRST])), max(last, int(grids[row, LAST]))
    powers = survivals(first, last, rate)
    for row in range(grids.shape[0]):
        values[row] = weighted(grids[row], first, powers)
