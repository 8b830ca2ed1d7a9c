"""Counts of CEvNS at a source of stopped pions above a threshold: twelve points in ln E_R for every nucleus and flux.

    N = eff N_T F sum sum_k w_k s(E_k) [Q_a(E_k)/2]^2,   F = r POT/(4 pi L^2),

s the recoil spectrum of table `stopped-pion-recoils`. Twelve points of Gauss leave 1e-9 for thresholds down to 0.1 keV and any
m_X. Molecules are counted with atomic masses.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.events.neutrino_recoils import (
    ANGLE,
    LOOPS,
    ONE_PARAMETER_90,
    READS,
    STANDARD,
    contact_charge,
    running,
    suppression,
    weak_charge,
)
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.statistics import ScaledCounts, Statistic
from gloam.lookup.vocabulary import Option, Search
from gloam.tables.experiments.spallation import REFERENCES, Projection
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.numerics.quadrature import NODES_12, WEIGHTS_12
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, atoms_per_kg, largest_recoil
from gloam.tables.physics.neutrinos.stopped_pions import FLAVOUR_OF, FLUXES, highest_energy
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

KINEMATICS = Option("kinematics", ("approximate", "full"), "approximate", "1 - M E_R/(2 E^2), or also - E_R/E")
NUCLEUS, PER_NUCLEUS = (
    2,
    9,
)  # in the constants: where the first begins; protons, neutrons, mass [GeV], largest recoil [GeV] of six reactions
FLAVOUR = np.array(FLAVOUR_OF)
KEV = 1e-6  # [GeV]


def tables(detector: Projection) -> tuple[tuple[str, str], ...]:
    """Tables of the six reactions of every nucleus: flux, then kinematics."""
    return tuple(
        ("stopped-pion-recoils", f"{name}-{flux}{kind}") for name in detector.nuclei for flux in FLUXES for kind in ("", "-full")
    )


def constants(detector: Projection) -> tuple[float, ...]:
    """constants of a search: number of nuclei, molecules in a kilogram, and the nuclei."""
    found = [float(len(detector.nuclei)), atoms_per_kg(*(NUCLEI[name].atomic for name in detector.nuclei))]
    for name in detector.nuclei:
        nucleus = NUCLEI[name]
        found += [float(nucleus.protons), float(nucleus.neutrons), nucleus.mass]
        found += [largest_recoil(highest_energy(flux), nucleus.mass, full) for flux in range(3) for full in (False, True)]
    return tuple(found)


def numbers_of(detector: Projection) -> dict[str, tuple[float, float, float, str]]:
    """options of a search."""
    return {
        "threshold": (0.01, 200.0, detector.threshold, "[keV] recoil energy from which on events count"),
        "efficiency": (0.0, 1.0, 1.0, "share of recoils above the threshold that count"),
        "mass": (1e-3, 1e6, detector.mass, "[kg] of the detector"),
        "years": (1e-3, 100.0, 1.0, "of running"),
        "protons": (1e18, 1e25, detector.protons, "on target in a year"),
        "yield": (1e-3, 10.0, detector.yield_per_proton, "neutrinos of each flavour per proton"),
        "distance": (1.0, 1000.0, detector.distance, "[m] from the target"),
        "systematic": (0.0, 1.0, detector.systematic, "relative error of the signal"),
        **ANGLE,
    }


THRESHOLD, EFFICIENCY, MASS, YEARS, PROTONS, YIELD, DISTANCE, SYSTEMATIC, SIN2, FULL, FOLDED = range(11)  # behind the constants


@njit
def scale_of(numbers: Vector, at: int) -> float:
    """Molecules times neutrinos per cm^2 of each flavour, times efficiency [cm^-2]."""
    fluence = numbers[at + YIELD] * numbers[at + PROTONS] * numbers[at + YEARS]
    fluence /= 4.0 * math.pi * (100.0 * numbers[at + DISTANCE]) ** 2
    return numbers[at + EFFICIENCY] * numbers[at + MASS] * numbers[1] * fluence


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = recoils above the threshold [events], error[0] its bound."""
    x, found, work = scratch(1), scratch(1), scratch(WORK)
    tables_of = pointer(blob)
    nuclei = int(options[0])
    at = NUCLEUS + PER_NUCLEUS * nuclei
    full, folded, threshold = int(options[at + FULL]), options[at + FOLDED] == 1.0, KEV * options[at + THRESHOLD]
    total = spread = 0.0
    for n in range(nuclei):
        first = NUCLEUS + PER_NUCLEUS * n
        protons, neutrons, mass = options[first], options[first + 1], options[first + 2]
        weak = weak_charge(protons, neutrons, options[at + SIN2])
        for flux in range(3):
            end = options[first + 3 + 2 * flux + full]
            if threshold >= end:
                continue
            contact, block = contact_charge(slots, FLAVOUR[flux], protons, neutrons), offsets[6 * n + 2 * flux + full]
            low = 0.5 * math.log(threshold / end)  # of the share
            for k in range(NODES_12.size):
                x[0] = math.exp(low * (1.0 - NODES_12[k]))
                recoil = end * x[0] * x[0]
                status = values_at(tables_of, block, x, work, found)
                if status != 0:
                    return 16 * (6 * n + 2 * flux + full) + status
                transfer2, new = 2.0 * mass * recoil, contact
                if folded:
                    new -= protons * running(slots, FLAVOUR[flux], transfer2)
                charge = 0.5 * weak - new * suppression(slots, transfer2)
                weight = -2.0 * low * WEIGHTS_12[k] * recoil * charge * charge
                total += weight * found[0]
                spread += weight * error_of(tables_of, block, work, 0)
    scale = scale_of(options, at)
    out[0], error[0] = scale * total, scale * spread
    return 0


def likelihood(options: dict[str, Any], standard: tuple[float, ...]) -> Statistic:
    """Counts of the Standard Model ``standard`` [events], with a common error of the signal."""
    return ScaledCounts(standard, options["systematic"])


def projection(name: str, title: str, detector: Projection) -> Search:
    """The search of a detector."""
    return Search(
        name=name,
        title=f"{title}: coherent scattering, projected counts",
        tables=tables(detector),
        reads=READS,
        options=numbers_of(detector),
        choices=(KINEMATICS, LOOPS),
        constants=constants(detector),
        unit="events",
        bins=("recoils",),
        limit=ONE_PARAMETER_90,
        statistic="sensitivity: Standard Model expected, excluded if chi^2 rises by 2.71 with a common error of the signal",
        confidence=0.9,
        references=REFERENCES,
        predict=predict,
        likelihood=likelihood,
        standard=STANDARD,
    )
