"""Proton beam dumps: nu-Cal, neutral pions of 70 GeV protons in iron.

Geometry, exposure, counts: J. Bluemlein, J. Brunner, arXiv:1104.2747, as quoted from memory and in public codes; the yield of
neutral pions per proton of 70 GeV is that of SensCalc (arXiv:2305.13383), without secondary production in the target. The
published curve of 1991 is reproduced by pions alone, X above 3 GeV inside the cone of the far end of the detector, with A = 2.3
to 2.4 for all masses below 80 MeV.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class MesonDump:
    """One experiment and parent: energies [GeV], cone [rad], lengths [m], counts [1], masses [GeV], published curve."""

    energy: float
    cut: float
    cone: float
    shield: float
    decay: float
    protons: float
    mesons_per_proton: float
    photons: float
    events: float
    meson: float
    curve: str


DUMPS: Final = {
    "nu-cal-pi0": MesonDump(70.0, 3.0, 1.3 / 87.0, 64.0, 23.0, 1.71e18, 2.37, 0.988, 3.6, 0.1349768, "nu-cal-1991"),
}
REFERENCES: Final = ("arXiv:1104.2747", "arXiv:2305.13383")
