"""Accepted spectrum of e+e- pairs of upscattered N as moments in the momentum of N: what no lifetime and no coupling enters.

    spectrum_b = (V_aN e eps)^2 sum_k W_kb p_k P(p_k c_tau/m),   p_k = 0.2 GeV sinh(a_k),

a_k the Chebyshev nodes (first kind) in a = asinh(p/0.2 GeV) up to 7.2 GeV, W_kb the integral over everything that happens but the
place of the decay: of the flux, d sigma/dQ^2 (form factors; see ``upscattering.py``), the decay of N with its spin, and the
detector's response to the pair (``physics/detectors/pair_response.py``), times 1/p and the cardinal function of node k. P is
the probability to decay inside, a function of the decay length alone for concentric spheres.

Spin: production is B.K with K = p_N for the sum over helicities and B = G_M^2 [Q k - 2 (k.q) q] + R [2 (k.A) A - A^2 k], k the
neutrino, q = k - p_N, A = 2 P + q, so that in the rest frame of N the polarisation is S = B_vec/B_0. The decay N -> nu
Z'(*), V-A at the vertex of N and a vector current of electrons, is a0 + a2 P2(c) in K = p_N - m S, averaged over the azimuth
about the pair:

    a0 = (K.q)(p3.q)/2 + m_e^2 K.p3 - (2/3) k^2 X,   a2 = -2 k^2 (Y - X/3),   k^2 = q^2/4 - m_e^2,
    X = (K.q)(p3.q)/q^2 - K.p3,   Y = (K.e)(p3.e),

e the longitudinal polarisation vector of the pair in the laboratory. The part with S is kept apart: it adds for a Dirac N and
cancels for a Majorana N. An antineutrino gives the CP image, so the fluxes of both add. Flat in the decay and without spin:
ISOTROPIC.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.physics.detectors.pair_response import response_at
from gloam.tables.physics.neutral_leptons.kinematics import q2_range, threshold_energy
from gloam.tables.physics.nuclei.formfactors import NUCLEUS, PROTON_MOMENT, VECTOR_MASS, dipole_form, fourier_bessel
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

NODES = 12  # K, Chebyshev nodes in the momentum of N
MOMENTUM_SCALE, LARGEST_MOMENTUM = 0.2, 7.2  # [GeV]
END = math.asinh(LARGEST_MOMENTUM / MOMENTUM_SCALE)
CHEBYSHEV = np.cos(math.pi * (np.arange(NODES) + 0.5) / NODES)  # nodes on (-1, 1)
MOMENTA = MOMENTUM_SCALE * np.sinh(0.5 * END * (1.0 + CHEBYSHEV))  # [GeV] p_k
CARDINAL = np.array([[(1.0 if j == 0 else 2.0) / NODES * math.cos(j * math.acos(x)) for j in range(NODES)] for x in CHEBYSHEV])
CELLS = 256  # of the importance grids in E and in q^2/m^2
TRANSFERS = 512  # cells of the importance grid in Q^2
TO_CM2 = 3.893793721e-28  # GeV^-2 -> cm^2
PROPAGATOR_SHIFT = 0.05  # [GeV^2] largest shift of ln(Q^2 + shift)
FAST = 0.3  # [GeV] mass of N below which higher energies are drawn more often: the last bins hold few points otherwise
NARROW = 0.15  # [GeV] mass of e+e- off shell up to which all pairs are drawn as often
DRAWS = 5  # random numbers of an event: E, Q^2, cos and azimuth of the pair, q^2
EXACT, ISOTROPIC = 0, 1  # decay of the pair


@njit
def weights_of(q2: float, shape: Vector) -> tuple[float, float]:
    """(R, G_M^2) of a nucleus or proton at Q^2 [GeV^2], see ``upscattering.py``."""
    if int(shape[0]) == NUCLEUS:
        return fourier_bessel(q2, shape) ** 2, 0.0
    tau, form = q2 / (4.0 * shape[1] ** 2), dipole_form(q2, VECTOR_MASS) ** 2
    return form * (1.0 + tau * PROTON_MOMENT**2) / (1.0 + tau), PROTON_MOMENT**2 * form


@njit
def flux_at(energy: float, knots: Vector, flux: Vector) -> float:
    """Flux [/cm^2/GeV/POT], linear between ``knots`` [GeV], 0 outside."""
    return float(np.interp(energy, knots, flux)) if knots[0] <= energy <= knots[-1] else 0.0


@njit
def fill_transfers(low: float, high: float, mediator2: float, shape: Vector, grid: Vector, sums: Vector) -> float:
    """Grid (TRANSFERS + 1,) in ln(Q^2 + shift) and integral above each node of R/(Q^2 + m_Z'^2)^2; returns the shift [GeV^2]."""
    shift = min(mediator2, PROPAGATOR_SHIFT)
    start, end = math.log(low + shift), math.log(high + shift)
    sums[TRANSFERS] = 0.0
    for i in range(TRANSFERS, -1, -1):
        grid[i] = start + (end - start) * i / TRANSFERS
        if i < TRANSFERS:
            q2 = math.exp(0.5 * (grid[i] + grid[i + 1])) - shift
            density = weights_of(q2, shape)[0] * (q2 + shift) / (q2 + mediator2) ** 2
            floor = 1e-12 * sums[i + 1] / (TRANSFERS - i) if i < TRANSFERS - 1 else 1e-300
            sums[i] = sums[i + 1] + max(density * (grid[i + 1] - grid[i]), floor)
    return shift


@njit
def above(q2: float, shift: float, grid: Vector, sums: Vector) -> float:
    """Integral of the grid above Q^2, linear in a cell."""
    x = min(max((math.log(q2 + shift) - grid[0]) / (grid[1] - grid[0]), 0.0), float(TRANSFERS))
    i = min(int(x), TRANSFERS - 1)
    return sums[i] + (x - i) * (sums[i + 1] - sums[i])


@njit
def draw_transfer(value: float, grid: Vector, sums: Vector) -> tuple[float, float]:
    """ln(Q^2 + shift) above which the integral is ``value``, and the density of the integral there."""
    low, high = 0, TRANSFERS
    while high - low > 1:
        middle = (low + high) // 2
        if sums[middle] >= value:
            low = middle
        else:
            high = middle
    step = sums[low] - sums[low + 1]
    part = (sums[low] - value) / step
    width = grid[low + 1] - grid[low]
    return grid[low] + part * width, step / width


@njit
def draw_cell(u: float, sums: Vector) -> tuple[float, float]:
    """Position in (0, 1) for a uniform ``u`` on cumulative cells ``sums`` (cells + 1,), and its density."""
    target, low, high = u * sums[-1], 0, sums.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if sums[middle] <= target:
            low = middle
        else:
            high = middle
    step, cells = sums[low + 1] - sums[low], sums.size - 1
    return (low + (target - sums[low]) / step) / cells, step / sums[-1] * cells


@njit
def fill_energies(
    m: float, target: float, flux: tuple[Vector, Vector], shift: float, grid: Vector, sums: Vector, cells: Vector
) -> float:
    """Cumulative cells (CELLS + 1,) in sqrt(E - E_th) over flux x cross section; returns E_th [GeV]."""
    threshold, cells[0] = threshold_energy(m, target), 0.0
    end, top = flux[0][-1], 0.0
    for i in range(CELLS):
        r = (i + 0.5) / CELLS
        energy = threshold + (end - threshold) * r * r
        low, high = q2_range(energy, m, target)
        mass = flux_at(energy, flux[0], flux[1]) * (above(low, shift, grid, sums) - above(high, shift, grid, sums)) * r
        mass *= 1.0 + max(1.0 - (m / FAST) ** 2, 0.0) ** 2 * energy**3
        top = max(top, mass)
        cells[i + 1] = cells[i] + mass + 1e-9 * top + 1e-300
    return threshold


@njit
def fill_masses(m: float, mediator: float, cells: Vector) -> float:
    """Cumulative cells (CELLS + 1,) of q^2/m^2 off shell from (2 m_e/m)^2 to 1, light pairs more often since the heavy are
    seldom seen as one ring; returns the mean of the spectrum over that range.
    """
    least, total = (2.0 * ELECTRON_MASS / m) ** 2, 0.0
    cells[0] = 0.0
    for i in range(CELLS):
        x = least + (1.0 - least) * (i + 0.5) / CELLS
        density = mass_spectrum(x, m, mediator)
        total += density
        cells[i + 1] = cells[i] + density / (x * m * m + NARROW**2)
    return total / CELLS


@njit
def mass_spectrum(x: float, m: float, mediator: float) -> float:
    """d Gamma/dx of N -> nu e+e- off shell up to a factor: x = q^2/m^2."""
    r2 = (ELECTRON_MASS / m) ** 2
    share = max(1.0 - 4.0 * r2 / x, 0.0)
    return (1.0 - x) ** 2 * (1.0 + 2.0 * x) * (1.0 + 2.0 * r2 / x) * math.sqrt(share) / (1.0 - x * (m / mediator) ** 2) ** 2


@njit
def dot(a: Vector, b: Vector) -> float:
    """Minkowski product of (E, x, y, z)."""
    return a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]


@njit
def polarisation(energy: float, q2: float, target: float, forms: tuple[float, float], n: Vector, out: Vector) -> float:
    """S of N in its rest frame, components (across the beam in the plane of production, along N) in ``out``; returns B.p_N
    [GeV^4].

    ``n`` = (E_N, p_N, cos, sin of its angle) in the laboratory, where the target rests.
    """
    electric, magnetic = forms
    recoil = energy - n[0]
    px, pz = n[1] * n[3], n[1] * n[2]
    a0, ax, az = 2.0 * target + recoil, -px, energy - pz
    ka, a2 = energy * (a0 - az), a0 * a0 - ax * ax - az * az
    kq = energy * (recoil - (energy - pz))
    k = magnetic * q2 - electric * a2
    b0 = k * energy - 2.0 * magnetic * kq * recoil + 2.0 * electric * ka * a0
    bx = 2.0 * magnetic * kq * px + 2.0 * electric * ka * ax
    bz = k * energy - 2.0 * magnetic * kq * (energy - pz) + 2.0 * electric * ka * az
    along, across = bz * n[2] + bx * n[3], bx * n[2] - bz * n[3]
    m2 = n[0] * n[0] - n[1] * n[1]
    m = math.sqrt(m2)
    rest, forward = (n[0] * b0 - n[1] * along) / m, (n[0] * along - n[1] * b0) / m
    out[0], out[1] = across / rest, forward / rest
    return m * rest


@njit
def decay_weights(
    m: float, q: float, n: Vector, spin: Vector, direction: tuple[float, float, float], pair: Vector, out: Vector
) -> None:
    """Weights of R and R2 for the unpolarised N, then of the part with its spin: ``out`` (4,).

    direction = (cos, sin x, sin y) of the pair in the rest frame of N against N's direction, x in the plane of production;
    ``pair`` (4,): filled with (E, across, out of plane, along) of the pair in the laboratory, axes along N.
    """
    q2, me2 = q * q, ELECTRON_MASS**2
    star, momentum = 0.5 * (m * m + q2) / m, 0.5 * (m * m - q2) / m
    gamma, boost = n[0] / m, n[1] / m
    along = momentum * direction[0]
    pair[0], pair[3] = gamma * star + boost * along, gamma * along + boost * star
    pair[1], pair[2] = momentum * direction[1], momentum * direction[2]
    size = math.sqrt(pair[1] ** 2 + pair[2] ** 2 + pair[3] ** 2)
    k2, pn3, pnq, p3q = 0.25 * q2 - me2, m * momentum, m * star, 0.5 * (m * m - q2)
    mean = (1.0 + 2.0 * me2 / q2) / 6.0 * (q2 * pn3 + 2.0 * pnq * p3q)
    # e = (|p|, E p/|p|)/q; e.p_3 = e.p_N since e.q = 0
    pne = (n[0] * size - n[1] * pair[0] * pair[3] / size) / q
    x = pnq * p3q / q2 - pn3
    out[0] = (0.5 * pnq * p3q + me2 * pn3 - 2.0 / 3.0 * k2 * x) / mean
    out[1] = -2.0 * k2 * (pne * pne - x / 3.0) / mean
    # K = -m S: in the laboratory (boost S_z, S_x, 0, gamma S_z) along N's axes
    s0, sx, sz = -m * boost * spin[1], -m * spin[0], -m * gamma * spin[1]
    kn = s0 * n[0] - sz * n[1]
    kq = s0 * pair[0] - sx * pair[1] - sz * pair[3]
    k3 = kn - kq
    ke = (s0 * size - pair[0] * (sx * pair[1] + sz * pair[3]) / size) / q
    x = kq * p3q / q2 - k3
    out[2] = (0.5 * kq * p3q + me2 * k3 - 2.0 / 3.0 * k2 * x) / mean
    out[3] = -2.0 * k2 * (ke * pne - x / 3.0) / mean


@njit
def add_target(
    m: float,
    mediator: float,
    decay: int,
    target: tuple[float, float, Vector],
    flux: tuple[Vector, Vector],
    points: Matrix,
    response: Vector,
    out: np.ndarray[tuple[int, int, int], np.dtype[np.float64]],
) -> None:
    """Add one target's events to ``out`` (2, bins, NODES): Chebyshev sums of the unpolarised part and of that with the spin.

    target = (nuclei x Z^2 x POT, mass [GeV], shape); a mediator lighter than m is on shell.
    """
    strength, mass, shape = target
    bins = out.shape[1]
    grid, sums, energies, masses = np.empty(TRANSFERS + 1), np.empty(TRANSFERS + 1), np.empty(CELLS + 1), np.empty(CELLS + 1)
    n, spin, pair, share, rows = np.empty(4), np.empty(2), np.empty(4), np.empty(4), np.empty(2 * bins)
    scratch, cosines, mediator2 = np.empty(12), np.empty(NODES), mediator * mediator
    low, high = q2_range(flux[0][-1], m, mass)
    if high <= low:
        return
    shift = fill_transfers(low, high, mediator2, shape, grid, sums)
    threshold = fill_energies(m, mass, flux, shift, grid, sums, energies)
    on_shell, q = mediator < m, mediator
    least = (2.0 * ELECTRON_MASS / m) ** 2
    mean_mass = 1.0 if on_shell else fill_masses(m, mediator, masses)
    width = flux[0][-1] - threshold
    for i in range(points.shape[0]):
        root, density = draw_cell(points[i, 0], energies)
        energy = threshold + width * root * root
        low, high = q2_range(energy, m, mass)
        top, bottom = above(low, shift, grid, sums), above(high, shift, grid, sums)
        if not top > bottom:
            continue
        at, slope = draw_transfer(top - points[i, 1] * (top - bottom), grid, sums)
        q2 = min(max(math.exp(at) - shift, low), high)
        forms = weights_of(q2, shape)
        n[0] = energy - q2 / (2.0 * mass)
        n[1] = math.sqrt(max((n[0] - m) * (n[0] + m), 0.0))
        if n[1] <= 0.0:
            continue
        less = min(max((q2 + m * m - 2.0 * energy * m * m / (n[1] + n[0])) / (2.0 * energy * n[1]), 0.0), 2.0)
        n[2], n[3] = 1.0 - less, math.sqrt(less * (2.0 - less))
        bracket = polarisation(energy, q2, mass, forms, n, spin)
        x2 = (2.0 * mass * energy) ** 2
        weight = strength * flux_at(energy, flux[0], flux[1]) * 2.0 * width * root / density
        weight *= bracket / (8.0 * math.pi * x2) * TO_CM2 * (q2 + shift) * (top - bottom) / slope / (q2 + mediator2) ** 2
        if not on_shell:
            x, density = draw_cell(points[i, 4], masses)
            x = least + (1.0 - least) * x
            q = m * math.sqrt(x)
            weight *= mass_spectrum(x, m, mediator) / (mean_mass * density)
        c, azimuth = 2.0 * points[i, 2] - 1.0, 2.0 * math.pi * points[i, 3]
        s = math.sqrt(1.0 - c * c)
        decay_weights(m, q, n, spin, (c, s * math.cos(azimuth), s * math.sin(azimuth)), pair, share)
        if decay == ISOTROPIC:
            share[0], share[1], share[2], share[3] = 1.0, 0.0, 0.0, 0.0
        polar = math.atan2(math.hypot(pair[1] * n[2] + pair[3] * n[3], pair[2]), pair[3] * n[2] - pair[1] * n[3])
        if not response_at(pair[0], polar, q, response, 2 * bins, scratch, rows):
            continue
        argument = 2.0 * math.asinh(n[1] / MOMENTUM_SCALE) / END - 1.0
        cosines[0], cosines[1] = 1.0, argument
        for j in range(2, NODES):
            cosines[j] = 2.0 * argument * cosines[j - 1] - cosines[j - 2]
        weight /= n[1] * points.shape[0]
        for b in range(bins):
            plain = weight * (share[0] * rows[b] + share[1] * rows[bins + b])
            turned = weight * (share[2] * rows[b] + share[3] * rows[bins + b])
            for j in range(NODES):
                out[0, b, j] += plain * cosines[j]
                out[1, b, j] += turned * cosines[j]
