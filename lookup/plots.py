"""Exclusion planes: the excluded region of one coupling against one other parameter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from gloam.lookup.errors import BadParameter
from gloam.lookup.limits import Limit, limit
from numpy.typing import NDArray

AXIS = tuple[str, float, float]
LABELS = {
    "m_N": r"$m_N$", "m_Zp": r"$m_{Z'}$", "eps": r"$\varepsilon$", "alpha_D": r"$\alpha_D$",
    "U2_e": r"$|U_{e4}|^2$", "U2_mu": r"$|U_{\mu 4}|^2$", "U2_tau": r"$|U_{\tau 4}|^2$", "U2_D": r"$|U_{D4}|^2$",
    "mu_tr_e": r"$\mu_{\rm tr}^{e}$", "mu_tr_mu": r"$\mu_{\rm tr}^{\mu}$", "mu_tr_tau": r"$\mu_{\rm tr}^{\tau}$",
}


def excluded(bound: Limit, fixed: dict[str, float], x: AXIS, y: AXIS, columns: int) -> NDArray[np.float64]:
    """Edges of the excluded intervals per column: shape (columns, intervals, 2), NaN where there is none.

    Open ends take the end of the drawn range.
    """
    found = []
    for value in np.geomspace(x[1], x[2], columns):
        answer = bound(**{**fixed, x[0]: float(value)})
        found.append([(y[1] if low is None else low, y[2] if high is None else high) for low, high in answer.intervals])
    most = max((len(row) for row in found), default=0)
    out = np.full((columns, max(most, 1), 2), np.nan)
    for i, row in enumerate(found):
        for j, edges in enumerate(row):
            out[i, j] = edges
    return out


def draw_plane(
    searches: list[str], model: str, options: dict[str, Any], fixed: dict[str, float], axes: tuple[AXIS, AXIS],
    path: Path, columns: int = 200,
) -> None:
    """Draw the regions that ``searches`` exclude in the plane of ``axes`` and write ``path``.

    Parameters
    ----------
    axes : ((name, low, high), (coupling, low, high))
        Both logarithmic; the second names the coupling that is limited.

    Raises
    ------
    BadParameter
        When matplotlib is missing.
    UnknownName, DoesNotFit, OutOfRange
        As :func:`gloam.lookup.limit`.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "plots need matplotlib: pip install 'gloam[plot]'"
        raise BadParameter(msg) from error
    x, y = axes
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    canvas = figure.add_subplot()
    bounds = [limit(name, model, y[0], **options) for name in searches]
    mass = np.geomspace(x[1], x[2], columns)
    for number, bound in enumerate(bounds):
        edges = excluded(bound, fixed, x, y, columns)
        colour = f"C{number}"
        for j in range(edges.shape[1]):
            canvas.fill_between(mass, edges[:, j, 0], edges[:, j, 1], color=colour, alpha=0.25, linewidth=0.0)
            canvas.plot(mass, edges[:, j, 0], color=colour, linewidth=1.4,
                        label=bound.rate.search.NAME if j == 0 else None)
            canvas.plot(mass, edges[:, j, 1], color=colour, linewidth=1.4)
    canvas.set(xscale="log", yscale="log", xlim=x[1:], ylim=y[1:])
    _annotate(canvas, bounds[0], options, fixed, (x[0], y[0]))
    if path.suffix not in (".png", ".pdf", ".svg"):
        msg = f"cannot write {path}: the file must end in .png, .pdf or .svg"
        raise BadParameter(msg)
    figure.savefig(path, dpi=200)


def _annotate(canvas: Any, bound: Limit, options: dict[str, Any], fixed: dict[str, float], names: tuple[str, str]) -> None:
    units = {item.name: item.unit for item in bound.rate.parameters}
    for name, setter in zip(names, (canvas.set_xlabel, canvas.set_ylabel), strict=True):
        if name not in units:
            bound.rate._ordered({name: 1.0})
        unit = units[name].replace("GeV^-1", r"GeV$^{-1}$")
        setter(LABELS.get(name, name) + ("" if unit == "1" else f" [{unit}]"))
    told = [f"{LABELS.get(name, name)} = {value:g}" for name, value in fixed.items()]
    told += [f"{name}: {value}" for name, value in options.items()]
    canvas.set_title(f"{bound.rate.model.NAME}; {', '.join(told)}", fontsize=8)
    handles, labels = canvas.get_legend_handles_labels()
    canvas.legend(handles, [f"{label}, {100 * bound.rate.search.CONFIDENCE:g} %" for label in labels],
                  fontsize=8, frameon=False, loc="best")
