"""Bands that data favour, for planes: a limit whose threshold is the lower edge of the band."""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.callables.limits import Limit
from gloam.lookup.callables.plan import LIMIT, MODEL_OPTIONS, PARAMETERS, SEARCH_OPTIONS, THRESHOLD
from gloam.lookup.interpolation.addresses import address
from gloam.lookup.vocabulary import SLOTS


def favoured(search: str, model: str, coupling: str | None = None, **options: Any) -> Limit | None:
    """As :func:`gloam.lookup.limit`, for the lower edge of the band that a search favours; None where it favours none.

    The coupling values above the edges are those with more than the least contribution that the data ask for.
    """
    found = Limit(search, model, coupling, options)
    function = found.rate.search.favoured
    blob, plan = found.rate.data
    first = 2 * plan[PARAMETERS] + plan[MODEL_OPTIONS]
    if function is None or function(np.empty(len(SLOTS)), blob[first : first + plan[SEARCH_OPTIONS]]) <= 0.0:
        return None
    found.rate.bind_to(found.rate.binding.with_entry(LIMIT, address(function, THRESHOLD)))
    return found
