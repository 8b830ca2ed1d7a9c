"""What the facts of an experiment consist of, and what follows from them: target numbers and flux knots."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from gloam.tables.constants import TONNE
from gloam.tables.datafile import read
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

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

    @property
    def projectiles(self) -> tuple[str, ...]:
        """Neutrino species of the flux, in the order of the components of tables."""
        return PROJECTILES

    def knots(self, projectile: str) -> tuple[FloatArray, FloatArray]:
        """Energies [GeV] and flux [nu/cm^2/GeV/POT] of one projectile, from the flux file."""
        table = read(self.flux_file)
        return knots_of_bins(table["E_low"], table["E_high"], table[projectile])

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


def flux_knots(experiment: Experiment, projectile: str) -> tuple[FloatArray, FloatArray]:
    """Energies [GeV] and flux [nu/cm^2/GeV/POT] between which the flux is linear; it is zero outside.

    Parameters
    ----------
    experiment : Experiment
        Whose flux is asked for.
    projectile : str
        Neutrino species at production, one of ``experiment.projectiles``.

    Returns
    -------
    energies, flux : float64 arrays, shape (knots,)

    Raises
    ------
    KeyError
        When the flux has no such projectile.
    """
    if projectile not in experiment.projectiles:
        msg = f"no projectile {projectile!r}; known projectiles: {', '.join(experiment.projectiles)}"
        raise KeyError(msg)
    return experiment.knots(projectile)


def knots_of_bins(low: FloatArray, high: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Energies and flux of a histogram with edges ``low`` and ``high`` [GeV].

    The knots are the bin mid-points up to the last non-zero bin, with the values of the bins, then zero at that bin's upper
    edge. Below the first mid-point the flux falls linearly to zero at E = 0; that line begins at LOWEST_ENERGY, below the
    threshold of the lightest N. The integral over all E > 0 is thus sum_i f_i w - f_first w/4 - f_last w/4 for bins of width
    w. A histogram that begins above LOWEST_ENERGY is flat from its lower end to the first mid-point.
    """
    count = int(np.flatnonzero(values)[-1]) + 1
    middles = 0.5 * (low[:count] + high[:count])
    first = low[0] if low[0] > LOWEST_ENERGY else LOWEST_ENERGY
    lowest = values[0] if low[0] > LOWEST_ENERGY else values[0] * LOWEST_ENERGY / middles[0]
    energies = np.concatenate(([first], middles, [high[count - 1]]))
    return energies, np.concatenate(([lowest], values[:count], [0.0]))
