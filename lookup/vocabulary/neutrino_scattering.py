"""The record of what neutrinos scatter with beside Z exchange: contact interactions at zero momentum transfer, and loops.

eps_aa^f = g_nu_a g_f/(sqrt2 G_F m_X^2) of the Lagrangian -2 sqrt2 G_F eps_aa^f (nubar_a gamma P_L nu_a)(fbar gamma f)/2, signed;
m_X of the record of the muon goes with them, infinite where there is no mediator.
"""

from __future__ import annotations

from gloam.lookup.vocabulary.neutral_leptons import FLAVOURS
from gloam.lookup.vocabulary.record import Kind, Record, Slot

SCATTERED_OFF = ("u", "d", "e")  # what neutrinos scatter off through a new vector
SCATTERING = Record(
    *(
        Slot(f"nsi_{fermion}_{flavour}", "1", Kind.COUPLING, f"eps^{fermion} of nu_{flavour} at q^2 = 0, loops included")
        for fermion in SCATTERED_OFF
        for flavour in FLAVOURS
    ),
    *(
        Slot(f"loop_nu_{flavour}", "1", Kind.COUPLING, "e^2 g_nu/(2 pi^2 sqrt2 G_F m_X^2), 0 where no loop is included")
        for flavour in FLAVOURS
    ),
    *(Slot(f"loop_{flavour}", "1", Kind.COUPLING, "g Q' of the charged lepton in the loop") for flavour in FLAVOURS),
)
