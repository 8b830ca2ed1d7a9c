"""Published curves: straight lines between the points of each segment, no information (NaN) outside.

A curve travels into compiled code as one flat float64 array:
``[logarithmic, segments, n_1, x_1 ..., y_1 ..., n_2, x_2 ..., y_2 ..., ...]``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@njit
def curve_value(flat: FloatArray, offset: int, x: float) -> float:
    """Value at ``x`` of the curve stored at ``flat[offset:]``; NaN between segments and outside.

    Where two segments touch, the lower one gives the value.
    """
    start = offset + 2
    for _ in range(int(flat[offset + 1])):
        n = int(flat[start])
        first = start + 1
        if flat[first] <= x <= flat[first + n - 1]:
            knots = flat[first : first + n]
            i = first + min(max(int(np.searchsorted(knots, x)) - 1, 0), n - 2)
            if flat[offset] == 0.0:
                fraction = (x - flat[i]) / (flat[i + 1] - flat[i])
                return float(flat[i + n] + fraction * (flat[i + n + 1] - flat[i + n]))
            fraction = math.log(x / flat[i]) / math.log(flat[i + 1] / flat[i])
            return float(flat[i + n] * math.exp(fraction * math.log(flat[i + n + 1] / flat[i + n])))
        start = first + 2 * n
    return math.nan


@njit
def _fill(flat: FloatArray, x: FloatArray, out: FloatArray) -> None:
    for i in range(x.size):
        out[i] = curve_value(flat, 0, x[i])


@dataclass(frozen=True, eq=False)
class Curve:
    """A piecewise curve in its published points.

    Attributes
    ----------
    segments : tuple of (x, y)
        Points of each connected piece, two or more, x strictly rising. Pieces rise too; they may touch.
    scale : {"log", "linear"}
        Straight in (ln x, ln y) or in (x, y).
    provenance : str
        Publication, units of x and y, and how the points were obtained.

    Raises
    ------
    ValueError
        When points are not finite, not rising, overlap, or are not positive on a log scale.
    """

    segments: tuple[tuple[FloatArray, FloatArray], ...]
    scale: str
    provenance: str

    def __post_init__(self) -> None:
        if self.scale not in ("log", "linear"):
            self._refuse(f"scale {self.scale!r} is not 'log' or 'linear'")
        if not self.segments:
            self._refuse("no segment")
        copies = tuple((np.array(x, dtype=float), np.array(y, dtype=float)) for x, y in self.segments)
        end = -math.inf
        for number, (x, y) in enumerate(copies, 1):
            self._check(number, x, y)
            if x[0] < end:
                self._refuse(f"segment {number} begins at {x[0]:g}, below the end {end:g} of the last one")
            end = x[-1]
            x.flags.writeable = y.flags.writeable = False
        object.__setattr__(self, "segments", copies)

    def _check(self, number: int, x: FloatArray, y: FloatArray) -> None:
        if x.ndim != 1 or x.shape != y.shape or x.size < 2:
            self._refuse(f"segment {number} needs two or more (x, y); got shapes {x.shape} and {y.shape}")
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            self._refuse(f"segment {number} has a point that is not finite; split the curve there")
        if not (np.diff(x) > 0.0).all():
            self._refuse(f"x of segment {number} does not rise strictly")
        if self.scale == "log" and not (x[0] > 0.0 and (y > 0.0).all()):
            self._refuse(f"segment {number} has a point that is not positive, which a log scale needs")

    def _refuse(self, what: str) -> None:
        msg = f"curve ({self.provenance}): {what}"
        raise ValueError(msg)

    def flat(self) -> FloatArray:
        """Return the curve as :func:`curve_value` reads it, a flat float64 array."""
        parts = [np.array([float(self.scale == "log"), float(len(self.segments))])]
        for x, y in self.segments:
            parts += [np.array([float(x.size)]), x, y]
        return np.concatenate(parts)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Values at ``x``, of the same shape; NaN where the curve gives no information."""
        points = np.asarray(x, dtype=np.float64)
        out = np.empty(points.size)
        _fill(self.flat(), points.ravel(), out)
        return out.reshape(points.shape)
