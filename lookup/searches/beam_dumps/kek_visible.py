"""KEK: 2.5 GeV electrons on tungsten, 2.4 m of shield and 2.2 m of decay volume.

Electrons make X by bremsstrahlung in a thick target, 2.4 m of shield; decays to e+e- count. How events follow from the table,
and what A(m_X) is, is written in `lookup/events/beam_dump.py`. No event was seen.
"""

from __future__ import annotations

from gloam.lookup.events.electron_dump import search

SEARCH = search(
    "kek", "KEK: 2.5 GeV electrons, 2.4 m of shield", "no event: excluded if N > 3, Poisson", "10.1103/PhysRevLett.57.659"
)
