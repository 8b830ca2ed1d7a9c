"""What models and searches share: the slots in which they meet, and the records in which both say what they are.

The place of every slot is a whole number of this module, named as the slot in capitals: ``slots[BR_AP_11]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.lookup.vocabulary.dark_photons import DARK_PHOTON, PAIRS, PARTNERS
from gloam.lookup.vocabulary.gauge_bosons import GAUGE_BOSON, MUON_FORCE
from gloam.lookup.vocabulary.model import Model
from gloam.lookup.vocabulary.neutral_leptons import FLAVOURS, MIXING, NEUTRAL_LEPTON
from gloam.lookup.vocabulary.neutrino_scattering import SCATTERED_OFF, SCATTERING
from gloam.lookup.vocabulary.parameter import Option, Parameter
from gloam.lookup.vocabulary.quantity import ALWAYS, Quantity
from gloam.lookup.vocabulary.record import Kind, Record, Slot
from gloam.lookup.vocabulary.search import SILENT, Search
from gloam.lookup.vocabulary.slots import (
    ALL_DECAYS,
    DARK_PHOTON_SLOTS,
    DECAYS_MET,
    GAUGE_BOSON_SLOTS,
    HNL_SLOTS,
    MEMO,
    MODEL_MEMO,
    MUON_FORCE_SLOTS,
    NEUTRAL_LEPTON_SLOTS,
    NO_DECAYS,
    PAIR_SLOTS,
    PLACES,
    SCATTERING_SLOTS,
    SLOT,
    SLOTS,
)

__all__ = [
    "ALL_DECAYS",
    "ALWAYS",
    "DARK_PHOTON",
    "DARK_PHOTON_SLOTS",
    "DECAYS_MET",
    "FLAVOURS",
    "GAUGE_BOSON",
    "GAUGE_BOSON_SLOTS",
    "HNL_SLOTS",
    "MEMO",
    "MIXING",
    "MODEL_MEMO",
    "MUON_FORCE",
    "MUON_FORCE_SLOTS",
    "NEUTRAL_LEPTON",
    "NEUTRAL_LEPTON_SLOTS",
    "NO_DECAYS",
    "PAIRS",
    "PAIR_SLOTS",
    "PARTNERS",
    "PLACES",
    "SCATTERED_OFF",
    "SCATTERING",
    "SCATTERING_SLOTS",
    "SILENT",
    "SLOT",
    "SLOTS",
    "Kind",
    "Model",
    "Option",
    "Parameter",
    "Quantity",
    "Record",
    "Search",
    "Slot",
]

globals().update(PLACES)
if TYPE_CHECKING:

    def __getattr__(name: str) -> int:
        """The place of a slot."""
