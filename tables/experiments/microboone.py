"""MicroBooNE: liquid-argon time projection chamber in the Booster Neutrino Beam, 470 m from the target.

Exposure: first three years of beam, arXiv:2110.00409. Detector: arXiv:1612.05824.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gloam.tables.experiments.experiment import Experiment, Target

ARGON_MASS: Final = 170.0  # [t] liquid argon in the cryostat
TPC_MASS: Final = 86.19  # [t] liquid argon in the time projection chamber

CRYOSTAT: Final = Experiment(
    name="microboone",
    title="MicroBooNE, neutrino mode, all liquid argon",
    flux_file="flux_microboone.csv",
    exposure=6.8e20,
    fiducial_mass=ARGON_MASS,
    targets=(Target("Ar40", 1.0),),
    references=("arXiv:2110.00409", "arXiv:1612.05824"),
)

TPC: Final = replace(
    CRYOSTAT,
    name="microboone-tpc",
    title="MicroBooNE, neutrino mode, argon in the time projection chamber",
    fiducial_mass=TPC_MASS,
)
