"""N made in an experiment of the user that decay inside its detector with an e+e- pair or a photon.

    N = efficiency sum_k N_k <P_k> [BR(e+e-) + BR(photon)],

k over exchanges, species and targets; <P_k> is the probability to decay in the sphere for a vertex uniform in it, averaged over
the momentum of N (exact recoil, every c_tau from 0 to infinity), from member tables. An exchange takes part when both of its
tables are built. An on-shell mediator that flies before it decays is in the error. No reconstruction, no spectrum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gloam.lookup.errors import BadParameter, StoreError
from gloam.lookup.events.own_decays import TABLES as DECAY_TABLES
from gloam.lookup.events.own_decays import decaying_inside
from gloam.lookup.events.own_production import member_tables, own_numbers
from gloam.lookup.events.production import READS, TABLES
from gloam.lookup.statistics import Statistic, ZeroEvents
from gloam.lookup.vocabulary import Search

if TYPE_CHECKING:
    from gloam.tables.experiments.own import OwnExperiment

TEMPLATE = "decaying-inside"
TITLE = "visible decays inside the detector of an experiment of your own of N made in it"
NEEDS = (*TABLES, *DECAY_TABLES)
LIMIT = 2.302585092994046  # [events] ln 10: Poisson, 90 %, no event and no background


def likelihood(options: dict[str, Any]) -> Statistic:
    """No event, no background."""
    return ZeroEvents()


def search(experiment: OwnExperiment, built: tuple[str, ...]) -> Search:
    """The search for one experiment, of whose recipes NEEDS the members ``built`` are at hand.

    Raises
    ------
    BadParameter
        Without the radius of a sphere.
    StoreError
        When no exchange has both of its tables.
    """
    if experiment.radius is None:
        shape = "a box" if experiment.box else "no geometry"
        msg = f'{experiment.source} gives {shape}: {TEMPLATE} needs a sphere, [geometry] with shape = "sphere" and radius = "2 m"'
        raise BadParameter(msg)
    pairs = [(rate, decay) for rate, decay in zip(TABLES, DECAY_TABLES, strict=True) if rate in built and decay in built]
    if not pairs:
        lacking = next(decay for rate, decay in zip(TABLES, DECAY_TABLES, strict=True) if rate in built or decay in built)
        command = f"gloam-build run {lacking} --experiment {experiment.source}"
        msg = f"{TEMPLATE} of {experiment.name} needs the tables of rates and of decays of an exchange, for example `{command}`"
        raise StoreError(msg)
    rates, decays = (tuple(names) for names in zip(*pairs, strict=True))
    tables = (*member_tables(experiment, rates), *member_tables(experiment, decays))
    return Search(
        name=f"{TEMPLATE}@{experiment.source}",
        title=f"decays to e+e- or a photon inside {experiment.title}",
        tables=tables,
        reads=(*READS, "c_tau", "width_error", "br_electrons", "br_photon", "br_error", "c_tau_mediator", "br_mediator"),
        options={"efficiency": (0.0, 1.0, experiment.efficiency, "share of these decays that are seen and selected")},
        constants=(*own_numbers(experiment, rates), float(len(tables) // 2), 2.0 * experiment.radius),
        unit="events",
        bins=("total",),
        limit=LIMIT,
        statistic="sensitivity: no event and no background, excluded if N > 2.3026",
        confidence=0.9,
        references=(*experiment.references, "arXiv:2207.04137"),
        predict=decaying_inside,
        likelihood=likelihood,
    )
