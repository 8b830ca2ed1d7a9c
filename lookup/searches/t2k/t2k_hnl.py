"""T2K (ND280, 2019): decays of heavy neutral leptons from kaons in the gas chambers, from the data release itself.

N = sum_ab U2_a U2_b T_ab(m_N) S_a for any three mixings, 140 to 490 MeV: K -> e N, mu N and the decays mu pi, e pi, mu mu nu,
e e nu, e mu nu in ten channels, no event seen (`physics/neutral_leptons/released_decays.py`: how the release is interpolated).
S_a = exp(-y h), y = 280 m x m_N/c_tau, is the loss by a short lifetime (table `t2k-flight`), 1 for weak decays inside any
limit, so that further widths (new forces) are exact in c_tau; the efficiencies stay those of long lives. The release is for a
Majorana N; a Dirac N has half of every number.

statistic: poisson (default; profile -2 ln L > 2 ln 10, that is N > 2.303 for a known normalisation), feldman-cousins (N > 2.44)
or bayesian (flat in the mixings scaled together, 90 % of the posterior: N > 1.353), which is the official one: with the released
rows and nuisance=none it gives the published profiled limits within 2 % (mu) and 2 +- 3 % (e). nuisance: none, flux (15 %,
default), or full, flux and efficiencies with all correlations, folded into six numbers. rows: as released, where the
l+ pi- rows carry the two-body bracket with m_l and m_pi interchanged, or corrected.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.lookup.vocabulary import C_TAU, CHARGE_STATES, HNL_SLOTS, M_N, SILENT, U2_E, WIDTH_CHANNEL, Option, Search
from gloam.tables.experiments import t2k
from gloam.tables.numerics.memory import pointer, scratch, shifted
from gloam.tables.physics.neutral_leptons import mixing_limits, released_decays
from gloam.tables.physics.neutral_leptons.exclusive_widths import NU_EMU
from gloam.tables.physics.neutral_leptons.released_decays import COUNT, FIRST, LAST, PAIRS, RELEASE, STEP
from gloam.tables.recipes.neutral_leptons.t2k_flight import FASTEST, LONGEST, SHORTEST
from numba import njit
from numpy.typing import NDArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

CHOICES = (
    Option("statistic", ("poisson", "feldman-cousins", "bayesian"), "poisson", "what 90 % means, see the description"),
    Option("nuisance", ("none", "flux", "full"), "flux", "what is uncertain: nothing, the flux (15 %), flux and efficiencies"),
    Option("rows", ("released", "corrected"), "released", "l+ pi- rows as released, or with the right two-body bracket"),
)
CONFIDENCE = 0.9

TRIANGLE = PAIRS * (PAIRS + 1) // 2
COVARIANCE_AT = RELEASE  # in CONSTANTS: as released, then corrected, 36 masses x TRIANGLE each
LIMITS_AT = RELEASE + 2 * COUNT * TRIANGLE
STATISTIC_AT = LIMITS_AT + mixing_limits.SIGMAS
NUISANCE_AT, ROWS_AT = STATISTIC_AT + 1, STATISTIC_AT + 2
POISSON, FELDMAN_COUSINS, BAYESIAN = range(3)
NONE, FLUX, FULL = range(3)
STABLE = 1e-7  # [GeV] y below which nothing is lost
SLOWEST = 0.1  # [GeV] 1/h is never below it
INTERPOLATION = 1e-2  # [1] bound of the error between released masses: a quarter of that with every second mass left out
WORDS = {
    "poisson": "profile -2 ln L > 2 ln 10 (N > 2.303)",
    "feldman-cousins": "profile -2 ln L > 4.88 (N > 2.44, Feldman-Cousins)",
    "bayesian": "90 % of a posterior flat in the mixings scaled together (N > 1.353), the official statistic",
}
UNCERTAIN = {"none": "nothing uncertain", "flux": "flux uncertain by 15 %", "full": "flux and efficiencies uncertain, correlated"}


@entry
def _fill_divided(accepted: Any, reference: Any, logarithms: Any, weights: Any) -> None:
    released_decays.fill_divided(accepted, reference, logarithms, weights)


@functools.cache
def _constants() -> tuple[float, ...]:
    """The release as compiled code reads it, its covariances, and the Bayesian limits by uncertainty."""
    logarithms, weights = np.empty((COUNT, 2, 2)), np.empty((COUNT, 2, released_decays.DECAYS))
    reference = np.column_stack([t2k.decays(11), t2k.decays(10)])  # e e nu of other flavours through K -> e N, K -> mu N
    _fill_divided(np.ascontiguousarray(t2k.accepted()), reference, logarithms, weights)
    covariances: list[NDArray[np.float64]] = [t2k.relative_covariance(corrected).ravel() for corrected in (False, True)]
    block = released_decays.release_block(logarithms, weights)
    return tuple(np.concatenate([block, *covariances, mixing_limits.bayesian_limits()]).tolist())


def statement(options: dict[str, Any]) -> tuple[str, float]:
    """What a limit of these options rests on, and its confidence level [1]."""
    rows = "rows as released" if options["rows"] == "released" else "l+ pi- rows corrected"
    return f"no event in ten channels: {WORDS[options['statistic']]}; {UNCERTAIN[options['nuisance']]}; {rows}", CONFIDENCE


@njit
def expected(slots: Vector, options: Vector, out: Vector) -> None:
    """Long-lived events of the six products of mixings into ``out`` (PAIRS,), for the nature of N."""
    total = slots[U2_E] + slots[U2_E + 1]
    unlike = slots[WIDTH_CHANNEL + NU_EMU] / (slots[CHARGE_STATES] * total) if total > 0.0 else 0.0
    mixings = shifted(slots, U2_E)
    released_decays.released_events(slots[M_N], mixings, unlike, options[ROWS_AT] == 1.0, pointer(options), out)
    for j in range(PAIRS):
        out[j] *= 0.5 * slots[CHARGE_STATES]


@njit
def relative_variance(m_N: float, events: Vector, options: Vector) -> float:
    """Relative variance [1] of the sum of ``events`` (PAIRS,) with all correlations of the release."""
    place = (m_N - FIRST) / STEP
    i = min(max(int(place), 0), COUNT - 2)
    part = place - i
    at = COVARIANCE_AT + (int(options[ROWS_AT]) * COUNT + i) * TRIANGLE
    variance = total = 0.0
    for j in range(PAIRS):
        total += events[j]
        for k in range(j, PAIRS):
            relative = options[at] + part * (options[at + TRIANGLE] - options[at])
            variance += (1.0 if j == k else 2.0) * relative * events[j] * events[k]
            at += 1
    return variance / (total * total) if total > 0.0 else 0.0


@njit
def _survival(slots: Vector, a: int, blob: Vector, block: int) -> tuple[float, float, int]:
    """(exp(-y h) of N from K -> e N (a = 0) or mu N, its relative error, status of the table)."""
    y = t2k.BASELINE * slots[M_N] / slots[C_TAU]
    if y < STABLE:
        return 1.0, y / SLOWEST, 0
    if y > SHORTEST:
        return 0.0, 0.0, 0
    x, out, work = scratch(2), scratch(1), scratch(WORK)
    x[0], x[1] = min(math.exp(released_decays.log_boost(slots[M_N], a)), FASTEST), max(y, LONGEST)
    status = values_at(blob, block, x, work, out)
    if status != 0:
        return 0.0, 0.0, status
    return math.exp(-y * out[0]), y * out[0] * error_of(blob, block, work, 0), 0


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = expected events [1], error[0] its bound. Returns 0, SILENT outside the release, or the status of a table."""
    if not FIRST <= slots[M_N] <= LAST:
        return SILENT
    events = scratch(PAIRS)
    expected(slots, options, events)
    out[0] = error[0] = 0.0
    for a in range(2):
        part = events[3 * a] + events[3 * a + 1] + events[3 * a + 2]
        if part == 0.0:
            continue
        survival, relative, status = _survival(slots, a, blob, offsets[a])
        if status != 0:
            return 16 * a + status
        out[0] += survival * part
        error[0] += survival * part * (relative + INTERPOLATION)
    return 0


@entry
def threshold(slots: Vector, options: Vector) -> float:
    """Expected events [1] above which a point is excluded."""
    sigma = t2k.FLUX_ERROR
    if options[NUISANCE_AT] == NONE:
        sigma = 0.0
    elif options[NUISANCE_AT] == FULL and FIRST <= slots[M_N] <= LAST:
        events = scratch(PAIRS)
        expected(slots, options, events)
        sigma = math.sqrt(relative_variance(slots[M_N], events, options))
    if options[STATISTIC_AT] == BAYESIAN:
        return mixing_limits.limit_between(options[LIMITS_AT : LIMITS_AT + mixing_limits.SIGMAS], sigma)
    drop = mixing_limits.POISSON if options[STATISTIC_AT] == POISSON else mixing_limits.FELDMAN_COUSINS
    return mixing_limits.profile_limit(sigma, drop)


SEARCH = Search(
    name="t2k-hnl",
    title="T2K (ND280, 2019): decays in flight of heavy neutral leptons from kaons",
    tables=(("t2k-flight", "electron"), ("t2k-flight", "muon")),
    reads=("m_N", "c_tau", *HNL_SLOTS),
    choices=CHOICES,
    unit="events",
    bins=("all channels",),
    statistic="no event in ten channels: profile -2 ln L > 2 ln 10 (N > 2.303), flux uncertain by 15 %",
    confidence=CONFIDENCE,
    no_information="the release of T2K covers 0.14 to 0.49 GeV",
    references=t2k.REFERENCES,
    external=(0.05, "what reproduces the published limits and contours of T2K"),
    predict=predict,
    threshold=threshold,
    statement=statement,
    constants=_constants,
)
