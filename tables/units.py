"""Conversion factors from natural units, from the CODATA 2018 values in :mod:`gloam.tables.constants`."""

from typing import Final

from gloam.tables.constants import HBAR_C, SPEED_OF_LIGHT

CM_PER_M: Final = 100.0  # [cm/m]
M2_TO_CM2: Final = CM_PER_M**2  # area [m^2] -> [cm^2]
HBAR_C_CM: Final = HBAR_C * CM_PER_M  # [GeV cm]
HBAR_C_FM: Final = HBAR_C * 1.0e15  # [GeV fm]
FM_TO_INVERSE_GEV: Final = 1.0 / HBAR_C_FM  # length [fm] -> [GeV^-1]
INVERSE_GEV2_TO_CM2: Final = 3.893793721e-28  # [GeV^-2] -> [cm^2], (hbar c)^2, CODATA 2018
INVERSE_GEV2_TO_CM3_PER_S: Final = INVERSE_GEV2_TO_CM2 * SPEED_OF_LIGHT * CM_PER_M  # [GeV^-2] -> [cm^3/s]
PB_TO_CM2: Final = 1.0e-36  # [pb] -> [cm^2]
INVERSE_PEV_TO_INVERSE_GEV: Final = 1.0e-6  # dipole moment [PeV^-1] -> [GeV^-1]
