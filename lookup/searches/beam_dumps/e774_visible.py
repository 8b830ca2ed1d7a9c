"""E774 (Fermilab): 275 GeV electrons on tungsten, 30 cm of shield and 2 m of decay volume.

Electrons make X by bremsstrahlung in a thick target, 30 cm of shield; decays to e+e- count. How events follow from the table,
and what A(m_X) is, is written in `lookup/events/beam_dump.py`. Room for 18 events.
"""

from __future__ import annotations

from gloam.lookup.events.electron_dump import search

SEARCH = search(
    "e774",
    "E774: 275 GeV electrons, 30 cm of shield",
    "excluded if N > 18, counts over background",
    "10.1103/PhysRevLett.67.2942",
)
