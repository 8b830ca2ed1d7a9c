"""The closed list of slots in which models and searches meet, and the place of each.

A model writes physical quantities into one float64 vector, a search reads them from it: M models and S searches are
M + S compilations. The slots are those of the records of all particles, one behind the other. The place of the slot
``br_Ap_11`` is ``BR_AP_11`` of :mod:`gloam.lookup.vocabulary`.
"""

from __future__ import annotations

from gloam.lookup.vocabulary.dark_photons import DARK_PHOTON
from gloam.lookup.vocabulary.gauge_bosons import GAUGE_BOSON, MUON_FORCE
from gloam.lookup.vocabulary.neutral_leptons import MIXING, NEUTRAL_LEPTON, PAIR
from gloam.lookup.vocabulary.neutrino_scattering import SCATTERING
from gloam.lookup.vocabulary.record import Record
from gloam.tables.physics.neutral_leptons.exclusive_widths import CHANNELS

ALL = Record(*NEUTRAL_LEPTON, *DARK_PHOTON, *MIXING, *MUON_FORCE, *GAUGE_BOSON, *SCATTERING, *PAIR)
SLOTS = ALL.names
SLOT = dict(zip(ALL.names, ALL, strict=True))
NEUTRAL_LEPTON_SLOTS, DARK_PHOTON_SLOTS, HNL_SLOTS = NEUTRAL_LEPTON.names, DARK_PHOTON.names, MIXING.names
MUON_FORCE_SLOTS, GAUGE_BOSON_SLOTS, SCATTERING_SLOTS = MUON_FORCE.names, GAUGE_BOSON.names, SCATTERING.names
PAIR_SLOTS = PAIR.names
PLACES = {name.upper(): place for place, name in enumerate(SLOTS)}
PLACES["WIDTH_CHANNEL"] = SLOTS.index(f"width_{CHANNELS[0]}")  # the first of as many as there are CHANNELS
PLACES["NSI"] = SLOTS.index("nsi_u_e")  # the first of nine
PLACES["LOOP_NU"] = SLOTS.index("loop_nu_e")  # the first of three
PLACES["LOOP"] = SLOTS.index("loop_e")  # the first of three
# what a model finds in slots[C_TAU]: no decays are read; those of what a search can meet; those of every unstable state
NO_DECAYS, DECAYS_MET, ALL_DECAYS = -1.0, 0.0, 1.0
# numbers that a search, and behind them those that a model may keep behind the slots during a scan, NaN at its start
MEMO, MODEL_MEMO = 1216, 27
