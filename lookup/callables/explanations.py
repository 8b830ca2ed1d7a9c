"""What a status of a rate's kernel means, as one of gloam's errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.callables.plan import MODEL_STATUS, NOT_FILLED, PARAMETER_STATUS, SEARCH_STATUS, TOO_SHORT, UNUSABLE
from gloam.lookup.errors import BadParameter, DoesNotFit, NoInformation, distinct, in_gev
from gloam.lookup.vocabulary import SILENT, Model, Search

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


def _reason(entry: Model | Search, code: int) -> str:
    """What a model or search says of a refusal."""
    return entry.refusals.get(code, f"refused with {code}, which its refusals do not explain")


def explanation(rate: Any, status: int, x: Vector, count: int) -> Exception:
    """The error that belongs to a status of :func:`gloam.lookup.callables.plan.kernel` at the parameters ``x`` of ``rate``."""
    names = [item.name for item in rate.parameters]
    if status == UNUSABLE:
        msg = (
            f"{rate.search.name}: rate.kernel takes contiguous float64 arrays of one axis, and an `out` that may be written "
            f"and shares no memory with the others; copy what is a column or of another type (numpy.ascontiguousarray)"
        )
        return BadParameter(msg)
    if status == NOT_FILLED:
        msg = (
            f"{rate.search.name}: its predict returned 0 but left a rate or an error unfilled or NaN; fill both for every bin, "
            f"or return a key of its refusals"
        )
        return DoesNotFit(msg)
    if status == TOO_SHORT:
        msg = (
            f"{rate.search.name}: rate.kernel takes {len(names)} parameters and an `out` of {2 * len(rate.bins)} "
            f"numbers (rates, then errors)"
        )
        return BadParameter(msg)
    if status < MODEL_STATUS:
        wrong = rate.parameters[status - PARAMETER_STATUS]
        unit = "" if wrong.unit == "1" else " " + wrong.unit
        value = float(x[status - PARAMETER_STATUS])
        shown, low, high = distinct(value, wrong.low, wrong.high)
        msg = (
            f"{rate.model.name}: {wrong.name} = {shown}{unit} is not allowed: {low} to {high}{unit} ({wrong.description})"
            f"{in_gev(value, unit, wrong.low, wrong.high)}{f'; {count} such points' if count > 1 else ''}"
        )
        return BadParameter(msg)
    code = status % PARAMETER_STATUS
    if code == SILENT and status >= SEARCH_STATUS:
        return NoInformation(f"{rate.search.name}: {rate.search.no_information}")
    point = ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, x.tolist(), strict=True))
    if code >= 1000 and status >= SEARCH_STATUS:
        return DoesNotFit(f"{rate.search.name}: {_reason(rate.search, code)} ({rate.model.name}: {point})")
    if code >= 1000:
        reason = _reason(rate.model, code).format(**dict(zip(names, x.tolist(), strict=True)))
        return BadParameter(f"{rate.model.name}: {reason} ({point})")
    first = len(rate.model.tables) if status >= SEARCH_STATUS else 0
    table = rate.tables[first + code // 16]
    position = code % 16 - 1
    name = table.spec.inputs[position].name
    known = dict(zip(names, x.tolist(), strict=True))
    return table.refusal(position, float(known.get("m_Zp" if name == "m_mediator" else name, math.nan)), count)
