"""Numbers of a store kept as 16-bit integers: number = scale_factor x integer + add_offset, after the CF conventions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int16]]

SCALE, OFFSET = "scale_factor", "add_offset"  # attributes of the array, which xarray and netCDF tools know
ATTRIBUTES = (SCALE, OFFSET, "_FillValue")
MOST = 32767  # the largest integer of either sign
FILL = -MOST - 1  # what a missing chunk reads as, never a number
FINEST = 8.0 * float(np.finfo(np.float64).eps)  # least scale over the largest |number|, so that each integer comes back [1]
LEAST = float(np.finfo(np.float64).tiny)  # scale where all numbers are 0


@dataclass(frozen=True)
class Rounding:
    """Evenly spaced numbers, ``scale_factor`` apart, around ``add_offset``; both in the unit of the numbers."""

    scale_factor: float
    add_offset: float

    @classmethod
    def of(cls, numbers: Array) -> Rounding:
        """The finest rounding that holds all ``numbers``, which must be finite: their range in 65534 steps."""
        low, high = float(numbers.min()), float(numbers.max())
        scale = max((0.5 * high - 0.5 * low) / MOST, FINEST * max(abs(low), abs(high)), LEAST)
        return cls(scale, 0.5 * low + 0.5 * high)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Rounding:
        """The rounding that the attributes of an array tell.

        Raises
        ------
        ValueError
            When one is missing or not finite, or the scale is not positive; the message follows the name of the array.
        """
        scale, offset = (attributes.get(name, "nothing") for name in (SCALE, OFFSET))
        if not (_is_finite(scale) and _is_finite(offset) and float(scale) > 0.0):
            msg = f"needs a positive {SCALE} and a finite {OFFSET} to be decoded but has {scale} and {offset}"
            raise ValueError(msg)
        return cls(float(scale), float(offset))

    def attributes(self) -> dict[str, Any]:
        """Attributes of an array that holds such integers."""
        return dict(zip(ATTRIBUTES, (self.scale_factor, self.add_offset, FILL), strict=True))

    def encode(self, numbers: Array) -> Integers:
        """The integers nearest to ``numbers``.

        Raises
        ------
        ValueError
            When a number is not finite or needs a larger integer; the message follows the name of the array.
        """
        with np.errstate(over="ignore"):
            steps = np.rint((numbers - self.add_offset) / self.scale_factor)
        if not (np.abs(steps) <= MOST).all():
            msg = f"has numbers that 16-bit integers cannot hold with {SCALE} {self.scale_factor} and {OFFSET} {self.add_offset}"
            raise ValueError(msg)
        return steps.astype(np.int16)

    def decode(self, integers: Integers) -> Array:
        """The numbers that ``integers`` stand for."""
        numbers = self.scale_factor * integers.astype(np.float64)
        numbers += self.add_offset
        return numbers


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
