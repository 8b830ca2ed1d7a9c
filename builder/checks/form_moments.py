"""Cumulative moments of form-factor weights by the double-exponential rule: decades in q, then steps of pi/R for a nucleus."""

from __future__ import annotations

import math

import numpy as np
from gloam.builder.checks.rules import pieces
from gloam.builder.checks.upscattered import charge_form
from gloam.tables.physics.nuclei.formfactors import nuclear_shape, target_mass

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ACCURACY = 1e-6
NUCLEAR_END, NUCLEON_END = 6.0, 1e3  # [GeV] of q


def weight(label: str, q: Array) -> Array:
    """Weight [1] of the target or product ``label`` at q [GeV]: F^2, D^2/(1 + tau), D D_A or D_A^2."""
    q2 = q * q
    dipole, axial = (1.0 + q2 / 0.843**2) ** -2, (1.0 + q2 / 1.02**2) ** -2
    if label in ("mixed", "axial"):
        return axial * (dipole if label == "mixed" else axial)
    if label in ("proton", "neutron"):
        return dipole**2 / (1.0 + q2 / (4.0 * target_mass(label) ** 2))
    return charge_form(q, label) ** 2


def moments(label: str, low: float, high: float, powers: range, mediator2: float, exponent: int) -> Array:
    """int dQ W Q^k/(Q + mediator^2)^exponent for every k of ``powers``, from q = ``low`` to ``high`` [GeV]."""
    if high <= low:
        return np.zeros(len(powers))
    start = low if low > 0.0 else 1e-5 * min(high, math.sqrt(mediator2) if exponent else high)  # of the panels in ln q
    edges = np.geomspace(start, high, max(2, math.ceil(3.0 * math.log10(high / start)) + 1))
    if label not in ("proton", "neutron", "mixed", "axial"):
        lobes = np.arange(1.0, high * nuclear_shape(label)[1] / math.pi) * math.pi / nuclear_shape(label)[1]
        edges = np.unique(np.concatenate([edges, lobes[lobes > start]]))
    q, step = pieces(edges if start == low else np.concatenate([[low], edges]))
    measure = step * 2.0 * q * weight(label, q) / (q * q + mediator2) ** exponent
    return np.array([np.sum(measure * q ** (2 * k)) for k in powers])


def cumulative(label: str, q: float, powers: range, mediator2: float, exponent: int) -> tuple[Array, Array]:
    """Moments below and above q [GeV]; nuclear tails end at 6 GeV, those of nucleons at 1000 GeV."""
    end = NUCLEON_END if label in ("proton", "neutron", "mixed", "axial") else max(NUCLEAR_END, math.sqrt(2.0) * q)
    return moments(label, 0.0, q, powers, mediator2, exponent), moments(label, q, end, powers, mediator2, exponent)
