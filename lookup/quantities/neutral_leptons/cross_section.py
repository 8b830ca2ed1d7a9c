"""Cross sections of nu + target -> N + target at any E and m_N, composed of the cumulative moment tables.

Every bracket B of ``tables/physics/neutral_leptons/upscattering.py`` is a polynomial in Q = Q^2, B = sum_w W_w(Q) sum_k c_wk
Q^k with form-factor weights W_w, so that

    sigma = 1/(8 pi x^2) sum_w,k c_wk I_wk,   I_wk = int_Qmin^Qmax W_w Q^k propagators dQ,   x = 2 M E,

and I is the difference of two tabulated cumulative moments. Nothing is interpolated in E or m_N. Next to
threshold, where
differences cancel, a fixed Gauss rule with the weights themselves is used; where the smallest momentum transfer of a
nucleus lies in the far tail of its form factor, adaptive quadrature.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.interpolation import spline
from gloam.tables.constants import Z_MASS
from gloam.tables.numerics.quadrature import gauss_legendre
from gloam.tables.physics.neutral_leptons import fluxaverage as exchange
from gloam.tables.physics.neutral_leptons import upscattering
from gloam.tables.physics.neutral_leptons.kinematics import q2_range, threshold_energy
from gloam.tables.physics.nuclei.formfactors import (
    AXIAL_COUPLING,
    AXIAL_MASS,
    NEUTRON_MOMENT,
    NUCLEUS,
    PROTON_MOMENT,
    VECTOR_MASS,
    dipole_form,
    target_mass,
    weight,
    weight_shape,
)
from gloam.tables.physics.nuclei.moments import NUCLEAR_END
from gloam.tables.recipes.neutral_leptons.nuclear_moments import COHERENT_EDGE, Q_END, TARGETS
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

ALL_TARGETS = (*TARGETS, "proton", "neutron")
HELICITIES = ("summed", "conserving", "flipping")
PROJECTILES = ("neutrino", "antineutrino")
SUMMED, CONSERVING, FLIPPING = range(3)

MAIN, MIXED, AXIAL = range(3)  # rows of the polynomials: F^2 or D^2/(1 + tau), D D_A, D_A^2
POWERS = 5
NEAR_THRESHOLD = 0.3  # [1] below this w = acosh(E/E_th) the Gauss rule is used
SMOOTH = 3.0  # [1] largest width in q times R of a nucleus for the Gauss rule
NODES, WEIGHTS = gauss_legendre(12)
QUADRATURE_ERROR = 1e-6  # [1] relative error of both quadratures, twice the largest seen is below
NEUTRON_LIMIT = 0.939  # [GeV] between the masses of proton and neutron
MASS, EDGE, SHAPE_SIZE, SHAPE = range(4)  # layout of a target block


def target_block(target: str) -> Vector:
    """(mass [GeV], coherent edge in q [GeV], length of the shape, shape of the form factor) of a target."""
    shape = weight_shape(target)
    edge = COHERENT_EDGE.get(target, math.inf)
    return np.array([target_mass(target), edge, float(shape.size), *shape])


def target_blocks() -> tuple[Vector, ...]:
    """Blocks of all targets in the order of ``ALL_TARGETS``; they follow the tables in the blob of a quantity."""
    return tuple(target_block(target) for target in ALL_TARGETS)


@njit
def add_product(scale: float, factor: float, slope: float, polynomial: upscattering.Polynomial, row: Vector) -> None:
    """Add scale (factor + slope Q) polynomial(Q) to the coefficients ``row``."""
    for k in range(4):
        row[k] += scale * factor * polynomial[k]
        if polynomial[k] != 0.0:
            row[k + 1] += scale * slope * polynomial[k]


@njit
def nucleon_products(kind: int, proton: bool) -> tuple[float, float, float, float]:
    """Products at Q = 0 for one exchange: (electric, magnetic, axial squared, magnetic-axial) [1]."""
    own, other = (PROTON_MOMENT, NEUTRON_MOMENT) if proton else (NEUTRON_MOMENT, PROTON_MOMENT)
    electric = 1.0 if proton else 0.0
    electric_z = exchange.WEAK_CHARGE * electric - 0.5 * (1.0 - electric)
    magnetic_z = exchange.WEAK_CHARGE * own - 0.5 * other
    axial = 0.5 * AXIAL_COUPLING if proton else -0.5 * AXIAL_COUPLING
    if kind == exchange.Z_EXCHANGE:
        return electric_z**2, magnetic_z**2, axial**2, magnetic_z * axial
    if kind == exchange.INTERFERENCE:
        return electric * electric_z, own * magnetic_z, 0.0, 0.5 * own * axial
    return electric, own * own, 0.0, 0.0


@njit
def add_bracket(kind: int, regime: int, energy: float, m: float, mass: float, along: bool, sign: float, out: Matrix) -> None:
    """Add the bracket of one helicity to the coefficients ``out`` (weights, powers of Q) [GeV^4 or GeV^6]."""
    f = upscattering.linear_forms(energy, m, mass, along)
    slope = 0.0 if regime == exchange.NUCLEUS else 1.0 / (4.0 * mass * mass)
    if kind == exchange.SCALAR:
        add_product(1.0, 1.0, slope, upscattering.scalar(m, f), out[MAIN])
        return
    electric, magnetic, axial, mixed = 1.0, 1.0, 0.0, 0.0
    if regime != exchange.NUCLEUS:
        electric, magnetic, axial, mixed = nucleon_products(kind, regime == exchange.PROTON)
    if kind == exchange.DIPOLE:
        first, second = upscattering.dipole_electric(m, f), upscattering.dipole_magnetic(m, f)
    else:
        first, second = upscattering.vector_electric(m, f), upscattering.vector_magnetic(m, f)
    add_product(1.0, electric, magnetic * slope, first, out[MAIN])
    add_product(magnetic, 1.0, slope, second, out[MAIN])
    if mixed != 0.0:
        add_product(sign * mixed, 1.0, 0.0, upscattering.vector_axial(m, f), out[MIXED])
    if axial != 0.0:
        add_product(axial, 1.0, 0.0, upscattering.axial_axial(m, f), out[AXIAL])


@njit
def bracket(kind: int, regime: int, energy: float, m: float, mass: float, helicity: int, sign: float, out: Matrix) -> None:
    """Coefficients of the bracket for a helicity of N; ``sign`` +1 for neutrinos, -1 for antineutrinos.

    Vector exchange conserves helicity with K along N, dipole and scalar exchange flip it with K along N.
    """
    out[:] = 0.0
    chirality_flip = kind == exchange.DIPOLE or kind == exchange.SCALAR
    if helicity != FLIPPING:
        add_bracket(kind, regime, energy, m, mass, not chirality_flip, sign, out)
    if helicity != CONSERVING:
        add_bracket(kind, regime, energy, m, mass, chirality_flip, sign, out)


@njit
def integrand(q2: float, numbers: Vector, shape: Vector, values: Vector) -> None:
    """Bracket times propagators at Q; numbers = (kind, mediator^2, m_Z^2, coefficients row by row)."""
    kind = int(numbers[0])
    total = 0.0
    for row in range(3):
        polynomial = 0.0
        for k in range(POWERS - 1, -1, -1):
            polynomial = polynomial * q2 + numbers[3 + POWERS * row + k]
        if polynomial != 0.0:
            if row == MAIN:
                factor = weight(q2, shape)
            else:
                factor = dipole_form(q2, AXIAL_MASS) * dipole_form(q2, VECTOR_MASS if row == MIXED else AXIAL_MASS)
            total += factor * polynomial
    if kind == exchange.DIPOLE:
        values[0] = total / (q2 * q2)
    else:
        values[0] = total * exchange.propagators(kind, q2, numbers[1], numbers[2])


@njit
def integrate(kind: int, low: float, high: float, mediator2: float, near: bool, coefficients: Matrix, shape: Vector) -> float:
    """int bracket x propagators dQ [GeV^2] by the Gauss rule in q: once if ``near`` threshold, else in steps of 1/R."""
    numbers = np.empty(3 + 3 * POWERS)
    numbers[0], numbers[1], numbers[2] = float(kind), mediator2, Z_MASS**2
    numbers[3:] = coefficients.ravel()
    value = np.zeros(1)
    panels = 1
    width = (high - low) / (math.sqrt(high) + math.sqrt(low))
    if not near:
        width = math.sqrt(min(high, NUCLEAR_END)) - math.sqrt(low)
        panels = math.ceil(width * shape[1])
        width /= panels
    total = 0.0
    for panel in range(panels):
        root = math.sqrt(low) + width * panel
        for i in range(NODES.size):
            q = root + width * NODES[i]
            integrand(q * q, numbers, shape, value)
            total += WEIGHTS[i] * width * 2.0 * q * value[0]
    return total


@njit
def combine(blob: Vector, block: int, coefficients: Vector, inputs: Matrix, cut: bool, photon: bool, out: Vector) -> int:
    """Add sum_k c_k I_k and its error bound to ``out``; the rows of ``inputs`` are the lower and upper table inputs.

    ``photon`` tables hold the tails of k = 0 ... 4 and then the heads of k = 2, 3, 4, others heads and then tails.
    With ``cut`` the upper tail is zero, because the table ends there.
    """
    components = int(blob[block + 2])
    work = np.empty(spline.WORK)
    low, high = np.empty(components), np.empty(components)
    low_error, high_error = np.empty(components), np.empty(components)
    status = spline.values_at(blob, block, inputs[0], work, low)
    if status == 0:
        for c in range(components):
            low_error[c] = low[c] * spline.error_of(blob, block, work, c)
        status = spline.values_at(blob, block, inputs[1], work, high)
    if status != 0:
        return status
    for c in range(components):
        high_error[c] = high[c] * spline.error_of(blob, block, work, c)
    powers = POWERS if photon else components // 2
    for k in range(powers):
        if coefficients[k] == 0.0:
            continue
        head = k + 3 if photon else k
        tail = k if photon else k + powers
        if (not photon or k >= 2) and high[head] < low[tail]:
            out[0] += coefficients[k] * (high[head] - low[head])
            out[1] += abs(coefficients[k]) * (high_error[head] + low_error[head])
        else:
            end, end_error = (0.0, 0.0) if cut else (high[tail], high_error[tail])
            out[0] += coefficients[k] * (low[tail] - end)
            out[1] += abs(coefficients[k]) * (low_error[tail] + end_error)
    return 0


@njit
def first_power(coefficients: Vector, mass2: float, scale: float, out: Vector) -> None:
    """Coefficients of scale/(Q + a) in moments of 1/(Q + a)^2: the polynomial times scale (Q + a)."""
    out[0] = scale * mass2 * coefficients[0]
    for k in range(1, POWERS):
        out[k] = scale * (mass2 * coefficients[k] + coefficients[k - 1])


@njit
def compose(
    kind: int,
    low: float,
    high: float,
    mediator: float,
    coefficients: Matrix,
    blob: Vector,
    blocks: Matrix,
    nuclear: bool,
    out: Vector,
) -> int:
    """Add all moments to ``out`` (value, error bound); blocks[w] = offsets of the mediator and the Z table
    of weight w.
    """
    inputs = np.full((2, 2), mediator)
    inputs[0, 0], inputs[1, 0] = math.sqrt(low), math.sqrt(high)
    cut = nuclear and inputs[1, 0] > Q_END
    if cut:
        inputs[1, 0] = Q_END
    scaled = np.empty(POWERS)
    for row in range(3):
        if not coefficients[row].any():
            continue
        if kind == exchange.INTERFERENCE:
            difference = Z_MASS**2 - mediator * mediator
            first_power(coefficients[row], mediator * mediator, 1.0 / difference, scaled)
            status = combine(blob, int(blocks[row, 0]), scaled, inputs, cut, False, out)
            if status != 0:
                return status
            first_power(coefficients[row], Z_MASS**2, -1.0 / difference, scaled)
            status = combine(blob, int(blocks[row, 1]), scaled, inputs, cut, False, out)
        else:
            column = 1 if kind == exchange.Z_EXCHANGE else 0
            status = combine(blob, int(blocks[row, column]), coefficients[row], inputs, cut, kind == exchange.DIPOLE, out)
        if status != 0:
            return status
    return 0


@njit
def cross_section(
    kind: int, x: Vector, helicity: int, sign: float, blob: Vector, blocks: Matrix, target: int, out: Vector
) -> int:
    """Cross section per unit couplings and its absolute error bound into ``out`` [cm^2, dipole cm^2 GeV^2].

    Parameters
    ----------
    kind : int
        VECTOR, INTERFERENCE, Z_EXCHANGE, SCALAR or DIPOLE of :mod:`gloam.tables.physics.neutral_leptons.fluxaverage`.
    x : float64, shape (2,) or (3,)
        E_nu, m_N and, where there is one, the mass of the mediator [GeV].
    helicity : int
        SUMMED, CONSERVING or FLIPPING.
    sign : float
        +1 for neutrinos, -1 for antineutrinos.
    blocks : float64, shape (3, 2)
        Offsets in ``blob`` of the mediator and Z tables of the weights MAIN, MIXED and AXIAL.
    target : int
        Offset of the target block.

    Returns
    -------
    int
        0, or 1 + i when input i is outside a table.
    """
    out[0], out[1] = 0.0, 0.0
    energy, m = x[0], x[1]
    mass, edge = blob[target + MASS], blob[target + EDGE]
    shape = blob[target + SHAPE : target + SHAPE + int(blob[target + SHAPE_SIZE])]
    threshold = threshold_energy(m, mass)
    if energy <= threshold:
        return 0
    nuclear = int(shape[0]) == NUCLEUS
    regime = exchange.NUCLEUS if nuclear else (exchange.PROTON if mass < NEUTRON_LIMIT else exchange.NEUTRON)
    mediator = Z_MASS if kind == exchange.Z_EXCHANGE or kind == exchange.DIPOLE else x[2]
    low, high = q2_range(energy, m, mass)
    coefficients = np.empty((3, POWERS))
    bracket(kind, regime, energy, m, mass, helicity, sign, coefficients)
    near = energy < threshold * math.cosh(NEAR_THRESHOLD)
    if near or low > edge * edge:
        near = near and not (nuclear and (math.sqrt(high) - math.sqrt(low)) * shape[1] > SMOOTH)
        out[0] = integrate(kind, low, high, mediator * mediator, near, coefficients, shape)
        out[1] = QUADRATURE_ERROR * abs(out[0])
    else:
        status = compose(kind, low, high, mediator, coefficients, blob, blocks, nuclear, out)
        if status != 0:
            return status
    scale = exchange.TO_CM2 / (8.0 * math.pi * (2.0 * mass * energy) ** 2)
    if kind == exchange.DIPOLE:
        scale *= 4.0 * math.pi * upscattering.ALPHA
    out[0] *= scale
    out[1] *= scale
    return 0
