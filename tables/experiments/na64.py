"""NA64: electrons of 100 GeV on an active lead target, missing energy, with a hadron calorimeter behind.

arXiv:1906.00176 (2.84e11 electrons), arXiv:2307.02404 (9.37e11), arXiv:2107.02021 (semi-visible selection). Lengths and
efficiency are quoted from memory of these papers: check them before they go into a paper.
"""

from __future__ import annotations

from typing import Final

from gloam.tables.experiments.materials import LEAD_CHARGE, LEAD_RADIATION_LENGTH, LEAD_WEIGHT

BEAM_ENERGY: Final = 100.0  # [GeV]
LARGEST_DEPOSIT: Final = 50.0  # [GeV] in the electromagnetic calorimeter: the A' carries x > 0.5
TARGET_DEPTH: Final = 40.0  # [radiation lengths] of the electromagnetic calorimeter
TARGET: Final = (LEAD_CHARGE, LEAD_WEIGHT, LEAD_RADIATION_LENGTH, 0.0)  # unsquared inelastic bracket
EXPOSURES: Final = {"2.84e11": 2.84e11, "9.37e11": 9.37e11}  # electrons on target, 2016-2018 and 2016-2022
PUBLISHED_EXPOSURE: Final = 2.84e11  # of the published curve of 2019
EFFICIENCY: Final = 0.55  # [1] of the selection, quoted as 0.5 to 0.6
HCAL_END: Final = 6.5  # [m] from the front of the target to the end of the hadron calorimeter
ECAL_LENGTH: Final = 0.45  # [m]
LIMIT_90: Final = 2.3  # [events] Poisson upper limit at 90 % CL for no event and no background
REFERENCES: Final = ("arXiv:1906.00176", "arXiv:2107.02021", "arXiv:2307.02404", "arXiv:0906.0580")
EXTERNAL: Final = (0.8, "Weizsaecker-Williams yield: -20 to +80 % against the exact tree level, arXiv:2409.12748")
LOWEST_FRACTION: Final = LARGEST_DEPOSIT / BEAM_ENERGY  # [1]
