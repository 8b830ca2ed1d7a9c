"""What the tables of MiniBooNE's e+e- pairs share: description, kernel, data and measure of error (see ``pair_spectrum.py``).

The first component is ln T - LEVEL, T = m sum_kb W_kb the number of accepted pairs times m/p per squared vertex and
probability 1; the others are the shares [%] w_kb = m W_kb/T of an unpolarised N and, signed, of the part with its spin, both
relative to the same T:

    spectrum_b = (V_aN e eps)^2 e^(ln T) sum_k (w_kb + lambda v_kb) (p_k/m) P(p_k c_tau/m),   lambda = 1 (Dirac), 0 (Majorana).

Nodes are averages over one scrambled Sobol set, errors are measured against another, in the measure of :func:`judge`.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from gloam.tables.constants import named
from gloam.tables.coordinates import mass_coordinate
from gloam.tables.experiments.experiment import Experiment, flux_knots
from gloam.tables.experiments.miniboone import EDGES, FHC, FIDUCIAL_RADIUS, RHC, pair_detector
from gloam.tables.numerics.memo import remembered
from gloam.tables.numerics.sobol import sobol_points
from gloam.tables.physics.detectors import pair_response as pair_response_module
from gloam.tables.physics.detectors.concentric_spheres import decay_probability
from gloam.tables.physics.detectors.pair_response import pair_response
from gloam.tables.physics.neutral_leptons.pair_spectrum import CARDINAL, DRAWS, MOMENTA, NODES, add_target
from gloam.tables.physics.nuclei.formfactors import target_mass, weight_shape
from gloam.tables.spec import Axis, Choice, Input, TableSpec
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

BINS = len(EDGES) - 1
LIGHTEST, HEAVIEST = 0.01, 1.0  # [GeV] mass of N
BEAMS = {"fhc": FHC, "rhc": RHC}
FILES = (
    "charge_densities.csv",
    "flux_miniboone_fhc.csv",
    "flux_miniboone_rhc.csv",
    "miniboone_2012_efficiency.csv",
    "miniboone_ring_cuts.csv",
    "nuclear_masses.csv",
)
LEVEL = 35.0  # of ln T, about its middle, so that integers of one scale hold it and the shares
PER_CENT = 100.0  # in which shares are stored
PARTS = ("plain", "spin")
COMPONENTS = (
    "ln T - 35",
    *(f"{part} {EDGES[b]:g}-{EDGES[b + 1]:g} GeV k={k}" for part in PARTS for b in range(BINS) for k in range(NODES)),
)
RESPONSE_POINTS, RESPONSE_SEED = 12, 1  # log2 of the points of a node of the response
SEEDS = (3, 4)  # of the points of nodes and reference
LIFETIMES = (0.03, 1.0, 30.0, 1000.0, 1e6)  # [m/GeV] c_tau/m at which errors are measured
LEAST_SHARE = 0.01  # [1] of the sum of all bins: errors of lesser bins are relative to it
REFERENCES = ("arXiv:2006.16883", "arXiv:2308.02543", "arXiv:2210.08021", "arXiv:1207.4809", "arXiv:0806.1449")
FIRST = 4  # layout of the data: response, points of the nodes, of the reference and flux begin where the first four numbers say


def specification(name: str, branch: str, coordinates: str, nodes: tuple[int, int], rtol: float) -> TableSpec:
    """Description of the table of one branch, "on shell" or "off shell"."""
    highest = 2.0 if coordinates == "off-shell" else HEAVIEST
    return TableSpec(
        name=name,
        version=1,
        title=f"Accepted e+e- pairs of upscattered N in MiniBooNE's bins, Z' {branch}",
        inputs=(
            Input("m_N", "GeV", LIGHTEST, HEAVIEST, "mass of N"),
            Input("m_mediator", "GeV", 0.005, highest, "mass of the mediator"),
        ),
        axes=(
            Axis("ln(m_N) + m_N/0.15", float(mass_coordinate(LIGHTEST)), float(mass_coordinate(HEAVIEST)), nodes[0]),
            Axis("z", 0.0, 1.0, nodes[1]),
        ),
        coordinates=coordinates,
        choice=Choice("mode", tuple(BEAMS)),
        parameters=((),) * len(BEAMS),
        components=COMPONENTS,
        unit="1",
        transform="linear",
        rtol=rtol,
        dtype="int16",
        constants=named("m_e", "alpha"),
        references=REFERENCES,
        regions=(8, 8),
        description="ln T - 35, then shares in per cent; see physics/neutral_leptons/pair_tables.py",
    )


def muon_flux(experiment: Experiment) -> tuple[Vector, Vector]:
    """Knots [GeV] and flux [/cm^2/GeV/POT] of nu_mu and antinu_mu together: a vector mediator makes no difference."""
    curves = [flux_knots(experiment, name) for name in ("numu", "numubar")]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
    return knots, np.sum([np.interp(knots, energies, values, left=0.0, right=0.0) for energies, values in curves], axis=0)


@functools.cache
def response() -> Vector:
    """The response of the detector, some minutes of work, kept on disk."""
    numbers = pair_detector().numbers
    key = [*numbers.tolist(), RESPONSE_POINTS, RESPONSE_SEED]
    return remembered(
        "pair-response", pair_response_module, key, lambda: pair_response(pair_detector(), RESPONSE_POINTS, RESPONSE_SEED)
    )


def table_data(label: str, log2_count: int) -> Vector:
    """All that the kernel needs for the mode ``label``."""
    experiment = BEAMS[label]
    knots, flux = muon_flux(experiment)
    targets = []
    for name, count in (("C12", 36.0 * experiment.target_count("C12")), ("proton", experiment.proton_count)):
        shape = weight_shape(name)
        targets += [count * experiment.exposure, target_mass(name), float(shape.size), *shape]
    sets = [sobol_points(log2_count, DRAWS, seed).ravel() for seed in SEEDS]
    beam = np.concatenate([[float(knots.size)], knots, flux, targets])
    parts = [response(), *sets, beam]
    starts = FIRST + np.cumsum([0, *(part.size for part in parts)])[: len(parts)]
    return np.concatenate([starts.astype(np.float64), *parts])


@njit
def fill_components(x: Vector, data: Vector, which: int, decay: int, out: Vector) -> None:
    """ln T and shares at x = (m_N, m_Z') [GeV] over the points of the nodes (``which`` 1) or of the reference (2)."""
    beam = int(data[3])
    count = int(data[beam])
    flux = data[beam + 1 : beam + 1 + count], data[beam + 1 + count : beam + 1 + 2 * count]
    points = data[int(data[which]) : int(data[which + 1])].reshape((-1, DRAWS))
    sums, at = np.zeros((2, BINS, NODES)), beam + 1 + 2 * count
    while at < data.size:
        size = int(data[at + 2])
        target = data[at], data[at + 1], data[at + 3 : at + 3 + size]
        add_target(x[0], x[1], decay, target, flux, points, data[int(data[0]) : int(data[1])], sums)
        at += 3 + size
    total = 0.0
    for b in range(BINS):
        for k in range(NODES):
            total += np.dot(CARDINAL[k], sums[0, b])
    out[0] = math.log(x[0] * total) - LEVEL
    for part in range(2):
        for b in range(BINS):
            for k in range(NODES):
                out[1 + (part * BINS + b) * NODES + k] = PER_CENT * np.dot(CARDINAL[k], sums[part, b]) / total


@functools.cache
def lifetime_factors() -> Any:
    """p_k P(p_k c_tau/m) [GeV] at ``LIFETIMES``, shape (lifetimes, NODES)."""
    lengths = np.outer(LIFETIMES, MOMENTA)
    return MOMENTA * decay_probability(lengths, FHC.radius or math.nan, FIDUCIAL_RADIUS)


def spectra(values: Any) -> Any:
    """Spectra up to a common factor, shape (points, natures, lifetimes, bins), of components (points, COMPONENTS)."""
    shares = values[:, 1:].reshape(len(values), len(PARTS), BINS, NODES)
    folded = np.einsum("psbk,tk->pstb", shares, lifetime_factors())
    folded = np.cumsum(folded, axis=1)  # Majorana; Dirac, with the spin
    return folded * np.exp(values[:, 0])[:, None, None, None]


def judge(found: Any, direct: Any) -> Any:
    """Errors [1] of what is asked of the components together, shape (points, components): ln T has that of the sum of all
    bins, the shares of a bin the error of its rate relative to the larger of the rate and ``LEAST_SHARE`` of the sum;
    unpolarised N for "plain", Dirac N for "spin", the largest over the lifetimes.
    """
    level = direct[:, :1]
    one, two = (spectra(np.concatenate([v[:, :1] - level, v[:, 1:]], axis=1)) for v in (found, direct))
    total = two.sum(axis=-1, keepdims=True)
    bins = (np.abs(one - two) / np.maximum(two, LEAST_SHARE * total)).max(axis=2)
    sums = np.abs(one.sum(axis=-1) / total[..., 0] - 1.0).max(axis=(1, 2))
    return np.concatenate([sums[:, None], np.repeat(bins.reshape(len(found), -1), NODES, axis=1)], axis=1)
