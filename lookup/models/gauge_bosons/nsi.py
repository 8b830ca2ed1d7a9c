"""Non-standard neutral-current interactions of neutrinos: eps_aa^f for f = u, d, e, vector and diagonal in flavour.

L = -2 sqrt2 G_F eps_aa^f (nubar_a gamma^mu P_L nu_a)(fbar gamma_mu f)/2: the limit of a vector much heavier than any momentum
transfer, eps_aa^f = g_nu_a g_f/(sqrt2 G_F m_X^2). Scattering alone: what such interactions do to oscillations in the
Sun is not included.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import FLAVOURS, M_X, NSI, SCATTERED_OFF, SCATTERING_SLOTS, SLOTS, Model, Parameter

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PARAMETERS = tuple(
    Parameter(f"eps_{fermion}_{flavour}", "1", -100.0, 100.0, 0.0, f"eps^{fermion} of nu_{flavour} nu_{flavour}, vector")
    for fermion in SCATTERED_OFF
    for flavour in FLAVOURS
)


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters``, in the order of PARAMETERS; there is no mediator."""
    slots[: len(SLOTS)] = 0.0
    slots[M_X] = math.inf
    for i in range(9):
        slots[NSI + i] = parameters[i]
    return 0


MODEL = Model(
    name="nsi",
    title="non-standard interactions of neutrinos, heavy mediator",
    parameters=PARAMETERS,
    provides=("m_X", *SCATTERING_SLOTS),
    couplings=tuple(item.name for item in PARAMETERS),
    references=("arXiv:1907.00991",),
    quantities=quantities,
)
