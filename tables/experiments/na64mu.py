"""NA64mu: muons of 160 GeV on an active lead target, missing momentum.

arXiv:2401.01708 and arXiv:2409.10128 use the same sample of 2022, (1.98 +- 0.02)e10 muons and no event: do not add them.
Neither the efficiency nor the limit curve is in the sources of this project: 0.1 is a declared parameter; the coupling of a few
1e-4 below 10 MeV that the papers are remembered for asks for 0.03 to 0.15. The target, 40 radiation lengths of lead, is quoted
from memory.
"""

from __future__ import annotations

from typing import Final

BEAM_ENERGY: Final = 160.0  # [GeV]
MUONS: Final = 1.98e10  # [1] on target, 2022
EFFICIENCY: Final = 0.1  # [1] not sourced
LOWEST_FRACTION: Final = 0.5  # [1] of the beam energy in X: scattered muon below 80 GeV
LIMIT_90: Final = 2.3  # [events] Poisson, no event, no background
LEAD_CHARGE: Final = 82.0  # [1]
LEAD_WEIGHT: Final = 207.0  # [g/mol]
LEAD_DENSITY: Final = 11.35  # [g/cm^3]
TARGET_LENGTH: Final = 22.4  # [cm] 40 radiation lengths of 0.561 cm
DETECTOR_LENGTH: Final = 10.0  # [m] behind the target in which a visible decay is a veto
REFERENCES: Final = ("arXiv:2401.01708", "arXiv:2409.10128")
EXTERNAL: Final = (0.5, "efficiency not sourced; Weizsaecker-Williams approximation for a boson lighter than a muon")
