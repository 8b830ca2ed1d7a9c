"""Published limits as polylines: which values of y are excluded at one x, when the line turns back, repeats or closes.

A polyline need not be a function: at one x it is crossed any number of times. Between neighbouring points it is straight in
(ln x, ln y); the values between its first and second crossing are excluded, those between the third and the fourth, and so on;
those above the last of an odd number. This is "above the curve" for a limit, "between the edges" for a lower and an upper
one taken together, and "inside" for a closed contour, with one rule. Where no point reaches, there is no information.

In compiled code a polyline is ``[points, lowest ln x, highest ln x, ln x_1, ln y_1, join_1, ln x_2, ...]``; join_i = 1 where a
line leads from point i to the next.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.numerics.elementary import numeric
from gloam.tables.numerics.memory import scratch
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MOST_CROSSINGS = 64  # at one x
POINTS, STRIDE = 3, 3  # where the points begin, and numbers of a point


def flat_polyline(pieces: list[tuple[FloatArray, FloatArray, bool]]) -> FloatArray:
    """The polyline of ``pieces`` (x, y, closed) as compiled code reads it; a closed piece leads back to its first point.

    Raises
    ------
    ValueError
        When a coordinate is not positive and finite.
    """
    rows = []
    for x, y, closed in pieces:
        points = np.column_stack([x, y])
        if not ((points > 0.0) & np.isfinite(points)).all():
            msg = "a polyline in logarithms needs positive, finite points"
            raise ValueError(msg)
        if closed:
            points = np.vstack([points, points[:1]])
        joins = np.ones(len(points))
        joins[-1] = 0.0
        rows.append(np.column_stack([np.log(points), joins]))
    together = np.vstack(rows)
    ends = [float(len(together)), together[:, 0].min(), together[:, 0].max()]
    return np.concatenate([ends, together.ravel()])


@numeric
def _fill_crossings(flat: FloatArray, offset: int, ln_x: float, found: FloatArray) -> int:
    """Write ln y of every crossing at ``ln_x`` into ``found``, rising; returns their number."""
    count = 0
    at = offset + POINTS
    left = flat[at]
    highest = flat[offset + 2]
    below = left <= ln_x
    for _ in range(int(flat[offset]) - 1):
        right = flat[at + STRIDE]
        above = right <= ln_x
        if (below != above or (ln_x == highest and max(left, right) == highest)) and flat[at + 2] != 0.0 and left != right:
            value = flat[at + 1] + (ln_x - left) / (right - left) * (flat[at + 4] - flat[at + 1])
            place = min(count, MOST_CROSSINGS - 1)
            while place > 0 and found[place - 1] > value:
                found[place] = found[place - 1]
                place -= 1
            found[place] = value
            count = min(count + 1, MOST_CROSSINGS)
        left, below = right, above
        at += STRIDE
    return count


@numeric
def excess_over_polyline(flat: FloatArray, offset: int, ln_x: float, ln_enter: float, ln_leave: float) -> float:
    """Logarithmic distance of a point from the edge of what the polyline at ``flat[offset:]`` excludes: > 0 if excluded.

    ln_enter and ln_leave are ln y of the point, compared with edges where exclusion begins and where it ends (different where
    the two scale differently with other parameters). NaN where no piece reaches ln_x.
    """
    if not flat[offset + 1] <= ln_x <= flat[offset + 2]:
        return math.nan
    found = scratch(MOST_CROSSINGS)
    count = _fill_crossings(flat, offset, ln_x, found)
    if count == 0:
        return math.nan
    best = -math.inf
    for k in range(0, count, 2):
        inside = ln_enter - found[k]
        if k + 1 < count:
            inside = min(inside, found[k + 1] - ln_leave)
        best = max(best, inside)
    return best
