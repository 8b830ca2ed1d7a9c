"""Flux-averaged upscattering rates: the energy integral is exact, because every bracket/x^2 is a polynomial in 1/E.

For fixed Q = Q^2 all neutrinos above E_min(Q) contribute, so three cumulative flux moments
Phi_n = int_{E_min} phi E^-n dE (n = 0, 1, 2), closed forms for a piecewise linear flux, replace the quadrature in E:

    int phi sigma dE = 1/(8 pi) int dQ propagators [A2 Phi_0 + A1 Phi_1/(2M) + A0 Phi_2/(2M)^2],

with the bracket A2 x^2 + A1 x + A0. Bins and thresholds are exact. Helicity sums only. The moments have a kink where
E_min(Q) passes a knot of the flux, so that every integral over Q ends there.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ALPHA
from gloam.tables.experiments.experiment import Experiment, flux_knots
from gloam.tables.physics.neutral_leptons.kinematics import q2_range, smallest_energy, threshold_energy
from gloam.tables.physics.nuclei.formfactors import (
    AXIAL_COUPLING,
    AXIAL_MASS,
    NEUTRON_MOMENT,
    PROTON_MOMENT,
    VECTOR_MASS,
    dipole_form,
    fourier_bessel,
    target_mass,
    weight_shape,
)
from gloam.tables.physics.nuclei.mapped import SHIFT, add_integral
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

VECTOR, INTERFERENCE, Z_EXCHANGE, SCALAR, DIPOLE = range(5)
NUCLEUS, PROTON, NEUTRON = range(3)
REGIMES = ("nucleus", "proton", "neutron")
WEAK_CHARGE = 0.5 - 2.0 * 0.23121  # [1] 1/2 - 2 sin^2(theta_W), MS-bar at m_Z (PDG)
TO_CM2 = 3.893793721e-28  # GeV^-2 -> cm^2
NUCLEAR_Q2 = 2.25  # [GeV^2] above q = 1.5 GeV the coherent weights are below 1e-12
TOLERANCE = 1e-7  # agreement of a panel and its halves

MASSES, SHAPE = 0, 4  # layout of beam_data: three masses, length of the shape, the shape, then the flux


def beam_data(experiment: Experiment, nucleus: str) -> Vector:
    """Flat description of the target masses, the nuclear shape and the flux with its cumulative moments.

    The flux follows as its number of knots n, the knots [GeV] of all projectiles, and for each projectile of the experiment
    four arrays of n: the flux there [/cm^2/GeV/POT], linear in between, and its moments Phi_0, Phi_1, Phi_2 above.
    """
    shape = weight_shape(nucleus)
    head = np.array([target_mass(nucleus), target_mass("proton"), target_mass("neutron"), float(shape.size)])
    curves = [flux_knots(experiment, projectile) for projectile in experiment.projectiles]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
    length, log = np.diff(knots), np.diff(np.log(knots))
    parts = [head, shape, np.array([float(knots.size)]), knots]
    for energies, values in curves:
        flux = np.interp(knots, energies, values, left=0.0, right=0.0)
        slope = np.diff(flux) / length
        constant = flux[:-1] - slope * knots[:-1]
        pieces = (
            constant * length + slope * np.diff(knots**2) / 2.0,
            constant * log + slope * length,
            -constant * np.diff(1.0 / knots) + slope * log,
        )
        parts += [flux, *(np.append(np.cumsum(piece[::-1])[::-1], 0.0) for piece in pieces)]
    return np.concatenate(parts)


@njit
def flux_moments(start: int, energy: float, data: Vector, moments: Matrix) -> None:
    """Phi_0, Phi_1, Phi_2 above ``energy`` [GeV] into ``moments`` (projectiles, 3); the flux is at ``start`` in ``data``."""
    n, first = int(data[start]), start + 1
    moments[:] = 0.0
    if energy >= data[first + n - 1]:
        return
    lowest = max(energy, data[first])
    i = max(int(np.searchsorted(data[first : first + n], lowest)), 1)
    high = data[first + i]
    length, log, width = high - lowest, math.log(high / lowest), high - data[first + i - 1]
    for p in range(moments.shape[0]):
        at = first + n * (1 + 4 * p) + i
        flux = data[at]
        slope = (flux - data[at - 1]) / width
        moments[p, 0] = data[at + n] + length * (flux - 0.5 * slope * length)
        moments[p, 1] = data[at + 2 * n] + flux * log - slope * (high * log - length)
        moments[p, 2] = data[at + 3 * n] + flux * length / (high * lowest) - slope * (length / lowest - log)


@njit
def nucleon_forms(q2: float, mass: float, proton: bool) -> tuple[float, float, float, float, float]:
    """(G_E, G_M, G_E^Z, G_M^Z, G_A) [1]: G^Z_p = (1/2 - 2 s_W^2) G_p - G_n/2 and the same with p, n exchanged."""
    form = dipole_form(q2, VECTOR_MASS)
    own, other = (PROTON_MOMENT, NEUTRON_MOMENT) if proton else (NEUTRON_MOMENT, PROTON_MOMENT)
    electric = form if proton else 0.0
    axial = 0.5 * AXIAL_COUPLING * dipole_form(q2, AXIAL_MASS)
    return (
        electric,
        own * form,
        WEAK_CHARGE * electric - 0.5 * (form - electric),
        (WEAK_CHARGE * own - 0.5 * other) * form,
        axial if proton else -axial,
    )


@njit
def structure(kind: int, regime: int, q2: float, mass: float, shape: Vector) -> tuple[float, float, float, float]:
    """Coefficients (R, G_M^2, G_A^2, G_M G_A) [1] of the brackets for one kind of exchange and target.

    Interference: one half of the cross term, so that it is multiplied by 2 like amplitudes; its vector-axial part is
    then G_M G_A^Z/2. A nucleus has R = G_M^2 = F^2 for every kind (weak form factor = charge one).
    """
    if regime == NUCLEUS:
        f2 = fourier_bessel(q2, shape) ** 2
        return f2, f2, 0.0, 0.0
    electric, magnetic, electric_z, magnetic_z, axial = nucleon_forms(q2, mass, regime == PROTON)
    tau = q2 / (4.0 * mass * mass)
    if kind == INTERFERENCE:
        mixed = (electric * electric_z + tau * magnetic * magnetic_z) / (1.0 + tau)
        return mixed, magnetic * magnetic_z, 0.0, 0.5 * magnetic * axial
    if kind == Z_EXCHANGE:
        weak = (electric_z**2 + tau * magnetic_z**2) / (1.0 + tau)
        return weak, magnetic_z**2, axial**2, magnetic_z * axial
    if kind == SCALAR:
        f2 = dipole_form(q2, VECTOR_MASS) ** 2
        return f2, f2, 0.0, 0.0
    return (electric**2 + tau * magnetic**2) / (1.0 + tau), magnetic**2, 0.0, 0.0


@njit
def energy_polynomial(
    kind: int, q2: float, m: float, mass: float, forms: tuple[float, float, float, float]
) -> tuple[float, float, float, float, float]:
    """(A2, A1, A0) of the vector-vector and axial-axial bracket and (B1, B0) of the vector-axial one [GeV^4]."""
    r, magnetic, axial, mixed = forms
    m2, mass2 = m * m, mass * mass
    half = 0.5 * (m2 + q2)
    if kind == SCALAR:
        return 0.0, 0.0, r * (4.0 * mass2 + q2) * half, 0.0, 0.0
    if kind == DIPOLE:
        difference = 0.5 * (magnetic - r) * q2 * (m2 + q2) * (2.0 * m2 - q2)
        constant = r * (q2 * m2 * (m2 - 2.0 * mass2 + q2) - 2.0 * mass2 * m2 * m2) + difference
        scale = 4.0 * math.pi * ALPHA / (q2 * q2)
        return scale * 2.0 * r * q2, -scale * 2.0 * r * q2 * (q2 + m2), scale * constant, 0.0, 0.0
    both = r + axial
    constant = (
        r * (2.0 * half * half - (4.0 * mass2 + q2) * half)
        + magnetic * half * (2.0 * q2 - m2)
        + axial * (2.0 * half * half + half * (q2 - m2) + 4.0 * mass2 * half)
    )
    return 2.0 * both, -4.0 * half * both, constant, 4.0 * q2 * mixed, -4.0 * q2 * half * mixed


@njit
def propagators(kind: int, q2: float, mediator2: float, z2: float) -> float:
    """Product of the two propagators [GeV^-4]; 1 for photon exchange (its 1/Q^2 is in the bracket)."""
    if kind == DIPOLE:
        return 1.0
    if kind == INTERFERENCE:
        return 1.0 / ((q2 + mediator2) * (q2 + z2))
    return 1.0 / (q2 + (z2 if kind == Z_EXCHANGE else mediator2)) ** 2


@njit
def rate_integrand(q2: float, numbers: Vector, data: Vector, values: Vector) -> None:
    """Integrand over Q for every projectile; numbers = (kind, regime, m_N, mediator^2, m_Z^2).

    ``values`` holds (vector-vector, vector-axial) per projectile, both positive; antineutrinos subtract the second.
    """
    kind, regime, m = int(numbers[0]), int(numbers[1]), numbers[2]
    mass = data[regime]
    shape_size = int(data[SHAPE - 1])
    forms = structure(kind, regime, q2, mass, data[SHAPE : SHAPE + shape_size])
    a2, a1, a0, b1, b0 = energy_polynomial(kind, q2, m, mass, forms)
    factor = TO_CM2 / (8.0 * math.pi) * propagators(kind, q2, numbers[3], numbers[4])
    energy = smallest_energy(q2, m, mass)
    twice = 2.0 * mass
    projectiles = values.size // 2
    moments = np.empty((projectiles, 3))
    flux_moments(SHAPE + shape_size, energy, data, moments)
    for p in range(projectiles):
        phi0, phi1, phi2 = moments[p, 0], moments[p, 1], moments[p, 2]
        values[2 * p] = factor * (a2 * phi0 + (a1 * phi1 + a0 * phi2 / twice) / twice)
        values[2 * p + 1] = factor * (b1 * phi1 + b0 * phi2 / twice) / twice


@njit
def smooth_ranges(m: float, mass: float, start: int, data: Vector) -> Vector:
    """Ascending Q [GeV^2] between which E_min(Q) passes no knot of the flux at ``start``; empty below threshold."""
    n, threshold = int(data[start]), threshold_energy(m, mass)
    above = 0
    for k in range(n):
        above += data[start + 1 + k] > threshold
    ends = np.empty(2 * above)
    for k in range(above):
        ends[k], ends[2 * above - 1 - k] = q2_range(data[start + n - k], m, mass)
    return ends


@njit
def flux_average(kind: int, regime: int, m: float, mediator2: float, z2: float, data: Vector) -> Vector:
    """int phi sigma dE per unit coupling^2 and target: (vector-vector, vector-axial) x projectiles [per POT].

    Parameters
    ----------
    kind : int
        VECTOR, INTERFERENCE, Z_EXCHANGE, SCALAR or DIPOLE (then per mu_tr^2 and Z^2 [GeV^2 per POT]).
    regime : int
        NUCLEUS (unit charge), PROTON or NEUTRON.
    m, mediator2, z2 : float
        Mass of N [GeV], squared mediator and Z masses [GeV^2].
    data : float64, 1-D
        From :func:`beam_data`.

    Returns
    -------
    float64, shape (2 projectiles,)
        Zero where no neutrino is above threshold, NaN where an integral does not converge.
    """
    shape = data[SHAPE : SHAPE + int(data[SHAPE - 1])]
    flux = SHAPE + shape.size
    out = np.zeros(2 * (((data.size - flux - 1) // int(data[flux]) - 1) // 4))
    ends = smooth_ranges(m, data[regime], flux, data)
    if ends.size == 0:
        return out
    high = ends[-1]
    if regime == NUCLEUS:
        high = min(high, max(NUCLEAR_Q2, 1.5 * ends[0]))
    else:
        shape = np.array([1.0, data[regime]])
    shift = 0.0 if kind == DIPOLE else min(z2 if kind == Z_EXCHANGE else mediator2, SHIFT)
    numbers = np.array([float(kind), float(regime), m, mediator2, z2])
    middle = ends.size // 2  # first the range next to the threshold, last the ends of the flux, where moments cancel to rounding
    for i in range(1, ends.size):
        k = middle + 1 - i if i <= middle else i
        stop = min(ends[k], high)
        if stop > ends[k - 1]:
            add_integral(rate_integrand, ends[k - 1], stop, shift, shape, TOLERANCE, numbers, data, out)
    return out
