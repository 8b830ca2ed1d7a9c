"""Detectors of stopped-pion neutrinos that are planned, and what a year of them was assumed to be (talk of 4 May 2021, with
1803.05466).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Projection:
    """A detector: nuclei of its molecule, mass [kg], threshold [keV of recoil], protons on target per year, neutrinos of each
    flavour per
    proton, distance [m] and error of the signal [1].
    """

    nuclei: tuple[str, ...]
    mass: float
    threshold: float
    protons: float
    yield_per_proton: float
    distance: float
    systematic: float


CENNS610 = Projection(("Ar40",), 610.0, 20.0, 1.5e23, 0.08, 28.4, 0.085)
ESS10 = Projection(("Cs133", "I127"), 10.0, 0.1, 2.8e23, 0.3, 20.0, 0.05)
CCM = Projection(("Ar40",), 7000.0, 10.0, 1.77e22, 0.0425, 20.0, 0.05)
ESS = Projection(("Cs133", "I127"), 1000.0, 20.0, 2.8e23, 0.3, 20.0, 0.05)
REFERENCES = ("arXiv:2104.03297", "arXiv:1803.05466", "arXiv:1911.00762")
