"""Primordial nucleosynthesis: lifetimes of a heavy neutral lepton that spoil the light elements, at 2 sigma.

Published (arXiv:2006.07387) as regions in (m_N, U2_a) for each flavour alone and a Dirac N, 1 MeV to 1 GeV. What counts
is the lifetime, so that for any mixing, nature and force the region of the flavour with the largest partial width is taken
at equal lifetimes, U2_a -> Gamma/Ghat_a. Standard cosmology, N in equilibrium early on.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events import peak_searches
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import FLAVOURS, HNL_SLOTS, M_N, SILENT, U2_E, WIDTH, Search
from gloam.tables.constants import SIN2_THETA_W_MSBAR
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.numerics.polyline import excess_over_polyline
from gloam.tables.physics.neutral_leptons.exclusive_widths import COUNT, fill_exclusive, unlike_widths

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = distance from the edge of the region, in U2 at equal lifetime [1], above 1 inside. Returns 0 or SILENT."""
    widths, unlike = scratch(COUNT), unlike_widths(slots[M_N])
    largest = ln_U2 = 0.0
    decisive = 0
    for flavour in range(3):
        fill_exclusive(slots[M_N], flavour, SIN2_THETA_W_MSBAR, unlike, widths)
        ghat = 0.0
        for channel in range(COUNT):
            ghat += widths[channel]
        if slots[U2_E + flavour] * ghat > largest:
            largest, decisive, ln_U2 = slots[U2_E + flavour] * ghat, flavour, math.log(slots[WIDTH] / ghat)
    if largest == 0.0:
        return SILENT
    place = int(options[2 * decisive + 1])
    excess = excess_over_polyline(pointer(options), place, math.log(slots[M_N]), ln_U2, ln_U2)
    if math.isnan(excess):
        return SILENT
    out[0], error[0] = math.exp(excess), 0.0
    return 0


SEARCH = Search(
    name="bbn-hnl",
    title="primordial nucleosynthesis: lifetimes of heavy neutral leptons",
    reads=("m_N", "width", "c_tau", *HNL_SLOTS),
    constants=peak_searches.numbers_of(*(f"{flavour}-bbn-sabti" for flavour in FLAVOURS)),
    unit="1",
    bins=("lifetime",),
    limit=1.0,
    statistic="as published, 2 sigma, at equal lifetimes; the flavour of the largest width decides",
    confidence=0.9545,
    no_information="published for masses of 1 MeV to 0.97 GeV, and nothing is known of an N that does not mix",
    references=("arXiv:2006.07387",),
    predict=predict,
)
