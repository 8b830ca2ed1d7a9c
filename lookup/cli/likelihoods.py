"""The verbs ``gloam likelihood`` and ``gloam profile``, and ``gloam plot --likelihood``."""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gloam.lookup.errors import BadParameter

if TYPE_CHECKING:
    from gloam.lookup.callables.likelihoods import Likelihood

Axis = tuple[str, float, float]


def nuisances(item: argparse.ArgumentParser) -> None:
    """Arguments about nuisances."""
    item.add_argument("--signal", default="0", metavar="SIZE", help="relative error of all signals, or `external`; profiled")
    item.add_argument("--tables", action="store_true", help="profile over the errors of the tables too")


def free(item: argparse.ArgumentParser) -> None:
    """The argument about free parameters."""
    item.add_argument("--free", action="append", default=[], metavar="NAME=LO:HI", help="parameter to profile over")


def add_verbs(verbs: Any, verb: Callable[..., Any], binding: Callable[..., None], points: Callable[..., None]) -> None:
    """Enter ``likelihood`` and ``profile`` among the verbs, with the arguments that all share."""
    item = verb(verbs, "likelihood", "ln L of several searches", _likelihood)
    item.add_argument("--gradient", action="store_true", help="print the derivatives by all parameters, with their errors")
    points(item, "SEARCH [k=v]")
    binding(item)
    nuisances(item)
    item = verb(verbs, "profile", "ln L of several searches along one parameter", _profile)
    item.add_argument("inputs", nargs="+", metavar="SEARCH [k=v]", help="searches, and the fixed parameters")
    item.add_argument("-x", required=True, metavar="NAME=LO:HI", help="the parameter")
    item.add_argument("--points-x", type=int, default=50, help="its values")
    item.add_argument("--json", action="store_true", help="print JSON")
    binding(item)
    nuisances(item)
    free(item)


def _likelihood(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.main import _Bound
    from gloam.lookup.cli.replies import answer

    options.searches = [text for text in options.inputs if "=" not in text]
    options.inputs = [text for text in options.inputs if "=" in text]
    bound = _Bound(options, lambda chosen: bind(options.searches, options, chosen))

    def ask(point: dict[str, Any]) -> dict[str, Any]:
        made, parameters = bound(point)
        return answer_of(made, parameters, options.gradient)

    return answer(options, ask, ["log_likelihood", *options.searches])


def _profile(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.planes import axis, fixed

    x, ranges = axis(options.x), free_ranges(options.free, axis)
    searches, chosen, known = fixed(options, [x[0], *ranges])
    made = bind(searches, options, chosen)
    write_scan(scan(made, x, ranges, known, options.points_x), made, options.json)
    return 0


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """What the flags say about nuisances."""
    signal: Any = options.signal
    try:
        signal = float(signal)
    except ValueError:
        pass  # "external", or refused in words by those who know
    return {"signal": signal, "tables": options.tables}


def bind(searches: list[str], options: argparse.Namespace, chosen: dict[str, Any]) -> Likelihood:
    """The likelihood of the searches that were named.

    Raises
    ------
    UnknownName, DoesNotFit, BadParameter
    """
    from gloam.lookup.callables.likelihoods import likelihood

    return likelihood(searches, options.model, **settings_of(options), **chosen)


def answer_of(made: Likelihood, parameters: dict[str, float], gradient: bool) -> dict[str, Any]:
    """What is told about one point."""
    found = made.explain(**parameters)
    value = made(**parameters)
    result: dict[str, Any] = {
        "log_likelihood": value,
        "null": made.null,
        "parts": {part.search: part.value for part in found.parts},
        "silent": {part.search: part.reason for part in found.parts if part.kind == "silent"},
        "driver": found.driver,
        "approximations": made.approximations,
        "nuisances": made.nuisances,
        "options": made.options,
        "words": str(found),
    }
    if gradient:
        _, slopes, errors = made.value_and_gradient(**parameters)
        result["gradient"] = {name: None if math.isnan(slope) else slope for name, slope in slopes.items()}
        result["gradient_errors"] = {name: None if math.isnan(error) else error for name, error in errors.items()}
    return result


def free_ranges(texts: list[str], axis: Any) -> dict[str, tuple[float, float]]:
    """Ranges of ``--free NAME=LO:HI``; ``axis`` reads one.

    Raises
    ------
    BadParameter
    """
    found: dict[str, tuple[float, float]] = {}
    for name, low, high in map(axis, texts):
        if name in found:
            msg = f"{name} is given twice"
            raise BadParameter(msg)
        found[name] = (low, high)
    return found


def scan(
    made: Likelihood, x: Axis, ranges: dict[str, tuple[float, float]], fixed: dict[str, float], count: int
) -> dict[str, Any]:
    """Profile along one parameter: its values, ln L, -2 (ln L - largest), and the free parameters at the best.

    Raises
    ------
    BadParameter, UnknownName
    """
    import numpy as np
    from gloam.lookup.fits import Space
    from gloam.lookup.fits.profiles import profile

    if count < 2:
        msg = f"{count} points make no profile: 2 or more"
        raise BadParameter(msg)
    grid = np.geomspace(x[1], x[2], count)
    values, points = profile(Space(made, ranges, {**fixed, x[0]: x[1]}), {x[0]: grid})
    if not np.isfinite(values).any():
        made(**fixed, **{name: ends[0] for name, ends in ranges.items()}, **{x[0]: x[1]})  # says why
        msg = f"ln L has no value at any of {count} points of {x[0]} = {x[1]:g} to {x[2]:g}"
        raise BadParameter(msg)
    top = np.nanmax(values)
    return {
        x[0]: grid.tolist(),
        "log_likelihood": [None if math.isnan(value) else value for value in values.tolist()],
        "delta_chi2": [None if math.isnan(value) else -2.0 * (value - top) for value in values.tolist()],
        **{name: points[:, k].tolist() for k, name in enumerate(ranges)},
    }


def write_scan(found: dict[str, Any], made: Likelihood, as_json: bool) -> None:
    """A profile as JSON or as rows of CSV on stdout; approximations on stderr."""
    if as_json:
        sys.stdout.write(json.dumps({**found, "approximations": made.approximations, "options": made.options}) + "\n")
        return
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(found)
    table.writerows(["" if cell is None else cell for cell in row] for row in zip(*found.values(), strict=True))
    for words in made.approximations:
        sys.stderr.write(f"gloam: {words}\n")


def draw(
    made: Likelihood,
    axes: tuple[Axis, Axis],
    ranges: dict[str, tuple[float, float]],
    fixed: dict[str, float],
    path: Path,
    columns: int,
) -> None:
    """Contours of a profile over two parameters, as :func:`gloam.lookup.cli.likelihood_plots.draw_contours`."""
    from gloam.lookup.cli.likelihood_plots import draw_contours
    from gloam.lookup.fits import Space

    start = {axes[0][0]: axes[0][1], axes[1][0]: axes[1][1]}
    draw_contours(Space(made, ranges, {**fixed, **start}), axes, path, columns)
