"""Answers of the command line as text: for a person, or rows of CSV."""

from __future__ import annotations

import csv
import sys
from typing import Any

NEGLIGIBLE = 1e-5  # [1] external uncertainty that is not worth a line; JSON has it


def write_row(result: dict[str, Any], header: bool) -> bool:
    """A row of value and error, or of all quantities, below a header if there was none; returns that there is one now."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if "quantities" in result:
        writer.writerows(([] if header else [list(result["quantities"])]) + [[repr(v) for v in result["quantities"].values()]])
        return True
    if not header:
        writer.writerow(("value", "error"))
    if "problem" in result:
        writer.writerow(("nan", "nan"))
    else:
        writer.writerow((repr(result["value"]), repr(result["error"])))
    return True


def write_intervals(count: int, result: dict[str, Any], header: bool) -> bool:
    """A row per excluded interval, empty where an end is open; interval 0 where nothing is excluded."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not header:
        writer.writerow(("row", "interval", "low", "high", "low_error", "high_error"))
    if "problem" in result:
        writer.writerow((count, *["nan"] * 5))
        return True
    found = list(zip(result["intervals"], result["errors"], strict=True))
    for number, (ends, errors) in enumerate(found, start=1):
        writer.writerow((count, number, *("" if value is None else repr(value) for value in (*ends, *errors))))
    if not found:
        writer.writerow((count, 0, "", "", "", ""))
    return True


def _end(value: float | None) -> str:
    return "open" if value is None else f"{value:.10g}"


def in_words(result: dict[str, Any]) -> str:
    """One answer for a person."""
    if "intervals" in result:
        head = f"{result['coupling']} excluded at {100 * result['confidence']:g} %:"
        unit = "" if result["unit"] == "1" else " " + result["unit"]
        parts = [f"  {_end(low)} to {_end(high)}{unit}  (error {_pair(error)})"
                 for (low, high), error in zip(result["intervals"], result["errors"], strict=True)]
        return "\n".join([head, *(parts or ["  nothing in the scanned range"]), f"  statistic: {result['statistic']}"])
    if "quantities" in result:
        width = max(map(len, result["quantities"])) + 2
        external = {name: f"  (external {100 * size:.2g} %)" for name, size in result["external"].items() if size > 1e-4}
        return "\n".join(f"{name:<{width}}{value:.8g}" + ("" if (unit := result["units"][name]) == "1" else " " + unit)
                         + external.get(name, "") for name, value in result["quantities"].items())
    lines = []
    unit = "" if result["unit"] == "1" else " " + result["unit"]
    values = result["value"] if isinstance(result["value"], list) else [result["value"]]
    errors = result["error"] if isinstance(result["error"], list) else [result["error"]]
    names = result.get("bins") or [""]
    for name, value, error in zip(names, values, errors, strict=True):
        lines.append(f"{name + ': ' if len(values) > 1 else ''}{value:.8g} +- {error:.2g}{unit}")
    if result.get("external", 0.0) > NEGLIGIBLE:
        lines.append(f"external uncertainty {100 * result['external']:.2g} % ({result['external_source']})")
    return "\n".join(lines)


def _pair(errors: tuple[float | None, float | None]) -> str:
    return ", ".join("-" if error is None else f"{error:.2g}" for error in errors)
