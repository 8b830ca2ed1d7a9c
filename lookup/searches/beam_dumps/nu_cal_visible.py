"""nu-Cal (Serpukhov): neutral pions of 70 GeV protons on iron, 64 m of shield and 23 m of calorimeter.

pi0 -> gamma X above 3 GeV inside the cone of the far end; decays to e+e- count. Pions alone, as the curve of 1991, which ends
near the mass of the pion and lacks the closing phase space above 0.1 GeV. How events follow from the table, and what A(m_X)
is, is written in `lookup/events/beam_dump.py`; P = 2 BR(gamma gamma) (1 - m_X^2/m^2)^3 (2 g_u + g_d)^2/e^2 per pion.
"""

from __future__ import annotations

import numpy as np
from gloam.lookup.events import beam_dump
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.vocabulary import G_D, G_U, M_X, Search
from gloam.tables.constants import ELECTRIC_CHARGE
from gloam.tables.experiments import proton_dumps

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

DUMP = proton_dumps.DUMPS["nu-cal-pi0"]
PION_MASS = DUMP.meson  # [GeV]
PER_PROTON = 2.0 * DUMP.photons * DUMP.mesons_per_proton / ELECTRIC_CHARGE**2  # [1] X per proton and squared coupling, light X


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = events [1], error[0] its bound. Returns 0 or SILENT."""
    coupling2 = (2.0 * slots[G_U] + slots[G_D]) ** 2
    found, relative, status = beam_dump.events(coupling2, slots, options, blob, offsets[0])
    if options[int(options[beam_dump.SIZE_AT]) + 3] == 1.0:
        found *= PER_PROTON * max(1.0 - (slots[M_X] / PION_MASS) ** 2, 0.0) ** 3
    out[0], error[0] = found, relative * found
    return status


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """The option ``events``."""
    return options[int(options[beam_dump.SIZE_AT]) + 2]


SEARCH = Search(
    name="nu-cal-visible",
    title="nu-Cal: neutral pions of 70 GeV protons, 64 m of shield",
    tables=(("meson-dumps", "nu-cal-pi0"),),
    reads=("m_X", "g_u", "g_d", "width_X", "c_tau_X", "br_X_electrons"),
    options={
        "protons": (1.0, 1e25, DUMP.protons, "protons on target"),
        "acceptance": (0.0, 1.0, 1.0, "seen share of the decays, with calibration=none"),
        "events": (0.1, 1e6, DUMP.events, "largest number of events that is not excluded"),
    },
    choices=(beam_dump.CALIBRATION,),
    constants=beam_dump.constants_of("nu-cal-pi0"),
    unit="events",
    bins=("decays to electrons",),
    statistic="excluded if N > 3.6: 5 events seen, 3.5 expected",
    confidence=0.9,
    no_information=beam_dump.NO_INFORMATION,
    references=proton_dumps.REFERENCES,
    external=(0.2, "pions of a Pythia spectrum without secondary production; digitised curve"),
    predict=predict,
    threshold=threshold,
)
