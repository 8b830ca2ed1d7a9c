"""Upscattering folded with a flux the plain way: integrals over Q = Q^2 inside, over the neutrino energy outside.

The kernels of `tables/physics/neutral_leptons/fluxaverage.py` and `momentum.py` integrate over Q, the first with flux moments
that are closed
forms. Here the energy is the outer variable: between the knots of the flux, E = E_th + s^2 with points in s; inside, Q from
its smallest to its largest value in asinh(sqrt(Q)/b), on double-exponential points for nucleons and Clenshaw-Curtis ones for
nuclei. Brackets, form factors and propagators are written again, from h = k1.k3 = (m^2 + Q)/2, y = k1.P = 2ME - h:

    vector  R [2y^2 - (4M^2 + Q) h] + G_M^2 h (2Q - m^2) + G_A^2 [2y^2 + h (Q - m^2 + 4M^2)] + s G_M G_A 4 Q y
    scalar  F^2 (4M^2 + Q) h,       dipole  4 pi alpha {R [2 Q y^2 - (4M^2 + Q) m^2 h] + G_M^2 Q h (2m^2 - Q)}/Q^2
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from gloam.builder.checks.rules import clenshaw_curtis, gauss_legendre, pieces
from gloam.tables.constants import ALPHA, Z_MASS
from gloam.tables.experiments.beams import BEAMS
from gloam.tables.experiments.experiment import Experiment, flux_knots
from gloam.tables.physics.nuclei.formfactors import nuclear_shape, target_mass

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

TARGETS = ("nucleus", "proton", "neutron")
SIN2_THETA_W = 0.23121  # [1] MS-bar at m_Z (PDG)
GEV2_CM2 = 3.893793721e-28  # [GeV^2 cm^2] (hbar c)^2
COHERENT_END = 1.5  # [GeV] q of a nucleus beyond which the coherent weight is left out
ORDER_NUCLEUS = 208  # of the rule in Q, with the oscillations of a form factor
ENERGIES, NEAR_ENERGIES, NEAR = 4, 8, 8  # points between two knots, and in the NEAR intervals next to a singular energy
WIDEST, WIDEST_SHARE = 0.05, 0.025  # [GeV], [1] of the energy: wider intervals are divided
ACCURACY, DECAY_ACCURACY = 3e-6, 2e-5  # [1] of this evaluation: rates, and probabilities to decay
INSIDE = 1.2  # [1] t = ln[(2R/c_tau) m/p_0] where s is 1/2 in the tables of decay probabilities
SCALE = 0.25  # [GeV] p_0 - m
LIFETIMES = 16  # steps of s


@functools.cache
def flux_curves(experiment: Experiment) -> tuple[Array, Array]:
    """Knots [GeV] of all projectiles, and the flux there [/cm^2/GeV/POT], shape (projectiles, knots)."""
    curves = [flux_knots(experiment, projectile) for projectile in experiment.projectiles]
    knots = np.unique(np.concatenate([energies for energies, _ in curves]))
    return knots, np.array([np.interp(knots, energies, values, left=0.0, right=0.0) for energies, values in curves])


def charge_form(q: Array, isotope: str) -> Array:
    """Fourier-Bessel charge form factor [1] at q [GeV], term by term; off a pole qR = n pi by 1e-7 at least."""
    shape = nuclear_shape(isotope)
    y = q * shape[1]
    near = np.rint(y / math.pi)
    y = np.where((np.abs(y - near * math.pi) < 1e-7) & (near > 0.0), near * math.pi + 1e-7, y)
    total = np.zeros_like(y)
    for n, coefficient in enumerate(shape[2:], start=1):
        total += coefficient / ((n * math.pi) ** 2 - y * y)
    form: Array = total * np.sin(y) / y
    return form


def nucleon_structure(exchange: str, proton: bool, q2: Array, mass: float) -> tuple[Array, Array, Array, Array]:
    """R, G_M^2, G_A^2 and G_M G_A [1] of a free nucleon, half of the cross terms for "interference"."""
    dipole, axial = (1.0 + q2 / 0.843**2) ** -2, 0.5 * 1.26 * (1.0 + q2 / 1.02**2) ** -2
    none = np.zeros_like(q2)
    if exchange == "scalar":
        return dipole**2, none, none, none
    g_e, g_m = (dipole, 2.792 * dipole) if proton else (none, -1.913 * dipole)
    other_e, other_m = (none, -1.913 * dipole) if proton else (dipole, 2.792 * dipole)
    weak = 0.5 - 2.0 * SIN2_THETA_W
    z_e, z_m = weak * g_e - 0.5 * other_e, weak * g_m - 0.5 * other_m
    g_a = axial if proton else -axial
    tau = q2 / (4.0 * mass * mass)
    if exchange == "z":
        return (z_e**2 + tau * z_m**2) / (1.0 + tau), z_m**2, g_a**2, z_m * g_a
    if exchange == "interference":
        return (g_e * z_e + tau * g_m * z_m) / (1.0 + tau), g_m * z_m, none, 0.5 * g_m * g_a
    return (g_e**2 + tau * g_m**2) / (1.0 + tau), g_m**2, none, none


@dataclass(frozen=True)
class Scattering:
    """nu + target -> N + target through one exchange: "vector", "interference", "z", "scalar" or "dipole"."""

    exchange: str
    target: str
    isotope: str
    m: float
    mediator: float

    @property
    def mass(self) -> float:
        """Mass of the target [GeV]."""
        return target_mass(self.isotope if self.target == "nucleus" else self.target)

    @property
    def threshold(self) -> float:
        """Smallest neutrino energy [GeV]: ((m + M)^2 - M^2)/(2M)."""
        return self.m + self.m**2 / (2.0 * self.mass)

    def points(self, energy: Array) -> tuple[Array, Array, Array, Array]:
        """Q [GeV^2] and d sigma/dQ times the weight of the rule [cm^2], vector-vector and vector-axial: (energies, points)."""
        mass, m2 = self.mass, self.m**2
        x = 2.0 * mass * energy
        s = mass**2 + x
        root = 2.0 * mass * np.sqrt((energy - self.threshold) * (energy - self.threshold + 2.0 * self.m))
        high = (x * x - m2 * (s + mass**2) + x * root) / (2.0 * s)
        low = mass**2 * m2 * m2 / (s * high)
        if self.target == "nucleus":
            high = np.minimum(high, np.maximum(COHERENT_END**2, 1.5 * low.min()))
            high = np.maximum(high, low)
        nodes, weights = clenshaw_curtis(ORDER_NUCLEUS) if self.target == "nucleus" else pieces((0.0, 1.0))
        b = {"dipole": 0.02 * self.m**2, "z": 0.05}.get(self.exchange, min(self.mediator, 0.05))
        first, last = np.arcsinh(np.sqrt(low) / b)[:, None], np.arcsinh(np.sqrt(high) / b)[:, None]
        angle = first + (last - first) * nodes
        q = b * np.sinh(angle)
        q2 = q * q
        factor = weights * (last - first) * 2.0 * q * b * np.cosh(angle)
        plain, odd = self.brackets(q2, x[:, None])
        factor *= GEV2_CM2 / (8.0 * math.pi) / (x * x)[:, None] * self.propagators(q2)
        return q2, plain * factor, odd * factor, energy[:, None] - q2 / (2.0 * mass)

    def brackets(self, q2: Array, x: Array) -> tuple[Array, Array]:
        """Helicity sums of the brackets [GeV^4]: what neutrinos and antineutrinos share, and what changes its sign."""
        mass, m2 = self.mass, self.m**2
        h = 0.5 * (m2 + q2)
        y = x - h
        if self.target == "nucleus":
            r = charge_form(np.sqrt(q2), self.isotope) ** 2
            magnetic = axial = mixed = np.zeros_like(q2)
            magnetic = magnetic if self.exchange == "scalar" else r
        else:
            r, magnetic, axial, mixed = nucleon_structure(self.exchange, self.target == "proton", q2, mass)
        recoil = 4.0 * mass**2 + q2
        if self.exchange == "scalar":
            return r * recoil * h, np.zeros_like(q2)
        if self.exchange == "dipole":
            electric = r * (2.0 * q2 * y * y - recoil * m2 * h) + magnetic * q2 * h * (2.0 * m2 - q2)
            return 4.0 * math.pi * ALPHA * electric / q2**2, np.zeros_like(q2)
        plain = r * (2.0 * y * y - recoil * h) + magnetic * h * (2.0 * q2 - m2)
        plain += axial * (2.0 * y * y + h * (q2 - m2 + 4.0 * mass**2))
        return plain, 4.0 * mixed * q2 * y

    def propagators(self, q2: Array) -> Any:
        """Product of two propagators [GeV^-4]; 1 for the photon, whose 1/Q^2 is in the bracket."""
        z, mediator = q2 + Z_MASS**2, q2 + self.mediator**2
        return {"dipole": 1.0, "z": z**-2, "interference": 1.0 / (z * mediator)}.get(self.exchange, mediator**-2)

    def energies(self, knots: Array) -> Iterator[tuple[Array, Array]]:
        """Energies [GeV] and weights [GeV] of the rule, one block for every interval of the flux above threshold.

        Also an end: E = m + m^2/(2 (M - m)), at which N may be left at rest.
        """
        rest = self.m + self.m**2 / (2.0 * (self.mass - self.m)) if self.m < self.mass else math.inf
        above = knots[knots > self.threshold]
        ends = np.unique([self.threshold, *above, *([rest] if above.size and rest < above[-1] else [])])
        steps = [math.ceil((b - a) / max(WIDEST, WIDEST_SHARE * a) - 1e-6) for a, b in pairwise(ends.tolist())]
        ends = np.unique([*ends, *(x for n, (a, b) in zip(steps, pairwise(ends), strict=True) for x in np.linspace(a, b, n + 1))])
        for low, high in pairwise(ends.tolist()):
            near = low - self.threshold < NEAR * (high - low) or rest in (low, high)
            nodes, weights = gauss_legendre(NEAR_ENERGIES if near else ENERGIES)
            first, last = math.sqrt(low - self.threshold), math.sqrt(high - self.threshold)
            s = first + (last - first) * nodes
            yield self.threshold + s * s, weights * (last - first) * 2.0 * s

    def weighted_energies(self, experiment: Experiment) -> tuple[Array, Array]:
        """All energies [GeV], and flux times weight there [/cm^2/POT], shape (projectiles, energies)."""
        knots, flux = flux_curves(experiment)
        blocks = list(self.energies(knots))
        if not blocks:
            return np.empty(0), np.empty((len(experiment.projectiles), 0))
        energy, weight = (np.concatenate([block[i] for block in blocks]) for i in range(2))
        return energy, np.array([np.interp(energy, knots, row) for row in flux]) * weight

    def decay_logits(self, experiment: Experiment, combined: bool) -> list[Array]:
        """logit <P> - t for the sums of ``combined`` fluxes (vector-vector), and their differences (vector-axial, if any).

        Combined are neutrinos and antineutrinos of a flavour, or nothing. Shape (beams, LIFETIMES) each;
        p^2 = E_N^2 - m^2 with E_N = E - Q/(2M).
        """
        energy, flux = self.weighted_energies(experiment)
        _, plain, odd, total = self.points(energy)
        slow = (self.m + SCALE) / np.sqrt(np.maximum((total - self.m) * (total + self.m), 1e-18))
        s = np.arange(1, LIFETIMES - 1) / (LIFETIMES - 1)
        inside = [inside_sphere(math.exp(INSIDE) * (v / (1.0 - v)) ** 2 * slow) for v in s]
        factors = (np.ones_like(slow), slow, *inside, *(1.0 - f for f in inside), 1.0 / slow)
        shift = INSIDE + 2.0 * np.log(s / (1.0 - s))
        found = []
        for measure, sign in ((plain, 1.0), (odd, -1.0)) if odd.any() else ((plain, 1.0),):
            beams = flux[::2] + sign * flux[1::2] if combined else flux
            means = [beams @ (measure * f).sum(axis=1) for f in factors]
            share = np.array(means[1:]) / means[0]
            middle = np.log(share[1 : LIFETIMES - 1] / share[LIFETIMES - 1 : -1]) - shift[:, np.newaxis]
            found.append(np.vstack([np.log(0.375 * share[:1]), middle, -np.log(1.5 * share[-1:])]).T)
        return found

    def rates(self, experiment: Experiment) -> Array:
        """int phi sigma dE per unit couplings [1/POT], (vector-vector, vector-axial) for every projectile."""
        energy, flux = self.weighted_energies(experiment)
        _, plain, odd, _ = self.points(energy)
        folded: Array = np.stack([flux @ plain.sum(axis=1), flux @ odd.sum(axis=1)])
        return folded


def rates(exchange: str, names: tuple[str, ...], beam: tuple[Experiment, str], x: Array) -> tuple[Array, float]:
    """Values [1/POT] at x = (m_N, m_mediator or nothing) [GeV] for components "projectile/target" and "... vector-axial"."""
    experiment, isotope = beam
    out = np.empty((len(x), len(names)))
    for p, inputs in enumerate(x):
        found = {target: Scattering(exchange, target, isotope, inputs[0], inputs[-1]).rates(experiment) for target in TARGETS}
        for c, name in enumerate(names):
            projectile, part = name.split("/")
            target, _, odd = part.partition(" ")
            out[p, c] = found[target][1 if odd else 0, experiment.projectiles.index(projectile)]
    return out, ACCURACY


def inside_sphere(y: Array) -> Array:
    """Probability [1] to decay in a sphere whose diameter is y decay lengths, from a uniform point in any direction.

    The mean of 1 - e^(-s/lambda) over the density 3/(4R) [1 - s^2/(4R^2)] of the distance s to the surface.
    """
    series = np.zeros_like(y)
    small = np.minimum(y, 1.0)
    for n in range(22, 3, -1):
        series = -small * series + 3.0 * (n - 1) / math.factorial(n)
    large = np.maximum(y, 1.0)
    closed = 1.0 - 1.5 / large + 3.0 / large**3 * (1.0 - (1.0 + large) * np.exp(-large))
    return np.where(y < 1.0, series * small, closed)


def logits(exchange: str, names: tuple[str, ...], x: Array, beam: tuple[Experiment, str] | None = None) -> tuple[Array, float]:
    """logit <P> - t in MiniBooNE at x = (m_N, m_mediator or nothing) [GeV] for components "flavour/part/s=...".

    With a ``beam``, an experiment and one of its nuclei, in a sphere there and for components "species/part/s=...".
    """
    experiment, isotope = beam or BEAMS["miniboone-fhc"]
    parts = list(dict.fromkeys(name.split("/")[1] for name in names))
    out = np.empty((len(x), len(names)))
    for p, inputs in enumerate(x):
        found: dict[str, Array] = {}
        for target in TARGETS:
            scattering = Scattering(exchange, target, isotope, inputs[0], inputs[-1])
            kinds = (target, f"{target} vector-axial")
            found |= dict(zip(kinds, scattering.decay_logits(experiment, beam is None), strict=False))
        out[p] = np.stack([found[part] for part in parts], axis=1).ravel()
    return out, DECAY_ACCURACY
