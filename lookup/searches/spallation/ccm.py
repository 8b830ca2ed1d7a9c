"""CCM, 7 t of argon at LANSCE: a projection, recoils above a threshold in one bin.

Efficiency 1 above 10 keV and one year at 20 m unless options say otherwise (thresholds of 10 to 30 keV, 40 m); no backgrounds.
"""

from __future__ import annotations

from gloam.lookup.events.spallation import projection
from gloam.tables.experiments.spallation import CCM

SEARCH = projection("ccm", "CCM, 7 t of argon at LANSCE", CCM)
