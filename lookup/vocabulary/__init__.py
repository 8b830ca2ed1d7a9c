"""What models and searches share: the slots in which they meet, and the records in which both say what they are.

The place of every slot is a whole number of this module, named as the slot in capitals: ``slots[BR_AP_11]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.lookup.vocabulary.model import Model
from gloam.lookup.vocabulary.parameter import Option, Parameter
from gloam.lookup.vocabulary.quantity import ALWAYS, Quantity
from gloam.lookup.vocabulary.search import SILENT, Search
from gloam.lookup.vocabulary.slots import (
    ALL_DECAYS,
    DARK_PHOTON_SLOTS,
    DECAYS_MET,
    FLAVOURS,
    GAUGE_BOSON_SLOTS,
    HNL_SLOTS,
    MEMO,
    MODEL_MEMO,
    MUON_FORCE_SLOTS,
    NEUTRAL_LEPTON_SLOTS,
    NO_DECAYS,
    PAIRS,
    PARTNERS,
    PLACES,
    SLOTS,
    unit_of,
)

__all__ = [
    "ALL_DECAYS",
    "ALWAYS",
    "DARK_PHOTON_SLOTS",
    "DECAYS_MET",
    "FLAVOURS",
    "GAUGE_BOSON_SLOTS",
    "HNL_SLOTS",
    "MEMO",
    "MODEL_MEMO",
    "MUON_FORCE_SLOTS",
    "NEUTRAL_LEPTON_SLOTS",
    "NO_DECAYS",
    "PAIRS",
    "PARTNERS",
    "PLACES",
    "SILENT",
    "SLOTS",
    "Model",
    "Option",
    "Parameter",
    "Quantity",
    "Search",
    "unit_of",
]

globals().update(PLACES)
if TYPE_CHECKING:

    def __getattr__(name: str) -> int:
        """The place of a slot."""
