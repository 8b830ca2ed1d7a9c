"""Limits at a confidence of one's own: the excluded rate of a search from its statistic, observed and expected."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from gloam.lookup.callables.declared import statistic_of
from gloam.lookup.callables.intervals import Intervals
from gloam.lookup.callables.plan import LIMIT
from gloam.lookup.callables.rates import Rate
from gloam.lookup.callables.scan_range import limits_of
from gloam.lookup.errors import BadParameter, DoesNotFit
from gloam.lookup.statistics import PublishedCurve, ZeroEvents
from gloam.lookup.statistics.strength import METHODS, Upper, checked_confidence, method_index, upper

if TYPE_CHECKING:
    from gloam.lookup.callables.limits import Limit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Asked:
    """What is asked of a limit beyond what the search states: confidence, method, and whether what was expected is wanted."""

    confidence: float | None = None
    method: str | None = None
    expected: bool = False


ASKED_NOTHING = Asked()


@dataclass(frozen=True)
class Exclusion:
    """From which rate on a point is excluded.

    Attributes
    ----------
    observed : float
        Rate, or for a published curve (``relative``) what multiplies the rate that it excludes.
    expected : tuple of float
        The same without signal at -2, -1, 0, 1 and 2 sigma of the background; empty where it is not known.
    relative : bool
    statistic : str
        Method and approximation in words.
    confidence : float
    """

    observed: float
    expected: tuple[float, ...]
    relative: bool
    statistic: str
    confidence: float


def exclusion(rate: Rate, confidence: float, method: str) -> Exclusion:
    """The excluded rate of a search of one bin at a confidence, by "cls" or "delta-chi2".

    Raises
    ------
    BadParameter
        For a confidence or method that there is not.
    DoesNotFit
        When the search has no statistic, several bins, or a bound that no rate exceeds.
    """
    method_index(method)
    level = checked_confidence(confidence)
    name = rate.search.name
    if rate.standard is not None:
        msg = f"{name} excludes by its likelihood, without a method: its rate holds what the Standard Model gives"
        raise DoesNotFit(msg)
    statistic, constant = statistic_of(rate)
    if statistic.bins > 1:
        msg = (
            f"{name} has {statistic.bins} bins: limits with a method are those of one bin; use `lookup.likelihood` and a profile"
        )
        raise DoesNotFit(msg)
    curve = isinstance(statistic, PublishedCurve)
    found: Upper = upper(statistic, 1.0, level, method, scale=1.0 if curve else math.nan)
    if not 0.0 < found.observed < math.inf:
        msg = f"{name}: no rate is excluded at {100.0 * level:g} % by {method}"
        raise DoesNotFit(msg)
    relative = curve and math.isnan(constant)
    factor = constant if curve and not relative else 1.0
    expected = () if curve else tuple(factor * value for value in found.expected)
    limit = "" if relative else f": excluded if the rate exceeds {factor * found.observed:.4g} {rate.unit}"
    words = [
        found.words if isinstance(statistic, ZeroEvents) else f"{name}, {found.words}",
        rate.search.approximation,
    ]
    return Exclusion(factor * found.observed, expected, relative, "; ".join(filter(None, words)) + limit, level)


def asked_method(published: float, asked: Asked) -> bool:
    """Whether a method was asked for; else the limit is what the search itself states.

    Raises
    ------
    BadParameter
        When another confidence than that of the search, or what was expected, is asked for without a method.
    """
    if asked.method is not None:
        return True
    if asked.expected or asked.confidence not in (None, published):
        what = "expected limits need" if asked.expected else f"confidence = {asked.confidence!r} needs"
        msg = f"{what} a method, {' or '.join(METHODS)}: without one a limit is that of the search, at {published:g}"
        raise BadParameter(msg)
    return False


def excluded_rates(rate: Rate, asked: Asked) -> tuple[Vector, tuple[str, float], tuple[Vector, ...]]:
    """Excluded rate per bin (a multiple where the search computes it), (words, confidence), and the same for every band.

    Where a number takes the place of what the search computes, this is switched off in the data of ``rate``.

    Raises
    ------
    BadParameter, DoesNotFit
    """
    told = rate.search.statement_of(rate.options)
    if not asked_method(told[1], asked):
        return limits_of(rate.search), told, ()
    found = exclusion(rate, told[1] if asked.confidence is None else asked.confidence, str(asked.method))
    if asked.expected and not found.expected:
        msg = f"{rate.search.name}: its published curve does not tell what was expected; leave `expected` out"
        raise DoesNotFit(msg)
    if not found.relative:
        rate.bind_to(rate.binding.with_entry(LIMIT, 0))
    bands = tuple(np.array([value]) for value in found.expected) if asked.expected else ()
    return np.array([found.observed]), (found.statistic, found.confidence), bands


def with_bands(limit: Limit, bands: tuple[Vector, ...], point: Vector) -> Intervals:
    """The answer of a limit at one point and, for the excluded rates ``bands``, what was expected."""
    observed, expected = limit.intervals(point), []
    for rates in bands:
        band = copy.copy(limit)
        band._limits = rates
        expected.append(band.intervals(point).intervals)
    return replace(observed, expected=tuple(expected)) if expected else observed
