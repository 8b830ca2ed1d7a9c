"""Laboratory momentum of the N produced in a beam, as a Gauss rule of few points.

For one projectile and target the N have a positive measure phi(E) d sigma/dQ dE dQ (Q = Q^2) on the momentum
p^2 = E_N^2 - m^2 with the exact recoil, E_N = E - Q/(2M). The n-point Gauss rule of this measure in u =
ln(p/m) gives the average of any smooth function of p, such as the probability to decay inside a detector, as
a sum of n terms. It follows from the recurrence of the orthogonal polynomials (Stieltjes) and the
eigenvectors of the Jacobi matrix (G. H. Golub, J. H. Welsch, Math. Comp. 23 (1969) 221). Cross sections as
in ``fluxaverage.py``.

N is at rest in the laboratory at one point, Q = M m^2/(M - m) at the smallest energy; a panel in Q ends
there, and the energy is E_min + t^2.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.elementary import log
from gloam.tables.experiments.experiment import PROJECTILES
from gloam.tables.physics.fluxaverage import (
    DIPOLE,
    NUCLEAR_Q2,
    NUCLEUS,
    SHAPE,
    Z_EXCHANGE,
    energy_polynomial,
    last_energy,
    propagators,
    structure,
)
from gloam.tables.physics.kinematics import q2_range, smallest_energy
from gloam.tables.physics.mapped import NODES, SHIFT, WEIGHTS, panel_point
from gloam.tables.physics.quadrature import gauss_legendre
from gloam.tables.physics.sphere import decay_probability
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

KIND, REGIME, AXIAL, MASS, MEDIATOR2, Z2, PROJECTILE = range(7)  # layout of ``numbers``
PARTS = ("nucleus", "proton", "proton vector-axial", "neutron", "neutron vector-axial")
ALL_PARTS = np.arange(len(PARTS))
VECTOR_PARTS = np.array([0, 1, 3])  # without axial couplings
POINTS = 7  # of the Gauss rules that are tabulated
RULE_ERROR = 1.5e-4  # of <P> by a rule of so many points, relative; measured 1.1e-4 over all experiments and masses [1]
RATIOS = 10.0 ** np.linspace(3.0, -5.0, 17)  # 2R/(c tau) at which averages are compared, from <P> = 1 to <P> ~ 1/(c tau)
NODES_8, WEIGHTS_8 = gauss_legendre(8)
NODES_4, WEIGHTS_4 = gauss_legendre(4)
NODES_2, WEIGHTS_2 = gauss_legendre(2)
NEAR, MIDDLE = 2, 10  # segments of the flux above E_min that get 8 and 4 points; 2 points further up
SMALL_SHIFT = 1e-3  # [GeV^2]


@njit
def flux_block(projectile: int, data: Vector) -> int:
    """Start of the flux of ``projectile`` in ``data``."""
    start = SHAPE + int(data[SHAPE - 1])
    for _ in range(projectile):
        start += 1 + 5 * int(data[start])
    return start


@njit
def q2_panels(numbers: Vector, data: Vector) -> tuple[Vector, int]:
    """Ends of the panels in Q [GeV^2], and how many of them are logarithmic (the others are linear in q)."""
    m, nuclear = numbers[MASS], int(numbers[REGIME]) == NUCLEUS
    target = data[int(numbers[REGIME])]
    low, high = q2_range(last_energy(flux_block(int(numbers[PROJECTILE]), data), data), m, target)
    ends = np.empty(400)
    ends[0] = low
    count, logarithmic = 0, 0
    if high <= low:
        return ends[:1], 0
    if nuclear:
        high = min(high, max(NUCLEAR_Q2, 1.5 * low))
    radius = data[SHAPE + 1]
    rest = target * m * m / (target - m) if m < target else -1.0
    first = min(high, (0.6 / radius) ** 2) if nuclear else high
    shift = panel_shift(numbers, low)
    while ends[count] < high:
        start = ends[count]
        if start < first:
            stop = min(start + (start + shift) * math.expm1(0.5), first)
            logarithmic = count + 1
        else:
            stop = (math.sqrt(start) + 1.0 / radius) ** 2
        stop = high if stop > high * (1.0 - 1e-12) else stop
        if start * (1.0 + 1e-9) < rest < stop * (1.0 - 1e-9):
            stop = rest
        count += 1
        ends[count] = stop
    return ends[: count + 1], logarithmic


@njit
def panel_shift(numbers: Vector, low: float) -> float:
    """Shift [GeV^2] of the logarithmic variable: the mediator's scale, less where the smallest Q is less."""
    kind = int(numbers[KIND])
    if kind == DIPOLE:
        return 0.0
    scale: float = numbers[Z2] if kind == Z_EXCHANGE else numbers[MEDIATOR2]
    return min(scale, SHIFT, max(8.0 * low, SMALL_SHIFT))


@njit
def bracket(q2: float, numbers: Vector, data: Vector) -> tuple[float, float, float]:
    """(c0, c1, c2) of d sigma/dQ = c0 + c1/E + c2/E^2, up to a constant factor."""
    kind, regime, m = int(numbers[KIND]), int(numbers[REGIME]), numbers[MASS]
    target = data[regime]
    forms = structure(kind, regime, q2, target, data[SHAPE : SHAPE + int(data[SHAPE - 1])])
    a2, a1, a0, b1, b0 = energy_polynomial(kind, q2, m, target, forms)
    factor = propagators(kind, q2, numbers[MEDIATOR2], numbers[Z2])
    twice = 2.0 * target
    if numbers[AXIAL] > 0.0:
        return 0.0, factor * b1 / twice, factor * b0 / twice**2
    return factor * a2, factor * a1 / twice, factor * a0 / twice**2


@njit
def add_segment(
    nodes: Vector, weights: Vector, ends: tuple[float, float], line: tuple[float, float], at: Vector,
    first: int, p2: Vector, w: Vector,
) -> int:
    """A Gauss panel in t, E = E_min + t^2, of a linear flux, written from ``first`` on; returns where it ends.

    at = (weight, c0, c1, c2, E_min, Q/(2M), m); ``p2`` receives p^2 [GeV^2].
    """
    low = math.sqrt(max(ends[0] - at[4], 0.0))
    width = math.sqrt(ends[1] - at[4]) - low
    for i in range(nodes.size):
        t = low + width * nodes[i]
        energy = at[4] + t * t
        flux = line[0] + line[1] * energy
        kinetic = max(energy - at[5] - at[6], 1e-15 * energy)
        p2[first + i] = kinetic * (kinetic + 2.0 * at[6])
        w[first + i] = at[0] * weights[i] * width * 2.0 * t * flux * (at[1] + (at[2] + at[3] / energy) / energy)
    return first + nodes.size


@njit
def add_energies(start: int, at: Vector, data: Vector, refine: int, count: int, p2: Vector, w: Vector) -> int:
    """All segments of the flux block at ``start`` above E_min, written from ``count`` on; returns where they end."""
    n, segment = int(data[start]), 0
    knots, values = data[start + 1 : start + 1 + n], data[start + 1 + n : start + 1 + 2 * n]
    for k in range(n - 1):
        if knots[k + 1] <= at[4]:
            continue
        slope = (values[k + 1] - values[k]) / (knots[k + 1] - knots[k])
        line = (values[k] - slope * knots[k], slope)
        low = max(knots[k], at[4])
        step = (knots[k + 1] - low) / refine
        for r in range(refine):
            ends = (low + r * step, low + (r + 1) * step)
            if segment < NEAR * refine:
                count = add_segment(NODES_8, WEIGHTS_8, ends, line, at, count, p2, w)
            elif segment < MIDDLE * refine:
                count = add_segment(NODES_4, WEIGHTS_4, ends, line, at, count, p2, w)
            else:
                count = add_segment(NODES_2, WEIGHTS_2, ends, line, at, count, p2, w)
            segment += 1
    return count


@njit
def momentum_measure(numbers: Vector, data: Vector, refine: int = 1) -> tuple[Vector, Vector]:
    """Discrete measure {(u_j, w_j)}, u = ln(p/m) and sum w = 1, of the N momentum; empty below threshold.

    Parameters
    ----------
    numbers : float64[7]
        (kind, regime, vector-axial part 0 or 1, m_N [GeV], m_mediator^2 [GeV^2], m_Z^2 [GeV^2], projectile).
    data : float64, 1-D
        From :func:`gloam.tables.physics.fluxaverage.beam_data`.
    refine : int
        Every panel in Q and in E is divided into so many.
    """
    ends, logarithmic = q2_panels(numbers, data)
    start = flux_block(int(numbers[PROJECTILE]), data)
    panels = ends.size - 1
    most = refine * (2 * int(data[start]) + 8 * (NEAR + MIDDLE))
    u, w = np.empty(panels * refine * NODES.size * most), np.empty(panels * refine * NODES.size * most)
    shift, m, target, count = panel_shift(numbers, ends[0]), numbers[MASS], data[int(numbers[REGIME])], 0
    at = np.empty(7)
    for j in range(panels * refine):
        k, r = j // refine, j % refine
        linear = k >= logarithmic
        low = panel_point(ends[k], ends[k + 1], linear, shift, r / refine)
        high = panel_point(ends[k], ends[k + 1], linear, shift, (r + 1) / refine)
        width = math.sqrt(high) - math.sqrt(low) if linear else math.log((high + shift) / (low + shift))
        for i in range(NODES.size):
            q2 = panel_point(low, high, linear, shift, NODES[i])
            at[0] = WEIGHTS[i] * width * (2.0 * math.sqrt(q2) if linear else q2 + shift)
            at[1], at[2], at[3] = bracket(q2, numbers, data)
            at[4], at[5], at[6] = smallest_energy(q2, m, target), q2 / (2.0 * target), m
            count = add_energies(start, at, data, refine, count, u, w)
    u, w = u[:count], w[:count]
    total, shift = np.sum(w), log(m)
    for j in range(count):
        u[j] = 0.5 * log(u[j]) - shift
        w[j] /= total
    return u, w


@njit(fastmath={"reassoc", "contract", "nsz"})
def gauss_rule(u: Vector, w: Vector, nodes: Vector, weights: Vector) -> None:
    """Gauss rule of the measure {(u_j, w_j)}: increasing ``nodes``, ``weights`` of sum 1, both float64[n]."""
    n = nodes.size
    jacobi = np.zeros((n, n))
    before, now = np.zeros(u.size), np.ones(u.size)
    norm, beta = float(np.sum(w)), 0.0
    for k in range(n):
        moment = 0.0
        for j in range(u.size):
            moment += w[j] * u[j] * now[j] * now[j]
        jacobi[k, k] = moment / norm
        if k + 1 == n:
            break
        following = 0.0
        for j in range(u.size):
            value = (u[j] - jacobi[k, k]) * now[j] - beta * before[j]
            before[j], now[j] = now[j], value
            following += w[j] * value * value
        beta, norm = following / norm, following
        jacobi[k, k + 1] = jacobi[k + 1, k] = math.sqrt(beta)
    values, vectors = np.linalg.eigh(jacobi)
    for k in range(n):
        nodes[k] = values[k]
        weights[k] = vectors[0, k] ** 2


@njit
def write_rules(
    kind: int, parts: Integers, masses: tuple[float, float, float], data: Vector, out: Vector
) -> None:
    """Rules for 4 projectiles x ``parts`` (indices of PARTS): POINTS nodes u, then as many ln w, for each.

    ``masses`` = (m_N, m_mediator, m_Z) [GeV].
    """
    m, mediator, z = masses
    numbers = np.array([float(kind), 0.0, 0.0, m, mediator * mediator, z * z, 0.0])
    first = 0
    for p in range(4):
        for part in parts:
            numbers[REGIME] = (part + 1) // 2
            numbers[AXIAL] = 1.0 if part in (2, 4) else 0.0
            numbers[PROJECTILE] = p
            u, w = momentum_measure(numbers, data, 1)
            rule = out[first : first + 2 * POINTS]
            gauss_rule(u, w, rule[:POINTS], rule[POINTS:])
            rule[POINTS:] = np.log(rule[POINTS:])
            first += 2 * POINTS


def average_probabilities(rules: Matrix, ratio: float) -> Matrix:
    """<P> of decays in the sphere for ``ratio`` = 2R/(c tau), shape (points, rules), of rows of :func:`write_rules`."""
    split = rules.reshape(len(rules), -1, 2, POINTS)
    weights = np.exp(split[:, :, 1])
    inside = np.empty_like(weights)
    _probabilities(ratio * np.exp(-split[:, :, 0]).ravel(), inside.ravel())
    return (weights * inside).sum(axis=-1) / weights.sum(axis=-1)


@njit
def _probabilities(y: Vector, out: Vector) -> None:
    for i in range(y.size):
        out[i] = decay_probability(y[i])


def probability_error(found: Matrix, direct: Matrix) -> Matrix:
    """Largest relative error of <P> over RATIOS [1], the same for all components of a rule: shape of ``found``.

    Single nodes and weights of a Gauss rule shift together and mean nothing alone; averages over it are what is asked.
    """
    worst = np.zeros((len(found), found.shape[1] // (2 * POINTS)))
    for ratio in RATIOS:
        exact = average_probabilities(direct, ratio)
        worst = np.maximum(worst, np.abs(average_probabilities(found, ratio) / exact - 1.0))
    return np.repeat(worst, 2 * POINTS, axis=1)


def rule_components(parts: Integers) -> tuple[str, ...]:
    """Names of what :func:`write_rules` writes: projectile/part/u_1 ... lnw_1 ..."""
    numbers = [f"{name}_{k}" for name in ("u", "lnw") for k in range(1, POINTS + 1)]
    return tuple(f"{projectile}/{PARTS[i]}/{x}" for projectile in PROJECTILES for i in parts for x in numbers)
