"""Recasting a published limit on dark photons to a vector boson with any couplings (arXiv:1801.04847).

R = events of the boson over those of a dark photon at the published lower edge, so that R > 1 is excluded:

    R = P' BR' eff(Gamma')/[P BR eff(Gamma)] ,

P the squared coupling of the production (a U(3) trace for mesons, (2 g_u + g_d)^2 for proton bremsstrahlung, fractions by
mechanism for LHCb), BR the counted decays. eff is 1, 1 - exp(-t_1/tau) where a search sees decays up to t_1, or for a dump the
integral K over the spectrum of `lookup/events/beam_dump.py` (dumps that have a table), or exp(-t Gamma) [1 - exp(-r t Gamma)]
with r
the ratio of its lengths and t fixed by equal events at both published edges: one momentum for the whole spectrum, so that the
region is too wide, most where Gamma' differs most from Gamma. What the published curve assumed about spectra, acceptance and
hadronic form factors cancels.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.events.beam_dump import decayed, secluded
from gloam.lookup.vocabulary import (
    BR_X_2PI,
    BR_X_DARK,
    BR_X_ELECTRONS,
    BR_X_MUONS,
    BR_X_NEUTRINOS,
    G_C,
    G_D,
    G_E,
    G_MU,
    G_S,
    G_U,
    M_X,
    WIDTH_X,
    Option,
)
from gloam.tables.constants import ELECTRIC_CHARGE, ETA_MASS, HBAR_C, MUON_MASS, NEUTRAL_PION_MASS, PHI_MASS, SPEED_OF_LIGHT
from gloam.tables.experiments import proton_dumps
from gloam.tables.experiments.dark_photon_curves import (
    DECAY,
    ENERGY,
    HEADER,
    HIGH,
    LHC_AT,
    LHC_COLUMNS,
    LIFETIME,
    LIFETIMES,
    LOW,
    MAP_AT,
    PRODUCTION,
    PRODUCTIONS,
    RATIO,
    SHIELD,
    SPECTRUM,
)
from gloam.tables.experiments.electron_dumps import DUMPS
from gloam.tables.numerics.curve import curve_value
from gloam.tables.physics.gauge_bosons.hadronic_channels import TWO_PI
from gloam.tables.physics.gauge_bosons.widths import FIRST_HADRONS, PHOTON_COUPLINGS, WIDTHS, fill_widths
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

(
    ELECTRON_BREMS,
    COLLIDER,
    MUON_RADIATION,
    PION,
    ETA,
    MESONS,
    MESONS_AND_BREMS,
    PROTON_BREMS,
    PHI_TO_ETA,
    LHC,
) = range(len(PRODUCTIONS))
PROMPT, DUMP, KLOE_ETA, KLOE_GAMMA, NA48, LHCB, MAP = range(len(LIFETIMES))
TABLES = (*(("electron-dumps", name) for name in DUMPS), *(("meson-dumps", name) for name in proton_dumps.DUMPS))
DISPLACED = Option(
    "displaced",
    ("spectrum", "two-edge"),
    "spectrum",
    "dumps that have a table by its spectrum, scaled to the lower published edge; or all by both edges and one momentum",
)
READS = (
    "m_X",
    "g_mu",
    *(f"g_{name}" for name in ("u", "d", "s", "c", "e")),
    "width_X",
    "c_tau_X",
    *(f"br_X_{name}" for name in ("electrons", "muons", "neutrinos", "dark", "2pi")),
)
PION_YIELD, ETA_YIELD = 4.15 * 0.988, 0.47 * 0.394  # [1] per proton of 400 GeV, times the branching ratio to photons
BREMS_SHARE = np.array([0.03, 0.10, 0.36, 0.92])  # [1] of proton bremsstrahlung in nu-Cal, beside mesons, at LOG_BREMS_MASSES
LOG_BREMS_MASSES = np.log(np.array([0.05, 0.1, 0.3, 0.5]))  # [GeV]
KLOE_RADIUS, NA48_LENGTH, NA48_ENERGY = 0.08, 1.0, 50.0  # [m], [m], [GeV] a decay must lie within
SMALLEST, LARGEST = 1e-9, 700.0  # [1] of t Gamma at the upper edge
REFERENCE = 4  # numbers that a curve keeps at one mass: P BR eff of the lower edge, t [1/GeV], t_1 [m], lower edge
BY_SPECTRUM = -1.0  # the second where the table of a dump is used
CLOSED = -1.0  # the first of them where nothing was published


@njit
def interpolated(x: float, knots: Vector, values: Vector) -> float:
    """Straight lines between the ``knots``, the end values beyond them."""
    if x <= knots[0]:
        return float(values[0])
    i = int(np.searchsorted(knots, x)) - 1
    if i >= knots.size - 1:
        return float(values[knots.size - 1])
    part = (x - knots[i]) / (knots[i + 1] - knots[i])
    return float(values[i] + part * (values[i + 1] - values[i]))


@njit
def squared(value: float) -> float:
    """value^2."""
    return value * value


@njit
def production(kind: int, couplings: Vector) -> float:
    """Squared coupling [1] of a production, (e eps)^2 for a dark photon; couplings = g_u, g_d, g_s, g_c, g_e, g_mu."""
    up, down, strange = couplings[0], couplings[1], couplings[2]
    if kind in (ELECTRON_BREMS, COLLIDER):
        return squared(couplings[4])
    if kind == MUON_RADIATION:
        return squared(couplings[5])
    if kind in (PION, PROTON_BREMS):
        return squared(2.0 * up + down)
    if kind == ETA:
        return squared(2.0 * up - down + strange) * 9.0 / 16.0
    return 9.0 * squared(strange)


@njit
def meson_power(mass: float, couplings: Vector) -> float:
    """As :func:`production` for pi0 and eta in the proportion of their yields, acceptances taken as equal."""
    pion = PION_YIELD * max(1.0 - squared(mass / NEUTRAL_PION_MASS), 0.0) ** 3
    eta = ETA_YIELD * max(1.0 - squared(mass / ETA_MASS), 0.0) ** 3
    if pion + eta == 0.0:
        return production(PROTON_BREMS, couplings)
    return (pion * production(PION, couplings) + eta * production(ETA, couplings)) / (pion + eta)


@njit
def lhc_power(mass: float, couplings: Vector, flat: Vector) -> float:
    """As :func:`production` for the fractions of the mechanisms in LHCb; 0 outside their masses."""
    size = int(flat[LHC_AT])
    masses = flat[LHC_AT + 1 : LHC_AT + 1 + size]
    if mass < masses[0] or mass > masses[size - 1]:
        return 0.0
    up, down, strange, charm = couplings[0], couplings[1], couplings[2], couplings[3]
    powers = (
        squared(up - down),
        squared(2.0 * up - down + strange) * 9.0 / 16.0,
        squared(up - down),
        9.0 * squared(up + down),
        9.0 * squared(strange),
        9.0 * squared(down),
        2.25 * squared(up),
        9.0 * squared(strange),
        2.25 * squared(charm),
        9.0 * squared(down),
    )
    total, norm = 0.0, 0.0
    for k in range(len(LHC_COLUMNS)):
        start = LHC_AT + 1 + (k + 1) * size
        fraction = interpolated(mass, masses, flat[start : start + size])
        total += fraction * powers[k]
        norm += fraction
    return total / norm


@njit
def produced(kind: int, mass: float, couplings: Vector, flat: Vector) -> float:
    """As :func:`production`, with the mixtures."""
    if kind == LHC:
        return lhc_power(mass, couplings, flat)
    if kind == MESONS:
        return meson_power(mass, couplings)
    if kind == MESONS_AND_BREMS:
        share = interpolated(math.log(mass), LOG_BREMS_MASSES, BREMS_SHARE)
        brems = production(PROTON_BREMS, couplings)
        return share * brems + (1.0 - share) * meson_power(mass, couplings)
    return production(kind, couplings)


@njit
def longest(kind: int, mass: float) -> float:
    """c t_1 [m] of the longest proper lifetime that a prompt search sees; inf if it sees all."""
    if kind == KLOE_GAMMA:
        return KLOE_RADIUS * mass * 2.0 * PHI_MASS / (PHI_MASS**2 + mass**2)
    if kind == KLOE_ETA:
        return KLOE_RADIUS * mass * 2.0 * PHI_MASS / (PHI_MASS**2 + mass**2 - ETA_MASS**2)
    if kind == NA48:
        return NA48_LENGTH * mass / NA48_ENERGY
    if kind == LHCB:
        return (0.004 / max(mass - 2.0 * MUON_MASS, 1e-6) + 0.1) * 1e-12 * SPEED_OF_LIGHT
    return math.inf


@njit
def log_decayed(x: float, ratio: float) -> float:
    """ln[exp(-x) (1 - exp(-r x))] with x = t Gamma."""
    return -x + math.log(-math.expm1(-ratio * x))


@njit
def dump_time(low: float, high: float, ratio: float) -> float:
    """t Gamma at the upper edge for which both edges, eps = ``low`` and ``high``, have equal events [1]."""
    step = 2.0 * math.log(low / high)
    first, last = math.log(SMALLEST), math.log(LARGEST)
    for _ in range(50):
        middle = 0.5 * (first + last)
        x = math.exp(middle)
        below = x * math.exp(step)
        if step + log_decayed(below, ratio) - log_decayed(x, ratio) > 0.0:
            last = middle
        else:
            first = middle
    return math.exp(0.5 * (first + last))


@njit
def photon_widths(mass: float) -> Vector:
    """Partial widths of a dark photon over eps^2 [GeV], and behind them their sum."""
    widths = np.empty(WIDTHS + 1)
    widths[WIDTHS] = fill_widths(mass, ELECTRIC_CHARGE * PHOTON_COUPLINGS, 1.0, 1.0, widths)
    return widths


@njit
def counted(bits: float, electrons: float, muons: float, pions: float, invisible: float) -> float:
    """Sum of the decays that a curve counts."""
    kinds = int(bits)
    total = electrons if kinds & 1 else 0.0
    total += muons if kinds & 2 else 0.0
    total += pions if kinds & 4 else 0.0
    return total + (invisible if kinds & 8 else 0.0)


@njit
def fill_reference(
    curve: int, mass: float, spectrum: bool, widths: Vector, flat: Vector, blob: Vector, offsets: Offsets, out: Vector
) -> None:
    """What does not depend on the couplings of the boson, REFERENCE numbers.

    ``widths`` of :func:`photon_widths` over eps^2, their sum at the end; ``spectrum``: dumps that have a table by that table.
    """
    total = widths[WIDTHS]
    row = curve * HEADER
    out[0] = CLOSED
    kind = int(flat[row + LIFETIME])
    low = curve_value(flat, int(flat[row + LOW]), mass) if kind != MAP else 1.0
    if math.isnan(low) or total == 0.0:
        return
    share = counted(flat[row + DECAY], widths[0], widths[1], widths[FIRST_HADRONS + TWO_PI], total) / total
    if share == 0.0:
        return
    norm = squared(ELECTRIC_CHARGE * low) * share
    out[1], out[2], out[3] = 0.0, longest(kind, mass), low
    if kind == DUMP and spectrum and flat[row + SPECTRUM] >= 0.0:
        block = offsets[int(flat[row + SPECTRUM])]
        norm = secluded(int(flat[row + SPECTRUM]), blob, block, flat[row + ENERGY], flat[row + SHIELD], mass, low)
        out[1] = BY_SPECTRUM
        if norm == 0.0:
            return
    elif kind == DUMP:
        high, ratio = curve_value(flat, int(flat[row + HIGH]), mass), flat[row + RATIO]
        if not high > low:
            return
        x = dump_time(low, high, ratio)
        out[1] = x / (total * high * high)
        norm *= math.exp(log_decayed(x * squared(low / high), ratio))
    elif kind == MAP:
        first = MAP_AT + 2
        if not flat[first] <= mass <= flat[first + int(flat[MAP_AT]) - 1]:
            return
        out[1] = total
    elif out[2] < math.inf:
        norm *= -math.expm1(-out[2] * total * low * low / HBAR_C)
    out[0] = norm


@njit
def mapped(mass: float, width: float, per_eps2: float, flat: Vector) -> float:
    """eps^2 ratio [1] of the LHCb map at the dark photon of equal width; inf outside its masses and lifetimes."""
    rows, columns = int(flat[MAP_AT]), int(flat[MAP_AT + 1])
    masses = flat[MAP_AT + 2 : MAP_AT + 2 + rows]
    mixings = flat[MAP_AT + 2 + rows : MAP_AT + 2 + rows + columns]
    x = 0.5 * math.log(width / per_eps2)
    if not (masses[0] <= mass <= masses[rows - 1] and mixings[0] <= x <= mixings[columns - 1]):
        return math.inf
    i = min(max(int(np.searchsorted(masses, mass)) - 1, 0), rows - 2)
    start = MAP_AT + 2 + rows + columns + i * columns
    below = interpolated(x, mixings, flat[start : start + columns])
    above = interpolated(x, mixings, flat[start + columns : start + 2 * columns])
    part = (mass - masses[i]) / (masses[i + 1] - masses[i])
    return math.exp(2.0 * x + below + part * (above - below))


@njit
def events_ratio(
    curve: int, slots: Vector, couplings: Vector, reference: Vector, flat: Vector, blob: Vector, offsets: Offsets
) -> float:
    """R [1] of one curve from ``reference`` of :func:`fill_reference`; 0 where that is CLOSED."""
    if reference[0] == CLOSED:
        return 0.0
    row = curve * HEADER
    mass, width = slots[M_X], slots[WIDTH_X]
    invisible = slots[BR_X_NEUTRINOS] + slots[BR_X_DARK] if width > 0.0 else 1.0
    seen = counted(flat[row + DECAY], slots[BR_X_ELECTRONS], slots[BR_X_MUONS], slots[BR_X_2PI], invisible)
    if seen == 0.0:
        return 0.0
    found = produced(int(flat[row + PRODUCTION]), mass, couplings, flat) * seen / reference[0]
    kind = int(flat[row + LIFETIME])
    if kind == DUMP and reference[1] == BY_SPECTRUM:
        block = offsets[int(flat[row + SPECTRUM])]
        return found * decayed(int(flat[row + SPECTRUM]), blob, block, flat[row + ENERGY], flat[row + SHIELD], mass, width)[0]
    if kind == DUMP:
        x = reference[1] * width
        return found * math.exp(log_decayed(x, flat[row + RATIO])) if 0.0 < x < LARGEST else 0.0
    if kind == MAP:
        return found / mapped(mass, width, reference[1], flat)
    return found * -math.expm1(-reference[2] * width / HBAR_C) if reference[2] < math.inf else found


@njit
def couplings_of(slots: Vector, out: Vector) -> None:
    """g_u, g_d, g_s, g_c, g_e, g_mu into ``out``, shape (6,)."""
    for i, slot in enumerate((G_U, G_D, G_S, G_C, G_E, G_MU)):
        out[i] = slots[slot]
