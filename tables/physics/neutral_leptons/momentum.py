"""Average of the probability to decay in a sphere over the laboratory momentum of the N that a beam produces.

For one exchange and target the N of a neutrino flavour have the measure phi(E) d sigma/dQ dE dQ (Q = Q^2), of the
momentum p^2 = E_N^2 - m^2 with the exact recoil, E_N = E - Q/(2M): the sum over neutrinos and antineutrinos for the
parts that both share, their difference for the vector-axial parts, which change sign. Cross sections as in
``fluxaverage.py``. The average of the probability depends on the lifetime through

    t = ln[(2R/(c tau)) m/p_0],   p_0 = m + 0.25 GeV,

and is nearly that of one momentum: logit <P> - t goes smoothly from ln(3 <p_0/p>/8) for long lifetimes, where
<P> ~ 1/(c tau), to -ln(3 <p/p_0>/2) for short ones, where 1 - <P> ~ c tau. Tables hold it at LOGITS even steps of
s = 1/(1 + e^((1.2 - t)/2)) from 0 to 1; between them the polynomial through ORDER neighbours.

The measure is deposited on an even grid of ln(p/p_0), a point on its four neighbours with the weights of the cubic
through them, so that the average of a smooth function over the grid is that over the measure. N is at rest in the
laboratory at one point, Q = M m^2/(M - m) at the smallest energy; a panel in Q ends there, and the energy is E_min + s^2.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.experiments.experiment import Experiment, flux_knots
from gloam.tables.numerics.elementary import log
from gloam.tables.numerics.quadrature import gauss_legendre
from gloam.tables.physics.detectors.sphere import decay_probability
from gloam.tables.physics.neutral_leptons.fluxaverage import (
    DIPOLE,
    NUCLEAR_Q2,
    NUCLEUS,
    SHAPE,
    Z_EXCHANGE,
    energy_polynomial,
    propagators,
    structure,
)
from gloam.tables.physics.neutral_leptons.kinematics import q2_range, smallest_energy, threshold_energy
from gloam.tables.physics.nuclei.formfactors import target_mass, weight_shape
from gloam.tables.physics.nuclei.mapped import SHIFT, panel_point
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

FLAVOURS = ("mu", "e")
PARTS = ("nucleus", "proton", "proton vector-axial", "neutron", "neutron vector-axial")
ALL_PARTS = np.arange(len(PARTS))
VECTOR_PARTS = np.array([0, 1, 3])  # without axial couplings

MOMENTUM_SCALE = 0.25  # [GeV] below typical momenta of light N
LOGITS = 16  # steps of s
MIDDLE = 1.2  # [1] t where s is 1/2
ORDER = 8  # points of the polynomial in s
CELL, SLOWEST, CELLS = 0.05, -12.0, 310  # ln(p/p_0): step of the grid, its begin (the share of slower N is below e^-20), nodes
NODES, WEIGHTS = gauss_legendre(8)  # in Q
NODES_NEAR, WEIGHTS_NEAR = gauss_legendre(12)  # in the energy, next to E_min
NODES_FAR, WEIGHTS_FAR = gauss_legendre(2)
NEAR = 3  # segments of the flux above E_min that get 12 points; 2 further up
SMALL_SHIFT = 1e-3  # [GeV^2]
BREAKS = 16  # knots of the flux above the threshold at which panels in Q end


def _node_factors() -> Matrix:
    """What the grid is summed with: e^-v, P at the inner values of s, 1 - P there, e^v; shape (2 LOGITS - 2, CELLS)."""
    v = SLOWEST + CELL * np.arange(CELLS)
    inner = np.arange(1, LOGITS - 1) / (LOGITS - 1)
    inside = [[decay_probability(y) for y in np.exp(MIDDLE - v) * (s / (1.0 - s)) ** 2] for s in inner]
    return np.vstack([np.exp(-v), inside, 1.0 - np.array(inside), np.exp(v)])


NODE_FACTORS = _node_factors()


def flavour_beam(experiment: Experiment, nucleus: str) -> Vector:
    """Flat description of target masses and nuclear shape, as ``fluxaverage.beam_data`` has them, and of the flux.

    The flux follows as its number of knots, the knots [GeV] and for each flavour the sum and the difference of
    neutrinos and antineutrinos there [/cm^2/GeV/POT], linear in between.
    """
    head, knots, flux = _beam(experiment, nucleus)
    pairs = [part for i in (0, 2) for part in (flux[i] + flux[i + 1], flux[i] - flux[i + 1])]
    return np.concatenate([head, knots, *pairs])


def species_beam(experiment: Experiment, nucleus: str) -> Vector:
    """As :func:`flavour_beam` for every species by itself: its flux twice, for the parts of either sign."""
    head, knots, flux = _beam(experiment, nucleus)
    return np.concatenate([head, knots, *(part for one in flux for part in (one, one))])


def _beam(experiment: Experiment, nucleus: str) -> tuple[Vector, Vector, list[Vector]]:
    """Masses and shape with the number of knots, the knots [GeV], and the flux there of all species."""
    shape = weight_shape(nucleus)
    head = np.array([target_mass(nucleus), target_mass("proton"), target_mass("neutron"), float(shape.size)])
    curves = [flux_knots(experiment, projectile) for projectile in experiment.projectiles]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
    flux = [np.interp(knots, energies, values, left=0.0, right=0.0) for energies, values in curves]
    return np.concatenate([head, shape, [float(knots.size)]]), knots, flux


@njit
def q2_panels(regime: int, m: float, shift: float, data: Vector) -> tuple[Vector, int]:
    """Ends of the panels in Q [GeV^2], and how many of them are logarithmic (the others are linear in q).

    ``shift`` [GeV^2] of the logarithmic variable. Panels end where N is at rest and where E_min reaches one of the first
    knots of the flux above the threshold.
    """
    target, nuclear = data[regime], regime == NUCLEUS
    knots = SHAPE + int(data[SHAPE - 1])
    count = int(data[knots])
    low, high = q2_range(data[knots + count], m, target)
    if high <= low:
        return np.empty(1), 0
    if nuclear:
        high = min(high, max(NUCLEAR_Q2, 1.5 * low))
    breaks = np.full(2 * BREAKS + 2, math.inf)
    breaks[0], breaks[1], found = high, target * m * m / (target - m) if m < target else math.inf, 2
    for k in range(count):
        if found == breaks.size:
            break
        if data[knots + 1 + k] > threshold_energy(m, target):
            breaks[found], breaks[found + 1] = q2_range(data[knots + 1 + k], m, target)
            found += 2
    breaks.sort()
    radius = data[SHAPE + 1]
    first = min(high, (0.6 / radius) ** 2) if nuclear else high
    ends, panels, logarithmic, at = np.empty(400), 0, 0, 0
    ends[0] = low
    while ends[panels] < high:
        start = ends[panels]
        while breaks[at] <= start * (1.0 + 1e-9):
            at += 1
        if start < first:
            stop = min(start + (start + shift) * math.expm1(0.25), first)
            logarithmic = panels + 1
        else:
            stop = (math.sqrt(start) + 0.5 / radius) ** 2
        panels += 1
        if panels == ends.size:
            raise ValueError("more panels in Q than there is room for")
        ends[panels] = breaks[at] if stop > breaks[at] * (1.0 - 1e-9) else stop
    return ends[: panels + 1], logarithmic


@njit
def panel_shift(kind: int, low: float, mediator2: float, z2: float) -> float:
    """Shift [GeV^2] of the logarithmic variable: the mediator's scale, less where the smallest Q, ``low``, is less."""
    if kind == DIPOLE:
        return 0.0
    return min(z2 if kind == Z_EXCHANGE else mediator2, SHIFT, max(8.0 * low, SMALL_SHIFT))


@njit
def deposit(position: float, weights: Vector, grid: Matrix) -> None:
    """Add a point of ``weights`` (columns,) to the four nodes of ``grid`` (columns, CELLS) around it."""
    cell = int(min(max(position, 1.0), CELLS - 3.0))
    x = min(max(position, 0.0), CELLS - 1.0) - cell
    first = -x * (x - 1.0) * (x - 2.0) / 6.0
    second = 0.5 * (x + 1.0) * (x - 1.0) * (x - 2.0)
    third = -0.5 * (x + 1.0) * x * (x - 2.0)
    fourth = (x + 1.0) * x * (x - 1.0) / 6.0
    for c in range(weights.size):
        row = grid[c]
        row[cell - 1] += weights[c] * first
        row[cell] += weights[c] * second
        row[cell + 1] += weights[c] * third
        row[cell + 2] += weights[c] * fourth


@njit
def add_energies(at: Vector, data: Vector, knots: int, refine: int, grid: Matrix) -> None:
    """Add all energies above E_min at one Q: Gauss points in s, E = E_min + s^2, between the knots of the flux.

    at = (weight, c0, c1, c2, d1, d2, E_min, Q/(2M), m) with d sigma/dQ = c0 + c1/E + c2/E^2 for the sums and
    d1/E + d2/E^2 for the differences; ``knots`` is where the flux begins in ``data``.
    """
    n, segment = int(data[knots]), 0
    first, lowest, recoil, m = knots + 1, at[6], at[7], at[8]
    scale = log(m + MOMENTUM_SCALE) + SLOWEST
    columns = grid.shape[0]
    low_flux, slope, shares = np.empty(columns), np.empty(columns), np.empty(columns)
    for k in range(n - 1):
        high = data[first + k + 1]
        if high <= lowest:
            continue
        begin = data[first + k]
        for c in range(columns):
            low_flux[c] = data[first + (c + 1) * n + k]
            slope[c] = (data[first + (c + 1) * n + k + 1] - low_flux[c]) / (high - begin)
        low = max(begin, lowest)
        step = (high - low) / refine
        for r in range(refine):
            near = segment < NEAR * refine
            nodes, weights = (NODES_NEAR, WEIGHTS_NEAR) if near else (NODES_FAR, WEIGHTS_FAR)
            left = math.sqrt(low + r * step - lowest)
            width = math.sqrt(low + (r + 1) * step - lowest) - left
            for i in range(nodes.size):
                s = left + width * nodes[i]
                energy = lowest + s * s
                inverse = 1.0 / energy
                weight = at[0] * weights[i] * width * 2.0 * s
                both = weight * (at[1] + (at[2] + at[3] * inverse) * inverse)
                odd = weight * (at[4] + at[5] * inverse) * inverse
                for c in range(columns):
                    shares[c] = (both if c % 2 == 0 else odd) * (low_flux[c] + slope[c] * (energy - begin))
                kinetic = max(energy - recoil - m, 1e-15 * energy)
                deposit((0.5 * log(kinetic * (kinetic + 2.0 * m)) - scale) / CELL, shares, grid)
            segment += 1


@njit
def momentum_grid(kind: int, regime: int, m: float, mediator2: float, z2: float, data: Vector, refine: int, grid: Matrix) -> None:
    """Fill ``grid`` (columns, CELLS) with the measure of ln(p/p_0), node j at SLOWEST + CELL j; 0 below threshold.

    Parameters
    ----------
    kind, regime : int
        Exchange and target as in ``fluxaverage.py``.
    m, mediator2, z2 : float
        Mass of N [GeV], squared masses of mediator and Z [GeV^2].
    data : float64, 1-D
        From :func:`flavour_beam`.
    refine : int
        Every panel in Q and in E is divided into so many.
    """
    grid[:] = 0.0
    target, size = data[regime], int(data[SHAPE - 1])
    knots = SHAPE + size
    last = data[knots + int(data[knots])]
    shift = panel_shift(kind, q2_range(last, m, target)[0], mediator2, z2)
    ends, logarithmic = q2_panels(regime, m, shift, data)
    at, twice = np.empty(9), 2.0 * target
    for j in range((ends.size - 1) * refine):
        k, r = j // refine, j % refine
        linear = k >= logarithmic
        low = panel_point(ends[k], ends[k + 1], linear, shift, r / refine)
        high = panel_point(ends[k], ends[k + 1], linear, shift, (r + 1) / refine)
        width = math.sqrt(high) - math.sqrt(low) if linear else math.log((high + shift) / (low + shift))
        for i in range(NODES.size):
            q2 = panel_point(low, high, linear, shift, NODES[i])
            forms = structure(kind, regime, q2, target, data[SHAPE : SHAPE + size])
            a2, a1, a0, b1, b0 = energy_polynomial(kind, q2, m, target, forms)
            at[0] = WEIGHTS[i] * width * (2.0 * math.sqrt(q2) if linear else q2 + shift)
            at[0] *= propagators(kind, q2, mediator2, z2)
            at[1], at[2], at[3] = a2, a1 / twice, a0 / twice**2
            at[4], at[5] = b1 / twice, b0 / twice**2
            at[6], at[7], at[8] = smallest_energy(q2, m, target), q2 / twice, m
            add_energies(at, data, knots, refine, grid)


@njit
def write_logits(kind: int, parts: Integers, masses: tuple[float, float, float], data: Vector, out: Vector) -> None:
    """logit <P> - t at all steps of s for beams x ``parts`` (indices of PARTS), masses = (m_N, m_mediator, m_Z) [GeV].

    Beams are what the two columns of the flux each belong to: flavours, or species (:func:`species_beam`).
    """
    beams = out.size // (parts.size * LOGITS)
    grid, sums = np.empty((2 * beams, CELLS)), np.empty(2 * LOGITS - 2)
    before, last = -1, LOGITS - 1
    for i in range(parts.size):
        regime, odd = (parts[i] + 1) // 2, 1 if parts[i] in (2, 4) else 0
        if regime != before:
            momentum_grid(kind, regime, masses[0], masses[1] ** 2, masses[2] ** 2, data, 1, grid)
            before = regime
        for beam in range(beams):
            measure = grid[2 * beam + odd]
            total = np.sum(measure)
            for k in range(sums.size):
                sums[k] = np.dot(NODE_FACTORS[k], measure)
            rule = out[(beam * parts.size + i) * LOGITS :]
            rule[0] = math.log(0.375 * sums[0] / total)
            for k in range(1, last):
                rule[k] = math.log(sums[k] / sums[k + last - 1]) - MIDDLE - 2.0 * math.log(k / (last - k))
            rule[last] = -math.log(1.5 * sums[2 * last - 1] / total)


@njit
def logit_weights(s: float, weights: Vector, slopes: Vector) -> int:
    """Weights (ORDER,) with which neighbouring logits give logit <P> - t at ``s``, and those of its slope in s.

    Returns the first of the ORDER neighbours.
    """
    position = s * (LOGITS - 1)
    start = min(max(int(position) - ORDER // 2 + 1, 0), LOGITS - ORDER)
    x = position - start
    for i in range(ORDER):
        product, slope, scale = 1.0, 0.0, 1.0
        for j in range(ORDER):
            if j != i:
                slope = slope * (x - j) + product
                product *= x - j
                scale *= i - j
        weights[i], slopes[i] = product / scale, slope * (LOGITS - 1) / scale
    return start


def probability_error(found: Matrix, direct: Matrix) -> Matrix:
    """Largest relative error of <P> at any lifetime [1], the same for all LOGITS of a part: shape of ``found``."""
    off = (found - direct).reshape(len(found), -1, LOGITS)
    exact = direct.reshape(off.shape)
    worst = np.zeros(off.shape[:2])
    weights, slopes = np.empty(ORDER), np.empty(ORDER)
    for s in np.linspace(0.0, 1.0, 2 * LOGITS - 1)[:-1]:
        start = logit_weights(s, weights, slopes)
        near = slice(start, start + ORDER)
        odds = np.exp(exact[:, :, near] @ weights + MIDDLE) * (s / (1.0 - s)) ** 2
        worst = np.maximum(worst, np.abs(off[:, :, near] @ weights) / (1.0 + odds))
    return np.repeat(worst, LOGITS, axis=1)


def logit_components(parts: Integers, beams: tuple[str, ...] = FLAVOURS) -> tuple[str, ...]:
    """Names of what :func:`write_logits` writes: flavour (or species)/part/s=..."""
    return tuple(f"{beam}/{PARTS[i]}/s={k}/{LOGITS - 1}" for beam in beams for i in parts for k in range(LOGITS))
