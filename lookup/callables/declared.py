"""What a search declares as its likelihood, and what stands for it where it declares a limit alone."""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.callables.rates import Rate
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.statistics import PublishedCurve, Statistic
from gloam.lookup.vocabulary import Search


def statistic_of(rate: Rate) -> tuple[Statistic, float]:
    """The statistic of a search with its options, and the excluded rate of a curve (NaN where the search computes it).

    A search that declares a limit and no likelihood takes part with half a Gaussian of that limit; one that declares a published
    curve as its likelihood has its limit as the excluded rate.

    Raises
    ------
    DoesNotFit
        When the search has neither.
    """
    search = rate.search
    if search.likelihood is not None:
        found = search.likelihood(rate.options) if rate.statistic is None else rate.statistic
        if found.bins != len(rate.bins):
            msg = f"{search.name}: its likelihood has {found.bins} bins, its rate {len(rate.bins)}"
            raise DoesNotFit(msg)
        return found, _excluded(search) if isinstance(found, PublishedCurve) else math.nan
    if not search.statistic:
        msg = f"{search.name} has no likelihood: {search.no_limit}"
        raise DoesNotFit(msg)
    if len(rate.bins) > 1:
        msg = f"{search.name} has {len(rate.bins)} bins and declares no likelihood of them"
        raise DoesNotFit(msg)
    confidence = search.statement_of(rate.options)[1]
    if math.isnan(confidence):
        msg = f"{search.name}: the confidence level of this limit is not known, so that it makes no likelihood"
        raise DoesNotFit(msg)
    return PublishedCurve(confidence), _excluded(search)


def _excluded(search: Search) -> float:
    """The excluded rate; NaN where the search computes it."""
    return math.nan if search.limit is None else float(np.ravel(search.limit)[0])
