"""What a point is that has no number: the codes of compiled code, and the few words in which they are told."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from gloam.lookup.callables.plan import MODEL_STATUS, PARAMETER_STATUS, SEARCH_STATUS
from gloam.lookup.vocabulary import SILENT
from numpy.typing import NDArray

REASONS = 1000  # codes of a model or a search from here on are keys of their REFUSALS


class Status(IntEnum):
    """What became of a point; the value of any but ANSWERED is NaN."""

    ANSWERED = 0
    BAD_PARAMETER = 1
    UNPHYSICAL = 2
    OUTSIDE_TABLE = 3
    REFUSED = 4
    NO_INFORMATION = 5
    NOT_CONVERGED = 6

    def explain(self) -> str:
        """One sentence for a person; the error of the same call at this point alone names parameter, value and remedy."""
        return _WORDS[self]


_WORDS = {
    Status.ANSWERED: "a number with its error bound",
    Status.BAD_PARAMETER: "an input is outside its allowed range, or not a number",
    Status.UNPHYSICAL: "no such point exists: the parameters contradict each other (unitarity of mixings)",
    Status.OUTSIDE_TABLE: "a table does not reach the point, which may be physical; nothing is extrapolated",
    Status.REFUSED: "a physical point at which the model or the search leaves out something that matters",
    Status.NO_INFORMATION: "the published data of the search say nothing here",
    Status.NOT_CONVERGED: "differences of the rate do not agree at any step, or the parameter can be moved to neither side",
}


def status_of(code: int, unphysical: Iterable[int] = ()) -> Status:
    """The meaning of a code of ``kernel``; ``unphysical``: reasons of a model that are no physics."""
    if code == 0:
        return Status.ANSWERED
    if code < MODEL_STATUS:
        return Status.BAD_PARAMETER
    reason = code % PARAMETER_STATUS
    if reason < REASONS:
        return Status.OUTSIDE_TABLE
    if code >= SEARCH_STATUS:
        return Status.NO_INFORMATION if reason == SILENT else Status.REFUSED
    return Status.UNPHYSICAL if reason in unphysical else Status.REFUSED


def statuses_of(codes: NDArray[np.int64], unphysical: Iterable[int] = ()) -> NDArray[np.int64]:
    """:func:`status_of` of an array of codes."""
    known, places = np.unique(codes, return_inverse=True)
    found = np.array([status_of(int(code), unphysical) for code in known], dtype=np.int64)
    return found[places.reshape(codes.shape)]
