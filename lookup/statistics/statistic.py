"""What every statistic is: data as numbers, and a compiled function of the rates."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from gloam.lookup.errors import BadParameter
from gloam.lookup.interpolation.addresses import address, caller
from numba import types
from numpy.typing import ArrayLike

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

_REALS = types.float64[::1]
KERNEL = types.float64(_REALS, types.float64, _REALS, _REALS, _REALS)
call = caller(KERNEL)


def flat(*parts: ArrayLike) -> Vector:
    """All ``parts`` behind each other as one float64 array."""
    return np.concatenate([np.atleast_1d(np.asarray(part, dtype=np.float64)).ravel() for part in parts])


@dataclass(frozen=True)
class Statistic(abc.ABC):
    """ln L of the rates of all bins.

    A subclass has ``numbers``, what its compiled ``kernel(rates, scale, pulls, numbers, slope)`` reads: the kernel returns ln L
    and fills ``slope`` with its derivatives by the rates and by the pulls. ``scale`` is the rate that a search with a published
    curve excludes (NaN for all others). A pull that is NaN is profiled, with its normal prior in ln L; one that is a number is
    taken as it is, and its prior is left to the caller.

    Attributes
    ----------
    nuisances : tuple of str
        What the pulls stand for, each in units of its standard deviation.
    approximation : str
        What an answer must say about it; empty where ln L is exact.
    """

    kernel: ClassVar[Any]
    nuisances: ClassVar[tuple[str, ...]] = ()
    approximation: ClassVar[str] = ""

    @property
    def bins(self) -> int:
        """Number of rates."""
        return 1

    @property
    @abc.abstractmethod
    def numbers(self) -> Vector:
        """What the kernel reads, float64[...]."""

    @abc.abstractmethod
    def expected(self, rates: Sequence[float] | None = None) -> Self:
        """The same with the data that ``rates`` (default: no signal) would give on average: the Asimov data set."""

    def counts(self) -> tuple[Vector, Vector, Vector] | None:
        """Events seen, background and its error [events] per bin; None where the data are no counts."""
        return None

    def address(self) -> int:
        """Address of the compiled kernel."""
        return address(type(self).kernel, KERNEL)

    def value_and_slope(self, rates: ArrayLike, scale: float = math.nan, pulls: ArrayLike | None = None) -> tuple[float, Vector]:
        """ln L and its derivatives by every rate, then by every pull (0 where it is profiled).

        Parameters
        ----------
        rates : float or array, shape (bins,)
            Signal in the unit of the data.
        scale : float
            The excluded rate of a published curve.
        pulls : array, shape (len(nuisances),), optional
            Values [sigma] of the nuisances, NaN for those to be profiled: all of them by default.

        Raises
        ------
        BadParameter
            When the number of rates or pulls is another.
        """
        given = flat(rates)
        pulled = np.full(len(self.nuisances), math.nan) if pulls is None else flat(pulls)
        if given.size != self.bins or pulled.size != len(self.nuisances):
            msg = (
                f"{type(self).__name__} takes {self.bins} rates and {len(self.nuisances)} pulls, "
                f"not {given.size} and {pulled.size}"
            )
            raise BadParameter(msg)
        slope = np.empty(given.size + pulled.size)
        return float(type(self).kernel(given, float(scale), pulled, self.numbers, slope)), slope


def positive(owner: str, name: str, values: Sequence[float], least: float = 0.0) -> None:
    """Refuse what is not finite or below ``least``.

    Raises
    ------
    BadParameter
    """
    for value in values:
        if not least <= value < math.inf:
            msg = f"{owner}: {name} = {value!r} is not allowed: a finite number of at least {least:g}"
            raise BadParameter(msg)


def same_length(owner: str, **parts: Sequence[float]) -> None:
    """Refuse parts of different lengths or without any number.

    Raises
    ------
    BadParameter
    """
    sizes = {name: len(values) for name, values in parts.items()}
    if len(set(sizes.values())) != 1 or 0 in sizes.values():
        msg = f"{owner}: one number per bin, not " + ", ".join(f"{count} of {name}" for name, count in sizes.items())
        raise BadParameter(msg)
