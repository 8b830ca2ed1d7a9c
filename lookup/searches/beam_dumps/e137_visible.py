"""E137 (SLAC): 20 GeV electrons on aluminium, a hill of 179 m and 204 m of open decay volume.

Electrons make X by bremsstrahlung in a thick target, 179 m of shield; decays to e+e- count. How events follow from the table,
and what A(m_X) is, is written in `lookup/events/beam_dump.py`. No event was seen.
"""

from __future__ import annotations

from gloam.lookup.events.electron_dump import search

SEARCH = search("e137", "E137: 20 GeV electrons, 179 m of shield", "no event: excluded if N > 3, Poisson")
