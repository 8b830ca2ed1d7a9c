"""Answers of the command line as text: for a person, or rows of CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import Any

from gloam.lookup.callables.intervals import Gap

NEGLIGIBLE = 1e-5  # [1] external uncertainty that is not worth a line; JSON has it
FINEST, WORTH = "fine", 0.02  # quadrature that draws most events, and the relative error from which on it is worth a line

INTERVAL = ("intervals", "errors", "external", "significant", "robust")  # what a limit says of every interval
INTERVAL_COLUMNS = (
    "row",
    "interval",
    "low",
    "high",
    "low_error",
    "high_error",
    "low_external",
    "high_external",
    "significant",
    "robust",
    "gap_significant",
    "closest",
    "gaps",
)


def value_columns(bins: Sequence[str]) -> list[str]:
    """Columns of an answer with the values of ``bins``: plain names where there is one only."""
    if len(bins) == 1:
        return ["value", "error", "external"]
    return [*(f"{kind} {name}" for name in bins for kind in ("value", "error")), "external"]


def rows_of(count: int, result: dict[str, Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Cells by column of the answer to row ``count``: one row, or one per excluded interval (interval 0 where there is none).

    A failed row has its number, where there is such a column, and the reason.
    """
    if "problem" in result:
        return [{"row": count, "problem": result["problem"]}]
    if "intervals" in result:
        parts = zip(*(result[name] for name in INTERVAL), strict=True)
        gaps = ["", *map(int, result["gaps_significant"])]  # that below an interval
        found = [
            (count, number, *ends, *errors, *shifts, int(sure), int(robust), gaps[number - 1])
            for number, (ends, errors, shifts, sure, robust) in enumerate(parts, start=1)
        ]
        silent = {"gaps": "; ".join(f"{gap['low']!r} to {gap['high']!r}: {gap['reason']}" for gap in result["gaps"])}
        if not found:
            return [{"row": count, "interval": 0, "closest": result["closest"]["ratio"], **silent}]
        return [dict(zip(columns, cells, strict=False)) | silent for cells in found]
    if "log_likelihood" in result:
        return [{"log_likelihood": result["log_likelihood"], **result["parts"]}]
    if "quantities" in result:
        return [{**result["quantities"], **{f"external {name}": size for name, size in result["external"].items()}}]
    values, errors = (found if isinstance(found, list) else [found] for found in (result["value"], result["error"]))
    cells = [number for pair in zip(values, errors, strict=True) for number in pair]
    return [dict(zip(columns, [*cells, result.get("external", 0.0)], strict=False))]


def kept_cells(row: dict[str, str], columns: Sequence[str]) -> dict[str, str]:
    """The cells of a row of points as columns of the answer; a name that the answer has too is "given name"."""
    return {f"given {name}" if name in columns else name: text for name, text in row.items()}


def writer(columns: Sequence[str]) -> csv.DictWriter[str]:
    """Writes rows of CSV to stdout below a header: what a row lacks stays empty, the last column says why a row failed."""
    found = csv.DictWriter(sys.stdout, [*columns, "problem"], extrasaction="ignore", lineterminator="\n")
    found.writeheader()
    return found


def _end(value: float | None) -> str:
    return "open" if value is None else f"{value:.10g}"


def _limit_in_words(result: dict[str, Any]) -> str:
    unit = "" if result["unit"] == "1" else " " + result["unit"]
    ends = [end for interval in result["intervals"] for end in interval]
    told = max((size for pair in result["external"] for size in pair if size is not None), default=0.0) > NEGLIGIBLE
    what = "in reach" if result["statistic"].startswith("sensitivity") else "excluded"
    level = "an unknown level" if result["confidence"] is None else f"{100 * result['confidence']:g} %"
    lines = [f"{result['coupling']} {what} at {level}:"]
    drivers = result.get("drivers", [(None, None)] * len(result["intervals"]))
    for (low, high), error, shift, sure, robust, by in zip(*(result[name] for name in INTERVAL), drivers, strict=True):
        more = f"; external {_pair(shift, 100.0, ' %')}" if told else ""
        note = "" if sure else "; not significant: narrower than its errors"
        note += "" if robust else "; not robust: gone when all events are fewer by their external uncertainty"
        note += f"; from {by[0] or 'the end of the scan'} to {by[1] or 'the end of the scan'}" if any(by) else ""
        lines.append(f"  {_end(low)} to {_end(high)}{unit}  (error {_pair(error)}{more}{note})")
    lines += [
        f"  the gap above {_end(below)} is not significant: narrower than its errors"
        for (_, below), sure in zip(result["intervals"], result["gaps_significant"], strict=False)
        if not sure
    ]
    if result["closest"] is not None:
        lines.append(f"  {_closest_in_words(result['coupling'], unit, result['closest'])}")
    lines += [f"  {Gap(**gap).in_words(result['coupling'], result['unit'], result['scanned'])}" for gap in result["gaps"]]
    for sigmas, expected in zip((-2, -1, 0, 1, 2), result.get("expected", ()), strict=False):
        where = ", ".join(f"{_end(low)} to {_end(high)}{unit}" for low, high in expected) or "nothing"
        lines.append(f"  expected at {sigmas:+d} sigma: {where}")
    if not ends or None in ends:
        lines.append("  scanned: {:.6g} to {:.6g}".format(*result["scanned"]) + unit)
    lines.append(f"  statistic: {result['statistic']}")
    if words := ", ".join(f"{name}={value}" for name, value in result["options"].items() if isinstance(value, str)):
        lines.append(f"  options: {words}")
    uncertain = [
        (error, end)
        for errors, ends in zip(result["errors"], result["intervals"], strict=True)
        for error, end in zip(errors, ends, strict=True)
        if end is not None
    ]
    if result["closest"] is not None:
        uncertain.append((result["closest"]["error"], result["closest"]["ratio"]))
    lines += _finer(result, uncertain)
    if told or (result["closest"] or {}).get("external", 0.0) > NEGLIGIBLE:
        lines.append(f"  external: {result['external_source']}")
    return "\n".join(lines)


def _closest_in_words(coupling: str, unit: str, closest: dict[str, float]) -> str:
    if closest["ratio"] == 0.0:
        return (
            "nothing: no events at any value; the decay is closed, outside the cuts or never seen here "
            "(`gloam query MODEL` with these parameters tells what is open)"
        )
    told = f", external {100.0 * closest['external']:.2g} %" if closest["external"] > NEGLIGIBLE else ""
    return (
        f"nothing in the scanned range: at most {closest['ratio']:.3g} of the limit (error {closest['error']:.1g}{told}), "
        f"at {coupling} = {closest['value']:.4g}{unit}"
    )


def _finer(result: dict[str, Any], found: Sequence[tuple[float, float]]) -> list[str]:
    """A line that names the finest quadrature, where a search has it, another was chosen and an error is worth it."""
    if result["options"].get("quadrature", FINEST) == FINEST or not any(error > WORTH * abs(value) for error, value in found):
        return []
    return [f"  error: 95 % of the statistics where events are drawn; --option quadrature={FINEST} draws more"]


def _likelihood_in_words(result: dict[str, Any]) -> str:
    """A likelihood for a person."""
    lines = [result["words"], f"  without signal: {result['null']:.6g}"]
    lines += [f"  {name}: {words}" for name, words in result["nuisances"].items()]
    for name, slope in result.get("gradient", {}).items():
        told = (
            "none: it can be moved to neither side" if slope is None else f"{slope:.6g} +- {result['gradient_errors'][name]:.1g}"
        )
        lines.append(f"  d ln L/d {name} = {told}")
    return "\n".join(lines)


def in_words(result: dict[str, Any]) -> str:
    """One answer for a person."""
    if "log_likelihood" in result:
        return _likelihood_in_words(result)
    if "intervals" in result:
        return _limit_in_words(result)
    if "quantities" in result:
        width = max(map(len, result["quantities"])) + 2
        external = {name: f"  (external {100 * size:.2g} %)" for name, size in result["external"].items() if size > 1e-4}
        return "\n".join(
            f"{name:<{width}}{value:.8g}"
            + ("" if (unit := result["units"][name]) == "1" else " " + unit)
            + external.get(name, "")
            for name, value in result["quantities"].items()
        )
    lines = []
    unit = "" if result["unit"] == "1" else " " + result["unit"]
    values = result["value"] if isinstance(result["value"], list) else [result["value"]]
    errors = result["error"] if isinstance(result["error"], list) else [result["error"]]
    names = result.get("bins") or [""]
    for name, value, error in zip(names, values, errors, strict=True):
        found = f"{value:.8g} +- {error:.2g}"
        found = f"({found}) x{unit}" if unit[1:2].isdigit() else found + unit  # g-2 comes in units of 1e-11
        lines.append(f"{name + ': ' if len(values) > 1 else ''}{found}")
    lines += _finer(result, list(zip(errors, values, strict=True)))
    if result.get("external", 0.0) > NEGLIGIBLE and any(values):
        lines.append(f"external uncertainty {100 * result['external']:.2g} % ({result['external_source']})")
    return "\n".join(lines)


def _pair(numbers: tuple[float | None, float | None], scale: float = 1.0, unit: str = "") -> str:
    texts = ("-" if number is None else f"{scale * number:.{2 if scale * number < 100.0 else 3}g}{unit}" for number in numbers)
    return ", ".join(texts)
