"""N_eff: a vector boson in thermal equilibrium with neutrinos or with electrons when these decouple, against Planck 2018.

The first bin is N_eff, a function of m_X alone (table neutrino-decoupling), above 60 MeV that of the Standard Model; the second
is 1/N_eff, so that values below the measured interval are excluded too. Equilibrium is asked for by K > 1000, K = Gamma/H at T
= m_X with the width to neutrinos, sum g_nu^2 m_X/(24 pi), or to electrons, g_e^2 m_X/(12 pi): g above 3e-9 (5 MeV) to 1e-8 (1
MeV) for L_mu - L_tau. Where the other side has K > 0.01, both are tied together; where K is between 1e-7 and 1000, X freezes
in: neither is here, and there is no information. A boson with all K below 1e-7 changes nothing. Bound: N_eff = 2.99 +- 0.17
(Planck 2018 with lensing and baryon acoustic oscillations), two standard deviations.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import G_E, G_NU_E, M_X, SILENT, Search
from gloam.tables.experiments import planck
from gloam.tables.recipes.neutrinos.neutrino_decoupling import HEAVIEST, LIGHTEST
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

NO_INFORMATION = (
    "the boson is not in thermal equilibrium with neutrinos or electrons alone here (it freezes in, or holds both together), "
    "or it is lighter than 0.1 MeV"
)
PLANCK_MASS = 1.22089e19  # [GeV]
HUBBLE = 1.66 * math.sqrt(10.75) / PLANCK_MASS  # [1/GeV] H/T^2 with photons, electrons and three neutrinos
EQUILIBRIUM, TIED, ABSENT = 1e3, 1e-2, 1e-7  # [1] of Gamma/H at T = m_X


@njit
def side_of(slots: Vector) -> int:
    """0 in equilibrium with neutrinos, 1 with electrons, 2 absent, -1 none of these."""
    mass = slots[M_X]
    scale = mass / (HUBBLE * mass * mass)
    neutrinos = 0.0
    for i in range(3):
        neutrinos += slots[G_NU_E + i] ** 2 * scale / (24.0 * math.pi)
    electrons = slots[G_E] ** 2 * scale / (12.0 * math.pi)
    if neutrinos < ABSENT and electrons < ABSENT:
        return 2
    if neutrinos > EQUILIBRIUM and electrons < TIED:
        return 0
    return 1 if electrons > EQUILIBRIUM and neutrinos < TIED else -1


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out = N_eff and its inverse [1], error their bounds. Returns 0 or SILENT."""
    side = side_of(slots)
    if side < 0 or (side < 2 and slots[M_X] < LIGHTEST):
        return SILENT
    x, work, value = np.empty(1), np.empty(WORK), np.empty(1)
    x[0] = min(slots[M_X], HEAVIEST) if side < 2 else HEAVIEST
    block = offsets[side % 2]
    if values_at(blob, block, x, work, value) != 0:
        return SILENT
    bound = error_of(blob, block, work, 0)
    out[0], out[1] = value[0], 1.0 / value[0]
    error[0], error[1] = bound, bound / value[0] ** 2
    return 0


SEARCH = Search(
    name="n-eff",
    title="N_eff: a vector boson in equilibrium with neutrinos or electrons",
    tables=(("neutrino-decoupling", "vector-neutrinos"), ("neutrino-decoupling", "vector-electrons")),
    reads=("m_X", "g_e", "g_nu_e", "g_nu_mu", "g_nu_tau"),
    unit="1",
    bins=("N_eff", "1/N_eff"),
    limit=(planck.N_EFF + 2.0 * planck.SIGMA, 1.0 / (planck.N_EFF - 2.0 * planck.SIGMA)),
    statistic="N_eff outside 2.99 +- 2 x 0.17 (Planck 2018)",
    confidence=0.95,
    no_information=NO_INFORMATION,
    references=(*planck.REFERENCES, "arXiv:2001.04466", "arXiv:1901.02010"),
    predict=predict,
)
