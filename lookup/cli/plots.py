"""Exclusion planes: the excluded region of one coupling against one other parameter, on a grid of points."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from gloam.lookup.callables.bands import favoured
from gloam.lookup.callables.limits import Limit, limit
from gloam.lookup.callables.modules import names, shared
from gloam.lookup.callables.plan import MODEL_STATUS, SEARCH_STATUS
from gloam.lookup.errors import BadParameter
from gloam.lookup.vocabulary import SILENT
from numpy.typing import NDArray

FAINTEST = 50.0  # of -ln(rate/limit): a rate of zero is drawn as this
AXIS = tuple[str, float, float]


def excess(bound: Limit, fixed: dict[str, float], x: AXIS, y: AXIS, columns: int) -> NDArray[np.float64]:
    """ln(rate/limit) over the plane, shape (columns, columns), rows along y; NaN where there is no answer."""
    return plane(bound, fixed, x, y, columns)[0]


def plane(
    bound: Limit, fixed: dict[str, float], x: AXIS, y: AXIS, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
    """ln(rate/limit) over the plane, where a search refuses to answer, and why: one sentence for every reason.

    Points about which nothing was published are NaN, and no refusal.

    Raises
    ------
    BadParameter, UnknownName
        When an axis leaves the range of its parameter.
    OutOfRange, DoesNotFit
        When no point of the plane has an answer.
    """
    across, up = (np.clip(np.geomspace(low, high, columns), low, high) for _, low, high in (x, y))
    values, codes, points = bound.excess_and_code({**fixed, x[0]: across[None, :], y[0]: up[:, None]})
    silent = codes == SEARCH_STATUS + SILENT
    refused = (codes != 0) & ~silent
    reasons = []
    for code in np.unique(codes[refused]).tolist():
        places = np.flatnonzero(codes == code)
        reason = bound.rate.explain(code, points[places[0]])
        if code < MODEL_STATUS or len(places) == codes.size:
            raise reason
        reasons.append(f"no answer at {len(places)} of {codes.size} points of the plane, the first because {reason}")
    return np.maximum(values, -FAINTEST), refused, reasons


def draw_plane(
    searches: list[str],
    model: str,
    options: dict[str, Any],
    fixed: dict[str, float],
    axes: tuple[AXIS, AXIS],
    path: Path,
    columns: int = 200,
) -> list[str]:
    """Draw the regions that ``searches`` exclude in the plane of ``axes`` and write ``path``.

    A search that favours a band (g-2 of 2021 or 2023) has it drawn too. An option goes to every search that knows it.
    Points at which a search has no answer are hatched; the reasons are returned, one sentence each.

    Parameters
    ----------
    axes : ((name, low, high), (coupling, low, high))
        Both logarithmic; the second names the coupling that is limited.

    Raises
    ------
    BadParameter
        When matplotlib, a search or a type of file is missing, or ``columns`` is below 2.
    UnknownName, DoesNotFit, OutOfRange
        As :func:`gloam.lookup.limit`.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "plots need matplotlib: pip install 'gloam[plot]'"
        raise BadParameter(msg) from error
    except ValueError as error:
        msg = f"matplotlib cannot be loaded: {error}; see MPLBACKEND and matplotlibrc"
        raise BadParameter(msg) from error
    if path.suffix not in (".png", ".pdf", ".svg"):
        msg = f"cannot write {path}: the file must end in .png, .pdf or .svg"
        raise BadParameter(msg)
    if not searches:
        msg = f"nothing to draw: name at least one search of {', '.join(names('searches'))}"
        raise BadParameter(msg)
    if columns < 2:
        msg = f"{columns} points along an axis make no plane: 2 or more"
        raise BadParameter(msg)
    x, y = axes
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    canvas = figure.add_subplot()
    bounds, notes = [], []
    for number, (name, chosen) in enumerate(zip(searches, shared(searches, model, options), strict=True)):
        bounds.append(limit(name, model, y[0], **chosen))
        values, refused, reasons = plane(bounds[-1], fixed, x, y, columns)
        notes += [f"{name}: {reason}" for reason in reasons]
        _draw_region(canvas, values, (x, y), f"C{number}", bounds[-1], bool((np.isnan(values) & ~refused).any()))
        if refused.any():
            canvas.contourf(*_grid(x, y, columns), refused, [0.5, 1.5], colors=["none"], hatches=["xxx"])
            canvas.fill_between([], [], [], facecolor="none", hatch="xxx", label=f"{name}, no answer")
        band = favoured(name, model, y[0], **chosen)
        if band is not None:
            inside = np.minimum(excess(band, fixed, x, y, columns), -values)
            canvas.contourf(*_grid(x, y, columns), inside, [0.0, math.inf], colors=[f"C{number}"], alpha=0.5, hatches=["///"])
            canvas.fill_between([], [], [], color=f"C{number}", alpha=0.5, hatch="///", label=f"{name}, favoured")
    canvas.set(xscale="log", yscale="log", xlim=x[1:], ylim=y[1:])
    _annotate(canvas, bounds[0], options, fixed, (x[0], y[0]))
    _save(figure, path)
    return notes


def _save(figure: Any, path: Path) -> None:
    """Write the figure.

    Raises
    ------
    BadParameter
        When matplotlib is told to use LaTeX and cannot, or the path is no path.
    """
    from matplotlib import rcParams

    try:
        figure.savefig(path, dpi=200)
    except (RuntimeError, FileNotFoundError, ValueError) as error:
        if getattr(error, "filename", None) == str(path):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        msg = f"cannot write {str(path)!r}: {reason}"
        if rcParams["text.usetex"]:
            msg += "; matplotlib is told to use LaTeX: install it with dvipng, or set text.usetex to False in your matplotlibrc"
        raise BadParameter(msg) from error


def _grid(x: AXIS, y: AXIS, columns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.geomspace(x[1], x[2], columns), np.geomspace(y[1], y[2], columns)


def _draw_region(
    canvas: Any, values: NDArray[np.float64], axes: tuple[AXIS, AXIS], colour: str, bound: Limit, silent: bool
) -> None:
    search, grid = bound.rate.search, _grid(*axes, len(values))
    told, confidence = search.statement_of(bound.rate.options)
    sensitivity = told.startswith("sensitivity")
    label = (
        search.name + (f", {100 * confidence:g} %" if confidence == confidence else "") + (", where published" if silent else "")
    )
    label += " (sensitivity)" if sensitivity else ""
    style = "--" if sensitivity else "-"
    shown = np.ma.masked_invalid(values)
    if not shown.count() or shown.max() <= 0.0:
        label += ": nothing here"
    else:
        if not sensitivity:
            canvas.contourf(*grid, shown, [0.0, math.inf], colors=[colour], alpha=0.12)
        if shown.min() < 0.0:
            canvas.contour(*grid, shown, [0.0], colors=[colour], linewidths=1.4, linestyles=style)
    canvas.plot([], [], style, color=colour, linewidth=1.4, label=label)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit.replace("GeV^-1", r"GeV$^{-1}$")


def _annotate(canvas: Any, bound: Limit, options: dict[str, Any], fixed: dict[str, float], across: tuple[str, str]) -> None:
    units = {item.name: item.unit for item in bound.rate.parameters}
    labels = {item.name: item.label for item in bound.rate.parameters}
    for name, setter in zip(across, (canvas.set_xlabel, canvas.set_ylabel), strict=True):
        if name not in units:
            bound.rate._ordered({name: 1.0})
        unit = _unit(units[name])
        setter(labels[name] + (f" [{unit}]" if unit else ""))
    told = [f"{labels[name]} = {value:g} {_unit(units[name])}".rstrip() for name, value in fixed.items()]
    told += [f"{name}: {value:g}" if isinstance(value, float) else f"{name}: {value}" for name, value in options.items()]
    canvas.set_title(textwrap.fill(f"{bound.rate.model.name}; {', '.join(told)}", 90), fontsize=7)
    canvas.legend(fontsize=7, frameon=False, loc="lower right")
