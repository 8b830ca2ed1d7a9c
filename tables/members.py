"""Members: a recipe with the flux and the targets of one experiment of the user in place of gloam's beams.

``vector-rates@my.toml`` names the member of `vector-rates` for the experiment in that file; its table is called
``vector-rates@NAME`` with the NAME that the file gives, so that one more experiment is one more store and touches no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.tables.coordinates import FLUX_SCALE, MASS_SCALE, mass_coordinate
from gloam.tables.datafile import sha256
from gloam.tables.experiments.own import OwnExperiment
from gloam.tables.spec import Choice, TableSpec

if TYPE_CHECKING:
    from types import ModuleType

MARK = "@"  # between the recipe and the experiment in the name of a member
FILES = ("charge_densities.csv", "nuclear_masses.csv")
SCALES = {"flux": FLUX_SCALE, "flux-mediator": FLUX_SCALE, "mass": MASS_SCALE, "mass-mediator": MASS_SCALE}


@dataclass(frozen=True)
class Member:
    """One recipe for one experiment; what it does not say itself is the recipe's (kernel, judge, docstring).

    Attributes
    ----------
    recipe : module
        With ``experiment_data(experiment, nucleus)`` and ``components(projectiles)`` beside what every recipe has.
    experiment : OwnExperiment
    """

    recipe: ModuleType
    experiment: OwnExperiment

    DATA = "experiment_data"  # what fills the kernel's array, for the identity of the source

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recipe, name)

    @property
    def TABLE(self) -> TableSpec:
        """Description: labels are the nuclei, components those of the species that the flux has, masses as far as it reaches."""
        of, spec = self.experiment, self.recipe.TABLE
        mass, axis = spec.inputs[0], spec.axes[0]
        end = float(mass_coordinate(of.heaviest, SCALES[spec.coordinates]))
        return replace(
            spec,
            name=f"{spec.name}{MARK}{of.name}",
            title=f"{spec.name} of {of.title}",
            inputs=(replace(mass, high=min(mass.high, of.heaviest)), *spec.inputs[1:]),
            axes=(replace(axis, high=min(axis.high, end)), *spec.axes[1:]),
            components=self.recipe.components(of.projectiles),
            choice=Choice("nucleus", of.nuclei),
            parameters=(spec.parameters[0],) * len(of.nuclei),
            references=(*spec.references, *of.references),
        )

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of the published files and of the flux."""
        return {**{name: sha256(name) for name in FILES}, f"flux{MARK}{self.experiment.name}": self.experiment.identity}

    def data(self, label: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """What the kernel needs for the nucleus ``label``."""
        filled: np.ndarray[tuple[int], np.dtype[np.float64]] = self.recipe.experiment_data(self.experiment, label)
        return filled
