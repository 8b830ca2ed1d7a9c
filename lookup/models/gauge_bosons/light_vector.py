"""Vector X with free couplings to neutrinos, light quarks and electrons: L = -X_mu sum_f g_f fbar gamma^mu f.

For neutrino scattering alone: no charges, widths or loops. All couplings are signed, and only products g_nu_a g_f enter; a sign
of these interferes with Z exchange.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import FLAVOURS, M_X, NSI, SCATTERED_OFF, SCATTERING_SLOTS, SLOTS, Model, Parameter
from gloam.tables.constants import FERMI_CONSTANT, named

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

PARAMETERS = (
    Parameter("m_X", "GeV", 1e-6, 100.0, None, "mass of the vector"),
    *(Parameter(f"g_nu_{flavour}", "1", -10.0, 10.0, 0.0, f"coupling to nu_{flavour}") for flavour in FLAVOURS),
    *(Parameter(f"g_{fermion}", "1", -10.0, 10.0, 0.0, f"coupling to {fermion}") for fermion in SCATTERED_OFF),
)


@entry
def quantities(parameters: Vector, options: Vector, blob: Vector, offsets: Offsets, slots: Vector) -> int:
    """Fill the slots from ``parameters``, in the order of PARAMETERS."""
    slots[: len(SLOTS)] = 0.0
    mass = parameters[0]
    slots[M_X] = mass
    scale = 1.0 / (math.sqrt(2.0) * FERMI_CONSTANT * mass * mass)
    for f in range(3):
        for a in range(3):
            slots[NSI + 3 * f + a] = scale * parameters[1 + a] * parameters[4 + f]
    return 0


MODEL = Model(
    name="light-vector",
    title="vector with free couplings to neutrinos, u, d and electrons",
    parameters=PARAMETERS,
    provides=("m_X", *SCATTERING_SLOTS),
    couplings=tuple(item.name for item in PARAMETERS[1:]),
    constants=named("G_F"),
    references=("arXiv:2104.03297",),
    quantities=quantities,
)
