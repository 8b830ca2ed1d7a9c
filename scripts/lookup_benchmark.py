"""The lookup against its peers: same tables, same points, same run (``scripts/benchmark --lookup``).

Peers that are installed take part: scipy, interpn, interpolation (econforge), ndsplines, neopdf-hep. Times are CPU
seconds of one thread, in interleaved rounds.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import statistics
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from gloam.builder import evaluation, source
from gloam.lookup import load
from gloam.lookup.interpolation.reference import not_a_knot_coefficients
from gloam.lookup.callables.store import Store, pack
from gloam.lookup.callables.table import Table
from gloam.tables.coordinates import FLUX_SCALE
from gloam.tables.spec import Axis, Input, TableSpec
from lookup_peers import (
    SCALAR_CALLS,
    Contender,
    econforge_peers,
    interpn_peers,
    ndsplines_peer,
    neopdf_peer,
    one_by_one,
    scipy_peers,
)

GRIDS = {2: 64, 3: 48, 4: 32}  # nodes of every axis
COMPONENTS = 11
POINTS = 20_000
SLOW_POINTS = 500  # for contenders beyond SLOW
SLOW = 4e-6  # seconds per point
ROUNDS = 9
EDGE = 0.02  # points keep this distance from the edge of the unit box
OFFSETS = {"gloam": 6, "scipy": 5, "interpn": -10, "interpolation": 8, "ndsplines": -10}  # of labels [points]
PACKAGES = ("scipy", "interpn", "interpolation", "ndsplines", "neopdf-hep", "numba", "numpy")


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
        name="benchmark",
        version=1,
        title="",
        coordinates=coordinates,
        unit="1",
        rtol=1.0,
        transform="linear",
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
    found.append(
        Contender("gloam", "table.fill with gradient", 3, "gradient", partial(fill_gradient, table, slopes), points, exact)
    )
    peers = scipy_peers(values, points, exact if components > 1 else exact[:, 0])
    if components == 1:
        some = points[:SCALAR_CALLS]
        rows = some.tolist()
        words = [dict(zip((item.name for item in table.spec.inputs), row, strict=True)) for row in rows]
        for method, call in (
            ("table.scalar", partial(one_by_one, table.scalar, rows)),
            ("table(keywords)", lambda _: np.array([table(**row) for row in words])),
        ):
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
    found = [Contender("gloam", "table.scalar, two logarithms", 3, "scalar", call, points, ratelike(points)[:, 0], relative=True)]
    return found + (neopdf_peer(low, high, GRIDS[2], ratelike, points) if importlib.util.find_spec("neopdf") else [])


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
    values = np.empty((len(at_nodes), len(spec.components)))
    table.fill(at_nodes, values, label=label)
    logs = np.log(values).reshape(*shape, -1)
    found = [Contender("gloam", f"table.fill of {name}", 3, "batch", ours, points, exact, relative=True)]
    if importlib.util.find_spec("interpolation") is None:
        return found
    from interpolation.splines import UCGrid, filter_cubic
    from interpolation.splines.eval_splines import eval_cubic

    grid = UCGrid(*[(axis.low, axis.high, axis.n) for axis in spec.axes])
    coefficients = filter_cubic(grid, logs)

    def econforge(x: np.ndarray) -> np.ndarray:
        place = x.copy()
        place[:, 0] = np.log(x[:, 0]) + x[:, 0] / FLUX_SCALE
        place[:, 1:] = np.log(x[:, 1:])
        return np.exp(eval_cubic(grid, coefficients, place))

    return [
        *found,
        Contender("interpolation", f"cubic on {name}, numpy log and exp", 3, "batch", econforge, points, exact, relative=True),
    ]


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
    return [
        {
            "package": one.package,
            "method": one.method,
            "dims": dims,
            "components": components,
            "order": one.order,
            "points": points,
            "ns_min": min(times),
            "ns_median": statistics.median(times),
            "max_error": error,
            "kind": one.kind,
        }
        for one, times, error in zip(everyone, spent, errors, strict=True)
    ]


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
    lines = [
        "| kind | axes | components | points | package | method | ns, least | ns, median | largest error |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in records:
        error = "" if r["max_error"] is None else f"{r['max_error']:.1e}"
        lines.append(
            f"| {r['kind']} | {r['dims']} | {r['components']} | {r['points']} | {r['package']} | {r['method']} | "
            f"{r['ns_min']:.3g} | {r['ns_median']:.3g} | {error} |"
        )
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
            panel.loglog(
                r["ns_min"],
                r["max_error"],
                markers[r["package"]],
                ms=14 if ours else 7,
                color="C3" if ours else "C0" if r["order"] == 3 else "0.6",
            )
            panel.annotate(
                f"{r['package']} {'' if ours else r['method'].replace('RegularGridInterpolator', 'RGI')}",
                (r["ns_min"], r["max_error"]),
                xytext=(6, OFFSETS[r["package"]]),
                textcoords="offset points",
                fontsize=7,
            )
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
        (place / "lookup.md").write_text(
            f"Measured with {installed}; {POINTS} points, CPU time of one thread, {ROUNDS} "
            f"interleaved rounds.\n\n{as_table(records)}\n"
        )
        draw(records, place / "lookup.png")
    return json.dumps({"versions": versions(), "records": records}, indent=1) if as_json else as_table(records)
