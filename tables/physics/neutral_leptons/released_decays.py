"""The T2K release of 2019 at any mass: accepted decays of a long-lived heavy neutral lepton as a bilinear form in its mixings.

N = sum_ab U2_a U2_b T_ab(m), a = e, mu of K -> a N, b = e, mu, tau of the decay. With the physics divided out,

  T_ab = m rho_a A_a(m) sum_modes Gamma_mode(m) w_mode,a(m),

the rest is smooth: A_a, the decays to nu e e of other flavours over m rho_a Gamma, is a cubic spline of its logarithm in
ln(m/p*_a) (p* of N in the frame of the kaon); w, efficiencies and ratios of rows, is linear in m between the 36 masses, where
the released numbers are met exactly. A mode that is closed at the lower mass keeps its w from the first open one, and
thresholds are those of the widths.

Rows mu+ pi-, e+ pi- of the release carry the two-body bracket with m_l and m_pi interchanged: its own width is
divided out of them; "corrected" multiplies by the right one. For a Majorana N as released; a Dirac N has half of every
number (one charge state), as long as both charges of a lepton are selected alike.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.tables.constants import (
    CHARGED_KAON_MASS,
    CHARGED_PION_MASS,
    ELECTRON_MASS,
    MUON_MASS,
    PION_DECAY_CONSTANT,
    SIN2_THETA_W_MSBAR,
    V_UD,
)
from gloam.tables.numerics.elementary import numeric
from gloam.tables.numerics.memory import scratch
from gloam.tables.physics.neutral_leptons.flight import spline_between, spline_block
from gloam.tables.physics.neutral_leptons.production import rest_momentum, two_body_factor
from gloam.tables.physics.neutral_leptons.weak_widths import (
    fermi_width,
    lepton_pseudoscalar_width,
    pair_functions,
    unlike_lepton_width,
)
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

FIRST, LAST, STEP = 0.14, 0.49, 0.01  # [GeV] masses of the release
COUNT = 36
# decays of the release, each through K -> mu N and K -> e N
MU_PI, E_PI, MU_PI_SWAPPED, E_PI_SWAPPED, MUMU_OTHER, EE_OTHER, MUMU_SAME, EE_SAME, EMU_MU, EMU_E = range(10)
DECAYS = 10  # mu- e+ nu and mu+ e- nu taken together
SPLINE = 1 + 3 * COUNT  # numbers of one spline
WEIGHTS_AT = 2 * SPLINE
RELEASE = WEIGHTS_AT + 2 * DECAYS * COUNT  # numbers of a block
SQUARES = (SIN2_THETA_W_MSBAR - 0.5) ** 2 + SIN2_THETA_W_MSBAR**2  # [1] g_L^2 + g_R^2 of neutral currents
PRODUCT = (SIN2_THETA_W_MSBAR - 0.5) * SIN2_THETA_W_MSBAR  # [1] g_L g_R
PAIRS = 6  # (a, b), place 3 a + b


@njit
def swapped_bracket(m_N: float, m_l: float) -> float:
    """Ratio [1] of the released l+ pi- rows to the width: the two-body bracket with m_l and m_pi interchanged, over it."""
    x, y = (m_l / m_N) ** 2, (CHARGED_PION_MASS / m_N) ** 2
    return ((1.0 - y) ** 2 - x * (1.0 + y)) / ((1.0 - x) ** 2 - y * (1.0 + x))


@njit
def released_widths(m_N: float, unlike: float, corrected: bool, out: Vector) -> None:
    """Gamma_mode [GeV] of one charge state of N of m_N [GeV], order of DECAYS; ``unlike`` [GeV] is that of e mu nu.

    ``corrected``: l+ pi- with the right bracket.
    """
    unit = fermi_width(m_N)
    for i in range(2):
        m_l = MUON_MASS if i == 0 else ELECTRON_MASS
        width = lepton_pseudoscalar_width(m_N, m_l, CHARGED_PION_MASS, PION_DECAY_CONSTANT, V_UD)
        out[MU_PI + i] = width
        out[MU_PI_SWAPPED + i] = width if corrected or width == 0.0 else width * swapped_bracket(m_N, m_l)
        out[MUMU_OTHER + i] = out[MUMU_SAME + i] = 0.0
        if m_N > 2.0 * m_l:
            f1, f2 = pair_functions(m_l / m_N)
            out[MUMU_OTHER + i] = unit * (SQUARES * f1 + PRODUCT * f2)
            out[MUMU_SAME + i] = out[MUMU_OTHER + i] + unit * SIN2_THETA_W_MSBAR * (2.0 * f1 + f2)  # charged current
    out[EMU_MU] = out[EMU_E] = unlike


@njit
def kaon_factor(m_N: float, a: int) -> float:
    """m rho_a [GeV] of K -> a N, a = 0 (e) or 1 (mu); 0 where it is closed."""
    m_l = ELECTRON_MASS if a == 0 else MUON_MASS
    return m_N * two_body_factor((m_l / CHARGED_KAON_MASS) ** 2, (m_N / CHARGED_KAON_MASS) ** 2)


@njit
def log_boost(m_N: float, a: int) -> float:
    """ln(m_N/p*) [1] of K -> a N, where it is open."""
    return math.log(m_N / rest_momentum(CHARGED_KAON_MASS, ELECTRON_MASS if a == 0 else MUON_MASS, m_N))


@njit
def node_mass(i: int) -> float:
    """Mass [GeV] of the release with that index."""
    return FIRST + STEP * i


@njit
def fill_divided(accepted: FloatArray, reference: FloatArray, logarithms: FloatArray, weights: FloatArray) -> None:
    """Divide the physics out of the release.

    accepted (36, 24) are accepted decays at U2 = 1 by mode of the release, reference (36, 2) the decays to e e nu of other
    flavours through K -> e N and K -> mu N. Fills logarithms (36, 2, 2) = (ln(m/p*), ln A) and weights (36, 2, DECAYS), NaN
    where closed.
    """
    widths = np.empty(DECAYS)
    for i in range(COUNT):
        m_N = node_mass(i)
        released_widths(m_N, unlike_lepton_width(m_N, ELECTRON_MASS, MUON_MASS), False, widths)
        for a in range(2):
            factor = kaon_factor(m_N, a)
            logarithms[i, a] = math.nan
            weights[i, a] = math.nan
            if factor == 0.0:
                continue
            level = reference[i, a] / (factor * widths[EE_OTHER])
            logarithms[i, a, 0], logarithms[i, a, 1] = log_boost(m_N, a), math.log(level)
            for decay in range(DECAYS):
                row = 2 * decay + (1 - a)
                events = accepted[i, row]
                if decay >= EMU_MU:  # mu- e+ nu, and four rows on mu+ e- nu
                    events += accepted[i, row + 4]
                elif decay == MUMU_OTHER or decay == EE_OTHER:  # rows of two flavours
                    events *= 0.5
                if widths[decay] > 0.0:
                    weights[i, a, decay] = events / (factor * level * widths[decay])


def release_block(logarithms: FloatArray, weights: FloatArray) -> FloatArray:
    """What :func:`released_events` reads, shape (RELEASE,): two splines of ln A, then w by production, decay and mass."""
    parts = []
    for a in range(2):
        known = np.isfinite(logarithms[:, a, 0])
        spline = spline_block(logarithms[known, a, 0], logarithms[known, a, 1])
        parts.append(np.pad(spline, (0, SPLINE - spline.size)))
    for a in range(2):
        for decay in range(DECAYS):
            known = np.flatnonzero(np.isfinite(weights[:, a, decay]))
            parts.append(np.interp(np.arange(COUNT), known, weights[known, a, decay]))
    return np.concatenate(parts)


@numeric
def released_events(m_N: float, mixings: Vector, unlike: float, corrected: bool, block: Vector, out: Vector) -> None:
    """Accepted decays U2_a U2_b T_ab [1] of a Majorana, long-lived N, order (a, b), into ``out`` (PAIRS,).

    m_N [GeV] within the release, mixings (U2_e, U2_mu, U2_tau) [1], block from :func:`release_block`; ``unlike`` [GeV] is the
    width of e mu nu at U2 = 1.
    """
    widths = scratch(DECAYS)
    released_widths(m_N, unlike, corrected, widths)
    place = (m_N - FIRST) / STEP
    i = min(max(int(place), 0), COUNT - 2)
    part = place - i
    for a in range(2):
        factor = kaon_factor(m_N, a)
        for b in range(3):
            out[3 * a + b] = 0.0
        if factor == 0.0 or mixings[a] == 0.0:
            continue
        knots = int(block[a * SPLINE])
        inside = min(log_boost(m_N, a), block[a * SPLINE + knots])
        level = mixings[a] * factor * math.exp(spline_between(block, a * SPLINE, min(i, knots - 2), inside)[0])
        for pair in range(DECAYS // 2):  # a mode with muons, then the same with electrons
            at = WEIGHTS_AT + (a * DECAYS + 2 * pair) * COUNT + i
            muonic = level * widths[2 * pair] * (block[at] + part * (block[at + 1] - block[at]))
            at += COUNT
            electronic = level * widths[2 * pair + 1] * (block[at] + part * (block[at + 1] - block[at]))
            if 2 * pair == MUMU_OTHER:
                out[3 * a] += mixings[0] * muonic
                out[3 * a + 1] += mixings[1] * electronic
                out[3 * a + 2] += mixings[2] * (muonic + electronic)
            else:
                out[3 * a] += mixings[0] * electronic
                out[3 * a + 1] += mixings[1] * muonic
