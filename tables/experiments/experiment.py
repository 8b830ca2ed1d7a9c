"""What the facts of an experiment consist of, and what follows from them: target numbers and flux knots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from gloam.tables.constants import TONNE
from gloam.tables.datafile import read

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROJECTILES = ("numu", "numubar", "nue", "nuebar")
LOWEST_ENERGY = 0.004  # [GeV] where the flux begins: below the threshold of every tabulated N (5 MeV)


@dataclass(frozen=True)
class Target:
    """A constituent of the detector.

    Attributes
    ----------
    name : str
        Isotope as in ``nuclear_masses.csv``; "p" is hydrogen.
    mass_fraction : float
        Share of the fiducial mass [1].
    """

    name: str
    mass_fraction: float

    @property
    def mass(self) -> float:
        """Nuclear mass [GeV]."""
        return read("nuclear_masses.csv").row(self.name)["mass"]

    @property
    def protons(self) -> int:
        """Protons per nucleus, Z."""
        return int(read("nuclear_masses.csv").row(self.name)["Z"])

    @property
    def neutrons(self) -> int:
        """Neutrons per nucleus, A - Z."""
        row = read("nuclear_masses.csv").row(self.name)
        return int(row["A"] - row["Z"])


@dataclass(frozen=True)
class Experiment:
    """The facts of one experiment in one beam mode.

    Attributes
    ----------
    name, title : str
        Short name and one line for people.
    flux_file : str
        File in ``tables/data`` with the neutrino flux at the detector.
    exposure : float
        Protons on target [1].
    fiducial_mass : float
        Target mass [t].
    targets : tuple of Target
        What the fiducial mass consists of; mass fractions add up to 1.
    references : tuple of str
        arXiv numbers.
    radius : float or None
        Radius of a spherical detector [m], None for another shape.
    """

    name: str
    title: str
    flux_file: str
    exposure: float
    fiducial_mass: float
    targets: tuple[Target, ...]
    references: tuple[str, ...]
    radius: float | None = None

    def target_count(self, target: str) -> float:
        """Number of nuclei ``target`` in the fiducial mass: tonnes x fraction x 5.6095886e29 GeV / M [GeV].

        This is the multiplicity of coherent scattering.

        Raises
        ------
        KeyError
            When the detector holds no such target.
        """
        for item in self.targets:
            if item.name == target:
                return self.fiducial_mass * item.mass_fraction * TONNE / item.mass
        msg = f"{self.name} has no target {target!r}; its targets: {', '.join(t.name for t in self.targets)}"
        raise KeyError(msg)

    @property
    def proton_count(self) -> float:
        """Number of protons, bound (as if free) and hydrogen: multiplicity of scattering on protons."""
        return sum(self.target_count(item.name) * item.protons for item in self.targets)

    @property
    def neutron_count(self) -> float:
        """Number of neutrons, as if free: multiplicity of scattering on neutrons."""
        return sum(self.target_count(item.name) * item.neutrons for item in self.targets)


def sphere_radius(mass: float, density: float) -> float:
    """Radius [m] of a sphere of ``mass`` [t] and ``density`` [g/cm^3 = t/m^3]."""
    return float(math.cbrt(3.0 * mass / (4.0 * math.pi * density)))


def flux_knots(experiment: Experiment, projectile: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Energies [GeV] and flux [nu/cm^2/GeV/POT] between which the flux is linear; it is zero outside.

    The knots are the bin mid-points up to the last non-zero bin of this projectile, with the values of the file,
    then zero at that bin's upper edge. Below the first mid-point the flux falls linearly to zero at E = 0; that line
    begins at LOWEST_ENERGY, below the threshold of the lightest N. The integral over all E > 0 is thus
    sum_i f_i w - f_first w/4 - f_last w/4 for bins of width w.

    Parameters
    ----------
    experiment : Experiment
        Whose flux file is read.
    projectile : {"numu", "numubar", "nue", "nuebar"}
        Neutrino species at production.

    Returns
    -------
    energies, flux : float64 arrays, shape (knots,)

    Raises
    ------
    KeyError
        When the file has no such projectile.
    """
    if projectile not in PROJECTILES:
        msg = f"no projectile {projectile!r}; known projectiles: {', '.join(PROJECTILES)}"
        raise KeyError(msg)
    table = read(experiment.flux_file)
    values = table[projectile]
    count = int(np.flatnonzero(values)[-1]) + 1
    middles = 0.5 * (table["E_low"][:count] + table["E_high"][:count])
    lowest = values[0] * LOWEST_ENERGY / middles[0]
    energies = np.concatenate(([LOWEST_ENERGY], middles, [table["E_high"][count - 1]]))
    return energies, np.concatenate(([lowest], values[:count], [0.0]))
