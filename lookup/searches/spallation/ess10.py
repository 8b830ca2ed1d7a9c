"""ESS, 10 kg of CsI: a projection, recoils above a threshold in one bin.

Efficiency 1 above 0.1 keV and one year unless options say otherwise; no backgrounds.
"""

from __future__ import annotations

from gloam.lookup.events.spallation import projection
from gloam.tables.experiments.spallation import ESS10

SEARCH = projection("ess10", "ESS, 10 kg of CsI", ESS10)
