"""MiniBooNE, antineutrino mode: e+e- pairs of upscattered N in the 11 bins of E_nu^QE, with the covariance of the 2020 release.

N are made by nu_mu and antinu_mu on the CH2 of the tank (coherent C12, free protons) and decay in the fiducial sphere of 5 m,
with every c_tau from 0 to infinity, the spin of N, and the correlations of the pair. The detector (smearing, one-ring criterion
``circle`` of arXiv:2210.08021, efficiency) is that of arXiv:2308.02543. chi^2 = r^T E^-1 r with the nu_mu bins
(``statistics/covariance.py``). Not included: N made in the dirt before the detector, which dominate where c_tau is long (more
than about 10 m); Pauli blocking and nuclear effects on protons; mu+mu- pairs and photons. Stored bounds hold the tables' own
errors; the noise of the detector's response (0.6 % of a bin, up to 3 % where few pairs are accepted: m_N above 0.5 GeV) is
the external uncertainty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gloam.lookup.events import upscattered_pairs
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics import Statistic
from gloam.lookup.vocabulary import Search
from gloam.tables.numerics.memory import pointer

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


def likelihood(options: dict[str, Any]) -> Statistic:
    """11 bins with the 8 nu_mu bins and the fractional covariance of the release."""
    return upscattered_pairs.likelihood_of("rhc")


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """Rates [events] per bin and their bounds. Returns 0, 16 * table + 1 + input where a table does not reach, or a refusal."""
    return upscattered_pairs.published_rates(slots, options, blob, pointer(offsets), out, error)


SEARCH = Search(
    name="miniboone-rhc",
    title="e+e- pairs of upscattered N in MiniBooNE's 11 bins of E_nu^QE, antineutrino mode",
    tables=tuple((name, "rhc") for name in upscattered_pairs.TABLES),
    reads=upscattered_pairs.READS,
    choices=upscattered_pairs.CHOICES,
    constants=upscattered_pairs.CONSTANTS,
    unit="events",
    bins=tuple(f"{1e3 * a:.0f}-{1e3 * b:.0f} MeV" for a, b in upscattered_pairs.PUBLISHED_EDGES),
    no_limit="the collaboration published no limit on such pairs; `lookup.likelihood` has the chi^2 of the release",
    data="MiniBooNE nu_e candidates of 2020, antineutrino mode",
    refusals=upscattered_pairs.REFUSALS,
    references=upscattered_pairs.REFERENCES,
    external=upscattered_pairs.EXTERNAL,
    predict=predict,
    likelihood=likelihood,
)
