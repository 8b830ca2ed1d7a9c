"""What a limit scans: the range of the coupling, and the rate of every bin above which a point is excluded."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from gloam.lookup.callables.arguments import numbers
from gloam.lookup.errors import BadParameter, UnknownName, shown
from gloam.lookup.vocabulary import Model, Parameter, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

DECADES = 16  # a coupling whose range starts at 0 is scanned from its upper end down by this many decades
PER_DECADE = 16  # scan points per decade of the coupling


def coupling_of(model: Model, coupling: str | None) -> str:
    """The coupling that is limited; a model with one only needs no name.

    Raises
    ------
    BadParameter, UnknownName
    """
    known = model.couplings
    if coupling is None and len(known) == 1:
        return known[0]
    if coupling is None:
        msg = f"name the coupling to be limited (on the command line --coupling NAME): {', '.join(known)}"
        raise BadParameter(msg)
    if not isinstance(coupling, str) or coupling not in known:
        raise UnknownName("coupling", coupling, known)
    return coupling


def moduli(model: str, item: Parameter, negative: bool, scan: tuple[float, float] | None) -> tuple[float, float]:
    """Lowest and highest modulus of a scan: of the range of the coupling, or of the part that is asked for.

    Raises
    ------
    BadParameter
        When ``scan`` is not a part of the range, in rising order and on one side of zero.
    """
    largest = -item.low if negative else item.high
    lowest = item.low if item.low > 0.0 else largest * 10.0**-DECADES
    if scan is None:
        return lowest, largest
    given = numbers(model, replace(item, name=f"scan of {item.name}"), scan)
    ends = (float(given[0]), float(given[1])) if given.shape == (2,) else (math.nan, math.nan)
    low, high = (-ends[1], -ends[0]) if negative else ends
    if not (0.0 < low < high <= largest and low >= max(item.low, 0.0)):
        side = (item.low, 0.0) if negative else (max(item.low, 0.0), item.high)
        unit = "" if item.unit == "1" else " " + item.unit
        where = f"between {side[0]:g} and {side[1]:g}{unit}, without 0"
        msg = f"{model}: a scan of {item.name} goes from LOW to HIGH {where}; got {shown(scan)}"
        raise BadParameter(msg)
    return low, high


def limits_of(search: Search) -> Vector:
    """The rate of every bin above which a point is excluded; 1 where the search has a ``threshold`` of its own, its multiple."""
    return np.array(np.broadcast_to(1.0 if search.limit is None else search.limit, (len(search.bins),)), dtype=np.float64)


def scanned(low: float, high: float, fewest: int) -> Vector:
    """Moduli that a limit scans, evenly in the logarithm."""
    grid: Vector = np.geomspace(low, high, max(1 + math.ceil(PER_DECADE * math.log10(high / low)), fewest))
    return grid
