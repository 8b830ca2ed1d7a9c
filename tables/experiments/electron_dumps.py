"""Electron beam dumps: E137, E141, E774, KEK, Orsay.

Numbers of electrons, counts and cuts are quoted from memory of S. Andreas, C. Niebuhr, A. Ringwald, arXiv:1209.6083, and of the
papers; lengths agree with a public recaster (arXiv:1801.04847). The energy cuts of the papers are not in the published curves:
without a cut, for E141 with 0.1 GeV, the curves of 1209.6083 are reproduced, and that is what the table contains. One product,
exposure times acceptance over the limit on events, is then measured by the lower edge of the curve and called A: 0.3 to 0.6 for
E137, KEK and Orsay, 0.92 for E774, 0.07 for E141.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ElectronDump:
    """One experiment.

    Attributes
    ----------
    energy, cut : float
        [GeV] of the beam and lowest of the boson.
    charge, weight, radiation_length : float
        Z [1], A [g/mol], X_0 [g/cm^2] of the target.
    electrons : float
        On target.
    shield, decay : float
        Lengths [m] of the shield and of the decay volume behind it.
    events : float
        Largest number of events that is not excluded [1].
    curve : str
        The published limit, a name of `dark_photon_curves`.
    heaviest : float
        [GeV] beyond which no boson that decays to electrons is within reach.
    """

    energy: float
    cut: float
    charge: float
    weight: float
    radiation_length: float
    electrons: float
    shield: float
    decay: float
    events: float
    curve: str
    heaviest: float


ALUMINIUM: Final = (13.0, 27.0, 24.01)
TUNGSTEN: Final = (74.0, 183.84, 6.76)
DUMPS: Final = {
    "e137": ElectronDump(20.0, 0.0, *ALUMINIUM, 1.87e20, 179.0, 204.0, 3.0, "e137-2012", 0.4),
    "e141": ElectronDump(9.0, 0.1, *TUNGSTEN, 2e15, 0.12, 35.0, 3419.0, "e141-2012", 0.03),
    "e774": ElectronDump(275.0, 0.0, *TUNGSTEN, 5.2e9, 0.3, 2.0, 18.0, "e774-2012", 0.03),
    "kek": ElectronDump(2.5, 0.0, *TUNGSTEN, 1.69e17, 2.4, 2.2, 3.0, "kek-2012", 0.1),
    "orsay": ElectronDump(1.6, 0.0, *TUNGSTEN, 2e16, 1.0, 2.0, 3.0, "orsay-2012", 0.15),
}
REFERENCES: Final = ("arXiv:1209.6083", "arXiv:0906.0580")
