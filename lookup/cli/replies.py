"""Replies of the command line: one point or every row of ``--points``, in words, as CSV or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from gloam.lookup.cli.answers import in_words, kept_cells, rows_of, writer
from gloam.lookup.cli.documents import document, provenance
from gloam.lookup.cli.points import pairs, rows, values
from gloam.lookup.errors import GloamError

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130  # exit status


def complain(message: object, status: int) -> int:
    """Say what is wrong on stderr; gives the exit status back."""
    if sys.stderr is not None:
        sys.stderr.write(f"gloam: {message}\n")
    return status


def benchmark_values(options: argparse.Namespace) -> dict[str, Any]:
    """Options and parameters of the model at the benchmark that was named, if any."""
    from gloam.lookup.callables.modules import benchmark

    if getattr(options, "benchmark", None) is None:
        return {}
    chosen, parameters = benchmark(options.model if hasattr(options, "model") else options.name, options.benchmark)
    return {**chosen, **parameters}


def references_of(names: list[str]) -> list[str]:
    """References of what is named, a line each."""
    from gloam.lookup.callables.citations import line
    from gloam.lookup.cli.catalogue import references

    return list(map(line, references(names)))


def came_from(made: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """The provenance of what a rate answers at ``parameters``."""
    names = {"search": made.search.name, "model": made.model.name}
    return provenance(made.tables, made.completed(parameters), made.options, **names)


def answer(options: argparse.Namespace, ask: Callable[[dict[str, Any]], dict[str, Any]], columns: Sequence[str]) -> int:
    """Answer one point, or every row of ``--points`` in order; a bad row is reported and the others are answered."""
    given = pairs(options.inputs)
    common = {**benchmark_values(options), **given}
    named = options.searches if hasattr(options, "searches") else [options.name]
    named = [*named, *([options.model] if hasattr(options, "model") else [])]
    names = list(dict.fromkeys(named)) if options.cite else []
    more = {"references": references_of(names)} if names and options.json else {}
    status = DONE
    file = None
    for count, row, wrong in rows(options.points):
        kept = kept_cells(row, columns) if options.keep else {}
        try:
            result = ask({**common, **values(row, wrong, given)})
        except GloamError as error:
            if count == 0:
                raise
            complain(f"row {count}: {error}", FAILED)
            result, status = {"problem": str(error)}, FAILED
        if options.json:
            numbered = {"row": count, **({"given": row} if options.keep else {}), **result} if count > 0 else result
            sys.stdout.write(document({**numbered, **more}) + "\n")
        elif count > 0:
            file = file or writer([*kept, *columns])
            file.writerows({**kept, **cells} for cells in rows_of(count, result, columns))
        else:
            sys.stdout.write(in_words(result) + "\n")
    if names and not options.json:  # beside rows of CSV references are no data
        (sys.stdout if file is None else sys.stderr).write("\n".join(references_of(names)) + "\n")
    return status


def plain(value: Any) -> Any:
    """Numbers and arrays as JSON takes them."""
    return value if isinstance(value, float) else value.tolist()
