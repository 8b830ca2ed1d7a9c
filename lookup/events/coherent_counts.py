"""Counts of CEvNS of stopped pions in bins of a detector's response, from its weights on a few points: COHERENT.

    N_b,prompt = N_T F sum_k h_k W_b(nu_mu) [Q_mu(E_k)/2]^2,   N_b,delayed = N_T F sum_k h_k {W_b(nubar_mu) [Q_mu/2]^2 +
    W_b(nu_e) [Q_e/2]^2}

times the share that comes in the window of time and is kept there (`numerics/poles.py`: the points). Bins: prompt ones, then
delayed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
from gloam.lookup.events.spallation import KINEMATICS
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, values_at
from gloam.lookup.statistics import Statistic
from gloam.lookup.vocabulary import Option, Search
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.numerics.poles import Poles
from gloam.tables.physics.neutrinos.nuclear_scattering import NUCLEI, atoms_per_kg

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

DATA = Option("data", ("observed", "expected"), "observed", "what was measured, or what the Standard Model gives on average")
NUCLEI_AT, BINS_AT, POLES_AT, SCALE_AT, PROMPT_AT, DELAYED_AT, HEAD = range(7)  # of the constants; then energies, then nuclei
SIN2, SYSTEMATIC, FULL, FOLDED = range(4)  # behind the constants
MOST = 64  # components of a table
TRUNCATION = 1e-6  # [1] of what lies between the points, for any m_X


def constants(
    nuclei: tuple[str, ...], bins: int, poles: Poles, exposure: tuple[float, float, float, float], shares: tuple[float, float]
) -> tuple[float, ...]:
    """Of a search: exposure = mass [kg], distance [m], protons, neutrinos per proton of each kind; shares of prompt and delayed
    [1].
    """
    mass, distance, protons, per_proton = exposure
    molecules = mass * atoms_per_kg(*(NUCLEI[name].atomic for name in nuclei))
    scale = molecules * per_proton * protons / (4.0 * math.pi * (100.0 * distance) ** 2)
    rows = [number for name in nuclei for number in (NUCLEI[name].protons, NUCLEI[name].neutrons, NUCLEI[name].mass)]
    return (float(len(nuclei)), float(bins), float(poles.count), scale, *shares, *poles.energies.tolist(), *map(float, rows))


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out = events per bin, prompt then delayed; error = their bounds."""
    x, weights, work = scratch(1), scratch(MOST), scratch(WORK)
    numbers, tables = pointer(options), pointer(blob)
    nuclei, bins, poles = int(numbers[NUCLEI_AT]), int(numbers[BINS_AT]), int(numbers[POLES_AT])
    rows, at = HEAD + poles, HEAD + poles + 3 * nuclei
    full, folded = int(numbers[at + FULL]), numbers[at + FOLDED] == 1.0
    for b in range(2 * bins):
        out[b] = error[b] = 0.0
    for n in range(nuclei):
        protons, neutrons, mass = numbers[rows + 3 * n], numbers[rows + 3 * n + 1], numbers[rows + 3 * n + 2]
        weak = weak_charge(protons, neutrons, numbers[at + SIN2])
        electron, muon = contact_charge(slots, 0, protons, neutrons), contact_charge(slots, 1, protons, neutrons)
        for k in range(poles):
            x[0] = math.pi * k / (poles - 1)
            status = values_at(tables, offsets[2 * n + full], x, work, weights)
            if status != 0:
                return 16 * (2 * n + full) + status
            transfer2 = 2.0 * mass * numbers[HEAD + k]
            share, new_e, new_mu = suppression(slots, transfer2), electron, muon
            if folded:
                new_e -= protons * running(slots, 0, transfer2)
                new_mu -= protons * running(slots, 1, transfer2)
            half = numbers[SCALE_AT] * (0.5 if k == 0 or k == poles - 1 else 1.0)
            by_e, by_mu = half * (0.5 * weak - new_e * share) ** 2, half * (0.5 * weak - new_mu * share) ** 2
            for b in range(bins):
                out[b] += numbers[PROMPT_AT] * by_mu * weights[b]
                out[bins + b] += numbers[DELAYED_AT] * (by_mu * weights[bins + b] + by_e * weights[2 * bins + b])
    for b in range(2 * bins):
        error[b] = TRUNCATION * abs(out[b])
    return 0


def release(templates: Any, constants: Callable[[], tuple[float, ...]], systematic: float, **given: Any) -> Search:
    """The search of a release, whose data ``templates(options, standard)`` gives with all pulls."""

    def likelihood(options: dict[str, Any], standard: tuple[float, ...]) -> Statistic:
        statistic: Statistic = templates(options, standard)
        return statistic.expected(standard) if options["data"] == "expected" else statistic

    return Search(
        reads=READS,
        options={**ANGLE, "systematic": (0.0, 1.0, systematic, "relative error of the signal")},
        choices=(KINEMATICS, LOOPS, DATA),
        constants=constants,
        unit="events",
        limit=ONE_PARAMETER_90,
        confidence=0.9,
        predict=predict,
        likelihood=likelihood,
        standard=STANDARD,
        **given,
    )
