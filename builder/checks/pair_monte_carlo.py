"""Accepted e+e- pairs of upscattered N by plain Monte Carlo with four-vectors: production, spin, decay and smearing drawn
event by event.

Cross sections in Q^2 by the Sachs formula; the polarisation by contracting the hadron tensor 2 [R P P - G_M^2 (q q + Q g)]
with that of the neutrino line; the decay by K.p_2 p_1.p_3 + K.p_1 p_2.p_3 + m_e^2 K.p_3 with K = 2 p_N - m^2 B/(B.p_N)
(Dirac) or p_N; each lepton smeared by normal numbers. Nothing is averaged beforehand, and of the kernel only constants,
fluxes, nuclear shapes and detector numbers are shared.

Every value has its statistical error, of the squared weights of its events. Values of a larger error than ``LARGEST`` are
not compared: few pairs of a heavy mediator are seen as one ring.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from gloam.tables.constants import ELECTRON_MASS
from gloam.tables.experiments.experiment import flux_knots
from gloam.tables.experiments.miniboone import FHC, RHC, pair_detector
from gloam.tables.physics.neutral_leptons.pair_spectrum import MOMENTA
from gloam.tables.physics.neutral_leptons.pair_tables import BINS, LEAST_SHARE, lifetime_factors
from gloam.tables.physics.nuclei.formfactors import nuclear_shape, target_mass

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

EVENTS, BATCHES = 2**16, 4  # per target and batch
LARGEST = 0.05  # [1] standard deviation of a bin over the larger of it and 1 % of the sum, above which it is not compared
SIGMAS = 5.0  # standard deviations within which a value is trusted
NARROW2 = 0.01  # [GeV^2] q^2 of e+e- off shell is drawn evenly in ln(q^2 + NARROW2): light pairs are those seen as one ring
SHIFTS = {"C12": 0.02, "proton": 0.2}  # [GeV^2] largest shift of 1/(Q^2 + shift), in which Q^2 is drawn evenly
METRIC = np.array([1.0, -1.0, -1.0, -1.0])
NEUTRON = 0.93956542052  # [GeV]
EXPERIMENTS = {"fhc": FHC, "rhc": RHC}
HC2 = 3.893793721e-28  # GeV^-2 -> cm^2


def product(a: Array, b: Array) -> Array:
    """Minkowski product of rows (n, 4)."""
    found: Array = np.einsum("ni,i,ni->n", a, METRIC, b)
    return found


def boosted(vector: Array, frame: Array) -> Array:
    """Rows of ``vector`` given in the rest frame of ``frame``, in the laboratory."""
    mass = np.sqrt(product(frame, frame))
    along = np.sum(vector[:, 1:] * frame[:, 1:], axis=1)
    energy = (frame[:, 0] * vector[:, 0] + along) / mass
    return np.column_stack([energy, vector[:, 1:] + frame[:, 1:] * ((vector[:, 0] + energy) / (frame[:, 0] + mass))[:, None]])


def halves(rng: Any, parent: Array, mass: Array, first: Array) -> tuple[Array, Array]:
    """Isotropic decay of rows ``parent`` into masses ``first`` and the rest: for a pair of equal masses, or with a massless
    second.
    """
    second = np.where(2.0 * first <= mass * (1.0 + 1e-12), first, 0.0) if np.all(first == ELECTRON_MASS) else np.zeros_like(first)
    momentum = np.sqrt(np.maximum((mass**2 - (first + second) ** 2) * (mass**2 - (first - second) ** 2), 0.0)) / (2.0 * mass)
    c, phi = rng.uniform(-1.0, 1.0, len(parent)), rng.uniform(0.0, 2.0 * np.pi, len(parent))
    s = np.sqrt(1.0 - c * c)
    way = np.column_stack([s * np.cos(phi), s * np.sin(phi), c]) * momentum[:, None]
    one = boosted(np.column_stack([np.sqrt(momentum**2 + first**2), way]), parent)
    return one, parent - one


def form_factors(name: str, q2: Array) -> tuple[Array, Array]:
    """(R, G_M^2) of a nucleus by its Fourier-Bessel density, or of the proton by dipoles."""
    if name == "proton":
        tau, dipole = q2 / (4.0 * target_mass(name) ** 2), (1.0 + q2 / 0.843**2) ** -4
        return dipole * (1.0 + tau * 2.792**2) / (1.0 + tau), 2.792**2 * dipole
    _, radius, *coefficients = nuclear_shape(name)
    y, n = np.sqrt(q2) * radius, np.pi * np.arange(1, len(coefficients) + 1)
    off = np.where(np.abs(n - y[:, None]) < 1e-9, 1e-9, n - y[:, None])
    form = np.sum(np.array(coefficients) * (np.sin(y) / y)[:, None] / (off * (n + y[:, None])), axis=1)
    return form**2, np.zeros_like(form)


def energies(rng: Any, m: float, threshold: float, beam: tuple[Array, Array]) -> tuple[Array, Array]:
    """Energies [GeV] of neutrinos drawn by the flux, those far above threshold more often for heavy N, and flux/density."""
    edges = np.linspace(threshold, beam[0][-1], 2001)
    middle, step = 0.5 * (edges[1:] + edges[:-1]), edges[1] - edges[0]
    cells = np.interp(middle, *beam, left=0.0, right=0.0) * (1.0 + (m * (middle - threshold) / 0.3) ** 2)
    cells += 1e-6 * cells.max()
    sums = np.concatenate([[0.0], np.cumsum(cells)])
    energy = np.interp(sums[-1] * rng.uniform(size=EVENTS), sums, edges)
    cell = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, len(cells) - 1)
    return energy, np.interp(energy, *beam, left=0.0, right=0.0) * sums[-1] * step / cells[cell]


def produced(rng: Any, name: str, m: float, mediator: float, beam: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """p_N (n, 4), weights [cm^2 flux], and B of the polarisation (n, 4), for 1/(Q^2 + shift) drawn evenly."""
    mass, shift = target_mass(name), min(mediator**2, SHIFTS[name])
    energy, weight = energies(rng, m, m + m * m / (2.0 * mass), beam)
    x = 2.0 * mass * energy
    s = mass**2 + x
    root = np.sqrt(np.maximum((s - m * m - mass**2) ** 2 - 4.0 * m * m * mass**2, 0.0))
    most = (x * x - m * m * (s + mass**2) + x * root) / (2.0 * s)
    least = mass**2 * m**4 / (s * most)
    spread = 1.0 / (least + shift) - 1.0 / (most + shift)
    q2 = np.clip(1.0 / (1.0 / (least + shift) - spread * rng.uniform(size=EVENTS)) - shift, least, most)
    electric, magnetic = form_factors(name, q2)
    bracket = magnetic * (m * m + q2) * (2.0 * q2 - m * m)
    bracket += electric * ((2.0 * x - m * m - q2) ** 2 - (4.0 * mass**2 + q2) * (m * m + q2))
    weight *= bracket / (16.0 * np.pi * x * x * (mediator**2 + q2) ** 2) * HC2 * spread * (q2 + shift) ** 2
    outgoing = energy - q2 / (2.0 * mass)
    momentum = np.sqrt(outgoing**2 - m * m)
    cosine = np.clip((2.0 * energy * outgoing - m * m - q2) / (2.0 * energy * momentum), -1.0, 1.0)
    sine = np.sqrt(1.0 - cosine**2)
    zero = np.zeros(EVENTS)
    lepton = np.column_stack([outgoing, momentum * sine, zero, momentum * cosine])
    neutrino, rest = np.column_stack([energy, zero, zero, energy]), np.column_stack([zero + mass, zero, zero, zero])
    transfer = neutrino - lepton
    sum_ = 2.0 * rest + transfer
    hadron = electric[:, None, None] * sum_[:, :, None] * sum_[:, None, :]
    hadron -= magnetic[:, None, None] * (transfer[:, :, None] * transfer[:, None, :] + q2[:, None, None] * np.diag(METRIC))
    trace = np.einsum("nii,i->n", hadron, METRIC)
    b = 2.0 * np.einsum("nij,j,nj->ni", hadron, METRIC, neutrino) - trace[:, None] * neutrino
    return lepton, weight, b


def smeared(rng: Any, lepton: Array, numbers: Any) -> tuple[Array, Array]:
    """Kinetic energy, 0 where it is lost, and smeared direction (n, 3)."""
    energy = lepton[:, 0]
    kinetic = energy - ELECTRON_MASS + (numbers.resolution * np.sqrt(energy) + numbers.noise) * rng.standard_normal(len(energy))
    polar = np.arctan2(np.hypot(lepton[:, 1], lepton[:, 2]), lepton[:, 3])
    polar += np.radians(np.log(1.0 / energy) + numbers.degrees) * rng.standard_normal(len(energy))
    azimuth = np.arctan2(lepton[:, 2], lepton[:, 1])
    way = np.column_stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])
    return np.maximum(kinetic, 0.0), way


def selected(rng: Any, pair: tuple[Array, Array], numbers: Any) -> tuple[Array, Array]:
    """Bin (-1: none) and efficiency of every pair."""
    (one, first), (two, second) = (smeared(rng, lepton, numbers) for lepton in pair)
    visible, cosine = one + two, np.sum(first * second, axis=1)
    cut = np.interp(visible, numbers.cut_energies, numbers.cuts)
    larger = np.maximum(one, two)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.sqrt((1.0 - cosine) ** 2 / 4.0 + (1.0 - larger / visible) ** 2)
        total = (
            first * np.sqrt(one * (one + 2.0 * ELECTRON_MASS))[:, None]
            + second * np.sqrt(two * (two + 2.0 * ELECTRON_MASS))[:, None]
        )
        polar = total[:, 2] / np.linalg.norm(total, axis=1)
        below = NEUTRON - visible * (1.0 - polar)
        energy = np.where(below > 0.0, NEUTRON * visible / below, -1.0)
    ring = (visible > 0.0) & ((one == 0.0) | (two == 0.0) | (distance < cut))
    place = np.where(ring & np.isfinite(energy), np.searchsorted(numbers.edges, np.nan_to_num(energy), side="right") - 1, -1)
    nearest = np.abs(visible[:, None] - np.array(numbers.energies)).argmin(axis=1)
    return np.where(place < BINS, place, -1), np.array(numbers.efficiencies)[nearest]


def cardinal(momentum: Array) -> Array:
    """Lagrange polynomials of the nodes in asinh(p/0.2 GeV), shape (n, nodes)."""
    a, nodes = np.arcsinh(momentum / 0.2), np.arcsinh(MOMENTA / 0.2)
    out = np.ones((len(a), len(nodes)))
    for k in range(len(nodes)):
        for j in range(len(nodes)):
            if j != k:
                out[:, k] *= (a - nodes[j]) / (nodes[k] - nodes[j])
    return out


class Tally:
    """Sums over events of m W_kb, shape (2, bins, nodes), unpolarised and the part with the spin; of spectra and of their
    squared contributions, (natures, lifetimes, bins + 1), the sum of all bins last; and the largest contribution.
    """

    def __init__(self) -> None:
        shape = (2, len(lifetime_factors()), BINS + 1)
        self.moments, self.spectra, self.squares = np.zeros((2, BINS, len(MOMENTA))), np.zeros(shape), np.zeros(shape)
        self.largest = np.zeros(shape[:2])
        self.norms: list[float] = []  # squared relative errors of the normalisation of the decay, of every target and batch

    def add(self, weights: Array, functions: Array, place: Array) -> None:
        """Events with weights (2, n), cardinal functions (n, nodes) and bins ``place`` (n,), all seen."""
        bins = [place == b for b in range(BINS)]
        for b, here in enumerate(bins):
            self.moments[:, b] += weights[:, here] @ functions[here]
        each = np.cumsum(weights, axis=0)[:, None, :] * (lifetime_factors() @ functions.T)
        for b, here in enumerate([*bins, place >= 0]):
            self.spectra[..., b] += each[..., here].sum(axis=-1)
            self.squares[..., b] += (each[..., here] ** 2).sum(axis=-1)
        self.largest = np.maximum(self.largest, np.abs(each).max(axis=-1, initial=0.0))

    def errors(self) -> tuple[Any, Array]:
        """Statistical error [1] of the sum of all bins, and of bins over the larger of the bin and 1 % of the sum (natures,
        bins), the worst of the lifetimes. An event of the largest contribution that was not drawn is allowed for.
        """
        norm2 = np.mean(self.norms) / BATCHES
        spread = np.sqrt(self.squares + self.largest[..., None] ** 2 + norm2 * self.spectra**2)
        total = self.spectra[..., -1:]
        relative = spread / np.maximum(self.spectra, LEAST_SHARE * total)
        return relative[..., -1].max(), relative[..., :-1].max(axis=1)


def mediators(rng: Any, m: float, mediator: float) -> tuple[Array, Array]:
    """Mass q [GeV] of e+e- and its weight: the mediator's, or drawn below m with the propagator and phase space."""
    if mediator < m:
        return np.full(EVENTS, mediator), np.ones(EVENTS)
    low, high = (2.0 * ELECTRON_MASS) ** 2 + NARROW2, m * m + NARROW2
    q2 = low * (high / low) ** rng.uniform(size=EVENTS) - NARROW2
    space = (1.0 - q2 / m**2) * np.sqrt(np.maximum(1.0 - (2.0 * ELECTRON_MASS) ** 2 / q2, 0.0)) / (q2 - mediator**2) ** 2
    return np.sqrt(np.clip(q2, (2.0 * ELECTRON_MASS) ** 2, m * m)), space * (q2 + NARROW2)


def add_batch(rng: Any, experiment: Any, m: float, mediator: float, tally: Tally) -> None:
    """Draw a batch of events of every target."""
    curves = [flux_knots(experiment, name) for name in ("numu", "numubar")]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
    beam = knots, np.sum([np.interp(knots, *curve, left=0.0, right=0.0) for curve in curves], axis=0)
    numbers = pair_detector()
    for name, count in (("C12", 36.0 * experiment.target_count("C12")), ("proton", experiment.proton_count)):
        if beam[0][-1] <= m + m * m / (2.0 * target_mass(name)):
            continue
        lepton, weight, b = produced(rng, name, m, mediator, beam)
        q, space = mediators(rng, m, mediator)
        pair, neutrino = halves(rng, lepton, np.full(EVENTS, m), q)
        leptons = halves(rng, pair, q, np.full(EVENTS, ELECTRON_MASS))
        norm = product(b, lepton)
        decay = np.array(
            [
                product(k, leptons[1]) * product(leptons[0], neutrino)
                + product(k, leptons[0]) * product(leptons[1], neutrino)
                + ELECTRON_MASS**2 * product(k, neutrino)
                for k in (lepton, lepton - (m * m / norm)[:, None] * b)
            ]
        )
        place, efficiency = selected(rng, leptons, numbers)
        momentum = np.sqrt(np.sum(lepton[:, 1:] ** 2, axis=1))
        shared = count * experiment.exposure / (EVENTS * BATCHES) * weight * efficiency * m / momentum
        unpolarised = space * decay[0]
        tally.norms.append(float(np.var(unpolarised) / np.mean(unpolarised) ** 2 / EVENTS))
        weights = shared * space * decay / np.mean(unpolarised)
        seen = place >= 0
        tally.add(weights[:, seen], cardinal(momentum[seen]), place[seen])


def components(sums: Array) -> Array:
    """The components of the table (COMPONENTS,) from m W_kb."""
    total = sums[0].sum()
    return np.concatenate([[np.log(total) - 35.0], (100.0 * sums / total).ravel()])


def check(label: str, x: Array) -> tuple[Array, Array]:
    """Components at x = (m_N, m_mediator) [GeV] and their accuracy in the measure of ``pair_tables.judge``, NaN where it is
    not good enough for a comparison.
    """
    values, trusted = [], []
    for m, mediator in x.tolist():
        rng = np.random.default_rng(zlib.crc32(np.array([m, mediator]).tobytes()))
        tally = Tally()
        for _ in range(BATCHES):
            add_batch(rng, EXPERIMENTS[label], m, mediator, tally)
        total, bins = tally.errors()
        error = np.concatenate([[total], np.repeat(bins.ravel(), len(MOMENTA))])
        values.append(components(tally.moments))
        trusted.append(np.where(error <= LARGEST, SIGMAS * error, np.nan))
    return np.array(values), np.array(trusted)
