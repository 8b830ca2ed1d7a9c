"""Materials of targets. Lead: Particle Data Group, atomic and nuclear properties."""

from __future__ import annotations

from typing import Final

LEAD_CHARGE: Final = 82.0  # [1] Z
LEAD_WEIGHT: Final = 207.2  # [g/mol] A
LEAD_RADIATION_LENGTH: Final = 6.37  # [g/cm^2] X_0
