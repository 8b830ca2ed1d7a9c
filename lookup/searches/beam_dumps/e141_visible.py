"""E141 (SLAC): 9 GeV electrons on tungsten, 12 cm of shield and 35 m of decay volume.

Electrons make X by bremsstrahlung in a thick target, 12 cm of shield; decays to e+e- count. How events follow from the table,
and what A(m_X) is, is written in `lookup/events/beam_dump.py`. The excess that the background leaves room for is large: 3419
events.
"""

from __future__ import annotations

from gloam.lookup.events.electron_dump import search

SEARCH = search(
    "e141", "E141: 9 GeV electrons, 12 cm of shield", "excluded if N > 3419, counts over background", "10.1103/PhysRevLett.59.755"
)
