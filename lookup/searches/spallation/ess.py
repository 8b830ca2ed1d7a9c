"""ESS, 1 t of CsI: a projection, recoils above a threshold in one bin.

Efficiency 1 above 20 keV and one year unless options say otherwise; no backgrounds. The nu_mu line gives no recoil above 15 keV.
"""

from __future__ import annotations

from gloam.lookup.events.spallation import projection
from gloam.tables.experiments.spallation import ESS

SEARCH = projection("ess", "ESS, 1 t of CsI", ESS)
