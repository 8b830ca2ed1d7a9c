"""Brute-force Monte Carlo of e+e- -> gamma A' at BaBar with four-vectors: numpy only, nothing of gloam.

Facts and definitions are repeated here on purpose. Every event is generated: photon by rejection, two-body decays
isotropic, q^2 by rejection on the spectrum, exponential decay positions, indicator of every cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROOT_S, BETA = 10.58, 5.9 / 12.1
MASSES = {"e": 0.51099895e-3, "mu": 0.1056583755}


def boosted(vector: Array, velocity: Array) -> Array:
    """Four-vectors (n, 4) = (E, p) boosted by the velocities (n, 3)."""
    square = np.sum(velocity**2, axis=1)
    gamma = 1.0 / np.sqrt(1.0 - square)
    along = np.sum(velocity * vector[:, 1:], axis=1)
    factor = np.divide(gamma - 1.0, square, out=np.full_like(square, 0.5), where=square > 1e-12)
    momentum = vector[:, 1:] + (factor * along + gamma * vector[:, 0])[:, None] * velocity
    return np.column_stack([gamma * (vector[:, 0] + along), momentum])


def directions(rng: np.random.Generator, count: int) -> Array:
    """Isotropic unit vectors (count, 3)."""
    vectors = rng.normal(size=(count, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, None])


def two_body(rng: np.random.Generator, parent: Array, mass: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """Both daughters, masses ``first`` and ``second`` (n,), of parents (n, 4) of ``mass`` (n,)."""
    energy = (mass**2 + first**2 - second**2) / (2.0 * mass)
    momentum = np.sqrt(np.maximum(energy**2 - first**2, 0.0))[:, None] * directions(rng, len(parent))
    velocity = parent[:, 1:] / parent[:, :1]
    return (
        boosted(np.column_stack([energy, momentum]), velocity),
        boosted(np.column_stack([mass - energy, -momentum]), velocity),
    )


def photons(rng: np.random.Generator, count: int, m_Ap: float) -> Array:
    """cos theta* of the photon inside 0.6, by rejection."""
    x = m_Ap**2 / ROOT_S**2
    width = 4.0 * x / (1.0 - x) ** 2

    def density(c: Array) -> Array:
        return np.asarray((1.0 + c**2 + width) / (1.0 - c**2))

    c = rng.uniform(-0.6, 0.6, 3 * count)
    return c[rng.uniform(0.0, density(np.array([0.6]))[0], c.size) < density(c)][:count]


def pair_masses(
    rng: np.random.Generator, count: int, upper: float, lower: float, m_Ap: float, lepton: float, axial: bool
) -> Array:
    """q [GeV] of the pair, by rejection in ln q^2 on the spectrum of a vector or axial transition."""
    d2, s2, low = (upper - lower) ** 2, (upper + lower) ** 2, 4.0 * lepton**2

    def density(q2: Array) -> Array:
        if axial:
            shape = (d2 - q2) ** 0.5 * (s2 - q2) ** 1.5 * (d2 + 2.0 * q2)
        else:
            shape = (d2 - q2) ** 1.5 * (s2 - q2) ** 0.5 * (s2 + 2.0 * q2)
        return np.asarray(shape * (1.0 + 0.5 * low / q2) * np.sqrt(1.0 - low / q2) * q2 / (q2 - m_Ap**2) ** 2)

    grid = np.exp(np.linspace(np.log(low), np.log(d2), 20001)[1:-1])
    top = 1.02 * density(grid).max()
    found = np.empty(0)
    while found.size < count:
        q2 = np.exp(rng.uniform(np.log(low), np.log(d2), 4 * count))
        q2 = np.minimum(q2, d2)
        found = np.concatenate([found, q2[rng.uniform(0.0, top, q2.size) < density(q2)]])
    return np.asarray(np.sqrt(found[:count]))


def seen(plus: Array, minus: Array, threshold: float, muons: bool) -> NDArray[np.bool_]:
    """Whether any track of a pair is seen."""
    sizes = [np.linalg.norm(track[:, 1:], axis=1) for track in (plus, minus)]
    polar = [np.degrees(np.arccos(np.clip(t[:, 3] / p, -1.0, 1.0))) for t, p in zip((plus, minus), sizes, strict=True)]
    angle = [(17.0 < theta) & (theta < 142.0) for theta in polar]
    cut = [p if muons else t[:, 0] for t, p in zip((plus, minus), sizes, strict=True)]
    cosine = np.sum(plus[:, 1:] * minus[:, 1:], axis=1) / (sizes[0] * sizes[1])
    merged = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))) < 10.0
    pair = plus + minus
    total = np.linalg.norm(pair[:, 1:], axis=1) if muons else pair[:, 0]
    apart = (angle[0] & (cut[0] > threshold)) | (angle[1] & (cut[1] > threshold))
    return np.where(merged, (angle[0] | angle[1]) & (total > threshold), apart)


@dataclass(frozen=True)
class Step:
    """A decay psi -> psi' l l: mass of psi', c_tau [m] of psi, pair ("e" or "mu"), nature, and what psi' does next."""

    lower: float
    c_tau: float
    pair: str
    axial: bool
    then: Step | None = None


def inside(place: Array) -> NDArray[np.bool_]:
    """Whether points (n, 3) [m] lie in the volume."""
    return (np.hypot(place[:, 0], place[:, 1]) < 1.375) & (place[:, 2] > -1.5) & (place[:, 2] < 2.3)


def leg_seen(
    rng: np.random.Generator, vector: Array, upper: float, place: Array, m_Ap: float, step: Step | None, threshold: float
) -> NDArray[np.bool_]:
    """Whether anything of a psi of mass ``upper`` that starts at ``place`` is seen."""
    if step is None:
        return np.zeros(len(vector), dtype=bool)
    count, lepton = len(vector), MASSES[step.pair]
    place = place + rng.exponential(step.c_tau, count)[:, None] * vector[:, 1:] / upper
    q = pair_masses(rng, count, upper, step.lower, m_Ap, lepton, step.axial)
    pair, rest = two_body(rng, vector, np.full(count, upper), q, np.full(count, step.lower))
    plus, minus = two_body(rng, pair, q, np.full(count, lepton), np.full(count, lepton))
    found = inside(place) & seen(plus, minus, threshold, step.pair == "mu")
    return found | leg_seen(rng, rest, step.lower, place, m_Ap, step.then, threshold)


def missed_share(
    m_Ap: float, first: tuple[float, Step | None], second: tuple[float, Step | None], threshold: float, count: int, seed: int
) -> tuple[float, float]:
    """P_missed of A' -> two legs (mass, decay) and its statistical error."""
    rng = np.random.default_rng(seed)
    missed, done = 0, 0
    while done < count:
        c = photons(rng, 200_000, m_Ap)
        n = len(c)
        momentum = (ROOT_S**2 - m_Ap**2) / (2.0 * ROOT_S)
        azimuth = rng.uniform(0.0, 2.0 * np.pi, n)
        sine = np.sqrt(1.0 - c**2)
        direction = -np.column_stack([sine * np.cos(azimuth), sine * np.sin(azimuth), c])
        mediator = np.column_stack([np.full(n, ROOT_S - momentum), momentum * direction])
        mediator = boosted(mediator, np.tile([0.0, 0.0, BETA], (n, 1)))
        legs = two_body(rng, mediator, np.full(n, m_Ap), np.full(n, first[0]), np.full(n, second[0]))
        found = np.zeros(n, dtype=bool)
        for vector, (mass, step) in zip(legs, (first, second), strict=True):
            found |= leg_seen(rng, vector, mass, np.zeros((n, 3)), m_Ap, step, threshold)
        missed += int(n - np.count_nonzero(found))
        done += n
    share = missed / done
    return share, float(np.sqrt(max(share * (1.0 - share), 1.0 / done) / done))
