"""Number of N produced by upscattering in an experiment of the user: before any decay or selection.

Read from the member tables of its flux that are built; what is not is left out, with a warning that names it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from gloam.lookup.events.own_production import all_produced, member_tables, own_numbers
from gloam.lookup.events.production import READS, TABLES

if TYPE_CHECKING:
    from gloam.tables.experiments.own import OwnExperiment

TEMPLATE = "produced"
TITLE = "N produced in the fiducial mass of an experiment of your own, before decay and selection"
NEEDS = TABLES  # recipes of which at least one member must be built


def search(experiment: OwnExperiment, built: tuple[str, ...]) -> Any:
    """The search for one experiment, of whose recipes NEEDS the members ``built`` are at hand."""
    return SimpleNamespace(
        NAME=f"{TEMPLATE}@{experiment.source}",
        TITLE=f"N produced in {experiment.title}, before decay and selection",
        TABLES=member_tables(experiment, built),
        READS=READS,
        OPTIONS={},
        CONSTANTS=own_numbers(experiment, built),
        UNIT="N",
        BINS=("produced",),
        NO_LIMIT="it counts N produced in the detector, before any decay or selection",
        REFERENCES=experiment.references,
        predict=all_produced,
        __doc__=__doc__,
    )
