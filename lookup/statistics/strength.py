"""Signal strength: the best one, test statistics, CLs, and the largest strength that is not excluded, observed and expected.

The strength mu >= 0 multiplies the predicted rates. q_mu = 2 [ln L(best mu) - ln L(mu)] for mu above the best one, else 0, and
its asymptotic distributions: G. Cowan, K. Cranmer, E. Gross, O. Vitells, Eur. Phys. J. C 71 (2011) 1554, arXiv:1007.1727,
equations 62 to 66. Two named choices exclude a strength at a confidence CL:

    delta-chi2: sqrt(q_mu) > z, z the one-sided quantile of CL;
    cls: CL_s+b/CL_b < 1 - CL  (A. L. Read, J. Phys. G 28 (2002) 2693).

Both are asymptotic. Where nothing was seen they are replaced by the exact Poisson probability, exp(-N), in which they agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from gloam.lookup import usage
from gloam.lookup.errors import BadParameter
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics.counting import ZeroEvents
from gloam.lookup.statistics.statistic import Statistic, Vector, call, flat
from numba import njit

METHODS = ("cls", "delta-chi2")
REFERENCES = {"cls": ("arXiv:1007.1727", "10.1088/0954-3899/28/10/313"), "delta-chi2": ("arXiv:1007.1727",)}
CLS, DELTA_CHI2 = range(2)
OBSERVED = math.nan  # in place of a band
BANDS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # [sigma] of the background that expected limits are given for
PRECISION = 1e-12  # relative width at which a bracket is closed
DOUBLINGS, HALVINGS = 400, 200


@njit
def normal_tail(z: float) -> float:
    """Probability of a standard normal variable above z."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@njit
def at_strength(where: int, numbers: Vector, rates: Vector, scale: float, pulls: Vector, mu: float) -> tuple[float, float]:
    """ln L and its derivative by the strength, at the strength ``mu``; ``where`` is the address of the statistic."""
    slope, total = np.empty(rates.size + pulls.size), 0.0
    value = call(where, mu * rates, scale, pulls, numbers, slope)
    for i in range(rates.size):
        if rates[i] != 0.0:
            total += slope[i] * rates[i]
    return value, total


@entry
def best_strength(where: int, numbers: Vector, rates: Vector, scale: float, pulls: Vector) -> float:
    """The strength >= 0 with the largest ln L: 0 where ln L does not rise from there."""
    start = at_strength(where, numbers, rates, scale, pulls, 0.0)
    if not start[1] > 0.0 or not np.any(rates > 0.0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(DOUBLINGS):
        if at_strength(where, numbers, rates, scale, pulls, high)[1] <= 0.0:
            break
        low, high = high, 2.0 * high
    for _ in range(DOUBLINGS if low == 0.0 else 0):
        if at_strength(where, numbers, rates, scale, pulls, 0.5 * high)[1] > 0.0:
            low = 0.5 * high
            break
        high *= 0.5
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if at_strength(where, numbers, rates, scale, pulls, middle)[1] > 0.0:
            low = middle
        else:
            high = middle
        if high - low <= PRECISION * high:
            break
    return 0.5 * (low + high)


@njit
def test_statistic(where: int, numbers: Vector, rates: Vector, scale: float, pulls: Vector, mu: float, best: float) -> float:
    """q_mu; ``best`` is the best strength."""
    if mu <= best:
        return 0.0
    top = at_strength(where, numbers, rates, scale, pulls, best)[0]
    return max(2.0 * (top - at_strength(where, numbers, rates, scale, pulls, mu)[0]), 0.0)


@njit
def tail_of(method: int, q: float, q_asimov: float, band: float) -> float:
    """What must fall below 1 - CL: CLs, or the tail above sqrt(q). A ``band`` [sigma] replaces q by what the background gives."""
    root = math.sqrt(q_asimov)
    if not math.isnan(band):
        signal = normal_tail(root - band)
        return signal / normal_tail(-band) if method == CLS else signal
    if method == DELTA_CHI2:
        return normal_tail(math.sqrt(q))
    if q <= q_asimov:
        return normal_tail(math.sqrt(q)) / normal_tail(math.sqrt(q) - root)
    signal, background = 0.5 * (q + q_asimov) / root, 0.5 * (q - q_asimov) / root
    return normal_tail(signal) / normal_tail(background) if root > 0.0 else 1.0


@entry
def tail_probability(
    where: int, both: Any, rates: Vector, scale: float, pulls: Vector, method: int, band: float, mu: float, best: float
) -> float:
    """:func:`tail_of` at the strength ``mu``; ``both`` are the numbers of the data and those of the Asimov set, two rows."""
    q_asimov = test_statistic(where, both[1], rates, scale, pulls, mu, 0.0)
    q = test_statistic(where, both[0], rates, scale, pulls, mu, best) if math.isnan(band) else 0.0
    return tail_of(method, q, q_asimov, band)


@entry
def largest_strength(
    where: int, both: Any, rates: Vector, scale: float, pulls: Vector, method: int, band: float, allowed: float
) -> float:
    """The strength above which the tail is below ``allowed`` = 1 - CL; inf where no strength is excluded."""
    best = best_strength(where, both[0], rates, scale, pulls) if math.isnan(band) else 0.0
    low, high = best, max(2.0 * best, 1.0)
    for _ in range(DOUBLINGS):
        if tail_probability(where, both, rates, scale, pulls, method, band, high, best) < allowed:
            break
        low, high = high, 2.0 * high
    if not high < math.inf or tail_probability(where, both, rates, scale, pulls, method, band, high, best) >= allowed:
        return math.inf
    for _ in range(DOUBLINGS if low == 0.0 else 0):
        if tail_probability(where, both, rates, scale, pulls, method, band, 0.5 * high, best) >= allowed:
            low = 0.5 * high
            break
        high *= 0.5
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if tail_probability(where, both, rates, scale, pulls, method, band, middle, best) >= allowed:
            low = middle
        else:
            high = middle
        if high - low <= PRECISION * high:
            break
    return 0.5 * (low + high)


@dataclass(frozen=True)
class Upper:
    """Largest strengths that are not excluded: ``observed``, and ``expected`` without signal at -2, -1, 0, 1, 2 sigma.

    The middle 68 and 95 % of repeated experiments lie between the second and fourth, and the first and fifth, of ``expected``.
    """

    observed: float
    expected: tuple[float, ...]
    method: str
    confidence: float
    words: str


def method_index(method: str) -> int:
    """Number of a method, which is noted as used.

    Raises
    ------
    BadParameter
    """
    if method not in METHODS:
        msg = f"method = {method!r} is not allowed: {' or '.join(METHODS)}"
        raise BadParameter(msg)
    usage.note("method", method, REFERENCES[method])
    return METHODS.index(method)


def checked_confidence(confidence: float) -> float:
    """``confidence``, if it is one.

    Raises
    ------
    BadParameter
    """
    if not (isinstance(confidence, int | float) and 0.5 < confidence < 1.0):
        msg = f"confidence = {confidence!r} is not allowed: above 0.5 and below 1 (0.95 for 95 %)"
        raise BadParameter(msg)
    return float(confidence)


def upper(statistic: Statistic, rates: Any, confidence: float = 0.9, method: str = "cls", scale: float = math.nan) -> Upper:
    """Largest strength of ``rates`` that the data leave, observed and expected.

    Parameters
    ----------
    statistic : Statistic
    rates : float or array, shape (bins,)
        Signal at strength 1, in the unit of the data.
    confidence : float
        Above 0.5, below 1.
    method : "cls" or "delta-chi2"
    scale : float
        The excluded rate, of a published curve.

    Raises
    ------
    BadParameter
    """
    kind, allowed = method_index(method), 1.0 - checked_confidence(confidence)
    signal, where = flat(rates), statistic.address()
    words = f"{method}, asymptotic" + (f"; {statistic.approximation}" if statistic.approximation else "")
    if isinstance(statistic, ZeroEvents):
        exact = -math.log(allowed) / float(signal.sum()) if signal.sum() > 0.0 else math.inf
        return Upper(exact, (exact,) * 5, method, confidence, "no event: exact Poisson probability exp(-N)")
    both = np.stack([statistic.numbers, statistic.expected().numbers])
    pulls = np.full(len(statistic.nuisances), math.nan)
    found = [largest_strength(where, both, signal, float(scale), pulls, kind, band, allowed) for band in (OBSERVED, *BANDS)]
    return Upper(found[0], tuple(found[1:]), method, confidence, words)


def quantile(confidence: float) -> float:
    """One-sided quantile [sigma] of a confidence."""
    return NormalDist().inv_cdf(confidence)
