"""What a model says of its slots is checked when it is bound: it fills what it provides."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import QUANTITIES, quantities_at
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.interpolation.addresses import address
from gloam.lookup.vocabulary import ALL_DECAYS, C_TAU, SLOTS, Model, Parameter

UNTOUCHED = (-7.25e301, -3.5e300)  # what slots hold before a model fills them, in two trials
PLACES = (0.5, 0.1, 0.9, 0.01)  # of trial points in the ranges of the parameters


def trial_points(model: Model) -> Iterator[list[float]]:
    """Points at which a model may have an answer: its benchmarks, then places in the ranges of its parameters."""
    for known in model.benchmarks.values():
        if all(item.name in known or item.default is not None for item in model.parameters):
            yield [float(known.get(item.name, item.default)) for item in model.parameters]
    for place in PLACES:
        yield [item.default if item.default is not None else _between(item, place) for item in model.parameters]


def _between(item: Parameter, place: float) -> float:
    if item.low > 0.0 and item.high < math.inf:
        return float(item.low * (item.high / item.low) ** place)
    high = item.high if item.high < math.inf else 1.0
    return max(item.low, 0.0) + place * (high - max(item.low, 0.0))


def check_filled(model: Model, options: Any, blob: Any, offsets: Any) -> None:
    """Refuse a model that leaves a slot that it provides as it found it, at the first trial point that it answers.

    Raises
    ------
    DoesNotFit
    """
    slots, place = np.empty((len(UNTOUCHED), len(SLOTS))), address(model.quantities, QUANTITIES)
    for point in trial_points(model):
        parameters = np.array(point, dtype=np.float64)
        before = slots.copy()
        for row, was, mark in zip(slots, before, UNTOUCHED, strict=True):
            row[:] = mark
            row[C_TAU] = ALL_DECAYS
            was[:] = row
        if any(quantities_at(place, parameters, options, blob, offsets, row) != 0 for row in slots):
            continue
        left = [name for name in model.provides if (slots == before)[:, SLOTS.index(name)].all()]
        if left:
            msg = f"model {model.name!r} does not fill {', '.join(left)}, which it provides, at {parameters.tolist()}"
            raise DoesNotFit(msg)
        return
