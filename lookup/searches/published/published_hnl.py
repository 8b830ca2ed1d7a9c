"""Published limits on the mixings of heavy neutral leptons, by curve (`gloam list curves`).

The rate is U2_a over the published limit at this mass, inverted above an upper (short-lifetime) edge: above 1 excluded. Lines are
straight in (ln m, ln U2) between the published points, never negative; outside them the search says nothing. Where a curve
turns back or closes, all its crossings count (`tables/numerics/polyline.py`). Level and nature are the curve's own.

Each curve was published for one flavour alone. recast=none answers for such points only and refuses others (another
mixing, nature or force). Peak searches and unitarity need no recast: they see U2_a only, as long as N escapes unseen.
recast=lifetime, for decays: N = const U2_a Gamma with Gamma the total width of N, so that
U2_a -> sqrt(U2_a Gamma/Ghat_a) at edges where exclusion begins, U2_a -> Gamma/Ghat_a (equal lifetimes) where it ends, Ghat_a
the width that was published for: N is long-lived at the lower edge, made through U2_a only, and all its
decays are seen as those of the published pattern. Cosmology: equal lifetimes at all edges. Colliders: no recast.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gloam.lookup.errors import DoesNotFit
from gloam.lookup.interpolation.compiled import entry
from gloam.lookup.statistics import PublishedCurve, Statistic
from gloam.lookup.vocabulary import CHARGE_STATES, HNL_SLOTS, M_N, SILENT, U2_E, WIDTH, WIDTH_CHANNEL, Option, Search
from gloam.tables.constants import SIN2_THETA_W_MSBAR
from gloam.tables.experiments.hnl_curves import CURVES, KINDS, NATURES, polyline
from gloam.tables.numerics.memory import pointer, scratch, shifted
from gloam.tables.numerics.polyline import excess_over_polyline
from gloam.tables.physics.neutral_leptons.exclusive_widths import COUNT, exclusive_widths
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

COMPILATION = "arXiv:2304.06772"
PATTERN, COLLIDER = 1000, 1001

# layout of CONSTANTS: for every curve its place, flavour, nature and kind; then the polylines
ROW = 4
PURE = 1e-6  # [1] relative difference of widths that counts as none
DIRAC, MAJORANA = NATURES.index("dirac"), NATURES.index("majorana")
DECAY, COSMOLOGY, UNITARITY = KINDS.index("decay"), KINDS.index("cosmology"), KINDS.index("unitarity")


def _constants() -> tuple[float, ...]:
    rows: list[float] = []
    lines: list[float] = []
    for name, curve in CURVES.items():
        rows += [ROW * len(CURVES) + len(lines), curve.flavour, curve.nature, curve.kind]
        lines += polyline(name).tolist()
    return (*rows, *lines)


CONSTANTS = _constants()
CURVE_AT = len(CONSTANTS)
RECAST_AT = CURVE_AT + 1


def sources(options: dict[str, Any]) -> tuple[str, ...]:
    """The compilation, and the publication of the chosen curve."""
    return COMPILATION, CURVES[options["curve"]].reference


def statement(options: dict[str, Any]) -> tuple[str, float]:
    """What a limit of these options rests on, and its confidence level [1], NaN where the curve does not tell."""
    curve = CURVES[options["curve"]]
    how = "" if options["recast"] == "none" else "; recast by lifetime: made through its flavour only, all decays seen alike"
    return f"published curve {curve.name} ({curve}){how}", curve.confidence or math.nan


def likelihood(options: dict[str, Any]) -> Statistic:
    """Half a Gaussian of the chosen curve, at its own level."""
    curve = CURVES[options["curve"]]
    if curve.confidence is None:
        msg = f"published-hnl: the confidence level of curve {curve.name} is not known, so that it makes no likelihood"
        raise DoesNotFit(msg)
    return PublishedCurve(curve.confidence)


@njit
def _ghat(slots: Vector, flavour: int) -> float:
    """Width [GeV] of one charge state at |U_a|^2 = 1 of that flavour: from the slots where the other mixings are 0."""
    mixing = slots[U2_E + flavour]
    total = 0.0
    if slots[U2_E] + slots[U2_E + 1] + slots[U2_E + 2] == mixing:
        for channel in range(COUNT):
            total += slots[WIDTH_CHANNEL + channel]
        return total / (mixing * slots[CHARGE_STATES])
    widths = scratch(COUNT)
    exclusive_widths(slots[M_N], flavour, SIN2_THETA_W_MSBAR, widths)
    for channel in range(COUNT):
        total += widths[channel]
    return total


@njit
def _recast(slots: Vector, row: Vector, recast: bool) -> tuple[float, float, int]:
    """(ln U2 for edges that begin, ln U2 for edges that end, status) for the curve described by ``row``."""
    flavour, nature, kind = int(row[1]), int(row[2]), int(row[3])
    mixing = slots[U2_E + flavour]
    if mixing == 0.0:
        return -math.inf, -math.inf, 0
    here = math.log(mixing)
    if kind <= UNITARITY:
        return here, here, 0
    states = slots[CHARGE_STATES]
    if nature == DIRAC or nature == MAJORANA:
        states = 1.0 if nature == DIRAC else 2.0
    ratio = slots[WIDTH] / (mixing * states * _ghat(slots, flavour))
    if abs(ratio - 1.0) < PURE:
        return here, here, 0
    if kind > COSMOLOGY:
        return 0.0, 0.0, COLLIDER
    if not recast:
        return 0.0, 0.0, PATTERN
    change = math.log(ratio)
    return here + (change if kind == COSMOLOGY else 0.5 * change), here + change, 0


@njit
def published_excess(slots: Vector, options: Vector, curve: int, recast: bool) -> tuple[float, int]:
    """(ln of U2_a over the limit of the curve with that index, status); NaN where it says nothing."""
    numbers = pointer(options)
    row = shifted(numbers, ROW * curve)
    enter, leave, status = _recast(slots, row, recast)
    if status != 0:
        return math.nan, status
    return excess_over_polyline(numbers, int(row[0]), math.log(slots[M_N]), enter, leave), 0


@entry
def predict(slots: Vector, options: Vector, blob: Vector, offsets: Offsets, out: Vector, error: Vector) -> int:
    """out[0] = U2_a over the published limit [1], error 0. Returns 0, SILENT, or a key of REFUSALS."""
    excess, status = published_excess(slots, options, int(options[CURVE_AT]), options[RECAST_AT] == 1.0)
    if status != 0:
        return status
    if math.isnan(excess):
        return SILENT
    out[0], error[0] = math.exp(excess), 0.0
    return 0


SEARCH = Search(
    name="published-hnl",
    title="published limits on the mixings of heavy neutral leptons, by curve",
    reads=("m_N", "width", "c_tau", *HNL_SLOTS),
    choices=(
        Option("curve", tuple(CURVES), None, "flavour and curve, see `gloam list curves`"),
        Option("recast", ("none", "lifetime"), "none", "for other mixings, natures and forces, see the description"),
    ),
    constants=CONSTANTS,
    unit="1",
    bins=("U2/limit",),
    limit=1.0,
    statistic="as published: U2 beyond the curve is excluded",
    confidence=0.9,
    no_information="this curve was not published at this mass (`gloam list curves` gives its range)",
    refusals={
        PATTERN: "the curve was published for its own flavour alone and its own nature, and these widths are others: with "
        "--option recast=lifetime it is taken over for N made through that mixing, long-lived, all decays seen alike",
        COLLIDER: "there is no recast of this curve: only its own flavour and nature are answered",
    },
    references=(COMPILATION, *dict.fromkeys(curve.reference for curve in CURVES.values())),
    curves=CURVES,
    predict=predict,
    likelihood=likelihood,
    statement=statement,
    sources=sources,
)
