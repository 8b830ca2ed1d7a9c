"""The verb ``gloam plot``, and what verbs with axes share."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gloam.lookup.cli.points import pairs
from gloam.lookup.errors import BadParameter


def add_plot(verbs: Any, verb: Callable[..., Any], binding: Callable[..., None]) -> None:
    """Enter ``plot`` among the verbs, with the arguments that all share."""
    from gloam.lookup.cli.likelihoods import free, nuisances

    item = verb(verbs, "plot", "draw the excluded region of a plane, or contours of a likelihood", _plot)
    item.add_argument("--likelihood", action="store_true", help="contours of the likelihood of all searches, with the best fit")
    nuisances(item)
    free(item)
    item.add_argument("inputs", nargs="+", metavar="SEARCH [k=v]", help="searches, and the fixed parameters")
    binding(item)
    item.add_argument("-x", required=True, metavar="NAME=LO:HI", help="horizontal axis")
    item.add_argument("-y", required=True, metavar="NAME=LO:HI", help="vertical axis: the coupling that is limited")
    item.add_argument("-o", required=True, metavar="FILE.png")
    item.add_argument("--points-x", type=int, default=200, help="points along each axis of the plane")


def axis(text: str) -> tuple[str, float, float]:
    """Name and ends of ``NAME=LO:HI``.

    Raises
    ------
    BadParameter
    """
    from gloam.lookup.cli.main import _span

    name, _, span = text.partition("=")
    ends = _span(span, f"axis {text!r}", "NAME=LO:HI")
    if not 0.0 < ends[0] < ends[1] < math.inf:
        msg = f"axis {text!r}: the ends must be positive and increasing (both axes are logarithmic)"
        raise BadParameter(msg)
    return name, *ends


def fixed(options: argparse.Namespace, taken: Iterable[str]) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """Searches, discrete options and fixed parameters; ``taken`` are the axes and free parameters."""
    from gloam.lookup.cli.main import _split
    from gloam.lookup.cli.replies import benchmark_values

    searches = [text for text in options.inputs if "=" not in text]
    given = pairs([text for text in options.inputs if "=" in text])
    for name in taken:
        if name in given:
            msg = f"{name} is given twice, as {name}={given[name]} and as an axis or free parameter"
            raise BadParameter(msg)
    known = {name: value for name, value in benchmark_values(options).items() if name not in taken}
    return searches, *_split({**known, **given}, options.option, options.model)


def _plot(options: argparse.Namespace) -> int:
    from gloam.lookup.cli.likelihoods import bind, draw, free_ranges
    from gloam.lookup.cli.plots import draw_plane

    axes, profiled = (axis(options.x), axis(options.y)), free_ranges(options.free, axis)
    searches, chosen, known = fixed(options, [axes[0][0], axes[1][0], *profiled])
    if options.likelihood:
        draw(bind(searches, options, chosen), axes, profiled, known, Path(options.o), options.points_x)
    elif profiled or options.tables or options.signal != "0":
        msg = "--free, --signal and --tables belong to contours of a likelihood: add --likelihood"
        raise BadParameter(msg)
    else:
        for note in draw_plane(searches, options.model, chosen, known, axes, Path(options.o), options.points_x):
            sys.stderr.write(f"gloam: {note}\n")
    sys.stderr.write(f"gloam: wrote {options.o}\n")
    return 0
