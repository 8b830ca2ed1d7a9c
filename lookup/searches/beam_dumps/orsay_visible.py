"""Orsay: 1.6 GeV electrons on tungsten, 1 m of shield and 2 m of decay volume.

Electrons make X by bremsstrahlung in a thick target, 1 m of shield; decays to e+e- count. How events follow from the table, and
what A(m_X) is, is written in `lookup/events/beam_dump.py`. No event was seen.
"""

from __future__ import annotations

from gloam.lookup.events.electron_dump import search

SEARCH = search(
    "orsay", "Orsay: 1.6 GeV electrons, 1 m of shield", "no event: excluded if N > 3, Poisson", "10.1016/0370-2693(89)90174-3"
)
