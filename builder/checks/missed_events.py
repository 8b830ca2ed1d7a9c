"""P_missed of the BaBar tables by plain Monte Carlo (`babar_monte_carlo`), all lifetimes from the same events."""

from __future__ import annotations

import zlib

import numpy as np
from gloam.builder.checks import babar_monte_carlo as events
from gloam.tables.physics.dark_photons.missed_grid import FLOOR, LENGTHS

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

EVENTS = 20_000
SIGMAS = 5.0  # standard deviations within which the average is trusted
FEW = 10.0  # and events


def path_to_surface(vector: Array) -> Array:
    """Distance [m] from the origin to the end of the volume along four-vectors (n, 4): barrel or end caps."""
    unit = vector[:, 1:] / np.linalg.norm(vector[:, 1:], axis=1)[:, np.newaxis]
    with np.errstate(divide="ignore"):
        barrel = 1.375 / np.hypot(unit[:, 0], unit[:, 1])
        caps = np.where(unit[:, 2] > 0.0, 2.3, 1.5) / np.abs(unit[:, 2])
    path: Array = np.minimum(barrel, caps)
    return path


def missed(m_Ap: float, masses: tuple[float, float], legs: int, axial: bool, threshold: float, seed: int) -> tuple[Array, Array]:
    """P_missed [1] at every lambda of ``LENGTHS`` and its standard deviation; masses = (m_1, m_2) [GeV], ``legs`` psi_2."""
    rng = np.random.default_rng(seed)
    lower, upper = masses
    c = events.photons(rng, EVENTS, m_Ap)
    count = len(c)
    momentum = (events.ROOT_S**2 - m_Ap**2) / (2.0 * events.ROOT_S)
    sine, azimuth = np.sqrt(1.0 - c**2), rng.uniform(0.0, 2.0 * np.pi, count)
    direction = -np.column_stack([sine * np.cos(azimuth), sine * np.sin(azimuth), c])
    mediator = np.column_stack([np.full(count, events.ROOT_S - momentum), momentum * direction])
    mediator = events.boosted(mediator, np.tile([0.0, 0.0, events.BETA], (count, 1)))
    other = np.full(count, upper if legs == 2 else lower)
    vectors = events.two_body(rng, mediator, np.full(count, m_Ap), np.full(count, upper), other)
    share = np.ones((count, len(LENGTHS)))
    electron = np.full(count, events.MASSES["e"])
    for vector in vectors[:legs]:
        q = events.pair_masses(rng, count, upper, lower, m_Ap, events.MASSES["e"], axial)
        pair, _ = events.two_body(rng, vector, np.full(count, upper), q, np.full(count, lower))
        tracks = events.two_body(rng, pair, q, electron, electron)
        size = np.linalg.norm(vector[:, 1:], axis=1)
        length = path_to_surface(vector) * events.ROOT_S / (4.0 * size)
        inside = -np.expm1(-length[:, np.newaxis] / LENGTHS)
        share *= 1.0 - events.seen(*tracks, threshold, muons=False)[:, np.newaxis] * inside
    return share.mean(axis=0), share.std(axis=0) / np.sqrt(count)


def check(legs: int, label: str, x: Array) -> tuple[Array, Array]:
    """P_missed + FLOOR at x = (m_Ap [GeV], r, Delta), vector then axial, and its relative accuracy."""
    threshold = 1e-3 * float(label.removesuffix("MeV"))
    values, spread = np.empty((2, len(x), 2 * len(LENGTHS)))
    for p, (m_Ap, r, delta) in enumerate(x.tolist()):
        masses = (r * m_Ap, r * m_Ap * (1.0 + delta))
        seed = zlib.crc32(np.array([m_Ap, r, delta, threshold]).tobytes())
        rows = [missed(m_Ap, masses, legs, axial, threshold, seed) for axial in (False, True)]
        values[p], spread[p] = (np.concatenate([row[i] for row in rows]) for i in range(2))
    values += FLOOR
    return values, (SIGMAS * spread + FEW / EVENTS) / values
