"""Number of N produced by upscattering in an experiment of the user: before any decay or selection.

Read from the member tables of its flux that are built; what is not is left out, with a warning that names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gloam.lookup.events.own_production import all_produced, member_tables, own_numbers
from gloam.lookup.events.production import READS, TABLES
from gloam.lookup.vocabulary import Search

if TYPE_CHECKING:
    from gloam.tables.experiments.own import OwnExperiment

TEMPLATE = "produced"
TITLE = "N produced in the fiducial mass of an experiment of your own, before decay and selection"
NEEDS = TABLES  # recipes of which at least one member must be built


def search(experiment: OwnExperiment, built: tuple[str, ...]) -> Search:
    """The search for one experiment, of whose recipes NEEDS the members ``built`` are at hand."""
    return Search(
        name=f"{TEMPLATE}@{experiment.source}",
        title=f"N produced in {experiment.title}, before decay and selection",
        tables=member_tables(experiment, built),
        reads=READS,
        constants=own_numbers(experiment, built),
        unit="N",
        bins=("produced",),
        no_limit="it counts N produced in the detector, before any decay or selection",
        references=(*experiment.references, "arXiv:2207.04137"),
        predict=all_produced,
    )
