"""Contours of a likelihood, profiled over all free parameters, in the plane of two others."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from gloam.lookup.callables.space import Space
from gloam.lookup.cli.plots import AXIS, _unit
from gloam.lookup.errors import BadParameter
from gloam.lookup.fits.profiles import profile

LEVELS = (0.68, 0.95)  # [1] of two parameters
CHI2 = tuple(-2.0 * math.log(1.0 - level) for level in LEVELS)  # quantiles of chi^2 of two degrees of freedom
FLAT = 1e-6  # of -2 ln L: differences below are no best fit
DEEPEST = 30.0  # of -2 (ln L - largest) in colour


def draw_contours(space: Space, axes: tuple[AXIS, AXIS], path: Path, columns: int = 60) -> None:
    """Draw -2 (ln L - largest) with the contours of 68 and 95 % of two parameters and the best fit; write ``path``.

    Parameters
    ----------
    space : Space
        Its free parameters are profiled over; the axes are fixed in it, at any value.
    axes : ((name, low, high), (name, low, high))
        Both logarithmic.

    Raises
    ------
    BadParameter
        When matplotlib or a type of file is missing, ``columns`` is below 2, or ln L has no value in the plane.
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
    if columns < 2:
        msg = f"{columns} points along an axis make no plane: 2 or more"
        raise BadParameter(msg)
    (x, *_), (y, *_) = axes
    ends_x, ends_y = axes[0][1:], axes[1][1:]
    across, up = np.geomspace(ends_x[0], ends_x[1], columns), np.geomspace(ends_y[0], ends_y[1], columns)
    values, _ = profile(space, {x: across[None, :], y: up[:, None]})
    if not np.isfinite(values).any():
        msg = f"ln L has no value anywhere in this plane of {x} and {y}"
        raise BadParameter(msg)
    depth = -2.0 * (values - np.nanmax(values))
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    canvas = figure.add_subplot()
    shown = np.ma.masked_invalid(np.minimum(depth, DEEPEST))
    colours = canvas.pcolormesh(across, up, shown, cmap="Blues_r", shading="nearest", rasterized=True)
    deep = " (30 and more alike)" if np.nanmax(depth) > DEEPEST else ""
    figure.colorbar(colours, ax=canvas, label=r"$-2\,\Delta\ln L$" + deep)
    _lines(canvas, across, up, np.ma.masked_invalid(depth))
    canvas.set(xscale="log", yscale="log", xlim=ends_x, ylim=ends_y)
    _annotate(canvas, space, (x, y))
    figure.savefig(path, dpi=200)


def _lines(canvas: Any, across: Any, up: Any, depth: Any) -> None:
    """Contours and the best fit; where many points are equally good, no single one is marked."""
    for level, chi2, style in zip(LEVELS, CHI2, ("-", "--"), strict=True):
        label = f"{100 * level:g} %"
        if depth.max() > chi2:
            canvas.contour(across, up, depth, [chi2], colors=["C1"], linewidths=1.4, linestyles=style)
        else:
            label += ": nothing here"
        canvas.plot([], [], style, color="C1", linewidth=1.4, label=label)
    best = np.argwhere(depth.filled(math.inf) <= FLAT)
    if len(best) == 1:
        canvas.plot(across[best[0, 1]], up[best[0, 0]], "*", color="C3", markersize=9, label="best fit")
    else:
        canvas.plot([], [], " ", label=f"best: {len(best)} points alike")


def _annotate(canvas: Any, space: Space, across: tuple[str, str]) -> None:
    made = space.likelihood
    units = {item.name: item.unit for item in made.parameters}
    labels = {item.name: item.label for item in made.parameters}
    for name, setter in zip(across, (canvas.set_xlabel, canvas.set_ylabel), strict=True):
        unit = _unit(units[name])
        setter(labels[name] + (f" [{unit}]" if unit else ""))
    fixed = {name: value for name, value in space._fixed.items() if name not in across}
    told = [f"{labels[name]} = {value:g} {_unit(units[name])}".rstrip() for name, value in fixed.items()]
    told += [f"{name}: {value}" for name, value in made._given[0].items()]
    told += [f"{labels[name]} profiled" for name in space.names]
    told += [f"{name.split(':')[0]} approximate" for name in made.approximations]
    title = f"{' + '.join(made.searches)}; {made.model.name}; {', '.join(told)}"
    canvas.set_title(textwrap.fill(title, 90), fontsize=7)
    canvas.legend(fontsize=7, frameon=True, loc="lower right")
