"""CENNS610, 610 kg of argon at the SNS: a projection, recoils above a threshold in one bin.

Efficiency 1 above 20 keV and one year unless options say otherwise; no backgrounds.
"""

from __future__ import annotations

from gloam.lookup.events.spallation import projection
from gloam.tables.experiments.spallation import CENNS610

SEARCH = projection("cenns610", "CENNS610, 610 kg of argon at the SNS", CENNS610)
