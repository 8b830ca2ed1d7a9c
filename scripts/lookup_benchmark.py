"""The lookup against its peers: same tables, same points, same run (``scripts/benchmark --lookup``).

Peers that are installed take part: scipy, interpn, interpolation (econforge), ndsplines, neopdf-hep. Times are CPU
seconds of one thread, in interleaved rounds.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import statistics
import tempfile
import time
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("RAYON_NUM_THREADS", "1")

import numpy as np
from gloam.builder import evaluation, source
from gloam.lookup import load
from gloam.lookup.reference import not_a_knot_coefficients
from gloam.lookup.store import Store, pack
from gloam.lookup.table import Table
from gloam.tables.spec import Axis, Input, TableSpec
from scipy import ndimage
from scipy.interpolate import NdBSpline, RegularGridInterpolator, make_interp_spline

if TYPE_CHECKING:
    from collections.abc import Callable

GRIDS = {2: 64, 3: 48, 4: 32}  # nodes of every axis
COMPONENTS = 11
POINTS = 20_000
SLOW_POINTS = 500  # for contenders beyond SLOW
SLOW = 4e-6  # seconds per point
ROUNDS = 9
SCALAR_CALLS = 2000
EDGE = 0.02  # points keep this distance from the edge of the unit box
OFFSETS = {"gloam": 6, "scipy": 5, "interpn": -10, "interpolation": 8, "ndsplines": -10}  # of labels [points]
PACKAGES = ("scipy", "interpn", "interpolation", "ndsplines", "neopdf-hep", "numba", "numpy")


@dataclass
class Contender:
    """One way of asking: ``call(points)`` answers all of them and returns the values."""

    package: str
    method: str
    order: int
    kind: str
    call: Callable[[np.ndarray], Any]
    points: np.ndarray
    exact: np.ndarray | None = None
    relative: bool = False


def smooth(x: np.ndarray, components: int = 1) -> np.ndarray:
    """Gaussian times sines, of order 1, shape (points..., components)."""
    axes = np.arange(x.shape[-1])
    shift = 0.1 * np.arange(components)
    gauss = np.exp(-2.0 * np.sum((x[..., None, :] - 0.4 - 0.1 * shift[:, None]) ** 2, axis=-1))
    return gauss * np.prod(1.2 + np.sin(3.0 * x[..., None, :] + axes + shift[:, None]), axis=-1)


def our_table(values: np.ndarray, coordinates: str, low: float, high: float) -> Table:
    """A table of ours over the same nodes."""
    dimensions = values.ndim - 1
    ends = (np.log(low), np.log(high)) if coordinates == "log" else (low, high)
    spec = TableSpec(
        name="benchmark", version=1, title="", coordinates=coordinates, unit="1", rtol=1.0, transform="linear",
        inputs=tuple(Input(f"x{i}", "1", low, high) for i in range(dimensions)),
        axes=tuple(Axis(f"x{i}", *ends, n) for i, n in enumerate(values.shape[:-1])),
        components=tuple(f"c{i}" for i in range(values.shape[-1])),
    )
    coefficients = not_a_knot_coefficients(values, dimensions)
    error = np.zeros((1,) * dimensions + values.shape[-1:])
    return Table(Store(spec, (pack(spec, 0, coefficients, error),), np.ones((1, values.shape[-1])), "", "", Path()))


def fill(table: Table, out: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Our batch call."""
    table.fill(points, out)
    return out


def fill_gradient(table: Table, out: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Our value and gradient in one call."""
    table.fill(points, out, gradient=True)
    return out[:, 0]


def one_by_one(call: Callable[..., float], rows: list[list[float]], _: np.ndarray) -> np.ndarray:
    """A Python loop over scalar calls."""
    return np.array([call(*row) for row in rows])


def keyword(table: Table, rows: list[dict[str, float]], _: np.ndarray) -> np.ndarray:
    """A Python loop over keyword calls."""
    return np.array([table(**row) for row in rows])


def scipy_peers(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """scipy's three, batch."""
    dimensions, components = values.ndim - 1, values.shape[-1]
    axes = [np.linspace(0.0, 1.0, n) for n in values.shape[:-1]]
    plain = values[..., 0] if components == 1 else values
    found = [Contender("scipy", "RegularGridInterpolator linear", 1, "batch",
                       RegularGridInterpolator(axes, plain, method="linear"), points, exact)]
    coefficients, knots = values, []
    for axis in range(dimensions):
        one = make_interp_spline(axes[axis], coefficients, k=3, axis=axis)
        coefficients = np.moveaxis(one.c, 0, axis)
        knots.append(one.t)
    spline = NdBSpline(tuple(knots), coefficients, 3)
    found.append(Contender("scipy", "NdBSpline", 3, "batch", spline, points, exact))
    if components > 1:
        return found
    if dimensions < 4:  # its solver of the coefficients does not finish in 4-D
        found.append(Contender("scipy", "RegularGridInterpolator cubic", 3, "batch",
                               RegularGridInterpolator(axes, plain, method="cubic"), points, exact))
    filtered, scale = ndimage.spline_filter(plain, order=3, mode="mirror"), np.array(plain.shape)[:, None] - 1.0

    def mapped(x: np.ndarray) -> np.ndarray:
        return ndimage.map_coordinates(filtered, x.T * scale, order=3, mode="mirror", prefilter=False)

    found.append(Contender("scipy", "ndimage order 3", 3, "batch", mapped, points, exact))
    some = points[:SCALAR_CALLS]
    found.append(Contender("scipy", "NdBSpline", 3, "scalar", partial(one_by_one, lambda *x: spline(x), some.tolist()),
                           some, exact[:SCALAR_CALLS]))
    return found


def interpn_peers(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """interpn's three methods (batch), its classes one point at a time, and its gradient."""
    from interpn.multibspline_regular import MultiBsplineRegular
    from interpn.multicubic_regular import MulticubicRegular
    from interpn.multilinear_regular import MultilinearRegular

    dims = list(values.shape[:-1])
    starts, steps = np.zeros(len(dims)), np.array([1.0 / (n - 1) for n in dims])
    plain = np.ascontiguousarray(values[..., 0])
    columns, out = [np.ascontiguousarray(c) for c in points.T], np.empty(len(points))
    found = []
    for name, order, made in (
        ("linear", 1, MultilinearRegular.new(dims, starts, steps, plain)),
        ("Hermite cubic", 3, MulticubicRegular.new(dims, starts, steps, plain)),
        ("B-spline", 3, MultiBsplineRegular.new(dims, starts, steps, plain)),
    ):
        call = made.eval_unchecked if order == 3 and name == "B-spline" else made.eval
        found.append(Contender("interpn", name, order, "batch", lambda _, call=call: call(columns, out), points, exact))
    singles = [[np.array([v]) for v in row] for row in points[:SCALAR_CALLS].tolist()]

    def single(_: np.ndarray) -> np.ndarray:
        return np.array([made.eval(row)[0] for row in singles])

    found.append(Contender("interpn", "B-spline class", 3, "scalar", single, points[:SCALAR_CALLS], exact[:SCALAR_CALLS]))
    slopes = np.empty((len(dims), len(points)))
    found.append(Contender("interpn", "B-spline gradient only", 3, "gradient",
                           lambda _: made.eval_grad_unchecked(columns, slopes), points))
    return found


def econforge_peers(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """interpolation's cubic and linear splines."""
    from interpolation.splines import UCGrid, filter_cubic
    from interpolation.splines.eval_splines import eval_cubic, eval_linear

    grid = UCGrid(*[(0.0, 1.0, n) for n in values.shape[:-1]])
    components = values.shape[-1]
    plain = np.ascontiguousarray(values[..., 0]) if components == 1 else values
    coefficients = filter_cubic(grid, plain)
    out = np.empty(exact.shape)
    found = [Contender("interpolation", "cubic", 3, "batch", lambda x: (eval_cubic(grid, coefficients, x, out), out)[1],
                       points, exact)]
    if components > 1:
        return found
    found.append(Contender("interpolation", "linear", 1, "batch", lambda x: (eval_linear(grid, plain, x, out), out)[1],
                           points, exact))
    singles = [np.array(row) for row in points[:SCALAR_CALLS].tolist()]
    found.append(Contender("interpolation", "cubic", 3, "scalar",
                           lambda _: np.array([eval_cubic(grid, coefficients, x) for x in singles]),
                           points[:SCALAR_CALLS], exact[:SCALAR_CALLS]))
    return found


def ndsplines_peer(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """ndsplines' cubic."""
    import ndsplines

    mesh = np.stack(np.meshgrid(*[np.linspace(0.0, 1.0, n) for n in values.shape[:-1]], indexing="ij"), axis=-1)
    made = ndsplines.make_interp_spline(mesh, values)
    return [Contender("ndsplines", "cubic", 3, "batch", lambda x: made(x), points, exact)]


def neopdf_peer(low: float, high: float, function: Callable[[np.ndarray], np.ndarray], points: np.ndarray) -> list[Contender]:
    """neopdf-hep's log-bicubic on a set written for it, one point at a time; empty where it will not read it."""
    from neopdf.pdf import PDF

    n = GRIDS[2]
    nodes = np.exp(np.linspace(np.log(low), np.log(high), n))
    nodes[[0, -1]] = low, high
    mesh = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1)
    grid = function(mesh)[..., 0]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bench"
        place.mkdir()
        (place / "bench.info").write_text(
            "SetDesc: benchmark\nSetIndex: 1\nAuthors: none\nReference: none\nFormat: lhagrid1\nDataVersion: 1\n"
            "NumMembers: 1\nParticle: 2212\nFlavors: [21]\nOrderQCD: 1\nFlavorScheme: fixed\nNumFlavors: 5\n"
            f"ErrorType: hessian\nXMin: {low}\nXMax: {high}\nQMin: {low**0.5}\nQMax: {high**0.5}\nMZ: 91.18\nMUp: 0\nMDown: 0\n"
            "MStrange: 0\nMCharm: 1.3\nMBottom: 4.2\nMTop: 173\nAlphaS_MZ: 0.118\nAlphaS_OrderQCD: 1\nAlphaS_Type: ipol\n"
            f"AlphaS_Qs: [{low**0.5}, {high**0.5}]\nAlphaS_Vals: [0.2, 0.1]\n")
        rows = "\n".join(f"{value:.16e}" for value in grid.ravel())
        words = [" ".join(f"{v:.16e}" for v in axis) for axis in (nodes, np.sqrt(nodes))]
        (place / "bench_0000.dat").write_text(
            f"PdfType: central\nFormat: lhagrid1\n---\n{words[0]}\n{words[1]}\n21\n{rows}\n---\n")
        os.environ["NEOPDF_DATA_PATH"] = folder
        made = PDF.mkPDF("bench", 0)
    some = points[:SCALAR_CALLS]
    call = partial(made.xfxQ2, 21)
    return [Contender("neopdf-hep", "log-bicubic", 3, "scalar", partial(one_by_one, call, some.tolist()), some,
                      function(some)[:, 0], relative=True)]


def contenders(dimensions: int, components: int, points: np.ndarray) -> list[Contender]:
    """Everyone on one table."""
    axis = np.linspace(0.0, 1.0, GRIDS[dimensions])
    mesh = np.stack(np.meshgrid(*[axis] * dimensions, indexing="ij"), axis=-1)
    values = smooth(mesh, components)
    exact = smooth(points, components)
    table = our_table(values, "linear", 0.0, 1.0)
    out = np.empty((len(points), components))
    found = [Contender("gloam", "table.fill", 3, "batch", partial(fill, table, out), points, exact)]
    slopes = np.empty((len(points), 1 + dimensions, components))
    found.append(Contender("gloam", "table.fill with gradient", 3, "gradient", partial(fill_gradient, table, slopes),
                           points, exact))
    peers = scipy_peers(values, points, exact if components > 1 else exact[:, 0])
    if components == 1:
        some = points[:SCALAR_CALLS]
        rows = some.tolist()
        names = [item.name for item in table.spec.inputs]
        words = [dict(zip(names, row, strict=True)) for row in rows]
        for method, call in (("table.scalar", partial(one_by_one, table.scalar, rows)),
                             ("table(keywords)", partial(keyword, table, words))):
            found.append(Contender("gloam", method, 3, "scalar", call, some, exact[:SCALAR_CALLS, 0]))
        exact = exact[:, 0]
        if importlib.util.find_spec("interpn"):
            peers += interpn_peers(values, points, exact)
        if importlib.util.find_spec("ndsplines"):
            peers += ndsplines_peer(values, points, exact)
    if importlib.util.find_spec("interpolation"):
        peers += econforge_peers(values, points, exact)
    return found + peers


def ratelike(x: np.ndarray) -> np.ndarray:
    """A product of power laws with turn-overs, over [1e-3, 10]^2: shape (points, 1)."""
    m, q = x[..., 0], x[..., 1]
    return (m**2 / (1.0 + m**3) / (q**2 + 0.1 * m) ** 2 * 1e-3)[..., None]


def logarithmic() -> list[Contender]:
    """A two-dimensional table in logarithms, one point at a time: ours against neopdf-hep."""
    low, high = 1e-3, 10.0
    axis = np.exp(np.linspace(np.log(low), np.log(high), GRIDS[2]))
    values = ratelike(np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1))
    points = np.exp(np.random.default_rng(3).uniform(np.log(1.1 * low), np.log(0.9 * high), (SCALAR_CALLS, 2)))
    table = our_table(values, "log", low, high)
    call = partial(one_by_one, table.scalar, points.tolist())
    found = [Contender("gloam", "table.scalar, two logarithms", 3, "scalar", call, points, ratelike(points)[:, 0],
                       relative=True)]
    return found + (neopdf_peer(low, high, ratelike, points) if importlib.util.find_spec("neopdf") else [])


def shipped(name: str, label: str) -> list[Contender]:
    """One of our own tables, whole query; the peers get logarithms and exponentials in numpy passes."""
    recipe, table = source.load(name), load(name)
    spec, choice = recipe.spec, recipe.spec.labels.index(label)
    rng = np.random.default_rng(4)
    low = np.array([axis.low for axis in spec.axes])
    width = np.array([axis.high - axis.low for axis in spec.axes])
    box = rng.uniform(EDGE, 1.0 - EDGE, (POINTS, len(spec.axes)))
    points = evaluation.physical_inputs(recipe, choice, low + width * box)
    exact = np.full((POINTS, len(spec.components)), np.nan)
    exact[:300] = evaluation.direct_values(recipe, choice, points[:300])
    out = np.empty(exact.shape)

    def ours(x: np.ndarray) -> np.ndarray:
        table.fill(x, out, label=label)
        return out

    nodes = np.stack(np.meshgrid(*[axis.nodes for axis in spec.axes], indexing="ij"), axis=-1)
    shape = nodes.shape[:-1]
    at_nodes = evaluation.physical_inputs(recipe, choice, nodes.reshape(-1, len(spec.axes)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logs = np.log(table(**{i.name: at_nodes[:, k] for k, i in enumerate(spec.inputs)}, outside="nan",
                            **({spec.choice.name: label} if spec.choice else {}))).reshape(*shape, -1)
    found = [Contender("gloam", f"table.fill of {name}", 3, "batch", ours, points, exact, relative=True)]
    if not np.isfinite(logs).all() or importlib.util.find_spec("interpolation") is None:
        return found
    from interpolation.splines import UCGrid, filter_cubic
    from interpolation.splines.eval_splines import eval_cubic

    grid = UCGrid(*[(axis.low, axis.high, axis.n) for axis in spec.axes])
    coefficients = filter_cubic(grid, logs)

    def econforge(x: np.ndarray) -> np.ndarray:
        place = x.copy()
        place[:, 0] = np.log(x[:, 0]) + x[:, 0] / 0.07
        place[:, 1:] = np.log(x[:, 1:])
        return np.exp(eval_cubic(grid, coefficients, place))

    return [*found, Contender("interpolation", f"cubic on {name}, numpy log and exp", 3, "batch", econforge, points, exact,
                              relative=True)]


def largest_error(one: Contender) -> float | None:
    """Largest error over the points, relative to the largest value (synthetic tables) or to the value (shipped ones)."""
    if one.exact is None:
        return None
    found = np.asarray(one.call(one.points)).reshape(one.exact.shape)
    known = np.isfinite(one.exact)
    scale = np.abs(one.exact[known]) if one.relative else np.max(np.abs(one.exact))
    return float(np.max(np.abs(found - one.exact)[known] / scale))


def timed(everyone: list[Contender], dims: int, components: int, points: str) -> list[dict[str, Any]]:
    """Interleaved rounds; one record for each contender."""
    errors = [largest_error(one) for one in everyone]  # also compiles
    for one in everyone:
        start = time.process_time()
        one.call(one.points[:SLOW_POINTS] if one.package == "ndsplines" else one.points)
        if one.package == "ndsplines" and time.process_time() - start > SLOW * SLOW_POINTS:
            one.points = one.points[:SLOW_POINTS]
    spent: list[list[float]] = [[] for _ in everyone]
    for _ in range(ROUNDS):
        for one, times in zip(everyone, spent, strict=True):
            start = time.process_time()
            one.call(one.points)
            times.append((time.process_time() - start) / len(one.points) * 1e9)
    return [{"package": one.package, "method": one.method, "dims": dims, "components": components, "order": one.order,
             "points": points, "ns_min": min(times), "ns_median": statistics.median(times), "max_error": error,
             "kind": one.kind}
            for one, times, error in zip(everyone, spent, errors, strict=True)]


def measure() -> list[dict[str, Any]]:
    """All records."""
    records = []
    for dims in GRIDS:
        random = np.random.default_rng(dims).uniform(EDGE, 1.0 - EDGE, (POINTS, dims))
        cells = (random * (GRIDS[dims] - 1)).astype(int)
        arranged = np.ascontiguousarray(random[np.lexsort(cells.T[::-1])])
        records += timed(contenders(dims, 1, random), dims, 1, "random")
        records += timed([c for c in contenders(dims, 1, arranged) if c.kind == "batch"], dims, 1, "sorted")
        records += timed(contenders(dims, COMPONENTS, random), dims, COMPONENTS, "random")
    records += timed(logarithmic(), 2, 1, "random")
    records += timed(shipped("interference-rates", "miniboone-fhc"), 2, 20, "random")
    return records


def versions() -> dict[str, str]:
    """Installed versions of everyone."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def as_table(records: list[dict[str, Any]]) -> str:
    """A Markdown table of all records."""
    lines = ["| kind | axes | components | points | package | method | ns, least | ns, median | largest error |",
             "|---|---|---|---|---|---|---|---|---|"]
    for r in records:
        error = "" if r["max_error"] is None else f"{r['max_error']:.1e}"
        lines.append(f"| {r['kind']} | {r['dims']} | {r['components']} | {r['points']} | {r['package']} | {r['method']} | "
                     f"{r['ns_min']:.3g} | {r['ns_median']:.3g} | {error} |")
    return "\n".join(lines)


def draw(records: list[dict[str, Any]], place: Path) -> None:
    """Time against error of the batch calls, one panel for each number of axes."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    markers = dict(zip(("gloam", "scipy", "interpn", "interpolation", "ndsplines"), "*osD^", strict=True))
    figure, panels = plt.subplots(1, 3, figsize=(12, 4.2), sharey=True, layout="constrained")
    for panel, dims in zip(panels, GRIDS, strict=True):
        for r in records:
            if (r["kind"], r["dims"], r["components"], r["points"]) != ("batch", dims, 1, "random"):
                continue
            ours = r["package"] == "gloam"
            panel.loglog(r["ns_min"], r["max_error"], markers[r["package"]], ms=14 if ours else 7,
                         color="C3" if ours else "C0" if r["order"] == 3 else "0.6")
            panel.annotate(f"{r['package']} {'' if ours else r['method'].replace('RegularGridInterpolator', 'RGI')}",
                           (r["ns_min"], r["max_error"]), xytext=(6, OFFSETS[r["package"]]), textcoords="offset points",
                           fontsize=7)
        panel.set(xlabel="CPU time per point [ns]", title=f"{dims} axes, {GRIDS[dims]} nodes each")
        panel.set_xlim(panel.get_xlim()[0] / 1.5, panel.get_xlim()[1] * 6)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("largest error / largest value")
    figure.savefig(place, dpi=130)


def report(as_json: bool, place: Path | None) -> str:
    """Measure; records as JSON, or a table of them; with ``place``, also lookup.md and lookup.png in that folder."""
    records = measure()
    if place is not None:
        installed = ", ".join(f"{name} {version}" for name, version in versions().items())
        (place / "lookup.md").write_text(f"Measured with {installed}; {POINTS} points, CPU time of one thread, {ROUNDS} "
                                         f"interleaved rounds.\n\n{as_table(records)}\n")
        draw(records, place / "lookup.png")
    return json.dumps({"versions": versions(), "records": records}, indent=1) if as_json else as_table(records)
