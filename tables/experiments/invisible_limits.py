"""Published limits on the kinetic mixing of a dark photon that decays invisibly, as curves eps(m_Ap) at 90 % CL.

No information outside the published masses: the curves are NaN there.
"""

from __future__ import annotations

from typing import Final

from gloam.tables.datafile import read
from gloam.tables.numerics.curve import Curve


def published(file: str, provenance: str) -> Curve:
    """The curve eps [1] against m_Ap [GeV] of a data file, straight in (ln m, ln eps)."""
    data = read(file)
    return Curve(((data["m_Ap"], data["eps"]),), "log", provenance)


BABAR_2017: Final = published(
    "limit_babar_2017_invisible.csv",
    "BaBar, arXiv:1702.03327, figure 5, as read by Darkcast (arXiv:1801.04847): eps [1] against m_Ap [GeV], 90 % CL",
)
NA64_2019: Final = published(
    "limit_na64_2019_invisible.csv",
    "NA64, arXiv:1906.00176, figure 3, as read by Darkcast (arXiv:1801.04847): eps [1] against m_Ap [GeV], 90 % CL, "
    "2.84e11 electrons on target",
)
