"""Solar neutrinos: fluxes, what oscillates them, and the density of electrons in the Sun."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REFERENCES: Final = ("arXiv:1611.09867", "arXiv:2007.14792", "arXiv:hep-ph/0404042")
FLUXES: Final = {  # [1/(cm^2 s)] and relative error [1]: B16-GS98, arXiv:1611.09867
    "pp": (5.98e10, 0.006),
    "pep": (1.44e8, 0.01),
    "7Be": (4.93e9, 0.06),
    "13N": (2.78e8, 0.15),
    "15O": (2.05e8, 0.17),
    "17F": (5.29e6, 0.20),
    "8B": (5.46e6, 0.12),
    "hep": (7.98e3, 0.30),
}
LINES: Final = {"pep": ((1.442e-3, 1.0),), "7Be": ((0.8613e-3, 0.9), (0.3843e-3, 0.1))}  # [GeV] and share
YEAR: Final = 365.25 * 86400.0  # [s]

# sin^2 theta_12, sin^2 theta_13, sin^2 theta_23. 2021: as used in arXiv:2104.03297. 2022: NuFIT 5.2 without atmospheric data of
# Super-Kamiokande, quoted from memory
OSCILLATIONS: Final = {
    "2021": (0.307, 0.022, 0.572),
    "2022-normal": (0.303, 0.02203, 0.572),
    "2022-inverted": (0.303, 0.02219, 0.578),
}
MATTER: Final = (
    "2021",
    "2022",
)  # sets of what the cosine in matter depends on; theta_13 of both orderings is the same to 1e-5 there
MASS_DIFFERENCES: Final = {"2021": 7.42e-5, "2022": 7.41e-5}  # [eV^2] dm21^2
DELTA_CP: Final = 197.0  # [degrees] NuFIT 5.2, normal ordering, quoted from memory

# radius over that of the Sun, log10 of electrons [N_A/cm^3]: standard solar models of 2004, quoted from memory; their mean
# potentials, 4.67 (pp), 6.12 (7Be), 6.76 (8B), 3.95 (hep) 1e-12 eV, are those of hep-ph/0404042 within 1 %
DENSITY: Final = (
    (0.0, 0.02, 0.05, 0.07, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40),
    (2.01, 2.0, 1.955, 1.91, 1.825, 1.66, 1.474, 1.245, 1.016, 0.56),
)
POTENTIAL: Final = 7.632467e-14  # [eV] sqrt2 G_F N_A/cm^3


def oscillation_row(label: str) -> tuple[float, float, float]:
    """Squared sines of a set of parameters, or of what matters in matter."""
    return OSCILLATIONS[label if label in OSCILLATIONS else f"{label}-normal"]


def electron_potential(radius: Array) -> Array:
    """sqrt2 G_F n_e [eV] at radii over that of the Sun."""
    found: Array = POTENTIAL * 10.0 ** np.interp(radius, *DENSITY)
    return found
