"""Spectrum of dark photons that electrons of 100 GeV make in thick lead."""

from __future__ import annotations

import numpy as np
from gloam.lookup.vocabulary import ALWAYS, Quantity
from gloam.tables.experiments.na64 import BEAM_ENERGY, EXTERNAL, REFERENCES, TARGET, TARGET_DEPTH
from gloam.tables.physics.dark_photons.bremsstrahlung import spectrum
from gloam.tables.spec import Input
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

DESCRIPTION = """dN/dx per electron and eps^2: improved Weizsaecker-Williams in 40 radiation lengths of lead with radiative energy
loss (`physics/bremsstrahlung.py`). Integrated directly, 1e-4; the approximation itself is off by -20 to +80 %. 0 beyond
x = 1 - m_Ap/(100 GeV)."""
ACCURACY = 1e-4  # [1] of the quadrature


@njit
def evaluate(x: Vector, choices: Integers, blob: Vector, offsets: Integers, out: Vector) -> int:
    """(value, absolute error bound) [1] at x = (m_Ap, x)."""
    out[0] = spectrum(x[0], BEAM_ENERGY, x[1], TARGET_DEPTH, TARGET)
    out[1] = ACCURACY * out[0]
    return 0


QUANTITY = Quantity(
    name="spectrum-na64",
    title="Spectrum dN/dx of dark photons from 100 GeV electrons in thick lead",
    inputs=(
        Input("m_Ap", "GeV", 1e-3, 10.0, "mass of the dark photon"),
        Input("x", "1", 0.05, 1.0, "energy of the dark photon over 100 GeV"),
    ),
    unit="1",
    references=REFERENCES,
    description=DESCRIPTION,
    uncertain={ALWAYS: EXTERNAL},
    evaluate=evaluate,
)
