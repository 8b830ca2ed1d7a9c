"""Published limits on the mixings of heavy neutral leptons: 83 curves with what was looked for, nature, level and reference.

Drawn as published, in (m_N [GeV], |U_a|^2), each for mixing with one flavour alone. `published-hnl` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.numerics.polyline import flat_polyline
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LIMIT, LOWER, UPPER, CONTOUR = range(4)  # pieces
KINDS: Final = ("peak", "unitarity", "decay", "cosmology", "collider", "not stated")
NATURES: Final = ("dirac", "majorana", "any", "not stated")


@dataclass(frozen=True, eq=False)
class HnlCurve:
    """One published limit.

    Attributes
    ----------
    name : str
        Flavour and curve, "mu-na62".
    flavour, nature, kind : int
        Indices in (e, mu, tau), NATURES and KINDS.
    confidence : float
        [1]; 0 where it is not known.
    stated : bool
        Whether the compilation's own sheet says so; else it was inferred.
    reference : str
        Key at inspirehep.net.
    year : int
    masses : (low, high)
        [GeV] ends of the curve.
    """

    name: str
    flavour: int
    nature: int
    kind: int
    confidence: float
    stated: bool
    reference: str
    year: int
    masses: tuple[float, float]

    def __str__(self) -> str:
        level = f"{100.0 * self.confidence:g} %" if self.confidence else "level not known"
        assumed = "" if self.stated else ", as inferred by the compilation"
        low, high = self.masses
        where = f"{low:.4g} to {high:.4g} GeV; {self.reference} ({self.year})"
        return f"{KINDS[self.kind]}, {NATURES[self.nature]}, {level}{assumed}; {where}"


@cache
def polyline(name: str) -> FloatArray:
    """The curve called ``name`` as `excess_over_polyline` reads it."""
    data = read("limit_hnl_curves.csv")
    chosen = np.array([label == name for label in data.labels])
    pieces = []
    for piece in range(4):
        rows = chosen & (data["piece"] == piece)
        if rows.any():
            pieces.append((data["m_N"][rows], data["U2"][rows], piece == CONTOUR))
    return flat_polyline(pieces)


def _curves() -> dict[str, HnlCurve]:
    index = read("limit_hnl_index.csv")
    found = {}
    for i, name in enumerate(index.labels):
        low, high = polyline(name)[1:3]
        found[name] = HnlCurve(
            name,
            ("e", "mu", "tau").index(name.split("-")[0]),
            NATURES.index(index.words["nature"][i]),
            KINDS.index(index.words["kind"][i]),
            float(index["confidence"][i]),
            bool(index["stated"][i]),
            index.words["reference"][i],
            int(index["year"][i]),
            (float(np.exp(low)), float(np.exp(high))),
        )
    return found


CURVES: Final = _curves()
