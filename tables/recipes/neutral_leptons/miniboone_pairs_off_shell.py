"""Pairs e+e- of upscattered N in MiniBooNE's bins of E_nu^QE: N -> nu e+e- through a mediator heavier than N.

Moments in the momentum of N (``physics/neutral_leptons/pair_spectrum.py``), so that c_tau is no axis; components and the
measure of their errors: ``physics/neutral_leptons/pair_tables.py``. nu_mu and antinu_mu on CH2, |V_muN e eps|^2 = 1,
18.75e20 (fhc) or 11.27e20 (rhc) protons on target, efficiency of 2012 without the factor 1/0.55.
"""

from __future__ import annotations

import numpy as np
from gloam.tables.physics.neutral_leptons import pair_tables
from gloam.tables.physics.neutral_leptons.pair_spectrum import EXACT
from gloam.tables.physics.neutral_leptons.pair_tables import FILES as FILES
from gloam.tables.physics.neutral_leptons.pair_tables import fill_components
from gloam.tables.physics.neutral_leptons.pair_tables import judge as judge
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LOG2_POINTS = 14  # of a target at a node
TABLE = pair_tables.specification("miniboone-pairs-off-shell", "off shell", "off-shell", (48, 24), rtol=0.04)


@njit
def kernel(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """ln T and shares at x = (m_N, m_mediator) [GeV] over the points of the nodes."""
    fill_components(x, data, 1, EXACT, out)


@njit
def reference(x: Vector, parameters: Vector, data: Vector, out: Vector) -> None:
    """The same over the points of the reference."""
    fill_components(x, data, 2, EXACT, out)


def data(label: str) -> Vector:
    """Response, points, flux and targets of the mode ``label``."""
    return pair_tables.table_data(label, LOG2_POINTS)
