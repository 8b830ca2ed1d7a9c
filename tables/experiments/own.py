"""An experiment of the user: the facts in a TOML file outside gloam, read, converted to gloam's units and checked.

docs/experiments.md has a complete example. Every number carries its unit in the file ("170 t", "1.2e21 POT"); what is
missing, unknown or impossible is said in one sentence. What identifies a table built for such an experiment is the flux in
gloam's units (:attr:`OwnExperiment.identity`), so that neither another layout of the files nor another exposure makes it stale.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.experiments.experiment import PROJECTILES, Experiment, FloatArray, Target, knots_of_bins
from gloam.tables.experiments.facts import ENERGIES, LENGTHS, MASSES, POT, BadExperiment, Facts
from gloam.tables.experiments.flux_files import Flux, read_flux

SPECIES: Final = (*PROJECTILES, "nutau", "nutaubar")
FLAVOURS: Final = {"numu": "mu", "numubar": "mu", "nue": "e", "nuebar": "e", "nutau": "tau", "nutaubar": "tau"}
NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_NUCLEI: Final = 6
HEAVIEST, LIGHTEST = 2.0, 0.01  # [GeV] largest mass of N in any table, and the least largest mass worth a table
REACH: Final = 0.9  # [1] of the energy at which a flux ends: the threshold on protons of the heaviest N of a table
PROTON: Final = "p"
SHAPES: Final = {"sphere": ("radius",), "box": ("length", "width", "height")}


@dataclass(frozen=True, kw_only=True)
class OwnExperiment(Experiment):
    """The facts of one experiment of the user.

    Attributes
    ----------
    source : str
        The TOML file, absolute.
    flux : Flux
        Converted.
    box : (length, width, height) or None
        [m] of a box whose length is along the beam.
    efficiency : float
        Share of the visible decays that are seen and selected [1].
    heaviest : float
        Largest mass of N in the member tables [GeV].
    """

    source: str
    flux: Flux
    box: tuple[float, float, float] | None = None
    efficiency: float = 1.0
    heaviest: float = HEAVIEST

    @property
    def projectiles(self) -> tuple[str, ...]:
        """Species with a flux, in the order of SPECIES."""
        return tuple(name for name in SPECIES if name in self.flux.values)

    def knots(self, projectile: str) -> tuple[FloatArray, FloatArray]:
        """Energies [GeV] and flux [nu/cm^2/GeV/POT] of one projectile."""
        if self.flux.high is None:
            return self.flux.low, self.flux.values[projectile]
        return knots_of_bins(self.flux.low, self.flux.high, self.flux.values[projectile])

    @property
    def nuclei(self) -> tuple[str, ...]:
        """Targets with more than one nucleon: the labels of a member table."""
        return tuple(target.name for target in self.targets if target.name != PROTON)

    @property
    def identity(self) -> str:
        """SHA-256 of the flux: species, knots and values."""
        knots = {name: [part.tolist() for part in self.knots(name)] for name in self.projectiles}
        return hashlib.sha256(json.dumps(knots).encode()).hexdigest()

    def total_flux(self, projectile: str) -> float:
        """Integral of the flux over the energy [nu/cm^2/POT]."""
        energies, values = self.knots(projectile)
        return float(np.trapezoid(values, energies))


def load(path: str | Path) -> OwnExperiment:
    """Read the experiment in the TOML file ``path``.

    Raises
    ------
    BadExperiment
        Saying in one sentence what is wrong in which file.
    """
    file = Path(path).expanduser().absolute()
    facts = Facts(file, _parsed(file))
    name = facts.word("name")
    if not NAME.fullmatch(name):
        facts.refuse(f"name = {name!r}: give lower-case letters and digits, in words joined by dashes")
    targets, mass = _targets(facts)
    flux = read_flux(facts.table("flux"), SPECIES)
    radius, box = _geometry(facts.table("geometry", required=False))
    made = OwnExperiment(
        name=name,
        title=facts.word("title", name),
        flux_file=str(flux.file),
        exposure=facts.positive("exposure", POT),
        fiducial_mass=mass,
        targets=targets,
        references=facts.words("references"),
        radius=radius,
        source=str(file),
        flux=flux,
        box=box,
        efficiency=facts.share("efficiency", 1.0),
        heaviest=_heaviest(facts, flux),
    )
    facts.finish()
    return made


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"the experiment {file} cannot be read ({error.strerror}): give the path of its TOML file"
    except UnicodeDecodeError:
        msg = f"the experiment {file} is no text in UTF-8: save it as UTF-8"
    except tomllib.TOMLDecodeError as error:
        msg = f"the experiment {file} is no TOML: {error}"
    raise BadExperiment(msg)


def _targets(facts: Facts) -> tuple[tuple[Target, ...], float]:
    """Targets with their shares of the mass, and the mass [t]."""
    given = facts.table("targets")
    shapes, masses = read("charge_densities.csv").labels, read("nuclear_masses.csv").labels
    known = [PROTON, *(name for name in shapes if name in masses)]
    found = {name: given.positive(name, MASSES) for name in given.names(known)}
    heavy = [name for name in found if name != PROTON]
    if not 1 <= len(heavy) <= MOST_NUCLEI:
        given.refuse(f'has {len(heavy)} nuclei beside hydrogen; give 1 to {MOST_NUCLEI}, for example Ar40 = "170 t"')
    total = sum(found.values())
    return tuple(Target(name, mass / total) for name, mass in found.items()), total


def _geometry(facts: Facts) -> tuple[float | None, tuple[float, float, float] | None]:
    if not facts.given:
        return None, None
    shape = facts.one_of("shape", tuple(SHAPES))
    sizes = [facts.positive(name, LENGTHS) for name in SHAPES[shape]]
    facts.finish()
    return (sizes[0], None) if shape == "sphere" else (None, (sizes[0], sizes[1], sizes[2]))


def _heaviest(facts: Facts, flux: Flux) -> float:
    """Largest mass of N [GeV]: that with its threshold on protons at REACH of the energy at which the first flux ends."""
    ends = {name: flux.end(name) for name in flux.values}
    species = min(ends, key=lambda name: ends[name])
    proton = read("nuclear_masses.csv").row(PROTON)["mass"]
    most = min(HEAVIEST, proton * (math.sqrt(1.0 + 2.0 * REACH * ends[species] / proton) - 1.0))
    if most < LIGHTEST:
        facts.refuse(f"the flux of {species} ends at {ends[species]:.3g} GeV, where no N above {LIGHTEST} GeV is made")
    asked = facts.positive("largest_mass", ENERGIES) if "largest_mass" in facts.given else most
    if not LIGHTEST <= asked <= most * (1.0 + 1e-9):
        why = f"flux of {species}, which ends at {ends[species]:.4g} GeV" if most < HEAVIEST else "tables of decays"
        facts.refuse(f"largest_mass = {asked:.4g} GeV: give {LIGHTEST} to {most:.4g} GeV, as far as the {why}, reaches")
    return min(asked, most)
