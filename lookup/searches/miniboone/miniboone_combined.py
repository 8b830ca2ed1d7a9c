"""MiniBooNE, both modes: e+e- pairs of upscattered N in 2 x 11 bins of E_nu^QE, with the combined covariance of the 2020 release.

Rates as in ``miniboone-fhc`` and ``miniboone-rhc``, with what these leave out; chi^2 has the correlations of both modes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.events import upscattered_pairs
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics import Statistic
from gloam.lookup.vocabulary import Search
from gloam.tables.numerics.memory import pointer, shifted

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

MODES = ("fhc", "rhc")
HALF = upscattered_pairs.PUBLISHED_BINS
BRANCHES = len(upscattered_pairs.TABLES)


def likelihood(options: dict[str, Any]) -> Statistic:
    """22 bins with the 16 nu_mu bins and the fractional covariance of both modes."""
    return upscattered_pairs.combined_likelihood()


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """Rates [events] per bin, neutrino mode first, and their bounds. Returns 0, 16 * table + 1 + input, or a refusal."""
    status = upscattered_pairs.published_rates(slots, options, blob, pointer(offsets), out[:HALF], error[:HALF])
    if status != 0:
        return status
    others = shifted(offsets, BRANCHES)
    status = upscattered_pairs.published_rates(slots, options, blob, others, out[HALF:], error[HALF:])
    return status + 16 * BRANCHES if 0 < status < 16 * BRANCHES else status


SEARCH = Search(
    name="miniboone-combined",
    title="e+e- pairs of upscattered N in MiniBooNE's bins of E_nu^QE, both modes",
    tables=tuple((name, mode) for mode in MODES for name in upscattered_pairs.TABLES),
    reads=upscattered_pairs.READS,
    choices=upscattered_pairs.CHOICES,
    constants=upscattered_pairs.CONSTANTS,
    unit="events",
    bins=tuple(f"{mode} {1e3 * a:.0f}-{1e3 * b:.0f} MeV" for mode in MODES for a, b in upscattered_pairs.PUBLISHED_EDGES),
    no_limit="the collaboration published no limit on such pairs; `lookup.likelihood` has the chi^2 of the release",
    data="MiniBooNE nu_e candidates of 2020, both modes",
    refusals=upscattered_pairs.REFUSALS,
    references=upscattered_pairs.REFERENCES,
    external=upscattered_pairs.EXTERNAL,
    predict=predict,
    likelihood=likelihood,
)
