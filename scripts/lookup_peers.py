"""The other interpolators of ``scripts/benchmark --lookup``, each on the same nodes and points as gloam."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("RAYON_NUM_THREADS", "1")

import numpy as np
from scipy import ndimage
from scipy.interpolate import NdBSpline, RegularGridInterpolator, make_interp_spline

if TYPE_CHECKING:
    from collections.abc import Callable

SCALAR_CALLS = 2000


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


def one_by_one(call: Callable[..., float], rows: list[list[float]], _: np.ndarray) -> np.ndarray:
    """A Python loop over scalar calls."""
    return np.array([call(*row) for row in rows])


def scipy_peers(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """scipy's three, batch."""
    dimensions, components = values.ndim - 1, values.shape[-1]
    axes = [np.linspace(0.0, 1.0, n) for n in values.shape[:-1]]
    plain = values[..., 0] if components == 1 else values
    found = [
        Contender(
            "scipy",
            "RegularGridInterpolator linear",
            1,
            "batch",
            RegularGridInterpolator(axes, plain, method="linear"),
            points,
            exact,
        )
    ]
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
        found.append(
            Contender(
                "scipy",
                "RegularGridInterpolator cubic",
                3,
                "batch",
                RegularGridInterpolator(axes, plain, method="cubic"),
                points,
                exact,
            )
        )
    filtered, scale = ndimage.spline_filter(plain, order=3, mode="mirror"), np.array(plain.shape)[:, None] - 1.0

    def mapped(x: np.ndarray) -> np.ndarray:
        return ndimage.map_coordinates(filtered, x.T * scale, order=3, mode="mirror", prefilter=False)

    found.append(Contender("scipy", "ndimage order 3", 3, "batch", mapped, points, exact))
    some = points[:SCALAR_CALLS]
    found.append(
        Contender(
            "scipy",
            "NdBSpline",
            3,
            "scalar",
            partial(one_by_one, lambda *x: spline(x), some.tolist()),
            some,
            exact[:SCALAR_CALLS],
        )
    )
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
    found.append(
        Contender("interpn", "B-spline gradient only", 3, "gradient", lambda _: made.eval_grad_unchecked(columns, slopes), points)
    )
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
    found = [
        Contender("interpolation", "cubic", 3, "batch", lambda x: (eval_cubic(grid, coefficients, x, out), out)[1], points, exact)
    ]
    if components > 1:
        return found
    found.append(
        Contender("interpolation", "linear", 1, "batch", lambda x: (eval_linear(grid, plain, x, out), out)[1], points, exact)
    )
    singles = [np.array(row) for row in points[:SCALAR_CALLS].tolist()]
    found.append(
        Contender(
            "interpolation",
            "cubic",
            3,
            "scalar",
            lambda _: np.array([eval_cubic(grid, coefficients, x) for x in singles]),
            points[:SCALAR_CALLS],
            exact[:SCALAR_CALLS],
        )
    )
    return found


def ndsplines_peer(values: np.ndarray, points: np.ndarray, exact: np.ndarray) -> list[Contender]:
    """ndsplines' cubic."""
    import ndsplines

    mesh = np.stack(np.meshgrid(*[np.linspace(0.0, 1.0, n) for n in values.shape[:-1]], indexing="ij"), axis=-1)
    made = ndsplines.make_interp_spline(mesh, values)
    return [Contender("ndsplines", "cubic", 3, "batch", lambda x: made(x), points, exact)]


def neopdf_peer(
    low: float, high: float, n: int, function: Callable[[np.ndarray], np.ndarray], points: np.ndarray
) -> list[Contender]:
    """neopdf-hep's log-bicubic on a set written for it, one point at a time; empty where it will not read it."""
    from neopdf.pdf import PDF

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
            f"AlphaS_Qs: [{low**0.5}, {high**0.5}]\nAlphaS_Vals: [0.2, 0.1]\n"
        )
        rows = "\n".join(f"{value:.16e}" for value in grid.ravel())
        words = [" ".join(f"{v:.16e}" for v in axis) for axis in (nodes, np.sqrt(nodes))]
        (place / "bench_0000.dat").write_text(
            f"PdfType: central\nFormat: lhagrid1\n---\n{words[0]}\n{words[1]}\n21\n{rows}\n---\n"
        )
        os.environ["NEOPDF_DATA_PATH"] = folder
        made = PDF.mkPDF("bench", 0)
    some = points[:SCALAR_CALLS]
    call = partial(made.xfxQ2, 21)
    return [
        Contender(
            "neopdf-hep",
            "log-bicubic",
            3,
            "scalar",
            partial(one_by_one, call, some.tolist()),
            some,
            function(some)[:, 0],
            relative=True,
        )
    ]
